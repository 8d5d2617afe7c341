"""Reading posts: what this person may see of them. What may not be seen is as if it did not exist."""

from flask import abort
from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Actor, Hold, Post, PostKind, Thread, Visibility
from app.permissions import MODERATORS, Action, can


def thread_or_404(thread_id: int, actor: Actor) -> Thread:
    """The thread, if this person may see it. Deleted after it was public: 410. Hidden, held or never there: the same 404."""
    thread = db.session.scalar(
        select(Thread)
        .where(Thread.id == thread_id)
        .options(joinedload(Thread.topic), joinedload(Thread.asker, innerjoin=True))
    )
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
