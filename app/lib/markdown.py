"""From Markdown to the HTML that is stored: CommonMark with tables, strikethrough, coloured code and mentions."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html.parser import HTMLParser
from importlib import import_module
from time import thread_time
from typing import Any

import pygments
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token as Node
from markdown_it.utils import EnvType, OptionsDict
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import Token

from app.lib.sanitizing import bearable, clean, link_allowed, well_formed
from app.lib.slugs import HANDLE_LENGTH, handle, is_wordlike

RENDERER_VERSION = 2  # to be raised when the same source gives other HTML: stored texts are then rendered again

MentionUrl = Callable[[str], str | None]
Pictures = Mapping[str, tuple[int, int]]

# Limits of what one text may cost, measured on 30 kB of the same few characters repeated. What exceeds them is shown as
# it was typed, code without colours. Honest texts of 30,000 characters are far below.
MAX_NESTING = 20  # quotes and lists in each other, as in markdown-it's CommonMark preset: it would drop what is deeper
MAX_FILLED_CELLS = 2_000  # that a table's short rows leave out; markdown-it fills in 65,000 for a table of 2 kB
MAX_BRACKETS = (
    6_000  # that may open a link: each is looked at once for every bracket it may stand in (0.7 s for 30,000)
)
MAX_ADDRESSES = 200_000  # characters in link targets: one reference used again and again makes 37 MB of 30 kB
MAX_ADDRESS = 2_048  # linkify-it is quadratic (0.7 s for "(http://a.b/" repeated), so it sees no more than this

# Half of Pygments' lexers are quadratic or worse on long lines and long gaps: seconds for 20,000 hostile characters.
MAX_COLOURED_BLOCK = 20_000  # characters
MAX_COLOURED_LINE = 500  # characters
MAX_COLOURED_GAP = 200  # white space in a row, line ends included
MAX_COLOURED_PIECES = 4_000  # in one text
MAX_COLOURING_SECONDS = 0.5  # of processor time since the text was begun, looked at after each piece

# The names after ``` that are coloured. A closed list: Pygments searches all installed packages for an unknown name, and
# in 5,500 random attacks within the limits above no lexer of this list took more than 0.3 s (make and apache did).
_LANGUAGES = """
    bash bat batch c c# c++ cmake console cpp csharp css dart diff docker dockerfile go golang groovy html http ini java
    javascript js json jsx kotlin lua nginx objective-c perl php powershell ps1 pwsh py pycon pytb python r rb ruby rust
    scala scss sh shell shell-session sql swift toml ts typescript udiff xml yaml yml zsh
