"""Around an answer: comments, quotations, conversions, versions, taking back, and who is writing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from app.models import Post
from app.posts.addresses import thread_url
from app.posts.rendering import render
from app.posts.service import edit_post
from tests import factories as make
from tests.journeys.conftest import Forum, post, toast

pytestmark = pytest.mark.browser


def a_question(forum: Forum, *answers: tuple[str, str], who: str = "hugo") -> str:
    with forum.backstage():
        thread = make.ask(forum.person(who))
        for author, words in answers:
            make.answer(thread, forum.person(author), words)
        return thread_url(thread)


def entry(page: Page, item: str, within: str) -> None:
    """Choose this entry of a post's menu, and be on the next page."""
    menu = page.locator(within).locator("details.menu").first
    menu.locator("summary").click()
    with page.expect_navigation():
        menu.get_by_text(item, exact=True).click()


# --- Comments -----------------------------------------------------------------------------------------------------------


def comments(page: Page) -> Locator:
    return page.locator(".cmts li")


def with_comments(forum: Forum, count: int) -> tuple[str, list[int]]:
    with forum.backstage():
        thread = make.ask(forum.person("hugo"))
        made: list[Post] = [make.comment(thread, forum.person("nia"), f"Remark {n}.") for n in range(1, count + 1)]
        return thread_url(thread), [each.id for each in made]


def test_from_the_fourth_on_comments_are_folded(visit: Callable[..., Page], forum: Forum, js: bool):
    path, _ = with_comments(forum, 5)
    page = visit(path=path, js=js)
    expect(comments(page)).to_have_count(5)
    for number, seen in enumerate([True, True, True, False, False]):
        expect(comments(page).nth(number)).to_be_visible(visible=seen)
    page.get_by_text("2 more comments").click()
    expect(comments(page).nth(4)).to_be_visible()
    page.get_by_text("2 more comments").press("Enter")
    expect(comments(page).nth(4)).to_be_hidden()


def test_three_comments_are_not_folded(visit: Callable[..., Page], forum: Forum):
    page = visit(path=with_comments(forum, 3)[0], js=False)
    expect(comments(page).nth(2)).to_be_visible()
    expect(page.get_by_text("more comment")).to_have_count(0)


def test_a_link_to_a_folded_comment_shows_it(visit: Callable[..., Page], forum: Forum, js: bool):
    _, numbers = with_comments(forum, 5)
    page = visit(path=f"/posts/{numbers[4]}", js=js)
    expect(page.locator(":target")).to_be_visible()
    expect(page.locator(":target")).to_contain_text("Remark 5.")
    expect(page.locator(":target")).to_be_in_viewport()


def test_whoever_comments_sees_it_though_others_are_folded(visit: Callable[..., Page], forum: Forum, js: bool):
    page = visit("ravi", with_comments(forum, 3)[0], js=js)
    page.locator(".ask").get_by_role("link", name="Comment").click()
    page.get_by_label("Your comment").fill("Mine too.")
    post(page, "Post comment")
    expect(page.locator(":target")).to_contain_text("Mine too.")
    expect(page.locator(":target")).to_be_visible()


def test_staff_make_a_comment_an_answer_and_a_comment_again(visit: Callable[..., Page], forum: Forum, js: bool):
    path, numbers = with_comments(forum, 1)
    page, guest = visit("sam", path, js=js), visit(path=path, js=js)
    post(page, "Make it an answer")
    expect(toast(page)).to_contain_text("It is an answer now.")
    guest.goto(path)
    expect(guest.locator("article")).to_contain_text("Remark 1.")
    expect(guest.locator("article")).to_contain_text("Nia Prosser")
    expect(comments(guest)).to_have_count(0)
    entry(page, "Make it a comment", "article")
    expect(toast(page)).to_contain_text("It is a comment on the question now.")
    guest.goto(path)
    expect(guest.locator("article")).to_have_count(0)
    expect(comments(guest)).to_contain_text("Remark 1.")
    # The address that was passed on still leads there.
    guest.goto(f"/posts/{numbers[0]}")
    expect(guest.locator(":target")).to_contain_text("Remark 1.")


