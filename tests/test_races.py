"""T13, T26 to T33: what people do in the same moment ends as if one had come after the other.

Every test starts real threads, each with its own connection, which a barrier lets go together; the rules are judged from
the rows that are there afterwards, on whatever database the suite runs on.
"""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts import service as accounts
from app.accounts import subscribers as letters_of_accounts
from app.answers.service import accept_answer, post_answer, recommend_answer, withdraw_acceptance
from app.attachments.service import add_attachment
from app.comments.service import post_comment
from app.events import AnswerAccepted, Fact, MeTooAdded, start_recurring, unit_of_work
from app.extensions import db
from app.lib import clock
from app.lib.errors import NotPossible
from app.models import (
    Acceptance,
    Attachment,
    Closure,
    Due,
    Event,
    Follow,
    Guest,
    InformationRequest,
    KeptText,
    MemberSession,
    MeToo,
    Post,
    PostKind,
    Recommendation,
    Resolution,
    ResolutionKind,
    Role,
    Site,
    Tag,
    Thread,
    Token,
    TokenPurpose,
    User,
    Visibility,
    Vote,
)
from app.moderation.service import close_thread, hide_post
from app.posts.rendering import render
from app.posts.service import StaleEdit, convert_post, delete_post, edit_post, settle, undelete_post
from app.questions.queries import question_of
from app.questions.service import QuestionDraft, ask_question, edit_question, resolve_thread
from app.votes.service import add_me_too, cast_vote, remove_me_too
from tests import factories as make

ROUNDS, TRIES = 50, 5
SETTLED = ("state", "answers_count", "comments_count", "visibility", "closed", "excerpt", "me_too_count", "me_too_week")


