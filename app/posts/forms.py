"""The composer: one text, with the personal-data guard."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import BooleanField, IntegerField
from wtforms.validators import Optional, StopValidation

from app.lib import personal_data
from app.lib.forms import Form, line, text
from app.lib.personal_data import Finding
from app.models import BODY_LENGTH, COMMENT_LENGTH, EDIT_REASON_LENGTH, REASON_LENGTH, VERSION_LENGTH, WARNING_LENGTH


class AnswerForm(Form):
    body = text(_l("Your answer"), BODY_LENGTH, _l("Write your answer."))
    version = IntegerField(validators=[Optional()])
    reason = line(_l("What did you change?"), EDIT_REASON_LENGTH)


class CommentForm(Form):
    body = text(_l("Your comment"), COMMENT_LENGTH, _l("Write your comment."))
    asks = BooleanField(_l("I need this detail before the question can be answered"))
    version = IntegerField(validators=[Optional()])
    reason = line(_l("What did you change?"), EDIT_REASON_LENGTH)


class OutcomeForm(Form):
    WORDS = {
        "worked": _l("It worked"),
        "failed": _l("It did not work for me"),
        "outdated": _l("It is outdated"),
        "dangerous": _l("It is dangerous"),
        "none": _l("Nothing to say after all"),
    }
    kind = line(_l("What did it do?"), 20)
    version = line(_l("Your version"), VERSION_LENGTH)
    comment = line(_l("What is wrong with it?"), WARNING_LENGTH)

    def validate_kind(self, field: Any) -> None:
        if field.data not in self.WORDS:
            raise StopValidation(_l("Choose one of these."))


class ReasonForm(Form):
    reason = line(_l("Reason"), REASON_LENGTH, _l("Say why; the people concerned will read it."))


def personal_findings(*fields: Any) -> list[Finding]:
    """What in these fields looks personal, unless the author has said that it is not."""
    if request.form.get("personal") == "keep":
        return []
    return [finding for field in fields for finding in personal_data.find(field.data)]


def mask_personal(*fields: Any) -> bool:
    """Take what looks personal out of the fields, if the author asked for it; the result is shown before posting."""
    if request.form.get("personal") != "mask":
        return False
    for field in fields:
        field.data = personal_data.mask(field.data)
    return True


def kinds_of(findings: list[Finding]) -> list[str]:
    """The findings in words, each kind once, with its number."""
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.kind] = counts.get(finding.kind, 0) + 1
    words = {
        "e-mail": lambda n: ngettext("an e-mail address", "%(num)d e-mail addresses", n),
        "phone": lambda n: ngettext("a phone number", "%(num)d phone numbers", n),
        "card": lambda n: ngettext("a card number", "%(num)d card numbers", n),
        "iban": lambda n: ngettext("a bank account number", "%(num)d bank account numbers", n),
        "serial": lambda n: ngettext("a serial number", "%(num)d serial numbers", n),
    }
    return [words[kind](number) for kind, number in counts.items()]
