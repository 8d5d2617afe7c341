"""T01 to T03: who sees what, on every channel, in every state.

Each post carries a word that stands nowhere else. A response may hold exactly the words that the tables below allow its
reader; a GET endpoint that is neither a channel nor declared to show nothing of posts fails the build.
"""

import random
import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.accounts import service as accounts
from app.answers.service import accept_answer, recommend_answer
from app.events import unit_of_work, work_once
from app.extensions import db, limiter
from app.lib import clock
from app.models import Imported, ImportKind, Post, PostKind, ResolutionKind, Role, Thread, ThreadState, User
from app.moderation.service import hide_post, restore_post
from app.posts.service import delete_post, edit_post, undelete_post
from app.questions.service import edit_question, resolve_thread
from app.search.upkeep import rebuild
from app.votes.service import add_me_too
from tests import factories as make
from tests.conftest import Browser

# --- Who looks ---------------------------------------------------------------------------------------------------------

# `writer` wrote most posts, `newcomer` the held ones (an unconfirmed author), `host` asked the threads others write in:
# whichever of the three wrote a post is "the author" of its row below.
VIEWERS = ("guest", "unconfirmed", "member", "writer", "newcomer", "host", "staff", "moderator", "admin")
ROLES = {"staff": Role.STAFF, "moderator": Role.MODERATOR, "admin": Role.ADMIN}
UNCONFIRMED = frozenset({"unconfirmed", "newcomer"})
ALL = frozenset(VIEWERS)
JUDGES = frozenset({"moderator", "admin"})


# --- The table: every post of the forum, and who may see it -------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """A post: its kind, its own state, who wrote it, and who may see it where it stands."""

    kind: PostKind
    state: str
    author: str
    seen_by: frozenset[str]
    thread: str
    parent: str = ""
    was_public: bool = True

    @property
    def stands(self) -> bool:
        return self.state in ("public", "held")


def question(state: str, author: str, seen_by: frozenset[str], **more: Any) -> Callable[[str], Cell]:
    return lambda name: Cell(PostKind.QUESTION, state, author, seen_by, thread=name, **more)


def answer(state: str, author: str, seen_by: frozenset[str], thread: str) -> Callable[[str], Cell]:
    return lambda _name: Cell(PostKind.ANSWER, state, author, seen_by, thread)


def comment(state: str, author: str, seen_by: frozenset[str], thread: str, parent: str) -> Callable[[str], Cell]:
    return lambda _name: Cell(PostKind.COMMENT, state, author, seen_by, thread, parent)


WRITER, NEWCOMER, HOST = frozenset({"writer"}), frozenset({"newcomer"}), frozenset({"host"})

_TABLE: dict[str, Callable[[str], Cell]] = {
    # Questions. "open" ones are unanswered and rising, "solved" ones solved another way: so each stands in every list
    # that would take it, if it were public.
    "open": question("public", "host", ALL),
    "solved": question("public", "writer", ALL),
    "answered": question("public", "host", ALL),
    "talk": question("public", "host", ALL),
    "talk with its best answer hidden": question("public", "host", ALL),
    "talk with its best answer deleted": question("public", "host", ALL),
    "held open": question("held", "newcomer", NEWCOMER),
    "held solved": question("held", "newcomer", NEWCOMER),
    "hidden open": question("hidden", "writer", WRITER | JUDGES),
    "hidden solved": question("hidden", "writer", WRITER | JUDGES),
    "deleted open": question("deleted", "writer", WRITER | JUDGES),
    "deleted solved": question("deleted", "writer", WRITER | JUDGES),
    # Deleted while it was held: nobody has ever seen it, so for others it was never there.
    "held, then deleted": question("deleted", "newcomer", NEWCOMER | JUDGES, was_public=False),
    # Answers. All that could be are accepted or recommended before they go.
    "answer": answer("public", "writer", ALL, "answered"),
    "best answer": answer("public", "writer", ALL, "talk"),
    "held answer": answer("held", "newcomer", NEWCOMER, "talk"),
    "hidden answer": answer("hidden", "writer", WRITER | JUDGES, "talk"),
    "hidden answer by the asker": answer("hidden", "host", HOST | JUDGES, "talk"),
    "deleted answer": answer("deleted", "writer", WRITER | JUDGES, "talk"),
    "best answer, hidden": answer("hidden", "writer", WRITER | JUDGES, "talk with its best answer hidden"),
    "best answer, deleted": answer("deleted", "writer", WRITER | JUDGES, "talk with its best answer deleted"),
    "answer in a held thread": answer("held", "newcomer", NEWCOMER, "held solved"),
    # Whoever cannot see a thread cannot see an own post in it.
    "answer in a hidden thread": answer("public", "host", WRITER | JUDGES, "hidden solved"),
    "hidden answer in a hidden thread": answer("hidden", "host", JUDGES, "hidden solved"),
    "deleted answer in a hidden thread": answer("deleted", "host", JUDGES, "hidden solved"),
    "answer in a deleted thread": answer("public", "host", WRITER | JUDGES, "deleted solved"),
    "own answer in a deleted thread": answer("public", "writer", WRITER | JUDGES, "deleted solved"),
    # Comments.
    "comment": comment("public", "writer", ALL, "talk", "talk"),
    "held comment": comment("held", "newcomer", NEWCOMER, "talk", "talk"),
    "hidden comment": comment("hidden", "writer", WRITER | JUDGES, "talk", "talk"),
    "deleted comment": comment("deleted", "writer", WRITER | JUDGES, "talk", "talk"),
    "comment on an answer": comment("public", "writer", ALL, "talk", "best answer"),
    "held comment on an answer": comment("held", "newcomer", NEWCOMER, "talk", "best answer"),
    "hidden comment on an answer": comment("hidden", "writer", WRITER | JUDGES, "talk", "best answer"),
    "deleted comment on an answer": comment("deleted", "writer", WRITER | JUDGES, "talk", "best answer"),
    "comment on a held answer": comment("held", "newcomer", NEWCOMER, "talk", "held answer"),
    "comment on a hidden answer": comment("public", "host", WRITER | JUDGES, "talk", "hidden answer"),
    "comment on a deleted answer": comment("public", "host", WRITER | JUDGES, "talk", "deleted answer"),
    "comment in a held thread": comment("held", "newcomer", NEWCOMER, "held solved", "held solved"),
    "comment in a hidden thread": comment("public", "host", WRITER | JUDGES, "hidden solved", "hidden solved"),
    "comment in a deleted thread": comment("public", "host", WRITER | JUDGES, "deleted solved", "deleted solved"),
}
CELLS = {name: cell(name) for name, cell in _TABLE.items()}
THREADS = [name for name, cell in CELLS.items() if cell.kind is PostKind.QUESTION]
# Somebody who has not confirmed an address is not public either.
NAME = "the newcomer's name"
NAMED_TO = NEWCOMER | JUDGES  # moderators: beside what was held and then deleted

