"""The unbound extensions, and how Askwell talks to its database."""

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


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
