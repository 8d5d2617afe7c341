"""Answering, and the two marks with two owners: the asker accepts, staff recommend."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.events import (
    AcceptanceWithdrawn,
    AnswerAccepted,
    AnswerPosted,
    AnswerRecommended,
    RecommendationWithdrawn,
    unit_of_work,
)
from app.extensions import db
from app.models import Acceptance, Post, PostKind, Recommendation, Resolution, Thread, User
from app.permissions import Action, require
from app.posts import service as posts
from app.posts.rendering import Text, store


def post_answer(thread: Thread, actor: User, text: Text) -> Post:
    """Answer a question. Sent twice, the same answer is one post."""
    mark = posts.fingerprint("answer", actor.id, thread.id, text.source)
    try:
        with unit_of_work(actor, lock=thread) as work:
            db.session.refresh(actor, with_for_update=True)
            require(actor, Action.ANSWER_WRITE, thread)
            if earlier := posts.already_posted(mark):
                return earlier
            answer = Post(kind=PostKind.ANSWER, thread=thread, author_id=actor.id, fingerprint=mark)
            store(answer, text)
            posts.publish(work, actor, answer)
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


def _live_acceptance(thread_id: int) -> Acceptance | None:
    return db.session.scalar(select(Acceptance).where(Acceptance.thread_id == thread_id, Acceptance.ended_at.is_(None)))


def _live_recommendation(answer_id: int) -> Recommendation | None:
    return db.session.scalar(
        select(Recommendation).where(Recommendation.answer_id == answer_id, Recommendation.ended_at.is_(None))
    )
