"""`askwell doctor`: is everything in order, and if not, what to do."""

import sys
from collections.abc import Callable
from datetime import timedelta

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from pydantic import ValidationError
from sqlalchemy import func, select, text

from app import create_app
from app.cli.console import console
from app.cli.setup_forum import migrations_folder
from app.config import Settings
from app.extensions import db
from app.lib import clock
from app.lib.mail import Mailer
from app.models import Delivery, Due

LATE = timedelta(minutes=1)


class Finding(Exception):
    """Something is not in order; the sentence says what to do."""


@click.command()
def doctor() -> None:
    """Check settings, database, migrations, worker and mail: one line each, OK or what to do."""
    try:
        app = create_app(Settings())
    except (ValidationError, RuntimeError) as problem:
        console.print(f"settings    [red]{problem}[/red]")
        sys.exit(1)
    console.print("settings    OK")
    failed = False
    with app.app_context():
        for name, check in CHECKS.items():
            try:
                said = check()
            except Finding as finding:
                failed = True
                console.print(f"{name:<11} [red]{finding}[/red]")
                continue
            console.print(f"{name:<11} OK{f'  {said}' if said else ''}")
    sys.exit(1 if failed else 0)


def _database() -> str:
    try:
        db.session.execute(text("SELECT 1"))
    except Exception as problem:
        raise Finding(f"cannot be reached: {problem.__class__.__name__}. Check ASKWELL_DATABASE_URL.") from None
    return db.engine.dialect.name


def _migrations() -> str:
    newest = ScriptDirectory(str(migrations_folder())).get_current_head()
    try:
        with db.engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
    except Exception:
        raise Finding("cannot be read. Mend the database first.") from None
    if present != newest:
        raise Finding(f"the database is at {present or 'nothing'}, the program wants {newest}. Run: askwell init")
    return str(newest)


def _worker() -> str:
    late = waiting = parked = 0
    try:
        for model in (Delivery, Due):
            open_ones = (model.done_at.is_(None), model.parked_at.is_(None))
            waiting += db.session.scalar(select(func.count()).where(*open_ones)) or 0
            old = model.next_try_at < clock.now() - LATE
            late += db.session.scalar(select(func.count()).where(*open_ones, old)) or 0
            parked += db.session.scalar(select(func.count()).where(model.parked_at.is_not(None))) or 0
    except Exception:
        raise Finding("cannot be judged. Mend the database first.") from None
    if late:
        raise Finding(f"{late} tasks are over a minute late. Is it running? Start it with: askwell worker")
    if parked:
        raise Finding(f"{parked} tasks were put aside after eight failures. See /admin/worker and the log.")
    return f"{waiting} waiting"


def _mail() -> str:
    mailer: Mailer = current_app.extensions["mailer"]
    settings: Settings = current_app.config["SETTINGS"]
    try:
        mailer.check()
    except Exception as problem:
        raise Finding(f"{problem}. Check ASKWELL_SMTP_URL.") from None
    return "SMTP" if settings.smtp_url else f"into {settings.data_dir / 'mail'} (set ASKWELL_SMTP_URL to send)"


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "worker": _worker,
    "mail": _mail,
}
