"""Publishing, editing and taking back a post, and keeping its thread's state and counters true in the same transaction."""

import hashlib
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from app.attachments.service import attach
from app.events import (
    InformationGiven,
    PostConverted,
    PostDeleted,
    PostEdited,
    PostReleased,
    PostUndeleted,
    Work,
    lock_row,
    unit_of_work,
)
from app.extensions import db
from app.lib import clock
from app.lib.errors import NotPossible, Refused
from app.models import (
    COMMENT_LENGTH,
    Acceptance,
    Actor,
    Closure,
    Deletion,
    Hide,
    Hold,
    InformationRequest,
    Post,
    PostKind,
    Recommendation,
    Resolution,
    Revision,
    Thread,
    ThreadState,
    User,
    Visibility,
)
from app.permissions import Action, can, require
from app.posts.ranking import AnswerLine, best_answer
from app.posts.rendering import Text, store
from app.screening import service as screening

GRACE = timedelta(minutes=5)


class StaleEdit(NotPossible):
    """Somebody else saved first; `current` is the post as it is now."""

    def __init__(self, current: Post) -> None:
        super().__init__(
            _(
                "This text was changed after you opened it. Both versions are below: take into yours what should stay, then save."
            )
        )
        self.current = current


def fingerprint(*parts: object) -> str:
    """The same for a form that is sent twice."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()


def already_posted(mark: str) -> Post | None:
    """The post that this form has made before, if any. Call it inside the unit of work."""
    return db.session.scalar(select(Post).where(Post.fingerprint == mark))


def refuse_closed(thread: Thread, actor: Actor) -> None:
    """Say so where a question was closed while somebody wrote; they keep their text. Raises Refused."""
    if thread.closed and can(actor, Action.THREAD_READ, thread):
        raise Refused(_("This question is closed and takes no new answers or comments."))


def publish(work: Work, author: User, post: Post) -> None:
    """Let screening decide, store the post, and settle its thread. The author's row must be locked."""
    screening.admit(author, post)
    db.session.add(post)
    db.session.flush()
    attach(post)
    if post.visibility is Visibility.HELD:
        screening.hold(post, author)
    else:
        _spoke(work, post)
    settle(post.thread)


def edit_post(post: Post, actor: User, text: Text, version: int, reason: str = "") -> None:
    """Replace the words of a post. `version` is the one the edit started from; raises StaleEdit if it is not the newest."""
    with unit_of_work(actor, lock=post.thread) as work:
        require(actor, Action.POST_EDIT, post)
        if post.source != text.source:
            begin_edit(post, actor, version, reason)
            finish_edit(work, post, text, actor)


def begin_edit(post: Post, actor: User, version: int, reason: str) -> None:
    """Keep what the post says now as a revision, before anything of it or its thread is changed.

    Within five minutes of their last words, authors change them without a line in the history; the version still rises,
    so that a second window of theirs cannot overwrite the first unseen. Raises NotPossible (422) for a moderator who does
    not say why.
    """
    if actor.id != post.author_id and not reason:
        raise NotPossible(_("Say why you change what somebody else wrote; they and everybody read it."), status=422)
    if post.version != version:
        raise StaleEdit(post)
    now = clock.now()
    last_by, last_at = post.edited_by_id or post.author_id, post.edited_at or post.created_at
    post.version += 1
    if last_by == actor.id and now - last_at <= GRACE and not reason:
        return
    thread, is_question = post.thread, post.kind is PostKind.QUESTION
    db.session.add(
        Revision(
            post_id=post.id,
            number=newest_number(post),
            title=thread.title if is_question else "",
            tags=", ".join(tag.name for tag in thread.tags) if is_question else "",
            source=post.source,
            source_format=post.source_format,
            author_id=last_by,
            reason=post.edit_reason,
            created_at=last_at,
        )
    )
    post.edited_at, post.edited_by_id, post.edit_reason = now, actor.id, reason


def newest_number(post: Post) -> int:
    """The number of the version that the post shows now; the first is 1."""
    return (db.session.scalar(select(func.count()).where(Revision.post_id == post.id)) or 0) + 1


def finish_edit(work: Work, post: Post, text: Text, editor: User) -> None:
    """Put the new words in and settle the thread."""
    store(post, text)
    attach(post)
    if editor.id == post.author_id:
        _spoke(work, post)
    settle(post.thread)
    work.record(PostEdited(thread_id=post.thread_id, post_id=post.id))


