"""Everything with the keyboard alone: Tab, Enter, Space, Escape; and always to be seen where one is."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from app.cli.demo import PASSWORD
from app.posts.addresses import thread_url
from tests import factories as make
from tests.journeys.conftest import Forum, address, toast

pytestmark = pytest.mark.browser

MOST_STOPS = 150
FOCUSED = "each => each === document.activeElement"
# The element that has the focus, whether it or a box around it shows a ring, and whether it is on the screen.
STOP = """() => {
    const each = document.activeElement, box = each.getBoundingClientRect();
    const ring = (element) => {
        const style = element && getComputedStyle(element);
        return style && style.outlineStyle !== "none" ? parseFloat(style.outlineWidth) : 0;
    };
    const words = (each.getAttribute("aria-label") || each.innerText || each.name || each.id || "").trim().slice(0, 40);
    return {
        name: `${each.tagName.toLowerCase()} “${words}”`,
        body: each === document.body,
        ring: Math.max(ring(each), ring(each.closest(".ed")), ring(each.closest(".find"))),
        seen: box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight && box.left < innerWidth,
    };
}"""


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until this has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if target.evaluate(FOCUSED):
            return
    raise AssertionError(f"Tab does not lead to {target}")


def press(page: Page, key: str = "Enter") -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def a_question(forum: Forum, *answers: str) -> str:
    with forum.backstage():
        thread = make.ask(forum.person("oskar"))
        for words in answers:
            make.answer(thread, forum.person("ruth"), words)
        return thread_url(thread)


def test_signing_in(visit: Callable[..., Page]):
    page = visit(path="/accounts/sign-in")
    tab_to(page, page.get_by_label("E-mail address"))
    page.keyboard.type(address("oskar"))
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("Stay signed in")).to_be_checked()
    page.keyboard.press("Tab")
    press(page)
    expect(page.get_by_text("Your account")).to_be_attached()


def test_asking(visit: Callable[..., Page]):
    page = visit("oskar", "/questions/ask")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    assert skip.bounding_box()["height"] > 24
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("What is your question?")).to_be_focused()
    page.keyboard.type("May the alarm get louder by and by?")
    tab_to(page, page.get_by_label("Details"))
    page.keyboard.type("Ours starts at once.")
    page.keyboard.press("Tab")
    # Tab leaves the editor, and writes nothing into it.
    expect(page.get_by_label("Details")).not_to_be_focused()
    expect(page.get_by_label("Details")).to_have_value("Ours starts at once.")
    if not page.get_by_label("Topic").evaluate(FOCUSED):
        tab_to(page, page.get_by_label("Topic"))
    page.keyboard.type("Speakers")
    expect(page.get_by_label("What you have tried")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("Duo")
    expect(page.get_by_label("Device")).to_have_value("Duo")
    tab_to(page, page.get_by_label("Tags"))
    page.keyboard.type("alarm")
    tab_to(page, page.get_by_role("button", name="Post question"))
    press(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("May the alarm get louder by and by?")


def test_answering_voting_and_having_the_question_too(visit: Callable[..., Page], forum: Forum):
    page = visit("dele", a_question(forum, "Hold the ring."))
    me_too = page.locator("#me-too-button")
    tab_to(page, me_too)
    page.keyboard.press("Space")
    expect(me_too).to_have_attribute("aria-pressed", "true")
    expect(me_too).to_be_focused()
    helpful = page.locator("article").get_by_role("button", name="Helpful").first
    tab_to(page, helpful)
    page.keyboard.press("Enter")
    expect(helpful).to_have_attribute("aria-pressed", "true")
    expect(helpful).to_be_focused()
    tab_to(page, page.get_by_label("Your answer"))
    page.keyboard.type("Pull the plug.")
    tab_to(page, page.get_by_role("button", name="Post answer"))
    press(page)
    expect(page.locator(":target")).to_contain_text("Pull the plug.")
    # Whoever goes on with Tab is in the new answer, not at the top of the page again.
    page.keyboard.press("Tab")
    assert page.locator(":target").evaluate("each => each.contains(document.activeElement)")


def test_accepting(visit: Callable[..., Page], forum: Forum):
    page = visit("oskar", a_question(forum, "Hold the ring."))
    tab_to(page, page.get_by_role("button", name="This solved it"))
    press(page)
    expect(toast(page)).to_contain_text("Solved.")


def test_enter_in_a_field_sends_the_form_as_its_main_button_does(visit: Callable[..., Page], forum: Forum):
    page = visit("ruth", a_question(forum, "Hold the ring."))
    page.locator("article details.menu summary").click()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Your answer").fill("Hold the ring for five seconds.")
    # The draft is saved when the typing pauses; the page that opens again offers to delete it.
    expect(page.locator("[data-kept]")).to_contain_text("Draft saved")
    page.reload()
    expect(page.get_by_role("button", name="Delete this draft")).to_be_visible()
    tab_to(page, page.get_by_label("What did you change?"))
    page.keyboard.type("how long")
    press(page)
    expect(page.locator("article .prose").first).to_have_text("Hold the ring for five seconds.")


def test_the_focus_goes_to_what_is_wrong(visit: Callable[..., Page]):
    page = visit("oskar", "/questions/ask")
    tab_to(page, page.get_by_label("What is your question?"))
    page.keyboard.type(" ")
    tab_to(page, page.get_by_label("Details"))
    page.keyboard.type(" ")
    tab_to(page, page.get_by_label("Topic"))
    page.keyboard.type("Speakers")
    tab_to(page, page.get_by_role("button", name="Post question"))
    press(page)
    expect(page).to_have_title("Error: Ask a question – Tarn Community")
    summary = page.get_by_role("region", name="There is a problem")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(2)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("What is your question?")).to_be_focused()
    expect(page.get_by_label("What is your question?")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("What is your question?")).to_have_accessible_description(
        "Write your question in one sentence. One sentence. What happens, on which device?"
    )


def test_the_focus_goes_to_a_refusal(visit: Callable[..., Page]):
    page = visit(path="/accounts/sign-in")
    tab_to(page, page.get_by_label("E-mail address"))
    page.keyboard.type("nobody@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type("not the password")
    press(page)
    expect(page.get_by_role("region", name="There is a problem")).to_be_focused()
    expect(page.get_by_label("E-mail address")).to_have_value("nobody@example.org")


def test_menus_close_on_escape(visit: Callable[..., Page], forum: Forum):
    page = visit("oskar", a_question(forum))
    for menu in (page.locator("details.account"), page.locator(".ask details.menu")):
        summary = menu.locator("summary")
        tab_to(page, summary)
        page.keyboard.press("Enter")
        expect(menu).to_have_attribute("open", "")
        page.keyboard.press("Tab")
        assert menu.locator("ul").evaluate("each => each.contains(document.activeElement)")
        page.keyboard.press("Escape")
        expect(menu).not_to_have_attribute("open", "")
        expect(summary).to_be_focused()
        page.keyboard.press("Enter")
        expect(menu).to_have_attribute("open", "")
        for _ in range(MOST_STOPS):
            page.keyboard.press("Tab")
            if not menu.evaluate("each => each.contains(document.activeElement)"):
                break
        expect(menu).not_to_have_attribute("open", "")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["question", "/questions/ask"])
def test_every_stop_is_seen(visit: Callable[..., Page], forum: Forum, path: str, width: int):
    page = visit("oskar", a_question(forum, "Hold the ring.") if path == "question" else path, width=width)
    stops = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop["body"]:
            break
        stops.append(stop)
    assert stop["body"], "Tab never leaves the page"
    assert len(stops) > 15
    assert [stop["name"] for stop in stops if stop["ring"] < 2] == []
    assert [stop["name"] for stop in stops if not stop["seen"]] == []


def test_the_toolbar_is_one_stop(visit: Callable[..., Page]):
    """Arrows move inside it, and its buttons do what they say."""
    page = visit("oskar", "/questions/ask")
    bold, italic = (page.get_by_role("button", name=name) for name in ("Bold", "Italic"))
    tab_to(page, bold)
    expect(page.locator("markdown-toolbar:defined")).to_be_attached()
    page.keyboard.press("ArrowRight")
    expect(italic).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Preview")).to_be_focused()
    page.keyboard.press("Tab")
    details = page.get_by_label("Details")
    expect(details).to_be_focused()
    page.keyboard.type("very loud")
    page.keyboard.press("Control+Shift+ArrowLeft")
    page.keyboard.press("Control+b")
    expect(details).to_have_value("very **loud**")
