"""A dump: what is to be imported, in one shape wherever it came from, on disk and not in memory.

The whole source is read into it before the forum is touched, so a file that turns out to be broken leaves nothing half
done; and whatever order the files have, threads come out whole, in batches of bounded size.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from app.importing.files import moment
from app.importing.rendering import plain
from app.lib.slugs import clean_line
from app.models import EDIT_REASON_LENGTH, TITLE_LENGTH, PostKind

BATCH_POSTS = 1_000
BATCH_CHARACTERS = 2_000_000
ORPHANS_NAMED = 10
NOBODY = "~"  # the key of "a former member" of whom not even the name is left

# A history is not whole before the first text: 1, 2, 3 begin title, text and tags; 4, 5, 6 edit and 7, 8, 9 roll back.
_TITLE, _TEXT, _TAGS = (1, 4, 7), (2, 5, 8), (3, 6, 9)

_TABLES = """
CREATE TABLE people (key TEXT PRIMARY KEY, name TEXT, created TEXT, listed INTEGER) WITHOUT ROWID;
CREATE TABLE tags (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE posts (
    id INTEGER PRIMARY KEY, old TEXT, kind TEXT, parent INTEGER, author TEXT, title TEXT, tags TEXT, topic TEXT,
    markdown TEXT, html TEXT, created TEXT, edited TEXT, editor TEXT, accepted INTEGER, closed TEXT, score INTEGER);
CREATE UNIQUE INDEX ux_posts_old ON posts (old, kind);
CREATE TABLE comments (id INTEGER PRIMARY KEY, post INTEGER, author TEXT, text TEXT, created TEXT);
CREATE TABLE votes (post INTEGER PRIMARY KEY, up INTEGER DEFAULT 0, down INTEGER DEFAULT 0, accepted TEXT);
CREATE TABLE history (
    id INTEGER PRIMARY KEY, post INTEGER, edit TEXT, type INTEGER, author TEXT, text TEXT, reason TEXT, created TEXT);
CREATE TABLE closings (post INTEGER PRIMARY KEY, reason TEXT);
CREATE TABLE links (id INTEGER PRIMARY KEY, post INTEGER, target INTEGER, created TEXT);
"""

_ARRANGE = """
CREATE INDEX ix_posts_parent ON posts (parent);
CREATE INDEX ix_comments_post ON comments (post);
CREATE INDEX ix_history_post ON history (post);
CREATE TABLE orphans AS
    SELECT id, old FROM posts a
    WHERE kind = 'answer' AND NOT EXISTS (SELECT 1 FROM posts q WHERE q.id = a.parent AND q.kind = 'question');
CREATE TABLE threads (id INTEGER PRIMARY KEY, posts INTEGER, characters INTEGER);
INSERT INTO threads
    SELECT thread, sum(posts), sum(characters) FROM (
        SELECT coalesce(parent, id) thread, count(*) posts, sum(length(html) + length(markdown)) characters
        FROM posts GROUP BY 1
        UNION ALL
        SELECT coalesce(p.parent, p.id), count(*), sum(length(c.text))
        FROM comments c JOIN posts p ON p.id = c.post GROUP BY 1
        UNION ALL
        SELECT coalesce(p.parent, p.id), 0, sum(length(h.text))
        FROM history h JOIN posts p ON p.id = h.post GROUP BY 1
    ) WHERE thread IN (SELECT id FROM posts WHERE kind = 'question') GROUP BY 1;
"""


@dataclass(frozen=True)
class Version:
    """What a post said before."""

    title: str
    tags: tuple[str, ...]
    text: str
    author: str
    at: datetime
    reason: str


@dataclass(eq=False)
class Entry:
    """A post to be imported. Its words are Markdown, HTML, or both: then the Markdown is used if it says the same."""

    kind: PostKind
    old: str
    author: str
    at: datetime
    title: str = ""
    tags: tuple[str, ...] = ()
    markdown: str = ""
    html: str = ""
    edited: datetime | None = None
    editor: str = NOBODY
    reason: str = ""
    earlier: list[Version] = field(default_factory=list)
    votes: tuple[int, int] | None = None
    score: int = 0
    # The same as long as the post says the same there, whatever else is known about it.
    digest: str = ""

    @property
    def people(self) -> set[str]:
        """The keys of everybody who had a hand in it."""
        editor = {self.editor} if self.edited else set()
        return {self.author, *(version.author for version in self.earlier)} | editor


@dataclass(eq=False)
class Conversation:
    """A thread to be imported."""

    question: Entry
    topic: str = ""
    answers: list[Entry] = field(default_factory=list)
    comments: list[tuple[Entry, Entry]] = field(default_factory=list)  # with what they stand under
    accepted: Entry | None = None
    accepted_at: datetime | None = None
    closed: datetime | None = None
    close_reason: str = ""

    @property
    def entries(self) -> list[Entry]:
        return [self.question, *self.answers, *(comment for _, comment in self.comments)]


class Dump:
    """The rows of a source, in a private file that vanishes with the process."""

    def __init__(self) -> None:
        # An empty name is a database of its own in the folder for temporary files, unlinked as soon as it is open.
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("PRAGMA cache_size=-16000")
        self._db.executescript(_TABLES)
        self._db.execute("BEGIN")
        self.has_votes = False
        # Everything there is in that place at one moment, and not some of it: then an older one can be told.
        self.is_snapshot = False

    def close(self) -> None:
        self._db.close()

    def add(self, table: str, **values: Any) -> None:
        """Put a row in. Raises sqlite3.IntegrityError when its number is there already."""
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        self._db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))  # noqa: S608

    def add_tag(self, name: str) -> None:
        self._db.execute("INSERT OR IGNORE INTO tags VALUES (?)", (name,))

    def meet(self, key: str, name: str, when: str) -> None:
        """Somebody wrote this then; whoever is not among the people already, is a former member from now on."""
        self._db.execute(
            "INSERT INTO people VALUES (?, ?, ?, 0) ON CONFLICT DO UPDATE SET created = min(created, excluded.created) "
            "WHERE NOT listed",
            (key, name, when),
        )

    def vote(self, post: int, up: int = 0, down: int = 0) -> None:
        self._db.execute(
            "INSERT INTO votes (post, up, down) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET up = up + excluded.up, down = down + excluded.down",
            (post, up, down),
        )

    def accept(self, post: int, when: str) -> None:
        self._db.execute(
            "INSERT INTO votes (post, accepted) VALUES (?, ?) ON CONFLICT DO UPDATE SET accepted = excluded.accepted",
            (post, when),
        )

    def close_post(self, post: int, reason: str) -> None:
        """Why it was closed; the last word counts."""
        self._db.execute("INSERT OR REPLACE INTO closings VALUES (?, ?)", (post, reason))

    def arrange(self) -> None:
        """Everything is in: make it ready to be read in batches."""
        self._db.execute("COMMIT")
        self._db.executescript(_ARRANGE)

    def count(self, table: str, where: str = "1") -> int:
        return int(self._db.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0])  # noqa: S608

    def orphans(self) -> list[str]:
        """The first answers whose question is missing."""
        return [row[0] for row in self._db.execute("SELECT old FROM orphans LIMIT ?", (ORPHANS_NAMED,))]

    def newest(self) -> datetime | None:
        """When the last question was asked or answered."""
        found = self._db.execute("SELECT max(created) FROM posts").fetchone()[0]
        return moment(found) if found else None

    def lost_comments(self) -> int:
        """How many comments stand under nothing that is imported."""
        return self.count("comments", "post NOT IN (SELECT id FROM posts) OR post IN (SELECT id FROM orphans)")

    def largest_number(self, limit: int) -> int:
        """The largest old number of a question that is at most `limit`."""
        found = "SELECT max(id) FROM posts WHERE kind = 'question' AND id <= ? AND old = CAST(id AS TEXT)"
        return self._db.execute(found, (limit,)).fetchone()[0] or 0

    def people(self) -> Iterator[list[tuple[str, str, datetime]]]:
        """Batches of people: key, name, and since when they were there."""
        rows = self._db.execute("SELECT key, name, created FROM people ORDER BY created, key")
        while some := rows.fetchmany(BATCH_POSTS):
            yield [(key, name, moment(created)) for key, name, created in some]

    def tags(self) -> Iterator[list[str]]:
        rows = self._db.execute("SELECT name FROM tags ORDER BY name")
        while some := rows.fetchmany(BATCH_POSTS):
            yield [name for (name,) in some]

    def links(self) -> Iterator[list[tuple[str, str, datetime]]]:
        """Batches of duplicates: the old numbers of both questions, and when that was said."""
        rows = self._db.execute(
            "SELECT a.old, b.old, min(l.created) FROM links l JOIN posts a ON a.id = l.post JOIN posts b ON b.id = l.target "
            "WHERE a.kind = 'question' AND b.kind = 'question' AND a.id != b.id GROUP BY a.id, b.id"
        )
        while some := rows.fetchmany(BATCH_POSTS):
            yield [(post, target, moment(created)) for post, target, created in some]

    def conversations(self) -> Iterator[list[Conversation]]:
        """Batches of whole threads, oldest first: about BATCH_POSTS posts, and not many more than BATCH_CHARACTERS."""
        batch: list[int] = []
        posts = characters = 0
        for thread, its_posts, its_characters in self._db.execute("SELECT * FROM threads ORDER BY id"):
            if batch and (posts + its_posts > BATCH_POSTS or characters + its_characters > BATCH_CHARACTERS):
                yield self._read(batch)
                batch, posts, characters = [], 0, 0
            batch.append(thread)
            posts, characters = posts + its_posts, characters + its_characters
        if batch:
            yield self._read(batch)

    def _read(self, ids: list[int]) -> list[Conversation]:
        threads: dict[int, Conversation] = {}
        entries: dict[int, Entry] = {}
        accepted: dict[int, int | None] = {}
        for row in self._select("posts p LEFT JOIN votes v ON v.post = p.id", "p.id", ids, "p.*, v.up, v.down"):
            entries[row["id"]] = entry = self._entry(row)
            threads[row["id"]] = thread = Conversation(entry, row["topic"])
            accepted[row["id"]] = row["accepted"]
            thread.closed = moment(row["closed"]) if row["closed"] else None
        for row in self._select("closings", "post", ids):
            threads[row["post"]].close_reason = row["reason"]
        answers = "posts p LEFT JOIN votes v ON v.post = p.id"
        chosen = "p.*, v.up, v.down, v.accepted AS accepted_at"
        for row in self._select(answers, "p.kind = 'answer' AND p.parent", ids, chosen, order="p.id"):
            thread = threads[row["parent"]]
            entries[row["id"]] = entry = self._entry(row)
            thread.answers.append(entry)
            if accepted[row["parent"]] == row["id"]:
                thread.accepted = entry
                thread.accepted_at = moment(row["accepted_at"]) if row["accepted_at"] else None
        places = {id(entry): thread for thread in threads.values() for entry in thread.entries}
        for row in self._select("comments", "post", list(entries), order="id"):
            comment = Entry(
                PostKind.COMMENT, str(row["id"]), row["author"], moment(row["created"]), markdown=row["text"]
            )
            comment.digest = _digest(comment)
            parent = entries[row["post"]]
            places[id(parent)].comments.append((parent, comment))
        history = self._select("history", "post", list(entries), order="post, created, id")
        for post, rows in groupby(history, key=lambda row: int(row["post"])):
            _tell_history(entries[post], list(rows))
        return list(threads.values())

    def _entry(self, row: sqlite3.Row) -> Entry:
        entry = Entry(
            kind=PostKind(row["kind"]),
            old=row["old"],
            author=row["author"],
            at=moment(row["created"]),
            title=row["title"],
            tags=tuple(json.loads(row["tags"])),
            markdown=row["markdown"],
            html=row["html"],
            edited=moment(row["edited"]) if row["edited"] else None,
            editor=row["editor"],
            votes=(row["up"] or 0, row["down"] or 0) if self.has_votes else None,
            score=row["score"],
        )
        entry.digest = _digest(entry)
        return entry

    def _select(
        self, tables: str, where: str, ids: Sequence[int], columns: str = "*", order: str = "1"
    ) -> Iterator[sqlite3.Row]:
        cursor = self._db.cursor()
        cursor.row_factory = sqlite3.Row
        for start in range(0, len(ids), BATCH_POSTS):
            some = ids[start : start + BATCH_POSTS]
            marks = ", ".join("?" * len(some))
            yield from cursor.execute(
                f"SELECT {columns} FROM {tables} WHERE {where} IN ({marks}) ORDER BY {order}",  # noqa: S608
                some,
            )


def cut(text: str, length: int) -> str:
    """The text as one line, ended with "…" where it is too long."""
    line = clean_line(text)
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def _digest(entry: Entry) -> str:
    """Of the words alone: dumps of another year write the same text in other HTML."""
    words = plain(entry.html) if entry.html else entry.markdown
    parts = (entry.title, *sorted(entry.tags), str(entry.edited), words)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _tell_history(entry: Entry, rows: list[sqlite3.Row]) -> None:
    """Turn the history of a post into what it said before, who made the last version, and its Markdown."""
    versions: list[Version] = []
    title, text = "", ""
    tags: tuple[str, ...] = ()
    question = entry.kind is PostKind.QUESTION
    for _edit, changes in groupby(rows, key=lambda row: str(row["edit"])):
        for row in changes:
            if row["type"] in _TITLE:
                title = cut(row["text"], TITLE_LENGTH) if question else ""
            elif row["type"] in _TEXT:
                text = row["text"]
            elif row["type"] in _TAGS:
                tags = tuple(json.loads(row["text"])) if question else ()
        if text:
            reason = cut(row["reason"], EDIT_REASON_LENGTH)
            versions.append(Version(title, tags, text, row["author"], moment(row["created"]), reason))
    if not versions:
        return
    last = versions.pop()
    entry.markdown, entry.earlier = last.text, versions
    if versions:
        entry.edited, entry.editor, entry.reason = last.at, last.author, last.reason
