"""Differences between two texts."""

from hypothesis import given, settings
from hypothesis import strategies as some

from app.lib.diff import Change, changes

words = some.lists(some.sampled_from(["light", "amber", "\n", " ", "restart", "ß", "```"]), max_size=60).map("".join)


def test_a_changed_word_is_shown_alone():
    assert changes("It is red now.\n", "It is amber now.\n") == [
        Change("same", "It is "),
        Change("removed", "red"),
        Change("added", "amber"),
        Change("same", " now.\n"),
    ]


@given(words, words)
@settings(deadline=None)
def test_both_texts_can_be_read_from_the_difference(old, new):
    found = changes(old, new)
    assert "".join(c.text for c in found if c.kind != "added") == old
    assert "".join(c.text for c in found if c.kind != "removed") == new


def test_a_long_passage_is_shown_as_old_and_new():
    old, new = "a " * 1500, "b " * 1500
    assert changes(old, new) == [Change("removed", old), Change("added", new)]
