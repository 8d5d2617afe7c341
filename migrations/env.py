"""Runs the migrations on the database of the application."""

from alembic import context
from flask import current_app

from app.extensions import db
from app.models import Base


def run() -> None:
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            user_module_prefix="app.models.base.",
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


current_app.logger.debug("migrating %s", db.engine.dialect.name)
run()
