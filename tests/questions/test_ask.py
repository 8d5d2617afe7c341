"""Asking a question over HTTP."""

from app.extensions import db
from app.models import Thread, ThreadState
from tests import factories as make


def form_of(topic, **values):
    return {"title": "Why is it amber?", "body": "Every evening at eight.", "topic": topic.slug, **values}


def test_a_member_asks_and_everybody_reads(app, browser_of, client):
    topic, asker = make.make_topic(), make.make_user()
    sent = browser_of(asker).post("/questions/ask", data=form_of(topic, tags="Amber Light, mesh"))
    assert sent.status_code == 303
    page = client.get(sent.location)
    assert page.status_code == 200
    assert "Why is it amber?" in page.text
    assert 'href="/tags/amber-light"' in page.text
    thread = db.session.get(Thread, 1)
    assert (thread.state, thread.answers_count, thread.version) == (ThreadState.NEW, 0, 3)


def test_the_whole_story_through_services(app, work):
    from app.answers.service import accept_answer

    asker = make.make_user()
    thread = make.ask(asker)
    post = make.answer(thread)
    accept_answer(post, asker)
    assert db.session.get(Thread, thread.id).state is ThreadState.SOLVED
    assert work() >= 0
