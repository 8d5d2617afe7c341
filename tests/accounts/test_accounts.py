"""Accounts from the first form to the last session: T09, T13, T14, what is held, what is limited, what nobody learns."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from flask import Flask
from linkify_it import LinkifyIt
from sqlalchemy import select

from app import create_app
from app.accounts import service
from app.accounts.forms import ChangePasswordForm, SignUpForm
from app.cli.doctor import CHECKS, Finding
from app.events import MAX_ATTEMPTS, back_off, start_recurring, work_once
from app.extensions import db
from app.lib import clock
from app.lib.mail import Mailer, plain_name
from app.models import Delivery, Event, KeptText, MemberSession, Post, Role, Site, Thread, Token, User, Visibility
from app.questions.queries import question_of
from tests import factories as make
from tests.conftest import Browser
from tests.servers import free_port

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
OTHER_PASSWORD = "other words that nobody has heard"
SIGN_UP = {"name": "New Person", "email": "new@example.org", "password": make.PASSWORD}


@pytest.fixture
def mails(app: Flask) -> Callable[..., list[Any]]:
    """Mails put into the file mailbox, in the order of sending; to one address, or with a word in the subject."""

    def find(to: str = "", subject: str = "") -> list[Any]:
        box = app.extensions["mailer"].mailbox()
        # A key is made of second, microsecond, process and a running number.
        keys = sorted(box.keys(), key=lambda key: int(re.search(r"Q(\d+)", key)[1]))
        return [mail for mail in map(box.get_message, keys) if to in mail["To"] and subject in mail["Subject"]]

    return find


def text_of(mail: Any) -> str:
    return mail.get_payload()[0].get_payload(decode=True).decode()


def html_of(mail: Any) -> str:
    return mail.get_payload()[1].get_payload(decode=True).decode()


def link_in(mail: Any) -> str:
    """The path of the one link in a letter."""
    links = re.findall(r"http://localhost(/\S+)", text_of(mail))
    assert len(links) == 1
    return links[0]


def token_of(browser: Browser) -> str:
    with browser.session_transaction() as session:
        return session.get("_user_id", "")


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/accounts/settings").status_code == 200


def sign_in(app: Flask, email: str, password: str = make.PASSWORD, **form: str) -> Browser:
    browser = app.test_client()
    browser.post("/accounts/sign-in", data={"email": email, "password": password, **form})
    return browser


# --- Signing up, and what is held until the address is confirmed ----------------------------------------------------


def test_signing_up_signs_in_and_sends_one_link(client, work, mails):
    sent = client.post("/accounts/sign-up", data={**SIGN_UP, "next": "/help"})
    assert (sent.status_code, sent.location) == (303, "/help")
    assert is_signed_in(client)
    assert "new@example.org" in client.get("/help").text
    work()
    assert [mail["To"] for mail in mails()] == ["new@example.org"]
    assert link_in(mails()[0]).startswith("/accounts/confirm/")


def test_opening_the_link_changes_nothing_and_the_button_confirms(client, work, mails):
    client.post("/accounts/sign-up", data=SIGN_UP)
    work()
    link, member = link_in(mails()[0]), db.session.scalars(select(User)).one()
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        assert client.open(link, method=method).status_code == 200
        assert member.confirmed_at is None
        assert db.session.scalars(select(Token)).one().used_at is None
        db.session.rollback()
    assert client.post(link).status_code == 303
    assert member.confirmed_at is not None


def test_the_link_confirms_from_any_browser_and_signs_nobody_in(app, client, work, mails):
    client.post("/accounts/sign-up", data=SIGN_UP)
    work()
    phone = app.test_client()
    assert phone.post(link_in(mails()[0])).location == "/accounts/sign-in"
    assert not is_signed_in(phone)
    assert db.session.scalars(select(User)).one().confirmed_at is not None


def test_what_an_unconfirmed_member_writes_is_seen_by_nobody_else_until_then(app, client, browser_of, work, mails):
    topic, other = make.make_topic(), make.ask()
    moderator = browser_of(make.make_user(role=Role.MODERATOR))
    client.post("/accounts/sign-up", data=SIGN_UP)
    question = client.post("/questions/ask", data={"title": "Why held?", "body": "Held words.", "topic": topic.slug})
    answer = client.post(f"/answers/to/{other.id}", data={"body": "A held answer."})
    comment = client.post(f"/comments/to/{question_of(other).id}", data={"body": "A held comment."})
    assert [sent.status_code for sent in (question, answer, comment)] == [303] * 3
    work()
    page = f"/questions/{other.id}/{other.slug}"
    for words, path in (("Held words.", question.location), ("A held answer.", page), ("A held comment.", page)):
        assert words in client.get(path).text
        for stranger in (app.test_client(), browser_of(make.make_user()), moderator):
            assert words not in stranger.get(path).text
    assert app.test_client().get(question.location).status_code == 404
    assert (other.answers_count, other.comments_count, other.state) == (0, 0, "new")

    client.post(link_in(mails()[0]))
    assert app.test_client().get(question.location).status_code == 404  # the worker publishes
    assert work() > 0
    assert "Held words." in app.test_client().get(question.location).text
    shown = app.test_client().get(page).text
    assert "A held answer." in shown
    assert "A held comment." in shown
    assert (other.answers_count, other.comments_count, other.state) == (1, 1, "answered")
    assert db.session.scalars(select(Post.visibility)).all().count(Visibility.HELD) == 0
    assert [name for name in db.session.scalars(select(Event.name)) if name == "post.released"] == ["post.released"] * 3


def test_a_held_post_that_its_author_deleted_stays_deleted(app, client, work, mails):
    topic = make.make_topic()
    client.post("/accounts/sign-up", data=SIGN_UP)
    sent = client.post("/questions/ask", data={"title": "Why held?", "body": "Held words.", "topic": topic.slug})
    client.post("/posts/1/deletion")
    work()
    client.post(link_in(mails()[0]))
    work()
    assert app.test_client().get(sent.location).status_code in (404, 410)
    assert db.session.scalars(select(Post.visibility)).all() == [Visibility.DELETED]


def test_an_unconfirmed_member_can_write_and_nothing_else(client):
    asker = make.make_user()
    thread = make.ask(asker)
    answer = make.answer(thread)
    client.post("/accounts/sign-up", data=SIGN_UP)
    for path, form in {
        f"/votes/{answer.id}": {"value": "up"},
        f"/votes/me-too/{thread.id}": {},
        f"/votes/follow/{thread.id}": {},
        f"/answers/{answer.id}/acceptance": {},
        f"/questions/{thread.id}/resolution": {"kind": "solved_myself"},
        f"/comments/to/{question_of(thread).id}": {"body": "Which?", "asks": "y"},
    }.items():
        sent = client.post(path, data=form)
        assert sent.status_code == 403
        assert "Confirm your e-mail address first" in sent.text
    assert client.post(f"/answers/{answer.id}/recommendation").status_code == 403
    assert db.session.scalars(select(Event.name).where(Event.name.in_(["vote.cast", "comment.posted"]))).all() == []


def test_the_confirmation_mail_can_be_sent_again_and_the_first_link_dies(client, work, mails):
    client.post("/accounts/sign-up", data=SIGN_UP)
    work()
    assert client.post("/accounts/confirmation").status_code == 303
    work()
    first, second = map(link_in, mails())
    assert client.post(first).status_code == 410
    assert client.post(second).status_code == 303


# --- Nobody learns who has an account -------------------------------------------------------------------------------


class Counting:
    """Stands before the hasher and counts what it is asked."""

    def __init__(self, hasher: Any) -> None:
        self._hasher, self.hashed, self.verified = hasher, 0, 0

    def hash(self, password: str) -> str:
        self.hashed += 1
        return self._hasher.hash(password)

    def verify(self, stored: str, password: str) -> bool:
        self.verified += 1
        return self._hasher.verify(stored, password)

    def check_needs_rehash(self, stored: str) -> bool:
        return self._hasher.check_needs_rehash(stored)


@pytest.fixture
def hasher(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Counting:
    passwords = app.extensions["passwords"]
    counting = Counting(passwords._hasher)
    monkeypatch.setattr(passwords, "_hasher", counting)
    return counting


def _seen(response: Any) -> tuple[Any, ...]:
    """What somebody outside can compare; what they typed themselves is not news."""
    plain = re.sub(r"somebody\d@example\.org|Somebody \d|/people/\d+/[\w-]+|\ba\d+\b|>[A-Z]\d?<", "*", response.text)
    return response.status_code, response.headers.get("Location"), plain, response.headers["Cache-Control"]


def test_signing_up_with_an_address_that_has_an_account_looks_like_any_other(app, hasher, work, mails):
    owner = make.make_user(email="somebody1@example.org")
    make.sign_up("First Claim", "somebody2@example.org")
    work()
    looks, counts = [], []
    for number in (1, 2, 3):  # owned, claimed, new
        before, browser = (hasher.hashed, hasher.verified), app.test_client()
        form = {"name": f"Somebody {number}", "email": f"somebody{number}@example.org", "password": make.PASSWORD}
        sent = browser.post("/accounts/sign-up", data=form)
        counts.append((hasher.hashed - before[0], hasher.verified - before[1]))
        pages = [browser.get(path) for path in ("/", "/help", "/questions/ask")]
        again = browser.post("/accounts/confirmation")
        looks.append([_seen(response) for response in (sent, *pages, again, browser.get("/help"))])
    assert counts[0] == counts[1] == counts[2]
    assert looks[0] == looks[1] == looks[2]
    work()
    told = [mail["Subject"] for mail in mails("somebody1@example.org")]
    assert told == ["You already have an account at Askwell"] * 2
    assert not any("/confirm/" in text_of(mail) for mail in mails("somebody1@example.org"))
    assert db.session.get_one(User, owner.id).confirmed_at is not None


def test_a_wrong_password_takes_the_same_work_whoever_has_the_address(app, hasher):
    make.make_user(email="owned@example.org")
    for name in ("One Claim", "Two Claims", "Three Claims"):
        make.sign_up(name, "claimed@example.org")
    make.make_user(email="both@example.org")
    make.sign_up("Beside The Owner", "both@example.org")
    looks, work_done = set(), set()
    for email in ("owned@example.org", "claimed@example.org", "both@example.org", "nobody@example.org"):
        before = (hasher.hashed, hasher.verified)
        form = {"email": email, "password": "not the right words at all"}
        sent = app.test_client().post("/accounts/sign-in", data=form)
        work_done.add((hasher.hashed - before[0], hasher.verified - before[1]))
        looks.add((sent.status_code, sent.text.replace(email, "*")))
    assert len(looks) == 1
    assert work_done == {(0, 4)}


def test_asking_for_a_new_password_looks_the_same_whoever_has_the_address(app, work, mails):
    make.make_user(email="owned@example.org")
    make.sign_up("One Claim", "claimed@example.org")
    work()
    before, looks = len(mails()), set()
    for email in ("owned@example.org", "claimed@example.org", "nobody@example.org"):
        sent = app.test_client().post("/accounts/forgot", data={"email": email})
        looks.add((sent.status_code, sent.text.replace(email, "*")))
    work()
    assert len(looks) == 1
    assert [mail["To"] for mail in mails()[before:]] == ["owned@example.org"]


def test_each_claim_opens_its_own_account_and_the_owner_the_owners(app):
    owner = make.make_user("The Owner", email="shared@example.org")
    passwords = app.extensions["passwords"]
    claim = service.sign_up(passwords, "The Claim", "shared@example.org", OTHER_PASSWORD)
    same = service.sign_up(passwords, "Same Words", "shared@example.org", make.PASSWORD)
    assert service.check_password(passwords, "shared@example.org", make.PASSWORD) == owner
    assert service.check_password(passwords, "shared@example.org", OTHER_PASSWORD) == claim
    assert service.check_password(passwords, "shared@example.org", "a third password") is None
    assert same.id not in (owner.id, claim.id)


def test_a_claim_on_an_owned_address_can_never_be_confirmed(app, client, work, mails):
    first, second = make.sign_up("The First", "shared@example.org"), make.sign_up("The Second", "shared@example.org")
    work()
    links = [link_in(mail) for mail in mails("shared@example.org")]
    assert client.post(links[1]).status_code == 303
    late = client.post(links[0])
    assert late.status_code == 409
    assert "belongs to another account" in late.text
    assert (first.confirmed_at is None, second.confirmed_at is None) == (True, False)


# --- Passwords ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("", "Choose a password."),
        ("fourteen chars", "at least 15 characters; this has 14"),
        ("aaaaaaaaaaaaaaaa", "first that would be guessed"),
        ("password12345678", "first that would be guessed"),
        ("passwordpassword", "first that would be guessed"),
        ("qwertyuiopasdfgh", "first that would be guessed"),
        ("1234567890123456", "first that would be guessed"),
        ("abcdefghijklmnop", "first that would be guessed"),
        ("new@example.org!", "first that would be guessed"),
        ("newpersonnewperson", "first that would be guessed"),
        ("with a \x00 in its middle", "control character"),
        ("x" * 257, "at most 256 characters"),
    ],
)
def test_a_password_that_would_be_guessed_is_refused_with_the_reason(client, password, word):
    sent = client.post("/accounts/sign-up", data={**SIGN_UP, "password": password})
    assert sent.status_code == 422
    assert word in html.unescape(sent.text)
    assert 'value="New Person"' in sent.text
    assert not password or password not in sent.text
    assert db.session.scalars(select(User)).all() == []


@pytest.mark.parametrize(
    "password",
    [
        "fifteen letters",
        "короткая фраза про маяк",
        "🦊 jumps over 🐶 twice",
        "  blanks at both ends  ",
        "only lower case and blanks",
        "'; DROP TABLE users; -- <b>",
        "correct horse battery staple no more",
    ],
)
def test_any_sentence_is_a_password_and_is_compared_to_the_letter(app, client, password):
    assert client.post("/accounts/sign-up", data={**SIGN_UP, "password": password}).status_code == 303
    assert is_signed_in(sign_in(app, "new@example.org", password))
    for other in (password + " ", password[:-1], password.swapcase() if password != password.swapcase() else "x"):
        assert not is_signed_in(sign_in(app, "new@example.org", other))


def test_a_password_counts_to_its_last_of_256_characters(app, client):
    password = ("a sentence of words " * 13)[:255]
    assert client.post("/accounts/sign-up", data={**SIGN_UP, "password": password + "1"}).status_code == 303
    assert is_signed_in(sign_in(app, "new@example.org", password + "1"))
    assert not is_signed_in(sign_in(app, "new@example.org", password + "2"))


def test_hostile_passwords_are_judged_quickly(app):
    for password in ("aA1!" * 64, "1l|I" * 64, "@$3" * 80, "\u0301" * 256, "2026-11-23" * 25, "(" * 256, "🦊" * 256):
        for form in (SignUpForm, ChangePasswordForm):
            with time_machine.travel(NOW), app.test_request_context(method="POST", data={"password": password}):
                assert form().password.validate(form()) in (True, False)


def test_a_wrong_password_is_refused_and_the_address_kept(client):
    member = make.make_user()
    sent = client.post("/accounts/sign-in", data={"email": member.email, "password": "not these words", "stay": "y"})
    assert sent.status_code == 422
    assert "do not belong together" in sent.text
    assert f'value="{member.email}"' in sent.text
    assert "not these words" not in sent.text
    assert "checked" in sent.text
    assert not is_signed_in(client)


def test_an_address_is_recognised_in_capitals_and_between_blanks(app):
    make.make_user(email="member@example.org")
    assert is_signed_in(sign_in(app, "  Member@EXAMPLE.org "))


def test_a_password_hashed_at_other_costs_is_hashed_anew_when_it_is_known(app, monkeypatch):
    member = make.make_user()
    passwords = app.extensions["passwords"]
    stored = member.password_hash
    monkeypatch.setattr(passwords, "is_outdated", lambda _stored: True)
    assert service.check_password(passwords, member.email, "wrong words, all of them") is None
    assert db.session.get_one(User, member.id).password_hash == stored
    assert service.check_password(passwords, member.email, make.PASSWORD) == member
    assert db.session.get_one(User, member.id).password_hash != stored
    assert passwords.matches(member.password_hash, make.PASSWORD)


# --- Limits ---------------------------------------------------------------------------------------------------------


def _is_limited(response: Any, *typed: str) -> None:
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    for text in typed:
        assert text in response.text


def test_the_eleventh_sign_in_within_five_minutes_waits(app, client):
    member, other = make.make_user(), make.make_user()
    with time_machine.travel(NOW, tick=False) as travel:
        for _ in range(10):
            form = {"email": member.email, "password": "a wrong sentence"}
            assert client.post("/accounts/sign-in", data=form).status_code == 422
        right = {"email": member.email, "password": make.PASSWORD}
        limited = client.post("/accounts/sign-in", data=right)
        _is_limited(limited, member.email)
        assert make.PASSWORD not in limited.text
        assert not is_signed_in(client)
        # Writing the address in another way is no way around; others are not kept waiting.
        _is_limited(client.post("/accounts/sign-in", data={**right, "email": f" {member.email.upper()} "}))
        assert is_signed_in(sign_in(app, other.email))
        travel.shift(timedelta(minutes=5, seconds=1))
        assert is_signed_in(sign_in(app, member.email))


def test_the_51st_sign_in_from_one_place_waits(client):
    with time_machine.travel(NOW, tick=False):
        for number in range(50):
            form = {"email": f"guess{number}@example.org", "password": "a wrong sentence"}
            assert client.post("/accounts/sign-in", data=form).status_code == 422
        form = {"email": "guess50@example.org", "password": "a wrong sentence"}
        _is_limited(client.post("/accounts/sign-in", data=form), "guess50@example.org")


def test_the_fourth_reset_for_an_address_within_an_hour_waits(app, client, work, mails):
    member = make.make_user()
    with time_machine.travel(NOW, tick=False) as travel:
        for _ in range(3):
            assert client.post("/accounts/forgot", data={"email": member.email}).status_code == 200
        _is_limited(client.post("/accounts/forgot", data={"email": member.email}), member.email)
        assert client.post("/accounts/forgot", data={"email": "other@example.org"}).status_code == 200
        work()
        assert len(mails(member.email)) <= 3
        travel.shift(timedelta(hours=1, seconds=1))
        assert client.post("/accounts/forgot", data={"email": member.email}).status_code == 200


def test_the_sixth_account_from_one_place_within_an_hour_waits(app):
    def sign_up(number: int) -> Any:
        form = {"name": f"Person Number {number}", "email": f"p{number}@example.org", "password": make.PASSWORD}
        return app.test_client().post("/accounts/sign-up", data=form)

    with time_machine.travel(NOW, tick=False) as travel:
        for number in range(5):
            assert sign_up(number).status_code == 303
        limited = sign_up(6)
        _is_limited(limited, "Person Number 6", "p6@example.org")
        assert make.PASSWORD not in limited.text
        travel.shift(timedelta(hours=1, seconds=1))
        assert sign_up(7).status_code == 303


# --- T13: links -----------------------------------------------------------------------------------------------------

PURPOSES = {"confirm": timedelta(hours=24), "reset": timedelta(minutes=30), "address": timedelta(minutes=30)}
Issue = Callable[[], str]


@pytest.fixture
def issue(app: Flask, work: Callable[[], int], mails: Callable[..., list[Any]]) -> dict[str, Issue]:
    """Ways to a fresh link for each purpose, all for the same person, whose password is PASSWORD."""
    person = make.sign_up("The Person", "person@example.org").id
    passwords = app.extensions["passwords"]

    def member() -> User:
        db.session.rollback()
        return db.session.get_one(User, person)

    def confirm() -> str:
        member().confirmed_at = None
        db.session.commit()
        service.request_confirmation(member())
        work()
        return link_in(mails("person@example.org", "Confirm your address")[-1])

    def reset() -> str:
        owner = member()
        owner.confirmed_at = owner.confirmed_at or clock.now()
        db.session.commit()
        service.request_reset(member().email)
        work()
        return link_in(mails(subject="Choose a new password")[-1])

    def address() -> str:
        service.request_address_change(passwords, member(), make.PASSWORD, "moved@example.org")
        work()
        return link_in(mails("moved@example.org")[-1])

    work()
    return {"confirm": confirm, "reset": reset, "address": address}


def use(app: Flask, link: str) -> int:
    """Open a link in a browser that never was here, and press its button."""
    return app.test_client().post(link, data={"password": OTHER_PASSWORD}).status_code


@pytest.mark.parametrize("purpose", PURPOSES)
def test_T13_a_link_works_once(app, issue, purpose):
    link = issue[purpose]()
    assert [use(app, link) for _ in range(3)] == [303, 410, 410]


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("other", PURPOSES)
def test_T13_a_link_serves_no_other_purpose(app, issue, purpose, other):
    if purpose == other:
        return
    secret = issue[purpose]().rpartition("/")[2]
    assert use(app, f"/accounts/{other}/{secret}") == 410
    assert use(app, f"/accounts/{purpose}/{secret}") == 303


@pytest.mark.parametrize("purpose", PURPOSES)
def test_T13_a_link_works_until_its_time_is_over(app, issue, purpose):
    with time_machine.travel(NOW, tick=False) as travel:
        link = issue[purpose]()
        travel.shift(PURPOSES[purpose] + timedelta(seconds=1))
        assert use(app, link) == 410
        link = issue[purpose]()
        travel.shift(PURPOSES[purpose] - timedelta(seconds=1))
        assert use(app, link) == 303


@pytest.mark.parametrize("purpose", PURPOSES)
def test_T13_only_the_newest_link_works(app, issue, purpose):
    links = [issue[purpose]() for _ in range(3)]
    assert len(set(links)) == 3
    assert [use(app, link) for link in links] == [410, 410, 303]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_T13_no_link_survives_a_new_password(app, issue, purpose):
    link = issue[purpose]()
    person = db.session.scalars(select(User)).one()
    service.change_password(app.extensions["passwords"], person, make.PASSWORD, OTHER_PASSWORD, "")
    assert use(app, link) == 410


@pytest.mark.parametrize("purpose", PURPOSES)
def test_T13_no_link_survives_a_reset(app, issue, purpose):
    if purpose == "confirm":
        return  # nobody can reset the password of an unconfirmed account
    link = issue[purpose]()
    assert use(app, issue["reset"]()) == 303
    assert use(app, link) == 410


@pytest.mark.parametrize("purpose", PURPOSES)
def test_T13_no_link_survives_a_new_address(app, issue, purpose):
    link = issue[purpose]()
    if purpose != "address":
        assert use(app, issue["address"]()) == 303
        assert use(app, link) == 410
    else:
        assert use(app, link) == 303
        assert use(app, link) == 410


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("secret", ["x", "%00", "a" * 5000, "..%2f..%2fx", "'or'1'='1", "None", "\u202e"])
def test_T13_no_invented_link_works(app, purpose, secret):
    assert use(app, f"/accounts/{purpose}/{secret}") in (404, 410)


def test_T13_the_database_never_holds_a_link_that_works(app, issue):
    link = issue["reset"]()
    secret = link.rpartition("/")[2]
    assert len(secret) >= 43  # 256 bits
    with db.engine.connect() as connection:
        for table in (Token.__table__, Event.__table__, Delivery.__table__, MemberSession.__table__):
            assert secret not in str(connection.execute(table.select()).all())


def test_a_link_in_a_mail_that_is_sent_again_is_a_new_one(app, issue, work, mails):
    issue["reset"]()
    delivery = db.session.scalars(select(Delivery).order_by(Delivery.id.desc()).limit(1)).one()
    delivery.done_at = None
    delivery.next_try_at = clock.now()
    db.session.commit()
    work()
    first, second = (link_in(mail) for mail in mails(subject="Choose a new password"))
    assert [use(app, first), use(app, second)] == [410, 303]


# --- T14: new passwords, new addresses, sessions --------------------------------------------------------------------


def test_T14_a_reset_ends_three_sessions_and_a_stolen_cookie(app, work, mails):
    member = make.make_user()
    browsers = [sign_in(app, member.email) for _ in range(3)] + [sign_in(app, member.email, stay="y")]
    thief = app.test_client()
    thief.set_cookie("askwell", browsers[3].get_cookie("askwell").value)
    assert all(is_signed_in(browser) for browser in (*browsers, thief))
    browsers[0].post("/accounts/forgot", data={"email": member.email})
    work()
    sent = browsers[0].post(link_in(mails(member.email)[0]), data={"password": OTHER_PASSWORD})
    assert (sent.status_code, sent.location) == (303, "/accounts/sign-in")
    assert not any(is_signed_in(browser) for browser in (*browsers, thief))
    assert db.session.scalars(select(MemberSession)).all() == []
    assert not is_signed_in(sign_in(app, member.email))
    assert is_signed_in(sign_in(app, member.email, OTHER_PASSWORD))
    work()
    assert "password" in mails(member.email)[-1]["Subject"].lower()


def test_T14_changing_the_password_keeps_this_browser_only(app, work, mails):
    member = make.make_user()
    here, there, stay = (sign_in(app, member.email, **form) for form in ({}, {}, {"stay": "y"}))
    wrong = here.post(
        "/accounts/password", data={"password-current": "not my password", "password-password": OTHER_PASSWORD}
    )
    assert wrong.status_code == 422
    assert "This is not your password" in wrong.text
    assert all(is_signed_in(browser) for browser in (here, there, stay))
    form = {"password-current": make.PASSWORD, "password-password": OTHER_PASSWORD}
    assert here.post("/accounts/password", data=form).status_code == 303
    assert [is_signed_in(browser) for browser in (here, there, stay)] == [True, False, False]
    assert is_signed_in(sign_in(app, member.email, OTHER_PASSWORD))
    work()
    assert [mail["Subject"] for mail in mails(member.email)] == ["Your password at Askwell was changed"]


def test_moving_to_another_address_takes_a_link_there_and_a_word_here(app, browser_of, work, mails):
    member = make.make_user(email="old@example.org")
    browser = browser_of(member)
    wrong = browser.post(
        "/accounts/address", data={"address-email": "new@example.org", "address-current": "not it, no"}
    )
    assert wrong.status_code == 422
    assert "new@example.org" in wrong.text
    form = {"address-email": "New@Example.org", "address-current": make.PASSWORD}
    assert browser.post("/accounts/address", data=form).status_code == 303
    work()
    assert sorted(mail["To"] for mail in mails()) == ["new@example.org", "old@example.org"]
    assert "/accounts/address/" not in text_of(mails("old@example.org")[0])
    assert is_signed_in(sign_in(app, "old@example.org"))
    assert not is_signed_in(sign_in(app, "new@example.org"))
    link = link_in(mails("new@example.org")[0])
    assert app.test_client().get(link).status_code == 200
    assert app.test_client().head(link).status_code == 200
    assert member.email == "old@example.org"
    db.session.rollback()
    assert app.test_client().post(link).status_code == 303
    assert not is_signed_in(sign_in(app, "old@example.org"))
    assert is_signed_in(sign_in(app, "new@example.org"))


def test_moving_to_an_address_that_somebody_has_looks_the_same_and_is_refused(app, browser_of, work, mails):
    member, owner = make.make_user(email="old@example.org"), make.make_user(email="owned@example.org")
    browser, looks = browser_of(member), []
    for email in ("owned@example.org", "free@example.org"):
        sent = browser.post("/accounts/address", data={"address-email": email, "address-current": make.PASSWORD})
        looks.append((sent.status_code, sent.location))
    assert looks[0] == looks[1]
    service.request_address_change(app.extensions["passwords"], member, make.PASSWORD, "owned@example.org")
    work()
    late = app.test_client().post(link_in(mails("owned@example.org")[-1]))
    assert late.status_code == 409
    assert "belongs to another account" in late.text
    assert (member.email, owner.email) == ("old@example.org", "owned@example.org")


def test_somebody_signs_one_browser_of_theirs_out(app):
    member, stranger = make.make_user(), make.make_user()
    here, there = sign_in(app, member.email), sign_in(app, member.email)
    theirs = sign_in(app, stranger.email)
    page = here.get("/accounts/settings").text
    assert page.count("/end") == 1  # this browser has no button
    assert "this browser" in page
    foreign = db.session.scalars(select(MemberSession.id).where(MemberSession.user_id == stranger.id)).one()
    for number in (foreign, 999_999):
        assert here.post(f"/accounts/sessions/{number}/end").status_code == 303
    assert is_signed_in(theirs)
    other = re.search(r"/accounts/sessions/(\d+)/end", page)[1]
    here.post(f"/accounts/sessions/{other}/end")
    assert [is_signed_in(browser) for browser in (here, there, theirs)] == [True, False, True]


AGES = {
    Role.MEMBER: (timedelta(days=30), timedelta(days=90), timedelta(days=20)),
    Role.STAFF: (timedelta(minutes=30), timedelta(hours=12), timedelta(minutes=20)),
    Role.MODERATOR: (timedelta(minutes=30), timedelta(hours=12), timedelta(minutes=20)),
    Role.ADMIN: (timedelta(minutes=30), timedelta(hours=12), timedelta(minutes=20)),
}


@pytest.mark.parametrize("role", AGES)
def test_an_idle_session_ends(app, role):
    idle, _absolute, _step = AGES[role]
    with time_machine.travel(NOW, tick=False) as travel:
        member = make.make_user(role=role)
        early, late = (sign_in(app, member.email, stay="y") for _ in range(2))
        travel.shift(idle - timedelta(seconds=1))
        assert is_signed_in(early)
        travel.shift(timedelta(seconds=2))
        assert not is_signed_in(late)
        assert is_signed_in(early)  # it was used meanwhile


@pytest.mark.parametrize("role", AGES)
def test_a_session_in_use_ends_at_last(app, role):
    _idle, absolute, step = AGES[role]
    with time_machine.travel(NOW, tick=False) as travel:
        browser = sign_in(app, make.make_user(role=role).email, stay="y")
        for _ in range(absolute // step):
            travel.shift(step)
            assert is_signed_in(browser)
        travel.move_to(NOW + absolute + timedelta(seconds=1))
        assert not is_signed_in(browser)


def test_expired_sessions_links_and_kept_texts_are_deleted_by_the_worker(app, client, work):
    with time_machine.travel(NOW, tick=False) as travel:
        member = make.make_user()
        sign_in(app, member.email)
        service.request_reset(member.email)
        client.post("/questions/ask", data={"title": "Kept?", "body": "For a while."})
        start_recurring()
        work()
        assert [len(db.session.scalars(select(m)).all()) for m in (MemberSession, Token, KeptText)] == [1, 1, 1]
        travel.shift(timedelta(days=31))
        work()
        assert [len(db.session.scalars(select(m)).all()) for m in (MemberSession, Token, KeptText)] == [0, 0, 0]


def test_a_new_sign_in_has_a_new_secret_and_the_old_one_is_worth_nothing(app):
    member = make.make_user()
    browser = sign_in(app, member.email)
    old, thief = token_of(browser), app.test_client()
    thief.set_cookie("askwell", browser.get_cookie("askwell").value)
    assert is_signed_in(thief)
    browser.post("/accounts/sign-in", data={"email": member.email, "password": make.PASSWORD})
    assert token_of(browser) not in ("", old)
    assert not is_signed_in(thief)
    assert len(db.session.scalars(select(MemberSession)).all()) == 1


def test_a_cookie_from_before_signing_in_is_worth_nothing_after(app):
    member = make.make_user()
    browser = app.test_client()
    browser.post("/questions/ask", data={"body": "Something to be flashed about."})
    before = browser.get_cookie("askwell").value
    browser.post("/accounts/sign-in", data={"email": member.email, "password": make.PASSWORD})
    assert browser.get_cookie("askwell").value != before
    thief = app.test_client()
    thief.set_cookie("askwell", before)
    assert not is_signed_in(thief)


def test_signing_out_ends_the_session_on_the_server(app):
    member = make.make_user()
    browser = sign_in(app, member.email)
    thief = app.test_client()
    thief.set_cookie("askwell", browser.get_cookie("askwell").value)
    assert browser.get("/accounts/sign-out").status_code == 405
    assert browser.post("/accounts/sign-out").status_code == 303
    assert not is_signed_in(browser)
    assert not is_signed_in(thief)
    assert db.session.scalars(select(MemberSession)).all() == []


def test_no_invented_cookie_signs_anybody_in(app):
    make.make_user(role=Role.ADMIN)
    for value in ("", "x", ".eJx", "eyJfdXNlcl9pZCI6IjEifQ.x.y", "eyJfdXNlcl9pZCI6IjEifQ", "1", "\u00ff" * 100):
        browser = app.test_client()
        browser.set_cookie("askwell", value)
        assert browser.get("/accounts/settings").status_code == 303
        assert browser.get("/").status_code == 200


def test_the_number_of_a_person_in_the_cookie_signs_nobody_in(app):
    member = make.make_user()
    for value in (str(member.id), "", None, "None", member.email, "\x00"):
        browser = app.test_client()
        with browser.session_transaction() as session:
            session["_user_id"] = value
        assert browser.get("/accounts/settings").status_code == 303


def _flags(response: Any) -> dict[str, set[str]]:
    """Each cookie set, with its attributes."""
    found = {}
    for header in response.headers.getlist("Set-Cookie"):
        first, *attributes = header.split("; ")
        found[first.partition("=")[0]] = {
            a.partition("=")[0] if "Expires" in a or "Age" in a else a for a in attributes
        }
    return found


def test_cookies_are_for_this_site_and_not_for_scripts(app):
    member = make.make_user()
    form = {"email": member.email, "password": make.PASSWORD}
    assert _flags(app.test_client().post("/accounts/sign-in", data=form)) == {
        "askwell": {"HttpOnly", "Path=/", "SameSite=Lax"}
    }
    stay = _flags(app.test_client().post("/accounts/sign-in", data={**form, "stay": "y"}))
    assert stay == {"askwell": {"HttpOnly", "Path=/", "SameSite=Lax", "Expires"}}
    kept = _flags(app.test_client().post("/questions/ask", data={"body": "Some words."}))
    assert kept["kept"] == {"HttpOnly", "Path=/", "SameSite=Lax", "Expires", "Max-Age"}
    theme = _flags(app.test_client().post("/accounts/theme", data={"theme": "dark"}))
    assert theme["theme"] >= {"Path=/", "SameSite=Lax"}


def test_with_https_cookies_are_secure_and_bound_to_the_host(make_settings):
    app = create_app(make_settings(base_url="https://forum.example"))
    app.testing = True
    app.test_client_class = Browser
    browser = app.test_client()
    with app.test_request_context(base_url="https://forum.example"):
        member = make.make_user()
        here = {"base_url": "https://forum.example"}
        form = {"email": member.email, "password": make.PASSWORD, "stay": "y"}
        signed_in = browser.post("/accounts/sign-in", data=form, **here)
        kept = app.test_client().post("/questions/ask", data={"body": "Some words."}, **here)
        theme = browser.post("/accounts/theme", data={"theme": "dark"}, **here)
        assert _flags(signed_in)["__Host-askwell"] >= {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"}
        assert _flags(kept)["kept"] >= {"Secure", "HttpOnly", "SameSite=Lax"}
        assert "Secure" in _flags(theme)["theme"]
        assert browser.get("/accounts/settings", **here).status_code == 200
        assert "max-age=31536000" in browser.get("/", **here).headers["Strict-Transport-Security"]
        db.session.remove()
        db.engine.dispose()


def test_reading_sets_no_cookie_for_a_guest(app, client):
    thread = make.ask()
    for path in (
        "/",
        "/questions",
        f"/questions/{thread.id}/{thread.slug}",
        "/questions/ask",
        "/accounts/sign-in",
        "/help",
    ):
        response = client.get(path)
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers


# --- What was typed while signed out --------------------------------------------------------------------------------


@pytest.fixture
def composers(app: Flask) -> dict[str, tuple[str, dict[str, str]]]:
    """Where somebody can write, and what."""
    topic = make.make_topic("Routers", slug="routers", fields=[{"key": "model", "label": "Model", "hint": ""}])
    thread = make.ask(topic=topic)
    question = {"title": "Why is it amber?", "body": "Every evening\n\nat eight.", "topic": "routers"}
    return {
        "question": ("/questions/ask", {**question, "tags": "amber, mesh", "context-model": "Ridge 2"}),
        "answer": (f"/answers/to/{thread.id}", {"body": "Restart it.\n\nTwice."}),
        "comment": (f"/comments/to/{question_of(thread).id}", {"body": "Which version?"}),
    }


@pytest.mark.parametrize("kind", ["question", "answer", "comment"])
@pytest.mark.parametrize("way", ["sign-up", "sign-in"])
def test_what_was_typed_while_signed_out_is_there_after_signing_in(app, client, composers, kind, way):
    path, form = composers[kind]
    make.make_user(email="member@example.org")
    sent = client.post(path, data=form)
    assert sent.status_code == 303
    assert sent.location.startswith("/accounts/sign-in?next=")
    page = client.get(sent.location)
    assert "Your text is kept" in page.text
    next_page = re.search(r'name="next" value="([^"]*)"', page.text)[1]
    assert next_page == path
    account = SIGN_UP if way == "sign-up" else {"email": "member@example.org", "password": make.PASSWORD}
    # A wrong password in between loses nothing.
    assert client.post(f"/accounts/{way}", data={**account, "password": "wrong", "next": path}).status_code == 422
    inside = client.post(f"/accounts/{way}", data={**account, "next": path})
    assert inside.location == path
    composer = html.unescape(client.get(path).text)
    for name, value in form.items():
        assert value in composer, name
    assert 'value="routers" selected' in composer or kind != "question"
    stranger = html.unescape(app.test_client().get(path, headers={"Cookie": "kept=other"}).text)
    assert form["body"] not in stranger
    posted = client.post(path, data=form)
    assert posted.status_code == 303
    assert db.session.scalars(select(KeptText)).all() == []
    assert form["body"] not in html.unescape(client.get(path).text).partition("<main")[2].partition("<textarea")[2]
    if kind == "question":
        thread = db.session.scalars(select(Thread).order_by(Thread.id.desc()).limit(1)).one()
        assert thread.context == [{"key": "model", "label": "Model", "value": "Ridge 2"}]


def test_passwords_are_never_kept(client):
    client.post("/accounts/password", data={"password-current": make.PASSWORD, "password-password": OTHER_PASSWORD})
    client.post(
        "/questions/ask", data={"body": "Words.", "password": "s3cret", "current": "s3cret", "my-secret": "s3cret"}
    )
    kept = [row.fields for row in db.session.scalars(select(KeptText))]
    assert make.PASSWORD not in str(kept)
    assert OTHER_PASSWORD not in str(kept)
    assert "s3cret" not in str(kept)


def test_an_edit_begun_before_the_session_ended_is_not_lost(app, client):
    author = make.make_user(email="author@example.org")
    answer = make.answer(make.ask(), author)
    path = f"/posts/{answer.id}/edit"
    sent = client.post(path, data={"body": "My better words.", "version": "1"})
    assert sent.status_code == 303
    client.post("/accounts/sign-in", data={"email": author.email, "password": make.PASSWORD, "next": path})
    page = client.get(path).text
    assert "My better words." in page
    assert 'name="version" value="1"' in page


# --- Names ----------------------------------------------------------------------------------------------------------


def test_a_changed_profile_is_shown_and_the_site_changes_its_version(app, browser_of, client):
    member = make.make_user("Maria Lopez")
    version = db.session.get_one(Site, 1).version
    form = {"profile-name": "Maria L.", "profile-about": "I restart things.\nOften."}
    assert browser_of(member).post("/accounts/profile", data=form).status_code == 303
    page = client.get(f"/people/{member.id}/maria-l")
    assert "I restart things." in page.text
    assert client.get(f"/people/{member.id}/maria-lopez").status_code == 301
    assert db.session.get_one(Site, 1).version == version + 1


SAME_NAMES = [
    "Maria Lopez",
    "maria lopez",
    "MARIA  LOPEZ",
    "Ｍａｒｉａ Ｌｏｐｅｚ",
    "Ma\u200bria Lopez",
    "Maria\u00a0Lopez",
    "-Maria Lopez-",
]


@pytest.mark.parametrize("name", SAME_NAMES)
def test_a_name_that_reads_like_anothers_is_taken(app, browser_of, client, name):
    make.make_user("Maria Lopez")
    profile = browser_of(make.make_user()).post(
        "/accounts/profile", data={"profile-name": name, "profile-about": "Hi."}
    )
    signed_up = client.post("/accounts/sign-up", data={**SIGN_UP, "name": name})
    for sent in (profile, signed_up):
        assert sent.status_code == 422
        assert "has this name already" in sent.text
    assert "Hi." in profile.text
    assert "new@example.org" in signed_up.text
    assert db.session.scalars(select(User.name).where(User.handle == "maria-lopez")).all() == ["Maria Lopez"]


@pytest.mark.parametrize("name", ["", "  ", "x", "!!", "\u200b\u200b", "…", "\u202e\u202d", "🦊"])
def test_a_name_needs_two_letters(client, name):
    sent = client.post("/accounts/sign-up", data={**SIGN_UP, "name": name})
    assert sent.status_code == 422
    assert db.session.scalars(select(User)).all() == []


def test_keeping_ones_own_name_is_no_clash(browser_of):
    member = make.make_user("Maria Lopez")
    sent = browser_of(member).post("/accounts/profile", data={"profile-name": "maria LOPEZ", "profile-about": ""})
    assert sent.status_code == 303
    assert db.session.get_one(User, member.id).name == "maria LOPEZ"


# --- T09: what stands in a mail -------------------------------------------------------------------------------------

HOSTILE_NAMES = [
    "Eve\r\nBcc: victim@example.org",
    "Eve\nSubject: You won",
    "Eve\r\n\r\n<h1>New body</h1>",
    "http://evil.com/x",
    "https://evil.com",
    "evil.com",
    "www.evil.com",
    "EVIL.COM/path?x=1",
    "//evil.com/x",
    "ftp://evil.com",
    "eve@evil.com",
    "mailto:eve@evil.com",
    "evil.co.uk is better",
    "\u202emoc.live//:ptth",
    "Eve\u2028evil.com",
    "<a href='http://evil.com'>Click</a>",
    "<script>alert(1)</script>",
    "[Click](http://evil.com)",
    "%0d%0aBcc: victim@example.org",
    "=?utf-8?q?Bcc:_x@evil.com?=",
    "{{ 7 * 7 }} %(link)s {link}",
]


class Letter(HTMLParser):
    """What a mail program finds in the HTML of a letter."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.links: list[str | None] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attributes if name in ("href", "src", "action", "background")]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("through_the_form", [True, False])
