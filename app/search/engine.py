"""The small interface behind which search engines stand."""

from collections.abc import Sequence
from typing import Protocol

from app.lib.paging import Page
from app.models import Thread


class Engine(Protocol):
    """Finds public threads. Whatever an engine returns is checked against the database before it is shown."""

    def search(self, words: str, page: int) -> Page[Thread]:
        """Threads that fit these words, best first. Anything typed is a search; nothing raises."""

    def similar(self, title: str, count: int = 5) -> Sequence[Thread]:
        """Threads that ask much the same as this title, best first."""
