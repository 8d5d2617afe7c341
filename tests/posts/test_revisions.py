"""Every edit is kept: revisions, the five minutes of grace, going back, and edits that meet (T30)."""

from datetime import timedelta

import pytest
import time_machine

from app.extensions import db
from app.lib import clock
from app.models import Attachment, Post, Revision, Role, Thread, ThreadState
from app.posts.rendering import render
from app.posts.service import StaleEdit, edit_post
from app.questions.queries import question_of
from tests import factories as make


def later(minutes: float):
    return time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=True)


def test_within_five_minutes_an_author_edits_without_a_trace(app):
    post = make.answer(make.ask(), author := make.make_user())
    edit_post(post, author, render("Better."), 1)
    assert (post.source, post.version, post.edited_at) == ("Better.", 2, None)
    assert db.session.query(Revision).count() == 0


def test_after_that_what_it_said_before_is_kept(app):
    post = make.answer(make.ask(), author := make.make_user(), "First words.")
    with later(6):
        edit_post(post, author, render("Second words."), 1, "clearer")
    with later(20):
        edit_post(post, author, render("Third words."), 2)
    kept = db.session.query(Revision).order_by(Revision.number).all()
    assert [(r.number, r.source, r.reason) for r in kept] == [(1, "First words.", ""), (2, "Second words.", "clearer")]
    assert (post.version, post.source, post.edit_reason) == (3, "Third words.", "")


def test_T30_of_two_edits_that_meet_the_second_gets_both_texts(app, browser_of):
    post = make.answer(make.ask(), author := make.make_user(), "As it was.")
    browser = browser_of(author)
    first = browser.post(f"/posts/{post.id}/edit", data={"body": "Saved first.", "version": "1"})
    second = browser.post(f"/posts/{post.id}/edit", data={"body": "Typed meanwhile.", "version": "1"})
    assert (first.status_code, second.status_code) == (303, 409)
    assert "Saved first." in second.text
    assert "Typed meanwhile." in second.text
    assert db.session.get(Post, post.id).source == "Saved first."
    # The page carries the newest version, so sending it again is a decision and goes through.
    assert 'name="version" value="2"' in second.text
    assert browser.post(f"/posts/{post.id}/edit", data={"body": "Typed meanwhile.", "version": "2"}).status_code == 303


def test_T30_the_same_holds_for_a_question(app, browser_of):
    thread = make.ask(author := make.make_user())
    form = {"title": "A new title?", "body": "New.", "topic": thread.topic.slug, "tags": "", "version": "1"}
    browser = browser_of(author)
    assert browser.post(f"/questions/{thread.id}/edit", data=form).status_code == 303
    second = browser.post(f"/questions/{thread.id}/edit", data=form | {"title": "Another title?"})
    assert second.status_code == 409
    assert "A new title?" in second.text
    assert "Another title?" in second.text


def test_a_stale_edit_changes_nothing(app):
    post = make.answer(make.ask(), author := make.make_user(), "As it was.")
    edit_post(post, author, render("Newer."), 1)
    with pytest.raises(StaleEdit):
        edit_post(post, author, render("Older."), 1)
    assert db.session.get(Post, post.id).source == "Newer."


def test_the_history_is_public_and_shows_what_changed(app, browser_of, client):
    thread = make.ask(author := make.make_user(), "Why is it red?", "It is red now.", tags=["light"])
    form = {"title": "Why is it amber?", "body": "It is amber now.", "topic": thread.topic.slug, "tags": "amber"}
    with later(6):
        browser_of(author).post(f"/questions/{thread.id}/edit", data=form | {"version": "1", "reason": "Looked again"})
    page = client.get(f"/posts/{question_of(thread).id}/revisions")
    assert page.status_code == 200
    for words in ("<del>red</del><ins>amber</ins>", "Looked again", "First version", "Version 2", "noindex"):
        assert words in page.text


def test_an_author_goes_back_and_the_history_says_so(app, browser_of):
    thread = make.ask(author := make.make_user(), "First title?", "First words.", tags=["one"])
    browser, form = browser_of(author), {"topic": thread.topic.slug, "tags": "two", "version": "1"}
    with later(6):
        browser.post(f"/questions/{thread.id}/edit", data=form | {"title": "Second title?", "body": "Second words."})
    post = question_of(thread)
    with later(7):
        assert "/revisions" in browser.post(f"/posts/{post.id}/revisions/1/restoration").location
        assert "Back to version 1" in browser.get(f"/posts/{post.id}/revisions").text
    thread = db.session.get(Thread, thread.id)
    assert (thread.title, question_of(thread).source, [t.name for t in thread.tags]) == (
        "First title?",
        "First words.",
        ["one"],
    )


def test_a_stranger_cannot_go_back_and_a_hidden_history_is_not_there(app, browser_of):
    post = make.answer(make.ask(), author := make.make_user(), "First.")
    with later(6):
        edit_post(post, author, render("Second."), 1)
    stranger = browser_of(make.make_user())
    assert stranger.post(f"/posts/{post.id}/revisions/1/restoration").status_code == 403
    assert stranger.get(f"/posts/{post.id}/revisions?page=2").status_code == 404
    browser_of(author).post(f"/posts/{post.id}/deletion")
    assert stranger.get(f"/posts/{post.id}/revisions").status_code == 410


def moderator():
    return make.make_user("Mona", role=Role.MODERATOR)


def test_a_moderator_changes_the_words_of_somebody_else_only_with_a_reason(app, browser_of, client):
    post = make.answer(make.ask(), make.make_user(), "Call me on 555 0100.")
    browser, form = browser_of(moderator()), {"body": "Write to me.", "version": "1"}
    refused = browser.post(f"/posts/{post.id}/edit", data=form)
    assert refused.status_code == 422
    assert "Write to me." in refused.text
    assert db.session.get(Post, post.id).source == "Call me on 555 0100."
    assert browser.post(f"/posts/{post.id}/edit", data=form | {"reason": "There is no lid"}).status_code == 303
    assert "edited by Mona" in client.get(f"/questions/{post.thread_id}", follow_redirects=True).text
    history = client.get(f"/posts/{post.id}/revisions").text
    assert "There is no lid" in history
    # At once, though within the author's five minutes: they are not hers.
    assert [r.source for r in db.session.query(Revision)] == ["Call me on 555 0100."]


def test_what_a_moderator_changed_is_still_the_authors_who_goes_back(app, browser_of):
    post = make.answer(make.ask(), author := make.make_user(), "Mine.")
    edit_post(post, moderator(), render("Changed."), 1, "Clearer")
    assert browser_of(author).post(f"/posts/{post.id}/revisions/1/restoration").status_code == 303
    post = db.session.get(Post, post.id)
    assert (post.source, post.author_id, post.edited_by_id) == ("Mine.", author.id, author.id)


def test_the_words_of_a_moderator_are_not_the_detail_that_the_asker_was_asked_for(app):
    thread = make.ask()
    make.comment(thread, asks=True)
    edit_post(question_of(thread), moderator(), render("It blinks amber."), 1, "Typing error")
    assert thread.state is ThreadState.NEEDS_INFORMATION


def test_a_picture_that_a_moderator_puts_in_belongs_to_the_post(app):
    post, mona = make.answer(make.ask()), moderator()
    picture = make.picture(mona)
    edit_post(post, mona, render(f"![a](/attachments/{picture.key})"), 1, "The picture is missing")
    assert db.session.get(Attachment, picture.id).post_id == post.id
