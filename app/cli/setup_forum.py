"""`askwell init`: an empty forum, ready to be used; run again, it brings an old one up to date."""

import click
from alembic import command
from flask import current_app

from app import create_app
from app.cli.console import console
from app.cli.readiness import MIGRATIONS, Unready, check_usable
from app.config import Settings
from app.events import unit_of_work
from app.extensions import db
from app.models import Site


@click.command()
def init() -> None:
    """Create or upgrade the database. Safe to run again."""
    prepare(Settings())
    console.print("The database is ready.")


def prepare(settings: Settings) -> None:
    """Make the folders, bring the database to the newest step, and write the one row about the site. Raises Unready."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        settings.search_index.mkdir(parents=True, exist_ok=True)
        settings.search_index.chmod(0o700)
        check_usable(settings)
        app = create_app(settings)
    except OSError as problem:
        raise Unready(f"{problem.filename}: {problem.strerror}. Check its owner and its mode.") from None
    with app.app_context():
        upgrade()
        if db.session.get(Site, 1) is None:
            with unit_of_work(None):
                db.session.add(Site(id=1, name="Askwell", tagline=""))
        db.session.remove()
        db.engine.dispose()


def upgrade(revision: str = "head") -> None:
    """Bring the database of the current application to a step of the migrations."""
    config = current_app.extensions["migrate"].migrate.get_config(directory=str(MIGRATIONS))
    command.upgrade(config, revision)
