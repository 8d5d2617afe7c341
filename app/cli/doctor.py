"""`askwell doctor`: is everything in order, and if not, what to do."""

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import cast

import click
from flask import current_app
from pydantic import ValidationError
from sqlalchemy import func, select

from app import create_app
from app.cli.console import console
from app.cli.readiness import Unready, check_exists, check_ready, present_step
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
    except (ValidationError, RuntimeError, OSError) as problem:
        console.print(f"settings    [red]{problem}[/red]")
        sys.exit(1)
    console.print("settings    OK")
    failed = False
    with app.app_context():
        for name, check in CHECKS.items():
            try:
                said = check()
            except (Finding, Unready) as finding:
                failed = True
                console.print(f"{name:<11} [red]{finding}[/red]", soft_wrap=True)
                continue
            console.print(f"{name:<11} OK{f'  {said}' if said else ''}")
    sys.exit(1 if failed else 0)


def _database() -> str:
    check_exists(_settings())
    present_step(_settings())
    return db.engine.dialect.name


def _migrations() -> str:
    _needs_database("read")
    return check_ready(_settings())


def _worker() -> str:
    _needs_database("judged")
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
    settings = _settings()
    try:
        mailer.check()
    except Exception as problem:
        raise Finding(f"{problem}. Check ASKWELL_SMTP_URL.") from None
    return "SMTP" if settings.smtp_url else f"into {settings.data_dir / 'mail'} (set ASKWELL_SMTP_URL to send)"


def _needs_database(done: str) -> None:
    try:
        _database()
    except Unready:
        raise Finding(f"cannot be {done}. Mend the database first.") from None


def _settings() -> Settings:
    return cast(Settings, current_app.config["SETTINGS"])


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "worker": _worker,
    "mail": _mail,
}
