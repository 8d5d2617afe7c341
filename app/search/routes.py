"""The search page."""

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_limiter.util import get_remote_address

from app.accounts.access import actor, needs
from app.extensions import limiter
from app.lib.web import moved, page_number
from app.permissions import Action
from app.search import service
from app.search.query import LONGEST

bp = Blueprint("search", __name__, url_prefix="/search")


@bp.get("")
@needs(Action.SITE_READ)
@limiter.limit("30 per minute", key_func=get_remote_address, exempt_when=lambda: actor().id is not None)
def page() -> Any:
    words = request.args.get("q", "").replace("\x00", " ").strip()[:LONGEST]
    if elsewhere := moved(url_for(".page")):
        return elsewhere
    found = service.search(words, page_number())
    if found.page.number > found.page.pages:
        abort(404)
    return render_template("search/page.html", words=words, search=found, found=found.page)
