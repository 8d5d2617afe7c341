"""The dump format piece by piece, with dumps made by hand: what becomes of each thing, and of a file that is none."""

import gzip
import json
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.importing import stackexchange, staging
from app.importing.batches import Batch
from app.importing.files import BadFile
from app.importing.staging import Dump
from app.lib.errors import NotPossible
from app.lib.sanitizing import clean
from app.models import (
    Acceptance,
    Closure,
    ImportKind,
    Post,
    PostKind,
    Revision,
    Role,
    SourceFormat,
    Tag,
    Thread,
    ThreadLink,
    ThreadState,
    Topic,
    User,
)
from app.moderation.service import close_thread, hide_post, open_thread
from app.posts.rendering import render
from app.posts.service import convert_post, edit_post, settle
from app.questions.queries import question_of
from app.votes.service import cast_vote
from tests import factories as make
from tests.importing.dumps import (
    DAY,
    answer,
    change,
    import_folder,
    ours,
    question,
    silent,
    table_sizes,
    user,
    write,
)

PEOPLE = [user(1, "Anna"), user(2, "Bob")]


def on(day: int) -> datetime:
    return datetime(2014, 1, day, 12, tzinfo=UTC)


def edited(day: int, **more: Any) -> dict[str, Any]:
    return {"LastEditDate": DAY.format(day), "LastEditorUserId": 2, **more}


def the(kind: PostKind) -> Post:
    return db.session.scalars(select(Post).where(Post.kind == kind)).one()


def versions_of(post: Post) -> list[tuple[int, str, str]]:
    rows = db.session.scalars(select(Revision).where(Revision.post_id == post.id).order_by(Revision.number))
    return [(row.number, row.source, row.author.name) for row in rows]


# --- Threads, posts, people ----------------------------------------------------------------------------------------------


def test_a_question_with_its_answers_becomes_a_thread(app, tmp_path):
    rows = [
        question(10, AcceptedAnswerId=11, Score=3, Tags="<LEDs><c++><.net>"),
        answer(11, 10),
        answer(12, 10, Score=-2),
    ]
    comments = [{"Id": 5, "PostId": 11, "Text": "Thanks, *that* helped.", "UserId": 1, "CreationDate": DAY.format(3)}]
    counts = import_folder(write(tmp_path / "d", Posts=rows, Users=PEOPLE, Comments=comments), "Old House")
    assert counts["question"], counts["answer"] == (1, 2)
    thread = db.session.get_one(Thread, 10)
    assert (thread.title, thread.state, thread.answers_count) == ("Why does light 10 blink?", ThreadState.SOLVED, 2)
    assert (thread.comments_count, thread.last_activity_at, thread.asker.name) == (1, on(3), "Anna")
    assert [tag.name for tag in thread.tags] == [".net", "c++", "leds"]
    assert (thread.topic.slug, thread.topic.name, thread.topic.staffed) == ("old-house", "Old House", False)
    comment = the(PostKind.COMMENT)
    assert comment.html == "<p>Thanks, <em>that</em> helped.</p>\n"
    assert comment.parent is not None
    assert comment.parent.author.name == "Bob"
    page = app.test_client().get("/from/old-house/questions/10", follow_redirects=True)
    assert "Accepted by the asker" in page.text


def test_tags_of_newer_dumps_stand_between_bars(app, tmp_path):
    import_folder(write(tmp_path / "d", Posts=[question(1, Tags="|beer|hops|")]), "x")
    assert list(db.session.scalars(select(Tag.name).order_by(Tag.name))) == ["beer", "hops"]


def test_long_titles_are_cut_and_long_texts_are_kept(app, tmp_path):
    body = "<p>" + "Very long. " * 20_000 + "</p>"
    import_folder(write(tmp_path / "d", Posts=[question(1, body, Title="word " * 100), question(2, Title="")]), "x")
    long, nameless = db.session.get_one(Thread, 1), db.session.get_one(Thread, 2)
    assert len(long.title) <= 150
    assert long.title.endswith("word…")
    assert len(question_of(long).html) > 200_000
    assert nameless.title == "Question 2"


