"""What people say of a thread or an answer, one row each: votes, "I have this question too", follows."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.lib import clock
from app.models.base import Base


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


class Follow(Base):
    """Wants to be told what happens in a thread."""

    __tablename__ = "follows"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
