"""`make bench`: what a page costs, beside a bare Flask application under the same server in the same run.

The figure that matters is CPU milliseconds a request: user and system time of all server processes (the worker too), read
from the process table before and after, so it hardly depends on what else the machine is doing.
"""

import http.client
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from rich.console import Console
from rich.table import Table
from sqlalchemy import event, select

from app import create_app
from app.accounts.service import start_session
from app.cli.demo_community import THREADS as SPOKEN
from app.config import Settings
from app.extensions import db
from app.lib import markdown, sanitizing
from app.models import Post, PostKind, Thread, ThreadState, User
from app.posts.addresses import thread_url
from tests.servers import free_port

COMMUNITY = int(os.environ.get("ASKWELL_BENCH_THREADS", "20000"))
REQUESTS = 300
WARM_UP = 30
CLIENTS = 8
TICK = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parent.parent
BARE = "from flask import Flask\napp = Flask('bare')\napp.add_url_rule('/', view_func=lambda: 'hello')\n"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
GUNICORN = ["-m", "gunicorn", "--workers", "2", "--worker-class", "gthread", "--threads", "8"]
GUNICORN += ["--keep-alive", "60", "--log-level", "error"]
console = Console(width=None if sys.stdout.isatty() else 120)

Ask = Callable[[http.client.HTTPConnection, int], int]


