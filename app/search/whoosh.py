"""The embedded engine: Whoosh, in a folder. One process writes (the worker), all read.

What matters, measured on 47,000 and 200,000 texts (docs/search.md): segments that are not compound (commits of 4 instead of
103 ms, a tenth of the memory), an analyser that knows doubled letters, AND first and OR when too few fit, restrictions as
filters, no `OrGroup.factory`, no `Require`; and a failed commit that is cancelled, for else it keeps the lock.
"""

import re
import shutil
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh.analysis import LanguageAnalyzer
from whoosh.collectors import FilterCollector, TimeLimitCollector
from whoosh.fields import DATETIME, ID, KEYWORD, NUMERIC, TEXT, Schema
from whoosh.query import And, DateRange, Every, NullQuery, Or, Phrase, Term
from whoosh.query import Query as WhooshQuery
from whoosh.searching import Searcher, TimeLimit

from app.lib import clock
from app.search.engine import Document, Hits
from app.search.query import Query

ANALYZER = LanguageAnalyzer("en")
SCHEMA = Schema(
    thread=ID(unique=True, stored=True),
    title=TEXT(analyzer=ANALYZER),
    body=TEXT(analyzer=ANALYZER),
    tags=KEYWORD(commas=True),
    topics=KEYWORD(commas=True),
    states=KEYWORD(commas=True),
    authors=KEYWORD(commas=True),
    asked=DATETIME,
    weight=NUMERIC(float, stored=True),
    active=NUMERIC(int, bits=64, stored=True),
    print=ID(stored=True),
)
TITLE_BOOST = 2.0  # MRR 85.9 against 84.6 without on StackFAQ, and best on both of its figures together
BODY_WORDS = 10  # the rarest of a question's details; more of them find worse (SemEval 2016: 73.8 against 72.2)
ALL_OF = (
    3  # so many words are all wanted; of more, a sentence perhaps, the best that has some (StackFAQ: 86.2 against 84.5)
)
ENOUGH = 5  # fewer hits than this with all words, and those with some of them follow
CONSIDERED = 200  # hits that weight and age may rearrange
FADES = 0.04  # a year: gently, for most answers stay true
SECONDS = 1.0
REFRESH = 0.5
POINTER = "current"
YEAR = 365 * 86_400
_HYPHENATED = re.compile(r"\b([^\W\d_]+)-([^\W\d_]+)\b")


