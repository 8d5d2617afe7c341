"""What people do here, from their first visit to a solved question, with JavaScript and without.

What is a plain form and nothing else is tried without only: with script it is the same form.
"""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from app.posts.addresses import thread_url
from tests import factories as make
from tests.journeys.conftest import Forum, Watch, post, sign_in, toast, until

pytestmark = pytest.mark.browser

PASSWORD = "seven quiet lamps in a hall"


def states(page: Page) -> Locator:
    """The chip that says what state the question of this page is in."""
    return page.locator(".state .st")


def rows(page: Page, title: str) -> Locator:
    """The rows of a list that lead to a question of this title."""
    return page.locator(".row").filter(has=page.get_by_role("link", name=title, exact=True))


def stay(page: Page) -> None:
    """Mark the page as it is loaded now, for `stayed`."""
    page.evaluate("document.documentElement.dataset.stayed = 'yes'")


def stayed(page: Page) -> bool:
    """Whether the page was not loaded anew since `stay`."""
    return page.evaluate("document.documentElement.dataset.stayed === 'yes'")


def more(page: Page, item: str, within: str) -> Locator:
    """Open the menu of a post and return the entry."""
    menu = page.locator(within).locator("details.menu").first
    menu.locator("summary").click()
    return menu.get_by_text(item, exact=True)


def a_question(forum: Forum, who: str, *answers: tuple[str, str], **options) -> str:
    """A question of somebody of the demo community with the answers of others; its path."""
    with forum.backstage():
        thread = make.ask(forum.person(who), **options)
        for author, words in answers:
            make.answer(thread, forum.person(author), words)
        return thread_url(thread)


