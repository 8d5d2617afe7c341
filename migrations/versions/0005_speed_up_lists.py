"""Speed up the counts that lists and home show."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_threads_unanswered", "threads")
    op.create_index("ix_threads_unanswered", "threads", ["visibility", "answers_count", "created_at", "id", "state"])
    op.create_index("ix_threads_state_topic", "threads", ["visibility", "state", "topic_id"])


def downgrade() -> None:
    op.drop_index("ix_threads_state_topic", "threads")
    op.drop_index("ix_threads_unanswered", "threads")
    op.create_index("ix_threads_unanswered", "threads", ["visibility", "answers_count", "created_at", "id"])
