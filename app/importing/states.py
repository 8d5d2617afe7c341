"""What a source says is voted, accepted and closed: set from it. What was said here stays."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import case, func, select, update

from app.extensions import db
from app.importing.staging import Entry
from app.lib import clock
from app.models import Acceptance, Closure, Post, PostKind, Vote


@dataclass(frozen=True)
class Accepted:
    answer_id: int
    by_id: int
    at: datetime


@dataclass(frozen=True)
class Closed:
    reason: str
    at: datetime


def totals(entry: Entry) -> dict[str, int]:
    """The columns of a new post that hold its votes. Comments keep none."""
    up, down = (0, 0) if entry.kind is PostKind.COMMENT else _reconciled(entry.votes or (0, 0), entry.score)
    return {"up": up, "down": down, "imported_up": up, "imported_down": down}


def set_totals(entries: Mapping[int, Entry]) -> set[int]:
    """Bring the imported votes of posts up to date; returns the ids of those whose votes changed."""
    present = select(Post.id, Post.imported_up, Post.imported_down).where(Post.id.in_(entries))
    changed = {}
    for post_id, up, down in db.session.execute(present):
        entry = entries[post_id]
        now = _reconciled(entry.votes or (up, down), entry.score)
        if now != (up, down):
            changed[post_id] = now
    if not changed:
        return set()
    ups, downs = (func.sum(case((Vote.value == value, 1), else_=0)) for value in (1, -1))
    cast = select(Vote.post_id, ups, downs).where(Vote.post_id.in_(changed)).group_by(Vote.post_id)
    here = {post_id: (up, down) for post_id, up, down in db.session.execute(cast)}
    rows = []
    for post_id, (up, down) in changed.items():
        more_up, more_down = here.get(post_id, (0, 0))
        imported = {"imported_up": up, "imported_down": down}
        rows.append({"id": post_id, **imported, "up": up + more_up, "down": down + more_down})
    db.session.execute(update(Post), rows)
    return set(changed)


def set_acceptances(threads: Collection[int], wanted: Mapping[int, Accepted], answers: Collection[int]) -> set[int]:
    """Make these the accepted answers of the threads; an acceptance of another of `answers` ends. Returns changed threads."""
    live = select(Acceptance).where(Acceptance.thread_id.in_(threads), Acceptance.ended_at.is_(None))
    present = {row.thread_id: row for row in db.session.scalars(live)}
    changed = set()
    for thread_id, row in present.items():
        new = wanted.get(thread_id)
        if row.answer_id in answers and (new is None or new.answer_id != row.answer_id):
            row.ended_at, row.ended_by_id = max(new.at if new else clock.now(), row.created_at), row.created_by_id
            changed.add(thread_id)
    db.session.flush()
    # An answer may have become a comment here.
    chosen = {new.answer_id for new in wanted.values()}
    still = set(db.session.scalars(select(Post.id).where(Post.id.in_(chosen), Post.kind == PostKind.ANSWER)))
    for thread_id, new in wanted.items():
        if (thread_id not in present or thread_id in changed) and new.answer_id in still:
            mark = {"answer_id": new.answer_id, "created_by_id": new.by_id, "created_at": new.at}
            db.session.add(Acceptance(thread_id=thread_id, **mark))
            changed.add(thread_id)
    return changed


def set_closures(threads: Collection[int], wanted: Mapping[int, Closed]) -> set[int]:
    """Close these of the threads, and open the others if an import closed them. Returns the changed ones.

    Closures of an import have nobody's name; one that was ended here stays so.
    """
    rows = list(db.session.scalars(select(Closure).where(Closure.thread_id.in_(threads))))
    live = {row.thread_id: row for row in rows if row.ended_at is None}
    once = {(row.thread_id, row.created_at) for row in rows if row.created_by_id is None}
    changed = set()
    for thread_id, row in live.items():
        if row.created_by_id is None and thread_id not in wanted:
            row.end(None)
            changed.add(thread_id)
    for thread_id, new in wanted.items():
        if thread_id not in live and (thread_id, new.at) not in once:
            reason = new.reason or _("It was closed before it came here.")
            db.session.add(Closure(thread_id=thread_id, reason=reason, created_at=new.at))
            changed.add(thread_id)
    return changed


def _reconciled(votes: tuple[int, int], score: int) -> tuple[int, int]:
    """Votes for and against that make the score: where the single ones do not, or are not known, the rest is added."""
    up, down = votes
    rest = score - (up - down)
    return up + max(rest, 0), down + max(-rest, 0)
