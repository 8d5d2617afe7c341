"""Pictures in a text: pasted, dropped or chosen with script; chosen and added without. Nothing typed is ever lost."""

import base64
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import select

from app.extensions import db
from app.models import Attachment, KeptText
from app.posts.addresses import thread_url
from tests import factories as make
from tests.journeys.conftest import Forum, Watch, post, toast

pytestmark = pytest.mark.browser

SHOWN = re.compile(r"!\[describe this picture\]\(/attachments/[0-9a-f]{32}\)")
# What a browser does when files are pasted or dropped; nobody but a person can fill its real clipboard.
BRING = """(field, [type, files]) => {
  const data = new DataTransfer();
  for (const [name, kind, bytes] of files) {
    data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt())], name, { type: kind }));
  }
  const options = { bubbles: true, cancelable: true };
  const event = type === "paste"
    ? new ClipboardEvent(type, { ...options, clipboardData: data })
    : new DragEvent(type, { ...options, dataTransfer: data });
  return field.dispatchEvent(event);
}"""


def image(name: str = "screen.png", data: bytes | None = None) -> dict:
    data = make.image(size=(640, 400)) if data is None else data
    return {"name": name, "mimeType": "image/png", "buffer": data}


def bring(field: Locator, how: str, *images: dict) -> None:
    """Paste these, or drop them."""
    files = [[one["name"], one["mimeType"], base64.b64encode(one["buffer"]).decode()] for one in images]
    taken = field.evaluate(BRING, [how, files])
    assert not taken, "the browser would have opened the file in the place of the page"


def a_question(forum: Forum, body: str = "It blinks.") -> str:
    with forum.backstage():
        return thread_url(make.ask(forum.person("hugo"), body=body))


def words(page: Page) -> Locator:
    return page.get_by_label("Your answer")


def chooser(page: Page) -> Locator:
    return page.get_by_label("Picture", exact=True)


def selection(field: Locator) -> str:
    return field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")


def is_seen(picture: Locator) -> bool:
    picture.scroll_into_view_if_needed()
    picture.evaluate("picture => picture.decode()")
    return picture.evaluate("picture => picture.naturalWidth > 0 && picture.clientWidth > 0")


@pytest.mark.parametrize("how", ["paste", "drop", "choose"])
def test_a_picture_is_brought_described_and_posted(visit: Callable[..., Page], forum: Forum, how: str):
    path = a_question(forum)
    page = visit("ravi", path)
    field = words(page)
    field.fill("Here: !")
    field.evaluate("field => field.setSelectionRange(6, 6)")
    if how == "choose":
        chooser(page).set_input_files(image())
    else:
        bring(field, how, image())
    expect(toast(page).last).to_contain_text("The picture is in your text.")
    expect(field).to_have_value(re.compile(r"^Here: " + SHOWN.pattern + "!$"))
    expect(field).to_be_focused()
    assert selection(field) == "describe this picture"
    page.keyboard.type("The red light")
    post(page, "Post answer")
    expect(toast(page).filter(has_text="no description")).to_have_count(0)

    guest = visit(path=path)
    shown = guest.get_by_role("img", name="The red light")
    assert is_seen(shown)
    assert (shown.get_attribute("width"), shown.get_attribute("height")) == ("640", "400")
    assert guest.request.get(shown.locator("..").get_attribute("href")).status == 200


def test_several_at_once_stand_below_each_other(visit: Callable[..., Page], forum: Forum):
    page = visit("ravi", a_question(forum))
    bring(words(page), "drop", image("1.png"), image("2.png"), image("3.png"))
    expect(words(page)).to_have_value(re.compile("^" + "\n".join([SHOWN.pattern] * 3) + "$"))
    assert selection(words(page)) == "describe this picture"


