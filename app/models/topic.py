"""Topics: the product areas, two levels."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base


class Topic(Base):
    __tablename__ = "topics"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(String(200), default="")
    icon: Mapped[str] = mapped_column(String(20), default="")
    # Staffed: the company's promise applies. Otherwise members help each other, and the pages say so.
    staffed: Mapped[bool] = mapped_column(default=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    # Context asked for with a question: [{"key", "label", "hint"}]; empty means the parent's.
    fields: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    parent: Mapped["Topic | None"] = relationship(remote_side=[id], lazy="joined", join_depth=1)

    @property
    def context_fields(self) -> list[dict[str, Any]]:
        """The fields to ask for, inherited from the parent where the topic has none of its own."""
        return self.fields or (self.parent.fields if self.parent else [])

    @property
    def full_name(self) -> str:
        return f"{self.parent.name} › {self.name}" if self.parent else self.name
