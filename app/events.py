"""Facts: what happened, who reacts, and the one way to write.

A command opens `unit_of_work`, changes rows and records facts; one commit makes all of it true, or none of it. With each
fact one delivery per subscriber is written, which the worker takes until it is done, so a crash at any moment loses nothing.
A subscriber may be called twice for one fact: it sets state from current rows and never applies a difference.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar, cast

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlalchemy.orm.util import identity_key

from app.extensions import db
from app.lib import clock
from app.models import Actor, Delivery, Due, Event, Thread, User


@dataclass(frozen=True)
class Fact:
    """Something that happened. Fields hold ids, words of enums, numbers and times; never text, names or addresses."""

    @classmethod
    def stored_name(cls) -> str:
        """`AnswerAccepted` is stored as `answer.accepted`."""
        words: list[str] = re.findall(r"[A-Z][a-z]*", cls.__name__)
        return "_".join(words[:-1]).lower() + "." + words[-1].lower()


@dataclass(frozen=True)
class ThreadFact(Fact):
    thread_id: int


@dataclass(frozen=True)
class PostFact(ThreadFact):
    post_id: int


class QuestionAsked(PostFact):
    """A question was written; it may still be held."""


class AnswerPosted(PostFact):
    """An answer was written; it may still be held."""


class CommentPosted(PostFact):
    """A comment was written; it may still be held."""


class PostEdited(PostFact):
    """The words of a post, or the title, tags or topic of its thread, changed."""


class PostRendered(PostFact):
    """A newer renderer made the page of a post anew from the same words."""


class PostDeleted(PostFact):
    """An author took a post back."""


class PostUndeleted(PostFact):
    """An author brought a deleted post back."""


class PostReleased(PostFact):
    """A held post was published."""


class PostHidden(PostFact):
    """A moderator took a post out of sight."""


class PostRestored(PostFact):
    """A moderator brought a hidden post back."""


class AnswerAccepted(PostFact):
    """The asker said that this answer solved it; an earlier acceptance ended in the same moment."""


class AcceptanceWithdrawn(PostFact):
    """The asker took the acceptance of this answer back."""


class AnswerRecommended(PostFact):
    """Staff stand by this answer."""


class RecommendationWithdrawn(PostFact):
    """Staff no longer stand by this answer."""


@dataclass(frozen=True)
class ThreadResolved(ThreadFact):
    """The asker said that the question is solved another way."""

    kind: str


class ThreadReopened(ThreadFact):
    """The asker took "solved another way" back, or a moderator opened a closed thread again."""


class ThreadClosed(ThreadFact):
    """A moderator closed the thread for new answers."""


class InformationRequested(PostFact):
    """Somebody asked the asker for a detail, in this comment."""


class InformationGiven(ThreadFact):
    """The asker wrote something, which ends the request for a detail."""


@dataclass(frozen=True)
class VoteCast(PostFact):
    """Somebody's vote on a post is now this: 1 helpful, -1 not helpful, 0 none."""

    value: int


@dataclass(frozen=True)
class OutcomeMarked(PostFact):
    """What an answer did for somebody is now this: worked, failed, outdated, dangerous, or none."""

    kind: str


@dataclass(frozen=True)
class PostConverted(PostFact):
    """A comment became an answer, or an answer a comment; `kind` is what it is now."""

    kind: str


class AnswerClaimed(ThreadFact):
    """Somebody says that they are writing an answer."""


class ClaimEnded(ThreadFact):
    """Somebody is no longer writing an answer."""


class GuestMeTooAdded(ThreadFact):
    """A browser nobody signed in on has this question too."""


class GuestMeTooRemoved(ThreadFact):
    """A browser nobody signed in on no longer has this question."""


class MeTooAdded(ThreadFact):
    """Somebody has this question too."""


class MeTooRemoved(ThreadFact):
    """Somebody no longer has this question."""


class TrendFaded(ThreadFact):
    """Somebody who has this question too said so more than a week ago."""


class ThreadFollowed(ThreadFact):
    """Somebody wants to be told about this thread."""


class ThreadUnfollowed(ThreadFact):
    """Somebody no longer wants to be told about this thread."""


@dataclass(frozen=True)
class UserFact(Fact):
    user_id: int


@dataclass(frozen=True)
class TokenFact(UserFact):
    token_id: int


class MemberSignedUp(TokenFact):
    """Somebody opened an account; the token will confirm the address."""


