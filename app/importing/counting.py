"""Counters and states of many threads at once, from the same rows and by the same rules as `posts.service.settle`."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.extensions import db
from app.lib import clock
from app.models import (
    Acceptance,
    Closure,
    InformationRequest,
    Post,
    PostKind,
    Recommendation,
    Resolution,
    Thread,
    ThreadState,
    Visibility,
)
from app.posts.ranking import AnswerLine, best_answer


@dataclass
class _Sums:
    question_id: int = 0
    visibility: Visibility = Visibility.VISIBLE
    answers: list[AnswerLine] = field(default_factory=list)
    comments: int = 0
    last: list[datetime] = field(default_factory=list)


def settle_threads(ids: Sequence[int]) -> None:
    """Set counters, state, excerpt, visibility and last activity of these threads from their rows, inside a unit of work.

    The last activity only moves forward. What pages show of these threads has changed: their versions rise.
    """
    db.session.flush()
    chosen = select(Thread.id, Thread.asker_id, Thread.version, Thread.last_activity_at).where(Thread.id.in_(ids))
    threads = db.session.execute(chosen).all()
    sums = _sums(ids)
    accepted = {
        row.thread_id: row.answer_id
        for row in db.session.execute(
            _live(Acceptance, ids, Acceptance.answer_id)
            .join(Post, Post.id == Acceptance.answer_id)
            .where(Post.visibility == Visibility.VISIBLE)
        )
    }
    recommended: dict[int, dict[int, datetime]] = defaultdict(dict)
    for row in db.session.execute(_live(Recommendation, ids, Recommendation.answer_id, Recommendation.created_at)):
        recommended[row.thread_id][row.answer_id] = row.created_at
    resolved, closed, waiting = (
        set(db.session.scalars(_live(model, ids))) for model in (Resolution, Closure, InformationRequest)
    )
    rows: list[dict[str, Any]] = []
    told_by: dict[int, int] = {}
    now = clock.now()
    for thread in threads:
        of, accepted_id = sums[thread.id], accepted.get(thread.id)
        state = ThreadState.ANSWERED if of.answers else ThreadState.NEW
        if thread.id in waiting:
            state = ThreadState.NEEDS_INFORMATION
        if thread.id in closed:
            state = ThreadState.CLOSED
        if accepted_id is not None or thread.id in resolved:
            state = ThreadState.SOLVED
        best_id = best_answer(of.answers, thread.asker_id, accepted_id, recommended[thread.id], now)
        solved_by = (best_id or accepted_id) if state is ThreadState.SOLVED else None
        told_by[thread.id] = solved_by or of.question_id
        rows.append(
            {
                "id": thread.id,
                "state": state,
                "closed": thread.id in closed,
                "visibility": of.visibility,
                "answers_count": len(of.answers),
                "comments_count": of.comments,
                "last_activity_at": max([thread.last_activity_at, *of.last]),
                "version": thread.version + 1,
            }
        )
    excerpts = dict(db.session.execute(select(Post.id, Post.excerpt).where(Post.id.in_(told_by.values()))).all())
    for values in rows:
        values["excerpt"] = excerpts[told_by[values["id"]]]
    if rows:
        db.session.execute(update(Thread), rows)


def _sums(ids: Sequence[int]) -> dict[int, _Sums]:
    found: dict[int, _Sums] = defaultdict(_Sums)
    columns = (
        Post.thread_id,
        Post.id,
        Post.kind,
        Post.parent_id,
        Post.visibility,
        Post.author_id,
        (Post.up - Post.down).label("score"),
        Post.worked,
        Post.failed,
        Post.created_at,
        Post.edited_at,
    )
    comments = Counter[int]()
    visible: dict[int, int] = {}
    for row in db.session.execute(select(*columns).where(Post.thread_id.in_(ids))):
        sums = found[row.thread_id]
        if row.kind is PostKind.QUESTION:
            sums.question_id, sums.visibility = row.id, row.visibility
        if row.visibility is not Visibility.VISIBLE:
            continue
        visible[row.id] = row.thread_id
        sums.last.append(max(row.created_at, row.edited_at or row.created_at))
        if row.kind is PostKind.ANSWER:
            line = AnswerLine(row.id, row.author_id, row.score, row.created_at, row.worked, row.failed)
            sums.answers.append(line)
        elif row.parent_id is not None:
            comments[row.parent_id] += 1
    for parent_id, number in comments.items():
        if parent_id in visible:
            found[visible[parent_id]].comments += number
    return found


def _live(model: Any, ids: Sequence[int], *columns: Any) -> Any:
    return select(model.thread_id, *columns).where(model.thread_id.in_(ids), model.ended_at.is_(None))
