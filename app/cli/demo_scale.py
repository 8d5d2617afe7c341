"""A synthetic community of any size, for benchmarks: words of the demo community, drawn as often as words of a language are.

Seeded: the same number gives the same community. Every thread has three posts; their texts come from a pool that is
rendered once; nobody of the crowd has a password. Rows are written in bulk, and counted as everywhere else.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import insert

from app.cli.console import progress
from app.cli.demo_community import PEOPLE, THREADS
from app.events import unit_of_work
from app.extensions import db
from app.importing import texts
from app.importing.counting import settle_threads
from app.importing.rendering import Rendered, Words, render
from app.importing.rows import ensure_tags, insert_rows, take_ids
from app.lib.slugs import handle, tag_name
from app.models import (
    TITLE_LENGTH,
    Acceptance,
    Closure,
    Due,
    Follow,
    InformationRequest,
    MeToo,
    Post,
    PostKind,
    Recommendation,
    Resolution,
    ResolutionKind,
    Thread,
    User,
    Vote,
    thread_tags,
)
from app.votes.service import TREND

BATCH = 1_000
POOL = 2_000
TAGS = 300
THREADS_A_PERSON = 20
YEARS = timedelta(days=3 * 365)

# What becomes of questions, and how many of a hundred: how each post after the question is one, and what is said of it.
FATES: dict[str, tuple[int, tuple[PostKind, PostKind]]] = {
    "new": (12, (PostKind.COMMENT, PostKind.COMMENT)),
    "needs information": (4, (PostKind.COMMENT, PostKind.COMMENT)),
    "answered": (22, (PostKind.ANSWER, PostKind.COMMENT)),
    "answered twice": (12, (PostKind.ANSWER, PostKind.ANSWER)),
    "recommended": (4, (PostKind.ANSWER, PostKind.COMMENT)),
    "accepted": (38, (PostKind.ANSWER, PostKind.ANSWER)),
    "solved otherwise": (4, (PostKind.ANSWER, PostKind.COMMENT)),
    "closed": (4, (PostKind.ANSWER, PostKind.COMMENT)),
}


def load_crowd(number: int, staff: Sequence[int], topics: Sequence[int], now: datetime) -> None:
    """Write so many threads into the forum, and one more member for every twenty. `staff` recommend, ask back and close."""
    crowd = _Crowd(random.Random(number), now, staff, topics)
    with progress() as bar:
        people, task = max(number // THREADS_A_PERSON, 3), bar.add_task("Gathering people")
        for done, size in _batches(people):
            crowd.gather(size)
            bar.update(task, completed=done + size, total=people)
        task = bar.add_task("Writing threads")
        for done, size in _batches(number):
            crowd.write([now - YEARS * (1 - (done + i + crowd.chance.random()) / number) for i in range(size)])
            bar.update(task, completed=done + size, total=number)


def _batches(number: int) -> Iterator[tuple[int, int]]:
    for done in range(0, number, BATCH):
        yield done, min(BATCH, number - done)


class _Zipf:
    """Draws the first of its things most often, the second half as often, the third a third."""

    def __init__(self, things: Sequence[Any], chance: random.Random) -> None:
        self._things, self._chance = things, chance
        self._weights = list(accumulate(1 / rank for rank in range(1, len(things) + 1)))

    def draw(self, number: int) -> list[Any]:
        return self._chance.choices(self._things, cum_weights=self._weights, k=number)


class _Crowd:
    """People and what they write."""

    def __init__(self, chance: random.Random, now: datetime, staff: Sequence[int], topics: Sequence[int]) -> None:
        self.chance, self._now, self._staff, self._topics = chance, now, staff, _Zipf(topics, chance)
        said = [text for thread in THREADS for text in (thread.title, thread.text, *(a.text for a in thread.answers))]
        counted = Counter(re.findall(r"[^\W\d_]+", " ".join(said).lower()))
        words = [word for word, _times in counted.most_common()]
        self._words = _Zipf(words, chance)
        self._pool = [self._body() for _ in range(POOL)]
        with unit_of_work(None):
            tags = ensure_tags({tag_name(word) for word in words if 4 < len(word) < 20})
        self._tags = _Zipf(sorted(tags.values())[:TAGS], chance)
        self._people: list[int] = []

    def gather(self, size: int) -> None:
        """More people, who joined before anything was asked. As after an import they have no address and no password."""
        names = [person.name.split() for person in PEOPLE]
        rows: list[dict[str, Any]] = []
        with unit_of_work(None):
            for number, user_id in enumerate(take_ids(User, size), len(self._people) + 1):
                name = f"{self.chance.choice(names)[0]} {self.chance.choice(names)[-1]}"[:30] + f" {number}"
                since = self._now - YEARS - timedelta(minutes=number)
                row = {"id": user_id, "name": name, "handle": handle(name), "email": ""}
                rows.append({**row, "created_at": since, "confirmed_at": since})
            insert_rows(User, rows)
        self._people += [row["id"] for row in rows]

    def write(self, moments: Sequence[datetime]) -> None:
        """A thread asked at each of these moments."""
        self._rows: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        weights = [share for share, _kinds in FATES.values()]
        with unit_of_work(None):
            ids = take_ids(Thread, len(moments))
            posts = iter(take_ids(Post, 3 * len(moments)))
            for thread_id, asked, fate in zip(
                ids, moments, self.chance.choices([*FATES], weights, k=len(ids)), strict=True
            ):
                self._thread(thread_id, asked, fate, [next(posts) for _ in range(3)])
            for model in (Thread, Post):
                insert_rows(model, self._rows.pop(model))
            for table, rows in self._rows.items():
                db.session.execute(insert(table), rows)
            settle_threads(ids)

    def _thread(self, thread_id: int, asked: datetime, fate: str, post_ids: list[int]) -> None:
        asker, *others = self.chance.sample(self._people, 3)
        me_toos = self._me_toos(thread_id, asker, asked)
        self._rows[Thread].append(
            {
                "id": thread_id,
                "title": self._sentence(self.chance.randint(5, 10))[:TITLE_LENGTH],
                "topic_id": self._topics.draw(1)[0],
                "asker_id": asker,
                "me_too_count": len(me_toos),
                "me_too_week": sum(at > self._now - TREND for at in me_toos),
                "created_at": asked,
                "last_activity_at": asked,
            }
        )
        tags = set(self._tags.draw(self.chance.randint(1, 3)))
        self._rows[thread_tags] += [{"thread_id": thread_id, "tag_id": tag} for tag in tags]
        self._rows[Follow].append({"thread_id": thread_id, "user_id": asker, "created_at": asked})
        place = {"thread_id": thread_id, "parent_id": None}
        self._post({**place, "id": post_ids[0], "kind": PostKind.QUESTION, "author_id": asker, "created_at": asked})
        at = asked
        for post_id, kind, author in zip(post_ids[1:], FATES[fate][1], others, strict=True):
            at = min(at + timedelta(hours=self.chance.expovariate(1 / 8)), self._now)
            place["parent_id"] = post_ids[0] if kind is PostKind.COMMENT else None
            self._post({**place, "id": post_id, "kind": kind, "author_id": author, "created_at": at})
        self._decide(fate, thread_id, asker, post_ids[1], at)

    def _post(self, row: dict[str, Any]) -> None:
        words = texts.columns(self.chance.choice(self._pool))
        voters = 0 if row["kind"] is PostKind.COMMENT else min(int(self.chance.expovariate(0.7)), len(self._people))
        values = [1 if self.chance.random() < 0.85 else -1 for _ in range(voters)]
        self._rows[Post].append({**row, **words, "up": values.count(1), "down": values.count(-1)})
        self._rows[Vote] += [
            {"post_id": row["id"], "user_id": user_id, "value": value, "created_at": row["created_at"]}
            for user_id, value in zip(self.chance.sample(self._people, voters), values, strict=True)
        ]

    def _decide(self, fate: str, thread_id: int, asker: int, post_id: int, at: datetime) -> None:
        state: dict[str, Any] = {"thread_id": thread_id, "created_at": at}
        staff = self.chance.choice(self._staff)
        match fate:
            case "needs information":
                self._rows[InformationRequest].append({**state, "created_by_id": staff, "comment_id": post_id})
            case "recommended":
                self._rows[Recommendation].append({**state, "created_by_id": staff, "answer_id": post_id})
            case "accepted":
                self._rows[Acceptance].append({**state, "created_by_id": asker, "answer_id": post_id})
            case "solved otherwise":
                kind = self.chance.choice([*ResolutionKind])
                self._rows[Resolution].append({**state, "created_by_id": asker, "kind": kind})
            case "closed":
                self._rows[Closure].append({**state, "created_by_id": staff, "reason": "It came up twice."})

    def _me_toos(self, thread_id: int, asker: int, asked: datetime) -> list[datetime]:
        """One question in ten is shared by up to eight others, at any time since; recent ones make it rise for a week."""
        if self.chance.random() >= 0.1:
            return []
        others = set(self.chance.sample(self._people, min(8, len(self._people)))) - {asker}
        shared = {person: asked + (self._now - asked) * self.chance.random() for person in others}
        self._rows[MeToo] += [{"thread_id": thread_id, "user_id": p, "created_at": at} for p, at in shared.items()]
        if recent := [at for at in shared.values() if at > self._now - TREND]:
            due = {"job": "votes.refresh_trend", "subject_id": thread_id, "next_try_at": min(recent) + TREND}
            self._rows[Due].append(due)
        return list(shared.values())

    def _body(self) -> Rendered:
        """One to four paragraphs, now and then with a list or code."""
        parts = []
        for _ in range(self.chance.randint(1, 4)):
            parts.append(" ".join(self._sentence(self.chance.randint(6, 18)) for _ in range(self.chance.randint(2, 4))))
        if self.chance.random() < 0.2:
            parts.append("\n".join(f"- {self._sentence(5)}" for _ in range(3)))
        if self.chance.random() < 0.1:
            parts.append("```\n" + "\n".join(" = ".join(self._words.draw(2)) for _ in range(5)) + "\n```")
        return render(Words("\n\n".join(parts), "", ""))

    def _sentence(self, length: int) -> str:
        return " ".join(self._words.draw(length)).capitalize() + "."
