"""Answering a question; accepting and recommending an answer."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _

from app.accounts.access import actor, member, needs, whom
from app.answers import service
from app.extensions import limiter
from app.lib.errors import NotPossible
from app.lib.web import rejected, wants_fragment
from app.models import Outcome, OutcomeKind
from app.permissions import Action, require
from app.posts.addresses import thread_url
from app.posts.composing import compose, posted, with_kept
from app.posts.forms import AnswerForm, OutcomeForm
from app.posts.queries import post_or_404, quote_of, thread_or_404
from app.posts.rendering import Text
from app.posts.service import refuse_closed
from app.questions.places import place_of

bp = Blueprint("answers", __name__, url_prefix="/answers")

# Changing one's mind is fine, hammering is not (features.md part 3, "Acceptance side effects").
MARK_LIMIT = "4 per 30 seconds;20 per hour"


@bp.route("/to/<id:thread_id>", methods=["GET", "POST"])
@needs(Action.ANSWER_WRITE)
def write(thread_id: int) -> Any:
    thread = thread_or_404(thread_id, actor())
    refuse_closed(thread, actor())
    require(actor(), Action.ANSWER_WRITE, thread)
    form = with_kept(AnswerForm)
    quote, typed = quote_of(request.args.get("quote", ""), thread, actor()), form.body.data or ""
    if request.method == "GET" and quote.strip() not in typed.replace("\r\n", "\n"):
        form.body.data = f"{typed.rstrip()}\n\n{quote}".lstrip()

    def save(words: Text) -> Any:
        answer = service.post_answer(thread, member(), words)
        posted(answer, _("Answer posted."))
        return redirect(place_of(answer, actor()), 303)

    return compose(form, "answers/write.html", save, [form.body], thread=thread)


@bp.post("/to/<id:thread_id>/claim")
@needs(Action.ANSWER_CLAIM)
@limiter.limit("30 per hour", key_func=whom)
def claim(thread_id: int) -> Any:
    """I am writing an answer; with `do=end`, no longer."""
    thread = thread_or_404(thread_id, actor())
    if request.form.get("do") == "end":
        service.end_claim(thread, member())
    else:
        service.claim_answer(thread, member())
        flash(_("For ten minutes others see that you are writing."))
    return redirect(thread_url(thread, _anchor="write"), 303)


@bp.route("/<id:answer_id>/outcome", methods=["GET", "POST"])
@needs(Action.ANSWER_JUDGE)
@limiter.limit("60 per hour", key_func=whom, methods=["POST"])
def outcome(answer_id: int) -> Any:
    """What the answer did: worked, did not work, outdated, dangerous; with version and, for a warning, the reason."""
    answer = post_or_404(answer_id, actor())
    require(actor(), Action.ANSWER_JUDGE, answer)
    form = OutcomeForm(kind=request.args.get("kind", ""))
    if form.validate_on_submit():
        kind = OutcomeKind(form.kind.data) if form.kind.data != "none" else None
        try:
            service.mark_outcome(answer, member(), kind, form.version.data, form.comment.data)
        except NotPossible as problem:
            form.comment.errors = [problem.message]
            return rejected("answers/outcome.html", form, answer=answer)
        if wants_fragment():
            said = _("Thank you, that helps whoever comes next.") if kind else _("Taken back.")
            mine = Outcome(kind=kind, version=form.version.data) if kind else None
            return render_template("answers/_outcome.html", post=answer, mine=mine, said=said)
        return redirect(place_of(answer, actor()), 303)
    return rejected("answers/outcome.html", form, answer=answer)


@bp.post("/<id:answer_id>/acceptance")
@needs(Action.ANSWER_ACCEPT)
@limiter.limit(MARK_LIMIT, key_func=whom)
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
@limiter.limit(MARK_LIMIT, key_func=whom)
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