# What the writer has begun to write and not sent; and the first version of each post, which only its history shows.
DRAFT = "the writer's draft"
BEFORE = {name: f"{name}, before" for name in _TABLE}

# A word of every text, but of no title.
INSIDE = "everybodyssecret"

# What stands in lists is what is public, for everybody, its author and moderators too.
BEST_IS_GONE = {"talk with its best answer hidden", "talk with its best answer deleted"}
PUBLIC = {"open", "solved", "answered", "talk"} | BEST_IS_GONE
LISTS = {
    "active": PUBLIC,
    "newest": PUBLIC,
    "unanswered": {"open"} | BEST_IS_GONE,
    "solved": {"solved", "talk"},
    "rising": {"open"},
}
WAITING = {"host": {"answered"}, **dict.fromkeys(ROLES, LISTS["unanswered"])}
ASKED = {"writer": {"solved"}, "host": PUBLIC - {"solved"}}
ANSWERED = {"writer": {"talk", "best answer", "answered", "answer"}}


def rows(threads: set[str]) -> set[str]:
    """The words in rows with excerpts: a solved thread shows its best answer's."""
    return threads | ({"best answer"} if "talk" in threads else set())


# --- The forum ---------------------------------------------------------------------------------------------------------


@dataclass
class Forum:
    app: Flask
    people: dict[str, int] = field(default_factory=dict)
    browsers: dict[str, Browser] = field(default_factory=dict)
    posts: dict[str, int] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)  # the canary: what a leak would show
    keys: dict[str, str] = field(default_factory=dict)  # a second word of the text, to search for
    pictures: dict[str, str] = field(default_factory=dict)  # the key of a picture of each post; its name is the canary
    topic: str = ""

    def found_in(self, response: Any) -> set[str]:
        """Whose words a response holds, in its body or its headers."""
        text = (response.data.decode("utf-8", "replace") + str(response.headers)).casefold()
        return {name for name, word in self.words.items() if word in text}

    def slug_path(self, thread: str) -> str:
        return f"/questions/{self.threads[thread]}/{db.session.get_one(Thread, self.threads[thread]).slug}"


@pytest.fixture(scope="module")
def forum(make_settings) -> Iterator[Forum]:
    """All the posts of the table, in a forum of its own that no test changes."""
    app = create_app(make_settings())
    app.testing = True
    app.test_client_class = Browser
    with app.test_request_context(base_url="http://localhost"):
        built = Forum(app)
        try:
            _fill(built)
            rebuild(app.extensions["index"], lambda _done: None)
            yield built
        finally:
            app.extensions["index"].close()
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(autouse=True)
def _no_floods() -> None:
    limiter.reset()


def _fill(forum: Forum) -> None:
    dice = random.Random(20261123)
    word = lambda: "".join(dice.choices(string.ascii_lowercase, k=14))  # noqa: E731
    for name in (*CELLS, NAME, DRAFT, *BEFORE.values()):
        forum.words[name], forum.keys[name] = word(), word()
    _count_from(FIRST)
    long_ago = clock.now() - timedelta(days=30)
    for viewer in VIEWERS[1:]:
        user = make.make_user(
            name=forum.words[NAME].title() if viewer == "newcomer" else f"The {viewer}",
            role=ROLES.get(viewer, Role.MEMBER),
            confirmed=viewer not in UNCONFIRMED,
            created_at=long_ago,
        )
        forum.people[viewer] = user.id
        forum.browsers[viewer] = forum.app.test_client().sign_in(user)
    forum.browsers["guest"] = forum.app.test_client()
    topic = make.make_topic("Lamps", fields=[{"key": "model", "label": "Model", "hint": ""}])
    forum.topic = topic.slug
    for name in CELLS:
        _write(forum, name, topic.id)
    for name in CELLS:
        _edit(forum, name)
        _decorate(forum, name)
    begun = {"body": forum.words[DRAFT]}
    for path in (f"/answers/to/{forum.threads['open']}", f"/comments/to/{forum.posts['open']}"):
        accounts.keep_text(path, begun, _person(forum, "writer"), None)
    _mark(forum)
    for name, cell in sorted(CELLS.items(), key=lambda pair: pair[1].kind is PostKind.QUESTION):
        _put_into_state(forum, name, cell)
    failures: list[Exception] = []
    work_once(lambda _name, failure: failures.append(failure))
    assert not failures
    _check_states(forum)


