"""Add the list of threads that wait to be indexed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stale_threads",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name="fk_stale_threads_thread_id_threads"),
        sa.PrimaryKeyConstraint("thread_id", name="pk_stale_threads"),
    )


def downgrade() -> None:
    op.drop_table("stale_threads")