def test_from_the_first_visit_to_the_solved_question(visit: Callable[..., Page], forum: Forum, js: bool):
    word = "Kestrel" if js else "Plover"
    title = f"{word} hub hums at night, only while the {word.lower()} lamp is off"
    tag = f"hum-{word.lower()}"
    email = f"{word.lower()}@example.org"

    # Somebody arrives and writes, before having an account.
    asker = visit(path="/", js=js)
    asker.get_by_role("link", name="Ask a question").first.click()
    asker.get_by_label("What is your question?").fill(title)
    asker.get_by_label("Details").fill("A low hum from **ten to six**, louder near the wall.")
    asker.get_by_label("Topic").select_option("routers")
    if js:
        asker.get_by_label("Firmware").fill("4.2.1")
    asker.get_by_label("Tags").fill(f"{tag}, Night")
    post(asker, "Post question")
    expect(asker.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(toast(asker)).to_contain_text("Your text is kept.")

    # Signing up in the middle loses nothing.
    asker.get_by_role("link", name="Create an account").click()
    asker.get_by_label("Name").fill(f"{word} Owner")
    asker.get_by_label("E-mail address").fill(email)
    asker.get_by_label("Password").fill(PASSWORD)
    post(asker, "Create account")
    expect(asker.get_by_label("What is your question?")).to_have_value(title)
    expect(asker.get_by_label("Details")).to_have_value("A low hum from **ten to six**, louder near the wall.")
    expect(asker.get_by_label("Topic")).to_have_value("routers")
    expect(asker.get_by_label("Firmware")).to_have_value("4.2.1" if js else "")
    asker.get_by_label("Firmware").fill("4.2.2")
    expect(asker.get_by_label("Tags")).to_have_value(f"{tag}, Night")
    post(asker, "Post question")

    # Until the address is confirmed, only the author sees it.
    expect(asker.get_by_role("heading", level=1)).to_have_text(title)
    expect(asker.get_by_text("Only you can see this.")).to_be_visible()
    expect(asker.get_by_text("Please confirm your address.")).to_be_visible()
    path = asker.url.removeprefix(forum.url)
    guest = visit(js=js)
    for viewer in (guest, visit("maria", js=js)):
        assert viewer.goto(path).status == 404
        viewer.goto("/questions?show=newest")
        expect(rows(viewer, title)).to_have_count(0)

    # The link in the mail asks for one more click, so that a mail program that looks at it confirms nothing.
    asker.goto(forum.link_to(email))
    assert guest.goto(path).status == 404
    post(asker, "Confirm my address")
    expect(toast(asker)).to_contain_text("your address is confirmed")
    until(lambda: guest.goto(path).status == 200, "a public question")
    expect(states(guest)).to_have_text("New")
    expect(guest.locator(".ask .prose strong")).to_have_text("ten to six")
    expect(guest.locator(".ctx")).to_contain_text("4.2.2")
    for place in (
        "/questions?show=newest",
        "/questions?show=unanswered",
        f"/tags/{tag}",
        "/topics/routers?show=newest",
    ):
        guest.goto(place)
        expect(rows(guest, title)).to_have_count(1)

    # Somebody who is signed out answers; signing in in the middle loses nothing either.
    answerer = visit(js=js, path=path)
    answerer.get_by_label("Your answer").fill("Move the *lamp* to another socket.")
    post(answerer, "Post answer")
    expect(toast(answerer)).to_contain_text("Your text is kept.")
    sign_in(answerer, "ravi")
    expect(answerer.get_by_label("Your answer")).to_have_value("Move the *lamp* to another socket.")
    post(answerer, "Post answer")
    expect(answerer.get_by_role("heading", level=1)).to_have_text(title)
    expect(answerer.locator(":target")).to_contain_text("Move the lamp to another socket.")
    expect(answerer.get_by_label("Your answer")).to_have_value("")

    # The asker is told where to look, and accepts.
    asker.goto("/questions/waiting")
    rows(asker, title).get_by_role("link").first.click()
    expect(states(asker)).to_have_text("Answered")
    post(asker, "This solved it")
    expect(toast(asker)).to_contain_text("Solved.")
    expect(states(asker)).to_have_text("Solved")
    expect(asker.locator("#best")).to_contain_text("Accepted by the asker")
    asker.goto("/questions/waiting")
    expect(rows(asker, title)).to_have_count(0)

    # A third has it too, and finds the answer helpful.
    third = visit("nia", js=js, path=path)
    stay(third)
    third.get_by_role("button", name="I have this question too").click()
    pressed = third.get_by_role("button", name="You have this question too")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    expect(pressed).to_contain_text("1")
    helpful = third.locator("#best").get_by_role("button", name=re.compile("^Helpful"))
    if js:
        expect(pressed).to_be_focused()
        expect(toast(third)).to_contain_text("Counted.")
        assert stayed(third)
    helpful.click()
    expect(helpful).to_have_text("Helpful 1")
    expect(helpful).to_have_attribute("aria-pressed", "true")
    if js:
        expect(helpful).to_be_focused()
    assert stayed(third) is js

    # Staff stand by it.
    staff = visit("maria", js=js, path=path)
    post(staff, "Recommend")
    expect(toast(staff)).to_contain_text("Recommended, with your name")
    expect(staff.locator("#best .why")).to_contain_text("Recommended by staff · Maria Kallio,")

    # Everything follows.
    guest.goto(path)
    expect(states(guest)).to_have_text("Solved")
    expect(guest.locator("#best .why li")).to_have_count(2)
    for place in (
        "/",
        "/questions?show=solved",
        "/topics/routers?show=rising",
        f"/tags/{tag}?show=solved",
        "/topics/routers?show=solved",
    ):
        guest.goto(place)
        expect(rows(guest, title).first).to_contain_text("Solved")
    guest.goto("/questions?show=unanswered")
    expect(rows(guest, title)).to_have_count(0)
    guest.goto(path)
    guest.locator("#best").get_by_role("link", name="Ravi Subramanian").click()
    expect(rows(guest, title)).to_have_count(1)
    guest.goto(path)
    guest.locator(".ask").get_by_role("link", name=f"{word} Owner").click()
    guest.get_by_role("link", name="Questions", exact=True).click()
    expect(rows(guest, title)).to_have_count(1)

    # Who searches for the title finds it, even with the words in another order and the plural.
    guest.goto("/")
    guest.get_by_label("Search questions").fill(f"lamps {word}")
    with guest.expect_navigation():
        guest.get_by_label("Search questions").press("Enter")
    expect(rows(guest, title).first).to_contain_text("Solved")


def test_similar_questions_appear(visit: Callable[..., Page], js: bool):
    page = visit("sofia", "/questions/ask", js=js)
    similar = page.locator("#similar")
    page.get_by_label("What is your question?").fill("second-hand mesh belongs to another home")
    if not js:
        page.get_by_label("Details").fill("The seller does not answer.")
        post(page, "Preview")
    expect(similar.get_by_role("heading", name="Is it one of these?")).to_be_visible()
    expect(similar).to_contain_text("Second-hand Mesh 3 “belongs to another home”")
    if js:
        expect(page.get_by_label("What is your question?")).to_be_focused()
        page.get_by_label("What is your question?").fill("")
        expect(similar).to_contain_text("questions like yours appear here")


def test_a_search_without_result_becomes_a_question(visit: Callable[..., Page]):
    page = visit(path="/search?q=" + quote("xylophone interference"), js=False)
    page.get_by_role("link", name="Ask this").click()
    expect(page.get_by_label("What is your question?")).to_have_value("xylophone interference")


def test_the_questions_of_a_topic_come_with_it(visit: Callable[..., Page], js: bool):
    page = visit("joao", "/questions/ask", js=js)
    expect(page.get_by_label("Firmware")).to_have_count(0)
    page.get_by_label("What is your question?").fill("Hiss at low volume")
    topic = page.get_by_label("Topic")
    topic.select_option("speakers")
    if not js:
        post(page, "Show the questions for this topic")
        expect(page.get_by_label("What is your question?")).to_have_value("Hiss at low volume")
    expect(page.get_by_label("What you have tried")).to_be_visible()
    expect(page.get_by_label("Phone")).to_have_count(0)
    topic.select_option("app")
    if not js:
        post(page, "Show the questions for this topic")
    expect(page.get_by_label("Phone")).to_be_visible()
    expect(page.get_by_label("What you have tried")).to_have_count(0)
    topic.select_option("orders")
    if not js:
        post(page, "Show the questions for this topic")
    expect(page.get_by_label("Phone")).to_have_count(0)


def test_the_preview_is_what_is_published(visit: Callable[..., Page], forum: Forum, js: bool):
    page = visit("ravi", a_question(forum, "tomasz"), js=js)
    words = "Try **this**:\n\n```sh\nping -c 3 router\n```\n\n| port | light |\n|-|-|\n| 1 | green |\n\n1. one\n2. two"
    page.get_by_label("Your answer").fill(words)
    page.get_by_role("main").get_by_role("button", name="Preview", exact=True).click()
    preview = page.get_by_role("region", name="Preview").locator(".prose")
    expect(preview.locator("strong")).to_have_text("this")
    promised = preview.inner_html()
    expect(page.get_by_label("Your answer")).to_have_value(words)
    post(page, "Post answer")
    published = page.locator(":target .prose").first
    expect(published).to_be_visible()
    assert published.inner_html() == promised


def test_personal_details_are_noticed(visit: Callable[..., Page], js: bool):
    page = visit("pavel", "/questions/ask", js=js)
    page.get_by_label("What is your question?").fill(f"Where is my parcel{'?' if js else ', please?'}")
    page.get_by_label("Details").fill("Ordered on Monday. Write to jane.doe@example.com if you know.")
    page.get_by_label("Topic").select_option("orders")
    post(page, "Post question")
    expect(page.get_by_text("This looks personal: an e-mail address.")).to_be_visible()
    post(page, "Take it out for me")
    expect(page.get_by_text("Personal details are taken out.")).to_be_visible()
    assert "jane.doe@example.com" not in page.get_by_label("Details").input_value()
    expect(page.get_by_label("Details")).to_have_value(re.compile(r"^Ordered on Monday\. Write to .+ if you know\.$"))
    post(page, "Post question")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Where is my parcel")
    expect(page.locator(".ask .prose")).not_to_contain_text("jane.doe")


def test_what_is_not_personal_is_posted_as_it_is(visit: Callable[..., Page], forum: Forum):
    page = visit("ravi", a_question(forum, "tomasz"), js=False)
    page.get_by_label("Your answer").fill("Mail press@tarn-company.com, they answer at once.")
    post(page, "Post answer")
    post(page, "It is not personal, post it")
    expect(page.locator(":target .prose").first).to_contain_text("press@tarn-company.com")


def test_editing_a_question_keeps_its_old_address(visit: Callable[..., Page], forum: Forum, js: bool):
    path = a_question(forum, "hugo", title=f"Ring is gray {js}", tags=["ring"])
    page = visit("hugo", path, js=js)
    more(page, "Edit", ".ask").click()
    expect(page.get_by_label("What is your question?")).to_have_value(f"Ring is gray {js}")
    expect(page.get_by_label("Tags")).to_have_value("ring")
    page.get_by_label("What is your question?").fill(f"Ring is grey {js}")
    page.get_by_label("Tags").fill("ring, grey")
    page.get_by_label("Details").fill("Since Monday.")
    page.get_by_label("What did you change?").fill("since when")
    post(page, "Save")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Ring is grey {js}")
    expect(page.locator(".ask .tags")).to_contain_text("grey")
    expect(page.locator(".ask .prose")).to_have_text("Since Monday.")
    guest = visit(path=path, js=js)
    expect(guest).to_have_url(page.url)
    # Everybody can see what changed, and the author goes back.
    guest.get_by_role("link", name="edited").click()
    expect(guest.get_by_text("since when")).to_be_visible()
    expect(guest.locator("del").filter(has_text="gray")).to_be_visible()
    expect(guest.locator("ins").filter(has_text="grey").first).to_be_visible()
    page.get_by_role("link", name="edited").click()
    post(page, "Go back to this version")
    guest.goto(path)
    expect(guest.get_by_role("heading", level=1)).to_have_text(f"Ring is gray {js}")


def test_deleting_and_bringing_back(visit: Callable[..., Page], forum: Forum, js: bool):
    path = a_question(forum, "hugo", ("ravi", "Tighten the screw."))
    guest, answerer = visit(js=js), visit("ravi", path, js=js)

    with answerer.expect_navigation():
        more(answerer, "Delete", "article").click()
    expect(toast(answerer)).to_contain_text("Deleted.")
    guest.goto(path)
    expect(guest.get_by_text("Tighten the screw.")).to_have_count(0)
    expect(states(guest)).to_have_text("New")
    with answerer.expect_navigation():
        toast(answerer).get_by_role("button", name="Undo").click()
    expect(toast(answerer)).to_contain_text("It is back, as it was.")
    guest.goto(path)
    expect(guest.get_by_text("Tighten the screw.")).to_be_visible()
    expect(states(guest)).to_have_text("Answered")


def test_a_question_is_deleted_while_nobody_has_answered(visit: Callable[..., Page], forum: Forum, js: bool):
    asker, guest = visit("hugo", a_question(forum, "hugo", ("ravi", "Tighten it.")), js=js), visit(js=js)
    with asker.expect_navigation():
        more(asker, "Delete", ".ask").click()
    expect(asker.get_by_text("Others have answered this question, so it stays")).to_be_visible()

    path = a_question(forum, "hugo")
    asker.goto(path)
    with asker.expect_navigation():
        more(asker, "Delete", ".ask").click()
    assert guest.goto(path).status == 410
    # The toast is gone, yet there is a way back.
    asker.goto(path)
    expect(asker.get_by_text("Deleted by its author.")).to_be_visible()
    post(asker, "Bring it back")
    assert guest.goto(path).status == 200


def test_a_comment_is_edited_deleted_and_brought_back(visit: Callable[..., Page], forum: Forum, js: bool):
    page = visit("ravi", a_question(forum, "hugo"), js=js)
    page.locator(".ask").get_by_role("link", name="Comment").click()
    page.get_by_label("Your comment").fill("Which colour?")
    post(page, "Post comment")
    mine = page.locator(".cmts li").filter(has_text="Ravi")
    expect(mine).to_contain_text("Which colour?")
    mine.get_by_role("link", name="Edit").click()
    page.get_by_label("Your comment").fill("Which colour exactly?")
    post(page, "Save")
    expect(mine).to_contain_text("Which colour exactly?")
    with page.expect_navigation():
        mine.get_by_role("button", name="Delete").click()
    expect(mine).to_contain_text("Deleted")
    with page.expect_navigation():
        mine.get_by_role("button", name="Bring it back").click()
    expect(mine).not_to_contain_text("Deleted")


def test_a_detail_is_asked_for_and_given(visit: Callable[..., Page], forum: Forum, js: bool):
    path = a_question(forum, "hugo", title=f"Clock is wrong {js}")
    helper = visit("maria", path, js=js)
    helper.locator(".ask").get_by_role("link", name="Comment").click()
    helper.get_by_label("Your comment").fill("Which time zone is set?")
    helper.get_by_label("I need this detail before the question can be answered").check()
    post(helper, "Post comment")
    expect(states(helper)).to_have_text("Needs more information")
    expect(helper.get_by_text("Waiting for the asker")).to_be_visible()

    asker = visit("hugo", "/questions/waiting", js=js)
    rows(asker, f"Clock is wrong {js}").get_by_role("link").first.click()
    expect(asker.get_by_text("Somebody asked you for a detail.")).to_be_visible()
    asker.locator(".ask").get_by_role("link", name="Comment").click()
    expect(asker.get_by_label("I need this detail")).to_have_count(0)
    asker.get_by_label("Your comment").fill("Lisbon.")
    post(asker, "Post comment")
    expect(states(asker)).to_have_text("New")
    expect(asker.locator(".cmts li")).to_have_count(2)


def test_a_moderator_hides_an_answer_and_shows_it_again(visit: Callable[..., Page], forum: Forum, js: bool):
    path = a_question(forum, "hugo", ("ravi", "Buy another brand, you fool."), ("maria", "Hold the ring."))
    moderator, guest, author = visit("sam", path, js=js), visit(js=js), visit("ravi", js=js)
    rude = moderator.locator("article").filter(has_text="you fool")
    rude.locator("details.menu summary").click()
    rude.get_by_role("link", name="Hide").click()
    moderator.get_by_label("Reason").fill("Please without insults.")
    post(moderator, "Hide")
    expect(toast(moderator)).to_contain_text("Hidden.")
    expect(moderator.get_by_text("Hidden by a moderator: Please without insults.")).to_be_visible()

    guest.goto(path)
    expect(guest.get_by_text("you fool")).to_have_count(0)
    expect(guest.get_by_text("An answer here was hidden by a moderator.")).to_be_visible()
    expect(guest.get_by_text("Hold the ring.")).to_be_visible()
    author.goto(path)
    expect(author.get_by_text("Hidden by a moderator: Please without insults.")).to_be_visible()

    post(moderator, "Make visible again")
    guest.goto(path)
    expect(guest.get_by_text("you fool")).to_be_visible()


def test_a_moderator_closes_a_question_and_opens_it_again(visit: Callable[..., Page], forum: Forum):
    path = a_question(forum, "hugo")
    moderator, member = visit("sam", path, js=False), visit("ravi", js=False)
    more(moderator, "Close", ".ask").click()
    moderator.get_by_label("Reason").fill("The product is no longer sold.")
    post(moderator, "Close")
    member.goto(path)
    expect(states(member)).to_have_text("Closed")
    expect(member.get_by_text("The product is no longer sold.")).to_be_visible()
    expect(member.get_by_label("Your answer")).to_have_count(0)
    expect(member.get_by_role("link", name="Comment")).to_have_count(0)
    with moderator.expect_navigation():
        more(moderator, "Open again", ".ask").click()
    member.goto(path)
    expect(states(member)).to_have_text("New")
    expect(member.get_by_label("Your answer")).to_be_visible()


def test_the_asker_solved_it_another_way(visit: Callable[..., Page], forum: Forum):
    asker = visit("hugo", a_question(forum, "hugo"), js=False)
    post(asker, "I solved it another way")
    expect(states(asker)).to_have_text("Solved")
    post(asker, "It is not solved after all")
    expect(states(asker)).to_have_text("New")


def test_following(visit: Callable[..., Page], forum: Forum, js: bool):
    page = visit("ravi", a_question(forum, "hugo"), js=js)
    stay(page)
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("button", name="Following")).to_have_attribute("aria-pressed", "true")
    assert stayed(page) is js
    page.get_by_role("button", name="Following").click()
    expect(page.get_by_role("button", name="Follow", exact=True)).to_have_attribute("aria-pressed", "false")