def _count_from(number: int) -> None:
    """Let ids have three digits, so that there is a number of the same length that no row has."""
    with db.engine.begin() as connection:
        for table in ("users", "threads", "posts"):
            if connection.dialect.name == "postgresql":
                connection.execute(db.text(f"ALTER SEQUENCE {table}_id_seq RESTART WITH {number}"))
            else:
                connection.execute(db.text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table})
                bump = "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"
                connection.execute(db.text(bump), {"name": table, "seq": number - 1})


def _person(forum: Forum, viewer: str) -> User:
    return db.session.get_one(User, forum.people[viewer])


def _post(forum: Forum, name: str) -> Post:
    return db.session.get_one(Post, forum.posts[name])


def _draft(forum: Forum, name: str, topic_id: int, word: str) -> make.QuestionDraft:
    key, context = forum.keys[name], [{"key": "model", "label": "Model", "value": f"Model {word}"}]
    return make.QuestionDraft(f"Why does {word} {key} blink?", topic_id, _body(word, key), [word, "shared"], context)


def _body(word: str, key: str) -> Any:
    return make.render(f"About {word} and {key} {INSIDE} has to say a lot.")


def _write(forum: Forum, name: str, topic_id: int) -> None:
    """The first version of each post."""
    cell, word = CELLS[name], forum.words[BEFORE[name]]
    author, text = _person(forum, cell.author), _body(word, forum.keys[name])
    if cell.kind is PostKind.QUESTION:
        thread = make.questions.ask_question(_draft(forum, name, topic_id, word), author)
        forum.threads[name], forum.posts[name] = thread.id, make.question_of(thread).id
    elif cell.kind is PostKind.ANSWER:
        thread = db.session.get_one(Thread, forum.threads[cell.thread])
        forum.posts[name] = make.answers.post_answer(thread, author, text).id
    else:
        forum.posts[name] = make.comments.post_comment(_post(forum, cell.parent), author, text).id


def _edit(forum: Forum, name: str) -> None:
    """The words of the table take the place of the first version, which stays in the history."""
    cell, post = CELLS[name], _post(forum, name)
    if cell.kind is PostKind.QUESTION:
        draft = _draft(forum, name, post.thread.topic_id, forum.words[name])
        edit_question(post, _person(forum, cell.author), draft, 1, "Better words")
    else:
        text = _body(forum.words[name], forum.keys[name])
        edit_post(post, _person(forum, cell.author), text, 1, "Better words")


def _decorate(forum: Forum, name: str) -> None:
    """Each post has a picture, and an address from another forum."""
    cell = CELLS[name]
    shown = make.picture(_person(forum, cell.author), f"{forum.words[name]}.png")
    kind = {PostKind.QUESTION: ImportKind.QUESTION, PostKind.ANSWER: ImportKind.ANSWER}.get(cell.kind)
    with unit_of_work(None):
        shown.post_id = forum.posts[name]
        if kind is not None:
            ours = forum.threads[name] if kind is ImportKind.QUESTION else forum.posts[name]
            db.session.add(Imported(source="elsewhere", kind=kind, old_id=str(forum.posts[name]), our_id=ours))
    forum.pictures[name] = shown.key


def _mark(forum: Forum) -> None:
    """Everything that brings a post to the front, while it is still public."""
    host, writer, staff, member = (_person(forum, name) for name in ("host", "writer", "staff", "member"))
    for name in ("open", "hidden open", "deleted open"):
        add_me_too(db.session.get_one(Thread, forum.threads[name]), member)
    for name in ("solved", "hidden solved", "deleted solved"):
        resolve_thread(db.session.get_one(Thread, forum.threads[name]), writer, ResolutionKind.SOLVED_MYSELF)
    for name in ("best answer", "best answer, hidden", "best answer, deleted"):
        accept_answer(_post(forum, name), host)
    for name in ("best answer", "hidden answer", "hidden answer by the asker", "deleted answer"):
        recommend_answer(_post(forum, name), staff)
    with unit_of_work(None):  # held threads cannot get there by the rules; their columns say so all the same
        db.session.get_one(Thread, forum.threads["held open"]).me_too_week = 7
        db.session.get_one(Thread, forum.threads["held solved"]).state = ThreadState.SOLVED


def _put_into_state(forum: Forum, name: str, cell: Cell) -> None:
    post, moderator = _post(forum, name), _person(forum, "moderator")
    others = _post(forum, "answer in a deleted thread")
    if cell.state == "hidden":
        hide_post(post, moderator, f"Because of {forum.words[name]}.")
    elif cell.state == "deleted" and name == "deleted solved":
        # A question that others have answered stays; here the answer comes back only after it is gone.
        hide_post(others, moderator, "A mistake.")
        delete_post(post, _person(forum, cell.author))
        restore_post(others, moderator)
    elif cell.state == "deleted":
        delete_post(post, _person(forum, cell.author))