def test_what_was_accepted_does_not_become_a_comment(visit: Callable[..., Page], forum: Forum, js: bool):
    asker = visit("hugo", a_question(forum, ("ravi", "Hold the ring.")), js=js)
    post(asker, "This solved it")
    page = visit("sam", asker.url, js=js)
    entry(page, "Make it a comment", "#best")
    expect(page.get_by_text("This answer is accepted or recommended. Take that back first.")).to_be_visible()


# --- Quotations, claims --------------------------------------------------------------------------------------------------


def test_a_quotation_is_answered(visit: Callable[..., Page], forum: Forum, js: bool):
    path = a_question(forum, ("nia", "Hold the ring.\n\nThen wait."))
    page = visit("ravi", path, js=js)
    entry(page, "Quote in an answer", "article")
    field = page.get_by_label("Your answer")
    expect(field).to_have_value("> **Nia Prosser wrote:**\n>\n> Hold the ring.\n>\n> Then wait.\n\n")
    field.press("Control+End")
    field.press_sequentially("For how long?")
    post(page, "Post answer")
    mine = page.locator(":target .prose").first
    expect(mine.locator("blockquote")).to_contain_text("Nia Prosser wrote:")
    expect(mine).to_contain_text("For how long?")


def test_a_quotation_leaves_what_was_typed_before(visit: Callable[..., Page], forum: Forum):
    page = visit("ravi", a_question(forum, ("nia", "Hold the ring.")))
    page.get_by_label("Your answer").fill("Half an answer.")
    expect(page.locator("[data-kept]")).to_contain_text("Draft saved")
    entry(page, "Quote in an answer", "article")
    expect(page.get_by_label("Your answer")).to_have_value(
        re.compile(r"^Half an answer\.\n\n> \*\*Nia Prosser wrote:\*\*\n>\n> Hold the ring\.")
    )


def test_a_claim_is_seen_by_others_and_ends_with_the_answer(visit: Callable[..., Page], forum: Forum, js: bool):
    path = a_question(forum)
    page, other = visit("ravi", path, js=js), visit("nia", js=js)
    post(page, "Let others know that I am writing")
    expect(toast(page)).to_contain_text("For ten minutes others see that you are writing.")
    expect(page.get_by_text("Others see that you are writing an answer.")).to_be_visible()
    other.goto(path)
    expect(other.get_by_text("Ravi Subramanian is writing an answer since")).to_be_visible()
    page.get_by_label("Your answer").fill("Hold the ring.")
    post(page, "Post answer")
    other.goto(path)
    expect(other.get_by_text("is writing an answer since")).to_have_count(0)


# --- Guests -------------------------------------------------------------------------------------------------------------


def test_a_guest_gets_a_cookie_with_me_too_and_with_nothing_else(visit: Callable[..., Page], forum: Forum, js: bool):
    path = a_question(forum)
    page = visit(path="/", js=js)
    for place in ("/questions", "/questions/ask", "/search?q=ring", path):
        page.goto(place)
    assert page.context.cookies() == []
    page.get_by_role("button", name="I have this question too").click()
    expect(page.get_by_role("button", name="You have this question too")).to_be_visible()
    [cookie] = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("visitor", True, "Lax")
    for place in ("/questions", path):
        page.goto(place)
    assert page.context.cookies() == [cookie]
    page.get_by_role("button", name="You have this question too").click()
    expect(page.get_by_role("button", name="I have this question too")).to_be_visible()
    assert [each["value"] for each in page.context.cookies()] == [cookie["value"]]


# --- Taken back ---------------------------------------------------------------------------------------------------------


def test_a_question_taken_back_is_a_draft_with_all_its_fields(visit: Callable[..., Page], forum: Forum, js: bool):
    page = visit("ingrid", "/questions/ask?topic=routers", js=js)
    title = f"Why does it whistle {js}?"
    page.get_by_label("What is your question?").fill(title)
    page.get_by_label("Details").fill("Since Monday.")
    page.get_by_label("Firmware").fill("4.2.1")
    page.get_by_label("Tags").fill("whistle, night")
    post(page, "Post question")
    path = page.url.removeprefix(forum.url)
    with page.expect_navigation():
        toast(page).get_by_role("button", name="Undo").click()
    expect(toast(page)).to_contain_text("Taken back. Your text is here again.")
    expect(page.get_by_label("What is your question?")).to_have_value(title)
    expect(page.get_by_label("Details")).to_have_value("Since Monday.")
    expect(page.get_by_label("Firmware")).to_have_value("4.2.1")
    expect(page.get_by_label("Tags")).to_have_value("night, whistle")
    assert visit(path=path, js=js).goto(path).status == 410
    post(page, "Delete this draft")


