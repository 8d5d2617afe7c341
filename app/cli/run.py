"""`askwell run`, `web` and `worker`: the two kinds of processes, together or apart."""

import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

import click
from flask import Flask

from app import create_app
from app.cli.console import console
from app.cli.readiness import check_ready
from app.cli.setup_forum import prepare
from app.config import Settings
from app.events import start_recurring, work_once
from app.search.service import index
from app.search.upkeep import keep

PAUSE = 0.2
GATHER = 0.5  # so long changes are gathered before the index takes them together
WAIT_FOR_END = 30


@click.command()
@click.option("--demo", "with_demo", is_flag=True, help="Load the demo community first, if the forum is empty.")
def run(with_demo: bool) -> None:
    """Bring the database up to date, then start web server and worker, and stop both together."""
    settings = Settings()
    prepare(settings)
    if with_demo:
        from app.cli.demo import load_into_empty  # only here: writing a community is not part of a normal start

        load_into_empty(settings)
    console.print(f"\nAskwell is at [bold]{settings.public_url}[/bold]  (stop with Ctrl+C)\n")
    command = [sys.executable, "-m", "app.cli"]
    children = [subprocess.Popen([*command, part]) for part in ("web", "worker")]

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for child in children:
            child.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while all(child.poll() is None for child in children):
        time.sleep(PAUSE)
    for child in children:
        child.terminate()
    codes = [child.wait(WAIT_FOR_END) for child in children]
    sys.exit(next((code for code in codes if code > 0), 0))


@click.command()
def web() -> None:
    """Start the web server."""
    settings = Settings()
    check_ready(settings)
    options = ["--bind", f"{settings.host}:{settings.port}", "--workers", str(settings.web_processes)]
    options += ["--worker-class", "gthread", "--threads", "8", "--timeout", "60", "--graceful-timeout", "25"]
    options += ["--forwarded-allow-ips", "127.0.0.1", "--access-logfile", os.devnull, "--log-level", "warning"]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *options, "app:create_app()"])


@click.command()
def worker() -> None:
    """Do what facts bring about and what falls due, until stopped."""
    settings = Settings()
    check_ready(settings)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: stopped.set())
    work(create_app(settings), stopped)


def work(app: Flask, stopped: threading.Event) -> None:
    """Take what is owed every 0.2 s; outside of requests, but with the site's public address for links in mails."""
    with app.app_context():
        start_recurring()

    def report(name: str, failure: Exception) -> None:
        app.logger.error("%s failed and is tried again", name, exc_info=failure)

    indexed_at = 0.0
    while not stopped.is_set():
        try:
            with app.test_request_context(base_url=app.config["SETTINGS"].public_url):
                handled = work_once(report)
                if time.monotonic() - indexed_at >= GATHER:
                    keep(index())
                    indexed_at = time.monotonic()
        except Exception:
            app.logger.exception("the worker could not reach its database and tries again")
            handled = 0
        if not handled:
            stopped.wait(PAUSE)
