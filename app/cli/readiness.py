"""Is the database one that this program can work with? Asked before anything starts; asking changes nothing."""

import os
from pathlib import Path

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from app.config import Settings
from app.extensions import engine_options

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


class Unready(click.ClickException):
    """Nothing can start on this database, and nothing was changed; the sentence says what to do."""


def check_ready(settings: Settings) -> str:
    """The step of the database, which is the one that the program wants. Raises Unready."""
    check_exists(settings)
    present, wanted = check_usable(settings), _steps().get_current_head()
    if present != wanted:
        raise Unready(f"the database is at {present or 'nothing'}, the program wants {wanted}. Run: askwell init")
    return str(wanted)


def check_exists(settings: Settings) -> None:
    """Raise Unready when there is no file. Connecting would make an empty one."""
    file = _sqlite_file(settings)
    if file and not file.exists():
        raise Unready(
            f"there is no database at {file}. If there should be, check ASKWELL_DATA_DIR; else run: askwell init"
        )


def check_usable(settings: Settings) -> str | None:
    """The step of the database, None for a new one: it can be written, and brought up to date. Raises Unready."""
    present = present_step(settings)
    if present is not None and present not in {step.revision for step in _steps().walk_revisions()}:
        raise Unready(
            f"the database is at {present}, which this program does not know: a newer Askwell has used it. "
            "Start that one, or restore a backup from before."
        )
    return present


def present_step(settings: Settings) -> str | None:
    """The step of the database, None for a new one. Raises Unready when it cannot be reached or written."""
    file = _sqlite_file(settings)
    if file:
        for path in (file.parent, file):
            if not os.access(path, os.W_OK) and (path.exists() or path == file.parent):
                raise Unready(
                    f"{path} cannot be written. Check its owner, its mode, and that its disk is not read-only."
                )
        if not file.exists():
            return None
    engine = create_engine(settings.database, **engine_options(settings.database))
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as problem:
        # What PostgreSQL says may hold parts of the address, and with them a password.
        why = f"{file}: {problem.__cause__}" if file else type(problem).__name__
        raise Unready(f"the database cannot be reached: {why}. Check ASKWELL_DATABASE_URL.") from None
    finally:
        engine.dispose()


def _steps() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


def _sqlite_file(settings: Settings) -> Path | None:
    url = make_url(settings.database)
    return Path(url.database or "").absolute() if url.get_backend_name() == "sqlite" else None
