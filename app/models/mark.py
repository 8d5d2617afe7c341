"""What people say of a thread or an answer, one row each: votes, "I have this question too", follows."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.lib import clock
from app.models.base import Base, stored_enum
from app.models.user import User


class Vote(Base):
    """Helpful (+1) or not (-1): one a person and post."""

    __tablename__ = "votes"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    value: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class MeToo(Base):
    """ "I have this question too": one a member and thread."""

    __tablename__ = "me_toos"
    __table_args__ = (Index("ix_me_toos_recent", "thread_id", "created_at"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class GuestMeToo(Base):
    """ "I have this question too" from a browser nobody signed in on: counted apart, told from others by a cookie."""

    __tablename__ = "guest_me_toos"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class OutcomeKind(StrEnum):
    WORKED = "worked"
    FAILED = "failed"
    OUTDATED = "outdated"
    DANGEROUS = "dangerous"


WARNINGS = (OutcomeKind.OUTDATED, OutcomeKind.DANGEROUS)
VERSION_LENGTH = 40
WARNING_LENGTH = 300


class Outcome(Base):
    """What an answer did for somebody: one a person and answer. A warning says why."""

    __tablename__ = "outcomes"

    answer_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    kind: Mapped[OutcomeKind] = mapped_column(stored_enum(OutcomeKind))
    version: Mapped[str] = mapped_column(String(VERSION_LENGTH), default="")
    comment: Mapped[str] = mapped_column(String(WARNING_LENGTH), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    user: Mapped[User] = relationship()


class Claim(Base):
    """ "I am writing an answer": so that two people do not do the same work. It ends by itself."""

    __tablename__ = "claims"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime]
    user: Mapped[User] = relationship()


class Follow(Base):
    """Wants to be told what happens in a thread."""

    __tablename__ = "follows"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