def test_answers_may_come_before_their_questions(app, tmp_path):
    import_folder(write(tmp_path / "d", Posts=[answer(2, 7), question(7), answer(9, 7)]), "x")
    assert db.session.get_one(Thread, 7).answers_count == 2


def test_other_posts_and_answers_without_a_question_are_counted_and_left_out(app, tmp_path):
    wiki = {"Id": 4, "PostTypeId": 5, "CreationDate": DAY.format(1), "Body": "A tag."}
    comments = [{"Id": i, "PostId": i, "Text": "Hm.", "CreationDate": DAY.format(3)} for i in (1, 2, 4, 99)]
    badges = [{"Id": 1, "UserId": 1, "Name": "Teacher", "Date": DAY.format(1)}]
    folder = write(tmp_path / "d", Posts=[question(1), answer(2, 77), wiki], Comments=comments, Badges=badges)
    with closing(Dump()) as dump:
        left = stackexchange.read(folder, dump, silent)
        assert (dump.orphans(), dump.count("orphans"), dump.lost_comments()) == (["2"], 1, 3)
    assert left == {"tag wikis and other pages": 1, "badges": 1}
    assert import_folder(folder, "x")["comment"] == 1
    assert db.session.scalar(select(func.count()).select_from(Post)) == 2


def test_names_are_told_apart_and_nobody_here_is_taken_for_somebody_there(app, tmp_path):
    anna = make.make_user("Anna")
    people = [user(1, "Anna"), user(2, "anna"), user(3, "☃"), user(4, "  "), user(5, "x" * 60), user(6, "x" * 60)]
    import_folder(write(tmp_path / "d", Posts=[question(1)], Users=people), "x")
    here = ours("x", ImportKind.PERSON)
    names = {old: db.session.get_one(User, i).name for old, i in here.items()}
    assert names == {
        "1": "Anna 1",
        "2": "anna 2",
        "3": "☃ 3",
        "4": "Former member",
        "5": "x" * 40,
        "6": "x" * 38 + " 6",
    }
    assert anna.id not in here.values()


def test_imported_people_are_public_and_nobody_can_sign_in_as_one(app, client, tmp_path):
    import_folder(write(tmp_path / "d", Posts=[question(1)], Users=PEOPLE), "x")
    for address in ("", " ", "anna"):
        form = {"email": address, "password": "", "name": "Anna"}
        assert client.post("/accounts/sign-in", data=form).status_code == 422
    anna = db.session.get_one(User, ours("x", ImportKind.PERSON)["1"])
    assert (anna.role, anna.is_staff) == (Role.MEMBER, False)
    assert client.get(f"/people/{anna.id}/anna?show=questions").status_code == 200


def test_whoever_is_gone_there_is_a_former_member_here(app, tmp_path):
    gone = {"OwnerUserId": None, "OwnerDisplayName": "Zoë"}
    rows = [{**question(1), **gone}, {**answer(2, 1), "OwnerUserId": None}, {**answer(3, 1), **gone}, answer(4, 1)]
    rows = [{name: value for name, value in row.items() if value is not None} for row in rows]
    import_folder(write(tmp_path / "d", Posts=rows), "x")
    authors = [post.author.name for post in db.session.scalars(select(Post).order_by(Post.id))]
    assert authors == ["Zoë", "Former member", "Zoë", "user2"]


def test_a_topic_can_be_chosen_and_has_to_be_there(app, tmp_path):
    topic = make.make_topic("Routers", slug="routers")
    folder = write(tmp_path / "d", Posts=[question(1)])
    with pytest.raises(NotPossible, match="wires"):
        import_folder(folder, "x", topic="wires")
    import_folder(folder, "x", topic="routers")
    assert db.session.get_one(Thread, 1).topic_id == topic.id
    assert db.session.scalar(select(func.count()).select_from(Topic)) == 1


