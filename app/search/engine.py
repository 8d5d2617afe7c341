"""The small interface behind which search engines stand. They know threads by number; the database says who may see them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.search.query import Query


@dataclass(frozen=True)
class Document:
    """What an engine knows of one thread: only what everybody may see."""

    thread_id: int
    title: str
    body: str
    tags: tuple[str, ...]
    topics: tuple[str, ...]
    states: tuple[str, ...]
    authors: tuple[str, ...]
    asked_at: datetime
    active_at: datetime
    # How much more, or less, it is worth than another thread with the same words: see `documents.WEIGHTS`.
    weight: float
    # The same for the same content: tells which documents are not what the database says.
    fingerprint: str


@dataclass(frozen=True)
class Hits:
    """Threads that fit, best first, and how many there are in all (about, where an engine does not count exactly)."""

    thread_ids: Sequence[int]
    total: int
    words: Sequence[str] = field(default=())


class Engine(Protocol):
    """Finds public threads. Whatever an engine returns is checked against the database before it is shown."""

    def search(self, query: Query, start: int, size: int) -> Hits:
        """Threads that fit. Anything typed is a search; nothing raises."""

    def similar(self, title: str, body: str, size: int) -> Sequence[int]:
        """Threads that ask much the same, best first."""


class Index(Engine, Protocol):
    """An engine with an index of its own, which the worker keeps up to date."""

    def update(self, documents: Sequence[Document], gone: Sequence[int]) -> None:
        """Put these documents in place of what was known of them, forget the others: all of it, or nothing."""

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Build anew beside the present index and take its place in one step."""

    def fingerprints(self) -> dict[int, str]:
        """What the index holds: thread → fingerprint of its document."""

    def close(self) -> None:
        """Let go of whatever is open; it is opened again when it is needed."""

    @property
    def is_ready(self) -> bool:
        """Whether there is a readable index that was built to its end."""
