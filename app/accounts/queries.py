"""Reading accounts: who is signed in where, people by address, and their figures."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.tokens import digest
from app.extensions import db
from app.models import Acceptance, KeptText, MemberSession, Post, PostKind, Thread, User, Visibility


def claimants(email: str) -> list[User]:
    """Accounts that an address may open: the one that confirmed it, then the newest three that only claim it."""
    rows = select(User).where(User.email == email).order_by(User.confirmed_at.is_(None), User.id.desc()).limit(4)
    return list(db.session.scalars(rows))


def owner_of(email: str) -> User | None:
    """Whoever confirmed this address."""
    return db.session.scalar(select(User).where(User.email == email, User.confirmed_at.is_not(None)))


def sessions_of(user: User) -> list[MemberSession]:
    """Where somebody is signed in, latest first."""
    rows = select(MemberSession).where(MemberSession.user_id == user.id).order_by(MemberSession.last_seen_at.desc())
    return list(db.session.scalars(rows))


def session_by_token(token: str) -> MemberSession | None:
    """The session of a cookie, with its user."""
    return db.session.scalar(
        select(MemberSession)
        .where(MemberSession.token_hash == digest(token))
        .options(joinedload(MemberSession.user, innerjoin=True))
    )


def kept_text(user_id: int | None, token: str | None, path: str) -> KeptText | None:
    """What this person or this browser typed here last and has not sent, or nothing."""
    whose = [KeptText.user_id == user_id] if user_id is not None else []
    whose += [KeptText.token_hash == digest(token)] if token else []
    if not whose:
        return None
    return db.session.scalar(
        select(KeptText).where(or_(*whose), KeptText.path == path).order_by(KeptText.saved_at.desc()).limit(1)
    )


@dataclass(frozen=True)
class Figures:
    """What stands beside a name: how often this person's answers solved it, and how many questions were asked."""

    solved: int
    asked: int


def figures_of(user_ids: Iterable[int]) -> dict[int, Figures]:
    """Figures of these people, in one statement."""
    ids = set(user_ids)
    if not ids:
        return {}
    # Not a third table in the join: without statistics SQLite would begin with every thread there is.
    for_others = exists().where(
        Thread.id == Post.thread_id, Thread.asker_id != User.id, Thread.visibility == Visibility.VISIBLE
    )
    solved = (
        select(func.count())
        .select_from(Post)
        .join(Acceptance, Acceptance.answer_id == Post.id)
        .where(
            Post.author_id == User.id,
            Post.kind == PostKind.ANSWER,
            Post.visibility == Visibility.VISIBLE,
            Acceptance.ended_at.is_(None),
            for_others.correlate(Post, User),
        )
        .correlate(User)
        .scalar_subquery()
    )
    asked = (
        select(func.count())
        .select_from(Thread)
        .where(Thread.asker_id == User.id, Thread.visibility == Visibility.VISIBLE)
        .correlate(User)
        .scalar_subquery()
    )
    rows = db.session.execute(select(User.id, solved, asked).where(User.id.in_(ids)))
    return {row[0]: Figures(row[1], row[2]) for row in rows}
