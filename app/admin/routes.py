"""The mailbox of an installation without a mail server, and what the worker could not do."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from flask import Blueprint, abort, current_app, render_template
from sqlalchemy import select

from app.accounts.access import actor, needs
from app.extensions import db
from app.lib.mail import Mailer
from app.models import Delivery, Due
from app.permissions import Action, require

bp = Blueprint("admin", __name__, url_prefix="/admin")

SHOWN = 200


@bp.before_request
def guard() -> None:
    """Nobody gets past here without the right, whatever a route below forgets to declare."""
    require(actor(), Action.ADMIN_READ)


@bp.get("/mail")
@needs(Action.ADMIN_READ)
def mailbox() -> Any:
    letters = [(key, _letter(key)) for key in sorted(_box().keys(), reverse=True)[:SHOWN]]
    return render_template("admin/mail.html", letters=letters)


@bp.get("/mail/<key>")
@needs(Action.ADMIN_READ)
def letter(key: str) -> Any:
    if key not in _box():
        abort(404)
    message = _letter(key)
    text = message.get_body(("plain",))
    return render_template("admin/letter.html", message=message, text=text.get_content() if text else "")


@bp.get("/worker")
@needs(Action.ADMIN_READ)
def worker() -> Any:
    parked = [
        *db.session.scalars(select(Delivery).where(Delivery.parked_at.is_not(None)).limit(SHOWN)),
        *db.session.scalars(select(Due).where(Due.parked_at.is_not(None)).limit(SHOWN)),
    ]
    return render_template("admin/worker.html", parked=parked)


def _box() -> Any:
    mailer: Mailer = current_app.extensions["mailer"]
    return mailer.mailbox()


def _letter(key: str) -> EmailMessage:
    parsed = BytesParser(policy=policy.default).parsebytes(_box().get_bytes(key))
    assert isinstance(parsed, EmailMessage)
    return parsed
