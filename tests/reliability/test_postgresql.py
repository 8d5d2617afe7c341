"""R12: PostgreSQL goes away and comes back. Nobody loses a word meanwhile, and the forum needs no restart of its own."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.lib import clock
from app.models import Delivery, Post
from tests import factories as make
from tests.house import Client, House, a_house, until
from tests.reliability.refusals import Form, form_of, picture_in_a_form, refused
from tests.servers import PostgreSQL, postgres

CLIENTS = 3


@pytest.fixture
def server() -> Iterator[PostgreSQL]:
    with postgres() as server:
        yield server


@pytest.fixture
def house(make_settings, server: PostgreSQL, tmp_path) -> Iterator[House]:
    address = server.url.replace("postgresql:", "postgresql+psycopg:")
    with a_house(make_settings, tmp_path / "log", database_url=address) as house:
        yield house


def test_R12_a_restart_of_postgresql_costs_nobody_a_word(house, server):
    with house.backstage():
        long_ago = clock.now() - timedelta(days=400)
        people = [make.make_user(created_at=long_ago) for _ in range(CLIENTS)]
        thread_id = make.ask(people[0], "Why does the lamp hum?").id
        clients = [house.person(each, number) for number, each in enumerate(people)]
    page, path, guest = f"/questions/{thread_id}", f"/answers/to/{thread_id}", Client(house.settings.port)
    house.start()
    until(house.answers, "the forum")
    acknowledged: list[str] = []
    came_back: list[tuple[Client, Form]] = []
    trouble: list[BaseException] = []
    end = threading.Event()

    def write(client: Client, number: int) -> None:
        try:
            for step in range(1_000_000):
                words = f"Step {step} of member {number}, and nothing else."
                answer = client.post(path, body=words)
                if answer.status == 303:
                    acknowledged.append(words)
                else:
                    came_back.append((client, form_of(answer, words)))
                if end.wait(0.02):
                    return
        except BaseException as failure:
            trouble.append(failure)

    crowd = [threading.Thread(target=write, args=(client, number)) for number, client in enumerate(clients)]
    for each in crowd:
        each.start()
    until(lambda: len(acknowledged) > CLIENTS or trouble, "some posts")
    server.stop()
    until(lambda: len(came_back) > CLIENTS or trouble, "some refusals")
    for client in (guest, clients[0]):
        for address in ("/", page, "/health"):
            refused(client.get(address))
    refused(clients[0].post("/accounts/drafts", path=path, body="Half a sentence"))
    refused(clients[0].send("/attachments", *picture_in_a_form()))
    server.start()
    before = len(acknowledged)
    until(lambda: len(acknowledged) > before + CLIENTS or trouble, "posts after the restart")
    end.set()
    for each in crowd:
        each.join()
    assert not trouble, trouble
    assert [form.send(client).status for client, form in came_back] == [303] * len(came_back)
    with house.backstage():
        rows = select(Post.source, func.count()).where(Post.source.like("Step%")).group_by(Post.source)
        found = dict(db.session.execute(rows).all())
    wanted = acknowledged + [form.fields["body"].strip() for _client, form in came_back]
    assert {words: found.get(words) for words in wanted} == dict.fromkeys(wanted, 1)
    assert len(found) == len(wanted)
    house.let_time_pass()
    until(lambda: _all_done(house), "an end of the work")


def _all_done(house: House) -> bool:
    with house.backstage():
        return not db.session.scalar(select(func.count()).where(Delivery.done_at.is_(None)))