class ConfirmationRequested(TokenFact):
    """A member wants the confirmation mail again."""


class AddressConfirmed(UserFact):
    """A member confirmed the address of the account."""


class PasswordResetRequested(TokenFact):
    """Somebody who knows the address forgot the password."""


class PasswordChanged(UserFact):
    """A password was changed or reset; all other sessions ended."""


class AddressChangeRequested(TokenFact):
    """A member wants to move to another address."""


class AddressChanged(UserFact):
    """A member moved to another address."""


class ProfileChanged(UserFact):
    """A name, a line about oneself, a role or a team changed."""


@dataclass(frozen=True)
class SiteChanged(Fact):
    """Something shown on many pages changed: a topic, or the name of the site."""


@dataclass(frozen=True)
class ImportFinished(Fact):
    """Everything of an import is in: so many threads, other posts and people are new, so many threads changed."""

    threads: int
    posts: int
    people: int
    changed: int


F = TypeVar("F", bound=Fact)
Subscriber = Callable[[Any], None]
Job = Callable[[int], datetime | None]

FACTS: dict[str, type[Fact]] = {}
SUBSCRIBERS: dict[str, Subscriber] = {}
LISTENING: dict[type[Fact], list[str]] = {}
JOBS: dict[str, Job] = {}
EVERY: dict[str, timedelta] = {}


def on(*facts: type[F]) -> Callable[[Callable[[F], None]], Callable[[F], None]]:
    """Subscribe a function to facts: the worker calls it once for each, after the commit, until it succeeds."""

    def subscribe(function: Callable[[F], None]) -> Callable[[F], None]:
        name = _name_of(function)
        SUBSCRIBERS[name] = function
        for fact in facts:
            if name not in LISTENING.setdefault(fact, []):
                LISTENING[fact].append(name)
        return function

    return subscribe


def job(every: timedelta | None = None) -> Callable[[Job], Job]:
    """Declare something that falls due by the clock. It is called with its subject and returns when it is due again."""

    def declare(function: Job) -> Job:
        JOBS[_name_of(function)] = function
        if every is not None:
            EVERY[_name_of(function)] = every
        return function

    return declare


def _name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__.split('.')[1]}.{function.__name__}"


def _concrete(kind: type[Fact]) -> Iterator[type[Fact]]:
    for child in kind.__subclasses__():
        yield child
        yield from _concrete(child)


FACTS.update(
    {kind.stored_name(): kind for kind in _concrete(Fact) if kind not in (ThreadFact, PostFact, UserFact, TokenFact)}
)


class Work:
    """The open unit of work: records facts and what falls due, to be written with the rows or not at all."""

    def __init__(self, actor_id: int | None) -> None:
        self._actor_id = actor_id

    def record(self, fact: Fact) -> None:
        """Write the fact and what is owed because of it. What a page shows of a thread has changed: its version rises."""
        data = asdict(fact)
        thread_id = data.pop("thread_id", None)
        event = Event(name=fact.stored_name(), thread_id=thread_id, actor_id=self._actor_id, data=data)
        db.session.add(event)
        for subscriber in LISTENING.get(type(fact), ()):
            db.session.add(Delivery(event=event, subscriber=subscriber, thread_id=thread_id))
        if thread_id is not None:
            thread = db.session.get_one(Thread, thread_id)
            thread.version += 1

    def due(self, function: Job, at: datetime, subject_id: int = 0) -> None:
        """Let a job fall due; where it waits already, the earlier moment counts.

        A row that the worker has in hand, or gave up, begins anew: the job may have looked before this moment's change.
        """
        name = _name_of(function)
        waiting = db.session.scalar(
            select(Due).where(Due.job == name, Due.subject_id == subject_id, Due.done_at.is_(None)).with_for_update()
        )
        if waiting is None:
            db.session.add(Due(job=name, subject_id=subject_id, next_try_at=at))
        elif waiting.attempts:
            waiting.next_try_at, waiting.attempts, waiting.parked_at, waiting.error = at, 0, None, ""
        else:
            waiting.next_try_at = min(waiting.next_try_at, at)


