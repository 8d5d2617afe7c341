"""What changed between two texts, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# A changed passage longer than this is shown as old and new instead of word by word: comparing costs the square of it.
WORDS_COMPARED = 2_000


@dataclass(frozen=True)
class Change:
    kind: Literal["same", "removed", "added"]
    text: str


def changes(old: str, new: str) -> list[Change]:
    """The pieces of both texts in order: what stayed, what was removed, what was added. Joined without the removed ones
    they are the new text, without the added ones the old."""
    found: list[Change] = []
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for kind, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes():
        left, right = "".join(before[a:b]), "".join(after[c:d])
        if kind == "equal":
            found.append(Change("same", left))
        elif kind == "replace":
            found += _words(left, right)
        else:
            found += [Change("removed", left)] if left else [Change("added", right)]
    return found


def _words(old: str, new: str) -> list[Change]:
    before, after = re.findall(r"\s+|\w+|[^\w\s]", old), re.findall(r"\s+|\w+|[^\w\s]", new)
    if len(before) + len(after) > WORDS_COMPARED:
        return [Change("removed", old), Change("added", new)]
    found: list[Change] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        left, right = "".join(before[a:b]), "".join(after[c:d])
        if kind == "equal":
            found.append(Change("same", left))
            continue
        found += [Change("removed", left)] if left else []
        found += [Change("added", right)] if right else []
    return found
