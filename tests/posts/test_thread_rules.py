"""The rules of a thread (features.md, part 3): who accepts, what stands on top, what ends by itself, what nobody may do."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.answers.service import (
    accept_answer,
    mark_outcome,
    post_answer,
    recommend_answer,
    withdraw_acceptance,
    withdraw_recommendation,
)
from app.comments.service import post_comment
from app.events import AddressConfirmed, unit_of_work
from app.extensions import db
from app.lib import clock
from app.lib.errors import NotPossible, Refused
from app.models import (
    WARNINGS,
    Acceptance,
    Base,
    Closure,
    Deletion,
    Due,
    Event,
    Follow,
    Hide,
    Hold,
    InformationRequest,
    MeToo,
    Outcome,
    OutcomeKind,
    Post,
    PostKind,
    Recommendation,
    Resolution,
    ResolutionKind,
    Role,
    Thread,
    ThreadState,
    User,
    Visibility,
    Vote,
)
from app.moderation.service import close_thread, hide_post, open_thread, restore_post
from app.posts.rendering import render
from app.posts.service import convert_post, delete_post, edit_post, undelete_post
from app.posts.subscribers import publish_held_posts
from app.questions.queries import question_of
from app.questions.service import QuestionDraft, ask_question, edit_question, reopen_thread, resolve_thread
from app.votes.service import add_me_too, cast_vote, follow_thread, remove_me_too, set_guest_me_too, unfollow_thread
from tests import factories as make

MYSELF, IRRELEVANT = ResolutionKind.SOLVED_MYSELF, ResolutionKind.NO_LONGER_RELEVANT


@pytest.fixture
def page(client) -> Callable[..., str]:
    """The main part of a thread's page, as a guest reads it."""

    def read(thread: Thread, **query: str) -> str:
        answer = client.get(f"/questions/{thread.id}", query_string=query, follow_redirects=True)
        assert answer.status_code == 200
        return answer.text.split("<main")[1].split("</main>")[0]

    return read


def best_in(page: str) -> str:
    """The strip on top of the answers; empty where no answer leads."""
    return page.split('id="best"')[1].split("</section>")[0] if 'id="best"' in page else ""


def live(model: type[Any], thread: Thread) -> list[Any]:
    rows = select(model).where(model.thread_id == thread.id, model.ended_at.is_(None)).order_by(model.id)
    return list(db.session.scalars(rows))


def facts() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Event.name).order_by(Event.id)))


# --- Accepting ---------------------------------------------------------------------------------------------------------


def test_the_asker_accepts_any_answer_and_it_is_solved(app, page):
    thread = make.ask(body="The asker's words.")
    answer = make.answer(thread, body="Hold the button.")
    accept_answer(answer, thread.asker)
    assert (thread.state, thread.excerpt) == (ThreadState.SOLVED, "Hold the button.")
    assert [row.created_by_id for row in live(Acceptance, thread)] == [thread.asker_id]
    assert "Accepted by the asker" in best_in(page(thread))
    assert "Hold the button." in best_in(page(thread))


def test_the_asker_may_accept_an_answer_of_their_own(app, page):
    thread = make.ask()
    accept_answer(make.answer(thread, thread.asker, "I found it."), thread.asker)
    assert thread.state is ThreadState.SOLVED
    assert thread.excerpt == "I found it."
    assert "(their own answer)" in page(thread)


def test_an_answer_of_the_askers_own_is_never_pinned(app, page):
    thread = make.ask()
    own, others = make.answer(thread, thread.asker, "My own way."), make.answer(thread, body="Well liked.")
    cast_vote(others, make.make_user(), 1)
    accept_answer(own, thread.asker)
    shown = page(thread)
    assert best_in(shown) == ""
    assert shown.index("Well liked.") < shown.index("My own way.")


def test_nobody_but_the_asker_accepts(app):
    thread = make.ask()
    answer = make.answer(thread)
    for person in (answer.author, make.make_user(), *(make.make_user(role=role) for role in (Role.STAFF, Role.ADMIN))):
        with pytest.raises(Refused):
            accept_answer(answer, person)
    assert thread.state is ThreadState.ANSWERED


def test_accepting_another_answer_swaps_in_one_step(app, page):
    thread = make.ask()
    first, second = make.answer(thread, body="First idea."), make.answer(thread, body="Second idea.")
    accept_answer(first, thread.asker)
    before = facts()
    accept_answer(second, thread.asker)
    assert facts()[len(before) :] == ["answer.accepted"]
    assert [row.answer_id for row in live(Acceptance, thread)] == [second.id]
    ended = db.session.scalars(select(Acceptance).where(Acceptance.answer_id == first.id)).one()
    assert ended.ended_by_id == thread.asker_id
    assert ended.ended_at is not None
    assert thread.excerpt == "Second idea."
    assert page(thread).count("Accepted by the asker") == 1


