"""Real servers for the tests: PostgreSQL and Redis of the machine, started on free ports and gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

PATIENCE = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class PostgreSQL:
    """A cluster of its own, which can be stopped and started again."""

    programs: Path
    folder: Path
    port: int
    # The server refuses to run as root; Debian brings an account for it.
    user: str | None = "postgres" if os.getuid() == 0 else None
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        """The address of the maintenance database."""
        return f"postgresql://askwell@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        options = ["-U", "askwell", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"]
        command = [self.programs / "initdb", "-D", self.folder / "data", *options]
        subprocess.run(command, check=True, user=self.user, stdout=subprocess.DEVNULL, cwd=self.folder)

    def start(self) -> None:
        options = {
            "fsync": "off",
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.folder,
            "max_connections": 200,
        }
        settings = [f"-c{name}={value}" for name, value in options.items()]
        self.process = subprocess.Popen(
            [self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port), *settings],
            user=self.user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _until(lambda: psycopg.connect(self.url).close(), psycopg.OperationalError)

    def stop(self) -> None:
        """Put an end to all connections and stop: PostgreSQL's fast shutdown."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)


@contextmanager
def postgres() -> Iterator[PostgreSQL]:
    """A fresh PostgreSQL cluster, started."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not programs:
        raise RuntimeError("PostgreSQL is not installed: run `make services`")
    folder = Path(tempfile.mkdtemp(prefix="askwell-pg-"))
    server = PostgreSQL(programs[-1], folder, free_port())
    if server.user:
        shutil.chown(folder, server.user)
    try:
        server.make()
        server.start()
        yield server
    finally:
        if server.process is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis_server() -> Iterator[str]:
    """A fresh Redis without persistence; yields its address."""
    program = shutil.which("redis-server")
    if program is None:
        raise RuntimeError("Redis is not installed: run `make services`")
    port = free_port()
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    try:
        with redis.Redis(port=port) as client:
            _until(client.ping, redis.ConnectionError)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _until(works, error: type[Exception]) -> None:
    """Try until it works: the server says in no other way that it is ready."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            works()
            return
        except error:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
