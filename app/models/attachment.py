"""A picture for a post. Its bytes are in the storage; who may see it follows from the post."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.lib import clock
from app.models.base import Base
from app.models.post import Post

FILENAME_LENGTH = 100

_unused = text("post_id IS NULL")


class Attachment(Base):
    """Belongs to the first post that names it; until then only whoever uploaded it sees it, and not for long."""

    __tablename__ = "attachments"
    __table_args__ = (
        Index("ix_attachments_owner", "owner_id", "created_at"),
        Index("ix_attachments_unused", "created_at", sqlite_where=_unused, postgresql_where=_unused),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # 128 random bits: its address, and its name in the storage.
    key: Mapped[str] = mapped_column(String(32), unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"), index=True)
    filename: Mapped[str] = mapped_column(String(FILENAME_LENGTH))
    content_type: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    post: Mapped[Post | None] = relationship()

    @property
    def path(self) -> str:
        return f"/attachments/{self.key}"
