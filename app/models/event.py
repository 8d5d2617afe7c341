"""The log of facts, what is owed because of them, and what falls due by the clock."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.lib import clock
from app.models.base import Base


class Event(Base):
    """One fact, written in the transaction that made it true. Ids, words of enums, numbers and times; never text."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_thread", "thread_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    thread_id: Mapped[int | None]
    actor_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)


class Owed:
    """What the worker takes: tried until done, parked after too many failures."""

    id: Mapped[int] = mapped_column(primary_key=True)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(default=clock.now)
    done_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(300), default="")


def open_index(table: str) -> Index:
    waiting = text("done_at IS NULL AND parked_at IS NULL")
    return Index(f"ix_{table}_open", "next_try_at", "id", sqlite_where=waiting, postgresql_where=waiting)


class Delivery(Owed, Base):
    """One subscriber is to react to one fact."""

    __tablename__ = "deliveries"
    __table_args__ = (
        open_index("deliveries"),
        Index("uq_deliveries_event_id_subscriber", "event_id", "subscriber", unique=True),
        Index("ix_deliveries_order", "subscriber", "thread_id", "id"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    subscriber: Mapped[str] = mapped_column(String(100))
    thread_id: Mapped[int | None]
    event: Mapped[Event] = relationship()


class Due(Owed, Base):
    """A job falls due at `next_try_at`; at most one waits a job and subject."""

    __tablename__ = "dues"
    __table_args__ = (
        open_index("dues"),
        Index(
            "uq_dues_waiting",
            "job",
            "subject_id",
            unique=True,
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    job: Mapped[str] = mapped_column(String(100))
    subject_id: Mapped[int] = mapped_column(default=0)