def _check_states(forum: Forum) -> None:
    words = {"public": "visible"}
    wrong = {n: (_post(forum, n).visibility.value, c.state) for n, c in CELLS.items()}
    assert all(stored == words.get(state, state) for stored, state in wrong.values()), wrong
    for listing, threads in LISTS.items():
        assert threads <= {name for name in THREADS if CELLS[name].state == "public"}, listing


# --- The channels ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """One request: where, which status, whose words must be there; `may` are further ones that may."""

    path: str
    status: int
    must: set[str] = field(default_factory=set)
    may: set[str] = field(default_factory=set)


Channel = Callable[[Forum, str], Iterator[Look]]


def unseen(name: str, viewer: str) -> int:
    """How a post answers to those who may not see it: what was deleted in public is gone; all else was never there."""
    cell = CELLS[name]
    gone = cell.state == "deleted" and cell.was_public
    return 410 if gone and (cell.kind is PostKind.QUESTION or viewer in CELLS[cell.thread].seen_by) else 404


def home(forum: Forum, viewer: str) -> Iterator[Look]:
    yield Look("/", 200, rows(LISTS["solved"]) | LISTS["unanswered"] | LISTS["rising"])


def question_lists(forum: Forum, viewer: str) -> Iterator[Look]:
    yield Look("/questions", 200, rows(PUBLIC))
    for listing in set(LISTS) - {"active"}:
        yield Look(f"/questions?show={listing}", 200, rows(LISTS[listing]))
    yield Look("/questions?show=waiting", 301)


def waiting_list(forum: Forum, viewer: str) -> Iterator[Look]:
    yield Look("/questions/waiting", 303 if viewer == "guest" else 200, rows(WAITING.get(viewer, set())))


def topic_page(forum: Forum, viewer: str) -> Iterator[Look]:
    yield Look(f"/topics/{forum.topic}", 200, rows(PUBLIC))
    for listing in set(LISTS) - {"active"}:
        yield Look(f"/topics/{forum.topic}?show={listing}", 200, rows(LISTS[listing]))
    yield Look(f"/topics/{forum.topic}?show=waiting", 404)


def tags_index(forum: Forum, viewer: str) -> Iterator[Look]:
    yield Look("/tags", 200, PUBLIC)


def tag_page(forum: Forum, viewer: str) -> Iterator[Look]:
    yield Look("/tags/shared", 200, rows(PUBLIC))
    for listing in set(LISTS) - {"active"}:
        yield Look(f"/tags/shared?show={listing}", 200, rows(LISTS[listing]))
    for name in THREADS:
        public = name in PUBLIC
        yield Look(f"/tags/{forum.words[name]}", 200 if public else 404, rows({name}) if public else set())


def topics_index(forum: Forum, viewer: str) -> Iterator[Look]:
    yield Look("/topics", 200)


def question_page(forum: Forum, viewer: str) -> Iterator[Look]:
    for name in THREADS:
        seen = {n for n, cell in CELLS.items() if cell.thread == name and viewer in cell.seen_by}
        nearby = LISTS["solved"] - {name}
        path = f"/questions/{forum.threads[name]}"
        if viewer not in CELLS[name].seen_by:
            assert not seen, "nothing in a thread is seen by those who cannot see the thread"
            yield Look(path, unseen(name, viewer))
            yield Look(path + "/what-is-it-called?sort=newest", unseen(name, viewer))
            continue
        yield Look(path, 301, {name})
        for sort in ("", "?sort=newest", "?sort=oldest"):
            yield Look(forum.slug_path(name) + sort, 200, seen | nearby)


def permalink(forum: Forum, viewer: str) -> Iterator[Look]:
    for name, cell in CELLS.items():
        seen = viewer in cell.seen_by
        yield Look(
            f"/posts/{forum.posts[name]}", 302 if seen else unseen(name, viewer), {cell.thread} if seen else set()
        )


def revisions_page(forum: Forum, viewer: str) -> Iterator[Look]:
    for name, cell in CELLS.items():
        seen = viewer in cell.seen_by
        words = {name, cell.thread, BEFORE[name]} if seen else set()
        yield Look(f"/posts/{forum.posts[name]}/revisions", 200 if seen else unseen(name, viewer), words)


def edit_question_page(forum: Forum, viewer: str) -> Iterator[Look]:
    for name in THREADS:
        path, cell = f"/questions/{forum.threads[name]}/edit", CELLS[name]
        yield _own_page(viewer, name, path, may=_edits(viewer, cell), shows={name})


def _edits(viewer: str, cell: Cell) -> bool:
    return viewer in {cell.author} | JUDGES and cell.stands and viewer in cell.seen_by


def edit_post_page(forum: Forum, viewer: str) -> Iterator[Look]:
    for name, cell in CELLS.items():
        may = _edits(viewer, cell)
        look = _own_page(viewer, name, f"/posts/{forum.posts[name]}/edit", may, shows={name, cell.thread})
        if may and cell.kind is PostKind.QUESTION:
            look = Look(look.path, 302)
        yield look


