"""Searching: whatever an engine finds is looked up in the database, which says who may see it."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from markupsafe import Markup, escape
from sqlalchemy import select

from app.extensions import db
from app.lib.paging import Page, offset_of, pages_of
from app.models import Post, PostKind, Thread, Visibility
from app.questions.queries import THREADS_A_PAGE, rows_of
from app.search.documents import plain
from app.search.engine import Engine, Index
from app.search.query import Query, parse
from app.search.titles import TitleEngine

PASSAGE = 220


@dataclass(frozen=True)
class Found:
    """What a search found, and for each thread the passage that fits."""

    query: Query
    page: Page[Thread]
    passages: dict[int, Markup]


def index() -> Index:
    """The index of this installation."""
    found: Index = current_app.extensions["index"]
    return found


def engine() -> Engine:
    """The index, or titles alone while there is none."""
    return index() if index().is_ready else TitleEngine()


def search(typed: str, page: int) -> Found:
    """One page of what fits. No errors: whatever is typed is a search."""
    query = parse(typed)
    if query.is_empty:
        return Found(query, Page([], page, 1, 0), {})
    hits = engine().search(query, offset_of(page, THREADS_A_PAGE), THREADS_A_PAGE)
    threads = _public(hits.thread_ids)
    pages = pages_of(hits.total, THREADS_A_PAGE)
    return Found(query, Page(threads, page, pages, hits.total), _passages(threads, hits.words))


def similar(title: str, body: str = "", count: int = 5) -> Sequence[Thread]:
    """Threads that ask much the same, best first."""
    return _public(engine().similar(title, body, count)) if title.strip() else []


def _public(ids: Sequence[int]) -> Sequence[Thread]:
    if not ids:
        return []
    order = {number: place for place, number in enumerate(ids)}
    allowed = select(Thread.id).where(Thread.id.in_(ids), Thread.visibility == Visibility.VISIBLE)
    return sorted(rows_of(allowed, 1, len(ids)), key=lambda thread: order[thread.id])


def _passages(threads: Sequence[Thread], words: Sequence[str]) -> dict[int, Markup]:
    """Where the words stand, marked. One statement."""
    if not threads or not words:
        return {}
    rows = select(Post.thread_id, Post.html).where(
        Post.thread_id.in_([thread.id for thread in threads]),
        Post.visibility == Visibility.VISIBLE,
        Post.kind != PostKind.COMMENT,
    )
    texts: dict[int, list[str]] = defaultdict(list)
    for thread_id, html in db.session.execute(rows.order_by(Post.id)):
        texts[thread_id].append(plain(html))
    # The engine gives stems: a word that begins with one is meant, and only whole words are marked.
    stems = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    meant = re.compile(rf"\b(?:{stems})\w{{0,4}}\b", re.IGNORECASE)
    found = {}
    for thread_id, bodies in texts.items():
        best = max(bodies, key=lambda text: len({match.casefold() for match in meant.findall(text[:20_000])}))
        if passage := _passage(best, meant):
            found[thread_id] = passage
    return found


def _passage(text: str, meant: re.Pattern[str]) -> Markup | None:
    first = meant.search(text)
    if first is None:
        return None
    start = text.rfind(" ", 0, max(0, first.start() - PASSAGE // 3)) + 1
    end = text.find(" ", start + PASSAGE)
    piece = text[start : end if end != -1 else len(text)][: 2 * PASSAGE]
    marked, at = Markup("…") if start else Markup(), 0
    for match in meant.finditer(piece):
        marked += escape(piece[at : match.start()]) + Markup("<mark>%s</mark>") % match[0]
        at = match.end()
    return marked + escape(piece[at:]) + ("…" if start + len(piece) < len(text) else "")
