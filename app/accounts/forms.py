"""Forms of an account."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import StopValidation

from app.lib.forms import AtMost, Filled, Form, line, storable, text
from app.lib.passwords import MAX_LENGTH, MIN_LENGTH, is_guessable
from app.lib.slugs import handle
from app.models import ABOUT_LENGTH, NAME_LENGTH

_ADDRESS = re.compile(r"[^@\s<>\"(),:;\\\[\]]{1,64}@[^@\s<>\"(),:;\\\[\]]+\.[^@\s<>\"(),:;\\\[\].]{2,}")


def _email(label: Any) -> StringField:
    return StringField(
        label,
        [storable, Filled(_l("Enter your e-mail address.")), AtMost(254), _address],
        filters=[lambda value: (value or "").strip().lower()],
    )


def _address(form: Any, field: Any) -> None:
    if not _ADDRESS.fullmatch(field.data) or ".." in field.data:
        raise StopValidation(_l("Write the address like this: name@example.com"))


def _name(form: Any, field: Any) -> None:
    if len(handle(field.data)) < 2:
        raise StopValidation(_l("Use a name with at least two letters or digits."))


def _new_password(label: Any) -> PasswordField:
    return PasswordField(label, [Filled(_l("Choose a password.")), storable, AtMost(MAX_LENGTH), _strong])


def _strong(form: Any, field: Any) -> None:
    length = len(field.data)
    if length < MIN_LENGTH:
        raise StopValidation(
            _l(
                "Use at least %(min)s characters; this has %(length)s. A short sentence is easy to remember.",
                min=MIN_LENGTH,
                length=length,
            )
        )
    about = [str(form[name].data or "") for name in ("name", "email") if name in form]
    if is_guessable(field.data, about + [word for part in about for word in re.split(r"\W+", part) if word]):
        raise StopValidation(_l("This password is among the first that would be guessed. Choose words of your own."))


def _known_password(label: Any) -> PasswordField:
    return PasswordField(label, [Filled(_l("Enter your password.")), storable, AtMost(MAX_LENGTH)])


class SignUpForm(Form):
    name = line(_l("Name"), NAME_LENGTH, _l("Choose a name for others to see."))
    email = _email(_l("E-mail address"))
    password = _new_password(_l("Password"))

    def validate_name(self, field: Any) -> None:
        _name(self, field)


class SignInForm(Form):
    email = _email(_l("E-mail address"))
    password = _known_password(_l("Password"))
    stay = BooleanField(_l("Stay signed in on this device"))


class ForgotForm(Form):
    email = _email(_l("E-mail address"))


class ResetForm(Form):
    password = _new_password(_l("New password"))


class ChangePasswordForm(Form):
    current = _known_password(_l("Your password now"))
    password = _new_password(_l("New password"))


class ChangeAddressForm(Form):
    email = _email(_l("New e-mail address"))
    current = _known_password(_l("Your password"))


class ProfileForm(Form):
    name = line(_l("Name"), NAME_LENGTH, _l("Choose a name for others to see."))
    about = text(_l("About you"), ABOUT_LENGTH)

    def validate_name(self, field: Any) -> None:
        _name(self, field)
