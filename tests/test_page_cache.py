"""Guests share pages until something changes: never older than the last change, never anybody's own."""

import pytest
from sqlalchemy import text

from app.answers.service import accept_answer
from app.events import AddressConfirmed, unit_of_work
from app.extensions import db
from app.models import Role, Topic
from app.moderation.service import hide_post, restore_post
from app.page_cache import SHARED, Pages
from app.posts.addresses import thread_url, user_url
from app.questions.queries import question_of
from tests import factories as make


@pytest.fixture
def thread(app):
    made = make.ask(title="Where is the canary?", tags=["bird"])
    accept_answer(make.answer(made, make.make_user(), "Under the canary lamp."), made.asker)
    return made


def everywhere(thread) -> list[str]:
    topic = db.session.get_one(Topic, thread.topic_id)
    return [
        "/",
        "/questions",
        f"/topics/{topic.slug}",
        "/tags/bird",
        user_url(thread.asker, show="questions"),
        thread_url(thread),
    ]


def test_a_page_that_somebody_has_seen_costs_one_statement(client, thread, statements):
    for path in everywhere(thread):
        first = client.get(path)
        statements.clear()
        again = client.get(path)
        assert (again.data, dict(again.headers)) == (first.data, dict(first.headers))
        assert len([s for s in statements if s.startswith("SELECT")]) == 1, path
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_T02_what_is_hidden_is_gone_from_every_page_at_once_and_comes_back(client, thread):
    moderator = make.make_user(role=Role.MODERATOR)
    paths = everywhere(thread)
    before = {path: client.get(path).text for path in paths}
    assert all("canary" in page for page in before.values())
    hide_post(question_of(thread), moderator, "Because.")
    assert [path for path in paths if "canary" in client.get(path).text] == []
    restore_post(question_of(thread), moderator)
    assert {path: client.get(path).text for path in paths} == before


def test_members_get_their_own_pages_and_leave_nothing_for_guests(client, browser_of, thread):
    path, asker = thread_url(thread), browser_of(thread.asker)
    own = asker.get(path)
    assert "Take acceptance back" in own.text
    shared = client.get(path)
    assert "Take acceptance back" not in shared.text
    assert "Take acceptance back" in asker.get(path).text
    assert own.headers["Cache-Control"] == "private, no-store"
    dark = browser_of(None)
    dark.set_cookie("theme", "dark")
    assert 'data-theme="dark"' in dark.get(path).text
    assert client.get(path).data == shared.data


def test_fragments_redirects_and_errors_are_not_kept(app, client, thread):
    for path in (f"/questions/{thread.id}", "/questions?page=999", "/questions?show=nothing", "/people/99/nobody"):
        assert client.get(path).status_code in (301, 404)
    client.get("/questions", headers={"HX-Request": "true"})
    assert not app.extensions["pages"]._kept


def test_only_pages_that_exist_are_shared(app):
    assert app.view_functions.keys() >= SHARED


def test_the_pages_used_last_stay_and_memory_is_bounded():
    pages = Pages(largest=10)
    pages.put("a", b"1234", [])
    pages.put("b", b"1234", [])
    assert pages.get("a")
    pages.put("c", b"1234", [])
    pages.put("too large", b"x" * 11, [])
    assert [name for name in ("a", "b", "c", "too large") if pages.get(name)] == ["a", "c"]


def test_a_fact_that_is_committed_late_is_seen(app, client, thread, on_postgresql):
    """PostgreSQL numbers facts before their commit: an older number may come into sight after a newer one."""
    if not on_postgresql:
        return
    path = thread_url(thread)
    with db.engine.connect() as slow:
        slow.execute(text("INSERT INTO events (name, data, at) VALUES ('site.changed', '{}', now())"))
        slow.execute(text("UPDATE threads SET title = 'Where is the sparrow?' WHERE id = :id"), {"id": thread.id})
        with unit_of_work(None) as work:
            work.record(AddressConfirmed(user_id=thread.asker_id))
        assert "canary?" in client.get(path).text
        slow.commit()
    assert client.get(path, follow_redirects=True).text.count("sparrow?")
