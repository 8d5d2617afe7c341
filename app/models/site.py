"""The one row about the site itself. Its version changes whenever something shown on many pages does."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Site(Base):
    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), default="Askwell")
    tagline: Mapped[str] = mapped_column(String(160), default="")
    version: Mapped[int] = mapped_column(default=1)
