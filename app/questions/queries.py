"""Lists of questions, and everything one question page shows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.queries import Figures, figures_of
from app.extensions import db
from app.lib import clock
from app.lib.paging import Page, offset_of, pages_of
from app.models import (
    WARNINGS,
    Acceptance,
    Actor,
    Claim,
    Closure,
    Follow,
    GuestMeToo,
    Hide,
    MeToo,
    Outcome,
    Post,
    PostKind,
    Recommendation,
    Resolution,
    Tag,
    Thread,
    ThreadState,
    Topic,
    User,
    Visibility,
    Vote,
    thread_tags,
)
from app.permissions import MODERATORS
from app.posts.queries import readable, readable_or_stub
from app.posts.ranking import AnswerLine, AnswerOrder, best_answer, in_order

M = TypeVar("M", Acceptance, Resolution, Closure)

THREADS_A_PAGE = 20
ANSWERS_A_PAGE = 30
WORTH_FINDING_FOR = timedelta(days=30)


class Listing(StrEnum):
    """The lists there are; the word stands in the address."""

    ACTIVE = "active"
    NEWEST = "newest"
    UNANSWERED = "unanswered"
    SOLVED = "solved"
    RISING = "rising"
    WAITING = "waiting"


def _visible() -> ColumnElement[bool]:
    return Thread.visibility == Visibility.VISIBLE


def _chosen(listing: Listing, actor: Actor) -> Select[int]:
    ids = select(Thread.id).where(_visible())
    match listing:
        case Listing.ACTIVE:
            return ids.order_by(Thread.last_activity_at.desc(), Thread.id.desc())
        case Listing.NEWEST:
            return ids.order_by(Thread.created_at.desc(), Thread.id.desc())
        case Listing.UNANSWERED:
            open_ones = ids.where(Thread.answers_count == 0, _open())
            return open_ones.order_by(Thread.created_at.desc(), Thread.id.desc())
        case Listing.SOLVED:
            return ids.where(Thread.state == ThreadState.SOLVED).order_by(
                Thread.last_activity_at.desc(), Thread.id.desc()
            )
        case Listing.RISING:
            return ids.where(Thread.me_too_week > 0).order_by(Thread.me_too_week.desc(), Thread.id.desc())
        case Listing.WAITING:
            return ids.where(_waits_for(actor)).order_by(Thread.last_activity_at.desc(), Thread.id.desc())


def _open() -> ColumnElement[bool]:
    return Thread.state.in_((ThreadState.NEW, ThreadState.NEEDS_INFORMATION, ThreadState.ANSWERED))


def _waits_for(actor: Actor) -> ColumnElement[bool]:
    """The asker is to give a detail, or to say whether an answer solved it; staff are to answer what nobody has."""
    own = and_(
        Thread.asker_id == actor.id,
        Thread.state.in_((ThreadState.NEEDS_INFORMATION, ThreadState.ANSWERED)),
    )
    if not actor.is_staff:
        return own
    staffed = select(Topic.id).where(Topic.staffed)
    nobody = and_(Thread.state == ThreadState.NEW, Thread.topic_id.in_(staffed), Thread.asker_id != actor.id)
    return or_(own, nobody)


def threads_in(
    listing: Listing,
    page: int,
    actor: Actor,
    *,
    topic: Topic | None = None,
    tag: Tag | None = None,
    asker: User | None = None,
    size: int = THREADS_A_PAGE,
) -> Page[Thread]:
    """One page of a list, narrowed to a topic with those below it, a tag or a person. Three statements."""
    ids = _chosen(listing, actor)
    if topic is not None:
        below = select(Topic.id).where(or_(Topic.id == topic.id, Topic.parent_id == topic.id))
        ids = ids.where(Thread.topic_id.in_(below))
    if tag is not None:
        ids = ids.join(thread_tags, thread_tags.c.thread_id == Thread.id).where(thread_tags.c.tag_id == tag.id)
    if asker is not None:
        ids = ids.where(Thread.asker_id == asker.id)
    total = db.session.scalar(select(func.count()).select_from(ids.order_by(None).subquery())) or 0
    return Page(rows_of(ids, page, size), page, pages_of(total, size), total)


def rows_of(ids: Select[int], page: int, size: int) -> Sequence[Thread]:
    """The threads of one page, in the order of `ids`, with what a row shows. Two statements."""
    wanted = list(db.session.scalars(ids.limit(size).offset(offset_of(page, size))))
    loaded = select(Thread).where(Thread.id.in_(wanted)).options(joinedload(Thread.topic, innerjoin=True))
    by_id = {thread.id: thread for thread in db.session.scalars(loaded)} if wanted else {}
    return [by_id[thread_id] for thread_id in wanted]


def answers_by(person: User, page: int) -> Page[Post]:
    """What somebody answered, latest first."""
    ids = (
        select(Post.id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            Post.author_id == person.id,
            Post.kind == PostKind.ANSWER,
            Post.visibility == Visibility.VISIBLE,
            _visible(),
        )
    )
    total = db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    wanted = ids.order_by(Post.created_at.desc(), Post.id.desc()).limit(THREADS_A_PAGE)
    rows = (
        select(Post)
        .where(Post.id.in_(wanted.offset(offset_of(page, THREADS_A_PAGE)).scalar_subquery()))
        .order_by(Post.created_at.desc(), Post.id.desc())
        .options(joinedload(Post.thread, innerjoin=True))
    )
    return Page(list(db.session.scalars(rows)), page, pages_of(total, THREADS_A_PAGE), total)


@dataclass
class PostView:
    """A post as one viewer sees it."""

    post: Post
    figures: Figures
    comments: list[Post] = field(default_factory=list)
    acceptance: Acceptance | None = None
    recommendations: list[Recommendation] = field(default_factory=list)
    my_vote: int = 0
    my_outcome: Outcome | None = None
    warnings: list[Outcome] = field(default_factory=list)
    hide: Hide | None = None


@dataclass
class QuestionPage:
    """Everything the page of a question shows."""

    thread: Thread
    question: PostView
    best: PostView | None
    accepted_id: int | None
    answers: Page[PostView]
    order: AnswerOrder
    resolution: Resolution | None
    closure: Closure | None
    figures: dict[int, Figures]
    i_have_this: bool
    i_follow: bool
    claims: Sequence[Claim]

    @property
    def is_worth_finding(self) -> bool:
        """Not a question that nobody answered or found helpful in a month: search engines need not keep it (S24)."""
        asked = self.question.post
        answered = self.thread.answers_count > 0
        return answered or asked.score > 0 or clock.now() - asked.created_at < WORTH_FINDING_FOR


def question_page(
    thread: Thread, actor: Actor, order: AnswerOrder, page: int, visitor: str | None = None
) -> QuestionPage:
    """Load the page of a question in a bounded number of statements, whatever the number of answers.

    `visitor` is the hash of a guest's cookie, who may have this question too.
    """
    acceptance = _live(Acceptance, thread) if thread.state is ThreadState.SOLVED or actor.id else None
    recommendations = _recommendations(thread)
    arranged = _arrange(thread, actor, order, acceptance, recommendations)
    start = offset_of(page, ANSWERS_A_PAGE)
    wanted = [arranged.question_id, *arranged.others[start : start + ANSWERS_A_PAGE]]
    if page == 1 and arranged.best_id is not None:
        wanted.append(arranged.best_id)
    loaded = select(Post).where(Post.id.in_(wanted)).options(joinedload(Post.author, innerjoin=True))
    posts = {post.id: post for post in db.session.scalars(loaded)}
    comments = _comments(wanted, actor)
    figures = figures_of([p.author_id for p in posts.values()] + [c.author_id for cs in comments.values() for c in cs])
    votes = _my_votes(wanted, actor)
    mine, warnings = _outcomes(posts, actor)
    hides = _hides(posts, actor)

    def view(post_id: int) -> PostView:
        post = posts[post_id]
        post.thread = thread
        accepted = acceptance if acceptance is not None and acceptance.answer_id == post_id else None
        return PostView(
            post,
            figures[post.author_id],
            comments[post_id],
            accepted,
            recommendations[post_id],
            votes.get(post_id, 0),
            mine.get(post_id),
            warnings[post_id],
            hides.get(post_id),
        )

    shown = [view(i) for i in arranged.others[start : start + ANSWERS_A_PAGE]]
    i_have_this = i_follow = False
    if actor.id is not None:
        has_it = exists().where(MeToo.thread_id == thread.id, MeToo.user_id == actor.id)
        follows = exists().where(Follow.thread_id == thread.id, Follow.user_id == actor.id)
        i_have_this, i_follow = db.session.execute(select(has_it, follows)).one()
    elif visitor is not None:
        i_have_this = db.session.get(GuestMeToo, (thread.id, visitor)) is not None
    total = len(arranged.others)
    return QuestionPage(
        thread=thread,
        question=view(arranged.question_id),
        best=view(arranged.best_id) if page == 1 and arranged.best_id is not None else None,
        accepted_id=arranged.accepted_id,
        answers=Page(shown, page, pages_of(total, ANSWERS_A_PAGE), total),
        order=order,
        resolution=_live(Resolution, thread) if thread.state is ThreadState.SOLVED else None,
        closure=_live(Closure, thread) if thread.closed else None,
        figures=figures,
        i_have_this=i_have_this,
        i_follow=i_follow,
        claims=_claims(thread),
    )


def question_of(thread: Thread) -> Post:
    """The post that asks."""
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.kind == PostKind.QUESTION)).one()


def page_of_answer(answer: Post, actor: Actor) -> int:
    """The page, in the usual order, on which an answer stands."""
    thread = answer.thread
    arranged = _arrange(thread, actor, AnswerOrder.HELPFUL, _live(Acceptance, thread), _recommendations(thread))
    if answer.id not in arranged.others:
        return 1
    return arranged.others.index(answer.id) // ANSWERS_A_PAGE + 1


def solved_nearby(thread: Thread, count: int = 5) -> Sequence[Thread]:
    """Solved questions of the same topic, latest first."""
    nearby = (
        select(Thread)
        .where(_visible(), Thread.topic_id == thread.topic_id, Thread.state == ThreadState.SOLVED)
        .where(Thread.id != thread.id)
        .order_by(Thread.last_activity_at.desc(), Thread.id.desc())
        .options(joinedload(Thread.topic, innerjoin=True))
    )
    return db.session.scalars(nearby.limit(count)).all()


@dataclass(frozen=True)
class _Arranged:
    question_id: int
    best_id: int | None
    accepted_id: int | None
    others: list[int]


def _arrange(
    thread: Thread,
    actor: Actor,
    order: AnswerOrder,
    acceptance: Acceptance | None,
    recommendations: dict[int, list[Recommendation]],
) -> _Arranged:
    """Which answer stands on top and in what order the rest follow, from one light statement."""
    lines = db.session.execute(
        select(
            Post.id,
            Post.author_id,
            Post.up - Post.down,
            Post.created_at,
            Post.worked,
            Post.failed,
            Post.kind,
            Post.visibility,
        ).where(
            Post.thread_id == thread.id,
            Post.kind != PostKind.COMMENT,
            or_(readable_or_stub(actor), Post.kind == PostKind.QUESTION),
        )
    ).all()
    question_id = next(line.id for line in lines if line.kind is PostKind.QUESTION)
    answers = [AnswerLine(*line[:6]) for line in lines if line.kind is PostKind.ANSWER]
    visible = {line.id for line in lines if line.visibility is Visibility.VISIBLE}
    accepted_id = acceptance.answer_id if acceptance is not None and acceptance.answer_id in visible else None
    recommended = {i: max(r.created_at for r in rs) for i, rs in recommendations.items() if i in visible and rs}
    now = clock.now()
    best_id = best_answer([a for a in answers if a.id in visible], thread.asker_id, accepted_id, recommended, now)
    others = [a.id for a in in_order(answers, order, now) if a.id != best_id]
    return _Arranged(question_id, best_id, accepted_id, others)


def _recommendations(thread: Thread) -> dict[int, list[Recommendation]]:
    found: dict[int, list[Recommendation]] = defaultdict(list)
    rows = (
        select(Recommendation)
        .where(Recommendation.thread_id == thread.id, Recommendation.ended_at.is_(None))
        .options(joinedload(Recommendation.created_by))
    )
    for row in db.session.scalars(rows):
        found[row.answer_id].append(row)
    return found


def _comments(parents: list[int], actor: Actor) -> dict[int, list[Post]]:
    found: dict[int, list[Post]] = defaultdict(list)
    rows = (
        select(Post)
        .where(Post.parent_id.in_(parents), readable(actor))
        .order_by(Post.created_at, Post.id)
        .options(joinedload(Post.author, innerjoin=True))
    )
    for row in db.session.scalars(rows):
        if row.parent_id is not None:
            found[row.parent_id].append(row)
    return found


def _my_votes(post_ids: list[int], actor: Actor) -> dict[int, int]:
    if actor.id is None:
        return {}
    rows = select(Vote.post_id, Vote.value).where(Vote.user_id == actor.id, Vote.post_id.in_(post_ids))
    return {row.post_id: row.value for row in db.session.execute(rows)}


def _outcomes(posts: dict[int, Post], actor: Actor) -> tuple[dict[int, Outcome], dict[int, list[Outcome]]]:
    """What this person said of the answers, and the warnings that anybody gave, newest first."""
    warned = [post.id for post in posts.values() if post.warned]
    own = Outcome.user_id == actor.id if actor.id is not None else false()
    warnings: dict[int, list[Outcome]] = defaultdict(list)
    if actor.id is None and not warned:
        return {}, warnings
    rows = db.session.scalars(
        select(Outcome)
        .where(Outcome.answer_id.in_(posts), or_(own, and_(Outcome.answer_id.in_(warned), Outcome.kind.in_(WARNINGS))))
        .order_by(Outcome.created_at.desc())
        .options(joinedload(Outcome.user, innerjoin=True))
    ).all()
    for row in rows:
        if row.kind in WARNINGS:
            warnings[row.answer_id].append(row)
    return {row.answer_id: row for row in rows if row.user_id == actor.id}, warnings


def _claims(thread: Thread) -> Sequence[Claim]:
    """Who is writing an answer now; nobody needs to know once the question is solved."""
    if thread.state is ThreadState.SOLVED:
        return []
    rows = select(Claim).where(Claim.thread_id == thread.id, Claim.until > clock.now()).order_by(Claim.started_at)
    return db.session.scalars(rows.options(joinedload(Claim.user, innerjoin=True))).all()


def _hides(posts: dict[int, Post], actor: Actor) -> dict[int, Hide]:
    judge = actor.acts_as in MODERATORS
    concerned = (post for post in posts.values() if judge or post.author_id == actor.id)
    hidden = [post.id for post in concerned if post.visibility is Visibility.HIDDEN]
    if not hidden:
        return {}
    rows = select(Hide).where(Hide.post_id.in_(hidden), Hide.ended_at.is_(None))
    return {row.post_id: row for row in db.session.scalars(rows)}


def _live(model: type[M], thread: Thread) -> M | None:
    live = select(model).where(model.thread_id == thread.id, model.ended_at.is_(None))
    return db.session.scalar(live.options(joinedload(model.created_by)))
