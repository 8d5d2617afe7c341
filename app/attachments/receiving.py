"""The picture that comes with a request, for the routes that take one: on its own by script, or with a whole form."""

import re

from flask import current_app, request
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded

from app.accounts.access import actor, member
from app.attachments.queries import to_be_described
from app.attachments.service import add_attachment
from app.extensions import limiter
from app.lib.errors import NotPossible
from app.lib.images import MAX_BYTES
from app.lib.slugs import clean_line

ALT_LENGTH = 200


def received_picture(required: bool) -> str | None:
    """Take in the picture of this request and return the Markdown that shows it, or None if there is none.

    Raises NotPossible when it cannot be taken, or is required and missing.
    """
    if not required and not request.files.get("picture"):
        return None
    try:
        _count_try()
    except RateLimitExceeded:
        problem = _("Those were many pictures at once. Wait a minute, then add the next.")
        raise NotPossible(problem, status=429, retry_after=60) from None
    file = request.files.get("picture")
    if not file:
        raise NotPossible(_("Choose a picture first."), status=422)
    described = request.form.get("picture-alt", "")
    if len(described) > ALT_LENGTH:
        problem = _(
            "Say in at most %(limit)s characters what the picture shows; this has %(length)s.",
            limit=ALT_LENGTH,
            length=len(described),
        )
        raise NotPossible(problem, status=422)
    storage = current_app.extensions["storage"]
    added = add_attachment(storage, member(), file.read(MAX_BYTES + 1), file.filename or "")
    alt = re.sub(r"[][\\]", r"\\\g<0>", clean_line(described) or to_be_described())
    return f"![{alt}]({added.path})"


@limiter.shared_limit("20 per minute", scope="pictures", key_func=lambda: f"member {actor().id}")
def _count_try() -> None:
    """Also those that will be refused: reading and looking at a picture is work."""
