"""The fixtures everybody uses: an application on a migrated database, browsers of guests and members, the worker."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from app import create_app
from app.accounts import service as accounts
from app.cli.setup_forum import prepare
from app.config import Settings
from app.events import work_once
from app.extensions import db, limiter
from app.models import Base, Site, User
from tests import servers
from tests.house import House, a_house

# Tests state their settings; those of the machine must not shine through.
OURS = ("ASKWELL_DATA", "ASKWELL_NIGHTLY")
for name in [name for name in os.environ if name.startswith("ASKWELL_") and name not in OURS]:
    del os.environ[name]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="run on this database")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where CI runs, a test that is skipped is a test that failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def on_postgresql(request: pytest.FixtureRequest) -> bool:
    return request.config.getoption("--database") == "postgresql"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with servers.postgres() as server:
        yield server.url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with servers.redis_server() as url:
        yield url


@pytest.fixture(scope="session")
def make_settings(request, tmp_path_factory, on_postgresql) -> Callable[..., Settings]:
    """Settings of a new, empty, migrated forum in a folder and a database of its own."""

    def make(**values: Any) -> Settings:
        folder: Path = tmp_path_factory.mktemp("forum")
        if on_postgresql and "database_url" not in values:
            name = "askwell_" + folder.name.replace("-", "_")
            server = request.getfixturevalue("postgres_url")
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}"')
            values["database_url"] = server.replace("postgresql:", "postgresql+psycopg:").replace(
                "/postgres", f"/{name}"
            )
        settings = Settings(
            _env_file=None,
            data_dir=values.pop("data_dir", folder / "var"),
            search_index=folder / "search_index",
            password_cost="test",
            base_url=values.pop("base_url", "http://localhost"),
            **values,
        )
        prepare(settings)
        return settings

    return make


@pytest.fixture
def house(make_settings: Callable[..., Settings], tmp_path: Path) -> Iterator[House]:
    """A forum as processes of its own, not started yet."""
    with a_house(make_settings, tmp_path / "log") as house:
        yield house


@pytest.fixture(scope="session")
def shared_app(make_settings) -> Iterator[Flask]:
    app = create_app(make_settings())
    app.testing = True
    app.test_client_class = Browser
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(shared_app: Flask) -> Iterator[Flask]:
    """The application on an empty forum, with a context open in which factories and services can be called."""
    limiter.reset()
    shutil.rmtree(shared_app.config["SETTINGS"].data_dir / "mail", ignore_errors=True)
    with shared_app.test_request_context(base_url="http://localhost"):
        empty_database()
        shared_app.extensions["pages"].clear()
        yield shared_app
        db.session.remove()


def empty_database() -> None:
    """Take everything out but the tables, and start counting anew."""
    with db.engine.begin() as connection:
        tables = [table.name for table in reversed(Base.metadata.sorted_tables)]
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE"))
        else:
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
            for table in tables:
                connection.execute(text(f"DELETE FROM {table}"))
            connection.execute(text("DELETE FROM sqlite_sequence"))
        connection.execute(Site.__table__.insert().values(id=1, name="Askwell", tagline="", version=1))


class Browser(FlaskClient):
    """A test client that sends what browsers send with a form of the same site, and can be somebody."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if not args or not hasattr(args[0], "headers"):
            headers = dict(kwargs.pop("headers", None) or {})
            headers.setdefault("Sec-Fetch-Site", "same-origin")
            kwargs["headers"] = {name: value for name, value in headers.items() if value is not None}
        db.session.rollback()  # the test's own read transaction must not show an old state afterwards
        # A context of its own: else `g`, and with it the person signed in, would be shared by all requests of a test.
        with self.application.app_context():
            return super().open(*args, **kwargs)

    def sign_in(self, user: User) -> "Browser":
        """Be this person from now on."""
        token = accounts.start_session(user, "Firefox on Linux", stay=False)
        with self.session_transaction() as session:
            session["_user_id"] = token
        return self


@pytest.fixture
def client(app: Flask) -> Browser:
    """The browser of a guest."""
    return app.test_client()


@pytest.fixture
def browser_of(app: Flask) -> Callable[[User | None], Browser]:
    """A browser in which this person is signed in; a guest's for None."""

    def make(user: User | None) -> Browser:
        browser = app.test_client()
        return browser.sign_in(user) if user is not None else browser

    return make


@pytest.fixture
def work(app: Flask) -> Callable[[], int]:
    """Let the worker do everything that is owed now; a failure in it fails the test."""

    def run() -> int:
        failures: list[Exception] = []
        handled = work_once(lambda name, failure: failures.append(failure))
        if failures:
            raise failures[0]
        db.session.rollback()
        return handled

    return run


@pytest.fixture
def letters(app: Flask) -> Callable[[], list[Any]]:
    """The mails that were put into the file mailbox, oldest first."""
    return lambda: sorted(app.extensions["mailer"].mailbox(), key=lambda mail: mail["Date"])


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Every statement sent to the database since the list was last cleared."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Real data that is not shipped; tests that need it are skipped without it."""
    folder = os.environ.get("ASKWELL_DATA")
    if not folder:
        pytest.skip("ASKWELL_DATA does not point to the data folder")
    return Path(folder)
