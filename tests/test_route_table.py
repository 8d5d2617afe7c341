"""T04: every route, every method, every role, against one declared table."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Blueprint, Flask
from werkzeug.routing import Rule

import app as program
from app import create_app
from app.accounts import service as accounts
from app.accounts.access import needs
from app.accounts.queries import sessions_of
from app.events import unit_of_work
from app.extensions import db, limiter
from app.lib import clock
from app.models import Imported, ImportKind, Role, Token, User
from app.permissions import RULES, STAFF, Action
from app.posts.service import edit_post
from tests import factories as make

ROLES = ("guest", "unconfirmed", "member", "owner", "staff", "moderator", "admin")

# What a role gets: `ok` (2xx, or 3xx not to the sign-in page), `sign in` (303 to it), `403`, `missing` (404 or 410).
ANYBODY = "ok ok ok ok ok ok ok"
SIGNED_IN = "sign-in ok ok ok ok ok ok"
OWNER = "sign-in 403 403 ok 403 403 403"
NOT_OWNER = "sign-in 403 ok 403 ok ok ok"
NOT_OWNER_OR_GUEST = "ok 403 ok 403 ok ok ok"
OWNER_OR_MODERATOR = "sign-in 403 403 ok 403 ok ok"
CONFIRMED = "sign-in 403 ok ok ok ok ok"
STAFF_NOT_OWNER = "sign-in 403 403 403 ok ok ok"
MODERATORS = "sign-in 403 403 403 403 ok ok"
ADMINS = "sign-in 403 403 403 403 403 ok"

# The owner asked the question, wrote the answer and the comment, and is not staff. Everything is public and open.
ROUTES = {
    "GET /": ANYBODY,
    "GET /help": ANYBODY,
    "GET /health": ANYBODY,
    "GET /assets/<fingerprint>/<name>": ANYBODY,
    "GET /questions": ANYBODY,
    "GET /questions/waiting": SIGNED_IN,
    "GET /questions/ask": ANYBODY,
    "POST /questions/ask": SIGNED_IN,
    "GET /questions/fields": ANYBODY,
    "GET /questions/similar": ANYBODY,
    "GET /questions/<id:thread_id>": ANYBODY,
    "GET /questions/<id:thread_id>/<path:slug>": ANYBODY,
    "GET /questions/<id:thread_id>/edit": OWNER_OR_MODERATOR,
    "POST /questions/<id:thread_id>/edit": OWNER_OR_MODERATOR,
    "POST /questions/<id:thread_id>/resolution": OWNER,
    "GET /answers/to/<id:thread_id>": SIGNED_IN,
    "POST /answers/to/<id:thread_id>": SIGNED_IN,
    "POST /answers/to/<id:thread_id>/claim": CONFIRMED,
    "GET /answers/<id:answer_id>/outcome": NOT_OWNER,
    "POST /answers/<id:answer_id>/outcome": NOT_OWNER,
    "POST /answers/<id:answer_id>/acceptance": OWNER,
    "POST /answers/<id:answer_id>/recommendation": STAFF_NOT_OWNER,
    "GET /comments/to/<id:post_id>": SIGNED_IN,
    "POST /comments/to/<id:post_id>": SIGNED_IN,
    "GET /posts/<id:post_id>": ANYBODY,
    "POST /posts/preview": ANYBODY,
    "GET /posts/<id:post_id>/edit": OWNER_OR_MODERATOR,
    "POST /posts/<id:post_id>/edit": OWNER_OR_MODERATOR,
    "GET /posts/<id:post_id>/revisions": ANYBODY,
    "POST /posts/<id:post_id>/revisions/<id:number>/restoration": OWNER_OR_MODERATOR,
    "POST /posts/<id:post_id>/undo": OWNER,
    "POST /posts/<id:post_id>/conversion": OWNER_OR_MODERATOR,
    "POST /posts/<id:post_id>/deletion": OWNER,
    "POST /votes/<id:post_id>": NOT_OWNER,
    "POST /votes/me-too/<id:thread_id>": NOT_OWNER_OR_GUEST,
    "POST /votes/follow/<id:thread_id>": CONFIRMED,
    "POST /attachments": SIGNED_IN,
    "GET /attachments/<key>": ANYBODY,
    "GET /from/<source>/questions/<path:old_id>": ANYBODY,
    "GET /from/<source>/answers/<path:old_id>": ANYBODY,
    "GET /topics": ANYBODY,
    "GET /topics/<slug>": ANYBODY,
    "GET /tags": ANYBODY,
    "GET /tags/<name>": ANYBODY,
    "GET /people/<id:user_id>": ANYBODY,
    "GET /people/<id:user_id>/<path:slug>": ANYBODY,
    "GET /search": ANYBODY,
    "GET /accounts/sign-up": ANYBODY,
    "POST /accounts/sign-up": ANYBODY,
    "GET /accounts/sign-in": ANYBODY,
    "POST /accounts/sign-in": ANYBODY,
    "POST /accounts/sign-out": ANYBODY,
    "GET /accounts/confirm/<secret>": ANYBODY,
    "POST /accounts/confirm/<secret>": ANYBODY,
    "POST /accounts/confirmation": SIGNED_IN,
    "GET /accounts/forgot": ANYBODY,
    "POST /accounts/forgot": ANYBODY,
    "GET /accounts/reset/<secret>": ANYBODY,
    "POST /accounts/reset/<secret>": ANYBODY,
    "GET /accounts/settings": SIGNED_IN,
    "POST /accounts/profile": SIGNED_IN,
    "POST /accounts/password": SIGNED_IN,
    "POST /accounts/address": SIGNED_IN,
    "GET /accounts/address/<secret>": ANYBODY,
    "POST /accounts/address/<secret>": ANYBODY,
    "POST /accounts/sessions/<id:session_id>/end": SIGNED_IN,
    "POST /accounts/drafts": SIGNED_IN,
    "POST /accounts/theme": ANYBODY,
    "GET /moderation/posts/<id:post_id>/hide": MODERATORS,
    "POST /moderation/posts/<id:post_id>/hide": MODERATORS,
    "GET /moderation/questions/<id:thread_id>/close": MODERATORS,
    "POST /moderation/questions/<id:thread_id>/close": MODERATORS,
    "GET /admin/mail": ADMINS,
    "GET /admin/mail/<key>": ADMINS,
    "GET /admin/worker": ADMINS,
}

# A form that would succeed, for each POST; functions get the scene.
FORMS: dict[str, Any] = {
    "POST /questions/ask": lambda scene: {"title": "Why again?", "body": "No idea.", "topic": scene.topic.slug},
    "POST /questions/<id:thread_id>/edit": lambda scene: {
        "title": "Why not?",
        "body": "Other words.",
        "topic": scene.topic.slug,
        "reason": "Clearer.",
    },
    "POST /questions/<id:thread_id>/resolution": {"kind": "solved_myself"},
    "POST /answers/to/<id:thread_id>": {"body": "Turn it off."},
    "POST /answers/to/<id:thread_id>/claim": {},
    "POST /answers/<id:answer_id>/outcome": {"kind": "worked"},
    "POST /answers/<id:answer_id>/acceptance": {},
    "POST /answers/<id:answer_id>/recommendation": {},
    "POST /comments/to/<id:post_id>": {"body": "Which one?"},
    "POST /posts/preview": {"body": "**Bold**"},
    "POST /posts/<id:post_id>/edit": {"body": "Other words.", "reason": "Clearer."},
    "POST /posts/<id:post_id>/revisions/<id:number>/restoration": {},
    "POST /posts/<id:post_id>/undo": {},
    "POST /posts/<id:post_id>/conversion": {},
    "POST /posts/<id:post_id>/deletion": {},
    "POST /votes/<id:post_id>": {"value": "up"},
    "POST /attachments": lambda scene: {"picture": (BytesIO(make.image()), "screen.png")},
    "POST /votes/me-too/<id:thread_id>": {},
    "POST /votes/follow/<id:thread_id>": {},
    "POST /accounts/sign-up": lambda scene: {
        "name": f"Anna {scene.thread.id}",
        "email": f"anna-{scene.thread.id}@example.org",
        "password": make.PASSWORD,
    },
    "POST /accounts/sign-in": lambda scene: {"email": scene.owner.email, "password": make.PASSWORD},
    "POST /accounts/sign-out": {},
    "POST /accounts/confirm/<secret>": {},
    "POST /accounts/confirmation": {},
    "POST /accounts/forgot": {"email": "somebody@example.org"},
    "POST /accounts/reset/<secret>": {"password": "another long sentence nobody guesses"},
    "POST /accounts/profile": lambda scene: {"profile-name": f"New name {scene.thread.id}", "profile-about": ""},
    "POST /accounts/password": {
        "password-current": make.PASSWORD,
        "password-password": "another long sentence nobody guesses",
    },
    "POST /accounts/address": lambda scene: {
        "address-email": f"else-{scene.thread.id}@example.org",
        "address-current": make.PASSWORD,
    },
    "POST /accounts/address/<secret>": {},
    "POST /accounts/sessions/<id:session_id>/end": {},
    "POST /accounts/drafts": {"path": "/questions/ask", "body": "Half a sen"},
    "POST /accounts/theme": {"theme": "dark"},
    "POST /moderation/posts/<id:post_id>/hide": {"reason": "Because."},
    "POST /moderation/questions/<id:thread_id>/close": {"reason": "Because."},
}


class Scene:
    """What is there: a public thread of the owner, with an answer and a comment of the owner."""

    def __init__(self, app: Flask, people: dict[str, User | None]) -> None:
        self.app = app
        owner = people["owner"]
        assert owner is not None
        self.owner = owner
        self.topic = make.make_topic()
        self.thread = make.ask(owner, topic=self.topic, tags=["lamp"])
        self.answer = make.answer(self.thread, owner)
        self.comment = make.comment(self.answer, owner)
        edit_post(self.answer, owner, make.render("Restart it twice."), 1, "A typing error")

    def values(self, rule: str, user: User | None) -> dict[str, Any]:
        """What stands in the address."""
        makers: dict[str, Callable[[], Any]] = {
            "thread_id": lambda: self.thread.id,
            "post_id": lambda: self.answer.id,
            "answer_id": lambda: self.answer.id,
            "user_id": lambda: self.owner.id,
            "slug": lambda: self.topic.slug if "topics" in rule else "what-is-it-called",
            "name": lambda: self._asset()[1] if "assets" in rule else "lamp",
            "fingerprint": lambda: self._asset()[0],
            "session_id": lambda: self._session(user),
            "secret": lambda: self._secret(rule),
            "key": self._picture if "attachments" in rule else self._letter,
            "source": lambda: "elsewhere",
            "old_id": lambda: self._imported(ImportKind.QUESTION if "questions" in rule else ImportKind.ANSWER),
            "number": lambda: 1,
        }
        return {name: makers[name]() for name in re.findall(r"<(?:\w+:)?(\w+)>", rule)}

    def _asset(self) -> list[str]:
        return self.app.extensions["assets"].url("askwell.css").removeprefix("/assets/").split("/")

    def _session(self, user: User | None) -> int:
        """An earlier session of this role's own; for guests, who have none, any."""
        if user is None:
            accounts.start_session(self.owner, "Firefox on Linux", stay=False)
        return sessions_of(user or self.owner)[-1].id

    def _secret(self, rule: str) -> str:
        """A link as it stands in a mail that somebody else was sent."""
        passwords, stranger = self.app.extensions["passwords"], make.make_user()
        if "confirm" in rule:
            make.sign_up(f"New {stranger.id}", f"new-{stranger.id}@example.org")
        elif "reset" in rule:
            accounts.request_reset(stranger.email)
        else:
            address = f"moved-{stranger.id}@example.org"
            accounts.request_address_change(passwords, stranger, make.PASSWORD, address)
        newest = db.session.scalars(db.select(Token).order_by(Token.id.desc())).first()
        assert newest is not None
        armed = accounts.arm_token(newest.id)
        assert armed is not None
        return armed[1]

    def _picture(self) -> str:
        """A picture that stands in the public answer."""
        picture = make.picture(self.owner)
        with unit_of_work(None):
            picture.post_id = self.answer.id
        return picture.key

    def _imported(self, kind: ImportKind) -> str:
        """The number that the question or the answer had elsewhere."""
        ours = self.thread.id if kind is ImportKind.QUESTION else self.answer.id
        if not db.session.query(Imported).filter_by(kind=kind, old_id=f"old-{ours}").count():
            with unit_of_work(None):
                db.session.add(Imported(source="elsewhere", kind=kind, old_id=f"old-{ours}", our_id=ours))
        return f"old-{ours}"

    def _letter(self) -> str:
        from app.lib.mail import Mail

        mailer = self.app.extensions["mailer"]
        mailer.send(Mail("anna@example.org", "A subject", "A text", "<p>A text</p>"))
        return next(iter(mailer.mailbox().keys()))


