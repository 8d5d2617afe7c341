"""Commenting on a question or an answer."""

from typing import Any

from flask import Blueprint, redirect
from flask_babel import gettext as _

from app.accounts.access import actor, member, needs
from app.comments import service
from app.permissions import Action, require
from app.posts.composing import compose, posted, with_kept
from app.posts.forms import CommentForm
from app.posts.queries import post_or_404
from app.posts.rendering import Text
from app.posts.service import refuse_closed
from app.questions.places import place_of

bp = Blueprint("comments", __name__, url_prefix="/comments")


@bp.route("/to/<id:post_id>", methods=["GET", "POST"])
@needs(Action.COMMENT_WRITE)
def write(post_id: int) -> Any:
    parent = post_or_404(post_id, actor())
    refuse_closed(parent.thread, actor())
    require(actor(), Action.COMMENT_WRITE, parent)
    form = with_kept(CommentForm)

    def save(words: Text) -> Any:
        comment = service.post_comment(parent, member(), words, form.asks.data)
        posted(comment, _("Comment posted."))
        return redirect(place_of(comment, actor()), 303)

    return compose(form, "comments/write.html", save, [form.body], parent=parent)
