"""Which answer stands on top, and in what order the others follow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# A recommendation leads for half a year (features.md, "Visual order"); then it is a mark like others until renewed.
RECOMMENDATION_LEADS = timedelta(days=180)
# Helpfulness fades by half in two years: a better new answer can rise above an old favourite.
HALF_LIFE = timedelta(days=730)


REPORTS_NEEDED = 5


class AnswerOrder(StrEnum):
    HELPFUL = "helpful"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True)
class AnswerLine:
    """What ordering needs of an answer."""

    id: int
    author_id: int
    score: int
    created_at: datetime
    worked: int = 0
    failed: int = 0

    @property
    def worth(self) -> float:
        """Helpful votes, and more heavily what it really did: one that worked outweighs one that liked it."""
        return self.score + 2 * (self.worked - self.failed)


def best_answer(
    answers: Iterable[AnswerLine],
    asker_id: int,
    accepted_id: int | None,
    recommended: Mapping[int, datetime],
    now: datetime,
) -> int | None:
    """The id of the answer to show on top, or None.

    First one that staff recommended within 180 days (of several the accepted one, else the most helpful); else the
    accepted one, unless the asker accepted an answer of their own; else, with at least five reports, the one that
    worked for the largest share and at least for half (features.md part 3, "Visual order").
    """
    lines = list(answers)
    fresh = [a for a in lines if a.id in recommended and now - recommended[a.id] <= RECOMMENDATION_LEADS]
    if fresh:
        return max(fresh, key=lambda a: (a.id == accepted_id, a.worth, -a.id)).id
    if accepted := next((a.id for a in lines if a.id == accepted_id and a.author_id != asker_id), None):
        return accepted
    tried = [a for a in lines if a.worked + a.failed >= REPORTS_NEEDED and a.worked >= a.failed]
    return max(tried, key=lambda a: (a.worked / (a.worked + a.failed), a.worked, -a.id)).id if tried else None


def in_order(answers: Iterable[AnswerLine], order: AnswerOrder, now: datetime) -> list[AnswerLine]:
    """The answers in the order asked for; ties keep the order of writing."""
    oldest = sorted(answers, key=lambda a: (a.created_at, a.id))
    if order is AnswerOrder.OLDEST:
        return oldest
    if order is AnswerOrder.NEWEST:
        return oldest[::-1]
    return sorted(oldest, key=lambda a: -a.worth * 0.5 ** ((now - a.created_at) / HALF_LIFE))
