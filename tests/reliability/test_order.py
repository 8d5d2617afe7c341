"""R05: SQLite's commit is on the disk before anybody is told that their post is there; read off the calls of the server."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.config import Settings
from app.lib import clock
from tests import factories as make
from tests.house import House, a_house, until

POSTS = 1000 if os.environ.get("ASKWELL_NIGHTLY") else 60
WRITERS = POSTS // 10
# `12 pwrite64(9</a/file>, …) = 5`; a call that others interrupt ends in a line of its own.
CALL = re.compile(r"(?P<thread>\d+) +(?P<name>\w+)\(\d+<(?P<file>[^>]*)>(?P<rest>.*)")
RESUMED = re.compile(r"(?P<thread>\d+) +<\.\.\. (?P<name>\w+) resumed>(?P<rest>.*)")
CALLS = "recvfrom,sendto,pwrite64,fsync,fdatasync"


@pytest.fixture
def house(make_settings: Callable[..., Settings], tmp_path: Path) -> Iterator[House]:
    """A forum in a file, whatever the other tests run on."""
    with a_house(make_settings, tmp_path / "log", database_url=f"sqlite:///{tmp_path / 'askwell.db'}") as house:
        yield house


def acknowledged(trace: str) -> list[bool]:
    """For each answer that was acknowledged: was the log of the database synced after its last write, and before?"""
    found: list[bool] = []
    begun: dict[str, str] = {}
    held: dict[str, bool | None] = {}
    for line in trace.splitlines():
        if call := CALL.match(line):
            thread, name, file, rest = call["thread"], call["name"], call["file"], call["rest"]
            begun[thread] = file
        elif call := RESUMED.match(line):
            thread, name, rest = call["thread"], call["name"], call["rest"]
            file = begun[thread]
        else:
            continue
        if (name == "recvfrom" and '"POST /answers/to/' in rest) or (name == "pwrite64" and file.endswith("-wal")):
            held[thread] = False
        elif name.endswith("sync") and file.endswith("-wal") and rest.endswith(" = 0"):
            held[thread] = True
        elif name == "sendto" and '"HTTP/1.1 303' in rest:
            found.append(held.pop(thread, False) is True)
    return found


@pytest.mark.slow
def test_R05_what_is_acknowledged_was_synced_before(house, tmp_path):
    with house.backstage():
        long_ago = clock.now() - timedelta(days=400)
        writers = [house.person(make.make_user(created_at=long_ago), number) for number in range(WRITERS)]
        thread_id = make.ask().id
    trace = tmp_path / "trace"
    house.start("strace", "-f", "-qq", "-y", "-s", "40", "-o", str(trace), "-e", f"trace={CALLS}")
    until(house.answers, "the forum")
    for number in range(POSTS):
        answer = writers[number % WRITERS].post(f"/answers/to/{thread_id}", body=f"Step {number} of many, in order.")
        assert answer.status == 303, answer.text[:1000]
    seen = until(lambda: len(found := acknowledged(trace.read_text())) == POSTS and found, "the last call")
    assert seen == [True] * POSTS