@pytest.fixture
def people(app) -> dict[str, User | None]:
    long_ago = clock.now().replace(year=2020)

    def person(role: str) -> User | None:
        if role == "guest":
            return None
        stored = Role.MEMBER if role in ("member", "owner", "unconfirmed") else Role(role)
        return make.make_user(role=stored, confirmed=role != "unconfirmed", created_at=long_ago)

    return {role: person(role) for role in ROLES}


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def methods(rule: Rule) -> set[str]:
    return set(rule.methods or ()) - {"HEAD", "OPTIONS"}


def rows_of(app: Flask) -> set[str]:
    return {f"{method} {rule.rule}" for rule in rules(app) for method in methods(rule)}


def outcome(response: Any) -> str:
    if response.status_code in (404, 410):
        return "missing"
    if response.status_code == 403:
        return "403"
    if response.status_code == 303 and response.location.startswith("/accounts/sign-in?next="):
        return "sign-in"
    return "ok" if 200 <= response.status_code < 400 else f"status {response.status_code}"


def address(app: Flask, rule: str, values: dict[str, Any]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(values[part[1]]), rule)


def test_T04_the_table_names_every_route_and_no_other(shared_app):
    there = rows_of(shared_app)
    assert there - set(ROUTES) == set(), "declare who may use these routes in ROUTES"
    assert set(ROUTES) - there == set(), "these rows have no route any more"
    assert {row for row in ROUTES if row.startswith("POST ")} == set(FORMS)


