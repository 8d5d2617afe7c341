"""`askwell search`: the index, which follows the database."""

import sys

import click
from flask import Flask
from rich.table import Table
from sqlalchemy import func, select

from app import create_app
from app.cli.console import console, progress
from app.cli.readiness import check_ready
from app.config import Settings
from app.extensions import db
from app.models import StaleThread, Thread
from app.search import upkeep
from app.search.service import index


def _forum() -> Flask:
    settings = Settings()
    check_ready(settings)
    return create_app(settings)


@click.group()
def search() -> None:
    """The search index: status, check, rebuild."""


@search.command()
def rebuild() -> None:
    """Build the index anew from the database; the present one serves until the new one is complete."""
    with _forum().app_context(), progress() as bar:
        task = bar.add_task("Indexing threads", total=upkeep.public_threads())
        number = upkeep.rebuild(index(), lambda done: bar.update(task, completed=done))
        db.session.remove()
    console.print(f"{number} threads indexed.")


@search.command()
@click.option("--mend", is_flag=True, help="Let the worker index again what differs.")
def check(mend: bool) -> None:
    """Compare the index with the database; what differs is named, and the command fails unless it mends."""
    with _forum().app_context():
        if not index().is_ready:
            sys.exit("There is no index yet. Start the worker, or run: askwell search rebuild")
        found = upkeep.drift(index())
        if mend:
            upkeep.mark_stale(Thread.id.in_(found))
        db.session.remove()
    for thread_id, what in sorted(found.items()):
        console.print(f"thread {thread_id}: {what}")
    console.print(f"{len(found)} differences." if found else "The index says what the database says.")
    sys.exit(1 if found and not mend else 0)


@search.command()
def status() -> None:
    """What the index holds, and what waits to be indexed."""
    with _forum().app_context():
        ready = index().is_ready
        table = Table(show_header=False)
        table.add_row("index", "ready" if ready else "none yet: titles alone are searched")
        table.add_row("threads in it", str(len(index().fingerprints())) if ready else "0")
        table.add_row("public threads", str(upkeep.public_threads()))
        table.add_row("waiting", str(db.session.scalar(select(func.count()).select_from(StaleThread)) or 0))
        db.session.remove()
    console.print(table)
