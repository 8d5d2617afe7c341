""" "I have this question too" from guests: counted apart, with a cookie that only this press sets."""

from app.extensions import db
from app.models import Thread
from tests import factories as make


def press(browser, thread, **fields):
    return browser.post(f"/votes/me-too/{thread.id}", data=fields)


def test_reading_sets_no_cookie_and_pressing_does(app, client):
    thread = make.ask()
    assert "Set-Cookie" not in client.get(f"/questions/{thread.id}", follow_redirects=True).headers
    assert "visitor=" in press(client, thread).headers["Set-Cookie"]
    assert "HttpOnly" in press(client, thread).headers["Set-Cookie"]


def test_a_browser_counts_once_and_apart_from_members(app, client, browser_of):
    thread = make.ask()
    press(client, thread)
    press(client, thread)
    press(browser_of(None), thread)
    press(browser_of(make.make_user()), thread)
    found = db.session.get(Thread, thread.id)
    assert (found.me_too_count, found.guest_me_too_count) == (1, 2)
    page = client.get(f"/questions/{thread.id}", follow_redirects=True).text
    assert "and 2 guests" in page
    assert "You have this question too" in page


def test_a_guest_takes_it_back(app, client):
    thread = make.ask()
    press(client, thread)
    press(client, thread, do="end")
    assert db.session.get(Thread, thread.id).guest_me_too_count == 0


def test_a_guest_cannot_have_a_question_that_is_not_public(app, client):
    thread = make.ask(make.make_user(confirmed=False))
    assert press(client, thread).status_code == 404
