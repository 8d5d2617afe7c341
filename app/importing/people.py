"""People of another forum. They are public and cannot sign in: no address, no password, nobody to write to."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.events import unit_of_work
from app.extensions import db
from app.importing.queries import known
from app.importing.rows import insert_rows, take_ids
from app.importing.staging import NOBODY
from app.lib.slugs import clean_line, handle
from app.models import NAME_LENGTH, Imported, ImportKind, User


def write_people(source: str, people: Sequence[tuple[str, str, datetime]]) -> tuple[int, int]:
    """Write those who are not here yet, and give a name to whom only a number was known; how many were new and renamed."""
    names = {key: _name(name) for key, name, _since in people}
    since = {key: when for key, _name_, when in people}
    with unit_of_work(None):
        here = known(source, ImportKind.PERSON, names)
        new = {key: name for key, name in names.items() if key not in here}
        free = _free_names(new)
        ids = dict(zip(free, take_ids(User, len(free)), strict=True))
        rows: list[dict[str, Any]] = [
            {
                "id": ids[key],
                "name": name,
                "handle": its_handle,
                "email": "",
                "created_at": since[key],
                "confirmed_at": since[key],
            }
            for key, (name, its_handle) in free.items()
        ]
        insert_rows(User, rows)
        person = {"source": source, "kind": ImportKind.PERSON}
        insert_rows(Imported, [{**person, "old_id": key, "our_id": our_id} for key, our_id in ids.items()])
        return len(rows), _rename({here[key].our_id: (key, names[key]) for key in names if key in here})


def _name(name: str) -> str:
    return clean_line(name)[:NAME_LENGTH].strip() or _("Former member")


def _rename(people: dict[int, tuple[str, str]]) -> int:
    """A dump with people came after one that had only their numbers."""
    wanted: dict[str, str] = {}
    users = {}
    for user in db.session.scalars(select(User).where(User.id.in_(people), User.name.like("user%"))):
        key, name = people[user.id]
        if user.name.split(" ")[0] == f"user{key}" != name:  # perhaps with a number behind it
            users[key], wanted[key] = user, name
    for key, (name, its_handle) in _free_names(wanted).items():
        users[key].name, users[key].handle = name, its_handle
    return len(users)


def _free_names(wanted: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Key → name and handle: as wanted, or with the key's number or the next free one behind it. Some names have no handle."""
    given: dict[str, tuple[str, str]] = {}
    waiting = dict(wanted)
    taken: set[str] = set()
    for attempt in count(1):
        if not waiting:
            break
        tried = {key: _numbered(name, key, attempt) for key, name in waiting.items()}
        handles = {key: handle(name) for key, name in tried.items()}
        taken.update(db.session.scalars(select(User.handle).where(User.handle.in_(list(handles.values())))))
        for key, name in tried.items():
            if handles[key] and handles[key] not in taken:
                given[key] = name, handles[key]
                taken.add(handles[key])
                del waiting[key]
    return {key: given[key] for key in wanted}


def _numbered(name: str, key: str, attempt: int) -> str:
    if attempt == 1:
        return name
    number = key if attempt == 2 and not key.startswith(NOBODY) and key.isdigit() else str(attempt)
    return f"{name[: NAME_LENGTH - len(number) - 1]} {number}"