@pytest.mark.parametrize("name", ["", "  ", "!!!", "☃"])
def test_a_source_needs_a_name_that_can_stand_in_an_address(app, tmp_path, name):
    with pytest.raises(NotPossible, match="--source"):
        import_folder(write(tmp_path / "d", Posts=[question(1)]), name)


# --- Old numbers ---------------------------------------------------------------------------------------------------------


def test_an_empty_forum_keeps_old_numbers_and_gives_higher_ones_to_what_comes_later(app, tmp_path):
    import_folder(write(tmp_path / "d", Posts=[question(17), question(4_711)]), "x")
    assert set(db.session.scalars(select(Thread.id))) == {17, 4_711}
    assert make.ask().id > 4_711


def test_while_only_this_source_is_here_later_questions_keep_theirs_too(app, tmp_path):
    import_folder(write(tmp_path / "a", Posts=[question(17)]), "x")
    import_folder(write(tmp_path / "b", Posts=[question(17), question(30)]), "x")
    assert set(db.session.scalars(select(Thread.id))) == {17, 30}
    mine = make.ask()
    import_folder(write(tmp_path / "c", Posts=[question(17), question(30), question(40)]), "x")
    assert ours("x", ImportKind.QUESTION)["40"] > mine.id > 30


def test_where_something_was_asked_already_numbers_are_new(app, tmp_path):
    mine = make.ask()
    import_folder(write(tmp_path / "d", Posts=[question(mine.id), question(900)]), "x")
    numbers = ours("x", ImportKind.QUESTION)
    assert mine.id not in numbers.values()
    assert numbers["900"] != 900


def test_a_number_that_no_address_can_carry_is_not_kept(app, tmp_path):
    import_folder(write(tmp_path / "d", Posts=[question(5_000_000_000), question(3)]), "x")
    numbers = ours("x", ImportKind.QUESTION)
    assert numbers["3"] == 3
    assert numbers["5000000000"] < 10
    assert app.test_client().get("/from/x/questions/5000000000").status_code == 301


def test_the_old_address_of_what_is_hidden_tells_no_more_than_one_that_never_was(app, client, tmp_path):
    import_folder(write(tmp_path / "d", Posts=[question(1), answer(2, 1)]), "x")
    hide_post(question_of(db.session.get_one(Thread, 1)), make.make_user(role=Role.MODERATOR), "Spam")
    for address in ("questions/1", "answers/2", "questions/8"):
        assert client.get(f"/from/x/{address}").status_code == 404


# --- Texts and versions --------------------------------------------------------------------------------------------------

HISTORY = [
    change(1, 1, 2, "It blinks.", "a"),
    change(2, 1, 1, "Blinking", "a"),
    change(3, 1, 3, "<leds>", "a"),
    change(4, 1, 5, "It **blinks**.", "b", day=3, UserId=2, Comment="bold"),
    change(5, 1, 4, "Why does light 1 blink?", "c", day=4),
    change(6, 1, 6, "<leds><amber>", "c", day=4),
    change(7, 1, 24, "", "c", day=4),
    change(8, 1, 8, "It blinks.", "d", day=5, Comment="rollback"),
]


def test_the_history_becomes_versions_and_the_last_one_is_the_post(app, tmp_path):
    import_folder(write(tmp_path / "d", Posts=[question(1, **edited(5))], PostHistory=HISTORY, Users=PEOPLE), "x")
    post = the(PostKind.QUESTION)
    assert (post.source, post.source_format, post.html) == ("It blinks.", SourceFormat.MARKDOWN, "<p>It blinks.</p>\n")
    assert (post.version, post.edited_at, post.edit_reason) == (4, on(5), "rollback")
    rows = db.session.scalars(select(Revision).order_by(Revision.number)).all()
    assert [(r.number, r.title, r.tags, r.source, r.author.name, r.reason, r.created_at) for r in rows] == [
        (1, "Blinking", "leds", "It blinks.", "Anna", "", on(1)),
        (2, "Blinking", "leds", "It **blinks**.", "Bob", "bold", on(3)),
        (3, "Why does light 1 blink?", "leds, amber", "It **blinks**.", "Anna", "", on(4)),
    ]


