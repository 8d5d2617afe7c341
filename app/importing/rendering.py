"""From the words of another forum to what is stored here: the slow part, done by several processes."""

import multiprocessing
import re
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser
from types import TracebackType

from app.lib import markdown
from app.lib.sanitizing import clean, well_formed
from app.models import SourceFormat

CHUNK = 16

# What an editor there puts in where nobody describes an image.
_NO_ALT = re.compile(r"enter image description here|alt text", re.IGNORECASE)
_NO_ALT_MARKDOWN = re.compile(rf"!\[(?:{_NO_ALT.pattern})\]", re.IGNORECASE)
# Addresses on the other forum without its host: an answer, or a question.
_ANSWER = re.compile(r"/(?:questions/\d+/[^/]*|a)/(\d+)")
_QUESTION = re.compile(r"/(?:questions|q)/(\d+)")
_ROOTED = re.compile(r"\]\(\s*<?/|^ {0,3}\[[^\]]+\]:\s*<?/", re.MULTILINE)
_TAG = re.compile(r"<[^>]*>")
_EMPTY = re.compile(r"<p>\s*</p>\n?")

_NAMES = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h5", "h6": "h5", "b": "strong", "i": "em", "strike": "s"}
# Blocks that are not allowed here; just dropped, the words of two would run together.
_BLOCKS = "article aside center dd details div dl dt figcaption figure footer form header main nav section summary"
_NAMES.update(dict.fromkeys(_BLOCKS.split(), "p"))
_SCROLLS = ' tabindex="0" role="group" aria-label="{}"'


@dataclass(frozen=True)
class Words:
    """What is to be rendered: Markdown, HTML, or both. `source` is the forum to which links without a host lead."""

    markdown: str
    html: str
    source: str


@dataclass(frozen=True)
class Rendered:
    """What is stored."""

    source: str
    format: SourceFormat
    html: str
    excerpt: str


def render(words: Words) -> Rendered:
    """Render Markdown, or HTML where there is no Markdown or where ours would make another text of it. No errors.

    Other forums read Markdown their own way: with HTML in it, headings without a space, names for tags. Where both are
    given, the HTML is what people saw; the Markdown is good for later edits, and taken if it still says the same.
    """
    text = _NO_ALT_MARKDOWN.sub("![image]", well_formed(words.markdown).replace("\r\n", "\n").strip())
    adapted = adapt(words.html, words.source) if words.html else ""
    if not adapted or (text and not _ROOTED.search(text)):
        html = markdown.render(text)
        if not adapted or plain(html) == plain(adapted):
            return Rendered(text, SourceFormat.MARKDOWN, html, markdown.excerpt(html))
    html = _EMPTY.sub("", clean(adapted))
    return Rendered(well_formed(words.html), SourceFormat.HTML, html, markdown.excerpt(html))


def plain(html: str) -> str:
    """The letters of HTML, without the white space. No errors."""
    return "".join(unescape(_TAG.sub("", html)).split())


def adapt(html: str, source: str) -> str:
    """HTML of another forum as our pages want it: headings from h3 on, images as links, code and tables that scroll.

    Not harmless yet: that is for `sanitizing.clean`. No errors.
    """
    writer = _Writer(source)
    writer.feed(html)
    writer.close()
    return "".join(writer.parts)


class _Writer(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._source = source
        self._links = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        match tag:
            case "img":
                self._image(values)
            case "a":
                self._links += 1
                href = self._address(values.get("href", ""))
                title = f' title="{escape(values["title"])}"' if values.get("title") else ""
                self.parts.append(f'<a href="{escape(href)}"{title}>' if href else "<a>")
            case "table":
                self.parts.append(f'<div class="tbl"{_SCROLLS.format("Table")}><table>')
            case "pre":
                self.parts.append(f"<pre{_SCROLLS.format('Code')}>")
            case "th":
                self.parts.append('<th scope="col">')
            case "ol":
                self.parts.append(f'<ol start="{escape(values["start"])}">' if "start" in values else "<ol>")
            case _:
                self.parts.append(f"<{_NAMES.get(tag, tag)}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # to a browser the slash in <br/> and <p/> says nothing

    def handle_endtag(self, tag: str) -> None:
        self._links -= tag == "a" and self._links > 0
        self.parts.append(f"</{_NAMES.get(tag, tag)}>" + ("</div>" if tag == "table" else ""))

    def handle_data(self, data: str) -> None:
        self.parts.append(escape(data, quote=False))

    def parse_marked_section(self, i: int, _report: int = 1) -> int:
        """`<![` is a broken comment, as browsers read it; the parser of 3.11 raises an error there."""
        return self.parse_bogus_comment(i)

    def _image(self, values: dict[str, str]) -> None:
        address = values.get("src", "")
        words = _NO_ALT.sub("image", values.get("alt", "")) or address
        link = address and not self._links
        self.parts.append(f'<a href="{escape(address)}">{escape(words)}</a>' if link else escape(words))

    def _address(self, href: str) -> str:
        """Links without a host lead to the questions of that forum, which are here now; to its other pages, nowhere."""
        if not href.startswith("/") or href.startswith("//"):
            return f"https:{href}" if href.startswith("//") else href
        if found := _ANSWER.match(href):
            return f"/from/{self._source}/answers/{found[1]}"
        found = _QUESTION.match(href)
        return f"/from/{self._source}/questions/{found[1]}" if found else ""


class Renderers:
    """A second process that renders while this one writes; or, not `apart`, this one does both.

    One is enough: it renders faster than a database takes in what it made. It is started afresh, because a copy of a
    process that has threads and connections is unsafe, and early, because that takes a second.
    """

    def __init__(self, apart: bool = True) -> None:
        self._pool: ProcessPoolExecutor | None = None
        if apart:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_leave_interrupts)
            self._pool.submit(int)

    def __enter__(self) -> "Renderers":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: BaseException | TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=kind is None, cancel_futures=True)

    def begin(self, words: Sequence[Words]) -> Callable[[], list[Rendered]]:
        """Begin to render; what is returned waits for the results, in the same order."""
        if self._pool is None:
            return lambda: [render(each) for each in words]
        results = self._pool.map(render, words, chunksize=CHUNK)
        return lambda: list(results)


def _leave_interrupts() -> None:
    """Ctrl-C is for the command; its helper ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