def test_an_acceptance_is_taken_back_and_the_thread_is_open_again(app, page):
    thread = make.ask(body="Amber light.")
    answer = make.answer(thread)
    accept_answer(answer, thread.asker)
    withdraw_acceptance(answer, thread.asker)
    assert (thread.state, thread.excerpt) == (ThreadState.ANSWERED, "Amber light.")
    assert live(Acceptance, thread) == []
    assert "Accepted" not in page(thread)
    accept_answer(answer, thread.asker)
    assert thread.state is ThreadState.SOLVED


def test_taking_back_an_acceptance_of_another_answer_changes_nothing(app):
    thread = make.ask()
    accepted, other = make.answer(thread), make.answer(thread)
    accept_answer(accepted, thread.asker)
    before = facts()
    withdraw_acceptance(other, thread.asker)
    assert facts() == before
    assert thread.state is ThreadState.SOLVED


# --- The accepted answer deleted ---------------------------------------------------------------------------------------


def test_without_its_accepted_answer_a_thread_is_open_and_with_it_as_before(app, page):
    thread = make.ask(body="Amber light.")
    answer, voter = make.answer(thread, body="Hold the button."), make.make_user()
    make.answer(thread)
    cast_vote(answer, voter, 1)
    accept_answer(answer, thread.asker)
    acceptance = live(Acceptance, thread)[0]
    accepted_at, before = acceptance.created_at, best_in(page(thread))
    delete_post(answer, answer.author)
    assert (thread.state, thread.answers_count, thread.excerpt) == (ThreadState.ANSWERED, 1, "Amber light.")
    assert "Accepted" not in page(thread)
    undelete_post(answer, answer.author)
    assert (thread.state, thread.answers_count, thread.excerpt) == (ThreadState.SOLVED, 2, "Hold the button.")
    assert [(row.answer_id, row.created_at) for row in live(Acceptance, thread)] == [(answer.id, accepted_at)]
    assert (answer.up, answer.down) == (1, 0)
    assert best_in(page(thread)) == before


def test_a_thread_whose_only_answer_is_deleted_is_new_again(app):
    thread = make.ask()
    answer = make.answer(thread)
    accept_answer(answer, thread.asker)
    delete_post(answer, answer.author)
    assert (thread.state, thread.answers_count) == (ThreadState.NEW, 0)


def test_a_hidden_accepted_answer_solves_nothing_until_it_is_restored(app):
    thread, moderator = make.ask(), make.make_user(role=Role.MODERATOR)
    answer = make.answer(thread)
    accept_answer(answer, thread.asker)
    hide_post(answer, moderator, "Not suitable.")
    assert thread.state is ThreadState.NEW
    restore_post(answer, moderator)
    assert thread.state is ThreadState.SOLVED


def test_an_answer_that_comes_back_never_displaces_a_newer_acceptance(app):
    thread = make.ask()
    old, new = make.answer(thread), make.answer(thread)
    accept_answer(old, thread.asker)
    delete_post(old, old.author)
    accept_answer(new, thread.asker)
    undelete_post(old, old.author)
    assert [row.answer_id for row in live(Acceptance, thread)] == [new.id]
    withdraw_acceptance(new, thread.asker)
    assert thread.state is ThreadState.ANSWERED


def test_an_answer_that_comes_back_never_displaces_solved_another_way(app):
    thread = make.ask()
    answer = make.answer(thread)
    accept_answer(answer, thread.asker)
    delete_post(answer, answer.author)
    resolve_thread(thread, thread.asker, MYSELF)
    undelete_post(answer, answer.author)
    assert live(Acceptance, thread) == []
    assert [row.kind for row in live(Resolution, thread)] == [MYSELF]


# --- Recommending, and what stands on top ------------------------------------------------------------------------------


def test_staff_recommend_several_answers_with_name_and_date(app, page):
    thread = make.ask()
    first, second = make.answer(thread, body="One way."), make.answer(thread, body="Other way.")
    with time_machine.travel("2024-03-05T10:00:00+00:00"):
        recommend_answer(first, make.make_user("Stella Staff", role=Role.STAFF))
        recommend_answer(second, make.make_user("Moritz", role=Role.MODERATOR))
        recommend_answer(second, make.make_user("Selma", role=Role.STAFF))
    assert {row.answer_id for row in live(Recommendation, thread)} == {first.id, second.id}
    assert len(live(Recommendation, thread)) == 2
    shown = " ".join(page(thread).split())
    assert "Recommended by staff · Stella Staff, 5 Mar 2024" in shown
    assert "Recommended by staff · Moritz, 5 Mar 2024" in shown
    assert "Selma" not in shown
    assert thread.state is ThreadState.ANSWERED


@pytest.mark.parametrize("role", [Role.STAFF, Role.MODERATOR, Role.ADMIN])
def test_nobody_recommends_an_answer_of_their_own(app, role):
    person = make.make_user(role=role)
    answer = make.answer(make.ask(), person)
    with pytest.raises(Refused):
        recommend_answer(answer, person)
    recommend_answer(answer, make.make_user(role=Role.STAFF))


def test_members_and_the_asker_do_not_recommend(app):
    thread = make.ask()
    answer = make.answer(thread)
    for person in (thread.asker, make.make_user(), make.make_user(role=Role.STAFF, confirmed=False)):
        with pytest.raises(Refused):
            recommend_answer(answer, person)