@pytest.mark.parametrize(
    ("markdown", "body"),
    [
        ("H<sub>2</sub>O", "<p>H<sub>2</sub>O</p>"),
        ("##Heading", "<h2>Heading</h2>"),
        ("See [tag:leds]", '<p>See <a href="/tags/leds" rel="tag">leds</a></p>'),
        ("Read [this](/questions/7/why)", '<p>Read <a href="/questions/7/why">this</a></p>'),
    ],
)
def test_markdown_that_would_say_something_else_here_stays_html(app, tmp_path, markdown, body):
    history = [change(1, 1, 2, markdown, "a")]
    import_folder(write(tmp_path / "d", Posts=[question(1, body)], PostHistory=history), "x")
    post = the(PostKind.QUESTION)
    assert (post.source, post.source_format) == (body, SourceFormat.HTML)
    assert post.html != render(markdown).html


def test_markdown_with_windows_line_ends_code_and_lists_stays_markdown(app, tmp_path):
    markdown = "First\r\n\r\n    x = 1\r\n\r\n- one\r\n- two"
    body = "<p>First</p>\n\n<pre><code>x = 1\n</code></pre>\n\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
    history = [change(1, 1, 2, markdown, "a")]
    import_folder(write(tmp_path / "d", Posts=[question(1, body)], PostHistory=history), "x")
    post = the(PostKind.QUESTION)
    assert (post.source_format, post.source) == (SourceFormat.MARKDOWN, markdown.replace("\r\n", "\n"))


def test_comments_are_one_paragraph_as_they_were_there(app, tmp_path):
    said = [
        "# no heading",
        "1. no list",
        "- no list",
        "> no quote",
        "    no code",
        "2014. was it",
        "[tag:leds] [x](/help)",
    ]
    comments = [
        {"Id": i, "PostId": 1, "Text": text, "CreationDate": DAY.format(3)} for i, text in enumerate(said, start=1)
    ]
    import_folder(write(tmp_path / "d", Posts=[question(1)], Comments=comments), "x")
    html = [p.html for p in db.session.scalars(select(Post).where(Post.kind == PostKind.COMMENT).order_by(Post.id))]
    shown = ["# no heading", "1. no list", "- no list", "&gt; no quote", "no code", "2014. was it"]
    assert html == [f"<p>{text}</p>\n" for text in shown] + ["<p><code>leds</code> x</p>\n"]


def test_no_attack_comes_through_a_dump(app, client, data_folder, tmp_path):
    attacks: list[str] = (data_folder / "xss" / "payloadbox-list.txt").read_text().splitlines()[::12]
    for file in ("dompurify-expect.json", "html5lib-sanitizer-tests.json"):
        for entry in json.loads((data_folder / "xss" / file).read_text()):
            attacks.append(entry if isinstance(entry, str) else entry.get("payload") or entry.get("input") or "")
    attacks = ["".join(c for c in attack if c.isprintable() or c in "\n\t") for attack in attacks]
    posts = [question(i, attack, Title=attack[:140], OwnerUserId=i) for i, attack in enumerate(attacks, 1)]
    people = [user(i, attack) for i, attack in enumerate(attacks, 1)]
    texts = [{"Id": i, "PostId": i, "Text": a, "CreationDate": DAY.format(3)} for i, a in enumerate(attacks, 1)]
    history = [change(i, i, 2, attack, str(i)) for i, attack in enumerate(attacks, 1)]
    import_folder(write(tmp_path / "d", Posts=posts, Users=people, Comments=texts, PostHistory=history), "x")
    for post in db.session.scalars(select(Post)):
        assert clean(post.html) == post.html
    for number in range(1, len(attacks), 25):
        page = client.get(f"/questions/{number}", follow_redirects=True).text
        assert page.count("<script") == page.count('<script type="module" src="/assets/')


