"""The public dump format of Stack Exchange: one XML file a table, of which only Posts is required."""

import json
import re
import sqlite3
from collections import Counter
from pathlib import Path

from flask_babel import gettext as _

from app.importing.files import BadFile, Row, Tell, rows
from app.importing.staging import NOBODY, Dump, cut
from app.lib.slugs import clean_line, tag_name
from app.models import NAME_LENGTH, TITLE_LENGTH, PostKind

QUESTION, ANSWER = 1, 2
CLOSED = 10
ACCEPTED, UP, DOWN = 1, 2, 3
DUPLICATE = 3
TEXT_CHANGES = range(1, 10)
_BLOCK = re.compile(r"^(?:(?=#{1,6}\s|>|[-+*]\s)|(\d{1,9})(?=[.)]\s))", re.MULTILINE)


def read(folder: Path, dump: Dump, tell: Tell) -> Counter[str]:
    """Read a dump into `dump`; returns how many rows of each sort are not imported. Raises BadFile, naming the file."""
    files = _files(folder)
    if "posts" not in files:
        raise BadFile(f"There is no Posts.xml or Posts.xml.gz in {folder}.")
    left = Counter[str]()
    # People first: who is not among them when their words come is a former member.
    for name, take in (
        ("users", _user),
        ("tags", _tag),
        ("posts", _post),
        ("comments", _comment),
        ("votes", _vote),
        ("posthistory", _change),
        ("postlinks", _link),
        ("badges", _badge),
    ):
        if name not in files:
            continue
        for row in rows(files[name], name, tell):
            try:
                if not_imported := take(row, dump):
                    left[not_imported] += 1
            except sqlite3.IntegrityError:
                row.refuse("it stands there twice")
    dump.has_votes, dump.is_snapshot = "votes" in files, True
    dump.arrange()
    return left


