"""What is put into the storage is there, all of it, for us alone, and never where somebody else says."""

import os
from pathlib import Path

import pytest

from app.lib.storage import FolderStorage

NAME = "0123456789abcdef"


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "files")


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_what_was_put_is_there_until_it_is_deleted(storage, tmp_path):
    storage.put(b"one", NAME)
    with storage.open(NAME) as file:
        assert file.read() == b"one"
    assert files_in(tmp_path) == [f"files/01/23/{NAME}"]
    storage.delete(NAME)
    storage.delete(NAME)
    with pytest.raises(FileNotFoundError):
        storage.open(NAME)


def test_nobody_else_may_look_in(storage, tmp_path):
    storage.put(b"one", NAME)
    assert (tmp_path / "files").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_on_a_full_disk_nothing_is_left_behind(storage, tmp_path, monkeypatch, step):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="No space"):
        storage.put(b"one", NAME)
    assert files_in(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["", "abc", "../../../etc/passwd", "ab/cd/ef", "..", "a.b.c.d", "abcde\0", "ab\\cde", "äbcde"]
)
def test_T23_a_name_is_never_a_way_out_of_the_folder(storage, tmp_path, name):
    for use in (lambda: storage.put(b"x", name), lambda: storage.open(name), lambda: storage.delete(name)):
        with pytest.raises(ValueError, match="not a name"):
            use()
    assert files_in(tmp_path) == []