# --- Votes, marks, closures, links ---------------------------------------------------------------------------------------


def votes(*kinds: tuple[int, int]) -> list[dict[str, Any]]:
    day = "2014-01-03T00:00:00.000"
    return [
        {"Id": i, "PostId": post, "VoteTypeId": kind, "CreationDate": day} for i, (post, kind) in enumerate(kinds, 1)
    ]


def test_votes_are_totals_to_which_those_of_members_are_added(app, tmp_path):
    cast = votes((1, 2), (1, 2), (1, 3), (1, 5), (1, 8))
    import_folder(write(tmp_path / "d", Posts=[question(1, Score=4)], Votes=cast), "x")
    post = the(PostKind.QUESTION)
    assert (post.up, post.down) == (5, 1), "the score is right even where single votes are missing"
    cast_vote(post, make.make_user(), 1)
    cast_vote(post, make.make_user(), -1)
    assert (post.up, post.down, post.score) == (6, 2, 4)
    import_folder(write(tmp_path / "e", Posts=[question(1, Score=1)]), "x")
    assert (post.up, post.down, post.score) == (6, 5, 1), "a later score without votes changes as little as it can"


def test_an_acceptance_has_its_day_but_is_never_older_than_the_answer(app, tmp_path):
    rows = [question(i, AcceptedAnswerId=i + 1) for i in (1, 3, 5)] + [answer(i + 1, i) for i in (1, 3, 5)]
    rows[4]["CreationDate"] = "2014-01-03T18:00:00.000"
    import_folder(write(tmp_path / "d", Posts=rows, Votes=votes((2, 1), (4, 1))), "x")
    marks = db.session.scalars(select(Acceptance).order_by(Acceptance.thread_id)).all()
    days = [datetime(2014, 1, 3, tzinfo=UTC), datetime(2014, 1, 3, 18, tzinfo=UTC), on(2)]
    assert [mark.created_at for mark in marks] == days
    assert {mark.created_by_id for mark in marks} == {db.session.get_one(Thread, 1).asker_id}


def test_an_accepted_answer_that_is_missing_or_elsewhere_accepts_nothing(app, tmp_path):
    rows = [question(1, AcceptedAnswerId=99), question(2, AcceptedAnswerId=3), answer(3, 1)]
    import_folder(write(tmp_path / "d", Posts=rows), "x")
    assert db.session.scalar(select(func.count()).select_from(Acceptance)) == 0


def test_a_closed_question_says_why(app, tmp_path):
    rows = [question(i, ClosedDate=DAY.format(4)) for i in (1, 2)]
    history = [change(1, 1, 10, "{}", "a", day=4, Comment="103")]
    import_folder(write(tmp_path / "d", Posts=rows, PostHistory=history), "x")
    reasons = db.session.scalars(select(Closure.reason).order_by(Closure.thread_id)).all()
    assert reasons == ["It was not clear what was asked.", "It was closed before it came here."]
    thread = db.session.get_one(Thread, 1)
    assert (thread.state, thread.closed) == (ThreadState.CLOSED, True)


def test_duplicates_are_kept_as_links(app, tmp_path):
    links = [
        {"Id": i, "CreationDate": DAY.format(4), "PostId": a, "RelatedPostId": b, "LinkTypeId": kind}
        for i, (a, b, kind) in enumerate([(1, 2, 3), (1, 2, 3), (2, 1, 1), (1, 99, 3), (3, 1, 3), (2, 2, 3)])
    ]
    import_folder(write(tmp_path / "d", Posts=[question(1), question(2), answer(3, 1)], PostLinks=links), "x")
    rows = db.session.scalars(select(ThreadLink)).all()
    assert [(row.thread.id, row.target.id, row.kind.value, row.created_at) for row in rows] == [
        (1, 2, "duplicate", on(4))
    ]


