"""T05, T06, T10, T11, T16, T20, T36: whatever is sent to whatever address, nothing breaks and nothing unasked is stored.

The addresses come from the URL map; parameters, cookies and forms from watching what each view reads; columns from the
models. So what is added later is tried too; an address without a valid form below, a text field without a limit, and a
field that is read without a form fail the build until the tables below know them.
"""

import hashlib
import html
import io
import itertools
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, quote_from_bytes, urlencode

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import String, Text, func, select
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule
from wtforms import PasswordField, StringField

import app as app_package
from app.accounts import service as accounts
from app.attachments.service import add_attachment
from app.events import unit_of_work
from app.extensions import db, limiter
from app.lib.forms import Form
from app.lib.mail import Mail
from app.lib.web import safe_path
from app.models import Base, Imported, ImportKind, KeptText, MemberSession, Post, Role, Site, Token, User
from app.posts.rendering import render
from app.posts.service import edit_post
from tests import factories as make
from tests.conftest import Browser, empty_database

CANARY = "canary sentence, typed by hand"
LONG_TEXT = "a" * 1_000_000
FORM = "application/x-www-form-urlencoded"
# The clock stands still, so that two forums differ by what was sent and nothing else.
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    return file.getvalue()


PICTURE = _picture()


# --- A small forum in which every address exists --------------------------------------------------------------------


ON_OTHERS = {"votes.vote", "moderation.hide", "comments.write"}


@dataclass
class Forum:
    """`boss` may do everything somewhere: asked `thread`, wrote `own_answer` elsewhere, is an administrator.

    All but the application are numbers and words, so that thousands of requests do not load the rows again.
    """

    app: Flask
    boss_id: int
    boss_slug: str
    boss_email: str
    topic_slug: str
    thread: int
    thread_slug: str
    answer: int
    foreign: int
    own_answer: int
    own_answer_version: int
    own_comment: int
    own_comment_version: int
    other_session: int
    secrets: dict[str, str]
    picture: str
    asset: tuple[str, str]
    browsers: dict[str, Browser] = field(default_factory=dict)

    def browser(self, who: str) -> Browser:
        if who not in self.browsers:
            self.browsers[who] = self.new_browser(who)
        return self.browsers[who]

    def new_browser(self, who: str) -> Browser:
        browser = self.app.test_client()
        return browser.sign_in(db.session.get_one(User, self.boss_id)) if who == "boss" else browser

    def sender(self, rule: Rule) -> Browser:
        """The browser from which a form can be sent there with success, whatever was sent before."""
        return self.new_browser(who_sends(rule)) if rule.endpoint in ENDS_SESSIONS else self.browser(who_sends(rule))

    def letter(self) -> str:
        mailer = self.app.extensions["mailer"]
        if not mailer.mailbox().keys():
            mailer.send(Mail("x@example.org", "Subject", "text", "<p>text</p>"))
        return mailer.mailbox().keys()[0]

    def values(self, rule: Rule) -> dict[str, Any]:
        """Values for the variables of a rule with which the address exists and something can be done there."""
        known: dict[str, Any] = {
            "thread_id": self.foreign if rule.endpoint.startswith("votes.") else self.thread,
            "answer_id": self.answer,
            "post_id": self.answer if rule.endpoint in ON_OTHERS else self.own_answer,
            "user_id": self.boss_id,
            "session_id": self.other_session,
            "secret": self.secrets.get(rule.endpoint, "none"),
            "number": 1,
            "source": "old-forum",
            "old_id": "17",
            "key": self.letter() if rule.endpoint == "admin.letter" else self.picture,
            "fingerprint": self.asset[0],
            "name": self.asset[1] if "fingerprint" in rule.arguments else "amber",
            "slug": {"people": self.boss_slug, "questions": self.thread_slug}.get(
                rule.endpoint.split(".")[0], self.topic_slug
            ),
        }
        missing = rule.arguments - known.keys()
        assert not missing, f"say in Forum.values what {missing} of {rule} is"
        return {name: known[name] for name in rule.arguments}

    def path(self, rule: Rule, **other: str) -> str:
        values = {name: str(value) for name, value in self.values(rule).items()} | other
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda m: quote(values[m[1]], safe="%"), rule.rule)


def build(app: Flask) -> Forum:
    """The forum, made by the same commands as always."""
    boss = make.make_user("Ada Boss", role=Role.ADMIN, email="boss@example.org")
    helper = make.make_user("Tom Helper", email="tom@example.org")
    newcomer = make.sign_up("New Person", "new@example.org")
    topic = make.make_topic("Routers", slug="routers", fields=[{"key": "model", "label": "Model", "hint": ""}])
    thread = make.ask(boss, "Why is it amber?", topic=topic, tags=["amber", "mesh"])
    answer = make.answer(thread, helper, "Because of the evening.")
    foreign = make.ask(helper, "Why is it blue?", topic=topic)
    own_answer = make.answer(foreign, boss, "Because of the morning.")
    own_comment = make.comment(answer, boss, "Which evening?")
    edit_post(own_answer, boss, render("Because of the early morning."), own_answer.version, "More exact.")
    accounts.start_session(boss, "Safari on iPhone", stay=True)
    other_session = db.session.scalars(select(MemberSession.id).where(MemberSession.user_id == boss.id)).one()
    accounts.request_reset(boss.email)
    accounts.request_address_change(app.extensions["passwords"], boss, make.PASSWORD, "boss2@example.org")
    tokens = {
        token.purpose.value: token.id for token in db.session.scalars(select(Token).where(Token.used_at.is_(None)))
    }
    armed = {purpose: accounts.arm_token(number) for purpose, number in tokens.items()}
    assert newcomer.confirmed_at is None
    picture = add_attachment(app.extensions["storage"], boss, PICTURE, "screen.png")
    with unit_of_work(None):
        for kind, ours in ((ImportKind.QUESTION, thread.id), (ImportKind.ANSWER, answer.id)):
            db.session.add(Imported(source="old-forum", kind=kind, old_id="17", our_id=ours))
    page = app.test_client().get("/").text
    return Forum(
        app=app,
        boss_id=boss.id,
        boss_slug=boss.slug,
        boss_email=boss.email,
        topic_slug=topic.slug,
        thread=thread.id,
        thread_slug=thread.slug,
        answer=answer.id,
        foreign=foreign.id,
        own_answer=own_answer.id,
        own_answer_version=own_answer.version,
        own_comment=own_comment.id,
        own_comment_version=own_comment.version,
        other_session=other_session,
        secrets={
            "accounts.confirm": armed["confirm_address"][1],
            "accounts.reset": armed["reset_password"][1],
            "accounts.change_address": armed["change_address"][1],
        },
        picture=picture.key,
        asset=tuple(re.search(r"/assets/([^/\"]+)/(askwell\.css)", page).groups()),
    )