def at_once(app: Flask, *jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs in threads that start together; what each returned or raised, in the order of the jobs.

    Whom SQLite kept waiting for more than five seconds is told to try again (503), and does.
    """
    db.session.rollback()
    barrier, results = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(number: int, job: Callable[[], Any]) -> None:
        with app.test_request_context(base_url="http://localhost"):
            barrier.wait(30)
            for _ in range(TRIES):
                try:
                    results[number] = job()
                    return
                except Exception as problem:
                    results[number] = problem
                    db.session.rollback()
                    if "database is locked" not in str(problem):
                        return

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()
    db.session.rollback()
    return results


def did(command: Callable[..., Any], model: type[Any], number: int, actor: int, *rest: Any) -> Callable[[], Any]:
    """A job: load subject and actor in the thread's own session, and give them to a command."""
    return lambda: command(db.session.get_one(model, number), db.session.get_one(User, actor), *rest)


def failures(results: list[Any]) -> list[Exception]:
    return [result for result in results if isinstance(result, Exception)]


def old_hand(**fields: Any) -> User:
    """A member whose first day is over."""
    return make.make_user(created_at=clock.now() - timedelta(days=30), **fields)


def count(model: type[Any], *where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def facts(kind: type[Fact]) -> int:
    return count(Event, Event.name == kind.stored_name())


def settled(thread_id: int) -> bool:
    """Whether the thread's row says what its rows add up to."""
    db.session.rollback()
    thread = db.session.get_one(Thread, thread_id)
    before = [getattr(thread, name) for name in SETTLED]
    settle(thread)
    after = [getattr(thread, name) for name in SETTLED]
    db.session.rollback()
    return before == after


# --- Votes ----------------------------------------------------------------------------------------------------------


def test_T26_one_member_voting_fifty_times_at_once_counts_once(app):
    thread = make.ask()
    answer, voter = make.answer(thread), make.make_user()
    results = at_once(app, *[did(cast_vote, Post, answer.id, voter.id, 1)] * 50)
    assert not failures(results)
    assert (answer.up, answer.down, count(Vote)) == (1, 0, 1)
    assert count(Event, Event.name == "vote.cast") == 1
    assert settled(thread.id)


def test_T26_fifty_members_voting_at_once_count_fifty(app):
    thread = make.ask()
    answer, voters = make.answer(thread), [make.make_user().id for _ in range(50)]
    version = thread.version
    results = at_once(app, *[did(cast_vote, Post, answer.id, voter, 1) for voter in voters])
    assert not failures(results)
    assert answer.up == 50 == count(Vote) == db.session.scalar(select(func.sum(Vote.value)))
    assert db.session.get_one(Thread, thread.id).version == version + 50


def test_T27_up_and_down_at_once_by_one_member_ends_in_one_of_them(app):
    answer, voter = make.answer(make.ask()), make.make_user()
    up, down = (did(cast_vote, Post, answer.id, voter.id, value) for value in (1, -1))
    for number in range(ROUNDS):
        assert not failures(at_once(app, *((up, down) if number % 2 else (down, up))))
        votes = db.session.scalars(select(Vote.value)).all()
        assert len(votes) == 1
        assert answer.score == votes[0]
        assert (answer.up, answer.down) in ((1, 0), (0, 1))


def test_T27_voting_and_taking_it_back_at_once_leaves_the_totals_true(app):
    answer, voter = make.answer(make.ask()), make.make_user()
    for _ in range(10):
        jobs = [did(cast_vote, Post, answer.id, voter.id, value) for value in (1, 0, -1, 0)]
        assert not failures(at_once(app, *jobs))
        values = db.session.scalars(select(Vote.value)).all()
        assert answer.score == sum(values)
        assert answer.up + answer.down == len(values) <= 1


# --- Acceptances and other marks ------------------------------------------------------------------------------------


def test_T28_two_acceptances_at_once_leave_one(app):
    asker = make.make_user()
    thread = make.ask(asker)
    first, second = make.answer(thread), make.answer(thread)
    jobs = [did(accept_answer, Post, answer.id, asker.id) for answer in (first, second)]
    for number in range(ROUNDS):
        assert not failures(at_once(app, *(jobs if number % 2 else jobs[::-1])))
        live = db.session.scalars(select(Acceptance).where(Acceptance.ended_at.is_(None))).all()
        assert len(live) == 1
        assert live[0].answer_id in (first.id, second.id)
        assert thread.state == "solved"
        assert count(Acceptance) == facts(AnswerAccepted)
    assert settled(thread.id)


def test_T28_accepting_one_answer_six_times_at_once_is_one_acceptance(app):
    asker = make.make_user()
    answer = make.answer(make.ask(asker))
    assert not failures(at_once(app, *[did(accept_answer, Post, answer.id, asker.id)] * 6))
    assert count(Acceptance) == facts(AnswerAccepted) == 1


def test_T28_accepting_and_solving_another_way_at_once_leaves_one_of_them(app):
    asker = make.make_user()
    thread = make.ask(asker)
    answer = make.answer(thread)
    jobs = [
        did(accept_answer, Post, answer.id, asker.id),
        did(resolve_thread, Thread, thread.id, asker.id, ResolutionKind.SOLVED_MYSELF),
        did(withdraw_acceptance, Post, answer.id, asker.id),
    ]
    for _ in range(15):
        assert not failures(at_once(app, *jobs))
        assert settled(thread.id)
        accepted = count(Acceptance, Acceptance.ended_at.is_(None))
        assert accepted + count(Resolution, Resolution.ended_at.is_(None)) <= 1


def test_two_members_answering_each_other_at_once_both_succeed(app):
    first, second = old_hand(), old_hand()
    asked_by_first, asked_by_second = make.ask(first), make.ask(second)
    for number in range(ROUNDS // 2):
        text = render(f"Try it {number} times.")
        results = at_once(
            app,
            did(post_answer, Thread, asked_by_second.id, first.id, text),
            did(post_answer, Thread, asked_by_first.id, second.id, text),
        )
        assert not failures(results)


def test_deleting_and_accepting_at_once_leaves_a_true_thread(app):
    asker, helper = make.make_user(), make.make_user()
    thread = make.ask(asker)
    answer = make.answer(thread, helper)
    for _ in range(15):
        results = at_once(
            app, did(accept_answer, Post, answer.id, asker.id), did(delete_post, Post, answer.id, helper.id)
        )
        # Accepting comes too late when the answer is gone: then it is refused, like any answer one cannot see.
        assert results[1] is None
        assert settled(thread.id)
        assert (thread.state, thread.answers_count) == ("new", 0)
        undelete_post(db.session.get_one(Post, answer.id), db.session.get_one(User, helper.id))
        assert settled(thread.id)
        assert thread.state in ("solved", "answered")
        assert (thread.state == "solved") == (count(Acceptance, Acceptance.ended_at.is_(None)) == 1)
        withdraw_acceptance(db.session.get_one(Post, answer.id), db.session.get_one(User, asker.id))


def test_hiding_closing_answering_and_voting_at_once_leave_a_true_thread(app):
    asker, moderator, helper = old_hand(), make.make_user(role=Role.MODERATOR), old_hand()
    for _ in range(8):
        thread = make.ask(asker)
        answer = make.answer(thread, helper)
        voters = [make.make_user().id for _ in range(3)]
        at_once(
            app,
            did(hide_post, Post, answer.id, moderator.id, "Because."),
            did(close_thread, Thread, thread.id, moderator.id, "Because."),
            did(close_thread, Thread, thread.id, moderator.id, "Because."),
            did(accept_answer, Post, answer.id, asker.id),
            *(did(cast_vote, Post, answer.id, voter, 1) for voter in voters),
        )
        assert settled(thread.id)
        assert count(Closure, Closure.thread_id == thread.id) == 1
        assert answer.up == count(Vote, Vote.post_id == answer.id)


def test_two_of_staff_recommending_at_once_leave_one_mark(app):
    answer = make.answer(make.ask())
    staff = [make.make_user(role=Role.STAFF).id for _ in range(4)]
    assert not failures(at_once(app, *(did(recommend_answer, Post, answer.id, person) for person in staff)))
    assert count(Recommendation, Recommendation.ended_at.is_(None)) == 1


def test_me_too_by_one_member_at_once_counts_once(app):
    thread, member = make.ask(), make.make_user()
    assert not failures(at_once(app, *[did(add_me_too, Thread, thread.id, member.id)] * 12))
    assert (thread.me_too_count, thread.me_too_week, count(MeToo), facts(MeTooAdded)) == (1, 1, 1, 1)
    assert count(Follow, Follow.user_id == member.id) == 1
    assert count(Due, Due.subject_id == thread.id) == 1


def test_me_too_by_twenty_members_at_once_counts_twenty(app):
    thread, members = make.ask(), [make.make_user().id for _ in range(20)]
    assert not failures(at_once(app, *(did(add_me_too, Thread, thread.id, member) for member in members)))
    assert thread.me_too_count == count(MeToo) == 20
    half = [did(remove_me_too, Thread, thread.id, member) for member in members[:10]]
    assert not failures(at_once(app, *half, *half))
    assert thread.me_too_count == thread.me_too_week == count(MeToo) == 10


def test_two_requests_for_a_detail_at_once_are_one_state(app):
    thread = make.ask()
    question = question_of(thread)
    jobs = [
        did(post_comment, Post, question.id, make.make_user().id, render(f"Which one, {n}?"), True) for n in range(4)
    ]
    assert not failures(at_once(app, *jobs))
    assert count(InformationRequest, InformationRequest.ended_at.is_(None)) == 1
    assert (thread.state, thread.comments_count) == ("needs_information", 4)
    assert settled(thread.id)


# --- Sent twice -----------------------------------------------------------------------------------------------------

KEYS, TIMES = 20, 6


@pytest.fixture
def sends(app: Flask) -> Callable[[User, str, dict[str, str]], set[str]]:
    """Send one form from several tabs of one browser at once; where the replies lead."""

    def send(member: User, path: str, form: dict[str, str]) -> set[str]:
        token = accounts.start_session(member, "Firefox on Linux", stay=False)

        def tab() -> str:
            browser = app.test_client()
            with browser.session_transaction() as session:
                session["_user_id"] = token
            sent = browser.post(path, data=form)
            assert sent.status_code == 303
            return sent.location

        results = at_once(app, *[tab] * TIMES)
        assert not failures(results)
        return set(results)

    return send


def test_T29_ask_question_sent_six_times_at_once_is_one_thread(app, sends):
    topic, member = make.make_topic(), old_hand()
    for number in range(KEYS):
        form = {"title": f"Why {number}?", "body": "It blinks.", "topic": topic.slug, "tags": f"tag{number}, blink"}
        assert len(sends(member, "/questions/ask", form)) == 1
    assert count(Thread) == count(Post) == KEYS
    assert count(Tag) == KEYS + 1
    assert count(Event, Event.name == "question.asked") == KEYS
    assert count(Follow) == KEYS


def test_T29_post_answer_sent_six_times_at_once_is_one_answer(app, sends):
    thread, member = make.ask(), old_hand()
    for number in range(KEYS):
        assert len(sends(member, f"/answers/to/{thread.id}", {"body": f"Way number {number}."})) == 1
    assert count(Post, Post.kind == PostKind.ANSWER) == thread.answers_count == KEYS
    assert count(Event, Event.name == "answer.posted") == KEYS
    assert settled(thread.id)


def test_T29_post_comment_sent_six_times_at_once_is_one_comment(app, sends):
    thread, member = make.ask(), old_hand()
    question = question_of(thread).id
    for number in range(KEYS):
        form = {"body": f"Which {number}?", "asks": "y"}
        assert len(sends(member, f"/comments/to/{question}", form)) == 1
    assert count(Post, Post.kind == PostKind.COMMENT) == thread.comments_count == KEYS
    assert count(Event, Event.name == "comment.posted") == KEYS
    assert count(InformationRequest) == 1
    assert settled(thread.id)


def test_T29_ask_question_with_the_same_new_tags_by_many_at_once_makes_each_tag_once(app):
    topic = make.make_topic().id
    members = [old_hand().id for _ in range(6)]

    def ask(member: int) -> Callable[[], int]:
        draft = lambda: QuestionDraft(f"Why, {member}?", topic, render("It blinks."), ["zeta", "alpha", "mesh"])  # noqa: E731
        return lambda: ask_question(draft(), db.session.get_one(User, member)).id

    results = at_once(app, *(ask(member) for member in members))
    assert not failures(results)
    assert sorted(db.session.scalars(select(Tag.name))) == ["alpha", "mesh", "zeta"]
    assert all(len(thread.tags) == 3 for thread in db.session.scalars(select(Thread)))


def test_T32_edits_that_make_the_same_new_tag_at_once_both_succeed(app):
    topic = make.make_topic()
    threads = [make.ask(old_hand(), topic=topic) for _ in range(5)]

    def edit(thread_id: int, topic_id: int) -> Callable[[], None]:
        def run() -> None:
            thread = db.session.get_one(Thread, thread_id)
            draft = QuestionDraft(thread.title, topic_id, render("Edited."), ["new", "newer"], [])
            question = question_of(thread)
            edit_question(question, thread.asker, draft, question.version)

        return run

    assert not failures(at_once(app, *[edit(thread.id, topic.id) for thread in threads]))
    assert count(Tag) == 2


def test_T30_of_two_edits_at_once_the_second_is_shown_both_texts(app):
    author = old_hand()
    answer = make.answer(make.ask(), author, "The first words.")
    for number in range(15):
        version = db.session.get_one(Post, answer.id).version
        jobs = [
            did(edit_post, Post, answer.id, author.id, render(f"{word} {number}"), version) for word in ("One", "Two")
        ]
        results = at_once(app, *jobs)
        stale = failures(results)
        assert len(stale) == 1
        assert isinstance(stale[0], StaleEdit)
        assert answer.version == version + 1
        assert answer.source == f"{('Two', 'One')[results.index(None) == 0]} {number}"


# --- Limits ---------------------------------------------------------------------------------------------------------


def test_T33_fifty_first_questions_at_once_are_three(app, browser_of):
    topic, newcomer = make.make_topic().slug, make.make_user()
    token = accounts.start_session(newcomer, "Firefox on Linux", stay=False)

    def ask(number: int) -> Callable[[], Any]:
        def run() -> Any:
            browser = app.test_client()
            with browser.session_transaction() as session:
                session["_user_id"] = token
            form = {"title": f"Why, number {number}?", "body": f"My words {number}.", "topic": topic}
            return browser.post("/questions/ask", data=form)

        return run

    replies = at_once(app, *(ask(number) for number in range(50)))
    assert not failures(replies)
    assert sorted(reply.status_code for reply in replies) == [303] * 3 + [429] * 47
    assert count(Thread) == 3
    refused = [(number, reply) for number, reply in enumerate(replies) if reply.status_code == 429]
    for number, reply in refused:
        assert f"My words {number}." in reply.text
        assert 86_000 < int(reply.headers["Retry-After"]) <= 86_400


@pytest.mark.parametrize(("kind", "limit"), [(PostKind.ANSWER, 10), (PostKind.COMMENT, 30)])
def test_T33_fifty_first_words_at_once_in_as_many_threads_stay_within_the_limit(app, kind, limit):
    newcomer, asker = make.make_user().id, old_hand()
    topic = make.make_topic()
    threads = [make.ask(asker, topic=topic).id for _ in range(50)]
    words = render("The same words everywhere.")

    def say(thread_id: int) -> Callable[[], Any]:
        if kind is PostKind.ANSWER:
            return did(post_answer, Thread, thread_id, newcomer, words)
        return lambda: post_comment(
            question_of(db.session.get_one(Thread, thread_id)), db.session.get_one(User, newcomer), words
        )

    results = at_once(app, *(say(thread_id) for thread_id in threads))
    refused = failures(results)
    assert {type(problem) for problem in refused} == {NotPossible}
    assert (len(refused), count(Post, Post.kind == kind)) == (50 - limit, limit)
    assert all(settled(thread_id) for thread_id in threads)


def test_T33_comments_that_become_answers_at_once_are_no_way_around_the_limit(app):
    newcomer, thread = make.make_user(), make.ask(old_hand())
    comments = [make.comment(thread, newcomer).id for _ in range(15)]
    results = at_once(app, *(did(convert_post, Post, number, newcomer.id) for number in comments))
    assert {problem.status for problem in failures(results)} == {429}
    assert count(Post, Post.kind == PostKind.ANSWER) == 10
    # Staff put right what belongs elsewhere; that is not the newcomer's doing.
    left = db.session.scalars(select(Post).where(Post.kind == PostKind.COMMENT)).first()
    convert_post(left, make.make_user(role=Role.MODERATOR))
    assert count(Post, Post.kind == PostKind.ANSWER) == 11
    assert settled(thread.id)


def test_T33_fifty_pictures_at_once_are_ten(app):
    newcomer, storage, data = make.make_user().id, app.extensions["storage"], make.image()

    def add() -> Any:
        return add_attachment(storage, db.session.get_one(User, newcomer), data, "screen.png")

    refused = failures(at_once(app, *[add] * 50))
    assert {problem.status for problem in refused} == {429}
    assert (len(refused), count(Attachment)) == (40, 10)


def test_T33_edits_at_once_never_leave_more_than_five_tags(app, browser_of):
    asker = old_hand()
    thread = make.ask(asker, tags=["one", "two"])
    token = accounts.start_session(asker, "Firefox on Linux", stay=False)
    form = {"title": thread.title, "body": "Words.", "topic": thread.topic.slug, "version": "1"}
    path = f"/questions/{thread.id}/edit"

    def edit(number: int) -> Callable[[], Any]:
        def run() -> Any:
            browser = app.test_client()
            with browser.session_transaction() as session:
                session["_user_id"] = token
            return browser.post(path, data=form | {"tags": ", ".join(f"tag{number}{n}" for n in range(5))})

        return run

    replies = at_once(app, *(edit(number) for number in range(10)))
    assert sorted(reply.status_code for reply in replies) == [303] + [409] * 9
    assert len(db.session.get_one(Thread, thread.id).tags) == 5
    six = browser_of(asker).post(path, data=form | {"version": "2", "tags": "a1, b1, c1, d1, e1, f1"})
    assert six.status_code == 422


# --- What one person writes about while another changes it --------------------------------------------------------------


def no_orphans() -> bool:
    """Every comment hangs on a question or an answer of its thread; no question is gone that others have answered."""
    db.session.rollback()
    for post in db.session.scalars(select(Post).where(Post.kind != PostKind.QUESTION)):
        question = question_of(post.thread)
        parent = post.parent
        if parent is not None and (parent.thread_id != post.thread_id or parent.kind is PostKind.COMMENT):
            return False
        answers_somebody = post.kind is PostKind.ANSWER and post.is_visible and post.author_id != question.author_id
        if answers_somebody and question.visibility is Visibility.DELETED:
            return False
    return True


CHANGES: dict[str, Callable[[int, int, int], Callable[[], Any]]] = {
    "closed": lambda thread, _asker, moderator: did(close_thread, Thread, thread, moderator, "Sold out."),
    "deleted": lambda thread, asker, _moderator: (
        lambda: delete_post(question_of(db.session.get_one(Thread, thread)), db.session.get_one(User, asker))
    ),
    "hidden": lambda thread, _asker, moderator: (
        lambda: hide_post(question_of(db.session.get_one(Thread, thread)), db.session.get_one(User, moderator), "Rude.")
    ),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", [PostKind.ANSWER, PostKind.COMMENT])
def test_T31_what_arrives_while_the_question_goes_is_stored_or_refused_with_its_text(app, change, kind):
    asker, moderator, writer = old_hand(), make.make_user(role=Role.MODERATOR), old_hand()
    token = accounts.start_session(writer, "Firefox on Linux", stay=False)
    for number in range(8):
        thread = make.ask(asker)
        words, question = f"My long answer, number {number}.", question_of(thread)
        path = f"/answers/to/{thread.id}" if kind is PostKind.ANSWER else f"/comments/to/{question.id}"

        def send(path: str = path, words: str = words) -> Any:
            browser = app.test_client()
            with browser.session_transaction() as session:
                session["_user_id"] = token
            return browser.post(path, data={"body": words})

        reply, _ = at_once(app, send, CHANGES[change](thread.id, asker.id, moderator.id))
        found = count(Post, Post.source == words)
        if reply.status_code == 303:
            assert found == 1
        else:
            assert (reply.status_code, found) in {(403, 0), (404, 0), (410, 0)}
            assert words in reply.text
        assert settled(thread.id)
        assert no_orphans()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", [PostKind.ANSWER, PostKind.COMMENT])
def test_T31_what_arrives_too_late_is_refused_and_stays_on_the_page(app, browser_of, change, kind):
    asker, moderator = old_hand(), make.make_user(role=Role.MODERATOR)
    thread = make.ask(asker)
    path = f"/answers/to/{thread.id}" if kind is PostKind.ANSWER else f"/comments/to/{question_of(thread).id}"
    CHANGES[change](thread.id, asker.id, moderator.id)()
    late = browser_of(make.make_user()).post(path, data={"body": "My long words, too late."})
    assert late.status_code == {"closed": 403, "hidden": 404, "deleted": 410}[change]
    assert "My long words, too late." in late.text
    assert ("This question is closed and takes no new answers or comments." in late.text) is (change == "closed")
    assert count(Post) == 1


def test_T31_a_comment_on_an_answer_that_becomes_a_comment_stands_somewhere(app):
    helper, moderator, writer = old_hand(), make.make_user(role=Role.MODERATOR), old_hand()
    for number in range(10):
        thread = make.ask(old_hand())
        answer = make.answer(thread, helper)
        words = render(f"Remark {number}.")
        results = at_once(
            app,
            did(post_comment, Post, answer.id, writer.id, words),
            did(convert_post, Post, answer.id, moderator.id),
        )
        assert results[1] is None
        assert count(Post, Post.source == f"Remark {number}.") == (not isinstance(results[0], Exception))
        assert settled(thread.id)
        assert no_orphans()


def test_T32_somebody_changes_the_name_while_being_mentioned(app, browser_of):
    maria, writer, thread = make.make_user("Maria 0").id, old_hand().id, make.ask(old_hand()).id
    for number in range(10):
        was = db.session.get_one(User, maria).handle

        def mention(was: str = was, number: int = number) -> Post:
            words = render(f"Ask @{was}, {number}.")
            return post_answer(db.session.get_one(Thread, thread), db.session.get_one(User, writer), words)

        def rename(number: int = number) -> None:
            accounts.change_profile(db.session.get_one(User, maria), f"Maria {number + 1}", "")

        assert not failures(at_once(app, mention, rename))
        html = db.session.scalars(select(Post).where(Post.source.like(f"%, {number}."))).one().html
        if linked := re.search(r'href="(/people/[^"]+)"', html):
            page = browser_of(None).get(linked[1], follow_redirects=True)
            assert page.status_code == 200
            assert f"Maria {number + 1}" in page.text
        else:
            assert f"@{was}" in html
    # Who was renamed first is known by the new name, and the old one belongs to nobody.
    assert "<a" not in render(f"@{was}").html
    assert settled(thread)


# --- Accounts -------------------------------------------------------------------------------------------------------


def test_signing_up_with_one_name_at_once_makes_one_account(app):
    def sign_up(number: int) -> Callable[[], User]:
        passwords = app.extensions["passwords"]
        return lambda: accounts.sign_up(passwords, "Same Name", f"same{number}@example.org", make.PASSWORD)

    results = at_once(app, *(sign_up(number) for number in range(6)))
    assert {type(problem) for problem in failures(results)} == {accounts.NameTaken}
    assert (len(failures(results)), count(User), count(Token)) == (5, 1, 1)


def test_taking_one_name_at_once_gives_it_to_one(app):
    people = [make.make_user().id for _ in range(4)]
    before = db.session.get_one(Site, 1).version

    def take(person: int) -> Callable[[], None]:
        return lambda: accounts.change_profile(db.session.get_one(User, person), "Same Name", "")

    results = at_once(app, *(take(person) for person in people))
    assert {type(problem) for problem in failures(results)} == {accounts.NameTaken}
    assert count(User, User.handle == "same-name") == 1
    assert db.session.get_one(Site, 1).version == before + 1


def test_changes_of_many_profiles_at_once_each_raise_the_version_of_the_site(app):
    people = [make.make_user().id for _ in range(6)]
    before = db.session.get_one(Site, 1).version

    def rename(person: int) -> Callable[[], None]:
        return lambda: accounts.change_profile(db.session.get_one(User, person), f"Renamed {person}", "")

    assert not failures(at_once(app, *(rename(person) for person in people)))
    assert db.session.get_one(Site, 1).version == before + 6


def _secret_of(purpose: TokenPurpose, **where: Any) -> str:
    token = db.session.scalars(
        select(Token).where(Token.purpose == purpose, Token.used_at.is_(None)).filter_by(**where)
    ).one()
    armed = accounts.arm_token(token.id)
    assert armed is not None
    return armed[1]


def test_T13_one_link_used_twice_at_once_works_once(app):
    passwords = app.extensions["passwords"]
    member = make.make_user(email="member@example.org")
    uses: dict[TokenPurpose, Callable[[str], Any]] = {
        TokenPurpose.CONFIRM_ADDRESS: accounts.confirm_address,
        TokenPurpose.RESET_PASSWORD: lambda secret: accounts.reset_password(
            passwords, secret, "new words, nobody knows"
        ),
        TokenPurpose.CHANGE_ADDRESS: accounts.change_address,
    }
    for number in range(5):
        make.sign_up(f"New Person {number}", f"new{number}@example.org")
        accounts.request_reset("member@example.org" if number == 0 else f"moved{number - 1}@example.org")
        for purpose, use in uses.items():
            if purpose is TokenPurpose.CHANGE_ADDRESS:
                person = db.session.get_one(User, member.id)
                password = "new words, nobody knows"
                accounts.request_address_change(passwords, person, password, f"moved{number}@example.org")
            secret = _secret_of(purpose)
            results = at_once(app, *[lambda use=use, secret=secret: use(secret).id] * 3)
            assert sorted(type(result).__name__ for result in results) == ["NotPossible", "NotPossible", "int"]


def test_T13_two_claims_on_one_address_confirmed_at_once_make_one_owner(app):
    for number in range(5):
        address = f"contested{number}@example.org"
        people = [make.sign_up(f"Claimant {number} {letter}", address).id for letter in "abc"]
        secrets = [_secret_of(TokenPurpose.CONFIRM_ADDRESS, user_id=person) for person in people]
        results = at_once(app, *(lambda secret=secret: accounts.confirm_address(secret).id for secret in secrets))
        assert sorted(type(result).__name__ for result in results) == ["NotPossible", "NotPossible", "int"]
        assert count(User, User.email == address, User.confirmed_at.is_not(None)) == 1


def test_T13_links_asked_for_at_once_leave_one_that_works(app):
    make.make_user(email="member@example.org")
    for _ in range(5):
        assert not failures(at_once(app, *[lambda: accounts.request_reset("member@example.org")] * 4))
        assert count(Token, Token.used_at.is_(None)) == 1


def test_T14_changing_the_password_and_signing_in_at_once_leaves_no_foreign_session(app):
    member = make.make_user()
    passwords = app.extensions["passwords"]
    keep = accounts.start_session(member, "This one", stay=False)
    for _ in range(3):
        accounts.start_session(member, "Another", stay=True)
    number = member.id

    def change() -> None:
        accounts.change_password(
            passwords, db.session.get_one(User, number), make.PASSWORD, "other words, nobody knows", keep
        )

    results = at_once(app, change, change)
    assert [type(problem).__name__ for problem in failures(results)] in ([], ["Refused"])
    assert db.session.scalars(select(MemberSession.browser)).all() == ["This one"]


def test_a_mail_handled_twice_at_once_leaves_one_link_that_works(app, letters):
    make.sign_up()
    token = db.session.scalars(select(Token)).one()
    fact = letters_of_accounts.MemberSignedUp(user_id=token.user_id, token_id=token.id)
    assert not failures(at_once(app, *[lambda: letters_of_accounts.send_confirmation(fact)] * 3))
    secrets = [letter.get_payload()[0].get_payload().split("/confirm/")[1].split()[0] for letter in letters()]
    assert len(set(secrets)) == 3
    worked = [secret for secret in secrets if _works(secret)]
    assert len(worked) == 1


def _works(secret: str) -> bool:
    try:
        accounts.confirm_address(secret)
    except NotPossible:
        return False
    return True


def test_drafts_of_one_text_kept_at_once_are_one_draft(app):
    member = make.make_user()

    def keep(number: int, person: int | None, token: str | None) -> Callable[[], Any]:
        def run() -> Any:
            actor = db.session.get_one(User, person) if person else Guest()
            return accounts.keep_text("/questions/ask", {"body": f"Words {number}"}, actor, token)

        return run

    assert not failures(at_once(app, *(keep(number, member.id, None) for number in range(5))))
    assert count(KeptText) == 1
    assert not failures(at_once(app, *(keep(number, None, "the cookie of a guest") for number in range(5))))
    assert count(KeptText) == 2


def test_workers_that_start_at_once_plan_each_recurring_job_once(app):
    assert not failures(at_once(app, *[start_recurring] * 5))
    jobs = db.session.scalars(select(Due.job)).all()
    assert len(jobs) == len(set(jobs)) >= 1


def test_a_unit_of_work_that_fails_among_others_leaves_nothing(app):
    author = old_hand()
    answer = make.answer(make.ask(), author, "As it was.")

    answer_id = answer.id

    def fails() -> None:
        post = db.session.get_one(Post, answer_id)
        with unit_of_work(None, lock=post.thread):
            post.source = "Half a thought"
            db.session.flush()
            raise ZeroDivisionError

    voters = [make.make_user().id for _ in range(5)]
    results = at_once(app, *[fails] * 5, *(did(cast_vote, Post, answer.id, voter, 1) for voter in voters))
    assert [type(problem) for problem in failures(results)] == [ZeroDivisionError] * 5
    assert (answer.source, answer.up) == ("As it was.", 5)
