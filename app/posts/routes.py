"""What can be done with any post: find it, edit it, take it back; and the preview of what is being written."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.accounts.access import actor, member, needs
from app.accounts.service import keep_text
from app.extensions import limiter
from app.lib import clock
from app.lib.errors import NotPossible
from app.lib.forms import Form, text
from app.lib.web import moved, page_number
from app.models import BODY_LENGTH, PostKind
from app.permissions import Action, require
from app.posts import service
from app.posts.composing import compose, with_kept
from app.posts.forms import AnswerForm, CommentForm
from app.posts.queries import post_or_404, revision_or_404, versions_of
from app.posts.rendering import Text, render
from app.questions.forms import CONTEXT_PREFIX
from app.questions.places import place_of
from app.questions.service import restore_question

bp = Blueprint("posts", __name__, url_prefix="/posts")


# The page offers it for twenty seconds; a slow line gets ten more.
UNDO_FOR = timedelta(seconds=30)


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


@bp.post("/<id:post_id>/undo")
@needs(Action.POST_DELETE)
def undo(post_id: int) -> Any:
    """Take back what was posted a moment ago: it is deleted, and the words are in the composer again."""
    post = post_or_404(post_id, actor())
    require(actor(), Action.POST_DELETE, post)
    if clock.now() - post.created_at > UNDO_FOR:
        raise NotPossible(_("The moment for that is over. You can still edit or delete it."))
    fields = {"body": post.source}
    if post.kind is PostKind.QUESTION:
        path, thread = url_for("questions.ask"), post.thread
        fields |= {"title": thread.title, "topic": thread.topic.slug, "tags": ", ".join(t.name for t in thread.tags)}
        fields |= {CONTEXT_PREFIX + item["key"]: item["value"] for item in thread.context}
    elif post.kind is PostKind.ANSWER:
        path = url_for("answers.write", thread_id=post.thread_id)
    else:
        path = url_for("comments.write", post_id=post.parent_id)
    service.delete_post(post, member())
    keep_text(path, fields, member(), None)
    flash(_("Taken back. Your text is here again."))
    return redirect(path, 303)


@bp.post("/<id:post_id>/conversion")
@needs(Action.POST_CONVERT)
def conversion(post_id: int) -> Any:
    """A comment becomes an answer, an answer a comment."""
    post = post_or_404(post_id, actor())
    service.convert_post(post, member())
    flash(_("It is an answer now.") if post.kind is PostKind.ANSWER else _("It is a comment on the question now."))
    return redirect(place_of(post, actor()), 303)


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