# --- Again, later --------------------------------------------------------------------------------------------------------


@pytest.fixture
def imported(app, tmp_path) -> Callable[..., Counter[str]]:
    """Import question 1 and answer 2, changed in this way, and perhaps more."""

    def run(
        asked: dict[str, Any] | None = None, said: dict[str, Any] | None = None, *more: dict[str, Any]
    ) -> Counter[str]:
        rows = [{**question(1), **(asked or {})}, {**answer(2, 1), **(said or {})}, *more]
        folder = write(tmp_path / "d", Posts=rows, Users=PEOPLE)
        counts = import_folder(folder, "x")
        assert +import_folder(folder, "x") == Counter({"kept": counts["kept"]} if counts["kept"] else {})
        return counts

    return run


def test_an_edit_there_becomes_a_version_here(imported):
    imported()
    counts = imported(said={"Body": "<p>Restart it twice.</p>", **edited(6)})
    post = the(PostKind.ANSWER)
    assert (post.html, post.version, post.edited_at) == ("<p>Restart it twice.</p>", 2, on(6))
    assert versions_of(post) == [(1, "<p>Restart it.</p>", "Bob")]
    assert (counts["changed"], counts["revision"], post.thread.last_activity_at) == (1, 1, on(6))


def test_what_was_said_there_between_two_dumps_becomes_versions_too(app, tmp_path):
    import_folder(write(tmp_path / "a", Posts=[question(1)], PostHistory=HISTORY[:3], Users=PEOPLE), "x")
    import_folder(write(tmp_path / "b", Posts=[question(1, **edited(5))], PostHistory=HISTORY, Users=PEOPLE), "x")
    post = the(PostKind.QUESTION)
    assert [(n, text) for n, text, _by in versions_of(post)] == [
        (1, "It blinks."),
        (2, "It **blinks**."),
        (3, "It **blinks**."),
    ]
    assert (post.source, post.version, post.edit_reason) == ("It blinks.", 4, "rollback")


def test_new_tags_alone_are_no_new_version_and_the_same_text_in_other_html_is_nothing(imported):
    imported()
    assert imported({"Tags": "<leds><amber>"})["changed"] == 1
    thread = db.session.get_one(Thread, 1)
    assert ([tag.name for tag in thread.tags], question_of(thread).version) == (["amber", "leds"], 1)
    assert not imported({"Tags": "<leds><amber>", "Body": "<p>It  blinks.</p>\n"})["changed"]


def test_a_new_title_is_a_new_version(imported):
    imported()
    imported({"Title": "Why amber?", **edited(6)})
    thread = db.session.get_one(Thread, 1)
    assert thread.title == "Why amber?"
    titles = db.session.scalars(select(Revision.title)).all()
    assert titles == ["Why does light 1 blink?"]


def test_what_was_edited_here_stays(imported):
    imported()
    post = the(PostKind.ANSWER)
    edit_post(post, post.author, render("Our own words."), 1, "clearer")
    counts = imported(said={"Body": "<p>Restart it twice.</p>", **edited(6)})
    assert counts["kept"] == 1
    db.session.refresh(post)
    assert (post.source, post.version) == ("Our own words.", 2)


def test_another_answer_accepted_there_is_accepted_here_with_its_history(imported):
    imported({"AcceptedAnswerId": 2})
    imported({"AcceptedAnswerId": 3}, None, answer(3, 1))
    thread = db.session.get_one(Thread, 1)
    marks = db.session.scalars(select(Acceptance).order_by(Acceptance.id)).all()
    answers = ours("x", ImportKind.ANSWER)
    assert [(m.answer_id, m.ended_at is None) for m in marks] == [(answers["2"], False), (answers["3"], True)]
    imported(None, None, answer(3, 1))
    db.session.refresh(thread)
    assert thread.state is ThreadState.ANSWERED


