"""People: members and those who answer for the company, and the guest, who has no row."""

from datetime import datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.lib import clock
from app.lib.slugs import slugify
from app.models.base import Base, stored_enum


class Role(StrEnum):
    """What somebody acts as. Guests and unconfirmed members are told from the rest by the situation, not by a row."""

    GUEST = "guest"
    UNCONFIRMED = "unconfirmed"
    MEMBER = "member"
    STAFF = "staff"
    MODERATOR = "moderator"
    ADMIN = "admin"


COMPANY = frozenset({Role.STAFF, Role.MODERATOR, Role.ADMIN})

NAME_LENGTH = 40
ABOUT_LENGTH = 1000


class User(UserMixin, Base):
    __tablename__ = "users"
    __table_args__ = (
        # An address belongs to whoever confirmed it; until then it is only a claim, and anybody may make one.
        # People who came with an import are public like confirmed ones, but have no address and cannot sign in.
        Index(
            "uq_users_confirmed_email",
            "email",
            unique=True,
            sqlite_where=text("confirmed_at IS NOT NULL AND email != ''"),
            postgresql_where=text("confirmed_at IS NOT NULL AND email != ''"),
        ),
        Index("ix_users_email", "email"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    handle: Mapped[str] = mapped_column(String(NAME_LENGTH), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[Role] = mapped_column(stored_enum(Role), default=Role.MEMBER)
    team: Mapped[str] = mapped_column(String(60), default="")
    about: Mapped[str] = mapped_column(String(ABOUT_LENGTH), default="")
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    # The secret of the browser's session, set when it is loaded or started; never stored.
    session_token = ""

    def get_id(self) -> str:
        return self.session_token

    @property
    def acts_as(self) -> Role:
        """The role that counts: nobody acts for the company, or votes, before the address is confirmed."""
        return self.role if self.confirmed_at else Role.UNCONFIRMED

    @property
    def is_staff(self) -> bool:
        """Whether this person answers for the company; shown as a label, with a word."""
        return self.acts_as in COMPANY

    @property
    def slug(self) -> str:
        return slugify(self.name)

    @property
    def initials(self) -> str:
        """Up to two letters for the avatar."""
        words = [word for word in self.name.split() if word[0].isalnum()] or [self.name]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


class Guest:
    """Somebody who has not signed in."""

    id = None
    is_authenticated = False
    is_active = False
    is_anonymous = True
    is_staff = False
    acts_as = Role.GUEST

    def get_id(self) -> str:
        return ""


Actor = User | Guest
