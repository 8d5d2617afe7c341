"""What can be done with any post: find it, edit it, take it back; and the preview of what is being written."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.accounts.access import actor, member, needs
from app.extensions import limiter
from app.lib.forms import Form, text
from app.lib.web import moved, page_number
from app.models import BODY_LENGTH, PostKind
from app.permissions import Action, require
from app.posts import service
from app.posts.composing import compose, with_kept
from app.posts.forms import AnswerForm, CommentForm
from app.posts.queries import post_or_404, revision_or_404, versions_of
from app.posts.rendering import Text, render
from app.questions.places import place_of
from app.questions.service import restore_question

bp = Blueprint("posts", __name__, url_prefix="/posts")


class PreviewForm(Form):
    body = text("", BODY_LENGTH)


@bp.get("/<id:post_id>")
@needs(Action.POST_READ)
def permalink(post_id: int) -> Any:
    """To the place of a post, wherever it stands by now: not permanent, since answers change places."""
    return redirect(place_of(post_or_404(post_id, actor()), actor()), 302)


@bp.post("/preview")
@needs(Action.SITE_READ)
@limiter.limit("20 per minute")
def preview() -> Any:
    form = PreviewForm()
    if not form.validate():
        return render_template("posts/_preview.html", problem=form.body.errors[0]), 422
    return render_template("posts/_preview.html", preview=render(form.body.data))


@bp.route("/<id:post_id>/edit", methods=["GET", "POST"])
@needs(Action.POST_EDIT)
def edit(post_id: int) -> Any:
    post = post_or_404(post_id, actor())
    require(actor(), Action.POST_EDIT, post)
    if post.kind is PostKind.QUESTION:
        return redirect(url_for("questions.edit", thread_id=post.thread_id), 302)
    kind = CommentForm if post.kind is PostKind.COMMENT else AnswerForm
    form = with_kept(kind, data={"body": post.source, "version": post.version})

    def save(words: Text) -> Any:
        service.edit_post(post, member(), words, form.version.data or post.version, form.reason.data)
        return redirect(place_of(post, actor()), 303)

    return compose(form, "posts/edit.html", save, [form.body], post=post)


@bp.get("/<id:post_id>/revisions")
@needs(Action.POST_READ)
def revisions(post_id: int) -> Any:
    """Every version of a post, and what each one changed; public like the post."""
    post = post_or_404(post_id, actor())
    if elsewhere := moved(url_for(".revisions", post_id=post.id)):
        return elsewhere
    found = versions_of(post, page_number())
    if found.number > found.pages:
        abort(404)
    return render_template("posts/revisions.html", post=post, found=found)


@bp.post("/<id:post_id>/revisions/<id:number>/restoration")
@needs(Action.POST_EDIT)
def restoration(post_id: int, number: int) -> Any:
    """Go back to an earlier version: a new version that says so."""
    post = post_or_404(post_id, actor())
    require(actor(), Action.POST_EDIT, post)
    earlier = revision_or_404(post, number)
    reason = _("Back to version %(number)s", number=number)
    if post.kind is PostKind.QUESTION:
        restore_question(post, member(), earlier, render(earlier.source), reason)
    else:
        service.edit_post(post, member(), render(earlier.source), post.version, reason)
    flash(_("Version %(number)s is back.", number=number))
    return redirect(url_for(".revisions", post_id=post.id), 303)


@bp.post("/<id:post_id>/deletion")
@needs(Action.POST_DELETE)
def deletion(post_id: int) -> Any:
    """Take a post back, or with `do=end` bring it back."""
    post = post_or_404(post_id, actor())
    if request.form.get("do") == "end":
        service.undelete_post(post, member())
        flash(_("It is back, as it was."))
    else:
        service.delete_post(post, member())
        flash(_("Deleted. You can bring it back from here."), "undo:" + url_for(".deletion", post_id=post.id))
    return redirect(place_of(post, actor()), 303)