@cache
def built(app: Flask) -> tuple[Forum, dict[Any, list[dict[str, Any]]]]:
    """The forum, and all its rows."""
    forum = build(app)
    db.session.rollback()
    with db.engine.connect() as connection:
        rows = {
            table: [dict(row._mapping) for row in connection.execute(table.select().order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }
    return forum, rows


def anew(app: Flask) -> Forum:
    """The forum as if nothing had ever happened to it: by its rows, ten times as fast as by the commands."""
    db.session.rollback()
    forum, rows = built(app)
    empty_database()
    with db.engine.begin() as connection:
        connection.execute(Site.__table__.delete())
        for table, found in rows.items():
            if found:
                connection.execute(table.insert(), found)
            if found and connection.dialect.name == "postgresql" and (column := table.autoincrement_column) is not None:
                sequence = func.pg_get_serial_sequence(table.name, column.name)
                connection.execute(select(func.setval(sequence, max(row[column.name] for row in found))))
    app.extensions["pages"].clear()
    return replace(forum, browsers={})


@pytest.fixture
def unlimited(app: Flask) -> Iterator[None]:
    """Without flood limits, which have tests of their own."""
    limiter.enabled = False
    yield
    limiter.enabled = True


@pytest.fixture
def forum(app: Flask, unlimited: None) -> Iterator[Forum]:
    with time_machine.travel(NOON, tick=False):
        watched(app)
        yield anew(app)


def rules_of(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=str)


def readable(app: Flask) -> list[Rule]:
    return [rule for rule in rules_of(app) if "GET" in rule.methods]


def writable(app: Flask) -> list[Rule]:
    return [rule for rule in rules_of(app) if rule.methods - {"GET", "HEAD", "OPTIONS"}]


def dump(masked: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table; the columns named are left out."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            table.name: sorted(
                tuple(repr(value) for name, value in row._mapping.items() if name not in masked)
                for row in connection.execute(table.select())
            )
            for table in Base.metadata.sorted_tables
        }


# --- A valid form for every address that takes one ------------------------------------------------------------------

NEW_PASSWORD = "four words nobody has heard"
QUESTION = {"title": "Why is it green?", "body": "Since noon.", "topic": "routers", "tags": "amber"}
GUESTS_ONLY = {"accounts.sign_up", "accounts.sign_in", "accounts.forgot", "accounts.reset"}
ENDS_SESSIONS = GUESTS_ONLY | {"accounts.sign_out", "accounts.password", "accounts.end_session"}

VALID: dict[str, Callable[[Forum], dict[str, Any]]] = {
    "accounts.sign_up": lambda f: {"name": "Eve", "email": "eve@example.org", "password": NEW_PASSWORD},
    "accounts.sign_in": lambda f: {"email": f.boss_email, "password": make.PASSWORD},
    "accounts.sign_out": lambda f: {},
    "accounts.confirm": lambda f: {},
    "accounts.confirmation": lambda f: {},
    "accounts.forgot": lambda f: {"email": f.boss_email},
    "accounts.reset": lambda f: {"password": NEW_PASSWORD},
    "accounts.profile": lambda f: {"profile-name": "Ada B", "profile-about": "Hello."},
    "accounts.password": lambda f: {"password-current": make.PASSWORD, "password-password": NEW_PASSWORD},
    "accounts.address": lambda f: {"address-email": "b3@example.org", "address-current": make.PASSWORD},
    "accounts.change_address": lambda f: {},
    "accounts.end_session": lambda f: {},
    "accounts.draft": lambda f: {"path": "/questions/ask", "body": "Half a sentence"},
    "accounts.theme": lambda f: {"theme": "dark", "next": "/help"},
    "questions.post_question": lambda f: {**QUESTION, "context-model": "Ridge 2"},
    "questions.edit": lambda f: {**QUESTION, "context-model": "Ridge 2", "version": "1"},
    "questions.resolution": lambda f: {"kind": "solved_myself"},
    "attachments.add": lambda f: {"picture": (io.BytesIO(PICTURE), "screen.png")},
    "answers.write": lambda f: {"body": "Try it at night."},
    "answers.acceptance": lambda f: {},
    "answers.recommendation": lambda f: {},
    "answers.outcome": lambda f: {"kind": "worked", "version": "2.1", "comment": "At once."},
    "answers.claim": lambda f: {},
    "comments.write": lambda f: {"body": "Did it help?"},
    "posts.preview": lambda f: {"body": "**bold**"},
    "posts.edit": lambda f: {"body": "Because of the afternoon.", "version": str(f.own_answer_version)},
    "posts.restoration": lambda f: {},
    "posts.undo": lambda f: {},
    "posts.conversion": lambda f: {},
    "posts.deletion": lambda f: {},
    "votes.vote": lambda f: {"value": "up"},
    "votes.me_too": lambda f: {},
    "votes.follow": lambda f: {},
    "moderation.hide": lambda f: {"reason": "Not about routers."},
    "moderation.close": lambda f: {"reason": "Sold out; open again with a newer model."},
}


def valid_form(forum: Forum, rule: Rule) -> dict[str, Any]:
    assert rule.endpoint in VALID, f"write a valid form for {rule.endpoint} into VALID"
    return VALID[rule.endpoint](forum)


def words_of(form: dict[str, Any]) -> dict[str, str]:
    """The form without its files."""
    return {name: value for name, value in form.items() if isinstance(value, str)}


def who_sends(rule: Rule) -> str:
    return "guest" if rule.endpoint in GUESTS_ONLY else "boss"


def test_every_address_that_takes_a_form_works_with_a_valid_one(forum):
    wrong = []
    for rule, headers in itertools.product(writable(forum.app), ({}, {"HX-Request": "true"})):
        fresh = anew(forum.app)
        browser, form = fresh.browser(who_sends(rule)), valid_form(fresh, rule)
        sent = browser.post(fresh.path(rule), data=form, headers=headers)
        if sent.status_code not in (200, 201, 204, 303):
            wrong.append((rule.endpoint, headers, sent.status_code))
    assert not wrong
    assert not VALID.keys() - {rule.endpoint for rule in writable(forum.app)}


# --- What each view reads -------------------------------------------------------------------------------------------


def noting(names: set[str]) -> type[ImmutableMultiDict]:
    """What a request keeps its parameters in; notes which of them a view asks for."""

    class Noting(ImmutableMultiDict):
        def get(self, key, *args, **kwargs):
            names.add(key)
            return super().get(key, *args, **kwargs)

        def getlist(self, key, *args, **kwargs):
            names.add(key)
            return super().getlist(key, *args, **kwargs)

        def __getitem__(self, key):
            names.add(key)
            return super().__getitem__(key)

        def __contains__(self, key):
            names.add(key)
            return super().__contains__(key)

    return Noting


@dataclass
class Read:
    """What the views of one endpoint read: parameters, cookies, and forms (each with its prefix)."""

    names: set[str] = field(default_factory=set)
    cookies: set[str] = field(default_factory=set)
    forms: set[tuple[str, str]] = field(default_factory=set)


@cache
def watched(app: Flask) -> dict[tuple[str, str], Read]:
    """By endpoint and method, what is read in an empty, an ended, a previewed and a valid request."""
    found: dict[tuple[str, str], Read] = defaultdict(Read)
    for rule, method in [(r, m) for r in rules_of(app) for m in sorted(r.methods & {"GET", "POST"})]:
        forum, read = anew(app), found[rule.endpoint, method]

        class Watched(app.request_class):
            parameter_storage_class = noting(read.names)
            dict_storage_class = noting(read.cookies)

        def note(form: Form, *args: Any, read: Read = read, begin: Any = Form.__init__, **options: Any) -> None:
            if "formdata" not in options:
                read.forms.add((type(form).__name__, options.get("prefix", "")))
            begin(form, *args, **options)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(app, "request_class", Watched)
            patched.setattr(Form, "__init__", note)
            valid = [valid_form(forum, rule) for _ in range(2)] if method == "POST" else [{}, {}]
            for form in ({}, valid[0], {"do": "end"}, {"do": "preview", **valid[1]}):
                sent = {"data": form} if method == "POST" else {"query_string": form}
                forum.sender(rule).open(forum.path(rule), method=method, **sent)
                if method == "GET":
                    forum.browser("guest").get(forum.path(rule), query_string=form)
            if (rule.endpoint, method) == ("posts.edit", "POST"):
                forum.browser("boss").post(f"/posts/{forum.own_comment}/edit", data=words_of(valid[0]))
    return dict(found)


def names_read(forum: Forum, rule: Rule, method: str) -> set[str]:
    return watched(forum.app)[rule.endpoint, method].names


# --- T05: every parameter as everything -----------------------------------------------------------------------------

VALUES: list[str | bytes] = [
    "",
    " ",
    "\x00",
    "a\x00b",
    b"\xed\xa0\x80",  # a lone surrogate
    b"\xff\xfe",
    b"\xc0\xae",
    "-1",
    "0",
    "01",
    "1.5",
    str(2**31),
    str(2**63),
    "1" + "0" * 308,
    "9" * 5000,
    "NaN",
    "-Infinity",
    "1e308",
    "1_0",
    "١٢",
    "²",
    "true",
    "null",
    "[]",
    '{"a": 1}',
    "../../../etc/passwd",
    "..%2f..%2f",
    "%",
    "%s%s%n",
    "{{7*7}}${7*7}",
    "'\"><svg onload=alert(1)>",
    "1' OR '1'='1",
    "\u202egnp.exe",
    "\u200b\u2060\ufeff",
    "e" + "\u0301" * 3000,
    "\U0010ffff\ufdd0",
    "\r\nSet-Cookie: a=b",
    "__class__",
    "//[",
    "//evil\u2100.example",
]
NASTY = ["", "a\x00b", b"\xed\xa0\x80", "-1", "1" + "0" * 308, "NaN", "//evil.example"]
NEVER_READ = ("is_staff", "body[]", "_external", "_scheme", "_method", "_anchor", "endpoint", "thread_id", "slug")


def encoded(value: str | bytes) -> str:
    return quote_from_bytes(value) if isinstance(value, bytes) else quote(value, safe="", errors="surrogatepass")


def raw(path: str) -> dict[str, str]:
    """The address as servers hand it over: undone per cent signs, each byte a character."""
    undone = re.sub(rb"%([0-9a-fA-F]{2})", lambda m: bytes([int(m[1], 16)]), path.encode())
    return {"PATH_INFO": undone.decode("latin-1")}


def calm(response: Any) -> bool:
    """Answered without an error of the server, and without sending anybody to another site."""
    return response.status_code < 500 and not off_site(response.headers.get("Location", ""))


def test_T05_no_variable_of_an_address_breaks_a_page(forum):
    broken = []
    for rule in rules_of(forum.app):
        for name in rule.arguments:
            for value, method in itertools.product(
                NASTY if f"<id:{name}>" in rule.rule else VALUES, sorted(rule.methods & {"GET", "POST"})
            ):
                path = forum.path(rule, **{name: encoded(value)})
                response = forum.browser("boss").open("/", method=method, environ_overrides=raw(path))
                if not calm(response):
                    broken.append((method, str(rule), name, value, response.status_code))
    assert not broken


def test_T05_no_parameter_of_a_query_breaks_a_page(forum):
    broken, found, tried = [], {}, set()
    for rule in readable(forum.app):
        found[rule.endpoint] = names_read(forum, rule, "GET")
        pairs = [(name, value) for name in found[rule.endpoint] for value in (NASTY if name in tried else VALUES)]
        tried |= found[rule.endpoint]
        for name, value in (*pairs, *itertools.product(NEVER_READ, ("", "javascript"))):
            query = f"{encoded(name)}={encoded(value)}"
            response = forum.browser("guest").get(forum.path(rule), query_string=query)
            if not calm(response):
                broken.append((str(rule), query[:80], response.status_code))
    assert not broken
    # The watching works: these are known to be read.
    assert {"show", "page"} <= found["questions.index"]
    assert {"title", "topic"} <= found["questions.ask"]
    assert "q" in found["search.page"]
    assert "next" in found["accounts.sign_in"]


def test_T05_no_cookie_breaks_a_page(forum):
    broken, tried = [], set()
    for (endpoint, method), read in watched(forum.app).items():
        forum = anew(forum.app) if method == "POST" else forum
        rule = next(rule for rule in rules_of(forum.app) if rule.endpoint == endpoint)
        browser = forum.app.test_client(use_cookies=False)
        for name, value in ((n, v) for n in read.cookies for v in (NASTY[:3] if n in tried else VALUES)):
            text = value.decode("latin-1") if isinstance(value, bytes) else value.encode().decode("latin-1")
            cookie = {"HTTP_COOKIE": f"{name}={text}"}
            form = {"data": valid_form(forum, rule)} if method == "POST" else {}
            response = browser.open(forum.path(rule), method=method, environ_overrides=cookie, **form)
            if not calm(response):
                broken.append((endpoint, method, name, value, response.status_code))
        tried |= read.cookies
    assert not broken
    assert {"askwell", "kept", "visitor", "theme"} <= tried


def test_T05_no_field_of_a_form_breaks_a_page(forum):
    broken, found, tried = [], {}, set()
    for rule in writable(forum.app):
        found[rule.endpoint] = names_read(forum, rule, "POST")
        forum = anew(forum.app)
        valid = words_of(valid_form(forum, rule))
        path = forum.path(rule)
        names = found[rule.endpoint] | {"body[]"}
        all_at_once = [(None, value) for value in (VALUES if names - tried else NASTY)]
        tried |= names
        for name, value in (*itertools.product(names, NASTY), *all_at_once):
            changed = names if name is None else {name}
            body = urlencode({key: text for key, text in valid.items() if key not in changed})
            body += "".join(f"&{encoded(key)}={encoded(value)}" for key in changed)
            response = forum.sender(rule).post(path, data=body, content_type=FORM)
            if not calm(response):
                broken.append((str(rule), name, value, response.status_code))
    assert not broken
    assert {"title", "body", "topic", "tags", "version", "do", "personal"} <= found["questions.post_question"]
    assert {"email", "password", "stay", "next"} <= found["accounts.sign_in"]


def test_T05_a_parameter_sent_twice_counts_once(forum):
    for query in ("page=1&page=2", "show=newest&show=solved", "page=2&page=1"):
        assert calm(forum.browser("guest").get(f"/questions?{query}"))
    path = f"/answers/to/{forum.foreign}"
    sent = forum.browser("boss").post(path, data="body=first+words&body=other+words", content_type=FORM)
    assert sent.status_code == 303
    posts = db.session.scalars(select(Post).where(Post.source.in_(["first words", "other words"]))).all()
    assert [post.source for post in posts] == ["first words"]


JSON_BODIES = [
    "[]",
    "[1, 2]",
    '"text"',
    "5",
    "null",
    "NaN",
    "{",
    "[" * 10_000,
    '{"body": 5, "email": 5, "title": 5, "name": 5, "reason": 5, "password": 5}',
    '{"body": ["x", {}], "email": [[]], "title": {"a": 1}, "name": null}',
    r'{"body": "\ud800", "email": "\ud800@a.de", "title": "\ud800", "name": "\ud800"}',
    r'{"body": "\u0000", "title": "\u0000"}',
    '{"__proto__": {"is_staff": true}, "body": true}',
]


def test_T05_a_body_that_is_no_form_breaks_nothing_and_posts_nothing(forum):
    broken = []
    posts = db.session.query(Post).count()
    envelopes = [(body, "application/json") for body in JSON_BODIES]
    envelopes += [(JSON_BODIES[-1], kind) for kind in ("text/plain", FORM, "multipart/form-data", "application/xml")]
    for rule, (body, kind) in itertools.product(writable(forum.app), envelopes):
        for browser in (forum.sender(rule), forum.browser("guest")):
            response = browser.post(forum.path(rule), data=body, content_type=kind)
            if not calm(response):
                broken.append((rule.endpoint, body[:40], kind, response.status_code))
    assert not broken
    assert db.session.query(Post).count() == posts


def test_T05_a_file_in_place_of_a_text_is_an_empty_field(forum):
    broken = []
    for rule in writable(forum.app):
        valid = valid_form(forum, rule)
        files = {name: (io.BytesIO(b"file content"), "x.txt") for name in valid} or {"x": (io.BytesIO(b"x"), "x.txt")}
        response = forum.sender(rule).post(forum.path(rule), data=files)
        if not calm(response):
            broken.append((rule.endpoint, response.status_code))
    assert not broken
    assert db.session.query(Post).filter(Post.source.contains("file content")).count() == 0


BROKEN_MULTIPART = [
    (b"", "multipart/form-data"),
    (b"--x", "multipart/form-data; boundary=x"),
    (b'--x\r\nContent-Disposition: form-data; name="body"\r\n\r\nno end', "multipart/form-data; boundary=x"),
    (b"--x\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x"),
    (
        b'--x\r\nContent-Disposition: form-data; name="body"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+AAA-\r\n--x--',
        "multipart/form-data; boundary=x",
    ),
    (b'--x\r\nContent-Disposition: form-data; name="body"\r\n\r\n\xed\xa0\x80\r\n--x--', "multipart/form-data; boundary=x"),
    (b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(1100)) + b"--x--",
     "multipart/form-data; boundary=x"),
    (b"&".join(b"a%d=1" % number for number in range(20_000)), FORM),
    (b"=" * 10_000, FORM),
    (b"body=x", FORM + "; charset=utf-16"),
    (b"body=x", "nonsense"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(BROKEN_MULTIPART)))
