"""The form of a question."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField
from wtforms.validators import Optional, StopValidation

from app.lib.forms import AtMost, Form, line, storable, text
from app.lib.slugs import tag_name
from app.models import BODY_LENGTH, CONTEXT_LENGTH, EDIT_REASON_LENGTH, TAG_LENGTH, TAGS_A_THREAD, TITLE_LENGTH, Topic

CONTEXT_PREFIX = "context-"


class QuestionForm(Form):
    title = line(_l("What is your question?"), TITLE_LENGTH, _l("Write your question in one sentence."))
    body = text(_l("Details"), BODY_LENGTH, _l("Describe what happens. A few words are enough to begin with."))
    topic = SelectField(_l("Topic"), validate_choice=False)
    tags = line(_l("Tags"), 5 * (TAG_LENGTH + 2))
    version = IntegerField(validators=[Optional()])
    reason = line(_l("What did you change?"), EDIT_REASON_LENGTH)

    def validate_topic(self, field: Any) -> None:
        if field.data not in {slug for slug, _name in field.choices}:
            raise StopValidation(_("Choose the topic that fits best; you can change it later."))

    def validate_tags(self, field: Any) -> None:
        try:
            names = self.tag_names
        except ValueError:
            raise StopValidation(
                _(
                    "Tags are words of letters and digits, at most %(limit)s characters each, with commas between.",
                    limit=TAG_LENGTH,
                )
            ) from None
        if len(names) > TAGS_A_THREAD:
            raise StopValidation(
                _("Use at most %(limit)s tags; these are %(count)s.", limit=TAGS_A_THREAD, count=len(names))
            )

    @property
    def tag_names(self) -> list[str]:
        """The tags, normalised, each once. Raises ValueError when one is none."""
        return sorted({tag_name(part) for part in (self.tags.data or "").split(",") if part.strip()})


def context_of(topic: Topic | None, sent: Any) -> tuple[list[dict[str, str]], dict[str, str]]:
    """What was typed into a topic's context fields, and errors by key: too long, or not storable."""
    context, errors = [], {}
    for spec in topic.context_fields if topic else []:
        value = " ".join(str(sent.get(CONTEXT_PREFIX + spec["key"], "")).split(" ")).strip()
        probe = type("Probe", (), {"data": value})
        try:
            storable(None, probe)
            AtMost(CONTEXT_LENGTH)(None, probe)
        except StopValidation as problem:
            errors[spec["key"]] = str(problem)
        if value:
            context.append({"key": spec["key"], "label": spec["label"], "value": value})
    return context, errors
