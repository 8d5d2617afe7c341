"""Answering, and the two marks with two owners: the asker accepts, staff recommend."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.events import (
    AcceptanceWithdrawn,
    AnswerAccepted,
    AnswerClaimed,
    AnswerPosted,
    AnswerRecommended,
    ClaimEnded,
    OutcomeMarked,
    RecommendationWithdrawn,
    Work,
    job,
    lock_row,
    unit_of_work,
)
from app.extensions import db
from app.lib import clock
from app.lib.errors import NotPossible
from app.models import (
    WARNINGS,
    Acceptance,
    Claim,
    Outcome,
    OutcomeKind,
    Post,
    PostKind,
    Recommendation,
    Resolution,
    Thread,
    User,
)
from app.permissions import Action, require
from app.posts import service as posts
from app.posts.rendering import Text, store


def post_answer(thread: Thread, actor: User, text: Text) -> Post:
    """Answer a question. Sent twice, the same answer is one post."""
    mark = posts.fingerprint("answer", actor.id, thread.id, text.source)
    try:
        with unit_of_work(actor, lock=thread) as work:
            lock_row(actor)
            posts.refuse_closed(thread, actor)
            require(actor, Action.ANSWER_WRITE, thread)
            if earlier := posts.already_posted(mark):
                return earlier
            answer = Post(kind=PostKind.ANSWER, thread=thread, author_id=actor.id, fingerprint=mark)
            store(answer, text)
            posts.publish(work, actor, answer)
            _end_claim(work, thread, actor)
            work.record(AnswerPosted(thread_id=thread.id, post_id=answer.id))
            return answer
    except IntegrityError:
        if earlier := posts.already_posted(mark):
            return earlier
        raise


def accept_answer(answer: Post, actor: User) -> None:
    """The asker: this solved it. Swapping is one step: the old acceptance and "solved another way" end with it."""
    with unit_of_work(actor, lock=answer.thread) as work:
        require(actor, Action.ANSWER_ACCEPT, answer)
        live = _live_acceptance(answer.thread_id)
        if live is not None and live.answer_id == answer.id:
            return
        if live is not None:
            live.end(actor.id)
        elsewhere = select(Resolution).where(Resolution.thread_id == answer.thread_id, Resolution.ended_at.is_(None))
        for resolution in db.session.scalars(elsewhere):
            resolution.end(actor.id)
        db.session.flush()
        db.session.add(Acceptance(thread_id=answer.thread_id, answer_id=answer.id, created_by_id=actor.id))
        posts.settle(answer.thread)
        work.record(AnswerAccepted(thread_id=answer.thread_id, post_id=answer.id))


def withdraw_acceptance(answer: Post, actor: User) -> None:
    """The asker takes "this solved it" back."""
    with unit_of_work(actor, lock=answer.thread) as work:
        require(actor, Action.ANSWER_ACCEPT, answer)
        live = _live_acceptance(answer.thread_id)
        if live is None or live.answer_id != answer.id:
            return
        live.end(actor.id)
        posts.settle(answer.thread)
        work.record(AcceptanceWithdrawn(thread_id=answer.thread_id, post_id=answer.id))


def recommend_answer(answer: Post, actor: User) -> None:
    """Staff: the company stands by this answer. Several may be recommended; the asker's choice is untouched."""
    with unit_of_work(actor, lock=answer.thread) as work:
        require(actor, Action.ANSWER_RECOMMEND, answer)
        if _live_recommendation(answer.id) is not None:
            return
        db.session.add(Recommendation(thread_id=answer.thread_id, answer_id=answer.id, created_by_id=actor.id))
        posts.settle(answer.thread)
        work.record(AnswerRecommended(thread_id=answer.thread_id, post_id=answer.id))


def withdraw_recommendation(answer: Post, actor: User) -> None:
    """Staff no longer stand by this answer."""
    with unit_of_work(actor, lock=answer.thread) as work:
        require(actor, Action.ANSWER_RECOMMEND, answer)
        live = _live_recommendation(answer.id)
        if live is None:
            return
        live.end(actor.id)
        posts.settle(answer.thread)
        work.record(RecommendationWithdrawn(thread_id=answer.thread_id, post_id=answer.id))


