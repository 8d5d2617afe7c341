"""What an answer did for people, who is writing one, and what becomes of what was just posted."""

import re
from datetime import timedelta

import pytest
import time_machine

from app.answers.service import accept_answer, claim_answer, end_claim, mark_outcome
from app.extensions import db
from app.lib import clock
from app.lib.errors import NotPossible, Refused
from app.models import Claim, KeptText, Outcome, OutcomeKind, Post, PostKind, Thread, ThreadState
from app.posts.service import convert_post
from app.questions.queries import question_of
from tests import factories as make


def test_each_person_says_once_what_an_answer_did(app):
    answer, person = make.answer(make.ask()), make.make_user()
    mark_outcome(answer, person, OutcomeKind.WORKED)
    mark_outcome(answer, person, OutcomeKind.WORKED)
    mark_outcome(answer, make.make_user(), OutcomeKind.FAILED, "4.2")
    assert (answer.worked, answer.failed, answer.warned) == (1, 1, 0)
    mark_outcome(answer, person, None)
    assert (answer.worked, answer.failed) == (0, 1)
    assert db.session.query(Outcome).count() == 1


def test_a_warning_needs_a_reason_and_stands_in_the_page(app, browser_of, client):
    answer = make.answer(make.ask())
    browser = browser_of(make.make_user("Wanda"))
    path = f"/answers/{answer.id}/outcome"
    refused = browser.post(path, data={"kind": "dangerous", "version": "4.2"})
    assert refused.status_code == 422
    assert 'value="4.2"' in refused.text
    assert browser.post(path, data={"kind": "dangerous", "comment": "Opens the mains."}).status_code == 303
    page = client.get(f"/questions/{answer.thread_id}", follow_redirects=True).text
    assert "Wanda calls this dangerous:" in page
    assert "Opens the mains." in page


def test_nobody_judges_an_answer_of_their_own(app):
    answer = make.answer(make.ask(), author := make.make_user())
    with pytest.raises(Refused):
        mark_outcome(answer, author, OutcomeKind.WORKED)


def test_with_five_reports_the_answer_that_worked_stands_on_top(app, client):
    thread = make.ask()
    liked, working = make.answer(thread, body="Well liked."), make.answer(thread, body="It just works.")
    for _ in range(4):
        mark_outcome(working, make.make_user(), OutcomeKind.WORKED)
    assert 'id="best"' not in client.get(f"/questions/{thread.id}", follow_redirects=True).text
    mark_outcome(working, make.make_user(), OutcomeKind.FAILED)
    page = client.get(f"/questions/{thread.id}", follow_redirects=True).text.split("<main")[1]
    assert page.index('id="best"') < page.index("It just works.") < page.index("Well liked.")
    assert "Worked for 4 of 5" in page
    accept_answer(liked, thread.asker)
    page = client.get(f"/questions/{thread.id}", follow_redirects=True).text.split("<main")[1]
    assert page.index("Well liked.") < page.index("It just works.")


def test_with_script_only_the_buttons_are_sent_back(app, browser_of):
    answer = make.answer(make.ask())
    sent = browser_of(make.make_user()).post(
        f"/answers/{answer.id}/outcome", data={"kind": "worked"}, headers={"HX-Request": "true"}
    )
    assert sent.status_code == 200
    assert "<html" not in sent.text
    assert "You said it worked" in sent.text


def test_a_claim_is_seen_for_ten_minutes_and_ends_with_the_answer(app, client, work):
    thread, writer = make.ask(), make.make_user("Wim Writer")
    claim_answer(thread, writer)
    assert "Wim Writer" in client.get(f"/questions/{thread.id}", follow_redirects=True).text
    version = db.session.get(Thread, thread.id).version
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert "Wim Writer" not in client.get(f"/questions/{thread.id}", follow_redirects=True).text
        work()
        assert db.session.query(Claim).count() == 0
    assert db.session.get(Thread, thread.id).version == version + 1
    claim_answer(thread, writer)
    make.answer(thread, writer)
    assert db.session.query(Claim).count() == 0


def test_a_claim_can_be_given_up(app):
    thread, writer = make.ask(), make.make_user()
    claim_answer(thread, writer)
    end_claim(thread, writer)
    end_claim(thread, writer)
    assert db.session.query(Claim).count() == 0


def test_a_comment_becomes_an_answer_and_back_under_the_same_number(app):
    thread, author = make.ask(), make.make_user()
    comment = make.comment(thread, author)
    convert_post(comment, author)
    assert (comment.kind, comment.parent_id, thread.answers_count) == (PostKind.ANSWER, None, 1)
    assert thread.state is ThreadState.ANSWERED
    under_it = make.comment(comment)
    convert_post(comment, author)
    question = question_of(thread)
    assert (comment.kind, comment.parent_id, under_it.parent_id) == (PostKind.COMMENT, question.id, question.id)
    assert (thread.answers_count, thread.comments_count) == (0, 2)


