"""Reading topics and tags."""

from collections.abc import Sequence

from flask import abort
from sqlalchemy import func, select

from app.extensions import db
from app.models import Tag, Thread, ThreadState, Topic, Visibility, thread_tags


def all_topics() -> Sequence[Topic]:
    """Every topic, parents before their children, in the order of the site."""
    topics = list(db.session.scalars(select(Topic).order_by(Topic.position, Topic.id)))
    tops = [topic for topic in topics if topic.parent_id is None]
    return [topic for top in tops for topic in (top, *(t for t in topics if t.parent_id == top.id))]


def topic_or_404(slug: str) -> Topic:
    topic = db.session.scalar(select(Topic).where(Topic.slug == slug))
    if topic is None:
        abort(404)
    return topic


def solved_by_topic() -> dict[int, int]:
    """How many questions are solved: topic id → number, those below included."""
    solved = (
        select(Thread.topic_id, func.count().label("number"))
        .where(Thread.visibility == Visibility.VISIBLE, Thread.state == ThreadState.SOLVED)
        .group_by(Thread.topic_id)
        .subquery()
    )
    above = func.coalesce(Topic.parent_id, Topic.id)
    counted = select(above, func.sum(solved.c.number)).join(solved, solved.c.topic_id == Topic.id).group_by(above)
    return {row[0]: int(row[1]) for row in db.session.execute(counted)}


def tag_or_404(name: str) -> Tag:
    """The tag, if at least one question that everybody may see has it; else it does not exist."""
    tag = db.session.scalar(select(Tag).where(Tag.name == name))
    if tag is None or not used_tags(tag.id):
        abort(404)
    return tag


def used_tags(tag_id: int | None = None) -> list[tuple[str, int]]:
    """Tags with the number of public questions that have them, most used first."""
    used = (
        select(Tag.name, func.count().label("used"))
        .join(thread_tags, thread_tags.c.tag_id == Tag.id)
        .join(Thread, Thread.id == thread_tags.c.thread_id)
        .where(Thread.visibility == Visibility.VISIBLE)
        .group_by(Tag.name)
        .order_by(func.count().desc(), Tag.name)
    )
    if tag_id is not None:
        used = used.where(Tag.id == tag_id)
    return [(row.name, row.used) for row in db.session.execute(used.limit(200))]
