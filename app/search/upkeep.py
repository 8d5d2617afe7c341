"""Keeping the index true to the database: the database is right, the index follows."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, delete, func, literal, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from app.events import unit_of_work
from app.extensions import db
from app.models import Event, StaleThread, Thread, Visibility
from app.search.documents import documents_of, every_document
from app.search.engine import Index

BATCH = 200


def mark_stale(condition: ColumnElement[bool]) -> None:
    """Let the threads of this condition be indexed again."""
    kind = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    with unit_of_work(None):
        threads = select(Thread.id, literal(1)).where(condition)
        rows = kind.insert(StaleThread).from_select(["thread_id", "times"], threads)
        again = {"times": StaleThread.times + 1}
        db.session.execute(rows.on_conflict_do_update(index_elements=["thread_id"], set_=again))


def keep(index: Index) -> int:
    """Index what is stale, a batch of it; build the index where there is none. Returns how many threads were taken.

    A thread leaves the list only when the index holds it, and not if it changed again meanwhile: a crash in between
    only means that it is indexed once more.
    """
    if not index.is_ready:
        rebuild(index, lambda _done: None)
    stale = db.session.execute(select(StaleThread.thread_id, StaleThread.times).limit(BATCH)).all()
    if not stale:
        return 0
    documents = documents_of([thread_id for thread_id, _times in stale])
    gone = {thread_id for thread_id, _times in stale} - {document.thread_id for document in documents}
    index.update(documents, sorted(gone))
    with unit_of_work(None):
        done = tuple_(StaleThread.thread_id, StaleThread.times).in_([tuple(row) for row in stale])
        db.session.execute(delete(StaleThread).where(done))
    return len(stale)


def rebuild(index: Index, tell: Callable[[int], None]) -> int:
    """Build the index anew beside the present one; what changed meanwhile is indexed right after. Returns how many."""
    before = db.session.scalar(select(func.max(Event.id))) or 0
    number = 0

    def counted() -> Any:
        nonlocal number
        for document in every_document():
            number += 1
            tell(number)
            yield document

    index.rebuild(counted())
    mark_stale(Thread.id.in_(select(Event.thread_id).where(Event.id > before)))
    return number


def drift(index: Index) -> dict[int, str]:
    """What index and database say differently: thread → "missing", "different" or "should not be there"."""
    found, there = {}, index.fingerprints()
    for document in every_document():
        known = there.pop(document.thread_id, None)
        if known != document.fingerprint:
            found[document.thread_id] = "missing" if known is None else "different"
    return found | dict.fromkeys(there, "should not be there")


def public_threads() -> int:
    """How many threads an index should hold."""
    return db.session.scalar(select(func.count()).where(Thread.visibility == Visibility.VISIBLE)) or 0