def test_a_recommendation_leads_for_180_days_and_then_the_accepted_answer(app, page):
    thread = make.ask()
    accepted, recommended = make.answer(thread, body="It solved mine."), make.answer(thread, body="The official way.")
    recommend_answer(recommended, make.make_user("Stella Staff", role=Role.STAFF))
    since = live(Recommendation, thread)[0].created_at
    accept_answer(accepted, thread.asker)
    shown = page(thread)
    assert "The official way." in best_in(shown)
    assert "Recommended by staff" in best_in(shown)
    assert "Accepted by the asker" in shown.split('id="best"')[1].split("</section>", 1)[1], "both marks are shown"
    with time_machine.travel(since + timedelta(days=180), tick=False):
        assert "The official way." in best_in(page(thread))
    with time_machine.travel(since + timedelta(days=180, minutes=1), tick=False):
        late = page(thread)
    assert "It solved mine." in best_in(late)
    assert "Recommended by staff" in late, "the mark stays, it only leads no more"


def test_a_recommendation_given_again_leads_again(app, page):
    thread, staff = make.ask(), make.make_user(role=Role.STAFF)
    accepted, recommended = make.answer(thread, body="It solved mine."), make.answer(thread, body="The official way.")
    recommend_answer(recommended, staff)
    accept_answer(accepted, thread.asker)
    with time_machine.travel(clock.now() + timedelta(days=200)):
        assert "It solved mine." in best_in(page(thread))
        withdraw_recommendation(recommended, staff)
        recommend_answer(recommended, staff)
        assert "The official way." in best_in(page(thread))


def test_both_marks_on_one_answer_are_both_shown_on_top(app, page):
    thread, staff = make.ask(), make.make_user(role=Role.STAFF)
    answer, other = make.answer(thread, body="The answer."), make.answer(thread, body="Also good.")
    cast_vote(other, make.make_user(), 1)
    recommend_answer(other, staff)
    recommend_answer(answer, staff)
    accept_answer(answer, thread.asker)
    best = best_in(page(thread))
    assert "The answer." in best
    assert "Accepted by the asker" in best
    assert "Recommended by staff" in best


def test_staff_do_not_touch_the_askers_choice_nor_the_asker_theirs(app):
    thread, staff = make.ask(), make.make_user(role=Role.STAFF)
    accepted, recommended = make.answer(thread), make.answer(thread)
    accept_answer(accepted, thread.asker)
    recommend_answer(recommended, staff)
    withdraw_recommendation(recommended, staff)
    assert [row.answer_id for row in live(Acceptance, thread)] == [accepted.id]
    recommend_answer(recommended, staff)
    withdraw_acceptance(accepted, thread.asker)
    assert [row.answer_id for row in live(Recommendation, thread)] == [recommended.id]


# --- Solved another way, and waiting for a detail ----------------------------------------------------------------------


def test_solved_another_way_ends_an_acceptance_and_accepting_ends_it(app, page):
    thread = make.ask(body="Amber light.")
    answer = make.answer(thread)
    accept_answer(answer, thread.asker)
    resolve_thread(thread, thread.asker, MYSELF)
    assert (thread.state, live(Acceptance, thread)) == (ThreadState.SOLVED, [])
    assert facts()[-2:] == ["acceptance.withdrawn", "thread.resolved"]
    assert "Solved another way" in page(thread)
    assert "Accepted" not in page(thread)
    assert thread.excerpt == "Amber light."
    accept_answer(answer, thread.asker)
    assert (thread.state, live(Resolution, thread)) == (ThreadState.SOLVED, [])
    assert "Solved another way" not in page(thread)


def test_the_asker_changes_how_it_was_solved_and_opens_it_again(app):
    thread = make.ask()
    resolve_thread(thread, thread.asker, MYSELF)
    resolve_thread(thread, thread.asker, IRRELEVANT)
    assert [row.kind for row in live(Resolution, thread)] == [IRRELEVANT]
    reopen_thread(thread, thread.asker)
    assert thread.state is ThreadState.NEW
    accept_answer(make.answer(thread), thread.asker)
    with pytest.raises(NotPossible):
        reopen_thread(thread, thread.asker)


def _by_comment(thread: Thread, person: User) -> None:
    make.comment(thread, person)


def _by_answer(thread: Thread, person: User) -> None:
    make.answer(thread, person)


def _by_edit(thread: Thread, person: User) -> None:
    question = question_of(thread)
    draft = QuestionDraft(thread.title, thread.topic_id, render("Version 4.2, and it blinks amber."))
    edit_question(question, person, draft, question.version)


def _by_vote(thread: Thread, person: User) -> None:
    cast_vote(question_of(thread), person, 1)


@pytest.mark.parametrize("word", [_by_comment, _by_answer, _by_edit], ids=["comment", "answer", "edit"])
def test_the_askers_next_word_ends_a_request_for_a_detail(app, page, word):
    thread = make.ask()
    make.comment(thread, asks=True)
    assert thread.state is ThreadState.NEEDS_INFORMATION
    assert "Waiting for the asker" in page(thread)
    word(thread, thread.asker)
    assert live(InformationRequest, thread) == []
    assert thread.state is (ThreadState.ANSWERED if word is _by_answer else ThreadState.NEW)
    assert facts().count("information.given") == 1
    assert "Waiting for the asker" not in page(thread)


