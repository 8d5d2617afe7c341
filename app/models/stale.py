"""What waits to be indexed again."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class StaleThread(Base):
    """The index may say something else of this thread than the database."""

    __tablename__ = "stale_threads"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True)
    # Rises with every change, so that one that comes while the thread is being indexed is not forgotten.
    times: Mapped[int] = mapped_column(default=1)