def test_a_comment_taken_back_is_in_the_composer_again(visit: Callable[..., Page], forum: Forum, js: bool):
    page = visit("ravi", a_question(forum), js=js)
    page.locator(".ask").get_by_role("link", name="Comment").click()
    page.get_by_label("Your comment").fill("Which collor?")
    post(page, "Post comment")
    with page.expect_navigation():
        toast(page).get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Your comment")).to_have_value("Which collor?")
    page.get_by_label("Your comment").fill("Which colour?")
    post(page, "Post comment")
    expect(comments(page).filter(visible=True)).to_have_count(2)


# --- Versions and outcomes -----------------------------------------------------------------------------------------------


def test_every_version_is_shown_and_can_come_back(visit: Callable[..., Page], forum: Forum, js: bool):
    with forum.backstage():
        thread, author = make.ask(forum.person("hugo")), forum.person("ravi")
        answer = make.answer(thread, author, "Hold the ring for ten seconds.")
        edit_post(answer, author, render("Hold the ring for five seconds."), 1, "It is less")
        edit_post(answer, author, render("Hold the ring for five seconds.\n\nThen wait."), 2, "And then?")
        path, history = thread_url(thread), f"/posts/{answer.id}/revisions"
    guest = visit(path=path, js=js)
    guest.get_by_role("link", name="edited").click()
    versions = guest.locator("main section")
    expect(versions.locator("h2")).to_have_text(["Version 3", "Version 2", "First version"])
    expect(versions.nth(0).locator("ins")).to_contain_text("Then wait.")
    expect(versions.nth(1).locator("del")).to_have_text("ten")
    expect(versions.nth(1).locator("ins")).to_have_text("five")
    expect(versions.nth(1)).to_contain_text("It is less")
    expect(guest.get_by_role("button", name="Go back to this version")).to_have_count(0)
    page = visit("ravi", history, js=js)
    with page.expect_navigation():
        page.locator("main section").nth(2).get_by_role("button", name="Go back to this version").click()
    expect(toast(page)).to_contain_text("Version 1 is back.")
    expect(page.locator("main section h2")).to_have_text(["Version 4", "Version 3", "Version 2", "First version"])
    guest.goto(path)
    expect(guest.locator("article .prose")).to_have_text("Hold the ring for ten seconds.")


@pytest.mark.parametrize(
    ("kind", "said"), [("It is outdated", "calls this outdated:"), ("It is dangerous", "calls this dangerous:")]
)
def test_a_warning_needs_its_reason_and_is_taken_back(
    visit: Callable[..., Page], forum: Forum, js: bool, kind: str, said: str
):
    path = a_question(forum, ("ravi", "Bridge the two contacts."))
    page = visit("nia", path, js=js)
    page.locator("article").get_by_role("link", name="Outdated or dangerous?").click()
    page.get_by_label(kind).check()
    page.get_by_label("Your version").fill("4.2")
    post(page, "Say so")
    expect(page.get_by_role("region", name="There is a problem")).to_be_visible()
    expect(page.get_by_label(kind)).to_be_checked()
    expect(page.get_by_label("Your version")).to_have_value("4.2")
    page.get_by_label("What is wrong with it?").fill("Not since the new lid.")
    post(page, "Say so")
    guest = visit(path=path, js=js)
    expect(guest.locator("article .note")).to_contain_text(f"Nia Prosser {said} Not since the new lid. (4.2)")
    page.locator("article").get_by_role("link", name="Add your version, or more").click()
    page.get_by_label("Nothing to say after all").check()
    post(page, "Say so")
    guest.reload()
    expect(guest.locator("article .note")).to_have_count(0)
