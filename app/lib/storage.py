"""Where uploaded files are kept: a small interface, and a folder as its default."""

import os
from pathlib import Path
from typing import BinaryIO, Protocol


class Storage(Protocol):
    """Keeps bytes under names of letters and digits, which we invent: never under a name that somebody sent."""

    def put(self, data: bytes, name: str) -> None:
        """Keep the bytes: all of them are there when this returns, or none. Raises OSError when there is no room."""

    def open(self, name: str) -> BinaryIO:
        """The bytes, to be read. Raises FileNotFoundError."""

    def delete(self, name: str) -> None:
        """Forget the bytes; no error if there are none."""


class FolderStorage:
    """A folder that only this program may enter, with two levels of folders by the first letters of a name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes, name: str) -> None:
        path = self._path(name)
        self._folder.mkdir(0o700, parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        try:
            with fresh.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)  # the name, too, survives loss of power
        os.close(folder)

    def open(self, name: str) -> BinaryIO:
        return self._path(name).open("rb")

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not (name.isascii() and name.isalnum() and len(name) > 4):
            raise ValueError(f"not a name for a file: {name!r}")
        return self._folder / name[:2] / name[2:4] / name
