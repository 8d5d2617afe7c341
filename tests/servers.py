"""Real servers for the tests: PostgreSQL and Redis of the machine, started on free ports and gone afterwards."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

PATIENCE = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def postgres() -> Iterator[str]:
    """A fresh PostgreSQL cluster; yields the address of its maintenance database."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not programs:
        raise RuntimeError("PostgreSQL is not installed: run `make services`")
    # The server refuses to run as root; Debian brings an account for it.
    user = "postgres" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="askwell-pg-"))
    if user:
        shutil.chown(folder, user)
    port, data = free_port(), folder / "data"
    subprocess.run(
        [programs[-1] / "initdb", "-D", data, "-U", "askwell", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"],
        check=True,
        user=user,
        stdout=subprocess.DEVNULL,
        cwd=folder,
    )
    options = {
        "fsync": "off",
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "max_connections": 200,
    }
    server = subprocess.Popen(
        [programs[-1] / "postgres", "-D", data, "-p", str(port), *(f"-c{k}={v}" for k, v in options.items())],
        user=user,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"postgresql://askwell@127.0.0.1:{port}/postgres"
    try:
        _until(lambda: psycopg.connect(url).close(), psycopg.OperationalError)
        yield url
    finally:
        server.terminate()
        server.wait(PATIENCE)
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
