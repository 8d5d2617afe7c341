"""Runs the migrations on the database of the application."""

from alembic import context
from flask import current_app

from app.extensions import db
from app.models import Base


def run() -> None:
    with db.engine.connect() as connection:
        # SQLite changes a table by copying it; while the old one goes, what refers to it must not be touched.
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            user_module_prefix="app.models.base.",
        )
        with context.begin_transaction():
            context.run_migrations()
            if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise RuntimeError(f"the migration would leave references to nothing: {broken[:5]}")
        connection.commit()
        if sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


current_app.logger.debug("migrating %s", db.engine.dialect.name)
run()