def _files(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise BadFile(f"{folder} is no folder.")
    found = {}
    for path in sorted(folder.iterdir(), reverse=True):  # where both are, the one that is not packed
        name = path.name.casefold().removesuffix(".gz")
        if name.endswith(".xml"):
            found[name.removesuffix(".xml")] = path
    return found


def _user(row: Row, dump: Dump) -> None:
    key = str(row.number("Id"))
    dump.add(
        "people", key=key, name=row.text("DisplayName") or f"user{key}", created=row.moment("CreationDate"), listed=1
    )


def _tag(row: Row, dump: Dump) -> None:
    for name in _tag_names([row.text("TagName")]):
        dump.add_tag(name)


def _post(row: Row, dump: Dump) -> str:
    kinds = {QUESTION: PostKind.QUESTION, ANSWER: PostKind.ANSWER}
    number, kind = row.number("Id"), kinds.get(row.number("PostTypeId"))
    if kind is None:
        return "tag wikis and other pages"
    created, title = row.moment("CreationDate"), ""
    tags: list[str] = []
    if kind is PostKind.QUESTION:
        title = cut(row.text("Title"), TITLE_LENGTH) or _("Question %(number)s", number=number)
        tags = _tags(row.text("Tags"))
        for tag in tags:
            dump.add_tag(tag)
    edited = "LastEditDate" in row
    dump.add(
        "posts",
        id=number,
        old=str(number),
        kind=kind.value,
        parent=row.number("ParentId") if kind is PostKind.ANSWER else None,
        author=_author(row, dump, created, "OwnerUserId", "OwnerDisplayName"),
        title=title,
        tags=json.dumps(tags),
        topic="",
        markdown="",
        html=row.text("Body"),
        created=created,
        edited=row.moment("LastEditDate") if edited else None,
        editor=_author(row, dump, created, "LastEditorUserId", "LastEditorDisplayName") if edited else NOBODY,
        accepted=row.number("AcceptedAnswerId") if "AcceptedAnswerId" in row else None,
        closed=row.moment("ClosedDate") if "ClosedDate" in row else None,
        score=row.number("Score") if "Score" in row else 0,
    )
    return ""


def _comment(row: Row, dump: Dump) -> None:
    created = row.moment("CreationDate")
    dump.add(
        "comments",
        id=row.number("Id"),
        post=row.number("PostId"),
        author=_author(row, dump, created, "UserId", "UserDisplayName"),
        text=_plain_start(_named_tags(row.text("Text"))),
        created=created,
    )


def _vote(row: Row, dump: Dump) -> str:
    kind, post = row.number("VoteTypeId"), row.number("PostId")
    if kind == ACCEPTED:
        dump.accept(post, row.moment("CreationDate"))
    elif kind in (UP, DOWN):
        dump.vote(post, up=int(kind == UP), down=int(kind == DOWN))
    else:
        return "favourites, bounties and other votes"
    return ""


def _change(row: Row, dump: Dump) -> str:
    kind, post = row.number("PostHistoryTypeId"), row.number("PostId")
    if kind == CLOSED:
        dump.close_post(post, _close_reason(row.text("Comment")))
    if kind not in TEXT_CHANGES:
        return "events of the history"
    created, text = row.moment("CreationDate"), row.text("Text")
    dump.add(
        "history",
        id=row.number("Id"),
        post=post,
        edit=row.text("RevisionGUID") or row.text("Id"),
        type=kind,
        author=_author(row, dump, created, "UserId", "UserDisplayName"),
        text=json.dumps(_tags(text)) if kind in (3, 6, 9) else text,
        reason=row.text("Comment"),
        created=created,
    )
    return ""


def _link(row: Row, dump: Dump) -> str:
    if row.number("LinkTypeId") != DUPLICATE:
        return "links between posts"
    numbers = {"id": row.number("Id"), "post": row.number("PostId"), "target": row.number("RelatedPostId")}
    dump.add("links", **numbers, created=row.moment("CreationDate"))
    return ""


def _badge(_row: Row, _dump: Dump) -> str:
    return "badges"


def _author(row: Row, dump: Dump, when: str, number: str, name: str) -> str:
    """The key of whoever did this: a number; where the account is gone the name that is left, or nobody."""
    if number in row:
        key = str(row.number(number))
        dump.meet(key, f"user{key}", when)
        return key
    left = clean_line(row.text(name))[:NAME_LENGTH]
    dump.meet(NOBODY + left, left, when)
    return NOBODY + left


def _tags(text: str) -> list[str]:
    """`<beer><hops>`, or in newer dumps `|beer|hops|`."""
    return _tag_names(re.findall(r"[^<>|]+", text))


def _tag_names(words: list[str]) -> list[str]:
    names = []
    for word in words:
        try:
            names.append(tag_name(word))
        except ValueError:
            continue  # nothing of it can be a tag here
    return list(dict.fromkeys(names))


def _named_tags(comment: str) -> str:
    """`[tag:hops]` is a button there, and code here; a link to another page of that forum is no link here."""
    return re.sub(r"\[([^\]]*)\]\(/[^)]*\)", r"\1", re.sub(r"\[(?:meta-)?tag:([^\]`]+)\]", r"`\1`", comment))


def _plain_start(comment: str) -> str:
    """Comments there have no headings, lists, quotes or code blocks: what would begin one here is marked as plain text."""
    lines = "\n".join(line.strip() for line in comment.splitlines())
    return _BLOCK.sub(lambda found: f"{found[1] or ''}\\", lines)


def _close_reason(code: str) -> str:
    reasons = {
        "1": _("It asks the same as another question."),
        "2": _("It was off topic there."),
        "3": _("It asked for opinions more than for facts."),
        "4": _("It was not clear what was asked."),
        "7": _("It was of use to one person only."),
        "10": _("A general reference answers it."),
        "20": _("It was noise."),
        "101": _("It asks the same as another question."),
        "102": _("It was off topic there."),
        "103": _("It was not clear what was asked."),
        "104": _("It asked for too much at once."),
        "105": _("It asked for opinions more than for facts."),
    }
    return str(reasons.get(code, ""))
