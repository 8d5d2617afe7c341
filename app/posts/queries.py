"""Reading posts: what this person may see of them. What may not be seen is as if it did not exist."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.lib.diff import Change, changes
from app.lib.paging import Page, offset_of, pages_of
from app.models import Actor, Hold, Post, PostKind, Revision, Thread, User, Visibility
from app.permissions import MODERATORS, Action, can


def thread_or_404(thread_id: int, actor: Actor) -> Thread:
    """The thread, if this person may see it. Deleted after it was public: 410. Hidden, held or never there: the same 404."""
    with_it = (joinedload(Thread.topic), joinedload(Thread.asker, innerjoin=True))
    thread = db.session.scalar(select(Thread).where(Thread.id == thread_id).options(*with_it))
    if thread is None:
        abort(404)
    if not can(actor, Action.THREAD_READ, thread):
        question = select(Post.id).where(Post.thread_id == thread.id, Post.kind == PostKind.QUESTION)
        _gone(thread.visibility, db.session.scalars(question).one())
    return thread


def post_or_404(post_id: int, actor: Actor) -> Post:
    """The post, if this person may see it and its thread; else as `thread_or_404`."""
    post = db.session.scalar(
        select(Post)
        .where(Post.id == post_id)
        .options(joinedload(Post.thread, innerjoin=True), joinedload(Post.parent), joinedload(Post.author))
    )
    if post is None:
        abort(404)
    if not can(actor, Action.POST_READ, post):
        if post.kind is PostKind.QUESTION or can(actor, Action.THREAD_READ, post.thread):
            _gone(post.visibility, post.id)
        abort(404)
    return post


def revision_or_404(post: Post, number: int) -> Revision:
    """An earlier version of a post."""
    found = db.session.scalar(select(Revision).where(Revision.post_id == post.id, Revision.number == number))
    if found is None:
        abort(404)
    return found


@dataclass(frozen=True)
class Version:
    """One version of a post, and what it changed."""

    number: int
    author: User
    at: datetime
    reason: str
    title: list[Change]
    tags: list[Change]
    text: list[Change]


VERSIONS_A_PAGE = 10


def versions_of(post: Post, page: int) -> Page[Version]:
    """The versions of a post, newest first, each compared with the one before it."""
    rows = db.session.scalars(
        select(Revision)
        .where(Revision.post_id == post.id)
        .order_by(Revision.number.desc())
        .options(joinedload(Revision.author, innerjoin=True))
    ).all()
    asks = post.kind is PostKind.QUESTION
    title, tags = (post.thread.title, ", ".join(tag.name for tag in post.thread.tags)) if asks else ("", "")
    editor, at = post.edited_by or post.author, post.edited_at or post.created_at
    told = [(len(rows) + 1, editor, at, post.edit_reason, title, tags, post.source)]
    told += [(r.number, r.author, r.created_at, r.reason, r.title, r.tags, r.source) for r in rows]
    start = offset_of(page, VERSIONS_A_PAGE)
    shown = []
    for index in range(start, min(start + VERSIONS_A_PAGE, len(told))):
        number, author, when, reason, *now = told[index]
        # The first version has nothing to be compared with: all of it is simply there.
        before = told[index + 1][4:] if index + 1 < len(told) else now
        shown.append(Version(number, author, when, reason, *(changes(a, b) for a, b in zip(before, now, strict=True))))
    return Page(shown, page, pages_of(len(told), VERSIONS_A_PAGE), len(told))


def quote_of(post_id: str, thread: Thread, actor: Actor) -> str:
    """The words of a post of this thread as a Markdown quotation with its author's name; nothing where there is none."""
    if not (post_id.isascii() and post_id.isdigit() and len(post_id) < 10):
        return ""
    post = db.session.get(Post, int(post_id))
    if post is None or post.thread_id != thread.id or not can(actor, Action.POST_READ, post):
        return ""
    name = _("%(name)s wrote:", name=post.author.name)
    return "\n".join(f"> {line}".rstrip() for line in (f"**{name}**", "", *post.source.splitlines())) + "\n\n"


def readable(actor: Actor) -> ColumnElement[bool]:
    """The condition on posts of a readable thread that `permissions` states for one post."""
    own = Post.author_id == actor.id if actor.id is not None else false()
    if actor.acts_as in MODERATORS:
        return or_(Post.visibility != Visibility.HELD, own)
    return or_(Post.visibility == Visibility.VISIBLE, own)


def readable_or_stub(actor: Actor) -> ColumnElement[bool]:
    """As `readable`, and hidden answers too, of which others see only that something was hidden."""
    return or_(readable(actor), and_(Post.visibility == Visibility.HIDDEN, Post.kind == PostKind.ANSWER))


def _gone(visibility: Visibility, post_id: int) -> None:
    was_public = db.session.scalar(select(Hold.id).where(Hold.post_id == post_id, Hold.ended_at.is_(None))) is None
    abort(410 if visibility is Visibility.DELETED and was_public else 404)