@pytest.mark.parametrize("row", ROUTES)
def test_T04_a_route_lets_in_whom_the_table_says_and_reading_changes_nothing(app, people, browser_of, statements, row):
    method, rule = row.split(" ", 1)
    wanted = dict(zip(ROLES, ROUTES[row].split(), strict=True))
    got, scene = {}, None
    for role in ROLES:
        limiter.reset()
        browser = browser_of(people[role])
        if people[role] is not None:
            browser.sign_in(people[role])  # a second session: the first one can be ended from here
        if scene is None or (method == "POST" and "ok" in list(got.values())[-1:]):
            scene = Scene(app, people)
        form = FORMS[row](scene) if callable(FORMS.get(row)) else FORMS.get(row)
        path = address(app, rule, scene.values(rule, people[role]))
        statements.clear()
        got[role] = outcome(browser.open(path, method=method, data=form))
        assert method != "GET" or not [s for s in statements if re.match(r"\s*(INSERT|UPDATE|DELETE)", s)]
    assert got == wanted


def test_T04_head_is_get_without_a_body(app, people, browser_of):
    scene = Scene(app, people)
    for role in ("guest", "owner", "admin"):
        browser = browser_of(people[role])
        for row in ROUTES:
            if row.startswith("GET "):
                limiter.reset()
                rule = row.removeprefix("GET ")
                path = address(app, rule, scene.values(rule, people[role]))
                head = browser.head(path)
                assert head.status_code == browser.get(path).status_code, path
                assert head.data == b""


