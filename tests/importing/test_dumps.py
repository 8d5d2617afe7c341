"""Real dumps: everything in the files is in the forum, once; a newer dump brings what is new; old addresses lead on."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from app.extensions import db
from app.lib.errors import NotPossible
from app.lib.sanitizing import clean
from app.lib.slugs import clean_line, tag_name
from app.models import (
    Acceptance,
    Closure,
    Delivery,
    Due,
    Event,
    Imported,
    ImportKind,
    Post,
    PostKind,
    Revision,
    SourceFormat,
    Tag,
    Thread,
    ThreadLink,
    ThreadState,
    Topic,
    User,
    thread_tags,
)
from app.posts.service import settle
from app.votes.service import count_votes
from tests.conftest import Browser
from tests.importing.dumps import import_folder, ours, rows_of, table_sizes

# Folder → what the community is called; the second beer is the first three years later.
DUMPS = {
    "beer-2014": "beer",
    "beer-2017-posts-only": "beer later",
    "ai.stackexchange-2016": "ai",
    "beer.meta-2014": "beer.meta",
    "coffee-2015-posts-only": "coffee",
    "coffee.meta-2020": "coffee.meta",
    "conlang.meta-2020": "conlang.meta",
}
SOURCES = {folder: name.replace(" ", "-").replace(".", "-") for folder, name in DUMPS.items()}

pytestmark = pytest.mark.xdist_group("dumps")


@dataclass
class Forum:
    app: Flask
    folder: Path
    first: dict[str, Counter[str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def forum(make_settings, data_folder) -> Iterator[Forum]:
    """Every dump in one forum, each imported once."""
    app = create_app(make_settings())
    app.testing = True
    app.test_client_class = Browser
    built = Forum(app, data_folder / "stackexchange")
    with app.test_request_context(base_url="http://localhost"):
        for folder, name in DUMPS.items():
            built.first[folder] = import_folder(built.folder / folder, name)
        yield built
        db.session.remove()
        db.engine.dispose()


def when(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def posts_of(source: str) -> dict[str, Post]:
    """Old number → our post, of questions and answers."""
    threads, answers = ours(source, ImportKind.QUESTION), ours(source, ImportKind.ANSWER)
    asked = select(Post).where(Post.thread_id.in_(threads.values()), Post.kind == PostKind.QUESTION)
    by_thread = {post.thread_id: post for post in db.session.scalars(asked)}
    by_id = {post.id: post for post in db.session.scalars(select(Post).where(Post.id.in_(answers.values())))}
    return {old: by_thread[i] for old, i in threads.items()} | {old: by_id[i] for old, i in answers.items()}


@pytest.mark.parametrize("folder", DUMPS)
def test_everything_in_the_files_is_in_the_forum(forum, folder):
    source, path = SOURCES[folder], forum.folder / folder
    rows = {row["Id"]: row for row in rows_of(path, "Posts") if row["PostTypeId"] in ("1", "2")}
    posts = posts_of(source)
    assert posts.keys() == rows.keys()
    questions = {old: row for old, row in rows.items() if row["PostTypeId"] == "1"}
    threads = {thread.id: thread for thread in db.session.scalars(select(Thread))}
    for old, row in rows.items():
        post = posts[old]
        assert post.kind.value == ("question" if old in questions else "answer")
        assert post.created_at == when(row["CreationDate"])
        assert post.score == int(row["Score"])
        if old in questions:
            thread = threads[post.thread_id]
            assert thread.title == " ".join(row["Title"].split())
            assert thread.asker_id == post.author_id
            assert thread.created_at == post.created_at
        else:
            assert post.thread_id == posts[row["ParentId"]].thread_id
    has_tag = defaultdict(set)
    for thread_id, name in db.session.execute(select(thread_tags.c.thread_id, Tag.name).join(Tag)):
        has_tag[thread_id].add(name)
    for old, row in questions.items():
        assert has_tag[posts[old].thread_id] == set(row["Tags"].strip("<>").split("><"))


@pytest.mark.parametrize("folder", DUMPS)
def test_people_keep_their_names_or_get_one_that_tells_them_apart(forum, folder):
    source, path = SOURCES[folder], forum.folder / folder
    rows = {row["Id"]: row["DisplayName"] for row in rows_of(path, "Users")}
    people = ours(source, ImportKind.PERSON)
    users = {user.id: user for user in db.session.scalars(select(User))}
    assert rows.keys() <= people.keys()
    assert len({users[i].handle for i in people.values()}) == len(people)
    for old, name in rows.items():
        user = users[people[old]]
        name = clean_line(name)
        assert user.name == name or re.fullmatch(re.escape(name) + r" \d+", user.name)
        assert (user.email, user.password_hash) == ("", "")
        assert user.confirmed_at is not None
    left = {
        row["OwnerDisplayName"]
        for row in rows_of(path, "Posts")
        if "OwnerDisplayName" in row and "OwnerUserId" not in row
    }
    assert left <= {key.removeprefix("~") for key in people}


@pytest.mark.parametrize("folder", [name for name in DUMPS if "posts-only" not in name])
def test_comments_votes_marks_and_links_are_those_of_the_files(forum, folder):
    source, path = SOURCES[folder], forum.folder / folder
    posts = posts_of(source)
    comments = ours(source, ImportKind.COMMENT)
    said = {row["Id"]: row for row in rows_of(path, "Comments") if row["PostId"] in posts}
    assert comments.keys() == said.keys()
    parents = dict(db.session.execute(select(Post.id, Post.parent_id).where(Post.kind == PostKind.COMMENT)).all())
    assert all(parents[comments[old]] == posts[row["PostId"]].id for old, row in said.items())
    votes = Counter((row["PostId"], row["VoteTypeId"]) for row in rows_of(path, "Votes"))
    assert {old: (p.up, p.down) for old, p in posts.items()} == {
        old: (votes[old, "2"], votes[old, "3"]) for old in posts
    }
    threads = ours(source, ImportKind.QUESTION)
    links = {
        (threads[row["PostId"]], threads[row["RelatedPostId"]])
        for row in rows_of(path, "PostLinks")
        if row["LinkTypeId"] == "3" and row["PostId"] in threads and row["RelatedPostId"] in threads
    }
    stored = db.session.execute(select(ThreadLink.thread_id, ThreadLink.target_id))
    assert {pair for pair in stored if pair[0] in set(threads.values())} == links
    assert forum.first[folder]["link"] == len(links)
    names = {tag_name(row["TagName"]) for row in rows_of(path, "Tags")}
    assert names <= set(db.session.scalars(select(Tag.name)))


@pytest.mark.parametrize("folder", DUMPS)
def test_what_is_accepted_and_closed_there_is_so_here_with_its_date(forum, folder):
    source, path = SOURCES[folder], forum.folder / folder
    posts = posts_of(source)
    rows = [row for row in rows_of(path, "Posts") if row["PostTypeId"] == "1"]
    accepted_on = {
        row["PostId"]: when(row["CreationDate"]) for row in rows_of(path, "Votes") if row["VoteTypeId"] == "1"
    }
    live = {row.thread_id: row for row in db.session.scalars(select(Acceptance).where(Acceptance.ended_at.is_(None)))}
    closures = {row.thread_id: row for row in db.session.scalars(select(Closure).where(Closure.ended_at.is_(None)))}
    for row in rows:
        thread = posts[row["Id"]].thread
        if old := row.get("AcceptedAnswerId"):
            mark, answer = live[thread.id], posts[old]
            assert (mark.answer_id, mark.created_by_id) == (answer.id, thread.asker_id)
            assert mark.created_at == max(accepted_on.get(old, answer.created_at), answer.created_at)
            assert thread.state is ThreadState.SOLVED
        else:
            assert thread.id not in live
        assert (thread.id in closures) == ("ClosedDate" in row) == thread.closed
        if "ClosedDate" in row:
            assert closures[thread.id].created_at == when(row["ClosedDate"])
            assert closures[thread.id].reason


def test_every_text_is_harmless_and_none_is_empty(forum):
    for post in db.session.scalars(select(Post).order_by(Post.id).where(Post.id % 7 == 0)):
        assert clean(post.html) == post.html
        assert post.excerpt
    assert not db.session.scalar(select(func.count()).where(Post.html == ""))


def test_texts_are_markdown_where_the_history_has_it(forum):
    """And where ours says the same as theirs; of conlang.meta a third is written for buttons that only they have."""
    for folder in ("ai.stackexchange-2016", "beer-2014"):
        formats = Counter(post.source_format for post in posts_of(SOURCES[folder]).values())
        assert formats[SourceFormat.MARKDOWN] > 10 * formats[SourceFormat.HTML]
    formats = Counter(post.source_format for post in posts_of("coffee").values())
    assert set(formats) == {SourceFormat.HTML}


@pytest.mark.parametrize("folder", ["ai.stackexchange-2016", "coffee.meta-2020"])
def test_every_edit_of_the_history_is_a_version(forum, folder):
    posts = posts_of(SOURCES[folder])
    edits: dict[str, set[str]] = defaultdict(set)
    for row in rows_of(forum.folder / folder, "PostHistory"):
        kinds = range(1, 10) if row["PostId"] in posts and posts[row["PostId"]].kind is PostKind.QUESTION else (2, 5, 8)
        if row["PostId"] in posts and int(row["PostHistoryTypeId"]) in kinds:
            edits[row["PostId"]].add(row["RevisionGUID"])
    numbers: dict[int, list[int]] = defaultdict(list)
    for post_id, number in db.session.execute(select(Revision.post_id, Revision.number).order_by(Revision.number)):
        numbers[post_id].append(number)
    for old, guids in edits.items():
        post = posts[old]
        assert numbers[post.id] == list(range(1, len(guids))), old
        assert post.version == len(guids)
        assert (post.edited_at is None) == (len(guids) == 1)


def test_counters_and_states_are_what_settle_would_make_of_them(forum):
    columns = ["state", "closed", "visibility", "excerpt", "answers_count", "comments_count", "me_too_count"]
    for thread in db.session.scalars(select(Thread).where(Thread.id % 9 == 0)):
        before = {name: getattr(thread, name) for name in columns}
        settle(thread)
        assert {name: getattr(thread, name) for name in columns} == before, thread.id
        words = db.session.scalars(select(Post).where(Post.thread_id == thread.id)).all()
        assert thread.last_activity_at == max(max(p.created_at, p.edited_at or p.created_at) for p in words)
        for post in words:
            before = {"up": post.up, "down": post.down}
            count_votes(post)
            assert {"up": post.up, "down": post.down} == before
    db.session.rollback()


def test_one_fact_tells_of_each_import_and_nobody_is_told(forum):
    facts = db.session.scalars(select(Event).where(Event.name == "import.finished").order_by(Event.id)).all()
    assert [fact.data["threads"] for fact in facts[: len(DUMPS)]] == [forum.first[f]["question"] for f in DUMPS]
    assert set(db.session.scalars(select(Event.name))) == {"import.finished", "site.changed"}
    assert set(db.session.scalars(select(Delivery.subscriber))) == {"search.index_everything"}
    assert db.session.scalar(select(func.count()).select_from(Due)) == 0


def test_the_first_source_kept_its_numbers_and_the_others_did_not(forum):
    assert all(str(i) == old for old, i in ours("beer", ImportKind.QUESTION).items())
    assert not any(str(i) == old for old, i in ours("ai", ImportKind.QUESTION).items())
    topics = {topic.slug: topic for topic in db.session.scalars(select(Topic))}
    assert set(topics) == set(SOURCES.values())
    assert not any(topic.staffed for topic in topics.values())


@pytest.mark.parametrize("folder", DUMPS)
def test_old_addresses_lead_to_what_is_here_now(forum, folder):
    source, client = SOURCES[folder], forum.app.test_client()
    questions, answers = ours(source, ImportKind.QUESTION), ours(source, ImportKind.ANSWER)
    for old, thread_id in list(questions.items())[::40]:
        for address in (f"/from/{source}/questions/{old}", f"/from/{source}/questions/{old}/an-old-title/99"):
            response = client.get(address)
            assert response.status_code == 301
            assert response.location.startswith(f"/questions/{thread_id}/")
        page = client.get(response.location)
        assert page.status_code == 200
        assert db.session.get_one(Thread, thread_id).title in unescape(page.text)
    for old, post_id in list(answers.items())[::60]:
        response = client.get(f"/from/{source}/answers/{old}")
        assert (response.status_code, response.location) == (301, f"/posts/{post_id}")
        assert client.get(response.location, follow_redirects=True).status_code == 200
    for missing in ("questions/99999999", "answers/99999999", "questions/x", f"answers/{next(iter(questions))}"):
        assert client.get(f"/from/{source}/{missing}").status_code == 404
    assert client.get(f"/from/nowhere/questions/{next(iter(questions))}").status_code == 404


@pytest.mark.parametrize("folder", DUMPS)
def test_the_second_time_nothing_is_new(forum, folder):
    before = table_sizes()
    versions = dict(db.session.execute(select(Thread.id, Thread.version)).all())
    counts = import_folder(forum.folder / folder, DUMPS[folder])
    assert +counts == Counter()
    assert table_sizes() == before
    assert dict(db.session.execute(select(Thread.id, Thread.version)).all()) == versions


def test_zz_a_later_dump_of_the_same_community_updates_it(forum):
    """Last in this module: it changes the forum."""
    later = forum.folder / "beer-2017-posts-only"
    rows = {row["Id"]: row for row in rows_of(later, "Posts") if row["PostTypeId"] in ("1", "2")}
    before = posts_of("beer")
    old_rows = {row["Id"]: row for row in rows_of(forum.folder / "beer-2014", "Posts")}
    ids = {old: post.id for old, post in before.items()}
    texts = {old: (post.source, post.version) for old, post in before.items()}
    comments = ours("beer", ImportKind.COMMENT)
    counts = import_folder(later, "beer")
    posts = posts_of("beer")
    assert {old: post.id for old, post in posts.items() if old in ids} == ids
    assert posts.keys() == ids.keys() | rows.keys(), "what is gone there stays here"
    assert counts["question"] + counts["answer"] == len(rows.keys() - ids.keys())
    assert ours("beer", ImportKind.COMMENT) == comments
    for old, row in rows.items():
        assert posts[old].score == int(row["Score"])
        if row["PostTypeId"] == "1":
            thread = posts[old].thread
            assert thread.title == row["Title"]
            assert {tag.name for tag in thread.tags} == set(row["Tags"].strip("<>").split("><"))
            assert thread.closed == ("ClosedDate" in row)
            assert (thread.state is ThreadState.SOLVED) == ("AcceptedAnswerId" in row)
    edited = [old for old in ids if old in rows and rows[old].get("LastEditDate") != old_rows[old].get("LastEditDate")]
    assert len(edited) > 30
    for old in edited:
        post, (source, version) = posts[old], texts[old]
        assert post.version == version + 1
        assert post.edited_at == when(rows[old]["LastEditDate"])
        last = select(Revision).where(Revision.post_id == post.id).order_by(Revision.number.desc()).limit(1)
        revision = db.session.scalars(last).one()
        assert (revision.source, revision.number) == (source, version)
    untouched = [old for old in ids if old in rows and rows[old]["Body"] == old_rows[old]["Body"] and old not in edited]
    assert all((posts[old].source, posts[old].version) == texts[old] for old in untouched)
    assert +import_folder(later, "beer") == Counter(), "and the second time nothing is new"
    with pytest.raises(NotPossible, match="older"):
        import_folder(forum.folder / "beer-2014", "beer")


def test_zz_people_known_by_number_get_their_names_from_a_later_dump(forum, tmp_path):
    names = {row["Id"]: row["DisplayName"] for row in rows_of(forum.folder / "beer-2014", "Users")}
    people = ours("beer-later", ImportKind.PERSON)
    nameless = {old: i for old, i in people.items() if names.get(old, f"user{old}") != f"user{old}"}
    assert nameless
    for file in (forum.folder / "beer-2017-posts-only").iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "Users.xml.gz").symlink_to(forum.folder / "beer-2014" / "Users.xml.gz")
    counts = import_folder(tmp_path, "beer later")
    assert counts["renamed"] == len(nameless)
    for old, user_id in nameless.items():
        assert db.session.get_one(User, user_id).name.startswith(names[old][:20])
    sizes: Any = select(func.count()).select_from(Imported).where(Imported.source == "beer-later")
    assert db.session.scalar(sizes) == len(ours("beer-later", ImportKind.PERSON)) + sum(
        len(ours("beer-later", kind)) for kind in ImportKind if kind is not ImportKind.PERSON
    )