class WhooshIndex:
    """An index in a folder of its own; `current` names the generation that is used, so that a rebuild swaps in one step."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._generation = ""
        self._searcher: Searcher | None = None
        self._looked_at = 0.0

    @property
    def is_ready(self) -> bool:
        with self._lock:
            return self._open() is not None

    def search(self, query: Query, start: int, size: int) -> Hits:
        with self._lock:
            searcher = self._open()
            if searcher is None:
                return Hits((), 0)
            words = list(dict.fromkeys(_analyzed(" ".join(query.words))))
            limits = _filter(query)
            unwanted = [_any_field(word) for word in _analyzed(" ".join(query.without))]
            mask = Or(unwanted) if unwanted else None
            wanted = max(CONSIDERED, start + size)
            every = [_any_field(word) for word in words]
            phrases = _phrases(query)
            together = And(every) if len(words) <= ALL_OF else Or(every)
            found, total = _run(searcher, And([together, *phrases]), limits, mask, wanted)
            if total < ENOUGH and 1 < len(words) <= ALL_OF:
                seen = {number for number, _score in found}
                more, total = _run(searcher, And([Or(every), *phrases]), limits, mask, wanted)
                found += [hit for hit in more if hit[0] not in seen]
            return Hits(
                [number for number, _score in found[start : start + size]],
                max(total, len(found)),
                _analyzed(query.text),
            )

    def similar(self, title: str, body: str, size: int) -> Sequence[int]:
        with self._lock:
            searcher = self._open()
            if searcher is None:
                return ()
            terms = [_any_field(word, 2.0) for word in dict.fromkeys(_analyzed(title))]
            rest = [word for word in dict.fromkeys(_analyzed(body)) if word not in _analyzed(title)]
            rest.sort(key=lambda word: searcher.doc_frequency("body", word) or 1_000_000_000)
            terms += [_any_field(word) for word in rest[:BODY_WORDS]]
            return [number for number, _score in _run(searcher, Or(terms), None, None, size)[0]] if terms else ()

    def update(self, documents: Sequence[Document], gone: Sequence[int]) -> None:
        generation = self._current()
        writer = whoosh_index.open_dir(self._folder / generation).writer(timeout=5, compound=False)
        try:
            for number in gone:
                writer.delete_by_term("thread", str(number))
            for document in documents:
                writer.update_document(**_fields(document))
            writer.commit()
        except BaseException:
            writer.cancel()
            raise

    def rebuild(self, documents: Iterable[Document]) -> None:
        self._folder.mkdir(0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        generation = f"generation-{time.time_ns()}"
        fresh = self._folder / generation
        fresh.mkdir(0o700)
        try:
            writer = whoosh_index.create_in(fresh, SCHEMA).writer(limitmb=128, compound=False)
            try:
                for document in documents:
                    writer.add_document(**_fields(document))
                writer.commit(optimize=True)
            except BaseException:
                writer.cancel()
                raise
            pointer = self._folder / f"{POINTER}.new"
            pointer.write_text(generation)
            pointer.replace(self._folder / POINTER)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        for old in self._folder.glob("generation-*"):
            if old != fresh:
                shutil.rmtree(old, ignore_errors=True)

    def fingerprints(self) -> dict[int, str]:
        with whoosh_index.open_dir(self._folder / self._current()).searcher() as searcher:
            return {int(fields["thread"]): fields["print"] for fields in searcher.all_stored_fields()}

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._searcher is not None:
            self._searcher.close()
        self._searcher = None

    def _current(self) -> str:
        try:
            return (self._folder / POINTER).read_text().strip()
        except OSError:
            return ""

    def _open(self) -> Searcher | None:
        """The searcher of this process, looking for news at most twice a second; None where there is no index to read."""
        now = time.monotonic()
        if self._searcher is not None and now - self._looked_at < REFRESH:
            return self._searcher
        self._looked_at = now
        generation = self._current()
        try:
            # Its own `refresh` fails where the index was empty before; opening anew takes 4 ms at 100,000 threads.
            if self._searcher is not None and (generation != self._generation or not self._searcher.up_to_date()):
                self._close()
            if self._searcher is None and generation:
                self._searcher = whoosh_index.open_dir(self._folder / generation).searcher()
        except Exception:  # noqa: BLE001 - whatever a damaged index raises: there is none, and the worker builds it anew
            self._close()
        self._generation = generation
        return self._searcher


def _fields(document: Document) -> dict[str, Any]:
    return {
        "thread": str(document.thread_id),
        "title": _spelled(document.title),
        "body": _spelled(document.body),
        "tags": ",".join(document.tags),
        "topics": ",".join(document.topics),
        "states": ",".join(document.states),
        "authors": ",".join(document.authors),
        "asked": document.asked_at.astimezone(UTC).replace(tzinfo=None),
        "weight": document.weight,
        "active": int(document.active_at.timestamp()),
        "print": document.fingerprint,
    }


def _analyzed(text: str) -> list[str]:
    """The stems of what somebody is looking for. "Wi-Fi" means "wifi", which stands in the index for both spellings."""
    return [token.text for token in ANALYZER(_HYPHENATED.sub(r"\1\2", text))]


def _spelled(text: str) -> str:
    return _HYPHENATED.sub(r"\1-\2 \1\2", text)


def _any_field(word: str, boost: float = 1.0) -> WhooshQuery:
    return Or([Term("title", word, boost=boost * TITLE_BOOST), Term("body", word, boost=boost)])


def _phrases(query: Query) -> list[WhooshQuery]:
    taken = [_analyzed(phrase) for phrase in query.phrases]
    return [
        _any_field(words[0]) if len(words) == 1 else Or([Phrase("title", words), Phrase("body", words)])
        for words in taken
        if words
    ]


def _filter(query: Query) -> WhooshQuery | None:
    limits: list[WhooshQuery] = []
    for field, values in (("tags", query.tags), ("topics", query.topics), ("authors", query.authors)):
        limits += [Term(field, value) for value in values]
    limits += [Term("states", state) for state in query.states]
    if query.after or query.before:
        limits.append(DateRange("asked", _naive(query.after), _naive(query.before)))
    return And(limits) if limits else None


def _naive(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=None) if moment is not None else None


def _run(
    searcher: Searcher, wanted: WhooshQuery, limits: WhooshQuery | None, mask: WhooshQuery | None, size: int
) -> tuple[list[tuple[int, float]], int]:
    """Thread and score, best first, with weight and age taken into account; and how many fit, about.

    Where only filters were given everything that passes them fits.
    """
    wanted = wanted.normalize()
    # The filter goes outside: wrapped in the other it would be passed over. It has no time limit then, and needs none.
    collector = TimeLimitCollector(searcher.collector(limit=size), SECONDS, use_alarm=False)
    if limits is not None or mask is not None:
        collector = FilterCollector(collector, limits, mask)
    with suppress(TimeLimit):
        searcher.search_with_collector(Every() if wanted == NullQuery else wanted, collector)
    results = collector.results()
    today, found = clock.now().timestamp(), []
    for hit in results:
        fields = hit.fields()
        age = max(0.0, today - fields["active"]) / YEAR
        found.append((int(fields["thread"]), (hit.score or 1.0) * fields["weight"] / (1 + FADES * age)))
    return sorted(found, key=lambda each: (-each[1], -each[0])), len(results)
