"""Comments: short clarifications under a question or an answer, one level; one of them can ask the asker for a detail."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.events import CommentPosted, InformationRequested, lock_row, unit_of_work
from app.extensions import db
from app.models import InformationRequest, Post, PostKind, Thread, User
from app.permissions import Action, require
from app.posts import service as posts
from app.posts.rendering import Text, store


def post_comment(parent: Post, actor: User, text: Text, asks_for_information: bool = False) -> Post:
    """Comment on a question or an answer. With `asks_for_information` the thread waits for the asker's next word."""
    mark = posts.fingerprint("comment", actor.id, parent.id, text.source)
    try:
        with unit_of_work(actor, lock=parent.thread) as work:
            lock_row(actor)
            posts.refuse_closed(parent.thread, actor)
            require(actor, Action.COMMENT_WRITE, parent)
            thread = parent.thread
            if asks_for_information:
                require(actor, Action.INFORMATION_REQUEST, thread)
            if earlier := posts.already_posted(mark):
                return earlier
            comment = Post(
                kind=PostKind.COMMENT, thread=thread, parent_id=parent.id, author_id=actor.id, fingerprint=mark
            )
            store(comment, text)
            posts.publish(work, actor, comment)
            work.record(CommentPosted(thread_id=thread.id, post_id=comment.id))
            if asks_for_information and not posts.waits_for_information(thread):
                _end_what_nobody_sees(thread, actor)
                db.session.add(InformationRequest(thread_id=thread.id, comment_id=comment.id, created_by_id=actor.id))
                posts.settle(thread)
                work.record(InformationRequested(thread_id=thread.id, post_id=comment.id))
            return comment
    except IntegrityError:
        if earlier := posts.already_posted(mark):
            return earlier
        raise


def _end_what_nobody_sees(thread: Thread, actor: User) -> None:
    """An earlier request whose comment is gone gives way: one lives a thread, and this one can be read."""
    live = select(InformationRequest).where(
        InformationRequest.thread_id == thread.id, InformationRequest.ended_at.is_(None)
    )
    for request in db.session.scalars(live):
        request.end(actor.id)
    db.session.flush()