def mark_outcome(answer: Post, actor: User, kind: OutcomeKind | None, version: str = "", comment: str = "") -> None:
    """Say what an answer did: worked, did not work, is outdated or dangerous; None takes it back.

    Raises NotPossible (422) for a warning without a comment: nobody can act on it.
    """
    if kind in WARNINGS and not comment:
        raise NotPossible(_("Say in a sentence what is outdated or dangerous about it."), status=422)
    with unit_of_work(actor, lock=answer.thread) as work:
        require(actor, Action.ANSWER_JUDGE, answer)
        row = db.session.get(Outcome, (answer.id, actor.id))
        if (row.kind, row.version, row.comment) == (kind, version, comment) if row else kind is None:
            return
        if kind is None:
            db.session.delete(row)
        else:
            row = row or Outcome(answer_id=answer.id, user_id=actor.id)
            row.kind, row.version, row.comment, row.created_at = kind, version, comment, clock.now()
            db.session.add(row)
        count_outcomes(answer)
        posts.settle(answer.thread)
        work.record(OutcomeMarked(thread_id=answer.thread_id, post_id=answer.id, kind=kind.value if kind else "none"))


def count_outcomes(answer: Post) -> None:
    """Set an answer's totals from the outcomes there are."""
    db.session.flush()
    rows = select(Outcome.kind, func.count()).where(Outcome.answer_id == answer.id).group_by(Outcome.kind)
    found: dict[OutcomeKind, int] = {row[0]: row[1] for row in db.session.execute(rows)}
    answer.worked, answer.failed = found.get(OutcomeKind.WORKED, 0), found.get(OutcomeKind.FAILED, 0)
    answer.warned = sum(found.get(kind, 0) for kind in WARNINGS)


CLAIM_LASTS = timedelta(minutes=10)


def claim_answer(thread: Thread, actor: User) -> None:
    """ "I am writing an answer", for ten minutes; said again, it begins anew."""
    with unit_of_work(actor, lock=thread) as work:
        require(actor, Action.ANSWER_CLAIM, thread)
        row = db.session.get(Claim, (thread.id, actor.id)) or Claim(thread_id=thread.id, user_id=actor.id)
        row.started_at, row.until = clock.now(), clock.now() + CLAIM_LASTS
        db.session.add(row)
        work.due(end_claims, row.until, thread.id)
        work.record(AnswerClaimed(thread_id=thread.id))


def end_claim(thread: Thread, actor: User) -> None:
    """No longer writing."""
    with unit_of_work(actor, lock=thread) as work:
        _end_claim(work, thread, actor)


@job()
def end_claims(thread_id: int) -> datetime | None:
    """Ten minutes are over: the claim disappears from the page; due again when the next one ends."""
    thread = db.session.get_one(Thread, thread_id)
    with unit_of_work(None, lock=thread) as work:
        for claim in db.session.scalars(select(Claim).where(Claim.thread_id == thread_id, Claim.until <= clock.now())):
            db.session.delete(claim)
            work.record(ClaimEnded(thread_id=thread_id))
        db.session.flush()
        return db.session.scalar(select(func.min(Claim.until)).where(Claim.thread_id == thread_id))


def _end_claim(work: Work, thread: Thread, actor: User) -> None:
    claim = db.session.get(Claim, (thread.id, actor.id))
    if claim is not None:
        db.session.delete(claim)
        work.record(ClaimEnded(thread_id=thread.id))


def _live_acceptance(thread_id: int) -> Acceptance | None:
    return db.session.scalar(select(Acceptance).where(Acceptance.thread_id == thread_id, Acceptance.ended_at.is_(None)))


def _live_recommendation(answer_id: int) -> Recommendation | None:
    return db.session.scalar(
        select(Recommendation).where(Recommendation.answer_id == answer_id, Recommendation.ended_at.is_(None))
    )
