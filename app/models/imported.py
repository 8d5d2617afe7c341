"""What came from elsewhere: which row of ours is which of theirs, and links between threads."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.lib import clock
from app.models.base import Base, stored_enum
from app.models.thread import Thread

SOURCE_LENGTH = 60
OLD_ID_LENGTH = 80


class ImportKind(StrEnum):
    PERSON = "person"
    QUESTION = "question"
    ANSWER = "answer"
    COMMENT = "comment"


class Imported(Base):
    """One thing of another forum is this row of ours: a user, for a question its thread, else a post.

    So an import that is run again finds what is here, and the old address of everything still leads to it.
    """

    __tablename__ = "imports"
    __table_args__ = (UniqueConstraint("source", "kind", "old_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(SOURCE_LENGTH))
    kind: Mapped[ImportKind] = mapped_column(stored_enum(ImportKind))
    old_id: Mapped[str] = mapped_column(String(OLD_ID_LENGTH))
    our_id: Mapped[int]
    # What the post said there, and the version it had here, when it was last imported: tells who has changed it since.
    digest: Mapped[str] = mapped_column(String(64), default="")
    version: Mapped[int] = mapped_column(default=1)


class LinkKind(StrEnum):
    DUPLICATE = "duplicate"


class ThreadLink(Base):
    """One thread points to another: it asks the same."""

    __tablename__ = "thread_links"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True, index=True)
    kind: Mapped[LinkKind] = mapped_column(stored_enum(LinkKind), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    thread: Mapped[Thread] = relationship(foreign_keys=[thread_id])
    target: Mapped[Thread] = relationship(foreign_keys=[target_id])