def test_whoever_types_on_meanwhile_is_not_disturbed(visit: Callable[..., Page], forum: Forum):
    page = visit("ravi", a_question(forum))
    held: list[Route] = []
    page.route("**/attachments", lambda route: held.append(route))
    field = words(page)
    field.fill("Before. ")
    bring(field, "paste", image())
    expect(field).to_have_value("Before. ![Uploading …]()")
    expect(toast(page)).to_contain_text("Uploading")
    page.keyboard.type(" and after")
    # Nobody posts a text in which the picture is still missing.
    page.get_by_role("button", name="Post answer").click()
    expect(toast(page).last).to_contain_text("Uploading")
    field.focus()
    held.pop().continue_()
    expect(field).to_have_value(re.compile("^Before. " + SHOWN.pattern + " and after$"))
    page.keyboard.type("wards")
    expect(field).to_have_value(re.compile(" and afterwards$"))


def test_a_draft_knows_the_picture_and_not_its_file(visit: Callable[..., Page], forum: Forum):
    path = a_question(forum)
    page = visit("ravi", path)
    with page.expect_response(lambda response: response.url.endswith("/accounts/drafts")) as saved:
        bring(words(page), "paste", image())
    assert saved.value.ok
    with forum.backstage():
        kept = db.session.scalars(select(KeptText).order_by(KeptText.saved_at.desc())).first().fields
        assert SHOWN.search(kept["body"])
        assert not [name for name in kept if name.startswith("picture")]
    page.goto("/help")
    page.goto(path)
    expect(words(page)).to_have_value(SHOWN)


@pytest.mark.parametrize(
    ("brought", "said"),
    [
        (image(data=b"<script>alert(1)</script>"), "This is not a picture we can show. PNG, JPEG, WebP and GIF work."),
        (image(data=bytes(8 * 1024 * 1024 + 1)), "Pictures can have up to 8 MB."),
    ],
    ids=["no picture", "too large"],
)
def test_what_cannot_be_taken_is_said_and_the_text_stays(
    visit: Callable[..., Page], forum: Forum, watch: Watch, brought: dict, said: str
):
    page = visit("ravi", a_question(forum))
    words(page).fill("Look at this: ")
    bring(words(page), "paste", brought)
    expect(toast(page).last).to_contain_text(said)
    expect(words(page)).to_have_value("Look at this: ")
    expect(words(page)).to_be_focused()
    assert all(trouble.startswith("422 for POST") for trouble in watch.troubles)
    watch.troubles.clear()


def test_without_connection_the_text_stays_and_the_page_says_so(visit: Callable[..., Page], forum: Forum, watch: Watch):
    page = visit("ravi", a_question(forum))
    page.route("**/attachments", lambda route: route.abort("aborted"))
    words(page).fill("Look at this: ")
    chooser(page).set_input_files(image())
    expect(toast(page).last).to_contain_text("No connection.")
    expect(words(page)).to_have_value("Look at this: ")
    # The same file can be tried again.
    page.unroute("**/attachments")
    chooser(page).set_input_files(image())
    expect(words(page)).to_have_value(re.compile("^Look at this: " + SHOWN.pattern))
    watch.troubles.clear()


def test_text_that_comes_with_a_picture_of_itself_is_pasted_as_text(visit: Callable[..., Page], forum: Forum):
    """Spreadsheets put both on the clipboard."""
    page = visit("ravi", a_question(forum))
    left_to_the_browser = words(page).evaluate(
        """(field) => {
          const data = new DataTransfer();
          data.items.add(new File(["x"], "x.png", { type: "image/png" }));
          data.setData("text/plain", "a table");
          const event = new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data });
          return field.dispatchEvent(event);
        }"""
    )
    assert left_to_the_browser
    expect(words(page)).to_have_value("")


def test_by_keyboard_and_on_a_phone(visit: Callable[..., Page], forum: Forum):
    page = visit("ravi", a_question(forum), width=360, touch=True)
    words(page).focus()
    page.keyboard.press("Tab")
    expect(chooser(page)).to_be_focused()
    label = page.locator(".pics label").first
    assert label.evaluate("label => getComputedStyle(label).outlineStyle") == "solid"
    assert label.evaluate("label => label.getBoundingClientRect().height") >= 44
    with page.expect_file_chooser():
        page.keyboard.press("Space")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


