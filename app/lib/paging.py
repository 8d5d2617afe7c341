"""Numbered pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.lib.web import MAX_PAGE

T = TypeVar("T")


@dataclass
class Page(Generic[T]):
    """One page of a list: its rows, its number, how many pages and rows there are in all."""

    rows: Sequence[T]
    number: int
    pages: int
    total: int

    def numbers(self) -> list[int | None]:
        """The numbers to offer: first, last and those around this one; None where some are left out."""
        near = {1, self.pages, *range(self.number - 1, self.number + 2)}
        shown: list[int | None] = []
        for number in sorted(n for n in near if 1 <= n <= self.pages):
            if shown and shown[-1] is not None and number > shown[-1] + 1:
                shown.append(None)
            shown.append(number)
        return shown


def pages_of(total: int, size: int) -> int:
    """How many pages; an empty list has one, and nobody reads beyond the last that is served."""
    return min(MAX_PAGE, max(1, -(-total // size)))


def offset_of(page: int, size: int) -> int:
    return (page - 1) * size
