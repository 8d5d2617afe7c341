"""Finding what has been imported."""

from collections.abc import Collection, Iterator, Sequence

from flask import abort
from sqlalchemy import select

from app.extensions import db
from app.models import Imported, ImportKind

SLICE = 1_000


def known(source: str, kind: ImportKind, old_ids: Collection[str]) -> dict[str, Imported]:
    """What is here of these things of a source: old number → row. They belong to no session."""
    found = {}
    for some in sliced(list(old_ids)):
        rows = select(Imported).where(Imported.source == source, Imported.kind == kind, Imported.old_id.in_(some))
        found.update({row.old_id: row for row in db.session.scalars(rows)})
    for row in found.values():
        db.session.expunge(row)
    return found


def our_id_or_404(source: str, kind: ImportKind, old_id: str) -> int:
    """What an old number is called here. What may follow it in an old address (a slug, another number) does not matter."""
    candidates = [old_id, old_id.partition("/")[0]]
    found = known(source, kind, candidates)
    row = next((found[candidate] for candidate in candidates if candidate in found), None)
    if row is None:
        abort(404)
    return row.our_id


def sliced(items: Sequence[str]) -> Iterator[Sequence[str]]:
    """The items in pieces that fit into one statement."""
    for start in range(0, len(items), SLICE):
        yield items[start : start + SLICE]
