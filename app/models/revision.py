"""What a post said before: one row for each version that was replaced. The newest version is the post itself."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, stored_enum
from app.models.post import SourceFormat
from app.models.thread import TITLE_LENGTH
from app.models.user import User

EDIT_REASON_LENGTH = 200


class Revision(Base):
    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("post_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    number: Mapped[int]
    # Only a question has a title and tags; for other posts they are empty.
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    tags: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(Text)
    source_format: Mapped[SourceFormat] = mapped_column(stored_enum(SourceFormat), default=SourceFormat.MARKDOWN)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(EDIT_REASON_LENGTH), default="")
    created_at: Mapped[datetime]

    author: Mapped[User] = relationship()
