"""Markdown as the specification has it, but for the deviations listed here; and never slower than its length is worth."""

import gc
import json
import os
import re
import time
from html import unescape
from pathlib import Path

import html5lib
import pygments.lexers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.lib import markdown
from app.lib.markdown import LANGUAGES, excerpt, mentioned, render
from app.lib.sanitizing import link_allowed

REL = 'rel="ugc nofollow noopener"'
PRE = '<pre tabindex="0" role="group" aria-label="Code"><code>'


def people(handle):
    return f"/people/{handle}"


# --- CommonMark -------------------------------------------------------------------------------------------------------

HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h5", "h5": "h5", "h6": "h5"}

# Deviations that can be applied to what the specification expects: element → reason.
ADAPTED = {
    "h1-h6": "headings begin at h3 and end at h5: a page has its h1, a post its h2",
    "a": "every link carries rel, because members wrote it (trust 1.4)",
    "img": "an image is a link with its alternative text: no page fetches anything from strangers",
    "pre": "scrolls inside itself, so it is a group with a name that the keyboard reaches (WCAG 1.4.10, 2.1.1)",
    "code": "no class with the language: only a closed list of classes is kept",
    "span": "code in a known language is coloured",
}
# Deviations that change the text: reason → whether an example is one, and how many are.
CHANGED = {
    "an address that is relative, empty or of another scheme stays text": (
        lambda example: not all(map(link_allowed, addresses(example["html"]))),
        32,
    ),
    "a bare http(s) address becomes a link": (
        lambda example: re.search("https?://", re.sub(r"(?s)<(a|code)\b.*?</\1>|<[^>]*>", "", example["html"])),
        3,
    ),
}


def addresses(html):
    return [unescape(address) for address in re.findall(r'(?:href|src)="([^"]*)"', html)]


def has_raw_html(source):
    tokens = MarkdownIt("commonmark").parse(source)
    return any(t.type in ("html_block", "html_inline") for token in tokens for t in [token, *(token.children or [])])


def adapt(element, in_link=False):
    """Apply ADAPTED to an expected tree; "text" stands for an element that leaves only its text."""
    element.tag = HEADINGS.get(element.tag, element.tag)
    if element.tag == "img":
        source, alternative = element.attrib.pop("src"), element.attrib.pop("alt")
        element.text = alternative or source
        element.tag = "text" if in_link else "a"
        element.set("href", source)
    if element.tag == "a":
        element.set("rel", "ugc nofollow noopener")
    if element.tag == "pre":
        element.attrib.update({"tabindex": "0", "role": "group", "aria-label": "Code"})
    if element.tag == "code":
        element.attrib.pop("class", None)
    if element.tag == "span":
        element.tag = "text"
    for child in element:
        adapt(child, in_link or element.tag == "a")
    return element


def written(element):
    inside = (element.text or "") + "".join(written(child) + (child.tail or "") for child in element)
    if element.tag == "text":
        return inside
    # Line ends between tags mean nothing, and parsers differ in them.
    return re.sub(r"\n(?=<)|(?<=>)\n", "", f"<{element.tag} {sorted(element.attrib.items())}>{inside}</>")


def tree(html):
    return html5lib.parseFragment(html, container="div", namespaceHTMLElements=False)


@pytest.mark.skipif(not os.environ.get("ASKWELL_DATA"), reason="ASKWELL_DATA is not set")
def test_commonmark_examples_render_as_specified_but_for_the_deviations():
    examples = json.loads((Path(os.environ["ASKWELL_DATA"]) / "commonmark/examples.json").read_text())
    plain = [example for example in examples if not has_raw_html(example["markdown"])]
    assert len(plain) == 581
    counts = dict.fromkeys(CHANGED, 0)
    exact = 0
    for example in plain:
        reasons = [reason for reason, (applies, _) in CHANGED.items() if applies(example)]
        for reason in reasons[:1]:
            counts[reason] += 1
        same = written(adapt(tree(example["html"]))) == written(uncoloured(tree(render(example["markdown"]))))
        assert same is not bool(reasons), example
        exact += same
    assert counts == {reason: count for reason, (_, count) in CHANGED.items()}
    assert exact == 546


def uncoloured(element):
    for span in element.iter("span"):
        span.tag = "text"
    return element