def test_T04_other_methods_are_answered_with_those_there_are(app, people, browser_of):
    scene = Scene(app, people)
    routes, browsers = app.url_map.bind("localhost"), [browser_of(people[role]) for role in ("guest", "admin")]
    for rule in rules(app):
        values = dict.fromkeys(rule.arguments, "x")
        numbers = {name: scene.thread.id for name in rule.arguments if f"<id:{name}>" in rule.rule}
        path = address(app, rule.rule, values | numbers)
        there = set(routes.allowed_methods(path))
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - there:
            for browser in browsers:
                response = browser.open(path, method=method)
                assert response.status_code == 405, (method, path)
                assert set(response.headers["Allow"].split(", ")) == there


def test_T04_a_route_without_a_rule_stops_the_start(make_settings, monkeypatch):
    bare = Blueprint("bare", __name__)
    bare.get("/bare")(lambda: "Anybody may read this")
    monkeypatch.setattr(program, "FEATURES", (*program.FEATURES, bare))
    with pytest.raises(RuntimeError, match=r"declare no rule: bare\."):
        create_app(make_settings())


def test_T04_an_own_rule_lets_the_program_start(make_settings, monkeypatch):
    fine = Blueprint("fine", __name__)
    fine.get("/fine")(needs(Action.SITE_READ)(lambda: "Anybody may read this"))
    monkeypatch.setattr(program, "FEATURES", (*program.FEATURES, fine))
    assert create_app(make_settings()).test_client().get("/fine").status_code == 200


def test_T04_every_declared_need_is_an_action_with_a_rule(shared_app):
    for rule in rules(shared_app):
        assert shared_app.view_functions[rule.endpoint].needs in RULES, rule.endpoint


def test_T04_everything_of_administrators_sits_under_the_guarded_blueprint(shared_app):
    for rule in rules(shared_app):
        only_admins = RULES[shared_app.view_functions[rule.endpoint].needs].roles == {Role.ADMIN}
        under_guard = rule.endpoint.startswith("admin.")
        assert only_admins == under_guard == rule.rule.startswith("/admin/"), rule.rule
    assert [guard.__name__ for guard in shared_app.before_request_funcs["admin"]] == ["guard"]


def test_T04_everything_that_only_staff_may_do_sits_with_moderation_administration_or_recommending(shared_app):
    for rule in rules(shared_app):
        if RULES[shared_app.view_functions[rule.endpoint].needs].roles <= STAFF:
            assert rule.endpoint.startswith(("admin.", "moderation.")) or rule.endpoint == "answers.recommendation"


@pytest.mark.parametrize("role", ROLES[:-1])
def test_T04_the_guard_of_administrators_holds_where_a_route_declares_too_little(
    app, people, browser_of, monkeypatch, role
):
    monkeypatch.setattr(app.view_functions["admin.worker"], "needs", Action.SITE_READ)
    assert browser_of(people[role]).get("/admin/worker").status_code == 403
