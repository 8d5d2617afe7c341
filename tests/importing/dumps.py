"""Ways to make dumps and to import them: in this process, without the helper that renders."""

import gzip
import json
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from sqlalchemy import func, select

from app.extensions import db
from app.importing import jsonl, service, stackexchange
from app.importing.rendering import Renderers
from app.importing.staging import Dump
from app.models import Base, Imported, ImportKind

DAY = "2014-01-0{}T12:00:00.000"


def silent(_phase: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def import_folder(folder: Path, source: str, topic: str | None = None) -> Counter[str]:
    with closing(Dump()) as dump:
        stackexchange.read(folder, dump, silent)
        return _write(dump, source, topic)


def import_lines(path: Path, source: str, topic: str | None = None) -> tuple[Counter[str], list[str]]:
    with closing(Dump()) as dump:
        problems = jsonl.read(path, dump, silent)
        return _write(dump, source, topic), problems


def _write(dump: Dump, source: str, topic: str | None) -> Counter[str]:
    db.session.rollback()
    with Renderers(apart=False) as renderers:
        counts = service.write_dump(dump, source, topic, renderers, silent)
    db.session.rollback()
    return counts


def write(folder: Path, **tables: Sequence[dict[str, Any]]) -> Path:
    """A folder with these tables as a dump has them: `Posts=[{"Id": 1, …}]`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        lines = ["  <row " + " ".join(f'{k}="{_attribute(v)}"' for k, v in row.items()) + " />" for row in rows]
        root = name.lower()
        text = f'<?xml version="1.0" encoding="utf-8"?>\n<{root}>\n' + "\n".join(lines) + f"\n</{root}>"
        (folder / f"{name}.xml").write_text(text, encoding="utf-8")
    return folder


def _attribute(value: Any) -> str:
    return escape(str(value)).replace("\n", "&#xA;").replace("\r", "&#xD;").replace("\t", "&#x9;")


def question(number: int, body: str = "<p>It blinks.</p>", **more: Any) -> dict[str, Any]:
    usual = {"Title": f"Why does light {number} blink?", "Tags": "<leds>", "OwnerUserId": 1}
    return {"Id": number, "PostTypeId": 1, "CreationDate": DAY.format(1), "Body": body, "Score": 0, **usual, **more}


def answer(number: int, to: int, body: str = "<p>Restart it.</p>", **more: Any) -> dict[str, Any]:
    return {
        "Id": number,
        "PostTypeId": 2,
        "ParentId": to,
        "CreationDate": DAY.format(2),
        "Body": body,
        "Score": 0,
        "OwnerUserId": 2,
        **more,
    }


def user(number: int, name: str) -> dict[str, Any]:
    return {"Id": number, "DisplayName": name, "CreationDate": DAY.format(1), "Reputation": 1}


def change(number: int, post: int, kind: int, text: str, edit: str, day: int = 1, **more: Any) -> dict[str, Any]:
    row = {"Id": number, "PostHistoryTypeId": kind, "PostId": post, "RevisionGUID": edit, "Text": text}
    return {**row, "CreationDate": DAY.format(day), "UserId": 1, **more}


def lines(path: Path, *threads: Any) -> Path:
    """A file with these threads, one a line; what is a string already is written as it is."""
    path.write_text("\n".join(t if isinstance(t, str) else json.dumps(t) for t in threads), encoding="utf-8")
    return path


def rows_of(folder: Path, table: str) -> list[dict[str, str]]:
    """The rows of a real dump, read another way than the importer does."""
    path = folder / f"{table}.xml.gz"
    if not path.exists():
        return []
    with gzip.open(path) as file:
        return [dict(element.attrib) for element in ElementTree.parse(file).getroot() if element.tag == "row"]


def ours(source: str, kind: ImportKind) -> dict[str, int]:
    """What the forum has of a source: old number → ours."""
    rows = select(Imported.old_id, Imported.our_id).where(Imported.source == source, Imported.kind == kind)
    return dict(db.session.execute(rows).all())


def table_sizes() -> dict[str, int]:
    """How many rows every table has, but for the log of facts and what they bring about, which grow with every import."""
    sizes = {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }
    del sizes["events"], sizes["deliveries"]
    return sizes