def test_converting_is_no_side_door(app):
    thread, author = make.ask(), make.make_user()
    comment, accepted = make.comment(thread, author), make.answer(thread, author)
    accept_answer(accepted, thread.asker)
    with pytest.raises(NotPossible):
        convert_post(accepted, author)
    with pytest.raises(NotPossible):
        convert_post(make.answer(thread, author, "word " * 300), author)
    with pytest.raises(Refused):
        convert_post(comment, make.make_user())
    from app.models import Role
    from app.moderation.service import close_thread

    close_thread(thread, make.make_user(role=Role.MODERATOR), "Settled.")
    with pytest.raises(Refused):
        convert_post(comment, author)


def test_what_was_just_posted_can_be_taken_back_with_its_words(app, browser_of):
    thread, browser = make.ask(), browser_of(make.make_user())
    place = browser.post(f"/answers/to/{thread.id}", data={"body": "Too fast."}).location
    answer = db.session.query(Post).filter_by(kind=PostKind.ANSWER).one()
    assert f"/posts/{answer.id}/undo" in browser.get(place).text
    back = browser.post(f"/posts/{answer.id}/undo")
    assert back.location == f"/answers/to/{thread.id}"
    assert "Too fast." in browser.get(back.location).text
    assert db.session.get(Thread, thread.id).answers_count == 0


def test_undoing_a_question_brings_all_its_fields_back(app, browser_of):
    topic = make.make_topic(fields=[{"key": "device", "label": "Device", "hint": ""}])
    browser = browser_of(make.make_user())
    form = {"title": "Why?", "body": "Because.", "topic": topic.slug, "tags": "amber, mesh", "context-device": "Hub 1"}
    browser.post("/questions/ask", data=form)
    question = db.session.query(Post).one()
    page = browser.get(browser.post(f"/posts/{question.id}/undo").location).text
    for words in ("Why?", "Because.", 'value="amber, mesh"', 'value="Hub 1"', f'value="{topic.slug}" selected'):
        assert words in page


def test_after_the_moment_undo_is_over(app, browser_of):
    answer = make.answer(make.ask(), author := make.make_user())
    with time_machine.travel(clock.now() + timedelta(seconds=31)):
        assert browser_of(author).post(f"/posts/{answer.id}/undo").status_code == 409
    assert db.session.get(Post, answer.id).is_visible
    assert browser_of(make.make_user()).post(f"/posts/{answer.id}/undo").status_code == 403
    assert db.session.query(KeptText).count() == 0


def test_a_quotation_names_its_author_and_hidden_words_are_not_quoted(app, browser_of):
    thread, author = make.ask(), make.make_user("Quintus")
    answer = make.answer(thread, author, "First line.\n\nSecond line.")
    browser = browser_of(make.make_user())
    page = browser.get(f"/answers/to/{thread.id}?quote={answer.id}").text
    assert "&gt; **Quintus wrote:**\n&gt;\n&gt; First line.\n&gt;\n&gt; Second line." in page
    other = make.answer(make.ask(), author, "Elsewhere.")
    for number in (other.id, 999999, "x", "9" * 30, ""):
        assert "&gt;" not in browser.get(f"/answers/to/{thread.id}?quote={number}").text.split("<textarea")[1]
    browser_of(author).post(f"/posts/{answer.id}/deletion")
    assert "First line" not in browser.get(f"/answers/to/{thread.id}?quote={answer.id}").text


def test_a_quotation_is_put_below_the_draft_and_only_once(app, browser_of):
    thread, browser = make.ask(), browser_of(make.make_user())
    answer = make.answer(thread, make.make_user("Quintus"), "First line.")
    path = f"/answers/to/{thread.id}"
    browser.post("/accounts/drafts", data={"path": path, "body": "Half\r\na thought."})
    page = browser.get(f"{path}?quote={answer.id}").text
    assert re.search(r"Half\r?\na thought\.\n\n&gt; \*\*Quintus wrote:\*\*\n&gt;\n&gt; First line\.\n", page)
    quoted = "Half\r\na thought.\r\n\r\n> **Quintus wrote:**\r\n>\r\n> First line.\r\n\r\nIndeed."
    browser.post("/accounts/drafts", data={"path": path, "body": quoted})
    assert browser.get(f"{path}?quote={answer.id}").text.count("Quintus wrote") == 1
