"""R01: whatever is killed, and whenever, what was acknowledged is there after a restart, everywhere, once."""

import os
import random
import re
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import quote

import pytest
from sqlalchemy import select, text

from app.extensions import db
from app.lib import clock
from app.models import Thread, Topic
from app.posts.service import settle
from tests import factories as make
from tests.house import Client, Crashed, House, until

KILLS = 100 if os.environ.get("ASKWELL_NIGHTLY") else 20
CLIENTS = 6
# With all parts in one command, which looks after the database first; or, as on many machines, each on its own.
WAYS: tuple[tuple[str, ...], ...] = (("run",), ("web", "worker"), ("web", "worker"), ("web", "worker"))
LATE = 60


@dataclass
class Said:
    """What the forum acknowledged, or had no time to: words, and the address of the thread."""

    words: str
    path: str
    title: str = ""


@dataclass
class Round:
    """What the clients did between a start and a kill."""

    said: list[Said] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    trouble: list[BaseException] = field(default_factory=list)


def write(client: Client, number: int, topic: str, done: Round, chance: random.Random, end: threading.Event) -> None:
    """Ask, then answer and comment on what anybody of this round asked, until the server is gone."""
    try:
        for step in range(1_000_000):
            if end.is_set():
                return
            words = f"words {number} {step} {chance.getrandbits(64):x}"
            asked = [said for said in done.said if said.title]
            if step % 4 == 0 or not asked:
                title = f"Question {words}"
                sent = post(client, "/questions/ask", words, done, title=title, topic=topic, tags="")
                done.said.append(Said(words, sent, title))
                continue
            thread = chance.choice(asked)
            if step % 4 == 3:
                page = client.get(thread.path).text
                parents = re.findall(r'href="(/comments/to/\d+)"', page)
                done.said.append(Said(words, post(client, chance.choice(parents), words, done)))
            else:
                thread_id = re.match(r"/questions/(\d+)", thread.path)[1]
                done.said.append(Said(words, post(client, f"/answers/to/{thread_id}", words, done)))
    except Crashed:
        return
    except BaseException as failure:
        done.trouble.append(failure)


def post(client: Client, path: str, words: str, done: Round, **more: str) -> str:
    """Send it; only after the whole response it counts as acknowledged."""
    done.unknown.append(words)
    answer = client.post(path, body=words, **more)
    assert answer.status == 303, f"{path} answered {answer.status}: {answer.text[:2000]}"
    done.unknown.remove(words)
    return answer.headers["Location"].partition("#")[0]


def look(reader: Client, done: Round) -> None:
    """Everything acknowledged is on its page once, and questions are in the list and found; nothing is there twice."""
    pages = {path: reader.get(path).text for path in {said.path for said in done.said}}
    for said in done.said:
        assert pages[said.path].count(f"<p>{said.words}</p>") == 1, said
    newest = reader.get("/questions?show=newest").text
    for said in [said for said in done.said if said.title][-3:]:
        assert said.title in newest
        until(lambda said=said: said.title in reader.get(f"/search?q={quote(said.title)}").text, "a search", LATE)
    for words in done.unknown:
        assert all(page.count(f"<p>{words}</p>") <= 1 for page in pages.values())


def all_is_sound(house: House, acknowledged: list[str], unknown: list[str]) -> None:
    """Once in the database, counters and states as counted anew, and a file that SQLite calls intact."""
    with house.backstage():
        found = dict(db.session.execute(text("SELECT source, count(*) FROM posts GROUP BY source")).all())
        assert {words: found.get(words) for words in acknowledged} == dict.fromkeys(acknowledged, 1)
        assert all(found.get(words, 0) <= 1 for words in unknown)
        assert found.keys() <= {*acknowledged, *unknown}
        columns = ("state", "answers_count", "comments_count", "visibility", "closed", "excerpt")
        for thread in db.session.scalars(select(Thread)).all():
            stored = [getattr(thread, name) for name in columns]
            settle(thread)
            assert [getattr(thread, name) for name in columns] == stored
        db.session.rollback()
        if db.engine.dialect.name == "sqlite":
            assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"


@pytest.mark.slow
def test_R01_kill_9_in_the_middle_of_posting(house):
    chance = random.Random(2026)
    with house.backstage():
        topic = make.make_topic(slug="lamps").slug
        long_ago = clock.now().replace(year=2020)
        people = [house.person(make.make_user(created_at=long_ago), n) for n in range(CLIENTS + 1)]
        assert db.session.scalar(select(Topic.slug)) == topic
    reader, clients = people[0], people[1:]
    acknowledged: list[str] = []
    unknown: list[str] = []
    restarts: list[float] = []
    last = Round()
    for number in range(KILLS):
        began = time.monotonic()
        house.start(parts=WAYS[number % len(WAYS)])
        until(house.answers, "the forum")
        restarts.append(time.monotonic() - began)
        look(reader, last)
        assert time.monotonic() - began < LATE
        last, end = Round(), threading.Event()
        arguments = [(client, n, topic, last, random.Random(chance.random()), end) for n, client in enumerate(clients)]
        crowd = [threading.Thread(target=write, args=each) for each in arguments]
        for each in crowd:
            each.start()
        # The moment of the kill, counted in acknowledgements so that a slow machine does not make an empty round.
        enough = chance.randint(1, 40)
        until(lambda last=last, enough=enough: len(last.said) >= enough or last.trouble, "some posts")
        end.wait(chance.random() / 20)
        house.kill()
        end.set()
        for each in crowd:
            each.join()
        assert not last.trouble, last.trouble
        acknowledged += [said.words for said in last.said]
        unknown += last.unknown
    house.start()
    until(house.answers, "the forum")
    look(reader, last)
    all_is_sound(house, acknowledged, unknown)
    assert len(acknowledged) >= 5 * KILLS
    print(
        f"\n{KILLS} kills, {len(acknowledged)} acknowledged, {len(unknown)} of unknown outcome, "
        f"restart {sorted(restarts)[len(restarts) // 2]:.1f} s in the middle, {max(restarts):.1f} s at most"
    )
