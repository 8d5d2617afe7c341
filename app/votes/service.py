"""Helpful votes, "I have this question too", and following. Totals are counted from the rows, never added up."""

from datetime import datetime, timedelta

from sqlalchemy import case, func, select

from app.events import (
    GuestMeTooAdded,
    GuestMeTooRemoved,
    MeTooAdded,
    MeTooRemoved,
    ThreadFollowed,
    ThreadUnfollowed,
    TrendFaded,
    VoteCast,
    Work,
    job,
    unit_of_work,
)
from app.extensions import db
from app.lib import clock
from app.models import Follow, Guest, GuestMeToo, MeToo, Post, PostKind, Thread, User, Vote
from app.permissions import Action, require
from app.posts import service as posts

TREND = timedelta(days=7)


def cast_vote(post: Post, actor: User, value: int) -> None:
    """Make one's vote on a question or an answer this: 1 helpful, -1 not helpful, 0 none."""
    if value not in (-1, 0, 1):
        raise ValueError("a vote is -1, 0 or 1")
    with unit_of_work(actor, lock=post.thread) as work:
        require(actor, Action.POST_VOTE, post)
        vote = db.session.get(Vote, (post.id, actor.id))
        if (vote.value if vote else 0) == value:
            return
        if vote is None:
            db.session.add(Vote(post_id=post.id, user_id=actor.id, value=value))
        elif value == 0:
            db.session.delete(vote)
        else:
            vote.value = value
        count_votes(post)
        if post.kind is PostKind.ANSWER:
            posts.settle(post.thread)
        work.record(VoteCast(thread_id=post.thread_id, post_id=post.id, value=value))


def count_votes(post: Post) -> None:
    """Set a post's totals from the votes there are, and those that came with an import."""
    db.session.flush()
    totals = select(
        func.coalesce(func.sum(case((Vote.value > 0, 1), else_=0)), 0),
        func.coalesce(func.sum(case((Vote.value < 0, 1), else_=0)), 0),
    ).where(Vote.post_id == post.id)
    up, down = db.session.execute(totals).one()
    post.up, post.down = post.imported_up + up, post.imported_down + down


def add_me_too(thread: Thread, actor: User) -> None:
    """ "I have this question too": one a member; whoever says so also follows the thread."""
    with unit_of_work(actor, lock=thread) as work:
        require(actor, Action.THREAD_ME_TOO, thread)
        if db.session.get(MeToo, (thread.id, actor.id)) is not None:
            return
        db.session.add(MeToo(thread_id=thread.id, user_id=actor.id))
        _follow(work, thread, actor)
        count_me_toos(thread)
        work.due(refresh_trend, clock.now() + TREND, thread.id)
        work.record(MeTooAdded(thread_id=thread.id))


def remove_me_too(thread: Thread, actor: User) -> None:
    """Take "I have this question too" back. Following goes on until it is ended by itself."""
    with unit_of_work(actor, lock=thread) as work:
        require(actor, Action.THREAD_ME_TOO, thread)
        row = db.session.get(MeToo, (thread.id, actor.id))
        if row is None:
            return
        db.session.delete(row)
        count_me_toos(thread)
        work.record(MeTooRemoved(thread_id=thread.id))


def set_guest_me_too(thread: Thread, token: str, has_it: bool) -> None:
    """The same from a browser nobody signed in on, told from others by the hash of its cookie; counted apart."""
    guest = Guest()
    with unit_of_work(None, lock=thread) as work:
        require(guest, Action.THREAD_ME_TOO, thread)
        row = db.session.get(GuestMeToo, (thread.id, token))
        if (row is not None) == has_it:
            return
        if row is None:
            db.session.add(GuestMeToo(thread_id=thread.id, token_hash=token))
            work.record(GuestMeTooAdded(thread_id=thread.id))
        else:
            db.session.delete(row)
            work.record(GuestMeTooRemoved(thread_id=thread.id))
        db.session.flush()
        counted = select(func.count()).select_from(GuestMeToo).where(GuestMeToo.thread_id == thread.id)
        thread.guest_me_too_count = db.session.scalar(counted) or 0


def count_me_toos(thread: Thread) -> None:
    """Set a thread's total and its seven-day trend from the rows there are."""
    db.session.flush()
    week = case((MeToo.created_at > clock.now() - TREND, 1), else_=0)
    totals = select(func.count(), func.coalesce(func.sum(week), 0)).where(MeToo.thread_id == thread.id)
    thread.me_too_count, thread.me_too_week = db.session.execute(totals).one()


@job()
def refresh_trend(thread_id: int) -> datetime | None:
    """When a "me too" grows older than a week the trend shrinks by itself; due again when the next one does."""
    thread = db.session.get_one(Thread, thread_id)
    with unit_of_work(None, lock=thread) as work:
        before = thread.me_too_week
        count_me_toos(thread)
        if thread.me_too_week != before:
            work.record(TrendFaded(thread_id=thread.id))
        oldest = select(func.min(MeToo.created_at)).where(
            MeToo.thread_id == thread_id, MeToo.created_at > clock.now() - TREND
        )
        first = db.session.scalar(oldest)
    return first + TREND if first else None


def follow_thread(thread: Thread, actor: User) -> None:
    """Be told what happens in a thread."""
    with unit_of_work(actor, lock=thread) as work:
        require(actor, Action.THREAD_FOLLOW, thread)
        _follow(work, thread, actor)


def unfollow_thread(thread: Thread, actor: User) -> None:
    """No longer be told."""
    with unit_of_work(actor, lock=thread) as work:
        require(actor, Action.THREAD_FOLLOW, thread)
        row = db.session.get(Follow, (thread.id, actor.id))
        if row is not None:
            db.session.delete(row)
            work.record(ThreadUnfollowed(thread_id=thread.id))


def _follow(work: Work, thread: Thread, actor: User) -> None:
    if db.session.get(Follow, (thread.id, actor.id)) is None:
        db.session.add(Follow(thread_id=thread.id, user_id=actor.id))
        work.record(ThreadFollowed(thread_id=thread.id))
