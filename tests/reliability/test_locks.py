"""R08 on PostgreSQL: somebody holds a thread for long. Whoever writes there is told so in time, everybody else goes on."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select

from app.config import Settings
from app.extensions import db
from app.lib import clock
from app.models import Post
from tests import factories as make
from tests.house import Answer, House, a_house, until

CLIENTS = 3
WORDS = "Hold the button for ten seconds.\n\nThen let go, “slowly” & <carefully>, number {}."


@pytest.fixture
def house(make_settings: Callable[..., Settings], postgres_url: str, tmp_path: Path) -> Iterator[House]:
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("CREATE DATABASE held")
    address = postgres_url.replace("postgresql:", "postgresql+psycopg:").replace("/postgres", "/held")
    with a_house(make_settings, tmp_path / "log", database_url=address) as house:
        yield house
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("DROP DATABASE held WITH (FORCE)")


def stored(house: House) -> int:
    with house.backstage():
        return db.session.scalar(select(func.count()).where(Post.source.startswith("Hold the button")))


@pytest.mark.slow
def test_R08_somebody_who_holds_a_thread_for_long_costs_nobody_a_word(house, postgres_url):
    with house.backstage():
        long_ago = clock.now() - timedelta(days=400)
        people = [house.person(make.make_user(created_at=long_ago), number) for number in range(CLIENTS + 1)]
        held, free = make.ask().id, make.ask().id
    bystander, writers = people[0], people[1:]
    answers: dict[int, Answer] = {}

    def write(number: int) -> None:
        answers[number] = writers[number].post(f"/answers/to/{held}", body=WORDS.format(number))

    house.start()
    until(house.answers, "the forum")
    crowd = [threading.Thread(target=write, args=[number]) for number in range(CLIENTS)]
    with psycopg.connect(postgres_url.replace("/postgres", "/held")) as somebody:
        somebody.execute("SELECT id FROM threads WHERE id = %s FOR UPDATE", [held])
        began = time.monotonic()
        for each in crowd:
            each.start()
        assert bystander.get(bystander.get(f"/questions/{held}").headers["Location"]).status == 200
        assert bystander.post(f"/answers/to/{free}", body="Here nobody waits.").status == 303
        assert bystander.post("/accounts/drafts", path=f"/answers/to/{held}", body="A beginning.").status < 300
        for each in crowd:
            each.join()
        assert 4.5 < time.monotonic() - began < 30
        for number, answer in answers.items():
            assert answer.status == 503, answer.text[:1000]
            assert int(answer.headers["Retry-After"]) > 0
            typed = unescape(answer.text).replace("\r\n", "\n")
            assert f'action="/answers/to/{held}"' in typed
            assert f">\n{WORDS.format(number)}</textarea>" in typed
        assert stored(house) == 0
        somebody.rollback()
    for number in range(CLIENTS):
        write(number)
    assert [answer.status for answer in answers.values()] == [303] * CLIENTS
    assert stored(house) == CLIENTS