@contextmanager
def unit_of_work(actor: Actor | None, lock: Thread | User | None = None, waits: bool = True) -> Iterator[Work]:
    """Open the one write transaction of a command and commit it at the end; on any error nothing has happened.

    The read transaction ends first, so what was loaded before is loaded again inside. `lock` is the row on which writers
    of the same thing wait for each other (PostgreSQL; on SQLite there is one writer at a time anyway). Without `waits`,
    SQLite raises OperationalError at once while somebody else writes.
    """
    session = db.session()
    actor_id = actor.id if actor else None
    session.rollback()
    try:
        session.connection(execution_options={"write": True, "waits": waits})
        if lock is not None:
            lock_row(lock)
        yield Work(actor_id)
        session.commit()
    except BaseException:
        session.rollback()
        raise


def lock_row(row: Thread | User) -> None:
    """Wait for whoever else is writing the same thing, and see it as they left it. Only inside a unit of work.

    Rows that only name this one may still be written (`key_share`): else two people who answer each other deadlock.
    """
    model, identity = type(row), identity_key(instance=row)[1]
    db.session.expire(row)
    db.session.scalars(select(model).where(model.id == identity[0]).with_for_update(key_share=True)).one_or_none()


MAX_ATTEMPTS = 8


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 15 s, 1 min, 4 min, 16 min, then hourly."""
    return timedelta(seconds=min(3600, 15 * 4 ** (attempts - 1)))


def work_once(report: Callable[[str, Exception], None]) -> int:
    """Take what is owed now, one by one, and return how many were handled. A failure is reported and tried again later."""
    handled = 0
    for model in (Delivery, Due):
        while (owed := _take(model)) is not None:
            _handle(model, owed, report)
            handled += 1
    return handled


def start_recurring() -> None:
    """Let every recurring job wait, unless it does already."""
    for name in EVERY:
        try:
            with unit_of_work(None) as work:
                work.due(JOBS[name], clock.now())
        except IntegrityError:
            continue  # another worker, started in the same moment, was first


def _take(model: type[Delivery] | type[Due]) -> int | None:
    """Claim the next row: its next try is set before it is handled, so a crash in between only delays it."""
    now = clock.now()
    ready = (
        select(model)
        .where(model.done_at.is_(None), model.parked_at.is_(None), model.next_try_at <= now)
        .order_by(model.next_try_at, model.id)
        .limit(1)
    )
    if model is Delivery:
        earlier = aliased(Delivery)
        ready = ready.where(
            ~exists().where(
                earlier.subscriber == Delivery.subscriber,
                earlier.thread_id == Delivery.thread_id,
                earlier.id < Delivery.id,
                earlier.done_at.is_(None),
                earlier.parked_at.is_(None),
            )
        )
    if db.session.scalar(ready) is None:
        db.session.rollback()
        return None
    with unit_of_work(None):
        owed = cast("Delivery | Due | None", db.session.scalar(ready.with_for_update(skip_locked=True, of=model)))
        if owed is None:
            return None
        owed.attempts += 1
        owed.next_try_at = now + back_off(owed.attempts)
        return owed.id


def _handle(model: type[Delivery] | type[Due], owed_id: int, report: Callable[[str, Exception], None]) -> None:
    again: datetime | None = None
    error = ""
    try:
        again = _call_for(_owed(model, owed_id))()
    except Exception as failure:  # noqa: BLE001 - whatever it was, the others must not wait for it
        report(f"{model.__tablename__} {owed_id}", failure)
        error = type(failure).__name__
    finally:
        db.session.rollback()
    with unit_of_work(None) as work:
        owed = _owed(model, owed_id, lock=True)
        if owed.attempts == 0:
            # It fell due again while it was in hand: it waits, and is not done.
            owed.next_try_at = min(owed.next_try_at, again or owed.next_try_at)
            return
        owed.error = error
        if not error:
            owed.done_at = clock.now()
            db.session.flush()
            if isinstance(owed, Due) and (again or owed.job in EVERY):
                work.due(JOBS[owed.job], again or clock.now() + EVERY[owed.job], owed.subject_id)
        elif owed.attempts >= MAX_ATTEMPTS:
            owed.parked_at = clock.now()


def _owed(model: type[Delivery] | type[Due], owed_id: int, lock: bool = False) -> Delivery | Due:
    return cast("Delivery | Due", db.session.get_one(model, owed_id, with_for_update=True if lock else None))


def _call_for(owed: Delivery | Due) -> Callable[[], datetime | None]:
    if isinstance(owed, Due):
        return partial(JOBS[owed.job], owed.subject_id)
    data = dict(owed.event.data)
    if owed.thread_id is not None:
        data["thread_id"] = owed.thread_id
    return partial(SUBSCRIBERS[owed.subscriber], FACTS[owed.event.name](**data))
