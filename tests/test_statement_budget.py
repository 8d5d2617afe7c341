"""Pages keep their statement budget, and need no more statements when there are more rows."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts import service as accounts
from app.answers.service import accept_answer, claim_answer, mark_outcome, recommend_answer
from app.extensions import db, limiter
from app.lib import clock
from app.models import OutcomeKind, Post, Role, Thread, Topic, User
from app.moderation.service import close_thread, hide_post
from app.posts.service import edit_post
from app.questions.queries import Listing, question_of
from app.votes.service import add_me_too, cast_vote
from tests import factories as make
from tests.conftest import Browser


class Forum:
    """A forum that grows: every row by another person, so that whatever is loaded row by row shows."""

    def __init__(self) -> None:
        self.long_ago = clock.now().replace(year=2020)
        self.topic: Topic = make.make_topic("Routers")
        self.below = [make.make_topic(f"Below {n}", parent_id=self.topic.id) for n in range(2)]
        self.reader, self.moderator = self.person(), self.person(Role.MODERATOR)
        self.answers: list[Post] = []
        self.thread: Thread = make.ask(self.reader, "Why is the big one blinking?", topic=self.topic, tags=["lamp"])
        close_to_it = make.ask(self.person(), "Is it blinking near here?", topic=self.topic)
        accept_answer(make.answer(close_to_it, self.person()), close_to_it.asker)

    def person(self, role: Role = Role.MEMBER) -> User:
        return make.make_user(role=role, created_at=self.long_ago)

    def grow(self, to: int) -> "Forum":
        while len(self.answers) < to:
            self._more(len(self.answers))
        return self

    def _more(self, number: int) -> None:
        # Another thread in each list, by the reader and by others.
        for asker in (self.reader, self.person()):
            topic = (self.topic, *self.below)[number % 3]
            other = make.ask(asker, f"Why is number {number} blinking?", topic=topic, tags=["lamp", f"lamp-{number}"])
            add_me_too(other, self.person())
            accept_answer(make.answer(other, self.person()), asker)
        open_one = make.ask(self.person(), f"Who knows number {number} blinking?", topic=self.topic, tags=["lamp"])
        add_me_too(open_one, self.person())
        make.answer(make.ask(self.reader, f"Was number {number} blinking?", topic=self.topic), self.person())
        make.answer(open_one, self.reader)
        make.ask(self.person(), f"Still blinking, number {number}?", topic=self.topic)
        # Another answer with everything that can stand at one, in the big thread.
        answer = make.answer(self.thread, self.person())
        for parent in (answer, question_of(self.thread)):
            for _ in range(2):
                make.comment(parent, self.person())
            make.comment(parent, self.person(Role.STAFF))
        for voter in (self.reader, self.person()):
            cast_vote(answer, voter, 1)
        mark_outcome(answer, self.reader, OutcomeKind.WORKED, "2.1")
        mark_outcome(answer, self.person(), OutcomeKind.OUTDATED, "1.0", "It is called otherwise now.")
        mark_outcome(answer, self.person(Role.STAFF), OutcomeKind.DANGEROUS, "", "Unplug it first.")
        recommend_answer(answer, self.person(Role.STAFF))
        edit_post(answer, answer.author, make.render(f"Other words, {number}."), 1, "Clearer")
        edit_post(
            self.answers[0] if self.answers else answer,
            (self.answers or [answer])[0].author,
            make.render(f"Again, {number}."),
            (self.answers or [answer])[0].version,
            "Again",
        )
        hidden = make.answer(self.thread, self.person())
        hide_post(hidden, self.moderator, "Because.")
        claim_answer(self.thread, self.person())
        accounts.start_session(self.reader, "Firefox on Linux", stay=False)
        self.answers.append(answer)

    def pages(self) -> dict[str, str]:
        lists = {
            f"list {listing}": f"/questions?show={listing}" for listing in Listing if listing is not Listing.WAITING
        }
        page = f"/questions/{self.thread.id}/{self.thread.slug}"
        sorts = {f"question {sort}": f"{page}?sort={sort}" for sort in ("newest", "oldest")}
        return {
            "home": "/",
            **lists,
            "question": page,
            **sorts,
            "topic": f"/topics/{self.topic.slug}",
            "tag": "/tags/lamp",
            "topics": "/topics",
            "tags": "/tags",
            "profile": f"/people/{self.reader.id}/{self.reader.slug}",
            "profile questions": f"/people/{self.reader.id}/{self.reader.slug}?show=questions",
            "search": "/search?q=blinking",
            "similar": "/questions/similar?title=blinking number",
            "ask": "/questions/ask?title=blinking number",
            "permalink": f"/posts/{self.answers[0].id}",
            "revisions": f"/posts/{self.answers[0].id}/revisions",
        }

    def own_pages(self) -> dict[str, str]:
        return {
            "waiting": "/questions/waiting",
            "settings": "/accounts/settings",
            "write an answer": f"/answers/to/{self.thread.id}?quote={self.answers[0].id}",
            "write a comment": f"/comments/to/{self.answers[0].id}",
            "edit": f"/questions/{self.thread.id}/edit",
        }


@pytest.fixture
def count(app: Flask, statements: list[str]) -> Callable[[Browser, str], int]:
    """How many statements one request needs."""

    def count_them(browser: Browser, path: str) -> int:
        limiter.reset()
        app.extensions["pages"].clear()
        statements.clear()
        response = browser.get(path)
        assert response.status_code in (200, 302), path
        return len([s for s in statements if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE)", s)])

    return count_them


def test_no_page_needs_more_statements_for_more_rows(app, browser_of, count):
    forum = Forum()

    def measure() -> dict[tuple[str, str], int]:
        viewers = {"guest": None, "reader": forum.reader, "moderator": forum.moderator}
        measured = {}
        for viewer, user in viewers.items():
            browser = browser_of(user)
            for name, path in {**forum.pages(), **(forum.own_pages() if viewer == "reader" else {})}.items():
                measured[viewer, name] = count(browser, path)
        return measured

    few = measure() if forum.grow(2) else {}
    assert measure() == few, "counting twice gives the same"
    forum.grow(15)
    many = measure()
    assert {where: (few[where], n) for where, n in many.items() if n > few[where]} == {}


BUDGETS = {  # name: (guest, member)
    "question": (12, 12),
    "home": (11, 11),
    **{f"list {listing}": (7, 7) for listing in Listing if listing is not Listing.WAITING},
    "topic": (7, 7),
    "tag": (7, 7),
    "search": (7, 7),
    "profile": (7, 7),
    "profile questions": (7, 7),
}


def test_pages_keep_their_statement_budget(app, browser_of, count):
    forum = Forum().grow(3)
    over = {}
    for state in ("open", "solved", "closed"):
        if state == "solved":
            accept_answer(forum.answers[0], forum.reader)
        elif state == "closed":
            close_thread(forum.thread, forum.moderator, "Enough is said.")
        pages = forum.pages()
        for name, (guest, member) in BUDGETS.items():
            for user, budget in ((None, guest), (forum.reader, member), (forum.person(), member)):
                needed = count(browser_of(user), pages[name])
                if needed > budget:
                    over[state, name, "member" if user else "guest"] = (needed, budget)
    assert over == {}


def test_an_empty_forum_keeps_the_budget_too(app, client, count):
    assert count(client, "/") <= 14
    assert count(client, "/questions") <= 7


def test_an_error_page_needs_almost_nothing(app, client, statements):
    statements.clear()
    assert client.get("/nowhere").status_code == 404
    assert client.get("/questions/999999").status_code == 404
    assert len([s for s in statements if s.startswith("SELECT")]) <= 4
    assert db.session.get(User, 1) is None