"""
LANGUAGES = frozenset(_LANGUAGES.split())
# Half of all pieces, grey in any theme.
_UNCOLOURED = (Token.Text, Token.Text.Whitespace, Token.Punctuation, Token.Name)

_OPENING = re.compile(r"https?://|www\.", re.IGNORECASE)
_HEADINGS = {"h1": "h3", "h2": "h4"}  # a page has h1, its posts h2
_ALIGNMENTS = {"text-align:right": "num", "text-align:center": "mid"}
_SLOW = re.compile(rf"[^\n]{{{MAX_COLOURED_LINE + 1}}}|\s{{{MAX_COLOURED_GAP + 1}}}")
_FORMATTER = HtmlFormatter(nowrap=True)
_linkify = LinkifyIt()


class _Unbearable(Exception):
    """The text costs more than it is worth."""


def render(
    source: str,
    mention_url: MentionUrl | None = None,
    pictures: Pictures | None = None,
    *,
    code_label: str = "Code",
    table_label: str = "Table",
    picture_label: str = "Picture",
    no_alt: str = "",
) -> str:
    """Return sanitized HTML for a Markdown text. No errors for any string; callers refuse what they do not want to store.

    HTML in it is shown as text, headings begin at h3, links lead where `sanitizing.link_allowed` says. Images become
    links; those of `pictures` (address → width and height to be shown in) are shown inside them, `no_alt` counting as no
    description. `mention_url` gets each handle (as `slugs.handle` writes it) once and gives the address or None; without it
    mentions stay text. Code and tables are named for screen readers by the labels, since they scroll inside themselves,
    and so are pictures without a description, since they are links.
    A text beyond the MAX_ figures above (30,000 ordinary characters are far below) is shown as it was typed.
    Control characters and lone surrogates become U+FFFD.
    """
    source = well_formed(source)
    env: dict[str, Any] = {
        "mention_url": mention_url,
        "mentions": {},
        "pictures": pictures or {},
        "picture_label": picture_label,
        "no_alt": no_alt,
        "code_label": code_label,
        "table_label": table_label,
        "pieces": 0,
        "until": thread_time() + MAX_COLOURING_SECONDS,
    }
    try:
        html: str = _PARSER.render(source, env)
        if not bearable(html):
            raise _Unbearable
    except _Unbearable:
        html = _pre(escapeHtml(source), code_label)
    return clean(html)


def mentioned(source: str) -> list[str]:
    """Return the handles mentioned in a Markdown text, each once, in order, as `slugs.handle` writes them. No errors."""
    env: dict[str, Any] = {"mention_url": lambda _: None, "mentions": {}, "pictures": {}}
    try:
        _PARSER.parse(well_formed(source), env)
    except _Unbearable:
        return []
    return list(env["mentions"])


def excerpt(html: str, length: int = 180) -> str:
    """Return the beginning of rendered HTML as one line of plain text, cut after a word with "…". No errors.

    Code blocks and tables are left out unless there is nothing else. The default length is ours: about the 160
    characters that search engines show.
    """
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    text = " ".join("".join(reader.prose).split()) or " ".join("".join(reader.rest).split())
    if len(text) <= length:
        return text
    cut = text[:length]
    return (cut.rpartition(" ")[0] or cut[:-1]).rstrip(" ,;:.–—-") + "…"


class _TextReader(HTMLParser):
    """Gathers the text of rendered HTML: prose, and apart from it what stands in code blocks and tables."""

    def __init__(self) -> None:
        super().__init__()
        self.prose: list[str] = []
        self.rest: list[str] = []
        self._apart = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._apart += tag in ("pre", "table")
        self._space(tag)
        if tag == "img":
            self.handle_data(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        self._space(tag)
        self._apart -= tag in ("pre", "table") and self._apart > 0

    def handle_data(self, data: str) -> None:
        (self.rest if self._apart else self.prose).append(data)

    def _space(self, tag: str) -> None:
        if tag in ("p", "br", "li", "h3", "h4", "h5", "blockquote", "td", "th", "pre"):
            self.handle_data(" ")


class _Renderer(RendererHTML):
    def code_block(self, tokens: Sequence[Node], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _pre(escapeHtml(tokens[idx].content), env["code_label"])

    def fence(self, tokens: Sequence[Node], idx: int, options: OptionsDict, env: EnvType) -> str:
        language = (tokens[idx].info.split() or [""])[0].lower()
        return _pre(_coloured(tokens[idx].content, language, env), env["code_label"])

    def table_open(self, tokens: Sequence[Node], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<div class="tbl" {_scrolls(env["table_label"])}><table>\n'

    def table_close(self, tokens: Sequence[Node], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"


def _scrolls(label: str) -> str:
    return f'tabindex="0" role="group" aria-label="{escapeHtml(label)}"'


def _pre(code: str, label: str) -> str:
    return f"<pre {_scrolls(label)}><code>{code}</code></pre>\n"


def _coloured(code: str, language: str, env: EnvType) -> str:
    if language in LANGUAGES and len(code) <= MAX_COLOURED_BLOCK and not _SLOW.search(code):
        try:
            html: str = pygments.format(_pieces(code, language, env), _FORMATTER)
            return html
        except _Unbearable:
            pass
    return escapeHtml(code)


def _pieces(code: str, language: str, env: EnvType) -> Iterator[tuple[Any, str]]:
    for kind, piece in get_lexer_by_name(language, stripnl=False).get_tokens(code):
        coloured = kind not in _UNCOLOURED
        env["pieces"] += coloured * (1 + piece.count("\n"))  # a piece of several lines is written line by line
        if env["pieces"] > MAX_COLOURED_PIECES or thread_time() > env["until"]:
            raise _Unbearable
        yield kind if coloured else Token.Text, piece


def _address(state: StateInline, silent: bool) -> bool:
    """Inline rule: a bare http(s):// or www. address becomes a link that shows what was typed."""
    start = state.pos
    opening = _OPENING.match(state.src, start, state.posMax)
    if not opening or state.linkLevel or (start and state.src[start - 1].isalnum()):
        return False
    scheme = "" if "://" in opening[0] else "https://"
    seen = state.src[start : min(state.posMax, start + MAX_ADDRESS)]
    match = _linkify.match_at_start(scheme + seen)
    text = match.raw[len(scheme) :].rstrip("*_~") if match else ""  # those close an emphasis around the address
    if len(text) <= len(opening[0]):
        return False
    url = state.md.normalizeLink(scheme + text)
    if len(text) == MAX_ADDRESS or not state.md.validateLink(url):
        if not silent:
            state.append_pending(text)
    elif not silent:
        state.push("link_open", "a", 1).attrs = {"href": url}
        state.push("text", "", 0).content = text
        state.push("link_close", "a", -1)
    state.pos += len(text)
    return True