@pytest.mark.parametrize("word", [_by_comment, _by_answer, _by_vote], ids=["comment", "answer", "vote"])
def test_what_others_do_does_not_end_a_request_for_a_detail(app, word):
    thread = make.ask()
    make.comment(thread, asks=True)
    word(thread, make.make_user())
    assert thread.state is ThreadState.NEEDS_INFORMATION
    assert "information.given" not in facts()


def test_an_answer_edited_by_its_author_does_not_end_a_request_for_a_detail(app):
    thread = make.ask()
    answer = make.answer(thread)
    make.comment(thread, asks=True)
    edit_post(answer, answer.author, render("Changed words."), answer.version)
    assert thread.state is ThreadState.NEEDS_INFORMATION


def test_the_asker_asks_nobody_for_a_detail_and_one_request_waits_at_a_time(app):
    thread = make.ask()
    with pytest.raises(Refused):
        make.comment(thread, thread.asker, asks=True)
    make.comment(thread, asks=True)
    make.comment(thread, asks=True)
    assert len(live(InformationRequest, thread)) == 1
    assert facts().count("information.requested") == 1


# --- A closed thread ---------------------------------------------------------------------------------------------------


def test_a_closed_thread_takes_no_words_but_the_asker_may_decide(app, page):
    thread, moderator = make.ask(), make.make_user(role=Role.MODERATOR)
    answer = make.answer(thread)
    close_thread(thread, moderator, "Tell us the version and we open it.")
    assert thread.state is ThreadState.CLOSED
    assert "Tell us the version and we open it." in page(thread)
    for person in (make.make_user(), thread.asker, moderator, make.make_user(role=Role.ADMIN)):
        with pytest.raises(Refused):
            make.answer(thread, person)
        for parent in (thread, answer):
            with pytest.raises(Refused):
                make.comment(parent, person)
    accept_answer(answer, thread.asker)
    assert (thread.state, thread.closed) == (ThreadState.SOLVED, True)
    withdraw_acceptance(answer, thread.asker)
    assert thread.state is ThreadState.CLOSED
    resolve_thread(thread, thread.asker, MYSELF)
    reopen_thread(thread, thread.asker)
    assert thread.state is ThreadState.CLOSED
    cast_vote(answer, make.make_user(), 1)
    edit_post(answer, answer.author, render("Better words."), answer.version)
    open_thread(thread, moderator)
    assert (thread.state, thread.closed) == (ThreadState.ANSWERED, False)
    make.answer(thread)


# --- I have this question too ------------------------------------------------------------------------------------------


def test_each_member_has_a_question_once_and_follows_it(app):
    thread, person = make.ask(), make.make_user()
    add_me_too(thread, person)
    add_me_too(thread, person)
    add_me_too(thread, make.make_user())
    assert (thread.me_too_count, thread.me_too_week) == (2, 2)
    assert db.session.get(Follow, (thread.id, person.id)) is not None
    remove_me_too(thread, person)
    remove_me_too(thread, person)
    assert (thread.me_too_count, thread.me_too_week) == (1, 1)
    assert db.session.get(Follow, (thread.id, person.id)) is not None, "following ends by itself only"


def test_the_asker_does_not_have_it_too_nor_does_who_is_not_confirmed(app):
    thread = make.ask()
    for person in (thread.asker, make.make_user(confirmed=False)):
        with pytest.raises(Refused):
            add_me_too(thread, person)
    assert thread.me_too_count == 0


def test_the_trend_of_seven_days_goes_down_by_itself(app, page, work):
    thread = make.ask()
    start = clock.now()
    for days in (0, 3):
        with time_machine.travel(start + timedelta(days=days), tick=False):
            add_me_too(thread, make.make_user())
    db.session.refresh(thread)
    version = thread.version

    def trend_after(days: float) -> tuple[int, int, int]:
        with time_machine.travel(start + timedelta(days=days), tick=False):
            work()
        db.session.refresh(thread)
        return thread.me_too_count, thread.me_too_week, thread.version - version

    assert trend_after(6.99) == (2, 2, 0)
    assert trend_after(7) == (2, 1, 1)
    assert trend_after(9.99) == (2, 1, 1)
    assert trend_after(10) == (2, 0, 2)
    assert trend_after(30) == (2, 0, 2)
    assert db.session.query(Due).filter_by(job="votes.refresh_trend", done_at=None).count() == 0
    assert "2" in page(thread)


# --- Votes -------------------------------------------------------------------------------------------------------------


def test_nobody_votes_on_a_post_of_their_own(app):
    thread = make.ask()
    answer = make.answer(thread)
    for post in (question_of(thread), answer):
        for value in (1, -1, 0):
            with pytest.raises(Refused):
                cast_vote(post, post.author, value)
    with pytest.raises(Refused):
        cast_vote(make.comment(answer), make.make_user(), 1)