def test_an_answer_that_became_a_comment_here_is_not_accepted(imported):
    imported()
    convert_post(the(PostKind.ANSWER), make.make_user(role=Role.MODERATOR))
    imported({"AcceptedAnswerId": 2})
    assert db.session.get_one(Thread, 1).state is ThreadState.NEW


def test_closed_and_opened_there_is_closed_and_opened_here(imported):
    imported({"ClosedDate": DAY.format(4)})
    thread = db.session.get_one(Thread, 1)
    assert thread.closed
    imported()
    db.session.refresh(thread)
    assert not thread.closed


def test_what_moderators_here_decided_stays(imported):
    moderator = make.make_user(role=Role.MODERATOR)
    imported({"ClosedDate": DAY.format(4)})
    thread = db.session.get_one(Thread, 1)
    open_thread(thread, moderator)
    imported({"ClosedDate": DAY.format(4)})
    db.session.refresh(thread)
    assert not thread.closed
    close_thread(thread, moderator, "Enough")
    imported()
    db.session.refresh(thread)
    assert thread.closed


def test_what_members_here_wrote_stays_and_counts(imported):
    imported()
    thread = db.session.get_one(Thread, 1)
    mine = make.answer(thread)
    imported(None, None, answer(3, 1))
    db.session.refresh(thread)
    assert thread.answers_count == 3
    assert thread.last_activity_at >= mine.created_at
    settle(thread)
    assert thread.answers_count == 3


def test_an_older_dump_is_refused(imported, tmp_path):
    imported(None, None, answer(3, 1, CreationDate=DAY.format(8)))
    with pytest.raises(NotPossible, match="2014-01-02"):
        imported()


def test_an_import_that_was_stopped_goes_on_and_nothing_is_there_twice(app, tmp_path, monkeypatch):
    rows = [question(i) for i in range(1, 60)] + [answer(i + 100, i) for i in range(1, 60)]
    folder = write(tmp_path / "d", Posts=rows, Users=PEOPLE)
    monkeypatch.setattr(staging, "BATCH_POSTS", 20)
    really, calls = Batch.write, []

    def stopped(self: Batch, *arguments: Any) -> None:
        calls.append(self)
        really(self, *arguments)
        if len(calls) == 4:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Batch, "write", stopped)
        with pytest.raises(KeyboardInterrupt):
            import_folder(folder, "x")
    assert db.session.scalar(select(func.count()).select_from(Thread)) == 30
    counts = import_folder(folder, "x")
    assert (counts["question"], counts["answer"]) == (29, 29)
    assert set(db.session.scalars(select(Thread.id))) == set(range(1, 60))
    before = table_sizes()
    assert +import_folder(folder, "x") == Counter()
    assert table_sizes() == before


# --- Files that are none -------------------------------------------------------------------------------------------------

