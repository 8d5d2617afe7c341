"""Short forms of text for addresses, tags, mentions and single-line fields, in every script."""

import re
import unicodedata
from functools import lru_cache

TAG_LENGTH = 35  # design/trust 1.4
HANDLE_LENGTH = 40

# Letters by category, yet blank or without width: Hangul fillers, Khmer inherent vowels, joiner, Braille blank.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_JOINERS = "\u200c\u200d"


def _folded(text: str) -> str:
    """One spelling for all that look or sort alike; what has no width (category Cf) goes."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf" and c not in _BLANK)
    return unicodedata.normalize("NFKC", text.casefold())


def _only(text: str, others: str) -> str:
    """Leave word characters and these others; what now stands beside each other may have to be composed."""
    return unicodedata.normalize("NFKC", "".join(c for c in text if is_wordlike(c) or c in others))


def is_wordlike(character: str) -> bool:
    """Whether a character is a letter, a digit or a mark on one (vowel signs, accents) in any script. No errors."""
    return unicodedata.category(character)[0] in "LMN" and character not in _BLANK


@lru_cache(maxsize=10_000)
def slugify(text: str, max_length: int = 80) -> str:
    """Return the text as part of an address: lower-case letters and digits of any script, single hyphens. No errors.

    Longer than max_length it is cut at a hyphen if one stands in the second half, else inside the word. Without any
    letter or digit it is "-", never empty. The default length is ours: longer ones are cut off in search results.
    """
    slug = "".join(c if is_wordlike(c) else " " for c in _folded(text))
    slug = "-".join(slug.split())
    if len(slug) > max_length:
        hyphen = slug.rfind("-", max_length // 2, max_length + 1)
        slug = slug[: max_length if hyphen == -1 else hyphen]
    return slug or "-"


def tag_name(text: str) -> str:
    """Return the one spelling of a tag: "Node JS" → "node-js"; letters, digits, + # . and - are kept, the rest goes.

    Raises ValueError("empty") without any letter or digit, and ValueError("too_long") over 35 characters (trust 1.4).
    """
    name = re.sub(r"[\s_/]", "-", _folded(text))
    name = re.sub("-+", "-", _only(name, "+#.-")).strip("-")
    if not any(c.isalnum() for c in name):
        raise ValueError("empty")
    if len(name) > TAG_LENGTH:
        raise ValueError("too_long")
    return name


def handle(name: str) -> str:
    """Return how somebody of this name is mentioned: "Maria Lopez" → "maria-lopez". No errors.

    Letters, digits, . _ and - are kept but begin and end with a letter or digit; at most 40 characters, as many as a
    mention may have (ours). Empty if nothing is left: such a name cannot be mentioned.
    """
    kept = _only("-".join(_folded(name).split()), "._-").strip("._-")
    return kept[:HANDLE_LENGTH].rstrip("._-")


def clean_line(text: str) -> str:
    """Return text for a single-line field (name, title, subject) without what deceives the eye. No errors; may be empty.

    NFC; control characters, lone surrogates, bidi overrides and all that has no width go; white space, line ends too,
    becomes one space. ZWJ and ZWNJ stay only between letters from Arabic to Sinhala (U+0600 - U+0DFF), which are spelt
    with them (Unicode UAX #31, 2.3); elsewhere they would make two names that look the same. So joined emoji fall apart.
    """
    text = unicodedata.normalize("NFC", text)
    kept = []
    base = ""  # the last character that is no mark: marks may change places, so the rule must not depend on them
    for i, c in enumerate(text):
        if c in _JOINERS:
            keep = _joins(base) and _joins(text[i + 1 : i + 2])
        else:
            keep = c.isspace() or (unicodedata.category(c) not in ("Cc", "Cf", "Cs") and c not in _BLANK)
        if keep:
            kept.append(c)
        if not unicodedata.combining(c):
            base = c
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def _joins(character: str) -> bool:
    return "\u0600" <= character <= "\u0dff" and is_wordlike(character)