# --- What is ours -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("# a\n## b\n### c\n###### d", "<h3>a</h3>\n<h4>b</h4>\n<h5>c</h5>\n<h5>d</h5>\n"),
        (
            "<b>x</b> & <script>alert(1)</script>",
            "<p>&lt;b&gt;x&lt;/b&gt; &amp; &lt;script&gt;alert(1)&lt;/script&gt;</p>\n",
        ),
        ("~~gone~~", "<p><s>gone</s></p>\n"),
        ("    a <b>\n", f"{PRE}a &lt;b&gt;\n</code></pre>\n"),
        ("```unknown\na\n```", f"{PRE}a\n</code></pre>\n"),
        ("```Python title\nif x:\n```", f'{PRE}<span class="k">if</span> x:\n</code></pre>\n'),
        ("![a *b*](https://x.de/i.png)", f'<p><a href="https://x.de/i.png" {REL}>a b</a></p>\n'),
        ("![](/i.png)", f'<p><a href="/i.png" {REL}>/i.png</a></p>\n'),
        ("[![a](/i.png)](/page)", f'<p><a href="/page" {REL}>a</a></p>\n'),
        ('[a](/x "t")', f'<p><a href="/x" title="t" {REL}>a</a></p>\n'),
        ("[a](javascript:alert(1)) [b](//evil) [c](x)", "<p>[a](javascript:alert(1)) [b](//evil) [c](x)</p>\n"),
    ],
)
def test_markdown_becomes(source, html):
    assert render(source) == html


def test_a_table_scrolls_inside_itself_and_its_cells_are_aligned_by_class():
    html = render("|a|b|c|\n|-|:-:|-:|\n|1|2|3|", table_label="Tabelle")
    assert html.startswith('<div class="tbl" tabindex="0" role="group" aria-label="Tabelle"><table>\n<thead>\n<tr>\n')
    assert '<th scope="col">a</th>\n<th scope="col" class="mid">b</th>\n<th scope="col" class="num">c</th>' in html
    assert '<td>1</td>\n<td class="mid">2</td>\n<td class="num">3</td>' in html
    assert html.endswith("</table></div>\n")


def test_a_label_is_escaped_and_kept():
    assert 'aria-label="Code &amp; mehr"' in render("    x", code_label="Code & mehr")


@pytest.mark.parametrize(
    ("text", "linked", "to"),
    [
        ("see https://x.de/a?b=1&c=2.", "https://x.de/a?b=1&amp;c=2", "https://x.de/a?b=1&amp;c=2"),
        ("www.x.de/(a), b", "www.x.de/(a)", "https://www.x.de/(a)"),
        ("*http://x.de/a*", "http://x.de/a", "http://x.de/a"),
        ("http://192.168.0.1:8080/x", "http://192.168.0.1:8080/x", "http://192.168.0.1:8080/x"),
        ("https://x.de/pkg/__init__.py", "https://x.de/pkg/__init__.py", "https://x.de/pkg/__init__.py"),
        ("https://bücher.de", "https://bücher.de", "https://xn--bcher-kva.de"),
        ("<https://x.de>", "https://x.de", "https://x.de"),
    ],
)
def test_a_bare_address_becomes_a_link(text, linked, to):
    assert f'<a href="{to}" {REL}>{linked}</a>' in render(text)


@pytest.mark.parametrize(
    "text",
    ["x.de", "a@x.de", "readme.md", "ftp://x.de", "//x.de", "mailto:a@x.de", "xhttp://a.de", "https://", "`www.x.de`"],
)
def test_what_is_no_web_address_stays_text(text):
    assert "<a" not in render(text)


def test_an_endless_address_stays_text():
    assert "<a" not in render("https://x.de/" + "a" * markdown.MAX_ADDRESS)


def test_a_mention_becomes_a_link_where_the_callback_knows_it():
    html = render("Hi @Maria.Lopez! and @nobody", lambda handle: "/people/7" if handle == "maria.lopez" else None)
    assert html == f'<p>Hi <a href="/people/7" class="mention" {REL}>@Maria.Lopez</a>! and @nobody</p>\n'
    assert render("@maria") == "<p>@maria</p>\n"


@pytest.mark.parametrize(
    ("source", "handles"),
    [
        (
            "@maria, @Bob's (@eve) *@zoë* @日本 @हिन्दी @می\u200cخواهم",
            ["maria", "bob", "eve", "zoë", "日本", "हिन्दी", "میخواهم"],
        ),
        ("@a1 @A1 @b-c_d.e. @x", ["a1", "b-c_d.e"]),
        ("`@code`\n\n    @block\n\n[@link](/x) <https://x.de/@address> https://x.de/@bare www.x.de/@path", []),
        ("mail@example.com a.@b @@double \\@escaped x/@y &amp;@entity", ["entity"]),
        ("# @head\n\n|@cell|\n|-|\n> - @deep", ["head", "cell", "deep"]),
        ("@" + "a" * 40 + " @" + "b" * 41, ["a" * 40]),
    ],
)
def test_mentions_are_found_outside_code_and_links(source, handles):
    assert mentioned(source) == handles


def test_the_callback_is_asked_once_for_each_handle():
    asked = []
    render("@maria @Maria @maria @bob", asked.append)
    assert asked == ["maria", "bob"]