def write_answer_page(forum: Forum, viewer: str) -> Iterator[Look]:
    for name in THREADS:
        path = f"/answers/to/{forum.threads[name]}"
        yield _own_page(viewer, name, path, may=CELLS[name].stands, shows={name})
    # Quoted is only what the reader sees, and what stands in this thread.
    for name, cell in CELLS.items():
        quoted = {name} if cell.thread == "talk" and viewer in cell.seen_by else set()
        path = f"/answers/to/{forum.threads['talk']}?quote={forum.posts[name]}"
        yield _own_page(viewer, "talk", path, may=True, shows={"talk"} | quoted)


def outcome_page(forum: Forum, viewer: str) -> Iterator[Look]:
    for name, cell in CELLS.items():
        public = cell.kind is PostKind.ANSWER and cell.state == CELLS[cell.thread].state == "public"
        may = public and viewer != cell.author and viewer not in UNCONFIRMED
        look = _own_page(viewer, name, f"/answers/{forum.posts[name]}/outcome", may, shows={name, cell.thread})
        yield Look(look.path, 403) if viewer in UNCONFIRMED else look


def write_comment_page(forum: Forum, viewer: str) -> Iterator[Look]:
    for name, cell in CELLS.items():
        stands = cell.stands and CELLS[cell.thread].stands and cell.kind is not PostKind.COMMENT
        path = f"/comments/to/{forum.posts[name]}"
        yield _own_page(viewer, name, path, may=stands, shows={name, cell.thread})


def hide_page(forum: Forum, viewer: str) -> Iterator[Look]:
    for name in CELLS:
        path = f"/moderation/posts/{forum.posts[name]}/hide"
        yield _judges_page(viewer, name, path)


def close_page(forum: Forum, viewer: str) -> Iterator[Look]:
    for name in THREADS:
        path = f"/moderation/questions/{forum.threads[name]}/close"
        yield _judges_page(viewer, name, path)


def _own_page(viewer: str, name: str, path: str, may: bool, shows: set[str]) -> Look:
    """A page for the signed in: 403 for what they see but may not do, and as if it were not there for what they do not."""
    if viewer == "guest":
        return Look(path, 303)
    if viewer not in CELLS[name].seen_by:
        return Look(path, unseen(name, viewer))
    return Look(path, 200, shows) if may else Look(path, 403)


def _judges_page(viewer: str, name: str, path: str) -> Look:
    if viewer not in JUDGES:
        return Look(path, 303 if viewer == "guest" else 403)
    return Look(path, 200, {name}) if viewer in CELLS[name].seen_by else Look(path, unseen(name, viewer))


def profile(forum: Forum, viewer: str) -> Iterator[Look]:
    for person, number in forum.people.items():
        answers, asked = ANSWERED.get(person, set()), rows(ASKED.get(person, set()))
        if person in UNCONFIRMED and person != viewer:
            yield Look(f"/people/{number}", 404)
            yield Look(f"/people/{number}/{forum.words[NAME]}?show=questions", 404)
            continue
        path = f"/people/{number}/" + (forum.words[NAME] if person == "newcomer" else f"the-{person}")
        yield Look(path, 200, answers)
        yield Look(path + "?show=questions", 200, asked)


def search_results(forum: Forum, viewer: str) -> Iterator[Look]:
    public = {name for name, cell in CELLS.items() if cell.seen_by == ALL}
    yield Look("/search?q=blink", 200, rows(PUBLIC), public)
    # An engine that reads whole threads may find them by public words; never by others, and never those.
    yield Look(f"/search?q={INSIDE}", 200, set(), public)
    for name in THREADS:
        is_public = name in PUBLIC
        yield Look(f"/search?q={forum.keys[name]}", 200, rows({name} & PUBLIC), public if is_public else set())


def similar_fragment(forum: Forum, viewer: str) -> Iterator[Look]:
    yield from _suggestions(forum, "/questions/similar?title=")


def ask_page(forum: Forum, viewer: str) -> Iterator[Look]:
    yield from _suggestions(forum, "/questions/ask?title=")


def _suggestions(forum: Forum, path: str) -> Iterator[Look]:
    yield Look(path + "blink", 200, set(), rows(PUBLIC))
    for name in THREADS:
        yield Look(path + forum.keys[name], 200, rows({name} & PUBLIC))


def picture(forum: Forum, viewer: str) -> Iterator[Look]:
    for name, key in forum.pictures.items():
        seen = viewer in CELLS[name].seen_by
        yield Look(f"/attachments/{key}", 200 if seen else 404, {name} if seen else set())


def old_address_of_question(forum: Forum, viewer: str) -> Iterator[Look]:
    for name in THREADS:
        path, seen = f"/from/elsewhere/questions/{forum.posts[name]}", viewer in CELLS[name].seen_by
        yield Look(path, 301 if seen else unseen(name, viewer), {name} if seen else set())


def old_address_of_answer(forum: Forum, viewer: str) -> Iterator[Look]:
    for name, cell in CELLS.items():
        if cell.kind is PostKind.ANSWER:
            path = f"/from/elsewhere/answers/{forum.posts[name]}"
            yield Look(path, 301 if viewer in cell.seen_by else unseen(name, viewer))


def mailbox(forum: Forum, viewer: str) -> Iterator[Look]:
    yield Look("/admin/mail", _admin(viewer))


