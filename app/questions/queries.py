"""Lists of questions, and everything one question page shows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

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


def latest_in(listing: Listing, actor: Actor, size: int) -> Sequence[Thread]:
    """The beginning of a list. Two statements."""
    return rows_of(_chosen(listing, actor), 1, size)


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
    accepted: bool = False
    recommendation: Recommendation | None = None
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
    arranged = _arrange(thread, actor, order)
    start = offset_of(page, ANSWERS_A_PAGE)
    shown = arranged.others[start : start + ANSWERS_A_PAGE]
    best_id = arranged.best_id if page == 1 else None
    wanted = [arranged.question_id, *shown, *([best_id] if best_id is not None else [])]
    posts, comments, votes, outcomes = _posts(wanted, actor)
    people = {p.author_id for p in posts.values()} | {c.author_id for under in comments.values() for c in under}
    figures = figures_of(people)
    warnings = _warnings(posts)
    hides = _hides(posts, actor)

    def view(post_id: int) -> PostView:
        post = posts[post_id]
        set_committed_value(post, "thread", thread)
        return PostView(
            post,
            figures[post.author_id],
            comments[post_id],
            post_id == arranged.marked_id,
            arranged.recommendations.get(post_id),
            votes.get(post_id, 0),
            outcomes.get(post_id),
            warnings[post_id],
            hides.get(post_id),
        )

    standing = _standing(thread, actor, visitor)
    total = len(arranged.others)
    return QuestionPage(
        thread=thread,
        question=view(arranged.question_id),
        best=view(best_id) if best_id is not None else None,
        accepted_id=arranged.accepted_id,
        answers=Page([view(i) for i in shown], page, pages_of(total, ANSWERS_A_PAGE), total),
        order=order,
        resolution=standing.resolution,
        closure=standing.closure,
        figures=figures,
        i_have_this=standing.i_have_this,
        i_follow=standing.i_follow,
        claims=_claims(thread),
    )


def question_of(thread: Thread) -> Post:
    """The post that asks."""
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.kind == PostKind.QUESTION)).one()


def page_of_answer(answer: Post, actor: Actor) -> int:
    """The page, in the usual order, on which an answer stands."""
    arranged = _arrange(answer.thread, actor, AnswerOrder.HELPFUL)
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
    """`accepted_id` can be seen by everybody; `marked_id` carries the mark, whoever may see it."""

    question_id: int
    best_id: int | None
    accepted_id: int | None
    marked_id: int | None
    recommendations: dict[int, Recommendation]
    others: list[int]


def _arrange(thread: Thread, actor: Actor, order: AnswerOrder) -> _Arranged:
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
            Acceptance.id.label("acceptance_id"),
            Recommendation,
        )
        .outerjoin(Acceptance, and_(Acceptance.answer_id == Post.id, Acceptance.ended_at.is_(None)))
        .outerjoin(Recommendation, and_(Recommendation.answer_id == Post.id, Recommendation.ended_at.is_(None)))
        .where(
            Post.thread_id == thread.id,
            Post.kind != PostKind.COMMENT,
            or_(readable_or_stub(actor), Post.kind == PostKind.QUESTION),
        )
        .options(joinedload(Recommendation.created_by))
    ).all()
    question_id = next(line.id for line in lines if line.kind is PostKind.QUESTION)
    answers = [AnswerLine(*line[:6]) for line in lines if line.kind is PostKind.ANSWER]
    visible = {line.id for line in lines if line.visibility is Visibility.VISIBLE}
    marked_id = next((line.id for line in lines if line.acceptance_id is not None), None)
    accepted_id = marked_id if marked_id in visible else None
    recommendations = {line.id: line.Recommendation for line in lines if line.Recommendation is not None}
    recommended = {i: row.created_at for i, row in recommendations.items() if i in visible}
    now = clock.now()
    best_id = best_answer([a for a in answers if a.id in visible], thread.asker_id, accepted_id, recommended, now)
    others = [a.id for a in in_order(answers, order, now) if a.id != best_id]
    return _Arranged(question_id, best_id, accepted_id, marked_id, recommendations, others)


def _posts(
    wanted: list[int], actor: Actor
) -> tuple[dict[int, Post], dict[int, list[Post]], dict[int, int], dict[int, Outcome]]:
    """These posts, the comments under each, and this person's votes and outcomes. One statement."""
    rows = (
        select(Post, Vote.value, Outcome)
        .outerjoin(Vote, and_(Vote.post_id == Post.id, Vote.user_id == actor.id))
        .outerjoin(Outcome, and_(Outcome.answer_id == Post.id, Outcome.user_id == actor.id))
        .where(or_(Post.id.in_(wanted), and_(Post.parent_id.in_(wanted), readable(actor))))
        .order_by(Post.created_at, Post.id)
        .options(joinedload(Post.author, innerjoin=True), joinedload(Post.edited_by))
    )
    posts: dict[int, Post] = {}
    comments: dict[int, list[Post]] = defaultdict(list)
    votes: dict[int, int] = {}
    outcomes: dict[int, Outcome] = {}
    for post, value, outcome in db.session.execute(rows):
        if post.parent_id is not None:
            comments[post.parent_id].append(post)
            continue
        posts[post.id] = post
        if value is not None:
            votes[post.id] = value
        if outcome is not None:
            outcomes[post.id] = outcome
    return posts, comments, votes, outcomes


def _warnings(posts: dict[int, Post]) -> dict[int, list[Outcome]]:
    """The warnings that anybody gave about these answers, newest first."""
    found: dict[int, list[Outcome]] = defaultdict(list)
    warned = [post.id for post in posts.values() if post.warned]
    if not warned:
        return found
    rows = (
        select(Outcome)
        .where(Outcome.answer_id.in_(warned), Outcome.kind.in_(WARNINGS))
        .order_by(Outcome.created_at.desc())
        .options(joinedload(Outcome.user, innerjoin=True))
    )
    for row in db.session.scalars(rows):
        found[row.answer_id].append(row)
    return found


@dataclass(frozen=True)
class _Standing:
    resolution: Resolution | None = None
    closure: Closure | None = None
    i_have_this: bool = False
    i_follow: bool = False


def _standing(thread: Thread, actor: Actor, visitor: str | None) -> _Standing:
    """What was decided about the thread, and how this person stands to it. At most one statement."""
    decided = thread.state is ThreadState.SOLVED or thread.closed
    if not decided and actor.id is None and visitor is None:
        return _Standing()
    if actor.id is not None:
        has_it = exists().where(MeToo.thread_id == thread.id, MeToo.user_id == actor.id)
    else:
        has_it = exists().where(GuestMeToo.thread_id == thread.id, GuestMeToo.token_hash == visitor)
    follows = exists().where(Follow.thread_id == thread.id, Follow.user_id == actor.id)
    row = db.session.execute(
        select(Resolution, Closure, has_it, follows)
        .select_from(Thread)
        .outerjoin(Resolution, and_(Resolution.thread_id == Thread.id, Resolution.ended_at.is_(None)))
        .outerjoin(Closure, and_(Closure.thread_id == Thread.id, Closure.ended_at.is_(None)))
        .where(Thread.id == thread.id)
    ).one()
    resolution, closure, i_have_this, i_follow = row
    solved = thread.state is ThreadState.SOLVED
    return _Standing(resolution if solved else None, closure, i_have_this, i_follow)


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
