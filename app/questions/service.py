"""Asking, editing a question, and what its asker decides about the whole thread."""

from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.events import (
    AcceptanceWithdrawn,
    QuestionAsked,
    ThreadFollowed,
    ThreadReopened,
    ThreadResolved,
    Work,
    unit_of_work,
)
from app.extensions import db
from app.lib.errors import NotPossible
from app.models import (
    Acceptance,
    Follow,
    Post,
    PostKind,
    Resolution,
    ResolutionKind,
    Revision,
    Tag,
    Thread,
    ThreadState,
    User,
)
from app.permissions import Action, require
from app.posts import service as posts
from app.posts.rendering import Text, store


@dataclass(frozen=True)
class QuestionDraft:
    """Everything a question is made of, checked and rendered."""

    title: str
    topic_id: int
    text: Text
    tags: list[str] = field(default_factory=list)
    context: list[dict[str, Any]] = field(default_factory=list)


def ask_question(draft: QuestionDraft, actor: User) -> Thread:
    """Open a thread; its asker follows it. Sent twice, the same question is one thread."""
    mark = posts.fingerprint("question", actor.id, draft.title, draft.text.source)
    try:
        with unit_of_work(actor, lock=actor) as work:
            require(actor, Action.QUESTION_ASK)
            if earlier := posts.already_posted(mark):
                return earlier.thread
            thread = Thread(title=draft.title, topic_id=draft.topic_id, asker_id=actor.id, context=draft.context)
            thread.tags = _tags(draft.tags)
            question = Post(kind=PostKind.QUESTION, thread=thread, author_id=actor.id, fingerprint=mark)
            store(question, draft.text)
            posts.publish(work, actor, question)
            db.session.add(Follow(thread_id=thread.id, user_id=actor.id))
            work.record(QuestionAsked(thread_id=thread.id, post_id=question.id))
            work.record(ThreadFollowed(thread_id=thread.id))
            return thread
    except IntegrityError:
        if earlier := posts.already_posted(mark):
            return earlier.thread
        raise


def edit_question(question: Post, actor: User, draft: QuestionDraft, version: int, reason: str = "") -> None:
    """Change title, words, topic, tags or context. Raises StaleEdit when somebody saved after `version`."""
    with unit_of_work(actor, lock=question.thread) as work:
        require(actor, Action.POST_EDIT, question)
        thread = question.thread
        now = (question.source, thread.title, thread.topic_id, thread.context, [tag.name for tag in thread.tags])
        if now == (draft.text.source, draft.title, draft.topic_id, draft.context, sorted(draft.tags)):
            return
        posts.begin_edit(question, actor, version, reason)
        thread.title, thread.topic_id, thread.context = draft.title, draft.topic_id, draft.context
        thread.tags = _tags(draft.tags)
        posts.finish_edit(work, question, draft.text, actor)


def restore_question(question: Post, actor: User, earlier: Revision, text: Text, reason: str) -> None:
    """Bring title, tags and words of an earlier version back; topic and context stay as they are."""
    thread = question.thread
    tags = [name for name in earlier.tags.split(", ") if name]
    draft = QuestionDraft(earlier.title, thread.topic_id, text, tags, thread.context)
    edit_question(question, actor, draft, question.version, reason)


def resolve_thread(thread: Thread, actor: User, kind: ResolutionKind) -> None:
    """The asker: solved another way, without picking an answer. An acceptance ends in the same moment."""
    with unit_of_work(actor, lock=thread) as work:
        require(actor, Action.THREAD_RESOLVE, thread)
        live = _live_resolution(thread)
        if live is not None and live.kind is kind:
            return
        if live is not None:
            live.end(actor.id)
        _withdraw_acceptance(work, thread, actor)
        db.session.flush()
        db.session.add(Resolution(thread_id=thread.id, kind=kind, created_by_id=actor.id))
        posts.settle(thread)
        work.record(ThreadResolved(thread_id=thread.id, kind=kind.value))


def reopen_thread(thread: Thread, actor: User) -> None:
    """The asker: not solved after all. Ends "solved another way"."""
    with unit_of_work(actor, lock=thread) as work:
        require(actor, Action.THREAD_RESOLVE, thread)
        live = _live_resolution(thread)
        if live is None:
            if thread.state is ThreadState.SOLVED:
                raise NotPossible(_("An answer is accepted: take the acceptance back instead."))
            return
        live.end(actor.id)
        posts.settle(thread)
        work.record(ThreadReopened(thread_id=thread.id))


def _live_resolution(thread: Thread) -> Resolution | None:
    return db.session.scalar(select(Resolution).where(Resolution.thread_id == thread.id, Resolution.ended_at.is_(None)))


def _withdraw_acceptance(work: Work, thread: Thread, actor: User) -> None:
    live = select(Acceptance).where(Acceptance.thread_id == thread.id, Acceptance.ended_at.is_(None))
    for acceptance in db.session.scalars(live):
        acceptance.end(actor.id)
        work.record(AcceptanceWithdrawn(thread_id=thread.id, post_id=acceptance.answer_id))


def _tags(names: list[str]) -> list[Tag]:
    return [_tag(name) for name in sorted(set(names))]


def _tag(name: str) -> Tag:
    known = select(Tag).where(Tag.name == name)
    if tag := db.session.scalar(known):
        return tag
    try:
        with db.session.begin_nested():
            tag = Tag(name=name)
            db.session.add(tag)
        return tag
    except IntegrityError:
        # Somebody else made the same new tag in the same moment.
        return db.session.scalars(known).one()
