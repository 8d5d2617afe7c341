"""Writing many rows at once."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.models import Base, Tag


def ensure_tags(names: Collection[str]) -> dict[str, int]:
    """The tags of these names, made where they are missing: name → id."""
    insert_ignoring(Tag.__table__, [{"name": name} for name in sorted(names)])
    return dict(db.session.execute(select(Tag.name, Tag.id).where(Tag.name.in_(names))).all())


def insert_rows(model: Any, rows: list[dict[str, Any]]) -> None:
    """Insert rows, all with the same columns."""
    if rows:
        db.session.execute(insert(model.__table__), rows)


def take_ids(model: type[Base], number: int) -> list[int]:
    """Ids for so many new rows, in order, which nobody else gets. Asking each row for its id takes four times as long."""
    name = model.__tablename__
    if not number:
        return []
    if db.engine.dialect.name == "postgresql":
        series = func.generate_series(1, number).table_valued("n")
        return list(db.session.scalars(select(func.nextval(f"{name}_id_seq")).select_from(series)))
    # The transaction holds the only right to write; what these rows take is noted by the database itself.
    last = db.session.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": name}) or 0
    return list(range(last + 1, last + 1 + number))


def insert_ignoring(table: Any, rows: list[dict[str, Any]]) -> None:
    """Insert rows, but for those that are there already."""
    if rows:
        dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
        db.session.execute(dialect.insert(table).on_conflict_do_nothing(), rows)
