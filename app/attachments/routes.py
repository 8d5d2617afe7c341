"""Pictures: taking one in for script, and showing one."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, g, request

from app.accounts.access import actor, needs
from app.attachments.queries import attachment_or_404
from app.attachments.receiving import received_picture
from app.lib.errors import NotPossible
from app.models import Guest
from app.permissions import Action, can

bp = Blueprint("attachments", __name__, url_prefix="/attachments")


@bp.post("")
@needs(Action.ATTACHMENT_ADD)
def add() -> Any:
    """For script: the Markdown of the picture that was sent, or what stands against it, as plain text."""
    try:
        words, status = received_picture(required=True), 201
    except NotPossible as problem:
        words, status, g.retry_after = problem.message, problem.status, problem.retry_after
    return Response(words, status, content_type="text/plain; charset=utf-8")


@bp.get("/<key>")
@needs(Action.ATTACHMENT_READ)
def show(key: str) -> Any:
    """A picture: asked for its post each time, so that hiding the post hides it at once.

    That is why no cache may keep it without asking: a shared copy would outlive the hiding. Asking costs one statement,
    and where nothing has changed no bytes are sent.
    """
    attachment = attachment_or_404(key, actor())
    try:
        with current_app.extensions["storage"].open(key) as file:
            response = Response(file.read(), content_type=attachment.content_type)
    except FileNotFoundError:
        abort(404)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(attachment.filename)}"
    response.set_etag(key)
    if request.cookies and can(Guest(), Action.ATTACHMENT_READ, attachment):
        response.headers["Cache-Control"] = "private, no-cache"
        response.make_conditional(request)
    return response