def test_T09_a_name_is_nothing_but_a_name_in_every_letter(app, client, work, mails, name, through_the_form):
    if through_the_form:
        sent = client.post("/accounts/sign-up", data={**SIGN_UP, "name": name[:40]})
        if sent.status_code == 422:
            return
        person = db.session.scalars(select(User)).one()
        assert not re.search(r"[\x00-\x1f\u202a-\u202e\u2028]", person.name)
    else:
        person = make.sign_up(name[:40], "new@example.org")
    service.request_confirmation(person)
    person.confirmed_at = clock.now()
    db.session.commit()
    service.request_reset("new@example.org")
    service.request_address_change(app.extensions["passwords"], person, make.PASSWORD, "other@example.org")
    service.change_password(app.extensions["passwords"], person, make.PASSWORD, OTHER_PASSWORD, "")
    make.sign_up("Second Claim", "new@example.org")
    work()
    assert mails()
    for mail in mails():
        assert mail["To"] in ("new@example.org", "other@example.org")
        assert mail.get_all("To") == [mail["To"]]
        assert mail["Bcc"] is mail["Cc"] is None
        assert len(mail.get_all("Subject")) == 1
        assert set(mail.keys()) == {
            "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"
        }  # fmt: skip
        assert "won" not in mail["Subject"]
        assert len(mail.get_payload()) == 2
        found = LinkifyIt().match(text_of(mail)) or []
        assert [match.url for match in found if not match.url.startswith("http://localhost/")] == []
        letter = Letter(html_of(mail))
        assert all(link.startswith("http://localhost/") for link in letter.links)
        assert not letter.tags & {"script", "h1", "img", "form"}
        # Mail programs make links of what looks like one in HTML too.
        assert not LinkifyIt().match(letter.text)


