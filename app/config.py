"""Every setting of an installation: read from the environment (or a `.env` file), typed, one sentence each."""

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SAMPLE_SECRET = "change-me"  # noqa: S105 - the one value that is refused


class Settings(BaseSettings):
    """The settings of one installation. `docs/configure.md` lists them; a test keeps the two together."""

    model_config = SettingsConfigDict(env_prefix="ASKWELL_", env_file=".env", extra="ignore")

    data_dir: Path = Field(
        Path("var"), description="Folder for everything that must be kept: database, pictures, mail, secret key."
    )
    database_url: str = Field(
        "", description="SQLAlchemy address of the database; empty means SQLite in the data folder."
    )
    search_index: Path = Field(Path("search_index"), description="Folder of the embedded search index.")
    redis_url: str = Field("", description="Redis for flood limits on more than one machine; empty means in memory.")
    secret_key: str = Field(
        "", description="Signs cookies; empty means one is made once and kept in the data folder.", repr=False
    )
    base_url: str = Field(
        "", description="Public address, for links in mails and canonical links; empty means http://HOST:PORT."
    )
    host: str = Field(
        "127.0.0.1",
        validation_alias=AliasChoices("HOST", "ASKWELL_HOST"),
        description="Address the web server listens on.",
    )
    port: int = Field(
        8000,
        ge=1,
        le=65535,
        validation_alias=AliasChoices("PORT", "ASKWELL_PORT"),
        description="Port the web server listens on.",
    )
    web_processes: int = Field(2, ge=1, le=64, description="Web server processes.")
    trusted_proxies: int = Field(
        0, ge=0, le=5, description="How many proxies in front may be believed about address and scheme."
    )
    smtp_url: str = Field(
        "",
        description="Mail server, as smtp://user:password@host:587 (STARTTLS) or smtps://…:465; "
        "empty means mails are put into the data folder, where administrators can read them.",
        repr=False,
    )
    mail_from: str = Field("Askwell <askwell@localhost>", description="Sender of all mails.")
    brand_hue: int = Field(240, ge=0, le=359, description="The one colour setting: hue of the accent, in degrees.")
    locale: str = Field("en", description="Language of the pages for guests, as a locale code.")
    timezone: str = Field("UTC", description="Time zone in which times are shown until script makes them relative.")
    password_cost: Literal["normal", "test"] = Field(
        "normal", description="Cost of password hashing; 'test' is only for test suites."
    )

    @field_validator("secret_key")
    @classmethod
    def _refuse_sample(cls, value: str) -> str:
        if value == SAMPLE_SECRET or 0 < len(value) < 32:
            raise ValueError("must be empty or at least 32 characters that nobody else knows")
        return value

    @property
    def database(self) -> str:
        """The database address, made absolute for SQLite; plain `postgresql://` addresses use psycopg 3."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{self.data_dir.resolve() / 'askwell.db'}"

    @property
    def public_url(self) -> str:
        """The public address without a trailing slash."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")
