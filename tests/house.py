"""A forum as processes: web server and worker, which tests start, use over HTTP, kill and start again."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import func, select, update

from app import create_app
from app.accounts.service import start_session
from app.config import Settings
from app.events import unit_of_work
from app.extensions import db
from app.lib import clock
from app.models import Delivery, Due, User
from tests.servers import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60


def until(look: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Look until there is something, and return it."""
    deadline = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what}: not within {patience} s"
        time.sleep(0.01)
    return found


def processes_of(leader: int) -> list[int]:
    """The processes of this group that are not over (Linux)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _parent, group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(group) == leader and state not in "ZX":
            found.append(int(folder.name))
    return found


class Crashed(Exception):
    """The server was killed before it answered."""


@dataclass
class Answer:
    """What came back: status, headers and the whole text."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass
class Client:
    """Somebody's browser. Raises Crashed when the server goes away before its answer is complete."""

    port: int
    address: str = "10.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def post(self, path: str, /, **form: str) -> Answer:
        return self._ask("POST", path, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})

    def send(self, path: str, body: bytes, content_type: str) -> Answer:
        return self._ask("POST", path, body, {"Content-Type": content_type})

    def _ask(self, method: str, path: str, body: str | bytes | None, headers: dict[str, str]) -> Answer:
        headers = {
            **headers,
            "Sec-Fetch-Site": "same-origin",
            "X-Forwarded-For": self.address,  # so that floods are counted apart
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {name: value for name, value in headers.items() if value})
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            raise Crashed from None
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return Answer(answer.status, dict(answer.headers), text)


@dataclass
class House:
    """Web server and worker on one forum, each a group of processes; or both in the one group of `askwell run`."""

    settings: Settings
    app: Flask
    log: Path
    parts: list[subprocess.Popen] = field(default_factory=list)

    def start(self, *wrapper: str, parts: tuple[str, ...] = ("web", "worker")) -> None:
        """Start these parts; the web server below another program, if one is named."""
        environment = {
            **os.environ,
            "ASKWELL_DATA_DIR": str(self.settings.data_dir),
            "ASKWELL_SEARCH_INDEX": str(self.settings.search_index),
            "ASKWELL_DATABASE_URL": self.settings.database_url,
            "ASKWELL_BASE_URL": self.settings.base_url,
            "ASKWELL_PASSWORD_COST": "test",
            "ASKWELL_TRUSTED_PROXIES": "1",
            "ASKWELL_WEB_PROCESSES": "1",
            "PORT": str(self.settings.port),
        }
        with self.log.open("a") as out:
            for part in parts:
                command = [*(wrapper if part == "web" else ()), sys.executable, "-m", "app.cli", part]
                self.parts.append(
                    subprocess.Popen(
                        command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
                    )
                )

    def person(self, user: User, number: int = 1) -> Client:
        """A browser in which this person is signed in."""
        signer = self.app.session_interface.get_signing_serializer(self.app)
        session = signer.dumps({"_user_id": start_session(user, "Firefox on Linux", stay=True), "_fresh": True})
        return Client(self.settings.port, f"10.1.0.{number}", {"askwell": session})

    def answers(self) -> bool:
        assert all(part.poll() is None for part in self.parts), self.log.read_text()
        connection = http.client.HTTPConnection("127.0.0.1", self.settings.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """All groups at once, without a warning."""
        for part in self.parts:
            os.killpg(part.pid, signal.SIGKILL)
        for part in self.parts:
            part.wait(PATIENCE)
        self.parts.clear()

    @contextmanager
    def backstage(self) -> Iterator[None]:
        with self.app.test_request_context(base_url=self.settings.base_url):
            yield
            db.session.remove()

    def processes(self) -> list[int]:
        """The processes of the web server."""
        return processes_of(self.parts[0].pid)

    def being_handled(self) -> int:
        """How many facts the worker has taken and not finished."""
        with self.backstage():
            return db.session.scalar(select(func.count()).where(Delivery.attempts > 0, Delivery.done_at.is_(None)))

    def let_time_pass(self) -> None:
        """What was in hand at a kill is tried again after a while; this is the while."""
        with self.backstage(), unit_of_work(None):
            for model in (Delivery, Due):
                waiting = update(model).where(model.done_at.is_(None), model.attempts > 0, model.error == "")
                db.session.execute(waiting.values(next_try_at=clock.now()))

    def mails(self) -> dict[str, list[str]]:
        """Links of the confirmation mails by address, newest first; a mail has arrived once it is in `new`."""
        found: dict[str, list[tuple[float, str]]] = {}
        for path in (self.settings.data_dir / "mail" / "new").glob("*"):
            letter = message_from_bytes(path.read_bytes(), policy=policy.default)
            link = re.search(r"http\S+/accounts/confirm/\S+", letter.get_body(("plain",)).get_content())
            assert link, letter
            found.setdefault(letter["To"], []).append((path.stat().st_mtime, link[0]))
        return {to: [link for _at, link in sorted(links, reverse=True)] for to, links in found.items()}


@contextmanager
def a_house(make_settings: Callable[..., Settings], log: Path, **values: Any) -> Iterator[House]:
    """A forum that is not started yet; killed and put away at the end."""
    port = free_port()
    settings = make_settings(port=port, base_url=f"http://127.0.0.1:{port}", **values)
    house = House(settings, create_app(settings), log)
    try:
        yield house
    finally:
        house.kill()
        with house.app.app_context():
            db.engine.dispose()
