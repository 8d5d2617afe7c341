"""A post: the words of a question, an answer or a comment. One table, so that votes, holds and marks have one target."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.lib import clock
from app.models.base import Base, stored_enum
from app.models.thread import Thread, Visibility
from app.models.user import User

BODY_LENGTH = 30_000
COMMENT_LENGTH = 1_000


class PostKind(StrEnum):
    QUESTION = "question"
    ANSWER = "answer"
    COMMENT = "comment"


class SourceFormat(StrEnum):
    MARKDOWN = "markdown"
    HTML = "html"


class Post(Base):
    __tablename__ = "posts"
    __table_args__ = (
        Index("ix_posts_thread", "thread_id", "kind", "visibility", "created_at", "id"),
        Index("ix_posts_author", "author_id", "kind", "visibility", "created_at", "id"),
        Index(
            "uq_posts_question",
            "thread_id",
            unique=True,
            sqlite_where=text("kind = 'question'"),
            postgresql_where=text("kind = 'question'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PostKind] = mapped_column(stored_enum(PostKind))
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    # A comment stands under a question or an answer.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    source: Mapped[str] = mapped_column(Text)
    source_format: Mapped[SourceFormat] = mapped_column(stored_enum(SourceFormat), default=SourceFormat.MARKDOWN)
    html: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = mapped_column(String(300), default="")
    renderer_version: Mapped[int]
    visibility: Mapped[Visibility] = mapped_column(stored_enum(Visibility), default=Visibility.VISIBLE)
    up: Mapped[int] = mapped_column(default=0)
    down: Mapped[int] = mapped_column(default=0)
    # Votes of another forum, which came as totals without voters; `up` and `down` are these and the rows of `votes`.
    imported_up: Mapped[int] = mapped_column(default=0)
    imported_down: Mapped[int] = mapped_column(default=0)
    # How often it worked, did not work, and was called outdated or dangerous; counted from `outcomes`.
    worked: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    warned: Mapped[int] = mapped_column(default=0)
    # Recognises a form that was sent twice; empty for imports and once the post is deleted.
    fingerprint: Mapped[str | None] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    # Who made the present version, when and why; empty while it is the first.
    edited_at: Mapped[datetime | None]
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    edit_reason: Mapped[str] = mapped_column(String(200), default="")

    thread: Mapped[Thread] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    edited_by: Mapped[User | None] = relationship(foreign_keys=[edited_by_id])
    parent: Mapped["Post | None"] = relationship(remote_side=[id])

    @property
    def score(self) -> int:
        return self.up - self.down

    @property
    def is_visible(self) -> bool:
        return self.visibility is Visibility.VISIBLE
