"""R09: on a database that is missing, read-only, broken, older or newer nothing starts: it says why, and changes nothing."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from app import create_app
from app.config import Settings
from app.extensions import db
from tests.house import PATIENCE, ROOT
from tests.servers import free_port

# Not even root may write what is read-only.
OBEDIENT = ("setpriv", "--bounding-set=-dac_override") if os.getuid() == 0 else ()


@pytest.fixture
def forum(make_settings: Callable[..., Settings], tmp_path: Path) -> Settings:
    """A forum in a file, whatever the other tests run on."""
    folder = tmp_path / "var"
    folder.mkdir()
    return make_settings(database_url=f"sqlite:///{folder / 'askwell.db'}", port=free_port())


def file_of(settings: Settings) -> Path:
    return Path(settings.database.removeprefix("sqlite:///"))


def said_by(settings: Settings, *commands: str) -> dict[str, str]:
    """What these commands print, of which each ends with an error and without a traceback."""
    environment = {
        **os.environ,
        "ASKWELL_DATA_DIR": str(settings.data_dir),
        "ASKWELL_SEARCH_INDEX": str(settings.search_index),
        "ASKWELL_DATABASE_URL": settings.database_url,
        "PORT": str(settings.port),
    }
    started = {
        name: subprocess.Popen(
            [*OBEDIENT, sys.executable, "-m", "app.cli", name],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name in commands
    }
    printed = {}
    for name, process in started.items():
        try:
            printed[name] = process.communicate(timeout=PATIENCE)[0]
        finally:
            process.kill()
        assert process.returncode == 1, (name, process.returncode, printed)
        assert "Traceback" not in printed[name], printed[name]
    return printed


def test_R09_nothing_starts_on_a_file_that_is_not_there_and_none_is_made(forum):
    file = file_of(forum)
    file.unlink()
    for said in said_by(forum, "web", "doctor").values():
        assert f"there is no database at {file}. If there should be, check ASKWELL_DATA_DIR" in said
    assert list(file.parent.iterdir()) == []


def test_R09_nothing_starts_on_a_file_that_cannot_be_written(forum):
    file, before = file_of(forum), file_of(forum).read_bytes()
    file.chmod(0o444)
    for said in said_by(forum, "run", "web", "doctor").values():
        assert f"{file} cannot be written. Check its owner" in said
    file.chmod(0o644)
    file.parent.chmod(0o555)
    assert f"{file.parent} cannot be written. Check its owner" in said_by(forum, "run")["run"]
    file.parent.chmod(0o755)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_R09_nothing_starts_on_a_file_that_is_no_database(forum):
    file = file_of(forum)
    file.write_bytes(before := b"not a database" * 1000)
    assert f"{file}: file is not a database" in said_by(forum, "run")["run"]
    assert file.read_bytes() == before


def test_R09_an_older_database_is_brought_up_to_date_first(forum):
    with closing(sqlite3.connect(file_of(forum), isolation_level=None)) as database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
    before = file_of(forum).read_bytes()
    said = said_by(forum, "web")["web"]
    assert "the database is at 0001, the program wants " in said
    assert "Run: askwell init" in said
    assert file_of(forum).read_bytes() == before


@pytest.mark.slow
def test_R09_nothing_starts_on_the_database_of_a_newer_program(make_settings):
    settings = make_settings(port=free_port())
    app = create_app(settings)
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        before = everything()
        db.engine.dispose()
        for said in said_by(settings, "run", "web", "doctor").values():
            assert "the database is at 9999, which this program does not know: a newer Askwell has used it." in said
        assert everything() == before
        db.engine.dispose()


def everything() -> dict[str, list[Any]]:
    """All rows of all tables."""
    with db.engine.connect() as connection:
        return {
            name: connection.exec_driver_sql(f"SELECT * FROM {name}").all()
            for name in inspect(connection).get_table_names()
        }


def test_R09_nothing_starts_without_its_database_server_and_no_password_is_printed(forum):
    address = f"postgresql+psycopg://askwell:geheim@127.0.0.1:{free_port()}/askwell"
    said = said_by(forum.model_copy(update={"database_url": address}), "run")["run"]
    assert "the database cannot be reached: OperationalError. Check ASKWELL_DATABASE_URL." in said
    assert "geheim" not in said
