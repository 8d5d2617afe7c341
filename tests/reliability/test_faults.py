"""R06, R07, R12: a disk that is full or fails, a database that goes away. Reading works, nothing typed is lost, nothing lies."""

import io
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import psycopg
import pytest
from PIL import Image
from sqlalchemy import select, text

from app.extensions import db
from app.lib import clock
from app.models import Attachment, KeptText, Post
from app.posts.addresses import thread_url
from tests import factories as make
from tests.house import Answer, Client, House, until

WORDS = "Hold the button for ten seconds.\n\nThen let go, “slowly” & <carefully>."


@pytest.fixture
def thread(house: House) -> str:
    with house.backstage():
        thread = make.ask(title="Where is the button?")
        return f"{thread.id} {thread_url(thread)}"


@pytest.fixture
def writer(house: House) -> Client:
    with house.backstage():
        return house.person(make.make_user("Wim Writer", created_at=clock.now().replace(year=2020)))


def is_sorry(answer: Answer) -> bool:
    """A page of ours that says what happened, when to come back, and holds what was typed in a form to send it again."""
    assert answer.status == 503, answer.text[:1000]
    assert int(answer.headers["Retry-After"]) > 0
    assert "We cannot save right now" in answer.text
    assert f">\n{WORDS}</textarea>" in unescape(answer.text).replace("\r\n", "\n")
    assert "Send it again" in answer.text
    return True


def stored(house: House, words: str) -> int:
    with house.backstage():
        return len(db.session.scalars(select(Post.id).where(Post.source == words)).all())


@contextmanager
def full_disk(house: House) -> Iterator[None]:
    """No file of the web server grows: database, log, pictures; what is there can be read."""
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in house.processes()}
    for pid, (_soft, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1024, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def picture() -> tuple[bytes, str]:
    image = io.BytesIO()
    Image.effect_noise((200, 200), 50).save(image, "PNG")
    head = (
        '--b\r\nContent-Disposition: form-data; name="picture"; filename="lamp.png"\r\nContent-Type: image/png\r\n\r\n'
    )
    return head.encode() + image.getvalue() + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"


def test_R07_a_full_disk_costs_nobody_a_word(house, thread, writer, on_postgresql):
    """On PostgreSQL the disk of the web server holds pictures alone, so that posting goes on."""
    number, page = thread.split()
    house.start()
    until(house.answers, "the forum")
    path = f"/answers/to/{number}"
    with full_disk(house):
        for place in ("/", "/questions", page, path):
            assert writer.get(place).status == 200, place
        assert writer.send("/attachments", *picture()).status == 503
        if not on_postgresql:
            assert is_sorry(writer.post(path, body=WORDS))
            assert writer.post("/accounts/drafts", path=path, body=WORDS).status == 503
            assert writer.get(page).status == 200
            assert stored(house, WORDS) == 0
    assert writer.post(path, body=WORDS).status == 303
    assert writer.send("/attachments", *picture()).status == 201
    assert stored(house, WORDS) == 1
    with house.backstage():
        assert len(db.session.scalars(select(Attachment)).all()) == 1
        assert db.session.scalars(select(KeptText)).all() == []


def test_R06_a_disk_that_fails_at_every_second_sync_acknowledges_only_what_it_holds(
    house, thread, writer, on_postgresql
):
    """PostgreSQL has its own disk; here only that of the web server fails, and with it every second picture."""
    number, page = thread.split()
    failing = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync")
    house.start(*failing, "-e", "inject=fsync,fdatasync:error=EIO:when=2+2")
    until(house.answers, "the forum")
    outcomes = []
    for turn in range(12):
        words = f"{WORDS} Again, {turn}."
        answer = writer.post(f"/answers/to/{number}", body=words)
        outcomes.append(answer.status)
        assert answer.status in (303, 503), answer.text[:1000]
        assert answer.status == 303 or f"Again, {turn}." in answer.text
        assert stored(house, words) == (answer.status == 303)
        assert writer.get(page).status == 200
    assert set(outcomes) == ({303} if on_postgresql else {303, 503}), outcomes
    with house.backstage():
        if not on_postgresql:
            assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_R12_a_database_that_goes_away_comes_back_by_itself(house, thread, writer, on_postgresql, request):
    if not on_postgresql:
        return
    number, page = thread.split()
    house.start()
    until(house.answers, "the forum")
    assert writer.get(page).status == 200
    name = house.settings.database_url.rpartition("/")[2]
    with psycopg.connect(request.getfixturevalue("postgres_url"), autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        assert is_sorry(writer.post(f"/answers/to/{number}", body=WORDS))
        assert writer.get(page).status == 503
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert writer.post(f"/answers/to/{number}", body=WORDS).status == 303
    assert stored(house, WORDS) == 1
