"""While there is no index: the words of titles, counted by the database."""

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.sql.elements import Case

from app.extensions import db
from app.models import TITLE_LENGTH, Thread, ThreadState, Visibility
from app.search.engine import Hits
from app.search.query import Query

MAX_WORDS = 12
# Words that say nothing about the question; a real engine replaces this with its own analysis.
STOP = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "at",
        "be",
        "can",
        "do",
        "does",
        "for",
        "from",
        "has",
        "have",
        "how",
        "i",
        "in",
        "is",
        "it",
        "my",
        "not",
        "of",
        "on",
        "or",
        "the",
        "to",
        "what",
        "when",
        "why",
        "with",
    ]
)


class TitleEngine:
    def search(self, query: Query, start: int, size: int) -> Hits:
        """Titles holding all the words first, then those with most of them; of the filters it knows none."""
        words = _words(query.text)
        hits = [_holds(word) for word in words]
        if not hits:
            return Hits((), 0)
        score = sum(hits[1:], hits[0])
        ids = (
            select(Thread.id)
            .where(Thread.visibility == Visibility.VISIBLE, score > 0)
            .order_by(score.desc(), (Thread.state == ThreadState.SOLVED).desc(), Thread.last_activity_at.desc())
        )
        total = db.session.scalar(select(func.count()).select_from(ids.order_by(None).subquery())) or 0
        return Hits(list(db.session.scalars(ids.limit(size).offset(start))), total, words)

    def similar(self, title: str, body: str, size: int) -> Sequence[int]:
        """Titles sharing at least two words with this one (one, if it has only one)."""
        hits = [_holds(word) for word in _words(title)]
        if not hits:
            return []
        score: ColumnElement[int] = sum(hits[1:], hits[0])
        ids = (
            select(Thread.id)
            .where(Thread.visibility == Visibility.VISIBLE, score >= min(2, len(hits)))
            .order_by(score.desc(), (Thread.state == ThreadState.SOLVED).desc(), Thread.last_activity_at.desc())
        )
        return list(db.session.scalars(ids.limit(size)))


def _words(text: str) -> list[str]:
    # No title is longer, and SQLite refuses patterns of 50,000 characters.
    words = re.findall(r"\w[\w-]*", text[: 2 * TITLE_LENGTH].casefold())
    return [word for word in dict.fromkeys(words) if word not in STOP][:MAX_WORDS]


def _holds(word: str) -> Case[int]:
    # The plural and the tense rarely matter in a title: longer words match by their beginning.
    stem = word[:-1] if len(word) > 4 else word
    return case((func.lower(Thread.title).contains(stem, autoescape=True), 1), else_=0)
