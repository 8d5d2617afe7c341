"""The `askwell` command, as whoever runs a forum uses it; and what the forum does while its database is busy."""

import http.client
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select, text

from app import create_app
from app.accounts.service import check_password
from app.cli import demo as demo_command
from app.cli import doctor, main, posts, setup_forum, users
from app.config import Settings
from app.events import unit_of_work
from app.extensions import db
from app.lib import clock
from app.lib.markdown import RENDERER_VERSION
from app.models import Delivery, Due, Event, Post, Role, Site, SourceFormat, Thread, Topic, User
from app.questions.queries import question_of
from tests import factories as make
from tests.conftest import Browser
from tests.house import processes_of
from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
Askwell = Callable[..., Result]


def environment_of(settings: Settings) -> dict[str, str]:
    return {
        "ASKWELL_DATA_DIR": str(settings.data_dir),
        "ASKWELL_SEARCH_INDEX": str(settings.search_index),
        "ASKWELL_DATABASE_URL": settings.database_url,
        "ASKWELL_BASE_URL": settings.base_url,
        "ASKWELL_PASSWORD_COST": "test",
        "PORT": str(settings.port),
    }


@pytest.fixture
def command(monkeypatch) -> Iterator[Askwell]:
    """Run `askwell …` with these settings, here and not in a process of its own; its connections are closed after it."""
    made: list[Flask] = []

    def make_app(*settings: Settings) -> Flask:
        made.append(create_app(*settings))
        return made[-1]

    for module in (demo_command, doctor, posts, setup_forum, users):
        monkeypatch.setattr(module, "create_app", make_app)

    def run(*words: str, environment: dict[str, str], typed: str | None = None) -> Result:
        result = CliRunner().invoke(main, words, env=environment, input=typed)
        for each in made:
            with each.app_context():
                db.session.remove()
                db.engine.dispose()
        made.clear()
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def askwell(app: Flask, command: Askwell) -> Askwell:
    """Run `askwell …` on the forum of the test, which is empty."""
    settings = app.config["SETTINGS"]

    def run(*words: str, typed: str | None = None, **environment: str) -> Result:
        db.session.rollback()
        result = command(*words, environment=environment_of(settings) | environment, typed=typed)
        db.session.rollback()
        db.session.expire_all()
        return result

    return run


def said(result: Result) -> str:
    """What was printed, without the line breaks of a narrow terminal."""
    return " ".join(result.output.split())


# --- init --------------------------------------------------------------------------------------------------------------


def test_init_makes_an_empty_forum_and_again_leaves_it_alone(command, tmp_path):
    settings = Settings(_env_file=None, data_dir=tmp_path / "var", search_index=tmp_path / "index")
    for _ in range(2):
        result = command("init", environment=environment_of(settings))
        assert (result.exit_code, said(result)) == (0, "The database is ready.")
    with closing(sqlite3.connect(tmp_path / "var" / "askwell.db")) as database:
        assert database.execute("SELECT id, name FROM site").fetchall() == [(1, "Askwell")]
        assert database.execute("SELECT count(*) FROM users").fetchone() == (0,)
    assert (tmp_path / "index").stat().st_mode & 0o777 == 0o700


def test_init_on_a_forum_in_use_loses_nothing(askwell):
    thread = make.ask()
    with unit_of_work(None):
        db.session.get_one(Site, 1).name = "Lamps"
    assert askwell("init").exit_code == 0
    assert db.session.get_one(Site, 1).name == "Lamps"
    assert db.session.get(Thread, thread.id) is not None


# --- demo --------------------------------------------------------------------------------------------------------------


def test_demo_fills_an_empty_forum_and_prints_the_logins(app, askwell):
    result = askwell("demo")
    assert result.exit_code == 0
    counts = {model: db.session.scalar(select(func.count()).select_from(model)) for model in (User, Topic, Thread)}
    assert counts == {User: 45, Topic: 12, Thread: 80}
    assert demo_command.PASSWORD in said(result)
    for key in demo_command.SHOWN:
        assert f"{key}@tarn.example" in result.output
        assert check_password(app.extensions["passwords"], f"{key}@tarn.example", demo_command.PASSWORD)
    again = askwell("demo")
    assert again.exit_code == 1
    assert "only goes into an empty one" in said(again)
    assert db.session.scalar(select(func.count()).select_from(Thread)) == 80


