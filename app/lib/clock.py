"""The one clock: UTC, aware. Tests travel in time with time-machine, which this follows."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)