def test_a_vote_goes_down_and_up_and_away(app):
    answer, person, other = make.answer(make.ask()), make.make_user(), make.make_user()
    seen = []
    for who, value in ((person, -1), (other, 1), (person, -1), (person, 1), (person, 0), (person, 0), (other, -1)):
        cast_vote(answer, who, value)
        seen.append((answer.up, answer.down))
    assert seen == [(0, 1), (1, 1), (1, 1), (2, 0), (1, 0), (1, 0), (0, 1)]
    with pytest.raises(ValueError):
        cast_vote(answer, person, 2)


def test_a_down_vote_lowers_an_answer_in_the_order(app, page):
    thread = make.ask()
    first, second = make.answer(thread, body="Written first."), make.answer(thread, body="Written second.")
    shown = page(thread)
    assert shown.index("Written first.") < shown.index("Written second.")
    cast_vote(first, make.make_user(), -1)
    assert second.score == 0
    shown = page(thread)
    assert shown.index("Written second.") < shown.index("Written first.")


# --- Deleting a question -----------------------------------------------------------------------------------------------


def test_a_question_that_others_answered_stays(app):
    thread = make.ask()
    answer, question = make.answer(thread), question_of(thread)
    make.answer(thread, thread.asker)
    with pytest.raises(NotPossible):
        delete_post(question, thread.asker)
    assert thread.is_visible
    delete_post(answer, answer.author)
    delete_post(question, thread.asker)
    assert thread.visibility is Visibility.DELETED
    undelete_post(question, thread.asker)
    assert thread.is_visible


