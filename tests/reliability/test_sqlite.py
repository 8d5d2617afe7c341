"""R06 to R08: the disk is full, breaks, or somebody else writes for long.

Reading goes on, what was typed comes back, nothing is stored that was not acknowledged, and without a restart all works
again.
"""

import resource
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update

from app.events import unit_of_work
from app.extensions import BUSY_TIMEOUT_MS, db
from app.lib import clock
from app.models import Attachment, Delivery, KeptText, MemberSession, Post
from app.questions.queries import question_of
from tests import factories as make
from tests.house import Client, House, a_house, until
from tests.reliability.refusals import Form, form_of, picture_in_a_form, refused

ROOM = "32m"
ASKED = "It hums every evening."


# --- The faults --------------------------------------------------------------------------------------------------------


class Disk:
    """A small disk for a forum. Where this machine mounts none, a limit on what the forum's processes may write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", folder]
        self.mounted = subprocess.run(mount, stderr=subprocess.DEVNULL, check=False).returncode == 0

    def unmount(self) -> None:
        if self.mounted:
            subprocess.run(["umount", "--lazy", self.folder], check=True)

    @contextmanager
    def full(self, house: House) -> Iterator[None]:
        ballast = self.folder / "ballast"
        if not self.mounted:
            _limit_files(house, 0)
            yield
            _limit_files(house, resource.RLIM_INFINITY)
            return
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        yield
        ballast.unlink()


def _limit_files(house: House, size: int) -> None:
    for process in house.processes():
        resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextmanager
def syncs_fail(house: House) -> Iterator[None]:
    """The kernel says "input/output error" to the forum's wishes that something be really on the disk."""
    calls, processes = "fdatasync,fsync", house.processes()
    fault = ["-e", f"trace={calls}", "-e", f"inject={calls}:error=EIO"]
    command = ["strace", "-f", "-o", "/dev/null", *fault, *(f"-p{number}" for number in processes)]
    strace = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        until(lambda: strace.poll() is not None or all(map(_traced, processes)), "strace")
        assert strace.poll() is None, "strace may not look into processes here"
        yield
    finally:
        strace.send_signal(signal.SIGINT)
        strace.wait()


def _traced(process: int) -> bool:
    statuses = [path.read_text() for path in Path(f"/proc/{process}/task").glob("*/status")]
    return not any("TracerPid:\t0\n" in status for status in statuses)


