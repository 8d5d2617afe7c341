"""`python -m app.cli.reference` (`make docs`): the pages of docs/ that are written from the code, so that they stay true."""

import inspect
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from app.config import Settings
from app.events import FACTS

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"

CONFIGURE = """# Settings

Each is read from the environment, or from a file `.env` in the folder from which Askwell is started; the environment wins.
None has to be set: without any, everything is kept under `var/` and no other server is needed.

{table}

This page is written from `app/config.py` by `make docs`.
"""
FACTS_PAGE = """# Facts

What happened is written down as a fact, in the transaction that made it true, and kept for ever: ids, words of enums,
numbers and times, never what somebody wrote. Each fact is told to its subscribers until they have done their part.

{table}

This page is written from `app/events.py` by `make docs`.
"""


def settings_reference() -> str:
    """The table of all settings: environment variable, default, what it is for."""
    rows = []
    for name, field in Settings.model_fields.items():
        variables = " or ".join(f"`{variable}`" for variable in _variables(name, field))
        default = field.default.as_posix() if isinstance(field.default, Path) else field.default
        rows.append((variables, f"`{default}`" if default != "" else "empty", field.description or ""))
    return _table(("Environment variable", "Default", "What it is"), rows)


def facts_reference() -> str:
    """The table of all facts: stored name, what it carries, when it is recorded."""
    rows = [
        (f"`{name}`", ", ".join(f"`{field.name}`" for field in fields(kind)), inspect.getdoc(kind) or "")
        for name, kind in sorted(FACTS.items())
    ]
    return _table(("Fact", "Carries", "Recorded when"), rows)


def pages() -> dict[Path, str]:
    """What the written pages should say: path → text."""
    return {
        DOCS / "configure.md": CONFIGURE.format(table=settings_reference()),
        DOCS / "facts.md": FACTS_PAGE.format(table=facts_reference()),
    }


def _variables(name: str, field: FieldInfo) -> list[str]:
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return [str(choice) for choice in alias.choices]
    return [str(alias) if alias else f"{Settings.model_config.get('env_prefix', '')}{name}".upper()]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _column in head), *rows]
    return "\n".join("| " + " | ".join(" ".join(c.split()).replace("|", "\\|") for c in line) + " |" for line in lines)


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
