"""A stand-in engine: the words of titles, counted by the database. Always right, and good enough for a small forum."""

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.sql.elements import Case

from app.extensions import db
from app.lib.paging import Page, pages_of
from app.models import TITLE_LENGTH, Thread, ThreadState, Visibility
from app.questions.queries import THREADS_A_PAGE, rows_of

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
    def search(self, words: str, page: int) -> Page[Thread]:
        """Titles holding all the words first, then those with most of them."""
        hits = [_holds(word) for word in _words(words)]
        if not hits:
            return Page([], page, 1, 0)
        score = sum(hits[1:], hits[0])
        ids = (
            select(Thread.id)
            .where(Thread.visibility == Visibility.VISIBLE, score > 0)
            .order_by(score.desc(), (Thread.state == ThreadState.SOLVED).desc(), Thread.last_activity_at.desc())
        )
        total = db.session.scalar(select(func.count()).select_from(ids.order_by(None).subquery())) or 0
        return Page(rows_of(ids, page, THREADS_A_PAGE), page, pages_of(total, THREADS_A_PAGE), total)

    def similar(self, title: str, count: int = 5) -> Sequence[Thread]:
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
        return rows_of(ids, 1, count)


def _words(text: str) -> list[str]:
    # No title is longer, and SQLite refuses patterns of 50,000 characters.
    words = re.findall(r"\w[\w-]*", text[: 2 * TITLE_LENGTH].casefold())
    return [word for word in dict.fromkeys(words) if word not in STOP][:MAX_WORDS]


def _holds(word: str) -> Case[int]:
    # The plural and the tense rarely matter in a title: longer words match by their beginning.
    stem = word[:-1] if len(word) > 4 else word
    return case((func.lower(Thread.title).contains(stem, autoescape=True), 1), else_=0)
