"""Reading files of any size a piece at a time; whatever is wrong with one is said with its name."""

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from app.lib import clock

# Called with the name of a phase, how much of it is done, and how much there is in all.
Tell = Callable[[str, int, int], None]

CHUNK = 1 << 16
LARGEST_NUMBER = 10**15
_NUMBER = re.compile(r"-?[0-9]{1,16}")


class BadFile(Exception):
    """A file cannot be read; the sentence names it and says why. Nothing of it is in the forum."""


class Row:
    """One row of a file: its attributes, checked when they are asked for."""

    def __init__(self, file: Path, values: dict[str, str]) -> None:
        self._file, self._values = file, values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        return self._values.get(name, "")

    def number(self, name: str) -> int:
        """A whole number. Raises BadFile when it is missing or none."""
        value = self.text(name)
        if not _NUMBER.fullmatch(value) or abs(int(value)) > LARGEST_NUMBER:
            self.refuse(f"{name} is {value!r}, which is no number" if name in self else f"{name} is missing")
        return int(value)

    def moment(self, name: str) -> str:
        """A point in time as it was written, in UTC. Raises BadFile when it is missing, none, or still to come."""
        try:
            when = moment(self.text(name))
        except ValueError:
            self.refuse(f"{name} is {self.text(name)!r}, which is no date" if name in self else f"{name} is missing")
        if when > clock.now():
            self.refuse(f"{name} is {self.text(name)}, which is still to come")
        return when.isoformat()

    def refuse(self, why: str) -> NoReturn:
        raise BadFile(f"{self._file}: the row with the Id {self.text('Id')!r}: {why}.")


def moment(text: str) -> datetime:
    """A date in ISO form; without a zone it is UTC. Raises ValueError."""
    when = datetime.fromisoformat(text)
    try:
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except OverflowError as problem:
        raise ValueError(text) from problem


def pieces(path: Path, tell: Tell) -> Iterator[bytes]:
    """The content of a file, unpacked if its name ends in .gz. Raises BadFile."""
    size = path.stat().st_size
    try:
        with path.open("rb") as raw:
            packed = path.suffix == ".gz"
            content: BinaryIO | gzip.GzipFile = gzip.GzipFile(fileobj=raw) if packed else raw
            while piece := content.read(CHUNK):
                yield piece
                tell(path.name, raw.tell(), size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise BadFile(f"{path} is damaged or cut off: {problem}.") from None
    except OSError as problem:
        raise BadFile(f"{path} cannot be read: {problem.strerror}.") from None


def rows(path: Path, root: str, tell: Tell) -> Iterator[Row]:
    """The rows of a file of a Stack Exchange dump. Raises BadFile, also for a document type: dumps have none, attacks do."""
    found: list[dict[str, str]] = []
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        if depth == 0 and name.casefold() != root:
            raise BadFile(f"{path} holds <{name}>, not the <{root}> of a Stack Exchange dump.")
        if depth == 1 and name == "row":
            found.append(attributes)
        depth += 1

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_declaration: object) -> None:
        raise BadFile(f"{path} declares a document type or entities, which dumps never do. It is not read.")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        for piece in pieces(path, tell):
            parser.Parse(piece)
            yield from (Row(path, values) for values in found)
            found.clear()
        parser.Parse(b"", True)
        yield from (Row(path, values) for values in found)  # newer parsers keep a large one until the end
    except expat.ExpatError as problem:
        raise BadFile(f"{path} is damaged or cut off: {problem}.") from None
    except (LookupError, ValueError) as problem:  # an encoding that is not there, or not for XML
        raise BadFile(f"{path} cannot be read: {problem}.") from None


def lines(path: Path, longest: int, tell: Tell) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a file with their numbers; None stands for one that is too long. Raises BadFile."""
    number, line, skipping = 1, bytearray(), False
    for piece in pieces(path, tell):
        *complete, rest = piece.split(b"\n")
        for part in complete:
            yield number, None if skipping or len(line) + len(part) > longest else bytes(line + part)
            number, line, skipping = number + 1, bytearray(), False
        skipping = skipping or len(line) + len(rest) > longest
        line = bytearray() if skipping else line + rest
    if line or skipping:
        yield number, None if skipping else bytes(line)