def test_without_script_the_file_is_chosen_and_added(visit: Callable[..., Page], forum: Forum):
    page = visit("ravi", "/questions/ask", js=False)
    page.get_by_label("What is your question?").fill("What is this light, please?")
    page.get_by_label("Details").fill("Since noon.")
    page.get_by_label("Topic").select_option("routers")
    page.get_by_label("Tags").fill("light")
    post(page, "Add the picture")
    expect(page.get_by_text("Choose a picture first.")).to_be_visible()
    chooser(page).set_input_files(image())
    page.get_by_label("What it shows").fill("A red light")
    post(page, "Add the picture")
    expect(toast(page)).to_contain_text("The picture stands at the end of your text.")
    expect(page.get_by_label("What is your question?")).to_have_value("What is this light, please?")
    expect(page.get_by_label("Details")).to_have_value(
        re.compile(r"^Since noon\.\n\n!\[A red light\]\(/attachments/\w+\)$")
    )
    expect(page.get_by_label("Topic")).to_have_value("routers")
    expect(page.get_by_label("Tags")).to_have_value("light")
    post(page, "Post question")
    expect(page.get_by_role("img", name="A red light")).to_be_visible()
    guest = visit(path=page.url)
    assert is_seen(guest.get_by_role("img", name="A red light"))


def test_without_script_a_wrong_file_costs_nothing(visit: Callable[..., Page], forum: Forum):
    page = visit("ravi", a_question(forum), js=False)
    words(page).fill("Look at this.")
    chooser(page).set_input_files(image(data=b"%PDF-1.7"))
    post(page, "Add the picture")
    expect(page.get_by_text("This is not a picture we can show.")).to_be_visible()
    expect(words(page)).to_have_value("Look at this.")


def test_without_script_a_photo_straight_from_the_camera_costs_nothing(visit: Callable[..., Page], forum: Forum):
    page = visit("ravi", a_question(forum), js=False)
    words(page).fill("Look at this, please.")
    chooser(page).set_input_files(image(data=bytes(12 * 1024 * 1024)))
    post(page, "Post answer")
    expect(page.get_by_role("heading", level=1)).to_have_text("This is too large")
    expect(page.get_by_role("textbox", name="Your text 1")).to_have_value("Look at this, please.")
    post(page, "Send it again")
    expect(page.locator(":target .prose").first).to_have_text("Look at this, please.")


def test_a_picture_is_put_into_an_answer_that_is_edited(visit: Callable[..., Page], forum: Forum, js: bool):
    with forum.backstage():
        answer = make.answer(make.ask(forum.person("hugo")), forum.person("ravi"), "Press it.")
        path = f"/posts/{answer.id}/edit"
    page = visit("ravi", path, js=js)
    chooser(page).set_input_files(image())
    if not js:
        post(page, "Add the picture")
    expect(words(page)).to_have_value(re.compile(SHOWN.pattern))
    post(page, "Save")
    expect(toast(page).filter(has_text="A picture has no description.")).to_be_visible()
    picture = page.locator(":target .prose img")
    expect(picture).to_have_attribute("alt", "")
    assert picture.evaluate("picture => picture.parentElement.title") == "Picture"


def test_where_the_script_does_not_arrive_a_chosen_picture_is_posted(
    visit: Callable[..., Page], forum: Forum, watch: Watch
):
    page = visit("ravi")
    page.route("**/askwell.js", lambda route: route.abort("aborted"))
    page.goto(a_question(forum))
    words(page).fill("Look at this.")
    chooser(page).set_input_files(image())
    post(page, "Post answer")
    assert is_seen(page.locator(":target .prose img"))
    watch.troubles.clear()


def test_guests_are_not_asked_for_what_they_cannot_do(visit: Callable[..., Page], forum: Forum, js: bool):
    page = visit(path=a_question(forum), js=js)
    expect(words(page)).to_be_visible()
    expect(chooser(page)).to_have_count(0)


def test_the_worker_of_the_forum_keeps_what_was_posted(visit: Callable[..., Page], forum: Forum):
    with forum.backstage():
        assert db.session.query(Attachment).count() > 0
        assert (forum.data / "files").stat().st_mode & 0o777 == 0o700