# --- Each command: one fact, and nothing more the second time ----------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "prepare", "command"),
    [
        ("answer.accepted", (), lambda s: accept_answer(s.answer, s.asker)),
        ("acceptance.withdrawn", ("accept",), lambda s: withdraw_acceptance(s.answer, s.asker)),
        ("answer.recommended", (), lambda s: recommend_answer(s.answer, s.staff)),
        ("recommendation.withdrawn", ("recommend",), lambda s: withdraw_recommendation(s.answer, s.staff)),
        ("thread.resolved", ("accept",), lambda s: resolve_thread(s.thread, s.asker, MYSELF)),
        ("thread.reopened", ("resolve",), lambda s: reopen_thread(s.thread, s.asker)),
        ("thread.closed", (), lambda s: close_thread(s.thread, s.moderator, "Why.")),
        ("thread.reopened", ("close",), lambda s: open_thread(s.thread, s.moderator)),
        ("post.hidden", (), lambda s: hide_post(s.answer, s.moderator, "Why.")),
        ("post.restored", ("hide",), lambda s: restore_post(s.answer, s.moderator)),
        ("post.deleted", (), lambda s: delete_post(s.answer, s.answer.author)),
        ("post.undeleted", ("delete",), lambda s: undelete_post(s.answer, s.answer.author)),
        ("post.edited", (), lambda s: edit_post(s.answer, s.answer.author, s.words, s.answer.version)),
        ("me_too.added", (), lambda s: add_me_too(s.thread, s.member)),
        ("me_too.removed", ("me_too",), lambda s: remove_me_too(s.thread, s.member)),
        ("thread.followed", (), lambda s: follow_thread(s.thread, s.member)),
        ("thread.unfollowed", ("follow",), lambda s: unfollow_thread(s.thread, s.member)),
        ("vote.cast", (), lambda s: cast_vote(s.answer, s.member, -1)),
        ("outcome.marked", (), lambda s: mark_outcome(s.answer, s.member, OutcomeKind.WORKED)),
        ("answer.posted", (), lambda s: post_answer(s.thread, s.member, s.words)),
        ("comment.posted", (), lambda s: post_comment(s.answer, s.member, s.words)),
        ("information.requested", (), lambda s: post_comment(s.answer, s.member, s.words, asks_for_information=True)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_command_records_one_fact_of_its_kind_and_done_twice_nothing_more(app, kind, prepare, command):
    stage = Stage()
    for name in prepare:
        stage.before(name)
    earlier, version = Counter(facts()), stage.thread.version
    command(stage)
    recorded = Counter(facts()) - earlier
    assert recorded[kind] == 1
    assert stage.thread.version == version + recorded.total()
    after = everything()
    command(stage)
    assert everything() == after


class Stage:
    """A thread with one answer, and everybody who has a part."""

    def __init__(self) -> None:
        self.thread = make.ask()
        self.answer = make.answer(self.thread)
        self.asker, self.member, self.staff = self.thread.asker, make.make_user(), make.make_user(role=Role.STAFF)
        self.moderator, self.words = make.make_user(role=Role.MODERATOR), render("Other words.")

    def before(self, name: str) -> None:
        {
            "accept": lambda: accept_answer(self.answer, self.asker),
            "recommend": lambda: recommend_answer(self.answer, self.staff),
            "resolve": lambda: resolve_thread(self.thread, self.asker, MYSELF),
            "close": lambda: close_thread(self.thread, self.moderator, "Why."),
            "hide": lambda: hide_post(self.answer, self.moderator, "Why."),
            "delete": lambda: delete_post(self.answer, self.answer.author),
            "me_too": lambda: add_me_too(self.thread, self.member),
            "follow": lambda: follow_thread(self.thread, self.member),
        }[name]()


# --- R26: what is kept beside the rows is what the rows say ------------------------------------------------------------

Rows = dict[str, list[Any]]


def everything() -> Rows:
    """Every row of every table."""
    db.session.rollback()
    found = {}
    for table in Base.metadata.sorted_tables:
        found[table.name] = db.session.execute(select(table).order_by(*table.primary_key.columns)).all()
    db.session.rollback()
    return found


def alive(rows: Sequence[Any]) -> list[Any]:
    return [row for row in rows if row.ended_at is None]


def recomputed(rows: Rows) -> tuple[dict[int, Any], dict[int, Any]]:
    """What threads and posts must say, from the rows alone, in this test's own words."""
    marks = {model: alive(rows[model.__tablename__]) for model in (Deletion, Hide, Hold)}
    out = [(Visibility.DELETED, Deletion), (Visibility.HIDDEN, Hide), (Visibility.HELD, Hold)]
    seen = {
        post.id: next((v for v, m in out if any(row.post_id == post.id for row in marks[m])), Visibility.VISIBLE)
        for post in rows["posts"]
    }
    posts = {}
    for post in rows["posts"]:
        votes = Counter(row.value for row in rows["votes"] if row.post_id == post.id)
        said = Counter(row.kind for row in rows["outcomes"] if row.answer_id == post.id)
        warned = sum(said[kind] for kind in WARNINGS)
        worked, failed = said[OutcomeKind.WORKED], said[OutcomeKind.FAILED]
        posts[post.id] = (seen[post.id], votes[1], votes[-1], worked, failed, warned)
    return {thread.id: _of_thread(thread, rows, seen, posts) for thread in rows["threads"]}, posts


def _of_thread(thread: Any, rows: Rows, seen: dict[int, Visibility], posts: dict[int, Any]) -> Any:
    its = [post for post in rows["posts"] if post.thread_id == thread.id]
    question = next(post for post in its if post.kind is PostKind.QUESTION)
    answers = {p.id: p for p in its if p.kind is PostKind.ANSWER and seen[p.id] is Visibility.VISIBLE}
    comments = [p for p in its if p.kind is PostKind.COMMENT and seen[p.id] is seen[p.parent_id] is Visibility.VISIBLE]

    def living(model: type[Any]) -> list[Any]:
        return [row for row in alive(rows[model.__tablename__]) if row.thread_id == thread.id]

    accepted = next((row.answer_id for row in living(Acceptance) if row.answer_id in answers), None)
    if accepted or living(Resolution):
        state = ThreadState.SOLVED
    elif living(Closure):
        state = ThreadState.CLOSED
    elif any(
        post.kind is PostKind.COMMENT and seen[post.id] is Visibility.VISIBLE
        for post in its
        if post.id in {row.comment_id for row in living(InformationRequest)}
    ):
        state = ThreadState.NEEDS_INFORMATION
    else:
        state = ThreadState.ANSWERED if answers else ThreadState.NEW

    def worth(answer_id: int) -> tuple[bool, int, int]:
        _visibility, up, down, worked, failed, _warned = posts[answer_id]
        return answer_id == accepted, up - down + 2 * (worked - failed), -answer_id

    leading = [row.answer_id for row in living(Recommendation) if row.answer_id in answers]
    tried = {i: posts[i][3] / sum(posts[i][3:5]) for i in answers if sum(posts[i][3:5]) >= 5}
    tried = {i: share for i, share in tried.items() if share >= 0.5}
    if leading:
        best = max(leading, key=worth)
    elif accepted and answers[accepted].author_id != thread.asker_id:
        best = accepted
    elif tried:
        best = max(tried, key=lambda i: (tried[i], posts[i][3], -i))
    else:
        best = accepted
    told = answers[best] if best and state is ThreadState.SOLVED else question
    me_toos = [row for row in rows["me_toos"] if row.thread_id == thread.id]
    guests = [row for row in rows["guest_me_toos"] if row.thread_id == thread.id]
    counts = (len(answers), len(comments), len(me_toos), len(me_toos), len(guests))
    return state, seen[question.id], bool(living(Closure)), told.excerpt, *counts


def kept(rows: Rows) -> tuple[dict[int, Any], dict[int, Any]]:
    """What threads and posts do say."""
    threads = {
        t.id: (
            t.state,
            t.visibility,
            t.closed,
            t.excerpt,
            t.answers_count,
            t.comments_count,
            t.me_too_count,
            t.me_too_week,
            t.guest_me_too_count,
        )
        for t in rows["threads"]
    }
    posts = {p.id: (p.visibility, p.up, p.down, p.worked, p.failed, p.warned) for p in rows["posts"]}
    return threads, posts


class History:
    """Somebody does something, at random: the right persons more often than chance would choose them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        joined = clock.now() - timedelta(days=90)  # or the first day's limits would end it soon
        roles = (Role.MEMBER, Role.MEMBER, Role.MEMBER, Role.MEMBER, Role.STAFF, Role.STAFF, Role.MODERATOR)
        self.people = [make.make_user(role=role, created_at=joined) for role in roles]
        self.waiting = make.make_user(confirmed=False, created_at=joined)
        self.people.append(self.waiting)
        self.topic = make.make_topic()
        self.words = 0

    def person(self, *likely: int | None) -> User:
        wanted = [person for person in self.people if person.id in likely]
        return self.chance.choice(wanted if wanted and self.chance.random() < 0.8 else self.people)

    def company(self) -> User:
        return self.person(*(person.id for person in self.people if person.role is not Role.MEMBER))

    def moderator(self) -> User:
        return self.person(*(person.id for person in self.people if person.role is Role.MODERATOR))

    def text(self) -> Any:
        self.words += 1
        return render(f"Words number {self.words}.")

    def thread(self) -> Thread:
        newest = select(Thread).order_by(Thread.id.desc()).limit(4)
        return self.chance.choice(db.session.scalars(newest).all())

    def post(self, *kinds: PostKind) -> Post:
        """Mostly one that can be seen, of this kind."""
        thread = self.thread()
        found = select(Post).where(Post.thread_id == thread.id)
        if kinds and self.chance.random() < 0.9:
            found = found.where(Post.kind.in_(kinds))
        rows = db.session.scalars(found.order_by(Post.id)).all()
        return self.chance.choice(rows) if rows else question_of(thread)

    def step(self) -> tuple[str, Callable[[], Any], bool]:
        """The fact that is expected, the command, and whether it changes nothing when it is done again."""
        steps = (
            *([self.answer] * 4 + [self.comment] * 4 + [self.accept] * 3 + [self.vote] * 3 + [self.outcome] * 3),
            *([self.delete] * 2 + [self.undelete] * 3 + [self.recommend] * 2 + [self.edit] * 2 + [self.convert] * 2),
            *(
                self.me_too,
                self.no_me_too,
                self.guest_me_too,
                self.withdraw,
                self.resolve,
                self.reopen,
                self.unrecommend,
                self.ask,
            ),
            *(self.close, self.open, self.open, self.hide, self.restore, self.restore),
        )
        return self.chance.choice(steps)()

    def ask(self):
        person, draft = self.person(), QuestionDraft(f"Question {self.words}", self.topic.id, self.text())
        return "question.asked", lambda: ask_question(draft, person), True

    def answer(self):
        thread, person, text = self.thread(), self.person(), self.text()
        return "answer.posted", lambda: post_answer(thread, person, text), True

    def comment(self):
        post, person, text = self.post(PostKind.QUESTION, PostKind.ANSWER), self.person(), self.text()
        asks = self.chance.random() < 0.3
        return "comment.posted", lambda: post_comment(post, person, text, asks_for_information=asks), True

    def edit(self):
        post = self.post()
        person, text, old = self.person(post.author_id), self.text(), self.chance.random() < 0.1
        reason = self.chance.choice(("", "Because."))
        return "post.edited", lambda: edit_post(post, person, text, 0 if old else post.version, reason), True

    def delete(self):
        post = self.post()
        person = self.person(post.author_id)
        return "post.deleted", lambda: delete_post(post, person), True

    def undelete(self):
        gone = db.session.scalars(select(Post).where(Post.visibility == Visibility.DELETED).order_by(Post.id)).all()
        post = self.chance.choice(gone) if gone else self.post()
        person = self.person(post.author_id)
        return "post.undeleted", lambda: undelete_post(post, person), True

    def vote(self):
        post, person = self.post(PostKind.ANSWER), self.person()
        value = self.chance.choice((-1, 0, 1, 1))
        return "vote.cast", lambda: cast_vote(post, person, value), True

    def outcome(self):
        post, person = self.post(PostKind.ANSWER), self.person()
        kind = self.chance.choice((None, OutcomeKind.WORKED, OutcomeKind.WORKED, *OutcomeKind))
        return "outcome.marked", lambda: mark_outcome(post, person, kind, comment="Because."), True

    def me_too(self):
        thread, person = self.thread(), self.person()
        return "me_too.added", lambda: add_me_too(thread, person), True

    def guest_me_too(self):
        thread, browser = self.thread(), self.chance.choice("abc")
        return "guest_me_too.added", lambda: set_guest_me_too(thread, browser, True), True

    def no_me_too(self):
        thread, person = self.thread(), self.person()
        return "me_too.removed", lambda: remove_me_too(thread, person), True

    def accept(self):
        post = self.post(PostKind.ANSWER)
        person = self.person(post.thread.asker_id)
        return "answer.accepted", lambda: accept_answer(post, person), True

    def withdraw(self):
        post = self.post(PostKind.ANSWER)
        person = self.person(post.thread.asker_id)
        return "acceptance.withdrawn", lambda: withdraw_acceptance(post, person), True

    def recommend(self):
        post, person = self.post(PostKind.ANSWER), self.company()
        return "answer.recommended", lambda: recommend_answer(post, person), True

    def unrecommend(self):
        post, person = self.post(PostKind.ANSWER), self.company()
        return "recommendation.withdrawn", lambda: withdraw_recommendation(post, person), True

    def resolve(self):
        thread, kind = self.thread(), self.chance.choice(list(ResolutionKind))
        person = self.person(thread.asker_id)
        return "thread.resolved", lambda: resolve_thread(thread, person, kind), True

    def reopen(self):
        thread = self.thread()
        person = self.person(thread.asker_id)
        return "thread.reopened", lambda: reopen_thread(thread, person), True

    def close(self):
        thread, person = self.thread(), self.moderator()
        return "thread.closed", lambda: close_thread(thread, person, "Why."), True

    def open(self):
        thread, person = self.thread(), self.moderator()
        return "thread.reopened", lambda: open_thread(thread, person), True

    def hide(self):
        post, person = self.post(), self.moderator()
        return "post.hidden", lambda: hide_post(post, person, "Why."), True

    def restore(self):
        hidden = db.session.scalars(select(Post).where(Post.visibility == Visibility.HIDDEN).order_by(Post.id)).all()
        post, person = self.chance.choice(hidden) if hidden else self.post(), self.moderator()
        return "post.restored", lambda: restore_post(post, person), True

    def convert(self):
        post = self.post(PostKind.ANSWER, PostKind.COMMENT)
        person = self.person(post.author_id)
        return "post.converted", lambda: convert_post(post, person), False  # done again, it goes back

    def confirm(self) -> None:
        """The one who waited confirms the address; what was held is published, and the next one waits."""
        with unit_of_work(None) as work:
            self.waiting.confirmed_at = clock.now()
            work.record(AddressConfirmed(user_id=self.waiting.id))
        publish_held_posts(AddressConfirmed(user_id=self.waiting.id))


STEPS = 300


@pytest.mark.parametrize("seed", range(3))
def test_R26_after_every_step_of_a_history_everything_kept_is_what_the_rows_say(app, seed):
    history = History(seed)
    ask_question(QuestionDraft("The first one", history.topic.id, history.text()), history.people[0])
    before, done = everything(), Counter()
    for number in range(STEPS):
        if number == STEPS // 2:
            history.confirm()
            before = everything()
            assert kept(before) == recomputed(before)
        fact, command, settles = history.step()
        happened = _tried(command)
        after = everything()
        new = after["events"][len(before["events"]) :]
        where = f"seed {seed}, step {number}, {fact}"
        if not happened or not new:
            assert after == before, f"{where}: nothing was recorded, so nothing may have changed"
        else:
            done[fact] += 1
            assert [event.name for event in new].count(fact) == 1, where
            _assert_versions_rose(before, after, new, where)
            assert kept(after) == recomputed(after), where
            if settles:
                _tried(command)
                assert everything() == after, f"{where}: done twice"
        before = after
    assert len(done) >= 14, f"too little happened: {done}"


def _tried(command: Callable[[], Any]) -> bool:
    try:
        command()
    except (Refused, NotPossible):
        return False
    return True


def _assert_versions_rose(before: Rows, after: Rows, new: Sequence[Any], where: str) -> None:
    old = {thread.id: thread.version for thread in before["threads"]}
    risen = Counter(event.thread_id for event in new)
    for thread in after["threads"]:
        assert thread.version == old.get(thread.id, 1) + risen[thread.id], where


def test_the_recomputation_of_this_file_notices_what_is_wrong(app):
    thread = make.ask()
    answer = make.answer(thread)
    assert kept(everything()) == recomputed(everything())
    for model, owner, field, wrong in (
        (Thread, thread.id, "answers_count", 2),
        (Thread, thread.id, "state", ThreadState.NEW),
        (Thread, thread.id, "excerpt", "Something else."),
        (Post, answer.id, "up", 1),
        (Post, answer.id, "visibility", Visibility.HIDDEN),
    ):
        row = db.session.get(model, owner)
        right = getattr(row, field)
        with unit_of_work(None):
            setattr(row, field, wrong)
        assert kept(everything()) != recomputed(everything()), field
        with unit_of_work(None):
            setattr(row, field, right)
    for row in (MeToo(thread_id=thread.id, user_id=answer.author_id), Vote(post_id=answer.id, user_id=1, value=1)):
        with unit_of_work(None):
            db.session.add(row)
        assert kept(everything()) != recomputed(everything())
        with unit_of_work(None):
            db.session.delete(row)
    with unit_of_work(None):
        db.session.add(Outcome(answer_id=answer.id, user_id=1, kind=OutcomeKind.WORKED))
    assert kept(everything()) != recomputed(everything())


def test_a_request_for_a_detail_is_over_while_its_comment_cannot_be_seen(app):
    thread, helper = make.ask(), make.make_user()
    asking = make.comment(thread, helper, asks=True)
    assert thread.state is ThreadState.NEEDS_INFORMATION
    delete_post(asking, helper)
    assert thread.state is ThreadState.NEW
    undelete_post(asking, helper)
    assert thread.state is ThreadState.NEEDS_INFORMATION
