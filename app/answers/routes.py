"""Answering a question; accepting and recommending an answer."""

from typing import Any

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _

from app.accounts.access import actor, member, needs
from app.answers import service
from app.extensions import limiter
from app.permissions import Action, require
from app.posts.composing import compose, with_kept
from app.posts.forms import AnswerForm
from app.posts.queries import post_or_404, thread_or_404
from app.posts.rendering import Text
from app.questions.places import place_of

bp = Blueprint("answers", __name__, url_prefix="/answers")

# Changing one's mind is fine, hammering is not (features.md part 3, "Acceptance side effects").
MARK_LIMIT = "4 per 30 seconds;20 per hour"


@bp.route("/to/<id:thread_id>", methods=["GET", "POST"])
@needs(Action.ANSWER_WRITE)
def write(thread_id: int) -> Any:
    thread = thread_or_404(thread_id, actor())
    require(actor(), Action.ANSWER_WRITE, thread)
    form = with_kept(AnswerForm)

    def save(words: Text) -> Any:
        answer = service.post_answer(thread, member(), words)
        if not answer.is_visible:
            flash(_("Your answer is kept. It becomes public when you open the link we sent to your address."))
        return redirect(place_of(answer, actor()), 303)

    return compose(form, "answers/write.html", save, [form.body], thread=thread)


@bp.post("/<id:answer_id>/acceptance")
@needs(Action.ANSWER_ACCEPT)
@limiter.limit(MARK_LIMIT)
def acceptance(answer_id: int) -> Any:
    """This solved it; with `do=end`, it did not after all."""
    answer = post_or_404(answer_id, actor())
    if request.form.get("do") == "end":
        service.withdraw_acceptance(answer, member())
        flash(_("The acceptance is taken back."))
    else:
        service.accept_answer(answer, member())
        flash(_("Solved. Thank you for telling us; it helps whoever comes next."))
    return redirect(place_of(answer, actor()), 303)


@bp.post("/<id:answer_id>/recommendation")
@needs(Action.ANSWER_RECOMMEND)
@limiter.limit(MARK_LIMIT)
def recommendation(answer_id: int) -> Any:
    """The company stands by this answer; with `do=end`, no longer."""
    answer = post_or_404(answer_id, actor())
    if request.form.get("do") == "end":
        service.withdraw_recommendation(answer, member())
        flash(_("The recommendation is taken back."))
    else:
        service.recommend_answer(answer, member())
        flash(_("Recommended, with your name and today's date."))
    return redirect(place_of(answer, actor()), 303)