def _check_blocks(state: StateCore) -> None:
    """Core rule after the blocks: stop where the parser has dropped what was nested too deep, or would try too many links."""
    if sum(token.content.count("[") for token in state.tokens if token.type == "inline") > MAX_BRACKETS:
        raise _Unbearable
    for token in state.tokens:
        if token.level >= MAX_NESTING - 1 and token.type in ("blockquote_open", "list_item_open"):
            raise _Unbearable


def _adapt(state: StateCore) -> None:
    """Core rule after the inlines: headings, table cells, images and mentions as our pages want them."""
    addresses = 0
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = _HEADINGS.get(token.tag, "h5")
        elif token.type in ("th_open", "td_open"):
            alignment = _ALIGNMENTS.get(str(token.attrs.pop("style", "")))
            token.attrs = {"scope": "col"} if token.type == "th_open" else {}
            if alignment:
                token.attrs["class"] = alignment
        elif token.children:
            addresses += sum(len(str(value)) for child in token.children for value in child.attrs.values())
            if addresses > MAX_ADDRESSES:
                raise _Unbearable
            token.children = list(_adapted(token.children, state))


def _adapted(tokens: Sequence[Node], state: StateCore) -> Iterator[Node]:
    links = 0
    before = ""
    for token in tokens:
        links += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type == "image":
            alt = _alt_text(token.children or [])
            src = str(token.attrs.pop("src"))
            if src in state.env["pictures"]:
                attrs, shown = _picture(src, alt, state.env)
            else:
                attrs, shown = token.attrs, _text(alt or src)
            yield from [shown] if links else _link({"href": src, **attrs}, shown)
        elif token.type == "text" and not links and "@" in token.content:
            yield from _mentions(before, token.content, state.env)
        else:
            yield token
        before = token.content[-1:]


def _alt_text(tokens: Sequence[Node]) -> str:
    return "".join(_alt_text(token.children or []) if token.type == "image" else token.content for token in tokens)


def _picture(src: str, alt: str, env: EnvType) -> tuple[dict[str, Any], Node]:
    """The picture, and the attributes of the link around it: which says what it is where the picture does not."""
    alt = "" if alt.strip() == env["no_alt"] else alt.strip()
    width, height = env["pictures"][src]
    attrs = {"src": src, "width": width, "height": height, "alt": alt, "loading": "lazy", "decoding": "async"}
    return {} if alt else {"title": env["picture_label"]}, Node("picture", "img", 0, attrs=attrs)


def _text(content: str) -> Node:
    return Node("text", "", 0, content=content)


def _link(attrs: dict[str, Any], shown: Node) -> list[Node]:
    attrs.pop("alt", None)
    return [Node("link_open", "a", 1, attrs=attrs), shown, Node("link_close", "a", -1)]


def _mentions(before: str, text: str, env: EnvType) -> Iterator[Node]:
    """Split a text at its mentions. `before` is the character in front of it."""
    done = 0
    at = text.find("@")
    while at != -1:
        end = at + 1
        while end < len(text) and end - at <= HANDLE_LENGTH and _in_handle(text[end]):
            end += 1
        too_long = end < len(text) and is_wordlike(text[end])
        end = at + len(text[at:end].rstrip("._-"))
        name = handle(text[at + 1 : end])
        previous = text[at - 1] if at else before
        inside_word = previous != "" and (_in_handle(previous) or previous in "@/+")  # an e-mail or web address
        if len(name) >= 2 and not too_long and not inside_word:
            url = _mention_url(name, env)
            if url:
                yield _text(text[done:at])
                yield from _link({"href": url, "class": "mention"}, _text(text[at:end]))
                done = end
        at = text.find("@", max(end, at + 1))
    yield _text(text[done:])


def _in_handle(character: str) -> bool:
    return is_wordlike(character) or character in "._-\u200c\u200d"


def _mention_url(name: str, env: EnvType) -> str | None:
    known = env["mentions"]
    if name not in known:
        known[name] = env["mention_url"](name) if env["mention_url"] else None
    url: str | None = known[name]
    return url


class _Parser(MarkdownIt):
    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "maxNesting": MAX_NESTING}, renderer_cls=_Renderer)
        self.enable(["table", "strikethrough"])
        self.inline.ruler.before("newline", "address", _address)
        for letter in "hHwW":
            self.inline.add_terminator_char(letter)
        self.core.ruler.after("block", "check_blocks", _check_blocks)
        self.core.ruler.after("inline", "adapt", _adapt)

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return len(url) <= MAX_ADDRESS and link_allowed(url)


vars(import_module("markdown_it.rules_block.table"))["MAX_AUTOCOMPLETED_CELLS"] = MAX_FILLED_CELLS
_PARSER = _Parser()
