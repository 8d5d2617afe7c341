"""The settled states, each its own row with who and when; taking one back ends the row."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Settled, stored_enum
from app.models.post import Post
from app.models.thread import Thread

REASON_LENGTH = 300


def live_index(table: str, *columns: str) -> Index:
    """A unique index over the rows that have not been taken back."""
    live = text("ended_at IS NULL")
    return Index(f"uq_{table}_live", *columns, unique=True, sqlite_where=live, postgresql_where=live)


class Acceptance(Settled, Base):
    """The asker's mark: "this solved it". At most one lives a thread."""

    __tablename__ = "acceptances"
    __table_args__ = (live_index("acceptances", "thread_id"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    answer_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    answer: Mapped[Post] = relationship()


class Recommendation(Settled, Base):
    """The company's mark: staff stand by this answer. Several may live in a thread, one an answer."""

    __tablename__ = "recommendations"
    __table_args__ = (live_index("recommendations", "answer_id"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), index=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    answer: Mapped[Post] = relationship()


class ResolutionKind(StrEnum):
    SOLVED_MYSELF = "solved_myself"
    NO_LONGER_RELEVANT = "no_longer_relevant"


class Resolution(Settled, Base):
    """Solved another way: the asker says so without picking an answer."""

    __tablename__ = "resolutions"
    __table_args__ = (live_index("resolutions", "thread_id"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    kind: Mapped[ResolutionKind] = mapped_column(stored_enum(ResolutionKind))


class InformationRequest(Settled, Base):
    """Somebody asked the asker for a detail; the asker's next word ends it."""

    __tablename__ = "information_requests"
    __table_args__ = (live_index("information_requests", "thread_id"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))


class Closure(Settled, Base):
    """No new answers; the reason says what would open the thread again. The asker's rights stay."""

    __tablename__ = "closures"
    __table_args__ = (live_index("closures", "thread_id"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))
    thread: Mapped[Thread] = relationship()


class HoldReason(StrEnum):
    UNCONFIRMED = "unconfirmed"


class Hold(Settled, Base):
    """Waits before it is published; only its author sees it."""

    __tablename__ = "holds"
    __table_args__ = (live_index("holds", "post_id", "reason"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    reason: Mapped[HoldReason] = mapped_column(stored_enum(HoldReason))


class Hide(Settled, Base):
    """Taken out of sight by a moderator, with the reason; author and moderators still see it."""

    __tablename__ = "hides"
    __table_args__ = (live_index("hides", "post_id"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))


class Deletion(Settled, Base):
    """Taken back by its author."""

    __tablename__ = "deletions"
    __table_args__ = (live_index("deletions", "post_id"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
