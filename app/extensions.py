"""The unbound extensions, and how Askwell talks to its database."""

import random
import sqlite3
import time
from typing import Any

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event

from app.models import Base

# Models inherit from our own typed Base; the extension only manages engine and session for its tables.
db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
login = LoginManager()
limiter = Limiter(key_func=get_remote_address, headers_enabled=True)
babel = Babel()

BUSY_TIMEOUT_MS = 5_000


def engine_options(url: str) -> dict[str, Any]:
    """Options of the engine for this database address."""
    if url.startswith("sqlite"):
        # The driver must not begin or commit by itself: `_begin` below says BEGIN, so that savepoints and locks hold.
        return {"connect_args": {"isolation_level": None, "timeout": BUSY_TIMEOUT_MS / 1000}}
    return {"pool_pre_ping": True, "pool_size": 10}


@event.listens_for(Engine, "connect")
def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    if not type(dbapi_connection).__module__.startswith("sqlite3"):
        return
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: an acknowledged post survives loss of power, not only a killed process (measured, trust.md 0.3).
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_to_write(connection: Connection, patience_ms: int) -> None:
    """Begin as soon as nobody else writes; raises OperationalError when that takes too long.

    SQLite's own waiting looks again after up to 100 ms, and comes too late again and again while others write: with eight
    people posting at once some gave up after 5 s (measured). Looking every few milliseconds, everybody gets a turn.
    """
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout=0")
    deadline = time.monotonic() + patience_ms / 1000
    try:
        while time.monotonic() < deadline:
            try:
                cursor.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    break
            time.sleep(random.uniform(0.001, 0.005))  # noqa: S311 - no secret
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    write = options.get("write", False)
    if connection.dialect.name != "sqlite":
        if write:
            # Else whoever waits for a row that somebody holds would wait for ever, and keep a thread of the server.
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BUSY_TIMEOUT_MS}")
        return
    if write:
        _begin_to_write(connection, BUSY_TIMEOUT_MS if options["waits"] else 0)
    else:
        connection.exec_driver_sql("BEGIN")