def test_demo_does_not_go_where_somebody_is(askwell):
    make.make_user()
    result = askwell("demo")
    assert result.exit_code == 1
    assert "only goes into an empty one" in said(result)
    assert demo_command.PASSWORD not in result.output
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


# --- user --------------------------------------------------------------------------------------------------------------


def test_user_create_opens_a_confirmed_account_with_a_role(app, askwell):
    words = ("--name", "Ada Admin", "--role", "admin", "--team", "Support", "--password", make.PASSWORD)
    result = askwell("user", "create", "Ada@Example.org", *words)
    assert result.exit_code == 0
    assert "Ada Admin can sign in" in said(result)
    person = check_password(app.extensions["passwords"], "ada@example.org", make.PASSWORD)
    assert (person.name, person.acts_as, person.team) == ("Ada Admin", Role.ADMIN, "Support")


def test_user_create_asks_for_a_password_and_does_not_show_it(app, askwell):
    typed = f"{make.PASSWORD}\n{make.PASSWORD}\n"
    result = askwell("user", "create", "mia@example.org", "--name", "Mia", typed=typed)
    assert result.exit_code == 0
    assert make.PASSWORD not in result.output
    person = check_password(app.extensions["passwords"], "mia@example.org", make.PASSWORD)
    assert person.acts_as is Role.MEMBER


@pytest.mark.parametrize(
    ("name", "address"), [("Taken", "other@example.org"), ("Other", "taken@example.org"), ("TAKEN", "x@example.org")]
)
def test_user_create_refuses_what_somebody_has(askwell, name, address):
    make.make_user("Taken", email="taken@example.org")
    result = askwell("user", "create", address, "--name", name, "--password", make.PASSWORD)
    assert result.exit_code == 1
    assert "The name or the e-mail address is taken." in said(result)
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_user_create_refuses_a_short_password(askwell):
    result = askwell("user", "create", "mia@example.org", "--name", "Mia", "--password", "short")
    assert result.exit_code == 1
    assert "at least 15 characters; this has 5" in said(result)
    assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_user_promote_gives_a_role_to_whoever_confirmed_the_address(askwell):
    person = make.make_user("Sam", email="sam@example.org")
    claim = make.make_user("Impostor", email="sam@example.org", confirmed=False)
    result = askwell("user", "promote", "SAM@example.org", "--role", "moderator", "--team", "Care")
    assert (result.exit_code, said(result)) == (0, "Sam is moderator now.")
    assert (person.role, person.team) == (Role.MODERATOR, "Care")
    assert claim.role is Role.MEMBER
    assert askwell("user", "promote", "sam@example.org", "--role", "member").exit_code == 0
    assert person.role is Role.MEMBER


def test_user_promote_refuses_an_address_that_nobody_confirmed(askwell):
    make.make_user(email="claimed@example.org", confirmed=False)
    for address in ("claimed@example.org", "nobody@example.org"):
        result = askwell("user", "promote", address, "--role", "admin")
        assert result.exit_code == 1
        assert "Nobody has confirmed this address." in said(result)


def test_user_knows_no_role_but_the_four(askwell):
    for role in ("guest", "unconfirmed", "king"):
        words = ("user", "create", "mia@example.org", "--name", "Mia", "--password", make.PASSWORD, "--role", role)
        assert askwell(*words).exit_code == 2


# --- doctor ------------------------------------------------------------------------------------------------------------


def test_doctor_finds_everything_in_order(askwell, on_postgresql):
    make.ask()
    result = askwell("doctor")
    lines = [line.split()[:2] for line in result.output.splitlines() if line[:1].strip()]
    checked = ["settings", "database", "migrations", "worker", "mail"]
    assert [line for line in lines if line[0] in checked] == [[name, "OK"] for name in checked]
    assert ("postgresql" if on_postgresql else "sqlite") in result.output
    assert result.exit_code == 0


def owe(**fields: Any) -> None:
    with unit_of_work(None):
        db.session.add(Delivery(event=Event(name="site.changed", data={}), subscriber="some.body", **fields))


