"""The index follows the database: within one turn of the worker, whatever happens."""

from collections.abc import Iterator

import pytest

from app.answers.service import accept_answer
from app.extensions import db
from app.models import Role, StaleThread, Thread
from app.moderation.service import hide_post, restore_post
from app.posts.service import delete_post, edit_post, undelete_post
from app.questions.queries import question_of
from app.search import upkeep, whoosh
from app.search.service import engine, search, similar
from app.search.titles import TitleEngine
from app.search.upkeep import drift, keep, rebuild
from app.search.whoosh import WhooshIndex
from app.votes.service import cast_vote
from tests import factories as make


@pytest.fixture
def index(app, tmp_path, monkeypatch) -> Iterator[WhooshIndex]:
    """An empty index that is in use; it shows what was written at once."""
    monkeypatch.setattr(whoosh, "REFRESH", 0)
    built = WhooshIndex(tmp_path / "index")
    monkeypatch.setitem(app.extensions, "index", built)
    rebuild(built, lambda _done: None)
    yield built
    built.close()


@pytest.fixture
def turn(index, work):
    """What the worker does in one turn."""

    def run() -> None:
        work()
        keep(index)
        db.session.rollback()
        assert drift(index) == {}
        assert db.session.query(StaleThread).count() == 0

    return run


def titles(typed: str) -> list[str]:
    return [thread.title for thread in search(typed, 1).page.rows]


def test_what_is_asked_answered_edited_and_solved_is_found_so(turn):
    thread = make.ask(title="Why does it blink?", body="An amber lamp.", tags=["light"])
    turn()
    assert titles("blink") == titles("amber") == titles("tag:light is:unanswered") == ["Why does it blink?"]
    answer = make.answer(thread, body="Press the rosebud.")
    turn()
    assert titles("rosebud is:unsolved") == ["Why does it blink?"]
    assert titles("is:unanswered") == []
    accept_answer(answer, thread.asker)
    edit_post(answer, answer.author, make.render("Press the tulip."), 1, "Clearer")
    turn()
    assert titles("tulip is:solved") == ["Why does it blink?"]
    assert titles("rosebud") == []


def test_T02_what_is_hidden_or_deleted_is_not_found_even_before_the_index_knows(turn, index):
    thread, moderator = make.ask(title="Why does it blink?"), make.make_user(role=Role.MODERATOR)
    question = question_of(thread)
    turn()
    hide_post(question, moderator, "Because.")
    assert search("blink", 1).page.rows == similar("Why does it blink?") == []
    turn()
    assert index.fingerprints() == {}
    restore_post(question, moderator)
    turn()
    assert titles("blink") == ["Why does it blink?"]
    delete_post(question, thread.asker)
    assert titles("blink") == []
    turn()
    undelete_post(question, thread.asker)
    turn()
    assert titles("blink") == ["Why does it blink?"]


def test_a_hidden_answer_is_in_no_passage_and_soon_in_no_index(turn):
    thread = make.ask(title="Why does it blink?")
    answer = make.answer(thread, body="Press the rosebud.")
    turn()
    assert "<mark>rosebud</mark>" in search("rosebud", 1).passages[thread.id]
    hide_post(answer, make.make_user(role=Role.MODERATOR), "Because.")
    assert search("rosebud", 1).passages == {}
    turn()
    assert titles("rosebud") == []


def test_a_passage_is_escaped(turn):
    thread = make.ask(title="Which tag?", body="Type `<script>alert(1)</script>` in the blink & field.")
    turn()
    passage = search("blink", 1).passages[thread.id]
    assert passage == "Type &lt;script&gt;alert(1)&lt;/script&gt; in the <mark>blink</mark> &amp; field."


def test_votes_do_not_index_again(turn, work):
    thread = make.ask()
    turn()
    cast_vote(question_of(thread), make.make_user(), 1)
    work()
    assert db.session.query(StaleThread).count() == 0


def test_a_crash_after_the_commit_of_the_index_only_indexes_again(turn, index, work, monkeypatch):
    make.ask(title="Why does it blink?")
    work()
    with monkeypatch.context() as broken:
        broken.setattr(upkeep, "delete", lambda _model: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            keep(index)
    assert db.session.query(StaleThread).count() == 1
    turn()
    assert titles("blink") == ["Why does it blink?"]


def test_R20_what_comes_while_the_index_is_rebuilt_is_in_it(turn, index, work):
    make.ask(title="First lamp")
    turn()

    def while_building(done: int) -> None:
        if done == 1:
            make.ask(title="Second lamp")

    rebuild(index, while_building)
    turn()
    assert sorted(titles("lamp")) == ["First lamp", "Second lamp"]


def test_R19_drift_is_named_and_mended(turn, index):
    first, second = make.ask(title="First lamp"), make.ask(title="Second lamp")
    turn()
    index.update([], [first.id])
    db.session.get_one(Thread, second.id).title = "Second kettle"
    db.session.commit()
    assert drift(index) == {first.id: "missing", second.id: "different"}
    rebuild(index, lambda _done: None)
    assert drift(index) == {}


def test_R21_without_an_index_titles_are_searched_until_the_worker_has_built_one(app, index, tmp_path):
    make.ask(title="Why does it blink?", body="An amber lamp.")
    (tmp_path / "index" / "current").unlink()
    assert isinstance(engine(), TitleEngine)
    assert (titles("blink"), titles("amber")) == (["Why does it blink?"], [])
    keep(index)
    assert titles("amber") == ["Why does it blink?"]
