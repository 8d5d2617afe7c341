"""Threads as lines of JSON: the plain way in, from anywhere. docs/import.md tells the format."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from flask_babel import gettext as _
from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator

from app.importing.files import BadFile, Tell, lines
from app.importing.staging import NOBODY, Dump, cut
from app.lib import clock
from app.lib.slugs import clean_line, tag_name
from app.models import NAME_LENGTH, OLD_ID_LENGTH, TITLE_LENGTH, PostKind

LONGEST_LINE = 16 * 1024 * 1024
LARGEST_SCORE = 1_000_000
TOPIC_LENGTH = 60


def _line(text: str) -> str:
    return clean_line(text)


def _needed(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text


def _title(text: str) -> str:
    return _needed(cut(text, TITLE_LENGTH))


def _id(given: int | str) -> str:
    text = str(given)
    if text != clean_line(text) or not 0 < len(text) <= OLD_ID_LENGTH - 10:
        raise ValueError(f"has to be a number or 1 to {OLD_ID_LENGTH - 10} characters on one line")
    return text


def _past(when: datetime) -> datetime:
    try:
        when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("is no date that can be written") from None
    if when > clock.now():
        raise ValueError("is still to come")
    return when


def _tag(text: str) -> str:
    try:
        return tag_name(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} cannot be a tag") from None


Past = Annotated[datetime, AfterValidator(_past)]
Words = Annotated[str, AfterValidator(_needed)]
Score = Annotated[int, Field(ge=-LARGEST_SCORE, le=LARGEST_SCORE)]


class _Given(BaseModel):
    @model_validator(mode="before")
    @classmethod
    def _null_is_nothing(cls, data: Any) -> Any:
        return {name: value for name, value in data.items() if value is not None} if isinstance(data, dict) else data


class _Answer(_Given):
    body: Words
    author: str = ""
    created: Past | None = None
    accepted: bool = False
    score: Score = 0


class _Thread(_Given):
    id: Annotated[int | str, AfterValidator(_id)]
    title: Annotated[str, AfterValidator(_title)]
    body: Words
    author: str = ""
    created: Past | None = None
    topic: str = ""
    tags: list[Annotated[str, AfterValidator(_tag)]] = []
    answers: list[_Answer] = []


def read(path: Path, dump: Dump, tell: Tell) -> list[str]:
    """Read a file of threads into `dump`; returns what was wrong with which line. Raises BadFile for the file itself."""
    if not path.is_file():
        raise BadFile(f"{path} is no file.")
    problems = []
    number = 0
    for line_number, line in lines(path, LONGEST_LINE, tell):
        if line is not None and not line.strip(b" \t\r\xef\xbb\xbf"):
            continue
        try:
            number = _add(dump, _parsed(line), number)
        except ValueError as problem:
            problems.append(_("Line %(number)s: %(problem)s", number=line_number, problem=problem))
    dump.arrange()
    return problems


def _parsed(line: bytes | None) -> _Thread:
    if line is None:
        raise ValueError(f"is longer than {LONGEST_LINE // 1024 // 1024} MB")
    try:
        thread = _Thread.model_validate_json(line.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as problems:
        first = problems.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{place}: {first['msg']}" if place else first["msg"]) from None
    if sum(answer.accepted for answer in thread.answers) > 1:
        raise ValueError("answers: more than one is accepted")
    return thread


def _add(dump: Dump, thread: _Thread, number: int) -> int:
    """Put a thread in, its posts numbered from `number` on; returns the last number. Raises ValueError for a known id."""
    created = thread.created or clock.now()
    question = number = number + 1
    accepted = next((i for i, answer in enumerate(thread.answers, number + 1) if answer.accepted), None)
    post = {"html": "", "editor": NOBODY, "tags": "[]", "topic": "", "title": ""}
    asked = {
        "title": thread.title,
        "tags": json.dumps(list(dict.fromkeys(thread.tags))),
        "topic": clean_line(thread.topic)[:TOPIC_LENGTH],
        "accepted": accepted,
        "score": 0,
    }
    words = {"author": _author(dump, thread.author, created), "markdown": thread.body, "created": created.isoformat()}
    try:
        dump.add("posts", **{**post, **asked, **words}, id=number, old=thread.id, kind=PostKind.QUESTION.value)
    except sqlite3.IntegrityError:
        raise ValueError(f"id: {thread.id} stands in an earlier line") from None
    for place, answer in enumerate(thread.answers, 1):
        number += 1
        at = answer.created or created
        words = {"author": _author(dump, answer.author, at), "markdown": answer.body, "created": at.isoformat()}
        known_as = {"id": number, "old": f"{thread.id}/{place}", "parent": question, "score": answer.score}
        dump.add("posts", **{**post, **words, **known_as}, kind=PostKind.ANSWER.value)
    return number


def _author(dump: Dump, name: str, when: datetime) -> str:
    name = clean_line(name)[:NAME_LENGTH]
    dump.meet(NOBODY + name, name, when.isoformat())
    return NOBODY + name
