"""What moderators decide, each with a page that asks for the reason."""

from typing import Any

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _

from app.accounts.access import actor, member, needs
from app.lib.web import rejected
from app.moderation import service
from app.permissions import Action, require
from app.posts.addresses import thread_url
from app.posts.forms import ReasonForm
from app.posts.queries import post_or_404, thread_or_404
from app.questions.places import place_of

bp = Blueprint("moderation", __name__, url_prefix="/moderation")


@bp.route("/posts/<id:post_id>/hide", methods=["GET", "POST"])
@needs(Action.POST_HIDE)
def hide(post_id: int) -> Any:
    """Out of sight, with a reason; with `do=end` back again."""
    post = post_or_404(post_id, actor())
    require(actor(), Action.POST_HIDE, post)
    if request.method == "POST" and request.form.get("do") == "end":
        service.restore_post(post, member())
        flash(_("Visible again, as it was."))
        return redirect(place_of(post, actor()), 303)
    form = ReasonForm()
    if form.validate_on_submit():
        service.hide_post(post, member(), form.reason.data)
        flash(_("Hidden. Its author sees your reason."))
        return redirect(place_of(post, actor()), 303)
    return rejected("moderation/hide.html", form, post=post)


@bp.route("/questions/<id:thread_id>/close", methods=["GET", "POST"])
@needs(Action.THREAD_CLOSE)
def close(thread_id: int) -> Any:
    """No new answers, with a reason; with `do=end` open again."""
    thread = thread_or_404(thread_id, actor())
    require(actor(), Action.THREAD_CLOSE, thread)
    if request.method == "POST" and request.form.get("do") == "end":
        service.open_thread(thread, member())
        flash(_("The question takes answers again."))
        return redirect(thread_url(thread), 303)
    form = ReasonForm()
    if form.validate_on_submit():
        service.close_thread(thread, member(), form.reason.data)
        flash(_("Closed. Everybody sees your reason."))
        return redirect(thread_url(thread), 303)
    return rejected("moderation/close.html", form, thread=thread)
