"""What people type into the search field: words, "phrases", -without, and filters such as tag:wifi or is:solved."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from flask_babel import gettext as _

LONGEST = 200
MOST_WORDS = 40
STATES = ("solved", "unsolved", "unanswered", "staff-answered")
_PIECE = re.compile(r'(-?)(?:(tag|topic|is|by|after|before):)?(?:"([^"]*)"|(\S+))', re.IGNORECASE)


@dataclass(frozen=True)
class Query:
    """A search, taken apart. `hints` say in words what of it could not be understood and was read as plain words."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None
    hints: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_empty(self) -> bool:
        return self == Query()

    @property
    def text(self) -> str:
        """The words that are looked for, without filters."""
        return " ".join((*self.words, *self.phrases))


def parse(typed: str) -> Query:
    """Take apart what was typed, at most 200 characters of it. Raises nothing: what is odd is searched as words."""
    query = Query()
    for minus, name, phrase, word in _PIECE.findall(typed.replace("\x00", " ")[:LONGEST]):
        value = (phrase or word).strip()
        if value and len(query.words) + len(query.phrases) < MOST_WORDS:
            query = _with(query, minus, name.lower(), value, is_phrase=bool(phrase))
    return query


def _with(query: Query, minus: str, name: str, value: str, *, is_phrase: bool) -> Query:
    if minus:
        return replace(query, without=(*query.without, value))
    match name:
        case "":
            if is_phrase:
                return replace(query, phrases=(*query.phrases, value))
            return replace(query, words=(*query.words, value.strip('"')))
        case "tag":
            return replace(query, tags=(*query.tags, value.casefold()))
        case "topic":
            return replace(query, topics=(*query.topics, value.casefold()))
        case "by":
            return replace(query, authors=(*query.authors, value.casefold()))
        case "is" if value.casefold() in STATES:
            return replace(query, states=(*query.states, value.casefold()))
        case "after" | "before" if (day := _day(value)) is not None:
            return replace(query, after=day) if name == "after" else replace(query, before=day)
    hint = (
        _("“is:” knows solved, unsolved, unanswered and staff-answered.")
        if name == "is"
        else _("“%(name)s:” wants a day such as 2026-01-31.", name=name)
    )
    return replace(query, words=(*query.words, value), hints=(*query.hints, hint))


def _day(value: str) -> datetime | None:
    try:
        return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
