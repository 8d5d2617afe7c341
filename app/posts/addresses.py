"""The canonical addresses of things, for routes, templates, mails and machines alike."""

from typing import Any

from flask import current_app, url_for

from app.config import Settings
from app.models import Thread, User


def thread_url(thread: Thread, **values: Any) -> str:
    """`/questions/<id>/<slug>`; values that are None are left out."""
    return url_for("questions.page", thread_id=thread.id, slug=thread.slug, **values)


def user_url(user: User, **values: Any) -> str:
    """`/people/<id>/<name>`."""
    return url_for("people.profile", user_id=user.id, slug=user.slug, **values)


def absolute(path: str) -> str:
    """A path on this site as a full address, whatever host the request came to."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.public_url + path