def test_doctor_says_when_the_worker_is_late(askwell):
    owe(next_try_at=clock.now() - timedelta(minutes=2))
    owe(next_try_at=clock.now())
    with unit_of_work(None):
        db.session.add(Due(job="some.job", next_try_at=clock.now() - timedelta(hours=1)))
    result = askwell("doctor")
    assert result.exit_code == 1
    assert "worker 2 tasks are over a minute late. Is it running? Start it with: askwell worker" in said(result)


def test_doctor_says_what_was_put_aside(askwell):
    owe(next_try_at=clock.now() - timedelta(days=1), parked_at=clock.now())
    owe(next_try_at=clock.now() - timedelta(days=1), done_at=clock.now())
    result = askwell("doctor")
    assert result.exit_code == 1
    assert "1 tasks were put aside after eight failures. See /admin/worker and the log." in said(result)


def test_doctor_says_that_the_database_is_older_than_the_program(app, askwell):
    with db.engine.begin() as connection:
        newest = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        result = askwell("doctor")
    finally:
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest})
    assert result.exit_code == 1
    assert f"the database is at 0001, the program wants {newest}. Run: askwell init" in said(result)


def test_doctor_says_that_there_is_no_forum_yet(command, tmp_path):
    settings = Settings(_env_file=None, data_dir=tmp_path / "var", search_index=tmp_path / "index")
    result = command("doctor", environment=environment_of(settings))
    assert result.exit_code == 1
    assert f"database there is no database at {settings.data_dir / 'askwell.db'}." in said(result)
    assert "run: askwell init" in said(result)
    assert said(result).count("Mend the database first.") == 2
    assert not (settings.data_dir / "askwell.db").exists()


@pytest.mark.parametrize("what", ["status", "check", "rebuild"])
def test_search_says_that_there_is_no_forum_yet_and_makes_none(command, tmp_path, what):
    settings = Settings(_env_file=None, data_dir=tmp_path / "var", search_index=tmp_path / "index")
    result = command("search", what, environment=environment_of(settings))
    assert result.exit_code == 1
    assert "run: askwell init" in said(result)
    assert not (settings.data_dir / "askwell.db").exists()


def test_doctor_says_that_the_database_cannot_be_reached(askwell):
    result = askwell("doctor", ASKWELL_DATABASE_URL="postgresql+psycopg://askwell:geheim@127.0.0.1:1/askwell")
    assert result.exit_code == 1
    assert "database cannot be reached: OperationalError. Check ASKWELL_DATABASE_URL." in said(result)
    assert said(result).count("Mend the database first.") == 2
    assert "geheim" not in result.output
    assert "mail OK" in said(result), "one trouble does not hide the rest"


@pytest.mark.parametrize("words", ["init", "worker"])
def test_nothing_starts_on_a_database_of_a_newer_program(command, embedded, words):
    app, _path = embedded
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    result = command(words, environment=environment_of(app.config["SETTINGS"]))
    assert result.exit_code == 1
    assert "the database is at 9999, which this program does not know" in said(result)


def test_doctor_says_that_the_mail_server_cannot_be_reached(askwell):
    result = askwell("doctor", ASKWELL_SMTP_URL=f"smtp://user:geheim@127.0.0.1:{free_port()}")
    assert result.exit_code == 1
    assert "Connection refused. Check ASKWELL_SMTP_URL." in said(result)
    assert "geheim" not in result.output
    assert "worker OK" in said(result)


def test_doctor_says_which_setting_is_wrong(askwell):
    result = askwell("doctor", ASKWELL_SECRET_KEY="change-me")
    assert result.exit_code == 1
    assert "secret_key" in said(result)
    assert "at least 32 characters" in said(result)


# --- rerender ----------------------------------------------------------------------------------------------------------