def test_a_guest_who_votes_comes_back_to_the_question(visit: Callable[..., Page], forum: Forum, js: bool):
    path = a_question(forum, "hugo", ("ravi", "Hold the ring."))
    page = visit(path=path, js=js)
    with page.expect_navigation():
        page.locator("article").get_by_role("button", name=re.compile("^Helpful")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in(page, "dele")
    expect(page).to_have_url(forum.url + path)


def test_a_guest_has_the_question_too(visit: Callable[..., Page], forum: Forum, js: bool):
    page = visit(path=a_question(forum, "hugo"), js=js)
    stay(page)
    page.get_by_role("button", name="I have this question too").click()
    pressed = page.get_by_role("button", name="You have this question too")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("and 1 guest")).to_be_visible()
    assert stayed(page) is js
    page.reload()
    pressed.click()
    expect(page.get_by_role("button", name="I have this question too")).to_be_visible()
    expect(page.get_by_text("and 1 guest")).to_have_count(0)


def test_saying_what_an_answer_did(visit: Callable[..., Page], forum: Forum, js: bool):
    path = a_question(forum, "hugo", ("ravi", "Bridge the two contacts."))
    page = visit("nia", path, js=js)
    article = page.locator("article")
    stay(page)
    article.get_by_role("button", name="It worked").click()
    pressed = article.get_by_role("button", name="You said it worked")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("Worked for 1 of 1")).to_be_visible()
    assert stayed(page) is js
    if js:
        expect(pressed).to_be_focused()
        expect(toast(page)).to_contain_text("Thank you")

    # A warning needs a reason, and stands where everybody reads it.
    article.get_by_role("link", name="Add your version, or more").click()
    expect(page.get_by_label("It worked")).to_be_checked()
    page.get_by_label("It is dangerous").check()
    post(page, "Say so")
    expect(page.get_by_role("region", name="There is a problem")).to_be_visible()
    page.get_by_label("What is wrong with it?").fill("There are 230 volts on them.")
    post(page, "Say so")
    guest = visit(path=path, js=js)
    expect(guest.get_by_text("Nia Prosser calls this dangerous:")).to_be_visible()
    expect(guest.get_by_text("There are 230 volts on them.")).to_be_visible()


