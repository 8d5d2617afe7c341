"""What somebody typed is there again: after a reload, on another device, and whatever went wrong when it was sent."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from app.accounts.queries import sessions_of
from app.accounts.service import end_session
from app.models import User
from app.posts.addresses import thread_url
from app.screening.service import FIRST_DAY_LIMITS, PostKind
from tests import factories as make
from tests.journeys.conftest import Forum, Watch, post, sign_in, toast, until

pytestmark = pytest.mark.browser

WORDS = "Hold the ring for ten seconds.\n\n1. Then wait."
QUESTION = {"What is your question?": "Ring is grey after the storm", "Details": "Since noon.", "Tags": "ring, storm"}


def a_question(forum: Forum) -> str:
    with forum.backstage():
        return thread_url(make.ask(forum.person("hugo")))


def words(page: Page) -> Locator:
    return page.get_by_label("Your answer")


def fill_in_question(page: Page) -> None:
    for label, value in QUESTION.items():
        page.get_by_label(label).fill(value)
    page.get_by_label("Topic").select_option("routers")


def expect_question(page: Page) -> None:
    for label, value in QUESTION.items():
        expect(page.get_by_label(label)).to_have_value(value)
    expect(page.get_by_label("Topic")).to_have_value("routers")


def saved(page: Page) -> None:
    """The server has what is typed."""
    expect(page.locator("[data-kept]")).to_contain_text("Draft saved")


def end_sessions(forum: Forum, person: User) -> None:
    for session in sessions_of(person):
        end_session(person, session.id)


@pytest.fixture
def somebody(forum: Forum, request: pytest.FixtureRequest) -> str:
    """A member of this test alone, by key."""
    key = re.sub(r"\W+", "-", request.node.name.removeprefix("test_"))[-35:].strip("-")
    with forum.backstage():
        forum.join(key)
    return key


@contextmanager
def busy(forum: Forum) -> Iterator[None]:
    """Somebody else writes into the database and does not come to an end."""
    forum.faults.append("database is locked")
    writer = sqlite3.connect(forum.data / "askwell.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        writer.close()


@contextmanager
def offline(page: Page, watch: Watch) -> Iterator[None]:
    page.context.set_offline(True)
    yield
    page.context.set_offline(False)
    assert all(re.search("INTERNET_DISCONNECTED|Failed to fetch", trouble) for trouble in watch.troubles)
    watch.troubles.clear()


# --- Come back to, here and elsewhere -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [None, "somebody"], ids=["guest", "member"])
def test_a_reload_costs_nothing(visit: Callable[..., Page], forum: Forum, somebody: str, who: str | None):
    page = visit(who and somebody, a_question(forum))
    words(page).fill(WORDS)
    page.reload()
    expect(words(page)).to_have_value(WORDS)
    page.goto("/questions/ask")
    fill_in_question(page)
    page.get_by_label("Firmware").fill("4.2.1")
    page.reload()
    expect_question(page)
    expect(page.get_by_label("Firmware")).to_have_value("4.2.1")


def test_another_device_goes_on(visit: Callable[..., Page], forum: Forum, somebody: str, js: bool):
    path = a_question(forum)
    page = visit(somebody, path)
    words(page).fill(WORDS)
    saved(page)
    page.goto("/questions/ask")
    fill_in_question(page)
    saved(page)
    other = visit(somebody, path, js=js, width=360)
    expect(words(other)).to_have_value(WORDS)
    expect(other.get_by_text("Your text from")).to_be_visible()
    other.goto("/questions/ask")
    expect_question(other)


def test_whoever_leaves_at_once_has_a_draft_too(visit: Callable[..., Page], forum: Forum, somebody: str):
    path = a_question(forum)
    page = visit(somebody, path)
    words(page).fill(WORDS)
    page.goto("/topics")
    other = visit(somebody, js=False)
    until(lambda: other.goto(path) and words(other).input_value() == WORDS, "a draft")


def test_a_deleted_draft_does_not_come_back(visit: Callable[..., Page], forum: Forum, somebody: str):
    page = visit(somebody, a_question(forum))
    words(page).fill(WORDS)
    saved(page)
    page.reload()
    post(page, "Delete this draft")
    expect(toast(page)).to_contain_text("The draft is deleted.")
    expect(words(page)).to_have_value("")


def test_an_edit_that_was_left_is_gone_on_with(visit: Callable[..., Page], forum: Forum, somebody: str):
    with forum.backstage():
        answer = make.answer(make.ask(forum.person("hugo")), forum.person(somebody), "Press it.")
        path = f"/posts/{answer.id}/edit"
    page = visit(somebody, path)
    words(page).fill("Press it twice.")
    page.reload()
    expect(words(page)).to_have_value("Press it twice.")
    post(page, "Save")
    expect(page.locator(":target .prose").first).to_have_text("Press it twice.")
    page.goto(path)
    expect(words(page)).to_have_value("Press it twice.")
    expect(page.get_by_text("Your text from")).to_have_count(0)


# --- Refused ------------------------------------------------------------------------------------------------------------


def test_a_faulty_form_keeps_all_of_it(visit: Callable[..., Page], forum: Forum, somebody: str, js: bool):
    page = visit(somebody, "/questions/ask", js=js)
    fill_in_question(page)
    page.get_by_label("Tags").fill("a, b, c, d, e, f")
    post(page, "Post question")
    expect(page.get_by_role("region", name="There is a problem")).to_be_visible()
    expect(page.get_by_label("Details")).to_have_value(QUESTION["Details"])
    expect(page.get_by_label("Tags")).to_have_value("a, b, c, d, e, f")
    page.get_by_label("Tags").fill(QUESTION["Tags"])
    expect_question(page)
    post(page, "Post question")
    expect(page.get_by_role("heading", level=1)).to_have_text(QUESTION["What is your question?"])


def test_a_comment_that_is_too_long_is_there_to_be_shortened(
    visit: Callable[..., Page], somebody: str, forum, js: bool
):
    page = visit(somebody, a_question(forum), js=js)
    page.locator(".ask").get_by_role("link", name="Comment").click()
    comment = page.get_by_label("Your comment")
    comment.fill("x" * 1001)
    post(page, "Post comment")
    expect(comment).to_have_value("x" * 1001)
    comment.fill("x")
    post(page, "Post comment")
    expect(page.locator(".cmts li")).to_contain_text("x")


def test_an_answer_beyond_the_first_day_waits_in_the_composer(
    visit: Callable[..., Page], forum: Forum, somebody: str, js: bool
):
    path = a_question(forum)
    with forum.backstage():
        for _ in range(FIRST_DAY_LIMITS[PostKind.ANSWER]):
            make.answer(make.ask(forum.person("hugo")), forum.person(somebody))
    page = visit(somebody, path, js=js)
    words(page).fill(WORDS)
    with page.expect_response("**/answers/to/*") as response:
        post(page, "Post answer")
    assert response.value.status == 429
    assert int(response.value.headers["retry-after"]) > 0
    expect(page.get_by_text("On your first day here you can post 10 of these. The limit ends on")).to_be_visible()
    expect(words(page)).to_have_value(WORDS)


def test_too_many_previews_cost_no_text(visit: Callable[..., Page], forum: Forum, somebody: str, watch: Watch):
    page = visit(somebody, a_question(forum))
    words(page).fill(WORDS)
    button = page.locator(".ed").get_by_role("button", name="Preview")
    status = 200
    while status != 429:
        with page.expect_response("**/posts/preview") as response:
            button.click()
        status = response.value.status
    expect(toast(page).last).to_contain_text("That was a little fast")
    expect(words(page)).to_have_value(WORDS)
    assert all(trouble.startswith("429 for POST") for trouble in watch.troubles)
    watch.troubles.clear()


# --- Signed out in the middle --------------------------------------------------------------------------------------------


def test_a_session_that_ended_is_begun_anew_in_the_middle(
    visit: Callable[..., Page], forum: Forum, somebody: str, js: bool
):
    path = a_question(forum)
    page = visit(somebody, path, js=js)
    with forum.backstage():
        end_sessions(forum, forum.person(somebody))
    words(page).fill(WORDS)
    if js:
        expect(page.locator("[data-kept]")).to_contain_text("No connection to your account")
    post(page, "Post answer")
    expect(toast(page)).to_contain_text("Your text is kept.")
    sign_in(page, somebody)
    expect(words(page)).to_have_value(WORDS)
    post(page, "Post answer")
    expect(page.locator(":target .prose").first).to_contain_text("Hold the ring for ten seconds.")
    expect(words(page)).to_have_value("")


def test_a_question_outlives_its_session(visit: Callable[..., Page], forum: Forum, somebody: str, js: bool):
    page = visit(somebody, "/questions/ask", js=js)
    with forum.backstage():
        end_sessions(forum, forum.person(somebody))
    fill_in_question(page)
    post(page, "Post question")
    sign_in(page, somebody)
    expect_question(page)
    post(page, "Post question")
    expect(page.get_by_role("heading", level=1)).to_have_text(QUESTION["What is your question?"])


def test_an_edit_outlives_its_session(visit: Callable[..., Page], forum: Forum, somebody: str, js: bool):
    with forum.backstage():
        answer = make.answer(make.ask(forum.person("hugo")), forum.person(somebody), "Press it.")
        path = f"/posts/{answer.id}/edit"
    page = visit(somebody, path, js=js)
    with forum.backstage():
        end_sessions(forum, forum.person(somebody))
    words(page).fill("Press it twice.")
    page.get_by_label("What did you change?").fill("how often")
    post(page, "Save")
    sign_in(page, somebody)
    expect(words(page)).to_have_value("Press it twice.")
    expect(page.get_by_label("What did you change?")).to_have_value("how often")
    post(page, "Save")
    expect(page.locator(":target .prose").first).to_have_text("Press it twice.")


# --- Nobody there to take it ----------------------------------------------------------------------------------------------


def test_while_the_database_is_busy_the_text_waits(
    visit: Callable[..., Page], forum: Forum, somebody: str, watch: Watch, js: bool
):
    path = a_question(forum)
    page = visit(somebody, path, js=js)
    words(page).fill(WORDS)
    if js:
        saved(page)
    with busy(forum), page.expect_response("**/answers/to/*") as response:
        post(page, "Post answer")
    assert (response.value.status, response.value.headers["retry-after"]) == (503, "5")
    watch.troubles.clear()
    expect(page.get_by_role("heading", level=1)).to_have_text("We cannot save right now")
    expect(page.get_by_role("textbox", name="Your text 1")).to_have_value(WORDS)
    if js:
        other = visit(somebody, path)
        expect(words(other)).to_have_value(WORDS)
    post(page, "Send it again")
    expect(page.locator(":target .prose").first).to_contain_text("Hold the ring for ten seconds.")
    page.goto(path)
    expect(words(page)).to_have_value("")


def test_a_lost_connection_costs_nothing(visit: Callable[..., Page], forum: Forum, somebody: str, watch: Watch):
    """The server has the beginning only; what was typed in the tunnel is in the browser."""
    path = a_question(forum)
    page = visit(somebody, path)
    words(page).fill("Hold the ring.")
    saved(page)
    with offline(page, watch):
        words(page).fill(WORDS)
        expect(page.locator("[data-kept]")).to_contain_text("No connection to your account")
        page.get_by_role("button", name="Post answer").click()
        expect(page.get_by_label("Your answer")).to_have_count(0)
    page.goto(path)
    expect(words(page)).to_have_value(WORDS)
    saved(page)
    post(page, "Post answer")
    expect(page.locator(":target .prose").first).to_contain_text("Then wait.")
    page.goto(path)
    expect(words(page)).to_have_value("")


def test_a_question_and_an_edit_survive_a_tunnel_too(
    visit: Callable[..., Page], forum: Forum, somebody: str, watch: Watch
):
    with forum.backstage():
        answer = make.answer(make.ask(forum.person("hugo")), forum.person(somebody), "Press it.")
        edit = f"/posts/{answer.id}/edit"
    page = visit(somebody, "/questions/ask")
    with offline(page, watch):
        fill_in_question(page)
        with pytest.raises(Error, match="INTERNET_DISCONNECTED"):
            page.goto("/questions/ask")
    page.goto("/questions/ask")
    expect_question(page)
    page.goto(edit)
    with offline(page, watch):
        words(page).fill("Press it twice.")
        with pytest.raises(Error, match="INTERNET_DISCONNECTED"):
            page.reload()
    page.goto(edit)
    expect(words(page)).to_have_value("Press it twice.")


def test_a_guest_in_a_tunnel(visit: Callable[..., Page], forum: Forum, watch: Watch):
    path = a_question(forum)
    page = visit(path=path)
    with offline(page, watch):
        words(page).fill(WORDS)
        with pytest.raises(Error, match="INTERNET_DISCONNECTED"):
            page.goto("/topics")
    page.goto(path)
    expect(words(page)).to_have_value(WORDS)
