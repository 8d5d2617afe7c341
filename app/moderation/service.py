"""What moderators do to a thread or a post: hide and restore, close and open again; each with a reason, each reversible."""

from sqlalchemy import select

from app.events import PostHidden, PostRestored, ThreadClosed, ThreadReopened, unit_of_work
from app.extensions import db
from app.models import Closure, Hide, Post, Thread, User
from app.permissions import Action, require
from app.posts import service as posts


def hide_post(post: Post, actor: User, reason: str) -> None:
    """Take a post out of sight; a hidden question takes its whole thread with it. Author and moderators still see it."""
    with unit_of_work(actor, lock=post.thread) as work:
        require(actor, Action.POST_HIDE, post)
        if _live_hide(post) is not None:
            return
        db.session.add(Hide(post_id=post.id, reason=reason, created_by_id=actor.id))
        posts.settle_post(post)
        posts.settle(post.thread)
        work.record(PostHidden(thread_id=post.thread_id, post_id=post.id))


def restore_post(post: Post, actor: User) -> None:
    """Bring a hidden post back exactly as it was."""
    with unit_of_work(actor, lock=post.thread) as work:
        require(actor, Action.POST_HIDE, post)
        live = _live_hide(post)
        if live is None:
            return
        live.end(actor.id)
        posts.settle_post(post)
        posts.settle(post.thread)
        work.record(PostRestored(thread_id=post.thread_id, post_id=post.id))


def close_thread(thread: Thread, actor: User, reason: str) -> None:
    """No new answers or comments; the reason says what would open it again. The asker may still accept."""
    with unit_of_work(actor, lock=thread) as work:
        require(actor, Action.THREAD_CLOSE, thread)
        if _live_closure(thread) is not None:
            return
        db.session.add(Closure(thread_id=thread.id, reason=reason, created_by_id=actor.id))
        posts.settle(thread)
        work.record(ThreadClosed(thread_id=thread.id))


def open_thread(thread: Thread, actor: User) -> None:
    """Take answers again."""
    with unit_of_work(actor, lock=thread) as work:
        require(actor, Action.THREAD_CLOSE, thread)
        live = _live_closure(thread)
        if live is None:
            return
        live.end(actor.id)
        posts.settle(thread)
        work.record(ThreadReopened(thread_id=thread.id))


def _live_hide(post: Post) -> Hide | None:
    return db.session.scalar(select(Hide).where(Hide.post_id == post.id, Hide.ended_at.is_(None)))


def _live_closure(thread: Thread) -> Closure | None:
    return db.session.scalar(select(Closure).where(Closure.thread_id == thread.id, Closure.ended_at.is_(None)))