def letters(forum: Forum, viewer: str) -> Iterator[Look]:
    keys = list(forum.app.extensions["mailer"].mailbox().keys()) or ["none"]
    for key in keys:
        missing = 404 if keys == ["none"] and viewer == "admin" else _admin(viewer)
        yield Look(f"/admin/mail/{key}", missing, set(), {NAME} if viewer == "admin" else set())


def worker_page(forum: Forum, viewer: str) -> Iterator[Look]:
    yield Look("/admin/worker", _admin(viewer))


def _admin(viewer: str) -> int:
    return {"guest": 303, "admin": 200}.get(viewer, 403)


CHANNELS: dict[str, Channel] = {
    "home.page": home,
    "questions.index": question_lists,
    "questions.waiting": waiting_list,
    "questions.ask": ask_page,
    "questions.similar": similar_fragment,
    "questions.page": question_page,
    "questions.edit": edit_question_page,
    "posts.permalink": permalink,
    "posts.edit": edit_post_page,
    "posts.revisions": revisions_page,
    "answers.write": write_answer_page,
    "answers.outcome": outcome_page,
    "comments.write": write_comment_page,
    "moderation.hide": hide_page,
    "moderation.close": close_page,
    "topics.index": topics_index,
    "topics.page": topic_page,
    "tags.index": tags_index,
    "tags.page": tag_page,
    "people.profile": profile,
    "search.page": search_results,
    "attachments.show": picture,
    "importing.question": old_address_of_question,
    "importing.answer": old_address_of_answer,
    "admin.mailbox": mailbox,
    "admin.letter": letters,
    "admin.worker": worker_page,
}

SHOWS_NO_CONTENT = {
    "asset": "style sheet, script and icons: built from files, no database",
    "home.help_page": "a fixed text",
    "home.health": "one word",
    "questions.fields": "labels of a topic's context fields, without values",
    "accounts.sign_up": "a form",
    "accounts.sign_in": "a form",
    "accounts.confirm": "a button",
    "accounts.forgot": "a form",
    "accounts.reset": "a form",
    "accounts.settings": "the reader's own account",
    "accounts.change_address": "a button",
}


