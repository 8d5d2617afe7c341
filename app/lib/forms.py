"""What all forms share: no token (Fetch Metadata guards), honest limits, and errors that say the way out."""

import re
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import StringField, TextAreaField
from wtforms.validators import StopValidation

from app.lib.slugs import clean_line

# Far above every limit of a line: folding a megabyte would cost a second before its length is refused.
LONGEST_LINE = 10_000
# What no database stores or no reader sees: NUL and other controls (tab and line breaks are fine), lone surrogates.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Form(FlaskForm):
    class Meta(FlaskForm.Meta):
        csrf = False

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Only fields of a form are read: a file or a number out of JSON is no text and breaks every filter."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return request.form if form.is_submitted() else None


class Filled:
    """At least something, after white space is taken away."""

    def __init__(self, message: Any) -> None:
        self.message = message
        self.field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        if not (field.data or "").strip():
            raise StopValidation(str(self.message))


class AtMost:
    """Not longer than so many characters; the message says both numbers."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.field_flags = {"maxlength": limit}

    def __call__(self, form: Any, field: Any) -> None:
        length = len(field.data or "")
        if length > self.limit:
            raise StopValidation(
                _("Use at most %(limit)s characters; this has %(length)s.", limit=self.limit, length=length)
            )


def storable(form: Any, field: Any) -> None:
    """Refuse characters that cannot be stored, naming none of them, since nobody can see them."""
    if _UNSTORABLE.search(field.data or ""):
        raise StopValidation(_("This contains an invisible control character. Paste it as plain text."))


def line(label: Any, limit: int, required: Any = None, **options: Any) -> StringField:
    """A single line: white space folded, invisible characters taken out, at most `limit` characters."""
    return StringField(label, _validators(limit, required), filters=[_folded], **options)


def text(label: Any, limit: int, required: Any = None, **options: Any) -> TextAreaField:
    """A text of several lines, kept as typed, at most `limit` characters."""
    return TextAreaField(label, _validators(limit, required), filters=[_unix], **options)


def _validators(limit: int, required: Any) -> list[Any]:
    return [storable, *([Filled(required)] if required else []), AtMost(limit)]


def _folded(value: str | None) -> str:
    # Controls are left for `storable` to name; only what is harmless is folded here, and what no limit would take is not.
    if not value or len(value) > LONGEST_LINE or _UNSTORABLE.search(value):
        return value or ""
    return clean_line(value)


def _unix(value: str | None) -> str:
    return (value or "").replace("\r\n", "\n")


__all__ = ["AtMost", "Filled", "Form", "_l", "line", "storable", "text"]
