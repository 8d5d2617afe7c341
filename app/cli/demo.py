"""`askwell demo`: a believable community to look at and to try things in."""

import random
import sys
from datetime import datetime, timedelta

import click
from rich.table import Table
from sqlalchemy import func, select

from app import create_app
from app.answers.service import count_outcomes
from app.cli.console import console, progress
from app.cli.demo_community import PEOPLE, THREADS, TOPICS
from app.cli.demo_community.script import AnswerScript, CommentScript, ThreadScript
from app.cli.demo_scale import load_crowd
from app.config import Settings
from app.events import SiteChanged, Work, unit_of_work
from app.extensions import db
from app.lib import clock
from app.lib.slugs import handle
from app.models import (
    Acceptance,
    Deletion,
    Follow,
    InformationRequest,
    MeToo,
    Outcome,
    OutcomeKind,
    Post,
    PostKind,
    Recommendation,
    Resolution,
    ResolutionKind,
    Role,
    Site,
    Tag,
    Thread,
    Topic,
    User,
    Visibility,
    Vote,
)
from app.posts import service as posts
from app.posts.rendering import render, store
from app.votes.service import TREND, count_me_toos, count_votes, refresh_trend

PASSWORD = "tarn community demo"
SHOWN = ("tomasz", "ingrid", "maria", "sam", "ada")


@click.command()
@click.option("--threads", type=click.IntRange(min=1), help="Instead of its threads, so many synthetic ones.")
def demo(threads: int | None) -> None:
    """Load the demo community into an empty forum; for measurements, one of any size."""
    settings = Settings()
    if not load_into_empty(settings, threads):
        sys.exit("There are people in this forum already; the demo community only goes into an empty one.")


def load_into_empty(settings: Settings, threads: int | None = None) -> bool:
    """Load the demo community unless somebody is here already, and print the logins while it is there.

    With a number of `threads`, its people and topics come with so many synthetic threads in place of its own.
    """
    app = create_app(settings)
    with app.test_request_context(base_url=settings.public_url):
        empty = not db.session.scalar(select(func.count()).select_from(User))
        if empty:
            _load(app.extensions["passwords"].hash(PASSWORD), threads)
        if db.session.scalar(select(User.id).where(User.email == _address("ada"))):
            _print_logins()
        db.session.remove()
        db.engine.dispose()
    return empty


def _load(password_hash: str, threads: int | None) -> None:
    chance = random.Random(2026)
    now = clock.now()
    with unit_of_work(None) as work:
        site = db.session.get_one(Site, 1)
        site.name, site.tagline = "Tarn Community", "Ask people who own one."
        people = _people(password_hash, now)
        topics = _topics()
        work.record(SiteChanged())
    if threads is not None:
        staff = [person.id for person in people.values() if person.is_staff]
        load_crowd(threads, staff, [topic.id for topic in topics.values()], now)
        return
    tags: dict[str, Tag] = {}
    with progress() as bar:
        task = bar.add_task("Loading the demo community", total=len(THREADS))
        for script in sorted(THREADS, key=lambda each: -each.ago):
            with unit_of_work(None) as work:
                _Telling(work, script, people, topics, tags, now, chance).tell()
            bar.advance(task)


def _address(key: str) -> str:
    return f"{key}@tarn.example"


def _people(password_hash: str, now: datetime) -> dict[str, User]:
    people = {}
    for person in PEOPLE:
        joined = now - timedelta(days=person.joined_days_ago)
        people[person.key] = User(
            name=person.name,
            handle=handle(person.name),
            email=_address(person.key),
            password_hash=password_hash,
            role=Role(person.role),
            team=person.team,
            about=person.about,
            created_at=joined,
            confirmed_at=joined,
        )
    db.session.add_all(people.values())
    return people


def _topics() -> dict[str, Topic]:
    topics: dict[str, Topic] = {}
    for position, script in enumerate(TOPICS):
        topics[script.slug] = Topic(
            slug=script.slug,
            name=script.name,
            description=script.description,
            icon=script.icon,
            staffed=script.staffed,
            position=position,
            parent=topics[script.parent] if script.parent else None,
            fields=[{"key": f.key, "label": f.label, "hint": f.hint} for f in script.fields],
        )
    db.session.add_all(topics.values())
    return topics


