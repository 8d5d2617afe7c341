"""Slugs, tags, handles and single lines, in every script."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.lib.slugs import HANDLE_LENGTH, TAG_LENGTH, clean_line, handle, slugify, tag_name

MANY = settings(max_examples=1_000, deadline=None, database=None)
# Letters, marks, joiners and what hides among them; hypothesis seldom finds these by itself.
TRICKY = st.text(
    st.sampled_from(
        "aZß½ﬁ İıſ١۲日कि्षम\u0301\u0345\u0327خواهمیَ\u200c\u200d\u200b\u202e\u2066\u00ad\ufeff\u3164\u2800\u034f\0\n\t\x1b-_./+#@"
        "\ud800\U0001f469\U0001f4bb\ufe0f\u1100\u1161\u0d4d\u09c7\u09be"
    ),
    max_size=20,
)
TEXT = st.one_of(TRICKY, st.text(st.characters(), max_size=60))


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("How do I reset the Wi-Fi?", "how-do-i-reset-the-wi-fi"),
        ("  --Über Straße--  ", "über-strasse"),
        ("ＦＵＬＬ ﬁ ½", "full-fi-1-2"),
        ("हिन्दी में प्रश्न", "हिन्दी-में-प्रश्न"),
        ("می\u200cخواهم", "میخواهم"),
        ("日本語の質問", "日本語の質問"),
        ("İstanbul", "i\u0307stanbul"),
        ("\u202eevil\u202c", "evil"),
        ("???", "-"),
        ("", "-"),
    ],
)
def test_a_slug_keeps_letters_and_digits_of_every_script(text, slug):
    assert slugify(text) == slug


@pytest.mark.parametrize(
    ("text", "length", "slug"),
    [
        ("one two three", 13, "one-two-three"),
        ("one two three", 12, "one-two"),
        ("one two three", 7, "one-two"),
        ("one two three", 8, "one-two"),
        ("a bbbbbbbbbb", 8, "a-bbbbbb"),
        ("unbreakable", 5, "unbre"),
    ],
)
def test_a_long_slug_is_cut_at_a_hyphen_where_that_leaves_half(text, length, slug):
    assert slugify(text, length) == slug


@MANY
@given(TEXT, st.integers(1, 90))
def test_a_slug_is_one_safe_piece_of_an_address(text, length):
    slug = slugify(text, length)
    assert 1 <= len(slug) <= length
    assert slug == "-" or all(
        part and all(unicodedata.category(c)[0] in "LMN" for c in part) for part in slug.split("-")
    )
    assert slugify(slug, length) == slug


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Node JS", "node-js"),
        ("wi_fi", "wi-fi"),
        ("TCP / IP", "tcp-ip"),
        ("C#", "c#"),
        ("C++", "c++"),
        (".NET", ".net"),
        ("node.js", "node.js"),
        (" -Straße- ", "strasse"),
        ("日本語", "日本語"),
        ("what's <new>", "whats-new"),
        ("a" * TAG_LENGTH, "a" * TAG_LENGTH),
    ],
)
def test_a_tag_has_one_spelling(text, tag):
    assert tag_name(text) == tag


NO_TAGS = [*[(text, "empty") for text in ("", " -_ ", "..", "++", "\u3164")], ("a" * 36, "too_long")]


@pytest.mark.parametrize(("text", "reason"), NO_TAGS)
def test_T10_what_is_no_tag_is_refused_with_the_reason(text, reason):
    with pytest.raises(ValueError, match=f"^{reason}$"):
        tag_name(text)


@MANY
@given(TEXT)
def test_a_tag_stays_as_it_is(text):
    try:
        tag = tag_name(text)
    except ValueError:
        return
    assert tag_name(tag) == tag
    assert len(tag) <= TAG_LENGTH
    assert not set(tag) & set(" /?&<>\"'\\%")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Maria  Lopez", "maria-lopez"),
        ("J. R. Smith", "j.-r.-smith"),
        ("_Dr._", "dr"),
        ("snake_case-9", "snake_case-9"),
        ("Zoë", "zoë"),
        ("ｆｕｌｌ", "full"),
        ("می\u200cخواهم", "میخواهم"),
        ("O'Brien", "obrien"),
        ("\U0001f469", ""),
        ("a" * 60, "a" * HANDLE_LENGTH),
    ],
)
def test_a_handle_is_what_a_mention_writes(name, expected):
    assert handle(name) == expected


@MANY
@given(TEXT)
def test_a_handle_stays_as_it_is_and_hides_nothing(text):
    name = handle(text)
    assert handle(name) == name
    assert len(name) <= HANDLE_LENGTH
    assert not name or (name[0] not in "._-" and name[-1] not in "._-")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  two\r\n lines\tand\u2028more ", "two lines and more"),
        ("Cafe\u0301", "Café"),
        ("a\0b\x1bc\x7fd\x85e", "abcd e"),
        ("\u202egnp.exe\u2066\u200f", "gnp.exe"),
        ("ad\u200bm\u200di\u200cn\u2060\ufeff\u00ad", "admin"),
        ("\u3164\u2800\u115f", ""),
        ("x\ud800y", "xy"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ക്\u200dഷ", "ക്\u200dഷ"),
        ("می\u200ca", "میa"),
        ("\u200cمی\u200c", "می"),
        ("\U0001f469\u200d\U0001f4bb ok", "\U0001f469\U0001f4bb ok"),
    ],
)
def test_T09_a_line_holds_nothing_that_deceives_the_eye(text, line):
    assert clean_line(text) == line


@MANY
@given(TEXT)
@example("\u0915\u0301\u094d\u200c\u0915")
@example("\u0915\u0301\u200b\u094d\u200c\u0915")
def test_T09_a_cleaned_line_stays_as_it_is(text):
    line = clean_line(text)
    assert clean_line(line) == line
    assert line == line.strip()
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in line)
    assert {c for c in line if unicodedata.category(c) == "Cf"} <= {"\u200c", "\u200d"}
    line.encode()