def test_an_unknown_mention_is_left_as_it_was_typed():
    assert render("a @b_c_d @x.y. @é", lambda _: None) == "<p>a @b_c_d @x.y. @é</p>\n"


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_each_language_has_a_lexer(language):
    assert pygments.lexers.get_lexer_by_name(language)


def test_code_keeps_every_character_coloured_or_not():
    for code in ("\n\n  if x:\n\n", "a\tb  \n", "é & < > \" '\n"):
        for language in ("", "python", "html", "c", "bash", "json"):
            assert "".join(tree(render(f"````{language}\n{code}````")).itertext()).strip("\n") == code.strip("\n")


@pytest.mark.parametrize(
    "code",
    [
        "x = 1\n" * 4_000,  # too long
        "x = " + "1" * 500 + "\n",  # a long line
        "x = 1" + "\n" * 201 + "y = 2\n",  # a long gap
        "1 " * 200 + "\n" + "2 \n" * 5_000,  # too many pieces
    ],
)
def test_code_that_would_take_too_long_stays_plain(code):
    html = render(f"```python\n{code}```")
    assert "<span" not in html
    assert html.startswith(PRE)


def test_a_text_beyond_all_limits_is_shown_as_it_was_typed():
    for source in (
        ">" * 30 + " lost?",
        "[" * 6_001,
        "".join("  " * i + "- x\n" for i in range(12)),
        "*" * 400 + "a" + "*" * 400,
    ):
        html = render(source)
        assert "".join(tree(html).itertext()).rstrip("\n") == source.rstrip("\n")
        assert html.startswith(PRE)
    assert mentioned(">" * 30 + " @maria") == []


def test_nesting_below_the_limit_is_rendered():
    assert "deep" in render("> " * 19 + "deep")
    assert render("> " * 19 + "deep").count("<blockquote>") == 19
    assert render("".join("  " * i + "- x\n" for i in range(9))).count("<ul>") == 9


@given(st.text(st.characters(), max_size=60))
@settings(max_examples=300, deadline=None, database=None)
def test_render_takes_any_string(text):
    excerpt(render(text, people))
    mentioned(text)


def test_lone_surrogates_and_nul_are_replaced():
    assert render("a\ud800b\0 @x\udfffy") == "<p>a\ufffdb\ufffd @x\ufffdy</p>\n"


# --- Excerpts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "length", "text"),
    [
        ("<p>Tom &amp; <em>Jerry</em>\n &lt;3</p>", 180, "Tom & Jerry <3"),
        ("<p>a</p><p>b<br>c</p><ul><li>d</li><li>e</li></ul>", 180, "a b c d e"),
        ("<p>before</p><pre><code>x = 1</code></pre><p>after</p>", 180, "before after"),
        ("<pre><code>only\n  code</code></pre>", 180, "only code"),
        ('<div class="tbl"><table><tr><td>1</td><td>2</td></tr></table></div>', 180, "1 2"),
        ("<p>one two three</p>", 13, "one two three"),
        ("<p>one two three</p>", 12, "one two…"),
        ("<p>one, two three</p>", 8, "one…"),
        ("<p>unbreakable</p>", 5, "unbr…"),
        ("", 180, ""),
    ],
)
def test_an_excerpt_is_the_first_text_cut_after_a_word(html, length, text):
    assert excerpt(html, length) == text


@given(st.text(max_size=400), st.integers(1, 200))
@settings(max_examples=300, deadline=None, database=None)
def test_an_excerpt_is_one_line_and_never_longer_than_asked(text, length):
    line = excerpt(render(text), length)
    assert len(line) <= length
    assert line == " ".join(line.split())


# --- T11 --------------------------------------------------------------------------------------------------------------

