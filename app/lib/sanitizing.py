"""The wall between what somebody wrote and a page: only the tags, attributes and addresses of ALLOWED come through.

The only module that imports bleach and nh3.
"""

import re
from html import escape, unescape

import nh3
from bleach.sanitizer import Cleaner
from pygments.token import STANDARD_TYPES

# Measured on 30 kB of one tag repeated: bleach needs 1.5 s for 3,700 lists in each other, and for elements beside each other
# it and nh3 need up to 80 µs each. Browsers stop nesting at 512. No honest text of 30,000 characters comes near the figures.
MAX_DEPTH = 100
MAX_ELEMENTS = 6_000

LINK_REL = "ugc nofollow noopener"  # design/trust 1.4

_ADDRESS = re.compile(r"(?:https?://|mailto:|/(?![/\\])|#)[^\s\x00-\x20\x7f\\<>\"`]*", re.IGNORECASE)
_LABEL = re.compile(r"[^<>\"\x00-\x1f]{1,200}")
_TEXT = re.compile(r"[^\x00-\x08\x0b-\x1f]*")
_PIXELS = re.compile("[1-9][0-9]{0,4}")
_SCROLLS = {"tabindex": re.compile("0"), "role": re.compile("group"), "aria-label": _LABEL}
_CELL = {"class": re.compile("num|mid")}
_CODE_CLASS = re.compile("|".join(sorted(filter(None, STANDARD_TYPES.values()))))

_PLAIN = "p br hr h3 h4 h5 strong em del s blockquote ul li code kbd sup sub table thead tbody tr"

# Tag → attribute → what its whole value must look like.
ALLOWED: dict[str, dict[str, re.Pattern[str]]] = {
    **{tag: {} for tag in _PLAIN.split()},
    "a": {
        "href": _ADDRESS,
        "title": _TEXT,
        "class": re.compile("mention"),
        "rel": re.compile(LINK_REL),
    },
    "ol": {"start": re.compile(r"[0-9]{1,9}")},
    "pre": _SCROLLS,
    "div": {"class": re.compile("tbl"), **_SCROLLS},
    "span": {"class": _CODE_CLASS},
    "th": {"scope": re.compile("col|row"), **_CELL},
    "td": _CELL,
    # Only our own attachments: what is fetched from somebody else tells them who reads.
    "img": {
        "src": re.compile(r"/attachments/[0-9a-f]{32}"),
        "alt": _TEXT,
        "width": _PIXELS,
        "height": _PIXELS,
        "loading": re.compile("lazy"),
        "decoding": re.compile("async"),
    },
}

_SCHEMES = {"http", "https", "mailto"}
_VOID = {"br", "hr", "img"}
# A picture whose address was not kept, as nh3 writes it: it has no quotes and no ">" inside of values. (The slash counts:
# a description that ends in src= is followed by a quote too.)
_FOREIGN = re.compile(r'<img(?![^>]* src="/)[^>]*>')
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_TAG_OPENING = re.compile("<[a-zA-Z]")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
# An unclosed one of these is repeated by the parser in every later paragraph, as often as its attributes differ: 27 kB
# become 36 MB. None may keep an attribute, so they are handed on to a tag that is dropped; without, three of each remain.
_REPEATED = re.compile(r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/])", re.IGNORECASE)


def _keeps(tag: str, attribute: str, value: str) -> bool:
    pattern = ALLOWED.get(tag, {}).get(attribute)
    return pattern is not None and pattern.fullmatch(value) is not None


def _keeps_raw(tag: str, attribute: str, value: str) -> bool:
    """The same for bleach, which hands on values with their entities."""
    return _keeps(tag, attribute, unescape(value))


_guard = nh3.Cleaner(
    tags=set(ALLOWED),
    attributes={tag: set(attributes) - {"rel"} for tag, attributes in ALLOWED.items()},
    attribute_filter=lambda tag, attribute, value: value if _keeps(tag, attribute, value) else None,
    url_schemes=_SCHEMES,
    link_rel=LINK_REL,
)


def _guarded(html: str) -> str:
    return _FOREIGN.sub("", _guard.clean(html))


def well_formed(text: str) -> str:
    """Replace what no page can carry (control characters but tab and line ends, lone surrogates) by U+FFFD. No errors."""
    return _NOT_TEXT.sub("\ufffd", text)


def link_allowed(address: str) -> bool:
    """Whether a link may lead there: http, https, mailto, or a path of this site beginning with one "/" or "#". No errors."""
    return _ADDRESS.fullmatch(address) is not None


def bearable(html: str) -> bool:
    """Whether well-formed HTML has at most MAX_DEPTH levels and MAX_ELEMENTS elements (figures: see there). No errors."""
    depth = elements = 0
    for closing, tag in _TAG.findall(html):
        if closing:
            depth -= 1
        else:
            elements += 1
            depth += tag not in _VOID
            if depth > MAX_DEPTH or elements > MAX_ELEMENTS:
                return False
    return True


def clean(html: str) -> str:
    """Return the harmless part of any HTML, as the browser-grade parser writes it. No errors; cleaning twice changes nothing.

    nh3 makes it well-formed, bleach gives the second opinion, nh3 always has the last word; the pair is repeated until
    nothing changes. What is not `bearable`, or never comes to rest, is returned as text, tags and all. Else tags not in
    ALLOWED go and their text stays (but not that of script and style). Every link carries LINK_REL, mentions and links
    inside the site too: nh3 writes it itself, so nobody can forget it.
    """
    source = html = well_formed(html)
    if len(_TAG_OPENING.findall(html)) <= MAX_ELEMENTS:  # before, because nh3 too is quadratic in the depth
        html = _guarded(_REPEATED.sub(r"<\1><x", html))
        for _ in range(4):
            if not bearable(html):
                break
            # A cleaner each time: bleach's parser has state and is not safe between threads; making one takes 0.1 ms.
            bleached = Cleaner(tags=set(ALLOWED), attributes=_keeps_raw, protocols=_SCHEMES, strip=True).clean(html)
            settled = _guarded(bleached)
            if settled == html:
                return html
            html = settled
    return _guard.clean(escape(source, quote=False))
