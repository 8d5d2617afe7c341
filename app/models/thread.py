"""A thread: one question with its answers. Its words are in `posts`; here is what lists and rules need at once."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.lib import clock
from app.lib.slugs import slugify
from app.models.base import Base, stored_enum
from app.models.topic import Topic
from app.models.user import User

TITLE_LENGTH = 150
TAG_LENGTH = 35
TAGS_A_THREAD = 5
CONTEXT_LENGTH = 200


class ThreadState(StrEnum):
    """Where a thread stands. One word for each, in pages, code, API and mail alike."""

    NEW = "new"
    ANSWERED = "answered"
    SOLVED = "solved"
    NEEDS_INFORMATION = "needs_information"
    CLOSED = "closed"


class Visibility(StrEnum):
    """Who may see a post. A thread's visibility is that of its question."""

    VISIBLE = "visible"
    HELD = "held"
    HIDDEN = "hidden"
    DELETED = "deleted"


thread_tags = Table(
    "thread_tags",
    Base.metadata,
    Column("thread_id", ForeignKey("threads.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True, index=True),
)


class Tag(Base):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(TAG_LENGTH), unique=True)


class Thread(Base):
    __tablename__ = "threads"
    __table_args__ = (
        Index("ix_threads_newest", "visibility", "created_at", "id"),
        Index("ix_threads_active", "visibility", "last_activity_at", "id"),
        Index("ix_threads_state_active", "visibility", "state", "last_activity_at", "id"),
        Index("ix_threads_topic_active", "topic_id", "visibility", "last_activity_at", "id"),
        Index("ix_threads_asker", "asker_id", "visibility", "created_at", "id"),
        Index("ix_threads_rising", "visibility", "me_too_week", "id"),
        Index("ix_threads_unanswered", "visibility", "answers_count", "created_at", "id", "state"),
        Index("ix_threads_state_topic", "visibility", "state", "topic_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    asker_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    state: Mapped[ThreadState] = mapped_column(stored_enum(ThreadState), default=ThreadState.NEW)
    visibility: Mapped[Visibility] = mapped_column(stored_enum(Visibility), default=Visibility.VISIBLE)
    closed: Mapped[bool] = mapped_column(default=False)
    # Answers to the topic's context fields: [{"label", "value"}], kept as asked even if the fields change later.
    context: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    # Shown in lists: the question's first words, or the answer's once it is solved.
    excerpt: Mapped[str] = mapped_column(String(300), default="")
    answers_count: Mapped[int] = mapped_column(default=0)
    comments_count: Mapped[int] = mapped_column(default=0)
    me_too_count: Mapped[int] = mapped_column(default=0)
    guest_me_too_count: Mapped[int] = mapped_column(default=0)
    me_too_week: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_activity_at: Mapped[datetime] = mapped_column(default=clock.now)

    asker: Mapped[User] = relationship()
    topic: Mapped[Topic] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary=thread_tags, order_by=Tag.name)

    @property
    def slug(self) -> str:
        return slugify(self.title)

    @property
    def is_visible(self) -> bool:
        return self.visibility is Visibility.VISIBLE