def delete_post(post: Post, actor: User) -> None:
    """Take one's own post back. Raises NotPossible for a question that others have answered: their work stays."""
    with unit_of_work(actor, lock=post.thread) as work:
        if post.visibility is Visibility.DELETED and post.author_id == actor.id:
            return
        require(actor, Action.POST_DELETE, post)
        if post.kind is PostKind.QUESTION and _answered_by_others(post.thread):
            raise NotPossible(_("Others have answered this question, so it stays: their answers help the next person."))
        db.session.add(Deletion(post_id=post.id, created_by_id=actor.id))
        post.fingerprint = None
        settle_post(post)
        settle(post.thread)
        work.record(PostDeleted(thread_id=post.thread_id, post_id=post.id))


def undelete_post(post: Post, actor: User) -> None:
    """Bring one's own post back exactly as it was: votes, place and acceptance too, unless a newer one was chosen."""
    with unit_of_work(actor, lock=post.thread) as work:
        if post.is_visible and post.author_id == actor.id:
            return
        require(actor, Action.POST_UNDELETE, post)
        for row in db.session.scalars(select(Deletion).where(Deletion.post_id == post.id, Deletion.ended_at.is_(None))):
            row.end(actor.id)
        settle_post(post)
        settle(post.thread)
        work.record(PostUndeleted(thread_id=post.thread_id, post_id=post.id))


def release(work: Work, post: Post, by_id: int | None) -> None:
    """Publish a held post: end its holds, inside an open unit of work with the thread locked."""
    for row in db.session.scalars(select(Hold).where(Hold.post_id == post.id, Hold.ended_at.is_(None))):
        row.end(by_id)
    settle_post(post)
    if post.is_visible:
        _spoke(work, post)
    settle(post.thread)
    work.record(PostReleased(thread_id=post.thread_id, post_id=post.id))


def settle_post(post: Post) -> None:
    """Set a post's visibility from its live rows: deleted, else hidden, else held, else visible."""
    db.session.flush()
    for model, visibility in ((Deletion, Visibility.DELETED), (Hide, Visibility.HIDDEN), (Hold, Visibility.HELD)):
        if db.session.scalar(select(model.id).where(model.post_id == post.id, model.ended_at.is_(None)).limit(1)):
            post.visibility = visibility
            return
    post.visibility = Visibility.VISIBLE


def settle(thread: Thread) -> None:
    """Set a thread's counters, state, excerpt and visibility from its rows. Run in every transaction that changes them."""
    db.session.flush()
    question = db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.kind == PostKind.QUESTION)).one()
    answers, recommended = visible_answers(thread), recommended_since(thread)
    accepted_id, comments, closed, resolved, waits = db.session.execute(
        select(
            _accepted_answer(thread).scalar_subquery(),
            _visible_comments(thread).scalar_subquery(),
            _live(Closure, thread).exists(),
            _live(Resolution, thread).exists(),
            _readable_request(thread).exists(),
        )
    ).one()
    thread.visibility = question.visibility
    thread.answers_count, thread.comments_count, thread.closed = len(answers), comments, closed
    if accepted_id is not None or resolved:
        thread.state = ThreadState.SOLVED
    elif closed:
        thread.state = ThreadState.CLOSED
    elif waits:
        thread.state = ThreadState.NEEDS_INFORMATION
    else:
        thread.state = ThreadState.ANSWERED if answers else ThreadState.NEW
    best_id = best_answer(answers, thread.asker_id, accepted_id, recommended, clock.now())
    told_by = (best_id or accepted_id) if thread.state is ThreadState.SOLVED else None
    thread.excerpt = db.session.get_one(Post, told_by).excerpt if told_by else question.excerpt


def visible_answers(thread: Thread) -> list[AnswerLine]:
    """The answers that everybody may see, as ordering needs them."""
    rows = select(Post.id, Post.author_id, Post.up - Post.down, Post.created_at, Post.worked, Post.failed).where(
        Post.thread_id == thread.id, Post.kind == PostKind.ANSWER, Post.visibility == Visibility.VISIBLE
    )
    return [AnswerLine(*row) for row in db.session.execute(rows)]