REPEATED = r"""
    > ¦ >> ¦ - ¦ 1. ¦ > - ¦ *a ¦ **a *a ¦ _a_b ¦ *a_ ¦ ~~a ¦ [ ¦ [a]( ¦ [a](<b ¦ ![[]() ¦ [a] ¦ [ (]( ¦ a] ¦ ![ ¦ [a](b
    ¦ [a](b " ¦ [a](b ' ¦ ](b) ¦ ![a](/b) ¦ `a ¦ `a`` ¦ [a]: u↵ ¦ [a]: ↵ ¦ [a↵ ¦ [a]: b "c↵ ¦ \↵ ¦ < ¦ <a ¦ <http:a ¦ <!--
    ¦ <? ¦ <![CDATA[ ¦ <a@b ¦ |a ¦ |a↵|-↵ ¦ a|b↵ ¦ | ¦ -| ¦ &amp; ¦ &# ¦ & ¦ \ ¦ \* ¦ # ¦ # a↵ ¦ a↵-↵ ¦ a↵ ¦ a  ↵ ¦ ⇥a
    ¦ ↵ ¦ ```↵ ¦ ```a↵b↵ ¦ ~~~↵```↵ ¦ http://a.b ¦ http://a.b/( ¦ (http://a.b/ ¦ http:// ¦ "http://a.b/" ¦ [http://a.b/
    ¦ a: ¦ a:// ¦ {http://a.b/ ¦ http://a.b/' ¦ *http://a.b/* ¦ http://a.b/_* ¦ ;http://a.b ¦ www. ¦ www.a.b ¦ @a ¦ @ab ¦ @ab-
    ¦ [a](http://[ ¦ [a](http://[:: ¦ ␀ ¦ -⇥ ¦ >↵ ¦ > a↵b↵ ¦ 1.↵ ¦ - -↵ ¦ ***↵ ¦ h ¦ w ¦ é
"""
UNITS = [part.strip().translate({ord("↵"): "\n", ord("⇥"): "\t", ord("␀"): "\0"}) for part in REPEATED.split("¦")]
SHAPES = {repr(unit): (lambda n, unit=unit: unit * (n // len(unit))) for unit in UNITS} | {
    "emphasis in emphasis": lambda n: "*" * (n // 2) + "a" + "*" * (n // 2),
    "two kinds in each other": lambda n: "*_" * (n // 4) + "a" + "_*" * (n // 4),
    "brackets in brackets": lambda n: "[" * (n // 2) + "a" + "]" * (n // 2),
    "links in links": lambda n: "[" * (n // 5) + "a" + "](b)" * (n // 5),
    "images in images": lambda n: "![" * (n // 6) + "a" + "](b)" * (n // 6),
    "longer and longer ticks": lambda n: " ".join("`" * i for i in range(1, int((2 * n) ** 0.5))),
    "longer and longer quotes": lambda n: "\n".join(">" * i for i in range(1, int((2 * n) ** 0.5))),
    "deeper and deeper lists": lambda n: "\n".join("  " * i + "- a" for i in range(int(n**0.5))),
    "list with blank lines": lambda n: "- " * (n // 4) + "x" + "\n" * (n // 2),
    "many references": lambda n: "".join(f"[{i}]: u\n" for i in range(n // 8)),
    "one long reference often": lambda n: "[a]: /" + "u" * (n // 15) + "\n\n" + "[a]" * (n * 4 // 15),
    "wide table": lambda n: "|a" * (n // 6) + "\n" + "|-" * (n // 6) + "\n" + "|\n" * (n // 6),
    "table with empty cells": lambda n: "|a" * (n // 8) + "\n" + "|-" * (n // 8) + "\n" + "a\n" * (n // 4),
    "one address": lambda n: "http://a.b/" + "(a)" * (n // 3),
    "one host": lambda n: "http://" + "a." * (n // 2),
    "one autolink": lambda n: "<a@" + "a." * (n // 2) + ">",
    "spaces": lambda n: "a" + " " * n + "b",
    "nested lists and quotes": lambda n: "\n".join("> " * (i % 9) + "- " * (i % 7) + "a" for i in range(n // 18)),
}


def seconds(text):
    gc.disable()  # as timeit does: a collection in between costs as much as all that other tests have left behind
    started = time.process_time()
    excerpt(render(text, people))
    taken = time.process_time() - started
    gc.enable()
    return taken


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_T11_no_markdown_takes_more_than_its_length_is_worth(shape):
    small = min(seconds(shape(3_000)) for _ in range(3))
    limit = 25 * max(small, 0.002)  # below 2 ms the clock says nothing
    assert any(seconds(shape(30_000)) <= limit for _ in range(3))


CODE = {
    "c": ["\n", "\n ", "a*", "/**/"],
    "java": ["a ", "a<", "class A "],
    "console": ["a:"],
    "ini": ["="],
    "html": ["&"],
    "python": ["'", "("],
    "php": ["$a"],
}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in CODE.items() for text in texts])
def test_T11_no_code_takes_more_than_its_length_is_worth(language, text):
    """In lines of 400 characters, just short enough to be coloured: 3 blocks of 9,000 against one of 900."""
    line = (text * 400)[:400] + "\n"
    small = min(seconds(f"```{language}\n{line * 2}```\n") for _ in range(3))
    limit = 25 * max(
        small * 1.5, 0.03
    )  # 800 characters against 27,000; what is lexed for more than half a second is given up
    assert any(seconds(f"```{language}\n{line * 22}```\n" * 3) <= limit for _ in range(3))


def test_T11_a_reference_used_again_and_again_does_not_explode():
    assert len(render("[a]: /" + "u" * 2_000 + "\n\n" + "[a]" * 9_000)) < 100_000
    assert len(render("[a]: /" + "u" * 15_000 + "\n\n" + "[a]" * 5_000)) < 100_000


def test_T11_a_small_table_does_not_explode():
    assert len(render("|a" * 250 + "\n" + "|-" * 250 + "\n" + "a\n" * 250)) < 100_000
