"""T30: a moderator and the author change the same text. Who comes second sees both, and loses nothing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from app.extensions import db
from app.models import Post, Revision
from app.posts.addresses import thread_url
from app.questions.queries import question_of
from tests import factories as make
from tests.journeys.conftest import Forum, post

pytestmark = pytest.mark.browser


def an_answer(forum: Forum) -> int:
    with forum.backstage():
        return make.answer(make.ask(forum.person("hugo")), forum.person("ravi"), "Turn it off. Pull the lid.").id


def theirs(page: Page) -> Locator:
    return page.locator(".theirs")


def box(part: Locator) -> dict[str, float]:
    found = part.bounding_box()
    assert found is not None
    return found


@pytest.mark.parametrize("width", [360, 1280])
def test_T30_the_author_comes_second(visit: Callable[..., Page], forum: Forum, js: bool, width: int):
    number = an_answer(forum)
    author = visit("ravi", f"/posts/{number}/edit", js=js, width=width)
    author.get_by_label("Your answer").fill("Turn it off and on. Pull the lid.")
    author.get_by_label("What did you change?").fill("And on again")

    moderator = visit("sam", f"/posts/{number}/edit", js=js)
    expect(moderator.get_by_role("heading", level=1)).to_have_text("Edit the answer by Ravi Subramanian")
    moderator.get_by_label("Text").fill("Turn it off.")
    moderator.get_by_label("What did you change?").fill("There is no lid")
    post(moderator, "Save")
    expect(moderator.get_by_role("link", name="edited by Sam")).to_be_visible()

    post(author, "Save")
    expect(author.get_by_text("This text was changed after you opened it.")).to_be_visible()
    expect(theirs(author)).to_contain_text("Turn it off.")
    expect(author.locator(".conflict")).to_contain_text("Sam")
    mine = author.get_by_label("Your answer")
    expect(mine).to_have_value("Turn it off and on. Pull the lid.")
    expect(author.get_by_label("What did you change?")).to_have_value("And on again")
    left, right = box(theirs(author)), box(mine)
    if width == 1280:
        assert left["x"] + left["width"] <= right["x"]
        assert left["y"] < right["y"] + right["height"]
        assert right["y"] < left["y"] + left["height"]
    else:
        assert left["y"] + left["height"] <= right["y"]
    assert author.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    # Nobody else's words are touched until this is sent.
    author.reload()
    with forum.backstage():
        assert db.session.get_one(Post, number).source == "Turn it off."


def test_T30_the_author_brings_both_together(visit: Callable[..., Page], forum: Forum, js: bool):
    number = an_answer(forum)
    author = visit("ravi", f"/posts/{number}/edit", js=js)
    moderator = visit("sam", f"/posts/{number}/edit", js=js)
    moderator.get_by_label("Text").fill("Turn it off.")
    moderator.get_by_label("What did you change?").fill("There is no lid")
    post(moderator, "Save")
    author.get_by_label("Your answer").fill("Turn it off and on. Pull the lid.")
    post(author, "Save")
    author.get_by_label("Your answer").fill("Turn it off and on.")
    post(author, "Save")
    expect(author.locator(":target .prose").first).to_have_text("Turn it off and on.")
    with forum.backstage():
        kept = db.session.query(Revision).filter_by(post_id=number).order_by(Revision.number)
        assert [(row.number, row.source) for row in kept] == [(1, "Turn it off. Pull the lid."), (2, "Turn it off.")]


def test_T30_the_moderator_comes_second(visit: Callable[..., Page], forum: Forum, js: bool):
    number = an_answer(forum)
    moderator = visit("sam", f"/posts/{number}/edit", js=js)
    author = visit("ravi", f"/posts/{number}/edit", js=js)
    author.get_by_label("Your answer").fill("Turn it on.")
    post(author, "Save")
    moderator.get_by_label("Text").fill("Turn it off.")
    moderator.get_by_label("What did you change?").fill("There is no lid")
    post(moderator, "Save")
    expect(theirs(moderator)).to_have_text("Turn it on.")
    expect(moderator.get_by_label("Text")).to_have_value("Turn it off.")
    post(moderator, "Save")
    expect(moderator.locator(":target .prose").first).to_have_text("Turn it off.")


def test_T30_of_a_question_title_topic_and_tags_stand_beside_each_other_too(
    visit: Callable[..., Page], forum: Forum, js: bool
):
    with forum.backstage():
        thread = make.ask(forum.person("hugo"), f"Ring is gray {js}", "Since noon.", tags=["ring"])
        number, path, edit = question_of(thread).id, thread_url(thread), f"/questions/{thread.id}/edit"
    author, moderator = visit("hugo", edit, js=js), visit("sam", edit, js=js)
    expect(moderator.get_by_role("heading", level=1)).to_contain_text("Edit the question by Hugo")
    moderator.get_by_label("What is your question?").fill("Ring is grey")
    moderator.get_by_label("Tags").fill("ring, storm")
    moderator.get_by_label("Topic").select_option("routers")
    moderator.get_by_label("What did you change?").fill("Tags")
    post(moderator, "Save")
    author.get_by_label("What is your question?").fill("Ring is gray at night")
    author.get_by_label("Details").fill("Since noon, all day.")
    author.get_by_label("Tags").fill("ring, night")
    post(author, "Save")
    expect(theirs(author)).to_contain_text("Ring is grey")
    expect(theirs(author)).to_contain_text("Since noon.")
    expect(theirs(author)).to_contain_text("Routers")
    expect(theirs(author)).to_contain_text("storm")
    expect(author.get_by_label("What is your question?")).to_have_value("Ring is gray at night")
    expect(author.get_by_label("Details")).to_have_value("Since noon, all day.")
    expect(author.get_by_label("Tags")).to_have_value("ring, night")
    left, right = box(theirs(author)), box(author.get_by_label("Details"))
    assert left["x"] + left["width"] <= right["x"]
    author.get_by_label("Tags").fill("ring, night, storm")
    post(author, "Save")
    expect(author.get_by_role("heading", level=1)).to_have_text("Ring is gray at night")
    author.goto(f"/posts/{number}/revisions")
    expect(author.locator("main section h2")).to_have_text(["Version 3", "Version 2", "First version"])
    author.goto(path)
    expect(author.locator(".ask .tags")).to_contain_text("storm")