def test_T05_a_broken_envelope_is_refused_calmly(forum, number):
    body, kind = BROKEN_MULTIPART[number]
    for path in ("/questions/ask", "/accounts/sign-in", "/accounts/theme", f"/answers/to/{forum.foreign}"):
        for who in ("guest", "boss"):
            assert calm(forum.browser(who).post(path, data=body, content_type=kind))


def test_T05_more_than_the_server_takes_is_413(forum):
    for path in ("/questions/ask", "/accounts/sign-in"):
        response = forum.browser("guest").post(path, data=b"body=" + b"a" * 11 * 1024 * 1024, content_type=FORM)
        assert response.status_code == 413
        assert "too large" in response.text


HOSTILE = ("a" * 10**6, "a " * 500_000, "@a" * 500_000, "[" * 10**6, "1" * 10**6, "." * 10**6, "\u0301" * 10**6)


def _seconds(send: Callable[[], Any]) -> float:
    """How long the processor was at work; an error of the server counts as for ever."""
    begin = time.process_time()
    response = send()
    return time.process_time() - begin if calm(response) else float("inf")


def test_T11_no_megabyte_costs_a_second(forum):
    slow = []
    for rule in writable(forum.app):
        path, names = forum.path(rule), names_read(forum, rule, "POST") - {"path"}
        valid = {name: word for name, word in words_of(valid_form(forum, rule)).items() if name not in names}
        for text in (HOSTILE[0], HOSTILE[3]):
            share = text[: len(text) // (len(names) or 1)]  # undoing per cent signs would be most of the time
            body = "&".join([urlencode(valid), *(f"{name}={share}" for name in names)])
            browser = forum.sender(rule)
            seconds = _seconds(lambda: browser.post(path, data=body, content_type=FORM))  # noqa: B023
            if seconds > 1:
                slow.append((rule.endpoint, text[:5], seconds))
    assert not slow


@pytest.mark.parametrize("text", HOSTILE, ids=[f"{text[:2]!r}" for text in HOSTILE])
def test_T11_not_even_nine_of_them_cost_a_second(forum, text):
    for path in ("/questions/ask", "/accounts/sign-up", f"/answers/to/{forum.foreign}"):
        for name in ("title", "body", "name"):
            body = (f"{name}=" + text * 9)[: 9 * 10**6]
            assert _seconds(lambda: forum.browser("boss").post(path, data=body.encode(), content_type=FORM)) < 1  # noqa: B023


@pytest.mark.parametrize("text", HOSTILE, ids=[f"{text[:2]!r}" for text in HOSTILE])
def test_T11_no_long_query_costs_a_second(forum, text):
    # Servers refuse request lines of more than some kilobytes.
    for path, name in (("/search", "q"), ("/questions/similar", "title"), ("/questions/ask", "title")):
        assert _seconds(lambda: forum.browser("guest").get(path, query_string={name: text[:16_000]})) < 1  # noqa: B023


HEAVY = [
    "[" * 30_000,
    "(" * 30_000,
    "*a_" * 10_000,
    "> " * 15_000,
    "- " * 15_000,
    "|a" * 15_000 + "\n" + "|-" * 10,
    "`" * 30_000,
    "![](" * 7_500,
    "<a " * 10_000,
    "&#x41;" * 5_000,
    "@abc " * 6_000,
    "http://a.b/" * 2_700,
    "\u0301" * 30_000,
    "```python\n" + "x=(" * 9_990,
]


@pytest.mark.parametrize("text", HEAVY, ids=[f"{text[:6]!r}" for text in HEAVY])
def test_T11_no_text_costs_a_second(forum, text):
    begin = time.process_time()
    response = forum.browser("boss").post("/posts/preview", data={"body": text[:30_000]})
    assert response.status_code == 200
    assert time.process_time() - begin < 1


# --- T06: fields nobody asked for -----------------------------------------------------------------------------------

UNASKED = {
    "id": "4711",
    "is_staff": "1",
    "is_admin": "1",
    "role": "admin",
    "team": "Board",
    "handle": "root",
    "score": "99",
    "up": "99",
    "down": "99",
    "accepted": "1",
    "state": "solved",
    "closed": "1",
    "kind": "question",
    "author_id": "2",
    "asker_id": "2",
    "user_id": "2",
    "actor": "2",
    "parent_id": "1",
    "thread_id": "2",
    "topic_id": "1",
    "created_at": "2001-01-01",
    "edited_at": "2001-01-01",
    "ended_at": "2001-01-01",
    "confirmed_at": "2001-01-01",
    "last_activity_at": "2001-01-01",
    "visibility": "visible",
    "answers_count": "99",
    "me_too_count": "99",
    "html": "<script>alert(1)</script>",
    "source_format": "html",
    "renderer_version": "99",
    "fingerprint": "x",
    "password_hash": "x",
    "token_hash": "x",
    "csrf_token": "x",
}
# Secrets differ each time; a draft holds whatever was typed, under whatever name.
RANDOM = ("password_hash", "token_hash", "fields", "key")


def test_T06_fields_nobody_asked_for_change_nothing(forum):
    wrong = []
    columns = {column.name for table in Base.metadata.sorted_tables for column in table.columns}
    unasked = dict.fromkeys(sorted(columns), "1") | UNASKED
    for rule in writable(forum.app):
        read = names_read(forum, rule, "POST")
        prefix = rule.endpoint.split(".")[1] + "-"
        extra = {k: v for k, v in unasked.items() if k not in read}
        extra |= {prefix + k: v for k, v in unasked.items() if prefix + k not in read}
        states, answers = [], []
        for more in ({}, extra):
            fresh = anew(forum.app)
            sent = fresh.browser(who_sends(rule)).post(
                fresh.path(rule), data={**more, **valid_form(fresh, rule)}, query_string=more
            )
            states.append(dump(RANDOM))
            answers.append(sent.status_code)
        if answers[0] != answers[1] or states[0] != states[1]:
            changed = [table for table in states[0] if states[0][table] != states[1][table]]
            wrong.append((rule.endpoint, answers, changed))
    assert not wrong


def test_T06_the_comparison_would_notice_a_difference(forum):
    states = []
    for words in ("One way.", "Another way."):
        fresh = anew(forum.app)
        fresh.browser("boss").post(f"/answers/to/{fresh.foreign}", data={"body": words})
        states.append(dump(RANDOM))
    assert [table for table in states[0] if states[0][table] != states[1][table]] == ["posts"]


# --- T10: how long may it be ----------------------------------------------------------------------------------------


def letters_of(length: int) -> str:
    return ("Many words make a text. " * (length // 24 + 1))[: length - 1] + "x"


def address_of(length: int) -> str:
    return f"somebody@{'b' * (length - 17)}.example"


def secret_of(length: int) -> str:
    return (hashlib.sha256(b"never seen").hexdigest() * (length // 64 + 1))[:length]


def tags_of(length: int) -> str:
    five = ", ".join(letter * 35 for letter in "abcde")
    return (five + "," * length)[:length]


@dataclass(frozen=True)
class Limited:
    limit: int
    text: Callable[[int], str] = letters_of
    secret: bool = False


LIMITS: dict[str, dict[str, Limited]] = {
    "SignUpForm": {
        "name": Limited(40),
        "email": Limited(254, address_of),
        "password": Limited(256, secret_of, secret=True),
    },
    "SignInForm": {"email": Limited(254, address_of), "password": Limited(256, secret_of, secret=True)},
    "ForgotForm": {"email": Limited(254, address_of)},
    "ResetForm": {"password": Limited(256, secret_of, secret=True)},
    "ProfileForm": {"name": Limited(40), "about": Limited(1000)},
    "ChangePasswordForm": {
        "current": Limited(256, secret_of, secret=True),
        "password": Limited(256, secret_of, secret=True),
    },
    "ChangeAddressForm": {"email": Limited(254, address_of), "current": Limited(256, secret_of, secret=True)},
    "QuestionForm": {
        "title": Limited(150),
        "body": Limited(30_000),
        "tags": Limited(185, tags_of),
        "reason": Limited(200),
    },
    "AnswerForm": {"body": Limited(30_000), "reason": Limited(200)},
    "CommentForm": {"body": Limited(1000), "reason": Limited(200)},
    "PreviewForm": {"body": Limited(30_000)},
    "OutcomeForm": {"version": Limited(40), "comment": Limited(300)},
    "ReasonForm": {"reason": Limited(300)},
}
# Where each form is sent, with which prefix; for posts.edit the post decides which form it is.
SENT_TO: dict[str, list[tuple[str, str]]] = {
    "SignUpForm": [("accounts.sign_up", "")],
    "SignInForm": [("accounts.sign_in", "")],
    "ForgotForm": [("accounts.forgot", "")],
    "ResetForm": [("accounts.reset", "")],
    "ProfileForm": [("accounts.profile", "profile-")],
    "ChangePasswordForm": [("accounts.password", "password-")],
    "ChangeAddressForm": [("accounts.address", "address-")],
    "QuestionForm": [("questions.post_question", ""), ("questions.edit", "")],
    "AnswerForm": [("answers.write", ""), ("posts.edit", "")],
    "CommentForm": [("comments.write", ""), ("posts.edit", "")],
    "OutcomeForm": [("answers.outcome", "")],
    "PreviewForm": [("posts.preview", "")],
    "ReasonForm": [("moderation.hide", ""), ("moderation.close", "")],
}
# These take one of a few words, and refuse all others.
ONE_OF_A_FEW = {("OutcomeForm", "kind")}
# What is read without a form. Words chosen from a few: do, personal, kind, value, theme. Ways back, at most as long as an
# address: next, path. A picture and its description, and the fields of a topic, have tests of their own.
COMPOSER = {"do", "personal", "picture", "picture-alt"}
BY_HAND: dict[str, set[str]] = {
    "accounts.sign_up": {"next"},
    "accounts.sign_in": {"next"},
    "accounts.theme": {"theme", "next"},
    "accounts.draft": {"do", "path", "body"},
    "questions.post_question": COMPOSER | {"context-model"},
    "questions.edit": COMPOSER | {"context-model"},
    "questions.resolution": {"do", "kind"},
    "answers.write": COMPOSER | {"quote"},
    "answers.claim": {"do"},
    "answers.acceptance": {"do"},
    "answers.recommendation": {"do"},
    "attachments.add": {"picture", "picture-alt"},
    "comments.write": COMPOSER,
    "posts.edit": COMPOSER,
    "posts.deletion": {"do"},
    "votes.vote": {"value"},
    "votes.me_too": {"do"},
    "votes.follow": {"do"},
    "moderation.hide": {"do"},
    "moderation.close": {"do"},
}
# The reason of an edit has no place where something is written for the first time; a preview is only a part of a page.
NOT_SHOWN = {("reason", "post_question"), ("reason", "write")}


def forms() -> dict[str, type[Form]]:
    def below(kind: type[Form]) -> Iterator[type[Form]]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    return {kind.__name__: kind for kind in below(Form) if kind.__module__.startswith("app.")}


def test_T10_every_text_field_of_every_form_stands_in_the_table_of_limits(app):
    found = {
        name: {
            key
            for key, value in form(formdata=None)._fields.items()
            if isinstance(value, StringField) and (name, key) not in ONE_OF_A_FEW
        }
        for name, form in forms().items()
    }
    assert found == {name: set(fields) for name, fields in LIMITS.items()}
    assert set(SENT_TO) == set(LIMITS)
    assert {
        name
        for name, form in forms().items()
        for value in form(formdata=None)
        if isinstance(value, PasswordField) and not LIMITS[name][value.short_name].secret
    } == set()


def test_T10_every_field_that_is_read_stands_in_a_table(forum):
    sent, by_hand = set(), {}
    for (endpoint, method), read in watched(forum.app).items():
        if method == "POST":
            sent |= {(form, endpoint, prefix) for form, prefix in read.forms}
            in_forms = {prefix + name for form, prefix in read.forms for name in forms()[form](formdata=None)._fields}
            by_hand[endpoint] = read.names - in_forms
    assert sent == {(form, *place) for form, places in SENT_TO.items() for place in places}
    assert {endpoint: names for endpoint, names in by_hand.items() if names} == BY_HAND


def test_T10_no_view_reads_what_was_never_seen_being_read(forum):
    literal = re.compile(r"""request\.(?:args|form|files|values)(?:\.get(?:list)?\(|\[)["']([^"']+)""")
    code = "".join(file.read_text() for file in Path(app_package.__file__).parent.rglob("*.py"))
    written = set(literal.findall(code))
    assert {"do", "next", "picture-alt", "q"} <= written
    assert written <= {name for read in watched(forum.app).values() for name in read.names}


def test_T10_every_column_of_text_has_a_length(app):
    unbounded = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String) and (isinstance(column.type, Text) or column.type.length is None)
    }
    # What these hold comes through a form with a limit, and the renderer's output has one of its own.
    assert unbounded <= {"posts.source", "posts.html", "revisions.source"}


def _cases() -> list[Any]:
    return [
        pytest.param(form, name, *place, id=f"{form}.{name}-{place[0]}")
        for form, fields in LIMITS.items()
        for name in fields
        for place in SENT_TO[form]
    ]


def _target(forum: Forum, form: str, endpoint: str) -> str:
    rule = next(rule for rule in writable(forum.app) if rule.endpoint == endpoint)
    if endpoint == "posts.edit" and form == "CommentForm":
        return f"/posts/{forum.own_comment}/edit"
    return forum.path(rule)


@pytest.mark.parametrize(("form", "name", "endpoint", "prefix"), _cases())
def test_T10_a_text_at_its_limit_is_taken_and_a_longer_one_comes_back(forum, form, name, endpoint, prefix):
    limited, who = LIMITS[form][name], "guest" if endpoint in GUESTS_ONLY else "boss"
    path, valid = _target(forum, form, endpoint), VALID[endpoint](forum)
    if path == f"/posts/{forum.own_comment}/edit":
        valid["version"] = str(forum.own_comment_version)
    said = f"at most {limited.limit} characters"
    forum.browser(who)
    for length in (limited.limit * 10, limited.limit + 1):
        before, text = dump(), limited.text(length)
        assert len(text) == length
        response = forum.browser(who).post(path, data={**valid, prefix + name: text})
        page = html.unescape(response.text)
        assert response.status_code == 422
        assert said in page
        assert str(length) in page
        if limited.secret:
            assert text not in page
        elif form != "PreviewForm" and (name, endpoint.split(".")[1]) not in NOT_SHOWN:
            assert text in page
        assert dump() == before
    text = limited.text(limited.limit)
    response = forum.browser(who).post(path, data={**valid, prefix + name: text})
    assert said not in response.text
    if form == "SignInForm" or name == "current":  # taken, but it is not the right one
        assert response.status_code == 422
    else:
        assert response.status_code in (200, 303)


def test_T10_five_tags_of_35_letters_and_not_more(forum):
    def ask(tags: str) -> Any:
        return forum.browser("boss").post("/questions/ask", data={**QUESTION, "tags": tags})

    assert ask(", ".join(letter * 35 for letter in "abcde")).status_code == 303
    longer = ask("a" * 36)
    assert longer.status_code == 422
    assert "at most 35 characters" in longer.text
    assert "a" * 36 in longer.text
    more = ask("a,b,c,d,e,f")
    assert more.status_code == 422
    assert "at most 5 tags; these are 6" in more.text
    assert "a,b,c,d,e,f" in more.text


@pytest.mark.parametrize("edit", [False, True])
def test_T10_the_fields_of_a_topic_take_200_letters(forum, edit):
    path = f"/questions/{forum.thread}/edit" if edit else "/questions/ask"
    for length, status in ((2000, 422), (201, 422), (200, 303)):
        text = letters_of(length)
        response = forum.browser("boss").post(path, data={**QUESTION, "version": "1", "context-model": text})
        assert response.status_code == status
        if status == 422:
            assert "at most 200 characters" in response.text
            assert text in response.text
            assert QUESTION["body"] in response.text


@pytest.mark.parametrize("do", ["picture", "preview", ""])
def test_T10_what_a_picture_shows_is_said_in_200_letters(forum, do):
    path = f"/answers/to/{forum.foreign}"
    for length, status in ((2000, 422), (201, 422), (200, 303 if not do else 200)):
        form = {"body": CANARY, "picture-alt": letters_of(length), "do": do}
        response = forum.browser("boss").post(path, data={**form, "picture": (io.BytesIO(PICTURE), "screen.png")})
        assert response.status_code == status
        if status == 422:
            assert f"at most 200 characters what the picture shows; this has {length}" in response.text
            assert form["picture-alt"] in response.text
            assert CANARY in response.text


@pytest.mark.parametrize("body", ["Half a sentence", ""])
def test_T10_the_address_of_a_draft_has_at_most_200_letters(forum, body):
    for length, status in ((100_000, 422), (201, 422), (200, 204)):
        path = "/questions/" + "a" * (length - 11)
        response = forum.browser("boss").post("/accounts/drafts", data={"path": path, "body": body})
        assert response.status_code == status
        assert status == 204 or body in response.text


def test_T10_a_search_reads_two_hundred_letters(forum):
    response = forum.browser("guest").get("/search", query_string={"q": "amber " * 100})
    assert response.status_code == 200
    assert len(html.unescape(response.text).split("amber")) < 2 * 200


def test_T10_what_is_kept_is_bounded(forum):
    many = {f"field{number}": "a" * 200_000 for number in range(15)}
    form = {"body": "My question." + "b" * 100_000, **many}
    assert forum.browser("boss").post("/accounts/drafts", data={"path": "/questions/ask", **form}).status_code == 204
    kept = db.session.scalars(select(KeptText)).one()
    assert sum(len(name) + len(value) for name, value in kept.fields.items()) <= 100_000
    forum = anew(forum.app)
    assert forum.browser("guest").post("/questions/ask", data=form).status_code == 303
    kept = db.session.scalars(select(KeptText)).one()
    assert kept.fields["body"].startswith("My question.")
    assert sum(len(name) + len(value) for name, value in kept.fields.items()) <= 100_000
    wide = {"n" * 5000 + str(number): "" for number in range(100)}
    forum.app.test_client().post("/questions/ask", data={"body": "Second question.", **wide})
    kept = db.session.scalars(select(KeptText).order_by(KeptText.id.desc()).limit(1)).one()
    assert kept.fields["body"] == "Second question."
    assert sum(len(name) + len(value) for name, value in kept.fields.items()) <= 100_000


# --- What was typed comes back --------------------------------------------------------------------------------------


def _typed(forum: Forum, rule: Rule) -> dict[str, str]:
    """The valid form, with a sentence in every field for words."""
    form = valid_form(forum, rule)
    for kind, prefix in watched(forum.app)[rule.endpoint, "POST"].forms:
        words = {name for name, limited in LIMITS[kind].items() if limited.text is letters_of}
        form |= {prefix + name: CANARY for name in words}
    return form


def test_every_refusal_keeps_what_was_typed(forum):
    lost = []
    for rule in writable(forum.app):
        form = _typed(forum, rule)
        wanted = [value for value in form.values() if value == CANARY]
        if not wanted:
            continue
        path, browser = forum.path(rule), forum.sender(rule)
        foreign = browser.post(path, data=form, headers={"Sec-Fetch-Site": "cross-site"})
        nowhere = browser.post(path.replace("1", "999") + "x", data=form)
        for response, expected in ((foreign, (403,)), (nowhere, (404, 405))):
            if response.status_code not in expected or response.text.count(CANARY) < len(wanted):
                lost.append((rule.endpoint, response.status_code))
    assert not lost


def test_a_refusal_never_sends_passwords_back(forum):
    for rule in writable(forum.app):
        form = valid_form(forum, rule)
        secrets = {name for name in form if "password" in name or "current" in name}
        form |= dict.fromkeys(secrets, "s3cret sentence of mine")
        response = forum.browser("guest").post(forum.path(rule), data=form, headers={"Sec-Fetch-Site": "cross-site"})
        assert response.status_code == 403
        assert "s3cret" not in response.text


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example/x", "//evil.example/questions/ask"])
def test_the_form_of_an_error_page_stays_on_this_site(forum, path):
    response = forum.browser("boss").post(
        "/", data={"body": CANARY}, environ_overrides=raw(path), headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert CANARY in response.text
    for target in re.findall(r'action="([^"]*)"', response.text):
        assert not off_site(html.unescape(target))


# --- T36: nobody else's page changes anything here ------------------------------------------------------------------

FOREIGN: dict[str, dict[str, str | None]] = {
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a sister of this site": {"Sec-Fetch-Site": "same-site"},
    "a word nobody knows": {"Sec-Fetch-Site": "evil"},
    "neither header": {"Sec-Fetch-Site": None},
    "a foreign origin": {"Sec-Fetch-Site": None, "Origin": "https://evil.example"},
    "no origin, said aloud": {"Sec-Fetch-Site": None, "Origin": "null"},
    "an origin that begins alike": {"Sec-Fetch-Site": None, "Origin": "http://localhost.evil.example"},
    "an origin with another port": {"Sec-Fetch-Site": None, "Origin": "http://localhost:8080"},
    "an origin with a user": {"Sec-Fetch-Site": None, "Origin": "http://localhost@evil.example"},
    "an origin that is none": {"Sec-Fetch-Site": None, "Origin": "http://["},
    "an empty origin": {"Sec-Fetch-Site": None, "Origin": ""},
    "headers that contradict": {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    "an address typed in, from elsewhere": {"Sec-Fetch-Site": "none", "Origin": "https://evil.example"},
    "both, foreign": {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
}


def test_T36_a_form_from_elsewhere_changes_not_one_row(forum):
    forum.browser("boss").get("/")
    before, wrong = dump(), []
    for rule in writable(forum.app):
        path = forum.path(rule)
        for (name, headers), who in itertools.product(FOREIGN.items(), ("boss", "guest")):
            sent = forum.browser(who).post(path, data=valid_form(forum, rule), headers=headers)
            if sent.status_code != 403 or "Set-Cookie" in sent.headers:
                wrong.append((rule.endpoint, name, who, sent.status_code))
        if dump() != before:
            wrong.append((rule.endpoint, "changed something"))
    assert not wrong


def test_T36_no_other_method_is_a_way_in(forum):
    forum.browser("boss").get("/")
    before, wrong = dump(), []
    for rule, method in itertools.product(writable(forum.app), ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "post")):
        sent = forum.browser("boss").open(
            forum.path(rule),
            method=method,
            data=valid_form(forum, rule),
            headers={"Sec-Fetch-Site": "cross-site", "X-HTTP-Method-Override": "POST"},
        )
        if sent.status_code not in (403, 404, 405) or dump() != before:
            wrong.append((rule.endpoint, method, sent.status_code))
    assert not wrong


def test_T36_reading_changes_nothing(forum):
    forum.browser("boss").get("/")
    before, wrong = dump(), []
    for rule, method, who in itertools.product(rules_of(forum.app), ("GET", "HEAD", "OPTIONS"), ("boss", "guest")):
        form = {"do": "end", **(words_of(valid_form(forum, rule)) if rule.endpoint in VALID else {})}
        sent = forum.browser(who).open(
            forum.path(rule), method=method, data=form, headers={"Sec-Fetch-Site": "cross-site"}
        )
        if sent.status_code >= 500 or dump() != before:
            wrong.append((rule.endpoint, method, who, sent.status_code))
            before = dump()
    assert not wrong


def test_a_head_request_is_answered_like_a_get(forum):
    wrong = []
    for rule, who in itertools.product(readable(forum.app), ("boss", "guest")):
        got, head = (forum.browser(who).open(forum.path(rule), method=method) for method in ("GET", "HEAD"))
        if got.status_code != head.status_code or head.data:
            wrong.append((rule.endpoint, who, got.status_code, head.status_code))
    assert not wrong


def test_a_browser_that_sends_only_an_origin_can_post(forum):
    headers = {"Sec-Fetch-Site": None, "Origin": "http://localhost"}
    sent = forum.browser("boss").post(f"/answers/to/{forum.foreign}", data={"body": "By origin."}, headers=headers)
    assert sent.status_code == 303


# --- T20: the way back stays on this site ---------------------------------------------------------------------------

BACK = [
    "//evil.example",
    "///evil.example",
    "////evil.example//",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "//\\evil.example",
    "http://evil.example",
    "HTTPS://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http:\\\\evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "ftp://evil.example",
    "mailto:x@evil.example",
    "blob:http://evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "\x1f//evil.example",
    "/\x7f/evil.example",
    "java\tscript:alert(1)",
    "//evil.example\\@localhost",
    "//localhost@evil.example",
    "http://localhost@evil.example/",
    "http://localhost:80@evil.example",
    "http://localhost.evil.example",
    "http://localhost%2eevil.example",
    "//evil%E3%80%82example",
    "//evil。example",
    "//ｅｖｉｌ.example",
    "//evil\u2100.example",
    "／／evil.example",
    "/／evil.example",
    "/\u2028/evil.example",
    "/\u00a0/evil.example",
    "/\u202e/evil.example",
    "%2f%2fevil.example",
    "/%2f%2fevil.example",
    "/%2F%2Fevil.example",
    "/%5cevil.example",
    "/%09/evil.example",
    "/%0d%0aLocation:%20//evil.example",
    "/\r\nLocation: //evil.example",
    "//xn--evil-example.example",
    "//[::1]",
    "//[",
    "//]",
    "//127.0.0.1",
    "//2130706433",
    "/..//evil.example",
    "/.//evil.example",
    "/./\\evil.example",
    "/;@evil.example",
    "/?next=//evil.example",
    "?//evil.example",
    "#//evil.example",
    "@evil.example",
    ".evil.example",
    ":80",
    "",
    "evil.example",
    "/" + "a" * 100_000,
]


def off_site(location: str, host: str = "localhost") -> bool:
    """Whether a browser leaves the site: read as the URL standard does, which drops white space and takes \\ for /."""
    target = re.sub("[\t\r\n]", "", location).strip("".join(map(chr, range(33)))).replace("\\", "/")
    if match := re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", target):
        if match[1].lower() not in ("http", "https"):
            return True
        rest = target[match.end() :]
        return re.split("[/?#]", rest.lstrip("/"), maxsplit=1)[0] != host
    if target.startswith("//"):
        return re.split("[/?#]", target.lstrip("/"), maxsplit=1)[0] != host
    return False


def test_T20_the_judge_of_targets_judges_rightly():
    for target in (
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "\t//e",
        "/\t/e",
        "javascript:x",
        "http://e@f",
    ):
        assert off_site(target)
    for target in ("/", "/questions?x=//e", "http://localhost/x", "", "?x", "/a//b"):
        assert not off_site(target)


def _targets(response: Any) -> list[str]:
    """Where a response leads: by itself, or with its links, forms and hidden ways back."""
    # An error page gives back what was typed, to be judged again when it is sent again.
    hidden = '|name="next" value' if "Send it again" not in response.text else ""
    found = re.findall(rf'(?:href|action|data-hx-\w+{hidden})="([^"]*)"', response.text)
    shown = [response.headers.get("Location", ""), *map(html.unescape, found)]
    queries = [target.partition("?")[2] for target in shown if target.startswith("/accounts/")]
    return [*shown, *(value for query in queries for key, value in parse_qsl(query) if key == "next")]


WAYS_BACK = ["accounts.sign_in", "accounts.sign_up", "accounts.theme"]


def test_T20_every_view_that_reads_a_way_back_is_tried(forum):
    readers = {
        (endpoint, name) for (endpoint, _), read in watched(forum.app).items() for name in read.names & {"next", "path"}
    }
    assert readers == {("accounts.draft", "path"), *((endpoint, "next") for endpoint in WAYS_BACK)}


@pytest.mark.parametrize("endpoint", WAYS_BACK)
def test_T20_no_way_back_leads_off_this_site(forum, endpoint):
    rule = next(rule for rule in writable(forum.app) if rule.endpoint == endpoint)
    path, astray = forum.path(rule), []
    for number, target in enumerate(BACK):
        form = {**valid_form(forum, rule), "next": target}
        if endpoint == "accounts.sign_up":
            form |= {"name": f"Eve number {number}", "email": f"eve{number}@example.org"}
        sent = forum.app.test_client().post(path, data=form)
        asked = forum.app.test_client().get(path, query_string={"next": target})
        wrong = forum.app.test_client().post(path, data={"next": target})
        in_query = forum.app.test_client().post(path, data=valid_form(forum, rule), query_string={"next": target})
        for response in (sent, asked, wrong, in_query):
            if response.status_code >= 500 or any(off_site(link) for link in _targets(response)):
                astray.append((target[:60], response.status_code, response.headers.get("Location")))
        if sent.status_code != 303 or len(sent.headers["Location"]) > 4000:
            astray.append((target[:60], sent.status_code))
    assert not astray


def test_T20_a_deleted_draft_leads_nowhere_else(forum):
    astray = []
    for target in BACK:
        sent = forum.browser("boss").post("/accounts/drafts", data={"path": target, "do": "end"})
        if sent.status_code not in (303, 422) or any(off_site(link) for link in _targets(sent)):
            astray.append((target[:60], sent.status_code, sent.headers.get("Location")))
    assert not astray


def test_T20_the_page_on_which_a_button_was_pressed_is_one_of_ours(forum):
    astray = []
    for target in BACK:
        referrer = {"HTTP_REFERER": ("http://localhost" + target).encode().decode("latin-1")}
        sent = forum.browser("guest").post(f"/votes/follow/{forum.thread}", environ_overrides=referrer)
        if sent.status_code != 303 or any(off_site(link) for link in _targets(sent)):
            astray.append((target[:60], sent.status_code, sent.headers.get("Location")))
    assert not astray


def test_T20_a_way_back_on_this_site_is_taken(forum):
    for target in ("/", "/questions?show=newest&page=2", "/questions/1/why-is-it-amber#p3", "/search?q=a%2Fb"):
        assert safe_path(target) == target
        form = {"email": forum.boss_email, "password": make.PASSWORD, "next": target}
        assert forum.app.test_client().post("/accounts/sign-in", data=form).headers["Location"] == target


SLASHES = [
    "//evil.example/",
    "///evil.example/",
    "//evil.example//",
    "/\\evil.example/",
    "/%5Cevil.example/",
    "//evil.example/questions/",
    "//evil.example/..//questions/",
    "/questions//evil.example/",
    "/topics//evil.example/",
    "/topics/\\evil.example/",
    "/tags//evil.example/",
    "/tags/%2F%2Fevil.example/",
    "/tags/%0d%0aLocation:%20%2F%2Fevil.example/",
    "/tags/%3F/",
    "/tags/%23/",
    "/people/1//evil.example/",
    "/people/1/%2F%2Fevil.example/",
    "/questions/1//evil.example/",
    "/questions/1/\\evil.example/",
    "/questions/1/%0aSet-Cookie:x/",
    "//questions/",
    "///questions",
    "/questions/",
    "/questions///",
    "/./questions/",
    "/help/",
    "/accounts//sign-in/",
    "/assets//evil.example/x/",
    "/from//evil.example/questions/17/",
    "/from/old-forum/questions//evil.example/",
    "/from/old-forum/answers/%2F%2Fevil.example/",
    "/posts/1/revisions//evil.example/",
    "/attachments//evil.example/",
]


def test_T20_a_slash_too_many_leads_nowhere_else(forum):
    astray = []
    for path, query in itertools.product(SLASHES, ("", "next=//evil.example/", "//evil.example", "%0d%0aX: y")):
        for who in ("guest", "boss"):
            response = forum.browser(who).get("/", environ_overrides={**raw(path), "QUERY_STRING": query})
            location = response.headers.get("Location", "")
            if response.status_code >= 500 or off_site(location) or "\n" in location:
                astray.append((path, query, response.status_code, location))
    assert not astray
    assert forum.browser("guest").get("/questions/").headers["Location"] == "/questions"


# --- T16: what one visitor sends, the next does not see -------------------------------------------------------------

ODD: list[dict[str, str]] = [
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Server": "evil.example"},
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Scheme": "https"},
    {"X-Forwarded-Port": "666"},
    {"X-Forwarded-Prefix": "/evil.example"},
    {"X-Forwarded-For": "evil.example, 127.0.0.1"},
    {"Forwarded": "host=evil.example;proto=https"},
    {"X-Host": "evil.example"},
    {"X-Original-URL": "/admin/mail"},
    {"X-Rewrite-URL": "/admin/mail"},
    {"X-Original-Host": "evil.example"},
    {"X-HTTP-Method-Override": "POST"},
    {"X-Script-Name": "/evil.example"},
    {"Accept": "application/json"},
    {"Accept-Language": "ar,he;q=0.9"},
    {"Accept-Charset": "utf-7"},
    {"Accept-Encoding": "evil.example"},
    {"HX-Request": "true"},
    {"HX-Boosted": "true", "HX-Target": "evil.example", "HX-Current-URL": "https://evil.example"},
    {"X-Requested-With": "XMLHttpRequest"},
    {"Referer": "https://evil.example/"},
    {"Origin": "https://evil.example"},
    {"User-Agent": "<script>evil.example</script>"},
    {"Cookie": "theme=evil.example; askwell=evil.example; kept=evil.example"},
    {"Cookie": "theme=dark"},
    {"Cookie": "askwell=.eJx.evil.example; kept=%00%ff; theme=\xff"},
    {"If-None-Match": '"evil.example"'},
    {"If-Modified-Since": "evil.example"},
    {"Range": "bytes=0-5"},
    {"Authorization": "Basic ZXZpbC5leGFtcGxlOg=="},
    {"Purpose": "prefetch", "Sec-Purpose": "prefetch"},
    {"Host": "evil.example"},
    {"Host": "evil.example:80"},
    {"Host": "localhost:666"},
    {"Host": "LOCALHOST"},
    {"Host": "localhost.evil.example"},
    {"Host": "evil.example/../x"},
    {"Host": 'evil.example"><script>'},
    {"Host": "evil.example\x00"},
    {"Host": ""},
    {"Host": "[::1"},
    {"Host": "user:pass@evil.example"},
]
ODD_QUERIES = [
    "_external=1",
    "_scheme=javascript",
    "_anchor=evil.example",
    "_method=POST",
    "endpoint=x",
    "utm_source=evil.example",
    "slug=evil.example",
    "thread_id=99",
    "topic=evil.example",
    "callback=evil.example",
    "page[]=2",
]


def shared(forum: Forum) -> list[str]:
    """The addresses of all pages that caches may share."""
    guest, paths = forum.app.test_client(), [forum.path(rule) for rule in readable(forum.app)]
    return [path for path in paths if "public" in guest.get(path).headers.get("Cache-Control", "")]


def _shown(response: Any) -> tuple[int, bytes, list[tuple[str, str]]]:
    return response.status_code, response.data, sorted(h for h in response.headers.items() if h[0] != "Date")


def test_T16_no_header_of_one_visitor_changes_what_the_next_gets(forum):
    changed, guest, pages = [], forum.app.test_client(use_cookies=False), forum.app.extensions["pages"]
    plain = {path: _shown(guest.get(path)) for path in shared(forum)}
    for path, headers in itertools.product(plain, ODD):
        pages.clear()  # so that the odd visitor is the first
        odd = guest.get(path, headers=headers)
        if odd.status_code >= 500 or re.search(r"evil\.example|:666", odd.text + str(odd.headers)):
            changed.append((path, headers, odd.status_code))
        if _shown(guest.get(path)) != plain[path]:
            changed.append((path, headers, "is another now"))
    assert not changed
    assert len(plain) >= 15


def test_T16_no_parameter_takes_over_the_links_of_a_page(forum):
    wrong = []
    for path in shared(forum):
        for query in ODD_QUERIES:
            odd = forum.app.test_client().get(f"{path}?{query}")
            links = [html.unescape(link) for link in re.findall(r'(?:href|action)="([^"]*)"', odd.text)]
            links = links if odd.status_code == 200 else []
            if odd.status_code >= 500 or any(off_site(link) or "evil.example" in link for link in links):
                wrong.append((path, query, odd.status_code, [link for link in links if off_site(link)]))
    assert not wrong


def test_T16_the_canonical_address_comes_from_the_settings(forum):
    found = 0
    for rule in readable(forum.app):
        path = forum.path(rule)
        for headers in ({}, {"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}):
            page = forum.app.test_client().get(path, headers=headers)
            for link in re.findall(r'rel="canonical" href="([^"]*)"', page.text):
                found += 1
                assert link == "http://localhost" + ("" if path == "/" else path) or link == "http://localhost/"
            assert "evil.example" not in page.text
    assert found >= 15


def test_T16_mails_link_to_the_public_address_whoever_asked(forum, work, letters):
    forum.browser("guest").post(
        "/accounts/forgot",
        data={"email": forum.boss_email},
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )
    work()
    parts = [part for letter in letters() if letter.is_multipart() for part in letter.get_payload()]
    assert any("http://localhost/accounts/" in part.get_payload() for part in parts)
    assert not any("evil.example" in part.get_payload() for part in parts)


# --- And whatever nobody thought of ---------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.sampled_from([value for value in VALUES if isinstance(value, str)]),
    st.integers().map(str),
    st.floats().map(str),
)


def pairs(app: Flask) -> st.SearchStrategy[list[tuple[str, str]]]:
    known = st.sampled_from(sorted({name for read in watched(app).values() for name in read.names}))
    return st.lists(st.tuples(st.one_of(known, st.text(max_size=12)), TEXTS), max_size=6)


CALM = settings(
    deadline=None,
    max_examples=200,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@CALM
@given(data=st.data(), signed_in=st.booleans(), script=st.booleans())
def test_T05_no_random_query_breaks_a_page(forum, data, signed_in, script):
    rule = data.draw(st.sampled_from(readable(forum.app)))
    query = urlencode(data.draw(pairs(forum.app)), errors="replace")
    browser, headers = forum.browser("boss" if signed_in else "guest"), {"HX-Request": "true"} if script else {}
    assert calm(browser.get(forum.path(rule), query_string=query, headers=headers))


@CALM
@given(data=st.data(), valid=st.booleans(), signed_in=st.booleans(), script=st.booleans())
def test_T05_no_random_form_breaks_a_page(forum, data, valid, signed_in, script):
    rule = data.draw(st.sampled_from(writable(forum.app)))
    browser = forum.sender(rule) if signed_in else forum.browser("guest")
    form = list(words_of(valid_form(forum, rule)).items()) if valid else []
    body = urlencode([*data.draw(pairs(forum.app)), *form], errors="replace")
    headers = {"HX-Request": "true"} if script else {}
    assert calm(browser.post(forum.path(rule), data=body, content_type=FORM, headers=headers))


@CALM
@given(path=st.text(max_size=40), signed_in=st.booleans())
def test_T05_no_random_address_breaks_a_page(forum, path, signed_in):
    environ = {"PATH_INFO": "/" + path.encode("utf-8", "surrogatepass").decode("latin-1")}
    response = forum.browser("boss" if signed_in else "guest").get("/", environ_overrides=environ)
    assert calm(response)


@CALM
@given(target=st.text(st.sampled_from("/\\:.@?#%[]\t\r\n 025cfhtps\u2100\uff0f\u3002e"), max_size=12))
def test_T20_no_random_target_is_off_this_site(target):
    found = safe_path(target)
    assert found is None or (found == target and not off_site(found))