@dataclass
class Server:
    """Processes that belong together, and where they listen."""

    port: int
    processes: list[int]

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port)

    def cpu_seconds(self) -> float:
        """User and system time so far of all processes, their children included."""
        total = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[2]) in self.processes:
                total += int(fields[11]) + int(fields[12])
        return total / TICK

    def memory(self) -> list[tuple[str, float]]:
        """MB of each process: its own memory, and its part of what it shares."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                group = int((folder / "stat").read_text().rpartition(")")[2].split()[2])
                if group not in self.processes:
                    continue
                command = (folder / "cmdline").read_text()
                size = re.search(r"^Pss:\s+(\d+)", (folder / "smaps_rollup").read_text(), re.MULTILINE)
            except (FileNotFoundError, ProcessLookupError):
                continue
            if size is not None:
                name = "worker" if "worker" in command.split("\0") else "web"
                found.append((name, int(size[1]) / 1024))
        return sorted(found)


@dataclass
class Forum:
    """A community of the wanted size, and what is asked of it."""

    environment: dict[str, str]
    question: str
    threads: list[int]
    cookies: list[str]
    count: Callable[[str, str | None], int]


def main() -> None:
    table = Table(title=f"{REQUESTS} requests each; {COMMUNITY:,} threads on SQLite; two web processes and the worker")
    for heading in ("page", "CPU ms", "× bare", "p50 ms", "p99 ms", "a second", "bytes", "statements"):
        table.add_column(heading, justify="left" if heading == "page" else "right")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "bare.py").write_text(BARE)
        with served(["bare:app"], folder, {}) as server:
            bare = row(table, "bare Flask", server, page("/"), None, "")
        forum = gather(folder)
        with served(["app:create_app()"], ROOT, forum.environment, worker=True) as server:
            member = forum.cookies[-1]  # the first are staff
            for what, path in (
                ("home", "/"),
                ("list", "/questions"),
                ("list, page 50", "/questions?page=50"),
                ("unanswered", "/questions?show=unanswered"),
                ("question", forum.question),
            ):
                row(table, f"{what}, guest", server, page(path), bare, str(forum.count(path, None)))
                row(table, f"{what}, member", server, page(path, member), bare, str(forum.count(path, member)))
            row(table, "post an answer of 1 kB", server, answers(forum), bare, "")
            console.print(table)
            console.print("Memory:", ", ".join(f"{name} {size:.0f} MB" for name, size in server.memory()))
    rendering()


def page(path: str, cookie: str | None = None) -> Ask:
    headers = {"Cookie": cookie} if cookie else {}
    return lambda connection, _number: len(fetch(connection, path, headers))


def answers(forum: Forum) -> Ask:
    """Each request is an answer by another person to another question, acknowledged after its commit."""
    words = " ".join(word for thread in SPOKEN for word in thread.text.split())

    def post(connection: http.client.HTTPConnection, number: int) -> int:
        body = urlencode({"body": f"{words[number : number + 1000]} ({number}, {time.monotonic_ns()})"})
        cookie = forum.cookies[number % len(forum.cookies)]
        path = f"/answers/to/{forum.threads[number % len(forum.threads)]}"
        connection.request("POST", path, body, FORM | {"Cookie": cookie})
        response = connection.getresponse()
        size = len(response.read())
        if response.status != 303:
            raise RuntimeError(f"an answer was not taken: {response.status}")
        return size

    return post


def row(table: Table, name: str, server: Server, ask: Ask, bare: float | None, statements: str) -> float:
    """Measure and write one line; returns CPU ms a request."""
    console.print(f"  {name} …", style="dim")
    connection = server.connect()
    for number in range(WARM_UP):
        ask(connection, number)
    before, times, size = server.cpu_seconds(), [], 0
    for number in range(REQUESTS):
        start = time.perf_counter()
        size = ask(connection, WARM_UP + number)
        times.append((time.perf_counter() - start) * 1000)
    cpu = (server.cpu_seconds() - before) * 1000 / REQUESTS
    connection.close()
    cuts = statistics.quantiles(times, n=100)
    together = at_once(server, ask)
    numbers = [f"{cpu:.2f}", f"{cpu / (bare or cpu):.1f}", f"{cuts[49]:.1f}", f"{cuts[98]:.1f}", f"{together:.0f}"]
    table.add_row(name, *numbers, f"{size:,}", statements)
    return cpu


def at_once(server: Server, ask: Ask) -> float:
    """Requests a second with several clients, each sending its next as soon as it has the answer to the last."""
    share = REQUESTS // CLIENTS

    def client(which: int) -> None:
        connection = server.connect()
        for number in range(share):
            ask(connection, WARM_UP + REQUESTS + which * share + number)
        connection.close()

    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, range(CLIENTS)))
    return share * CLIENTS / (time.perf_counter() - start)


def fetch(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> bytes:
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}")
    return body


def gather(folder: Path) -> Forum:
    """Make the community and sign members in, without the pages that would take a second each."""
    environment = {"ASKWELL_DATA_DIR": str(folder / "var"), "ASKWELL_SEARCH_INDEX": str(folder / "index")}
    for command in (["init"], ["demo", "--threads", str(COMMUNITY)], ["search", "rebuild"]):
        subprocess.run([sys.executable, "-m", "app.cli", *command], env=os.environ | environment, check=True, cwd=ROOT)
    os.environ.update(environment)
    app = create_app(Settings())
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    with app.test_request_context():
        people = db.session.scalars(
            select(User).where(User.confirmed_at.is_not(None)).order_by(User.id).limit(60)
        ).all()
        tokens = [start_session(person, "bench", stay=True) for person in people]
        cookies = [f"askwell={signer.dumps({'_user_id': token, '_fresh': True})}" for token in tokens]
        solved = select(Thread).join(Post, Post.thread_id == Thread.id).where(Thread.state == ThreadState.SOLVED)
        typical = db.session.scalars(solved.where(Post.kind == PostKind.ANSWER, Thread.answers_count == 2)).first()
        assert typical is not None
        question = thread_url(typical)
        asked = select(Thread.id).where(Thread.closed.is_(False), ~Thread.asker_id.in_([p.id for p in people]))
        threads = list(db.session.scalars(asked.order_by(Thread.id.desc()).limit(2 * REQUESTS + WARM_UP)))
        db.session.remove()
    said = 0

    @event.listens_for(db_engine(app), "before_cursor_execute")
    def _count(*_arguments: object) -> None:
        nonlocal said
        said += 1

    def count(path: str, cookie: str | None) -> int:
        nonlocal said
        client = app.test_client(use_cookies=False)
        for _ in range(2):
            said = 0
            assert client.get(path, headers={"Cookie": cookie} if cookie else {}).status_code == 200
        return said

    return Forum(environment, question, threads, cookies, count)


def db_engine(app: object) -> object:
    with app.app_context():  # type: ignore[attr-defined]
        return db.engine


def rendering() -> None:
    """CPU time of making HTML from Markdown, and of the sanitizing in it, by the size of the text."""
    table = Table(title="Words of the demo community")
    for heading in ("text", "render, ms a kB", "of it sanitize"):
        table.add_column(heading, justify="left" if heading == "text" else "right")
    words = "\n\n".join(answer.text for thread in SPOKEN for answer in thread.answers)
    for size in (1, 10):
        texts = [words[start : start + size * 1024] for start in range(0, 40 * 1024, size * 1024)]
        pages = [markdown.render(text) for text in texts]
        whole, part = cpu(lambda texts=texts: list(map(markdown.render, texts))), 0.0
        part = cpu(lambda pages=pages: list(map(sanitizing.clean, pages)))
        kilobytes = sum(map(len, texts)) / 1024
        table.add_row(f"{size} kB", f"{whole * 1000 / kilobytes:.2f}", f"{part * 1000 / kilobytes:.2f}")
    console.print(table)


def cpu(work: Callable[[], object]) -> float:
    before = resource.getrusage(resource.RUSAGE_SELF)
    work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@contextmanager
def served(target: list[str], folder: Path, environment: dict[str, str], worker: bool = False) -> Iterator[Server]:
    """gunicorn with two processes, and the worker where it is wanted."""
    port = free_port()
    commands = [[sys.executable, *GUNICORN, "--bind", f"127.0.0.1:{port}", *target]]
    if worker:
        commands.append([sys.executable, "-m", "app.cli", "worker"])
    with ExitStack() as stack:
        server = Server(port, [])
        for command in commands:
            process = subprocess.Popen(command, cwd=folder, env=os.environ | environment, start_new_session=True)
            stack.callback(process.wait, 30)
            stack.callback(os.killpg, process.pid, signal.SIGTERM)
            server.processes.append(process.pid)
        deadline = time.monotonic() + 30
        while True:
            try:
                fetch(server.connect(), "/", {})
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield server


if __name__ == "__main__":
    main()