def test_what_was_just_posted_is_taken_back(visit: Callable[..., Page], forum: Forum, js: bool):
    path = a_question(forum, "hugo")
    page = visit("ravi", path, js=js)
    page.get_by_label("Your answer").fill("Hold the rong.")
    post(page, "Post answer")
    expect(toast(page)).to_contain_text("Answer posted.")
    with page.expect_navigation():
        toast(page).get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Your answer")).to_have_value("Hold the rong.")
    guest = visit(path=path, js=js)
    expect(guest.get_by_text("Hold the rong.")).to_have_count(0)
    page.get_by_label("Your answer").fill("Hold the ring.")
    post(page, "Post answer")
    expect(page.locator(":target .prose").first).to_have_text("Hold the ring.")
    guest.reload()
    expect(guest.locator("article .prose")).to_have_text("Hold the ring.")


def test_the_theme_is_remembered(visit: Callable[..., Page], js: bool):
    page = visit(path="/help", js=js)
    page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/topics")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_new_password(visit: Callable[..., Page], forum: Forum):
    who = "forgetful@example.org"
    with forum.backstage():
        make.make_user(email=who)
    page = visit(path="/accounts/sign-in", js=False)
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("E-mail address").fill(who)
    post(page, "Send the link")
    page.goto(forum.link_to(who))
    page.get_by_label("New password").fill("another long sentence of mine")
    post(page, "Set the password")
    page.get_by_label("E-mail address").fill(who)
    page.get_by_label("Password").fill("another long sentence of mine")
    post(page, "Sign in")
    page.get_by_text("Your account").locator("..").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_what_was_typed_outlives_the_page(visit: Callable[..., Page], forum: Forum):
    """With script, in this tab; it is gone as soon as it has been posted."""
    path = a_question(forum, "hugo")
    page = visit("ravi", path)
    page.get_by_label("Your answer").fill("Hold the ring for ten seconds.")
    page.goto("/topics")
    page.goto(path)
    expect(page.get_by_label("Your answer")).to_have_value("Hold the ring for ten seconds.")
    post(page, "Post answer")
    page.goto(path)
    expect(page.get_by_label("Your answer")).to_have_value("")


