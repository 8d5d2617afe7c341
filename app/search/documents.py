"""From threads to what engines index: only what everybody may see."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from html import unescape

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import (
    Post,
    PostKind,
    Recommendation,
    Thread,
    ThreadState,
    Topic,
    User,
    Visibility,
)
from app.search.engine import Document

BATCH = 500
LONGEST_BODY = 40_000
_TAG = re.compile(r"<[^>]*>")

# What a thread is worth beside another with the same words. Somebody who searches wants an answer more than company.
SOLVED = 1.25  # the asker says that it solved it
RECOMMENDED = 1.15  # the company stands by an answer
WORKED = 0.2  # added by the share of those for whom the answers worked, once three have said
UNANSWERED = 0.9  # nothing to read yet
CLOSED = 0.9  # nobody can add anything any more


def documents_of(thread_ids: Sequence[int]) -> list[Document]:
    """The documents of those of these threads that everybody may see. Four statements."""
    threads = db.session.scalars(
        select(Thread)
        .where(Thread.id.in_(thread_ids), Thread.visibility == Visibility.VISIBLE)
        .options(joinedload(Thread.topic, innerjoin=True).joinedload(Topic.parent))
    ).all()
    ids = [thread.id for thread in threads]
    posts: dict[int, list[tuple[Post, User]]] = defaultdict(list)
    rows = (
        select(Post, User)
        .join(User, User.id == Post.author_id)
        .where(Post.thread_id.in_(ids), Post.visibility == Visibility.VISIBLE, Post.kind != PostKind.COMMENT)
        .order_by(Post.created_at, Post.id)
    )
    for post, author in db.session.execute(rows):
        posts[post.thread_id].append((post, author))
    recommended = set(
        db.session.scalars(
            select(Recommendation.thread_id)
            .join(Post, Post.id == Recommendation.answer_id)
            .where(
                Recommendation.thread_id.in_(ids),
                Recommendation.ended_at.is_(None),
                Post.visibility == Visibility.VISIBLE,
            )
        )
    )
    return [_document(thread, posts[thread.id], thread.id in recommended) for thread in threads]


def every_document() -> Iterator[Document]:
    """The documents of all public threads, in batches of bounded memory."""
    last = 0
    while ids := db.session.scalars(select(Thread.id).where(Thread.id > last).order_by(Thread.id).limit(BATCH)).all():
        yield from documents_of(ids)
        last = ids[-1]
        db.session.rollback()


def plain(html: str) -> str:
    """The words of a stored text."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def _names(author: User) -> tuple[str, str, str]:
    """How people write a name after `by:`."""
    name = author.name.replace(",", " ").casefold()
    return author.handle, name, name.split(" ")[0]


def _document(thread: Thread, posts: list[tuple[Post, User]], recommended: bool) -> Document:
    solved = thread.state is ThreadState.SOLVED
    states = {"solved" if solved else "unsolved"}
    if not thread.answers_count:
        states.add("unanswered")
    if any(post.kind is PostKind.ANSWER and author.is_staff for post, author in posts):
        states.add("staff-answered")
    topic = thread.topic
    context = " ".join(item["value"] for item in thread.context)
    body = "\n".join([*(plain(post.html) for post, _author in posts), context])[:LONGEST_BODY]
    weight = (SOLVED if solved else 1) * (RECOMMENDED if recommended else 1)
    weight *= (CLOSED if thread.closed else 1) * (1 if thread.answers_count else UNANSWERED)
    worked, failed = sum(post.worked for post, _ in posts), sum(post.failed for post, _ in posts)
    if worked + failed >= 3:
        weight += WORKED * worked / (worked + failed)
    parts = {
        "title": thread.title,
        "body": body,
        "tags": tuple(tag.name for tag in thread.tags),
        "topics": tuple(each.slug for each in (topic, topic.parent) if each is not None),
        "states": tuple(sorted(states)),
        "authors": tuple(sorted({name for _post, author in posts for name in _names(author)})),
        "asked_at": thread.created_at,
        "active_at": thread.last_activity_at,
        "weight": weight,
    }
    fingerprint = hashlib.sha256(repr(sorted(parts.items())).encode()).hexdigest()[:16]
    return Document(thread_id=thread.id, fingerprint=fingerprint, **parts)  # type: ignore[arg-type]
