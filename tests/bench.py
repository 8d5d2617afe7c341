"""`make bench`: what a page costs, beside a bare Flask application under the same server in the same run.

The figure that matters is CPU milliseconds a request: user and system time of all server processes, read from the process
table before and after, so it hardly depends on what else the machine is doing.
"""

import http.client
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from rich.console import Console
from rich.table import Table

from app.cli.demo import PASSWORD
from tests.servers import free_port

REQUESTS = 300
WARM_UP = 30
TICK = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parent.parent
BARE = "from flask import Flask\napp = Flask('bare')\napp.add_url_rule('/', view_func=lambda: 'hello')\n"


def main() -> None:
    table = Table(title=f"{REQUESTS} requests each, one at a time; demo community on SQLite; two web processes")
    for heading in ("page", "CPU ms", "× bare", "p50 ms", "p99 ms", "bytes"):
        table.add_column(heading, justify="left" if heading == "page" else "right")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "bare.py").write_text(BARE)
        with server(["bare:app"], folder, {}) as (port, group):
            bare = measure(port, group, "/", {})
        row(table, "bare Flask", bare, bare[0])
        environment = {"ASKWELL_DATA_DIR": folder + "/var", "ASKWELL_SEARCH_INDEX": folder + "/index"}
        for command in ("init", "demo"):
            subprocess.run(
                [sys.executable, "-m", "app.cli", command], env=os.environ | environment, check=True, cwd=ROOT
            )
        with server(["app:create_app()"], str(ROOT), environment) as (port, group):
            cookie = sign_in(port)
            question = find_question(port)
            for who, headers in (("guest", {}), ("member", {"Cookie": cookie})):
                for name, path in (
                    ("home", "/"),
                    ("list", "/questions"),
                    ("question", question),
                    ("topic", "/topics/routers"),
                ):
                    row(table, f"{name}, {who}", measure(port, group, path, headers), bare[0])
    Console().print(table)


Figures = tuple[float, float, float, int]


def measure(port: int, group: int, path: str, headers: dict[str, str]) -> Figures:
    """CPU ms, p50 and p99 in ms, and bytes of one page."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(WARM_UP):
        fetch(connection, path, headers)
    before, times, size = cpu_seconds(group), [], 0
    for _ in range(REQUESTS):
        start = time.perf_counter()
        size = len(fetch(connection, path, headers))
        times.append((time.perf_counter() - start) * 1000)
    spent = (cpu_seconds(group) - before) * 1000 / REQUESTS
    connection.close()
    cuts = statistics.quantiles(times, n=100)
    return spent, cuts[49], cuts[98], size


def row(table: Table, name: str, figures: Figures, bare: float) -> None:
    cpu, middle, slow, size = figures
    table.add_row(name, f"{cpu:.2f}", f"{cpu / bare:.1f}", f"{middle:.1f}", f"{slow:.1f}", f"{size:,}")


def fetch(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> bytes:
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}")
    return body


def sign_in(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    body = urlencode({"email": "tomasz@tarn.example", "password": PASSWORD})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    connection.request("POST", "/accounts/sign-in", body, headers)
    response = connection.getresponse()
    response.read()
    return (response.getheader("Set-Cookie") or "").split(";")[0]


def find_question(port: int) -> str:
    page = fetch(http.client.HTTPConnection("127.0.0.1", port), "/questions?show=solved", {}).decode()
    found = re.search(r'/questions/\d+/[^"#?]+', page)
    assert found is not None
    return found[0]


def cpu_seconds(group: int) -> float:
    """User and system time of every process of the group so far."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == group:
            total += int(fields[11]) + int(fields[12])
    return total / TICK


@contextmanager
def server(target: list[str], folder: str, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """gunicorn with two processes; yields port and process group."""
    port = free_port()
    options = [
        "--workers",
        "2",
        "--worker-class",
        "gthread",
        "--threads",
        "8",
        "--keep-alive",
        "60",
        "--log-level",
        "error",
    ]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *options, *target]
    process = subprocess.Popen(command, cwd=folder, env=os.environ | environment, start_new_session=True)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                fetch(http.client.HTTPConnection("127.0.0.1", port), "/", {})
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield port, process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


if __name__ == "__main__":
    main()