BOMB = """<?xml version="1.0"?><!DOCTYPE posts [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<posts><row Id="1" PostTypeId="1" CreationDate="2014-01-01T00:00:00" Body="&b;"/></posts>"""
OUTSIDE = """<!DOCTYPE posts SYSTEM "file:///etc/passwd"><posts><row Id="1"/></posts>"""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "damaged or cut off"),
        ("no XML at all", "damaged or cut off"),
        ('<?xml version="1.0"?><posts><row Id="1"', "damaged or cut off"),
        ("<posts></users>", "damaged or cut off"),
        ("<users></users>", "holds <users>"),
        ("<html><body/></html>", "holds <html>"),
        (BOMB, "declares a document type"),
        (OUTSIDE, "declares a document type"),
        ('<?xml version="1.0" encoding="klingon"?><posts/>', "Posts.xml"),
        ('<posts><row PostTypeId="1"/></posts>', "Id is missing"),
        ('<posts><row Id="one" PostTypeId="1"/></posts>', "Id is 'one', which is no number"),
        ('<posts><row Id="1e9" PostTypeId="1"/></posts>', "which is no number"),
        ('<posts><row Id="99999999999999999999999" PostTypeId="1"/></posts>', "which is no number"),
        ('<posts><row Id="1"/></posts>', "PostTypeId is missing"),
        ('<posts><row Id="1" PostTypeId="1"/></posts>', "'1': CreationDate is missing"),
        ('<posts><row Id="1" PostTypeId="1" CreationDate="yesterday"/></posts>', "which is no date"),
        ('<posts><row Id="1" PostTypeId="1" CreationDate="9998-01-01T00:00:00"/></posts>', "still to come"),
        ('<posts><row Id="1" PostTypeId="1" CreationDate="2014-01-01T00:00:00" Score="many"/></posts>', "Score is"),
        ('<posts><row Id="2" PostTypeId="2" CreationDate="2014-01-01T00:00:00"/></posts>', "ParentId is missing"),
        (
            '<posts><row Id="1" PostTypeId="1" CreationDate="2014-01-01T00:00:00"/>'
            '<row Id="1" PostTypeId="1" CreationDate="2014-01-01T00:00:00"/></posts>',
            "stands there twice",
        ),
    ],
)
def test_a_file_that_is_no_dump_is_named_and_leaves_the_forum_as_it_was(app, client, tmp_path, content, says):
    make.ask()
    before = table_sizes()
    write(tmp_path / "d", Users=PEOPLE)
    (tmp_path / "d" / "Posts.xml").write_text(content)
    with pytest.raises(BadFile, match=r"Posts\.xml") as problem:
        import_folder(tmp_path / "d", "x")
    assert says in str(problem.value)
    assert table_sizes() == before
    assert client.get("/questions").status_code == 200


@pytest.mark.parametrize("table", ["Users", "Comments", "Votes", "Tags", "PostLinks", "Badges", "PostHistory"])
def test_the_other_files_are_read_as_carefully(app, tmp_path, table):
    write(tmp_path / "d", Posts=[question(1)])
    (tmp_path / "d" / f"{table}.xml").write_text(f"<{table.lower()}><row")
    with pytest.raises(BadFile, match=f"{table}.xml is damaged"):
        import_folder(tmp_path / "d", "x")
    assert db.session.scalar(select(func.count()).select_from(Thread)) == 0


def test_a_packed_file_that_is_cut_off_is_named(app, tmp_path):
    folder = write(tmp_path / "d", Posts=[question(i) for i in range(1, 200)])
    packed = gzip.compress((folder / "Posts.xml").read_bytes())
    (folder / "Posts.xml").unlink()
    for content in (packed[:-9], packed[: len(packed) // 2], packed[:30] + b"rubbish" + packed[37:], b"no gzip"):
        (folder / "Posts.xml.gz").write_bytes(content)
        with pytest.raises(BadFile, match=r"Posts.xml.gz is damaged or cut off"):
            import_folder(folder, "x")
    (folder / "Posts.xml.gz").write_bytes(packed)
    assert import_folder(folder, "x")["question"] == 199


def test_posts_are_needed_and_a_folder_too(app, tmp_path):
    write(tmp_path / "d", Users=PEOPLE)
    with pytest.raises(BadFile, match=r"no Posts.xml or Posts.xml.gz in .*/d"):
        import_folder(tmp_path / "d", "x")
    with pytest.raises(BadFile, match="is no folder"):
        import_folder(Path(tmp_path / "d" / "Users.xml"), "x")


def test_a_dump_without_a_single_question_is_no_error(app, tmp_path):
    assert import_folder(write(tmp_path / "d", Posts=[]), "x")["question"] == 0