class _Telling:
    """Writes one thread with the dates of its script, as an import does: state rows, then the counters from them."""

    def __init__(
        self,
        work: Work,
        script: ThreadScript,
        people: dict[str, User],
        topics: dict[str, Topic],
        tags: dict[str, Tag],
        now: datetime,
        chance: random.Random,
    ) -> None:
        self.work, self.script, self.people, self.tags = work, script, people, tags
        self.topic, self.now, self.chance = topics[script.topic], now, chance
        self.asked = now - timedelta(hours=script.ago)
        self.last = self.asked

    def tell(self) -> None:
        script, asker = self.script, self.people[self.script.by]
        labels = {spec["key"]: spec["label"] for spec in self.topic.context_fields}
        self.thread = Thread(
            title=script.title,
            topic_id=self.topic.id,
            asker_id=asker.id,
            created_at=self.asked,
            context=[{"key": k, "label": labels[k], "value": v} for k, v in script.context.items()],
        )
        self.thread.tags = [self.tags.setdefault(name, Tag(name=name)) for name in script.tags]
        db.session.add(self.thread)
        question = self._post(PostKind.QUESTION, script.by, 0, script.text, up=script.up)
        db.session.add(Follow(thread_id=self.thread.id, user_id=asker.id, created_at=self.asked))
        for comment in script.comments:
            self._comment(question, comment)
        for answer in script.answers:
            self._answer(answer)
        if script.solved_otherwise:
            kind = ResolutionKind(script.solved_otherwise)
            db.session.add(
                Resolution(thread_id=self.thread.id, kind=kind, created_by_id=asker.id, created_at=self.last)
            )
        self._me_toos()
        posts.settle(self.thread)
        self.thread.last_activity_at = self.last

    def _post(
        self, kind: PostKind, by: str, after: float, words: str, up: int = 0, down: int = 0, parent: Post | None = None
    ) -> Post:
        at = self._at(after)
        post = Post(kind=kind, thread=self.thread, author_id=self.people[by].id, created_at=at, parent=parent)
        store(post, render(words))
        db.session.add(post)
        db.session.flush()
        voters = [person for person in self.people.values() if person.id != post.author_id]
        for number, voter in enumerate(self.chance.sample(voters, min(up + down, len(voters)))):
            value = 1 if number < up else -1
            db.session.add(Vote(post_id=post.id, user_id=voter.id, value=value, created_at=at))
        count_votes(post)
        return post

    def _answer(self, script: AnswerScript) -> None:
        answer = self._post(PostKind.ANSWER, script.by, script.after, script.text, script.up, script.down)
        self._outcomes(answer, script)
        for comment in script.comments:
            self._comment(answer, comment)
        mark = {"thread_id": self.thread.id, "answer_id": answer.id}
        if script.accepted_after is not None:
            at = self._at(script.accepted_after)
            db.session.add(Acceptance(**mark, created_by_id=self.thread.asker_id, created_at=at))
        if script.recommended_by:
            staff = self.people[script.recommended_by]
            at = min(self._at(script.after) + timedelta(hours=5), self.now)
            db.session.add(Recommendation(**mark, created_by_id=staff.id, created_at=at))
        if script.deleted:
            answer.visibility = Visibility.DELETED
            db.session.add(Deletion(post_id=answer.id, created_by_id=answer.author_id, created_at=self.now))

    def _outcomes(self, answer: Post, script: AnswerScript) -> None:
        """Some of those who found an answer helpful say what it did; a marked one nearly always worked."""
        marked = script.accepted_after is not None or script.recommended_by
        tried = [person for person in self.people.values() if person.id != answer.author_id]
        for person in self.chance.sample(tried, script.up // 2):
            good = self.chance.random() < (0.94 if marked else 0.6)
            kind = OutcomeKind.WORKED if good else OutcomeKind.FAILED
            db.session.add(Outcome(answer_id=answer.id, user_id=person.id, kind=kind, created_at=answer.created_at))
        count_outcomes(answer)

    def _comment(self, parent: Post, script: CommentScript) -> None:
        comment = self._post(PostKind.COMMENT, script.by, script.after, script.text, parent=parent)
        if script.asks_for_information:
            db.session.add(
                InformationRequest(
                    thread_id=self.thread.id,
                    comment_id=comment.id,
                    created_by_id=comment.author_id,
                    created_at=comment.created_at,
                )
            )

    def _me_toos(self) -> None:
        others = [person for person in self.people.values() if person.id != self.thread.asker_id]
        week_ago = max(self.asked, self.now - TREND + timedelta(hours=1))
        for number, person in enumerate(self.chance.sample(others, min(self.script.me_too, len(others)))):
            recent = number < self.script.me_too_this_week
            begin, end = (week_ago, self.now) if recent else (self.asked, max(self.asked, self.now - TREND))
            at = begin + (end - begin) * self.chance.random()
            db.session.add(MeToo(thread_id=self.thread.id, user_id=person.id, created_at=at))
            db.session.add(Follow(thread_id=self.thread.id, user_id=person.id, created_at=at))
        count_me_toos(self.thread)
        if self.thread.me_too_week:
            self.work.due(refresh_trend, self.now + timedelta(hours=1), self.thread.id)

    def _at(self, after: float) -> datetime:
        at = min(self.asked + timedelta(hours=after), self.now)
        self.last = max(self.last, at)
        return at


def _print_logins() -> None:
    console.print(f"\nDemo logins, all with the password: [bold]{PASSWORD}[/bold]")
    table = Table()
    for heading in ("address", "name", "role"):
        table.add_column(heading)
    for person in PEOPLE:
        if person.key in SHOWN:
            table.add_row(_address(person.key), person.name, person.role)
    console.print(table)