def test_rerender_renders_what_an_older_renderer_made(askwell):
    thread, other = make.ask(body="It *blinks*."), make.ask()
    imported = make.answer(other)
    for post in (question_of(thread), imported):
        with unit_of_work(None):
            post.html, post.excerpt, post.renderer_version = "<p>old</p>", "old", RENDERER_VERSION - 1
    with unit_of_work(None):
        imported.source_format = SourceFormat.HTML
        db.session.get_one(Thread, thread.id).excerpt = "old"
    versions = {each: each.version for each in (thread, other)}
    result = askwell("rerender")
    assert result.exit_code == 0
    assert "1 posts rendered." in said(result)
    post = question_of(thread)
    assert (post.html.strip(), post.renderer_version) == ("<p>It <em>blinks</em>.</p>", RENDERER_VERSION)
    assert (post.excerpt, thread.excerpt) == ("It blinks.", "It blinks.")
    assert post.version == 1, "the words are the same, so nobody edited them"
    assert thread.version == versions[thread] + 1
    assert (imported.html, other.version) == ("<p>old</p>", versions[other]), "what came as HTML stays"
    assert "0 posts rendered." in said(askwell("rerender"))
    assert thread.version == versions[thread] + 1
    everything = db.session.scalar(select(func.count()).where(Post.source_format == SourceFormat.MARKDOWN))
    assert f"{everything} posts rendered." in said(askwell("rerender", "--all"))


# --- run ---------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_run_starts_web_and_worker_and_ends_both_at_SIGTERM(make_settings, tmp_path):
    port = free_port()
    settings = make_settings(port=port, base_url=f"http://127.0.0.1:{port}")
    log = tmp_path / "log"
    with log.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "run"],
            cwd=ROOT,
            env=os.environ | environment_of(settings),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    app = create_app(settings)
    try:
        until(lambda: _answers(port, server), "the web server", log)
        until(lambda: _worked(app), "the worker", log)
        assert len(processes_of(server.pid)) >= 4, "run, gunicorn with at least one of its own, worker"
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE) == 0, log.read_text()
        until(lambda: not processes_of(server.pid), "the end of all processes", log)
    finally:
        if processes_of(server.pid):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait(PATIENCE)
        with app.app_context():
            db.engine.dispose()
    assert "Traceback" not in log.read_text(), log.read_text()


def until(look: Callable[[], Any], what: str, log: Path) -> None:
    """Look until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE} s\n{log.read_text()}"
        time.sleep(0.02)


def _answers(port: int, server: subprocess.Popen) -> bool:
    assert server.poll() is None
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        try:
            connection.request("GET", "/health")
            return connection.getresponse().read() == b"ok\n"
        except OSError:
            return False


def _worked(app: Flask) -> bool:
    with app.app_context():
        return bool(db.session.scalar(select(func.count()).where(Due.done_at.is_not(None))))


# --- SQLite, whatever the other tests run on ---------------------------------------------------------------------------


@pytest.fixture
def embedded(make_settings, tmp_path) -> Iterator[tuple[Flask, Path]]:
    """A forum on the database that needs nothing installed."""
    path = tmp_path / "askwell.db"
    app = create_app(make_settings(database_url=f"sqlite:///{path}"))
    app.test_client_class = Browser
    with app.test_request_context(base_url="http://localhost"):
        yield app, path
        db.session.remove()
        db.engine.dispose()


def test_sqlite_is_opened_so_that_nothing_acknowledged_is_lost(embedded):
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    for _ in range(2):
        with db.engine.connect() as connection:
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
        assert found == wanted
        db.engine.dispose()  # so that the next one is a new connection


def test_while_somebody_else_writes_for_long_reading_works_and_nothing_typed_is_lost(embedded):
    app, path = embedded
    thread, guest = make.ask(title="Why does it blink?"), app.test_client()
    member = app.test_client().sign_in(make.make_user())
    page, typed = f"/questions/{thread.id}", "Hold the button for ten seconds,\nthen let go & wait."
    form = {"body": typed}
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE site SET tagline = 'busy'")
        begin = time.monotonic()
        for browser in (guest, member):
            shown = browser.get(page, follow_redirects=True)
            assert shown.status_code == 200
            assert "Why does it blink?" in shown.text
        assert time.monotonic() - begin < 4, "readers do not wait for writers"
        begin = time.monotonic()
        refused = member.post(f"/answers/to/{thread.id}", data=form)
        waited = time.monotonic() - begin
        other.execute("ROLLBACK")
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert "Hold the button for ten seconds,\nthen let go &amp; wait." in refused.text
    assert "Nothing was saved" in refused.text
    assert 4.5 < waited < 20
    sent = member.post(f"/answers/to/{thread.id}", data=form)
    assert sent.status_code == 303
    assert "Hold the button" in guest.get(page, follow_redirects=True).text