def test_T09_plain_names_look_like_no_link():
    for name in HOSTILE_NAMES:
        assert not LinkifyIt().match(plain_name(name))
    assert plain_name("Maria Lopez") == "Maria Lopez"


HOSTILE_ADDRESSES = [
    "eve@example.org\r\nBcc: victim@example.org",
    "eve@example.org\nSubject: x",
    "eve@example.org%0d%0aBcc:victim@example.org",
    "eve@example.org,victim@example.org",
    "eve@example.org;victim@example.org",
    "eve@example.org victim@example.org",
    "<eve@example.org>",
    "Eve <eve@example.org>",
    '"eve victim"@example.org',
    "eve@victim@example.org",
    "eve@[127.0.0.1]",
    "eve@localhost",
    "eve@.org",
    "eve@example..org",
    "@example.org",
    "eve@",
    "eve",
    "eve@example.org\x00",
    "eve(comment)@example.org",
    "eve\\@example.org",
    "e" * 65 + "@example.org",
]


@pytest.mark.parametrize("email", HOSTILE_ADDRESSES)
def test_T09_an_address_is_one_address(app, client, browser_of, work, mails, email):
    member = make.make_user("A Member", email="member@example.org")
    asked = [
        client.post("/accounts/sign-up", data={**SIGN_UP, "email": email}),
        client.post("/accounts/forgot", data={"email": email}),
        browser_of(member).post("/accounts/address", data={"address-email": email, "address-current": make.PASSWORD}),
    ]
    assert [sent.status_code for sent in asked] == [422] * 3
    assert all("Write the address like this" in sent.text or "control character" in sent.text for sent in asked)
    work()
    assert mails() == []


