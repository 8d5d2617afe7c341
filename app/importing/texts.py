"""What posts say, and what they said before."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from app.extensions import db
from app.importing.rendering import Rendered, plain
from app.importing.staging import Entry, Version
from app.lib.markdown import RENDERER_VERSION
from app.models import Post, PostKind, Revision, SourceFormat
from app.posts.service import newest_number

TAGS_LENGTH = 200


def columns(words: Rendered) -> dict[str, Any]:
    """The columns of a post that hold its words."""
    return {
        "source": words.source,
        "source_format": words.format,
        "html": words.html,
        "excerpt": words.excerpt,
        "renderer_version": RENDERER_VERSION,
    }


def revisions(post_id: int, first: int, versions: Sequence[Version], people: dict[str, int]) -> list[dict[str, Any]]:
    """Rows about earlier versions, numbered from `first`."""
    return [
        {
            "post_id": post_id,
            "number": number,
            "title": version.title,
            "tags": ", ".join(version.tags)[:TAGS_LENGTH],
            "source": version.text,
            "source_format": SourceFormat.MARKDOWN,
            "author_id": people[version.author],
            "reason": version.reason,
            "created_at": version.at,
        }
        for number, version in enumerate(versions, first)
    ]


def change(post: Post, entry: Entry, words: Rendered, people: dict[str, int]) -> int:
    """Replace the words of a post by those it has there now; returns how many revisions that made.

    What it says here becomes one, and so does what it said there in between. Nothing happens where only the HTML differs.
    """
    question = post.kind is PostKind.QUESTION
    last = post.edited_at or post.created_at
    edited = entry.edited is not None and entry.edited > last
    if not edited and plain(words.html) == plain(post.html) and (not question or post.thread.title == entry.title):
        return 0
    number = newest_number(post)
    present = Revision(
        post_id=post.id,
        number=number,
        title=post.thread.title if question else "",
        tags=", ".join(tag.name for tag in post.thread.tags)[:TAGS_LENGTH] if question else "",
        source=post.source,
        source_format=post.source_format,
        author_id=post.edited_by_id or post.author_id,
        reason=post.edit_reason,
        created_at=last,
    )
    db.session.add(present)
    between = revisions(post.id, number + 1, [version for version in entry.earlier if version.at > last], people)
    if between:
        db.session.execute(insert(Revision), between)
    for name, value in columns(words).items():
        setattr(post, name, value)
    post.version += 1 + len(between)
    post.edited_at = entry.edited if edited else last
    post.edited_by_id, post.edit_reason = people.get(entry.editor, post.author_id), entry.reason
    return 1 + len(between)
