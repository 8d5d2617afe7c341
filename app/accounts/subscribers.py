"""The letters of an account. A link gets its secret in the moment it is mailed: the database never holds one that works."""

from datetime import timedelta

from flask import current_app, render_template, url_for

from app.accounts import queries, service
from app.accounts.service import arm_token
from app.events import (
    AddressChangeRequested,
    ConfirmationRequested,
    MemberSignedUp,
    PasswordChanged,
    PasswordResetRequested,
    TokenFact,
    job,
    on,
)
from app.extensions import db
from app.lib.mail import Mail, Mailer, plain_name
from app.models import Site, User


@on(MemberSignedUp, ConfirmationRequested)
def send_confirmation(fact: TokenFact) -> None:
    """The link that confirms an address; or, where the address has an account already, a word about that."""
    user = db.session.get(User, fact.user_id)
    if user is not None and user.confirmed_at is None and queries.owner_of(user.email) is not None:
        _send("already_member", user.email, user, url_for("accounts.sign_in", _external=True))
    else:
        _send_link(fact, "confirm_address", "accounts.confirm")


@on(PasswordResetRequested)
def send_reset_link(fact: TokenFact) -> None:
    """The link to choose a new password."""
    _send_link(fact, "reset_password", "accounts.reset")


@on(AddressChangeRequested)
def send_change_link(fact: TokenFact) -> None:
    """The link to the new address."""
    _send_link(fact, "change_address", "accounts.change_address")


@on(AddressChangeRequested)
def warn_old_address(fact: TokenFact) -> None:
    """A word to the old address, in case it was somebody else."""
    user = db.session.get(User, fact.user_id)
    if user is not None:
        _send("address_change_requested", user.email, user, url_for("accounts.settings", _external=True))


@on(PasswordChanged)
def tell_password_changed(fact: PasswordChanged) -> None:
    """A word about the new password, in case it was somebody else."""
    user = db.session.get(User, fact.user_id)
    if user is not None:
        _send("password_changed", user.email, user, url_for("accounts.forgot", _external=True))


@job(every=timedelta(hours=1))
def forget_expired(_subject: int) -> None:
    """Hourly: delete links, sessions and kept texts whose time is over."""
    service.forget_expired()


def _send_link(fact: TokenFact, letter: str, endpoint: str) -> None:
    armed = arm_token(fact.token_id)
    if armed is not None:
        token, secret = armed
        _send(letter, token.address, token.user, url_for(endpoint, secret=secret, _external=True))


def _send(letter: str, to: str, user: User, link: str) -> None:
    site = db.session.get_one(Site, 1)
    words = {"name": plain_name(user.name), "plain_name": plain_name(user.name), "link": link, "site": site.name}
    mail = Mail(
        to=to,
        subject=render_template(f"mail/{letter}/subject.txt", **words).strip(),
        text=render_template(f"mail/{letter}/body.txt", **words),
        html=render_template(f"mail/{letter}/body.html", **words),
    )
    db.session.rollback()  # no transaction stays open while a mail server takes its time
    mailer: Mailer = current_app.extensions["mailer"]
    mailer.send(mail)
