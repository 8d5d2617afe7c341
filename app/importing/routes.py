"""Old addresses: where a question or an answer of another forum is now."""

from typing import Any

from flask import Blueprint, redirect, url_for

from app.accounts.access import actor, needs
from app.importing.queries import our_id_or_404
from app.models import ImportKind
from app.permissions import Action
from app.posts.addresses import thread_url
from app.posts.queries import post_or_404, thread_or_404

bp = Blueprint("importing", __name__, url_prefix="/from")


@bp.get("/<source>/questions/<path:old_id>")
@needs(Action.SITE_READ)
def question(source: str, old_id: str) -> Any:
    thread = thread_or_404(our_id_or_404(source, ImportKind.QUESTION, old_id), actor())
    return redirect(thread_url(thread), 301)


@bp.get("/<source>/answers/<path:old_id>")
@needs(Action.SITE_READ)
def answer(source: str, old_id: str) -> Any:
    """To the permanent address of the answer, which leads on to its place: that may change."""
    post = post_or_404(our_id_or_404(source, ImportKind.ANSWER, old_id), actor())
    return redirect(url_for("posts.permalink", post_id=post.id), 301)
