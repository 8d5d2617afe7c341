"""Who is asking, and the first gate of every route: the rule it declares. A route without one stops the start."""

import re
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import current_user, login_user, logout_user
from sqlalchemy.exc import SQLAlchemyError

from app.accounts import queries, service
from app.extensions import db, login
from app.lib import clock
from app.lib.errors import Refused
from app.lib.passwords import Passwords
from app.lib.web import safe_path
from app.models import Actor, Guest, KeptText, Role, User
from app.permissions import Action, may_ever

KEPT_COOKIE = "kept"
VISITOR_COOKIE = "visitor"
# The category of the message that tells the browser to drop its copy of a text.
SENT = "sent"
MOST_FIELDS, LONGEST_NAME, MOST_TYPED = 40, 100, 60_000
NOT_KEPT = re.compile(r"password|current|secret|^do$|^picture")
V = TypeVar("V", bound=Callable[..., Any])


def needs(action: Action) -> Callable[[V], V]:
    """Declare the rule of a route. Whoever can never have the right is turned away before the view runs."""

    def declare(view: V) -> V:
        view.needs = action  # type: ignore[attr-defined]
        return view

    return declare


def actor() -> Actor:
    """The person of this request."""
    return cast(Actor, current_user._get_current_object())


def know_who_asks() -> None:
    """Before an error page: where even the person cannot be read, the page is for a guest."""
    try:
        actor().acts_as  # noqa: B018 - a rollback may have made it unknown again
    except SQLAlchemyError:
        db.session.rollback()
        g._login_user = Guest()


def member() -> User:
    """The person of this request on a route that only signed-in people reach."""
    person = actor()
    assert isinstance(person, User)
    return person


def whom() -> str:
    """Whom a limit counts: a member, wherever they are; a guest by the address."""
    return f"member {actor().id}" if actor().id is not None else f"guest {get_remote_address()}"


def passwords() -> Passwords:
    return cast(Passwords, current_app.extensions["passwords"])


def sign_in(user: User, stay: bool) -> None:
    """Start a session on this browser, with a new secret, dropping whatever the browser had before."""
    before = actor()
    if isinstance(before, User):
        service.end_session_by_token(before.session_token)
    kept_flashes = session.get("_flashes")
    session.clear()
    if kept_flashes:
        session["_flashes"] = kept_flashes
    user.session_token = service.start_session(user, _browser(), stay)
    session.permanent = stay
    login_user(user)


def sign_out() -> None:
    """End the session of this browser."""
    person = actor()
    if isinstance(person, User):
        service.end_session_by_token(person.session_token)
    logout_user()
    session.clear()


def keep_and_sign_in() -> Response:
    """For a signed-out person who sent something: keep the words, and go on with them after signing in or up."""
    fields = typed_fields()
    has_form = request.url_rule is not None and current_app.url_map.bind("").test(request.path, "GET")
    back = (request.full_path if request.method == "GET" else request.path) if has_form else _page_before()
    where = url_for("accounts.sign_in", next=back.rstrip("?"))
    response = cast(Response, redirect(where, 303))
    if has_form and request.method == "POST" and any(value.strip() for value in fields.values()):
        flash(_("Your text is kept. Sign in or create an account, and it is here again to be posted."))
        secret = service.keep_text(request.path, fields, actor(), request.cookies.get(KEPT_COOKIE))
        assert secret is not None
        response.set_cookie(
            KEPT_COOKIE,
            secret,
            max_age=service.KEPT_FOR,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response


def typed_fields() -> dict[str, str]:
    """What was typed into the form that was sent, without passwords and the like; not more than our forms hold."""
    named = [name for name in request.form if len(name) <= LONGEST_NAME and not NOT_KEPT.search(name)]
    fields, room = {}, MOST_TYPED
    for name in sorted(named, key=lambda name: name not in ("title", "body"))[:MOST_FIELDS]:
        fields[name] = request.form[name][:room]
        room -= len(fields[name])
    return fields


def kept_text(path: str) -> KeptText | None:
    """What this person typed at this address and has not sent: here, on another device, or before signing in."""
    return queries.kept_text(actor().id, request.cookies.get(KEPT_COOKIE), path)


def forget_kept(path: str) -> None:
    """The kept text has been sent, or is no longer wanted."""
    if kept_text(path) is not None:
        service.forget_kept_text(path, actor(), request.cookies.get(KEPT_COOKIE))


def init_app(app: Flask) -> None:
    """Tie flask-login to our sessions, and put the gate before every view."""
    login.init_app(app)
    login.anonymous_user = Guest
    login.session_protection = None  # the server-side session decides; address and browser may change on the way
    app.extensions["passwords"] = Passwords(app.config["SETTINGS"].password_cost)
    app.before_request(_gate)


@login.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> User | None:
    found = queries.session_by_token(token) if token else None
    if found is None or service.is_over(found, clock.now()):
        return None
    user, g.session_id = found.user, found.id
    service.touch_session(found)
    user.session_token = token
    return user


def _gate() -> Any:
    if request.endpoint is None:
        return None
    action = getattr(current_app.view_functions[request.endpoint], "needs", None)
    if action is not None and may_ever(actor().acts_as, action):
        return None
    if action is not None and actor().acts_as is Role.GUEST:
        return keep_and_sign_in()
    if action is not None and actor().acts_as is Role.UNCONFIRMED and may_ever(Role.MEMBER, action):
        raise Refused(_("Confirm your e-mail address first: the link is in the mail we sent you."))
    raise Refused(_("You may not do this."))


def _page_before() -> str:
    """The page on which somebody pressed a button, if it was one of ours."""
    before = re.match(r"https?://([^/?#]*)([^?#]*)", request.referrer or "")
    return (safe_path(before[2]) if before and before[1] == request.host else None) or url_for("home.page")


def _browser() -> str:
    """A word a person recognises: "Firefox on Linux"."""
    agent = request.user_agent.string
    names = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
    )
    name = next((word for mark, word in names if mark in agent), _("A browser"))
    system = next((word for mark, word in systems if mark in agent), "Linux" if "Linux" in agent else "")
    return _("%(browser)s on %(system)s", browser=name, system=system) if system else str(name)
