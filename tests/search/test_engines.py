"""What every engine with an index must do; whatever is added to ENGINES must pass."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.index import open_dir
from whoosh.writing import LockError

from app.lib import clock
from app.search.engine import Document, Index
from app.search.query import Query, parse
from app.search.whoosh import WhooshIndex

ENGINES: dict[str, Callable[[Path], Index]] = {"whoosh": WhooshIndex}
NOW = clock.now()


def document(thread_id: int, title: str, body: str = "", **more) -> Document:
    usual = {
        "tags": (),
        "topics": ("routers",),
        "states": ("unsolved",),
        "authors": (),
        "asked_at": NOW,
        "active_at": NOW,
        "weight": 1.0,
        "fingerprint": f"{thread_id} {title}",
    }
    return Document(thread_id, title, body, **{**usual, **more})


@pytest.fixture(params=ENGINES)
def make(request, tmp_path, opened) -> Callable[..., Index]:
    def build(*documents: Document) -> Index:
        opened(request.param, tmp_path / "index").rebuild(documents)
        return opened(request.param, tmp_path / "index")

    return build


@pytest.fixture
def opened() -> Iterator[Callable[[str, Path], Index]]:
    """Another process opens an index: closed at the end."""
    with ExitStack() as stack:

        def open_it(name: str, folder: Path) -> Index:
            index = ENGINES[name](folder)
            stack.callback(index.close)
            return index

        yield open_it


def found(index: Index, typed: str, start: int = 0, size: int = 20) -> list[int]:
    return list(index.search(parse(typed), start, size).thread_ids)


def test_words_are_found_in_title_and_text_in_every_form(make):
    index = make(document(1, "Resetting the password"), document(2, "The lamp stops", "It is blinking, the lamp."))
    for typed, wanted in {
        "password": [1],
        "reset passwords": [1],
        "RESET": [1],
        "stopping": [2],
        "blink lamps": [2],
        "xylophone": [],
        "lamp password": [2, 1],
    }.items():
        assert sorted(found(index, typed)) == sorted(wanted), typed


def test_a_title_counts_more_than_the_text(make):
    text = "Something else altogether, and a lamp."
    index = make(document(1, "What to do?", text), document(2, "Which lamp?", "Something else altogether, and more."))
    assert found(index, "lamp") == [2, 1]


def test_all_words_come_before_some_of_them(make):
    index = make(
        document(1, "lamp lamp lamp"), document(2, "A lamp that hums", "x " * 200), document(3, "It hums hums")
    )
    assert found(index, "lamp hums")[0] == 2


def test_both_spellings_of_a_word_with_a_hyphen_find_both(make):
    index = make(document(1, "Wi-Fi is slow"), document(2, "wifi is slow"))
    assert sorted(found(index, "wifi")) == sorted(found(index, "Wi-Fi")) == [1, 2]


def test_phrases_are_found_word_by_word_in_their_order(make):
    index = make(document(1, "factory reset"), document(2, "reset the factory"))
    assert found(index, '"factory reset"') == [1]


def test_words_that_are_not_wanted_keep_threads_away(make):
    index = make(document(1, "lamp in the kitchen"), document(2, "lamp in the hall"))
    assert found(index, "lamp -kitchen") == [2]
    assert found(index, "-kitchen lamp") == [2]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("lamp tag:wifi", [1]),
        ("lamp tag:WIFI", [1]),
        ("tag:wifi", [1]),
        ("lamp topic:mesh", [2]),
        ("lamp is:solved", [1]),
        ("is:solved is:staff-answered", [1]),
        ("lamp is:unsolved", [2]),
        ("lamp by:anna", [1]),
        ('lamp by:"anna berg"', [1]),
        ("lamp after:2026-01-15", [2]),
        ("lamp before:2026-01-15", [1]),
        ("lamp after:2026-01-01 before:2026-01-31 tag:wifi", [1]),
        ("lamp tag:nothing", []),
    ],
)
def test_filters(make, typed, wanted):
    january = datetime(2026, 1, 10, tzinfo=UTC)
    index = make(
        document(
            1,
            "A lamp",
            tags=("wifi", "light"),
            states=("solved", "staff-answered"),
            authors=("anna", "anna berg"),
            asked_at=january,
        ),
        document(2, "A lamp", topics=("mesh", "routers"), asked_at=january + timedelta(days=10)),
    )
    assert found(index, typed) == wanted


def test_what_is_worth_more_and_newer_comes_first_among_equals(make):
    old = NOW - timedelta(days=3000)
    index = make(document(1, "A lamp", active_at=old), document(2, "A lamp"), document(3, "A lamp", weight=1.3))
    assert found(index, "lamp") == [3, 2, 1]


def test_pages_hold_everything_once(make):
    index = make(*(document(n, f"lamp number {n}") for n in range(1, 51)))
    pages = [found(index, "lamp", start, 20) for start in (0, 20, 40)]
    assert [len(page) for page in pages] == [20, 20, 10]
    assert sorted(n for page in pages for n in page) == list(range(1, 51))
    assert index.search(parse("lamp"), 0, 20).total == 50
    assert found(index, "lamp", 60) == []


def test_similar_questions_share_rare_words(make):
    index = make(
        document(1, "Satellite drops its link every evening", "The amber light comes at eight."),
        document(2, "Lamp hums in the evening", "It hums."),
        document(3, "Where is the manual?", "I lost it."),
    )
    assert index.similar("My satellite loses the link", "amber light, every evening", 2)[0] == 1
    assert index.similar("", "", 5) == index.similar("?!", "", 5) == ()


def test_updates_replace_and_forget(make, opened):
    index = make(document(1, "lamp"), document(2, "lamp"))
    index.update([document(1, "kettle"), document(3, "lamp")], [2])
    fresh = opened("whoosh", index._folder)
    assert (found(fresh, "kettle"), found(fresh, "lamp")) == ([1], [3])
    assert fresh.fingerprints() == {1: "1 kettle", 3: "3 lamp"}
    index.update([document(1, "kettle")], [2, 99])
    assert fresh.fingerprints().keys() == {1, 3}


def test_a_failed_update_changes_nothing_and_leaves_no_lock(make):
    index = make(document(1, "lamp"))
    broken = replace(document(2, "lamp"), asked_at=None)
    for _ in range(2):
        with pytest.raises(AttributeError):
            index.update([document(1, "kettle"), broken], [])
    index.update([document(3, "lamp")], [])
    assert index.fingerprints() == {1: "1 lamp", 3: "3 lamp"}


def test_a_rebuild_that_fails_leaves_the_index_as_it_was(make):
    index = make(document(1, "lamp"))

    def documents():
        yield document(2, "kettle")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        index.rebuild(documents())
    assert index.is_ready
    assert found(index, "lamp") == [1]
    assert len(list(index._folder.glob("generation-*"))) == 1


def test_whoever_reads_while_it_is_rebuilt_sees_the_old_or_the_new_index(make, opened):
    index = make(*(document(n, "lamp") for n in range(1, 11)))
    seen = []

    def documents():
        for number in range(1, 21):
            seen.append(len(found(index, "lamp")))
            yield document(number, "lamp")

    index.rebuild(documents())
    assert seen == [10] * 20
    assert len(found(opened("whoosh", index._folder), "lamp")) == 20


# Whoosh itself lets a file fall that it cannot read.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("damage", ["no pointer", "pointer to nothing", "no files", "rubbish"])
def test_R21_a_damaged_index_is_none_and_can_be_built_anew(make, opened, damage):
    folder = make(document(1, "lamp"))._folder
    generation = next(folder.glob("generation-*"))
    match damage:
        case "no pointer":
            (folder / "current").unlink()
        case "pointer to nothing":
            (folder / "current").write_text("generation-0")
        case _:
            for path in generation.iterdir():
                path.write_bytes(b"rubbish") if damage == "rubbish" else path.unlink()
    index = opened("whoosh", folder)
    assert not index.is_ready
    assert (found(index, "lamp"), list(index.similar("lamp", "", 5))) == ([], [])
    index.rebuild([document(1, "lamp")])
    assert found(opened("whoosh", folder), "lamp") == [1]


def test_only_one_writes(make):
    index = make(document(1, "lamp"))
    writer = open_dir(next(index._folder.glob("generation-*"))).writer()
    try:
        with pytest.raises(LockError):
            index.update([document(2, "lamp")], [])
    finally:
        writer.cancel()


def test_nobody_else_may_look_into_the_folder(make):
    assert make(document(1, "lamp"))._folder.stat().st_mode & 0o777 == 0o700


TYPED = st.text(max_size=80) | st.lists(
    st.sampled_from(
        ["lamp", '"', "-", "tag:", "is:solved", "is:", "after:", "after:2026-13-01", "before:9999-99-99", "by:", "*",
         "(", ")", "AND", "OR", "NOT", "~", "^3", "[a TO z]", "title:x", "--", '""', '-"', "lamp*", "?", ":", "路由器"]
    ),
    max_size=12,
).map(" ".join)  # fmt: skip


@pytest.fixture(scope="module")
def ready(tmp_path_factory) -> Iterator[Index]:
    index = WhooshIndex(tmp_path_factory.mktemp("search") / "index")
    index.rebuild([document(1, "lamp 路由器", "kettle")])
    yield index
    index.close()


@settings(max_examples=300, deadline=None)
@given(typed=TYPED)
def test_T11_anything_typed_is_a_search(ready, typed):
    query = parse(typed)
    assert isinstance(query, Query)
    hits = ready.search(query, 0, 20)
    assert set(hits.thread_ids) <= {1}
    ready.similar(typed, typed, 5)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("is:nothing lamp", Query(words=("nothing", "lamp"))),
        ("after:soon lamp", Query(words=("soon", "lamp"))),
        ('"a b" c', Query(words=("c",), phrases=("a b",))),
        ('"a b', Query(words=("a", "b"))),
        ("http://x.y/z", Query(words=("http://x.y/z",))),
        ('tag:"two words"', Query(tags=("two words",))),
        ("e-mail", Query(words=("e-mail",))),
    ],
)
def test_the_language_people_know(app, typed, wanted):
    assert parse(typed) == wanted


def test_what_is_not_understood_is_explained(app):
    assert ["solved" in hint for hint in parse("is:nothing").hints] == [True]
    assert ["2026-01-31" in hint for hint in parse("after:soon").hints] == [True]
    assert parse("lamp tag:x").hints == ()