def _accepted_answer(thread: Thread) -> Select[int]:
    """The accepted answer, if it can be seen: a deleted one keeps its acceptance, but solves nothing meanwhile."""
    live = _live(Acceptance, thread).with_only_columns(Acceptance.answer_id)
    return live.join(Acceptance.answer).where(Post.visibility == Visibility.VISIBLE)


def recommended_since(thread: Thread) -> dict[int, datetime]:
    """Live recommendations: answer id → since when."""
    rows = select(Recommendation.answer_id, Recommendation.created_at).where(
        Recommendation.thread_id == thread.id, Recommendation.ended_at.is_(None)
    )
    return {row.answer_id: row.created_at for row in db.session.execute(rows)}


def _spoke(work: Work, post: Post) -> None:
    """A visible word was written: the thread is active, and the asker's word ends a request for a detail."""
    thread = post.thread
    if post.visibility is not Visibility.VISIBLE:
        return
    thread.last_activity_at = clock.now()
    if post.author_id != thread.asker_id:
        return
    waiting = select(InformationRequest).where(
        InformationRequest.thread_id == thread.id, InformationRequest.ended_at.is_(None)
    )
    for request in db.session.scalars(waiting):
        request.end(post.author_id)
        work.record(InformationGiven(thread_id=thread.id))


def waits_for_information(thread: Thread) -> bool:
    """Somebody's request lives, and the comment that asks can be seen: nobody can answer what is not there."""
    return db.session.scalar(_readable_request(thread)) is not None


def _readable_request(thread: Thread) -> Select[int]:
    parent = aliased(Post)
    return (
        _live(InformationRequest, thread)
        .join(Post, Post.id == InformationRequest.comment_id)
        .join(parent, parent.id == Post.parent_id)
        .where(
            Post.visibility == Visibility.VISIBLE,
            Post.kind == PostKind.COMMENT,
            parent.visibility == Visibility.VISIBLE,
        )
    )


def _live(model: type[Acceptance | Closure | Resolution | InformationRequest], thread: Thread) -> Select[int]:
    return select(model.id).where(model.thread_id == thread.id, model.ended_at.is_(None))


def _visible_comments(thread: Thread) -> Select[int]:
    parent = aliased(Post)
    return (
        select(func.count())
        .select_from(Post)
        .join(parent, parent.id == Post.parent_id)
        .where(
            Post.thread_id == thread.id,
            Post.kind == PostKind.COMMENT,
            Post.visibility == Visibility.VISIBLE,
            parent.visibility == Visibility.VISIBLE,
        )
    )


def convert_post(post: Post, actor: User) -> None:
    """Make a comment an answer, or an answer a comment on the question; its number, author and date stay.

    Raises NotPossible for an answer that carries a mark, or is too long for a comment, and on one's first day for one answer
    too many. Comments under an answer move
    to the question with it.
    """
    with unit_of_work(actor, lock=post.thread) as work:
        lock_row(actor)
        require(actor, Action.POST_CONVERT, post)
        if post.kind is PostKind.COMMENT:
            if post.author_id == actor.id:
                screening.check_first_day(actor, PostKind.ANSWER)
            post.kind, post.parent = PostKind.ANSWER, None
        else:
            _make_comment(post)
        settle(post.thread)
        work.record(PostConverted(thread_id=post.thread_id, post_id=post.id, kind=post.kind.value))


def _make_comment(answer: Post) -> None:
    if len(answer.source) > COMMENT_LENGTH:
        raise NotPossible(
            _("This answer is too long for a comment: at most %(limit)s characters.", limit=COMMENT_LENGTH)
        )
    for model in (Acceptance, Recommendation):
        if db.session.scalar(select(model.id).where(model.answer_id == answer.id, model.ended_at.is_(None))):
            raise NotPossible(_("This answer is accepted or recommended. Take that back first."))
    question = select(Post).where(Post.thread_id == answer.thread_id, Post.kind == PostKind.QUESTION)
    parent = db.session.scalars(question).one()
    for comment in db.session.scalars(select(Post).where(Post.parent_id == answer.id)):
        comment.parent = parent
    answer.kind, answer.parent = PostKind.COMMENT, parent


def _answered_by_others(thread: Thread) -> bool:
    return any(answer.author_id != thread.asker_id for answer in visible_answers(thread))