def test_T01_every_page_that_can_be_read_is_a_channel_or_says_why_not(forum):
    readable = {rule.endpoint for rule in forum.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert readable - set(CHANNELS) - set(SHOWS_NO_CONTENT) == set(), "declare these in CHANNELS or SHOWS_NO_CONTENT"
    assert set(CHANNELS) | set(SHOWS_NO_CONTENT) == readable, "these are declared, but no longer exist"
    assert not set(CHANNELS) & set(SHOWS_NO_CONTENT)
    assert all(SHOWS_NO_CONTENT.values())


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("endpoint", CHANNELS)
def test_T01_a_page_holds_the_words_its_reader_may_see_and_no_others(forum, endpoint, viewer):
    wrong = []
    for look in CHANNELS[endpoint](forum, viewer):
        limiter.reset()
        response = forum.browsers[viewer].get(look.path)
        found = forum.found_in(response)
        own = ({NAME} if viewer in NAMED_TO else set()) | ({DRAFT} if viewer == "writer" else set())
        leaked, missing = found - look.must - look.may - own, look.must - found
        if leaked or missing or response.status_code != look.status:
            wrong.append((look.path, response.status_code, look.status, "leaked", leaked, "missing", missing))
    assert not wrong


@pytest.mark.parametrize("viewer", ["guest", "writer", "newcomer", "moderator"])
def test_T01_a_permalink_leads_to_the_page_that_shows_the_post(forum, viewer):
    for name, cell in CELLS.items():
        if viewer in cell.seen_by:
            target = forum.browsers[viewer].get(f"/posts/{forum.posts[name]}").location
            fragment = "" if cell.kind is PostKind.QUESTION else f"#p{forum.posts[name]}"
            assert target == forum.slug_path(cell.thread) + fragment


def test_T01_a_hidden_answer_leaves_a_stub_and_a_deleted_or_held_one_nothing(forum):
    for viewer in ("guest", "member", "staff"):
        page = forum.browsers[viewer].get(forum.slug_path("talk")).text
        for name in ("hidden answer", "hidden answer by the asker"):
            assert f'id="p{forum.posts[name]}"' in page
        for name in ("deleted answer", "held answer", "hidden comment", "comment on a hidden answer"):
            assert f'id="p{forum.posts[name]}"' not in page


def test_T01_what_machines_read_of_a_page_holds_no_more_than_the_page(forum):
    page = forum.browsers["guest"].get(forum.slug_path("talk")).text
    head = page.partition("</head>")[0]
    assert {n for n, word in forum.words.items() if word in head} <= {"talk", "best answer"}
    head = forum.browsers["guest"].get(forum.slug_path("talk with its best answer hidden")).text.partition("</head>")[0]
    assert {n for n, word in forum.words.items() if word in head} == {"talk with its best answer hidden"}


@pytest.mark.parametrize("viewer", VIEWERS)
def test_T03_no_number_counts_what_is_not_public(forum, viewer):
    browser, topic = forum.browsers[viewer], forum.topic
    for path in ("/", "/topics"):
        assert "2 solved" in browser.get(path).text
    assert '<meta itemprop="answerCount" content="1">' in browser.get(forum.slug_path("talk")).text
    writer = browser.get(f"/people/{forum.people['writer']}/the-writer").text
    assert "1 question solved" in writer
    assert "1 question asked" in writer
    tags = dict(re.findall(r'href="/tags/([a-z]+)">[a-z]+ <span class="n">(\d+)<', browser.get("/tags").text))
    assert tags == {"shared": "6"} | {forum.words[name]: "1" for name in PUBLIC}
    assert "6 results" in browser.get("/search?q=blink").text
    assert "page=2" not in browser.get(f"/topics/{topic}").text


# --- T02: a change counts at once ---------------------------------------------------------------------------------------

PUBLIC_READERS = ("guest", "staff")


@dataclass
class Story:
    """One public thread with an answer and a comment, and all the places where they stand."""

    thread: Thread
    people: dict[str, User]
    posts: dict[str, Post]
    browsers: dict[str, Browser]

    def places(self) -> list[str]:
        thread, topic = self.thread, self.thread.topic.slug
        lists = [f"?show={listing}" for listing in LISTS]
        return [
            "/",
            "/tags",
            *[f"/questions{show}" for show in lists],
            f"/topics/{topic}",
            "/tags/straytag",
            f"/questions/{thread.id}",
            *[f"/questions/{thread.id}/{thread.slug}{sort}" for sort in ("", "?sort=newest")],
            *[f"/posts/{post.id}{part}" for post in self.posts.values() for part in ("", "/revisions")],
            f"/people/{thread.asker_id}/{thread.asker.slug}?show=questions",
            *[f"/people/{person.id}/{person.slug}" for person in self.people.values()],
            "/search?q=blinking",
            "/questions/similar?title=blinking",
            "/questions/ask?title=blinking",
        ]

    def seen(self, reader: str) -> set[str]:
        """Which of the words anything shows to this reader now."""
        text = ""
        for path in self.places():
            limiter.reset()
            response = self.browsers[reader].get(path)
            text += (response.text + str(response.headers)).casefold()
        return {name for name in WORDS if name in text}


WORDS = {"straytitle", "straytag", "straybody", "strayanswer", "straycomment"}


@pytest.fixture
def story(app, browser_of) -> Story:
    people = {"asker": make.make_user(), "helper": make.make_user(), "talker": make.make_user()}
    thread = make.ask(people["asker"], "Straytitle is blinking?", "It is straybody.", tags=["straytag"])
    posts = {
        "question": make.question_of(thread),
        "answer": make.answer(thread, people["helper"], "It is strayanswer."),
    }
    posts["comment"] = make.comment(posts["answer"], people["talker"], "It is straycomment.")
    accept_answer(posts["answer"], people["asker"])
    add_me_too(thread, people["talker"])
    return Story(thread, people, posts, _public_readers(browser_of))


def _public_readers(browser_of) -> dict[str, Browser]:
    return {"guest": browser_of(None), "staff": browser_of(make.make_user(role=Role.STAFF))}


@pytest.mark.parametrize(
    ("kind", "lost"),
    [
        ("question", WORDS),
        ("answer", {"strayanswer", "straycomment"}),
        ("comment", {"straycomment"}),
    ],
)
@pytest.mark.parametrize("how", ["hidden", "deleted"])
def test_T02_what_is_hidden_or_deleted_is_gone_everywhere_at_once_and_comes_back(story, kind, lost, how):
    post, moderator = story.posts[kind], make.make_user(role=Role.MODERATOR)
    if kind == "question" and how == "deleted":
        delete_post(story.posts["answer"], story.people["helper"])  # else others' work would keep it
        undelete_post(story.posts["answer"], story.people["helper"])
        hide_post(story.posts["answer"], moderator, "A mistake.")
    before = story.seen("guest")
    if how == "hidden":
        hide_post(post, moderator, "Because of straytitle, strayanswer, straycomment.")
    else:
        delete_post(post, post.author)
    for reader in PUBLIC_READERS:
        assert story.seen(reader) == WORDS - lost, reader
    if how == "hidden":
        restore_post(post, moderator)
    else:
        undelete_post(post, post.author)
    assert story.seen("guest") == before
    if not (kind == "question" and how == "deleted"):
        assert before == WORDS


def test_T02_what_was_held_is_public_everywhere_once_the_address_is_confirmed(app, browser_of, work):
    asker = make.make_user(confirmed=False)
    thread = make.ask(asker, "Straytitle is blinking?", "It is straybody.", tags=["straytag"])
    story = Story(thread, {"asker": asker}, {"question": make.question_of(thread)}, _public_readers(browser_of))
    assert all(story.seen(reader) == set() for reader in PUBLIC_READERS)
    _confirm(asker)
    work()
    assert all(story.seen(reader) == {"straytitle", "straytag", "straybody"} for reader in PUBLIC_READERS)


def _confirm(user: User) -> None:
    accounts.request_confirmation(user)
    waiting = db.session.scalars(db.select(make.accounts.Token).order_by(make.accounts.Token.id.desc())).first()
    _token, secret = accounts.arm_token(waiting.id)
    accounts.confirm_address(secret)


# --- T03: what may not be seen answers like what was never there ---------------------------------------------------------


# A number with as many digits as those that exist.
FIRST, ABSENT = 101, 999

# Method and address, with the number or key of a thread or a post.
ORACLES = [
    ("GET", "/questions/{thread}"),
    ("GET", "/questions/{thread}/any-name"),
    ("GET", "/questions/{thread}/any-name?sort=newest&page=2"),
    ("GET", "/questions/{thread}/edit"),
    ("POST", "/questions/{thread}/edit"),
    ("POST", "/questions/{thread}/resolution"),
    ("GET", "/answers/to/{thread}"),
    ("POST", "/answers/to/{thread}"),
    ("POST", "/answers/to/{thread}/claim"),
    ("GET", "/moderation/questions/{thread}/close"),
    ("POST", "/moderation/questions/{thread}/close"),
    ("GET", "/from/elsewhere/questions/{old}"),
    ("GET", "/from/elsewhere/questions/{old}/any-name"),
    ("GET", "/from/elsewhere/answers/{post}"),
    ("GET", "/attachments/{key}"),
    ("POST", "/votes/me-too/{thread}"),
    ("POST", "/votes/follow/{thread}"),
    ("GET", "/posts/{post}"),
    ("GET", "/posts/{post}/edit"),
    ("POST", "/posts/{post}/edit"),
    ("GET", "/posts/{post}/revisions"),
    ("POST", "/posts/{post}/revisions/1/restoration"),
    ("POST", "/posts/{post}/deletion"),
    ("POST", "/posts/{post}/undo"),
    ("POST", "/posts/{post}/conversion"),
    ("GET", "/comments/to/{post}"),
    ("POST", "/comments/to/{post}"),
    ("GET", "/moderation/posts/{post}/hide"),
    ("POST", "/moderation/posts/{post}/hide"),
    ("POST", "/votes/{post}"),
    ("GET", "/answers/{post}/outcome"),
    ("POST", "/answers/{post}/outcome"),
    ("POST", "/answers/{post}/acceptance"),
    ("POST", "/answers/{post}/recommendation"),
]
# Whose answers must be alike, for one post of each kind in each way of not being there.
STRANGERS = ("guest", "unconfirmed", "member", "host", "moderator")
SECRET = {
    name: [viewer for viewer in STRANGERS if viewer not in CELLS[name].seen_by and unseen(name, viewer) == 404]
    for name in (
        "held open",
        "hidden open",
        "held, then deleted",
        "held answer",
        "hidden answer",
        "answer in a held thread",
        "answer in a hidden thread",
        "held comment",
        "hidden comment",
        "comment on a held answer",
        "comment on a hidden answer",
        "comment in a hidden thread",
    )
}


def _answer_to(forum: Forum, viewer: str, method: str, path: str) -> tuple[int, int, str, list[str]]:
    """All of an answer that could tell: status, length, type, and which headers it has."""
    limiter.reset()
    form = {"body": "A text that is long enough to be shown again.", "title": "Why?", "reason": "Because.", "do": "end"}
    options = {"data": form} if method == "POST" else {}
    response = forum.browsers[viewer].open(path, method=method, **options)
    if viewer == "guest":
        forum.browsers["guest"] = forum.app.test_client()  # without the cookie of a kept text
    headers = sorted(name for name, _value in response.headers)
    return response.status_code, len(response.data), response.content_type, headers


@pytest.mark.parametrize(("method", "path"), ORACLES)
def test_T03_hidden_and_never_there_are_the_same(forum, method, path):
    old = {name: forum.posts[name] for name in THREADS}
    names = {"thread": forum.threads, "post": forum.posts, "old": old, "key": forum.pictures}
    word = re.search(r"{(\w+)}", path)[1]
    absent = "f" * 32 if word == "key" else ABSENT
    for viewer in STRANGERS:
        nowhere = _answer_to(forum, viewer, method, path.format(**{word: absent}))
        assert nowhere[0] in (303, 403, 404)
        for name, strangers in SECRET.items():
            if viewer in strangers and name in names[word]:
                there = _answer_to(forum, viewer, method, path.format(**{word: names[word][name]}))
                assert there == nowhere, (viewer, name)


@pytest.mark.parametrize("path", ["/search?q=", "/questions/similar?title=", "/questions/ask?title=", "/tags/"])
@pytest.mark.parametrize("viewer", ["guest", "newcomer", "moderator"])
def test_T03_words_that_only_the_hidden_has_find_what_words_of_nobody_find(forum, viewer, path):
    invented = _answer_to(forum, viewer, "GET", path + "inventedbytest")
    for name in SECRET:
        assert _answer_to(forum, viewer, "GET", path + forum.words[name]) == invented, name
        assert _answer_to(forum, viewer, "GET", path + forum.keys[name]) == invented, name


@pytest.mark.parametrize("viewer", [v for v in VIEWERS if v != "newcomer"])
def test_T03_an_unconfirmed_person_is_as_nobody(forum, viewer):
    number = forum.people["newcomer"]
    for path in ("/people/{}", "/people/{}/somebody", "/people/{}/somebody?show=questions", "/people/{}/x?page=2"):
        with_it = _answer_to(forum, viewer, "GET", path.format(number))
        assert with_it == _answer_to(forum, viewer, "GET", path.format(ABSENT))
        assert with_it[0] == 404


@pytest.mark.parametrize("viewer", ["guest", "member"])
def test_T03_mentioning_an_unconfirmed_person_shows_no_link(forum, viewer):
    handle = forum.words[NAME]
    shown = forum.browsers[viewer].post("/posts/preview", data={"body": f"Hello @{handle}!"})
    invented = forum.browsers[viewer].post("/posts/preview", data={"body": f"Hello @{handle[::-1]}!"})
    assert shown.text.replace(handle, handle[::-1]) == invented.text