def test_T09_the_name_of_the_site_stays_in_one_line(app, work, mails):
    db.session.get_one(Site, 1).name = "Ask\r\nBcc: victim@example.org"
    db.session.commit()
    make.sign_up()
    work()
    assert mails()[0]["Bcc"] is None
    assert mails()[0]["Subject"] == "Confirm your address for Ask Bcc: victim@example.org"


# --- Over SMTP ------------------------------------------------------------------------------------------------------


class Inbox:
    """Keeps what a mail server was handed; refuses the recipients it is told to."""

    def __init__(self) -> None:
        self.received: list[Any] = []
        self.refused: set[str] = set()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self.refused:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.received.append(envelope)
        return "250 OK"


@pytest.fixture
def smtp() -> Iterator[tuple[Inbox, Controller]]:
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield inbox, controller
    controller.stop()


@pytest.fixture
def sends_to(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the application send to this server from now on."""

    def use_server(url: str) -> None:
        folder = app.config["SETTINGS"].data_dir / "mail"
        monkeypatch.setitem(app.extensions, "mailer", Mailer("Askwell <askwell@example.org>", url, folder))

    return use_server


def test_mails_go_out_over_smtp_to_one_recipient_each(app, smtp, sends_to, work):
    inbox, server = smtp
    sends_to(f"smtp://127.0.0.1:{server.port}")
    app.extensions["mailer"].check()
    make.sign_up("Eve\r\nRCPT TO:<victim@example.org>", "eve@example.org")
    make.sign_up("Other Person", "other@example.org")
    work()
    assert [envelope.rcpt_tos for envelope in inbox.received] == [["eve@example.org"], ["other@example.org"]]
    assert {envelope.mail_from for envelope in inbox.received} == {"askwell@example.org"}
    assert all(b"/accounts/confirm/" in envelope.content for envelope in inbox.received)
    assert work() == 0


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_mails_go_out_with_name_and_password(app, sends_to, work):
    inbox, asked = Inbox(), []

    def who(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        asked.append((data.login, data.password))
        return AuthResult(success=True)

    controller = Controller(
        inbox, hostname="127.0.0.1", port=free_port(), authenticator=who, auth_require_tls=False, auth_required=True
    )
    controller.start()
    try:
        sends_to(f"smtp://us%40er:p%3Ass%2F@127.0.0.1:{controller.port}")
        make.sign_up()
        work()
    finally:
        controller.stop()
    assert set(asked) == {(b"us@er", b"p:ss/")}
    assert len(inbox.received) == 1


def _worked(app: Flask) -> list[str]:
    """Let the worker do what is owed now; what failed."""
    failed: list[str] = []
    work_once(lambda _name, problem: failed.append(type(problem).__name__))
    db.session.rollback()
    return failed


def test_a_dead_mail_server_is_tried_again_later_and_later_and_put_aside_after_eight_times(app, client, sends_to):
    sends_to(f"smtp://127.0.0.1:{free_port()}")
    with time_machine.travel(NOW, tick=False) as travel:
        assert client.post("/accounts/sign-up", data=SIGN_UP).status_code == 303  # nobody waits for the mail server
        for attempt in range(1, MAX_ATTEMPTS + 1):
            assert _worked(app) == ["ConnectionRefusedError"]
            delivery = db.session.scalars(select(Delivery)).one()
            assert (delivery.attempts, delivery.done_at) == (attempt, None)
            assert delivery.error
            assert (delivery.parked_at is not None) == (attempt == MAX_ATTEMPTS)
            if attempt < MAX_ATTEMPTS:
                assert CHECKS["worker"]() == "1 waiting"
                travel.shift(back_off(attempt) - timedelta(seconds=1))
                assert _worked(app) == []  # not before its time
                travel.shift(timedelta(seconds=1))
        travel.shift(timedelta(days=2))
        assert _worked(app) == []
        with pytest.raises(Finding, match="put aside after eight failures"):
            CHECKS["worker"]()


def test_the_wait_between_two_tries_grows_to_an_hour():
    assert [back_off(n).total_seconds() for n in range(1, 9)] == [15, 60, 240, 960, 3600, 3600, 3600, 3600]


def test_a_mail_server_that_comes_back_sends_each_mail_once(app, client, sends_to, smtp, browser_of):
    inbox, server = smtp
    with time_machine.travel(NOW, tick=False) as travel:
        sends_to(f"smtp://127.0.0.1:{free_port()}")
        client.post("/accounts/sign-up", data=SIGN_UP)
        assert _worked(app) == ["ConnectionRefusedError"]
        travel.shift(timedelta(seconds=15))
        assert _worked(app) == ["ConnectionRefusedError"]
        sends_to(f"smtp://127.0.0.1:{server.port}")
        travel.shift(timedelta(seconds=60))
        assert _worked(app) == []
        travel.shift(timedelta(days=1))
        assert _worked(app) == []
    assert [envelope.rcpt_tos for envelope in inbox.received] == [["new@example.org"]]


def test_a_refused_recipient_keeps_nobody_else_waiting(app, client, sends_to, smtp):
    inbox, server = smtp
    inbox.refused.add("new@example.org")
    sends_to(f"smtp://127.0.0.1:{server.port}")
    client.post("/accounts/sign-up", data=SIGN_UP)
    make.sign_up("Other Person", "other@example.org")
    assert _worked(app) == ["SMTPRecipientsRefused"]
    assert [envelope.rcpt_tos for envelope in inbox.received] == [["other@example.org"]]


def test_no_table_keeps_an_address_in_the_log_of_facts(app, client, work):
    client.post("/accounts/sign-up", data={**SIGN_UP, "name": "Unusual Name"})
    client.post("/accounts/forgot", data={"email": "new@example.org"})
    work()
    facts = str([(event.name, event.data) for event in db.session.scalars(select(Event))])
    assert "new@example.org" not in facts
    assert "Unusual" not in facts