def test_a_draft_goes_along_to_another_device(visit: Callable[..., Page], forum: Forum):
    path = a_question(forum, "hugo")
    phone, desk = visit("aoife", path, width=360), visit("aoife")
    phone.get_by_label("Your answer").fill("Half an answer")
    expect(phone.locator("[data-kept]")).to_contain_text("Draft saved")
    desk.goto(path)
    expect(desk.get_by_label("Your answer")).to_have_value("Half an answer")
    expect(desk.get_by_text("Your text from")).to_be_visible()
    post(desk, "Delete this draft")
    expect(desk.get_by_label("Your answer")).to_have_value("")


def test_a_form_is_not_sent_twice(visit: Callable[..., Page], forum: Forum):
    page = visit("ravi", a_question(forum, "hugo"))
    page.get_by_label("Your answer").fill("Only once, please.")
    with page.expect_navigation():
        page.get_by_role("button", name="Post answer").dblclick()
    expect(page.locator("article").filter(has_text="Only once, please.")).to_have_count(1)


def test_without_connection_the_page_says_so(visit: Callable[..., Page], forum: Forum, watch: Watch):
    """A vote that nobody hears is not shown as counted."""
    page = visit("ravi", a_question(forum, "hugo", ("nia", "Hold the ring.")))
    page.route("**/votes/**", lambda route: route.abort("aborted"))
    page.locator("article").get_by_role("button", name=re.compile("^Helpful")).click()
    expect(toast(page)).to_contain_text("No connection.")
    expect(page.locator("article").get_by_role("button", name=re.compile("^Helpful"))).to_have_attribute(
        "aria-pressed", "false"
    )
    assert all("Failed to fetch" in trouble for trouble in watch.troubles)
    watch.troubles.clear()