@contextmanager
def somebody_writes(house: House) -> Iterator[None]:
    with closing(sqlite3.connect(house.settings.data_dir / "askwell.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


# --- The forum ---------------------------------------------------------------------------------------------------------


@dataclass
class Scene:
    """A forum with one question; a member who writes, one who was not here for an hour, and a guest."""

    house: House
    page: str
    thread_id: int
    question_id: int
    member: Client
    late: Client
    guest: Client

    def answer(self, words: str) -> tuple[str, dict[str, str]]:
        return f"/answers/to/{self.thread_id}", {"body": words}

    def ways_to_write(self) -> list[Callable[[], Form]]:
        """Each sends something, is refused, and returns the form that came back."""
        title = {"title": "Which lamp saves most?", "topic": "lamps", "tags": "bulb"}

        def way(path: str, words: str, **more: str) -> Callable[[], Form]:
            return lambda: form_of(self.member.post(path, body=words, **more), words)

        def with_picture() -> Form:
            path, fields = self.answer("Look at the second lamp.")
            return form_of(self.member.send(path, *picture_in_a_form(**fields)), fields["body"])

        return [
            way("/questions/ask", "I have two\nlamps & a candle.", **title),
            way(self.answer("")[0], "Turn it around,\nthen wait."),
            way(f"/comments/to/{self.question_id}", "Which <lamp>?\nThe left one?"),
            with_picture,
        ]

    def keep_draft(self) -> int:
        path, fields = self.answer("Half a sentence, and")
        answer = self.member.post("/accounts/drafts", path=path, **fields)
        return answer.status if answer.status < 500 else refused(answer).status

    def add_picture(self) -> int:
        answer = self.member.send("/attachments", *picture_in_a_form())
        return answer.status if answer.status < 500 else refused(answer).status

    def all_can_read(self) -> None:
        for reader in (self.guest, self.member, self.late):
            for path in (self.page, "/", "/questions", "/search?q=lamp", "/health"):
                began = time.monotonic()
                assert reader.get(path).status == 200, path
                assert time.monotonic() - began < BUSY_TIMEOUT_MS / 1000 - 1, f"{path}: readers wait for nobody"
        assert ASKED in self.guest.get(self.page).text

    def rows(self) -> dict[str, list[str]]:
        """What is stored: in the database, and in the folder of pictures."""
        files = (self.house.settings.data_dir / "files").rglob("*")
        with self.house.backstage():
            return {
                "posts": sorted(source.replace("\r", "") for source in db.session.scalars(select(Post.source))),
                "drafts": sorted(fields["body"] for fields in db.session.scalars(select(KeptText.fields))),
                "pictures": sorted(db.session.scalars(select(Attachment.key))),
                "files": sorted(path.name for path in files if path.is_file()),
            }

    def all_done(self) -> bool:
        with self.house.backstage():
            return not db.session.scalar(select(func.count()).where(Delivery.done_at.is_(None)))

    def is_sound(self) -> bool:
        with self.house.backstage():
            return db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"

    def endures(self, fault: AbstractContextManager[None]) -> None:
        """While the fault lasts, all is refused in good order; then everything is sent again as it came back."""
        before = self.rows()
        with fault:
            with ThreadPoolExecutor() as crowd:
                sent = [crowd.submit(way) for way in self.ways_to_write()]
                others = [crowd.submit(way) for way in (self.keep_draft, self.add_picture)]
                self.all_can_read()
            forms = [each.result() for each in sent]
            assert [each.result() for each in others] == [503, 503]
            assert self.rows() == before
        assert [form.send(self.member).status for form in forms] == [303] * len(forms)
        assert (self.keep_draft(), self.add_picture()) == (204, 201)
        after = self.rows()
        assert after["posts"] == sorted([ASKED, *(form.fields["body"].replace("\r", "") for form in forms)])
        assert after["drafts"] == ["Half a sentence, and"]
        assert after["pictures"] == after["files"]
        assert len(after["files"]) == 1
        until(self.all_done, "an end of the work")
        assert self.is_sound()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path / "disk")
    yield disk
    disk.unmount()


@pytest.fixture
def house(make_settings, disk: Disk, tmp_path: Path) -> Iterator[House]:
    with a_house(make_settings, tmp_path / "log", data_dir=disk.folder / "var") as house:
        yield house


@pytest.fixture
def scene(house: House) -> Scene:
    with house.backstage():
        long_ago = clock.now() - timedelta(days=400)
        asker, writer, reader = (make.make_user(created_at=long_ago) for _ in range(3))
        thread = make.ask(asker, "Why does the lamp hum?", ASKED, make.make_topic(slug="lamps"))
        member, late = house.person(writer, 1), house.person(reader, 2)
        with unit_of_work(None):
            seen = update(MemberSession).where(MemberSession.user_id == reader.id)
            db.session.execute(seen.values(last_seen_at=clock.now() - timedelta(hours=1)))
        page = f"/questions/{thread.id}/why-does-the-lamp-hum"
        scene = Scene(house, page, thread.id, question_of(thread).id, member, late, Client(house.settings.port))
    house.start()
    until(house.answers, "the forum")
    return scene


# --- What happens ------------------------------------------------------------------------------------------------------


def test_R07_a_full_disk_costs_nobody_a_word(scene, disk):
    scene.endures(disk.full(scene.house))


def test_R06_a_disk_that_cannot_keep_anything_costs_nobody_a_word(scene):
    scene.endures(syncs_fail(scene.house))


def test_R08_somebody_who_writes_for_long_costs_nobody_a_word(scene):
    scene.endures(somebody_writes(scene.house))
