"""Faults of one database are tested where the suite runs on it."""

from pathlib import Path

import pytest

OTHER = {"postgresql": "test_sqlite.py", "sqlite": "test_postgresql.py"}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if collection_path.name == OTHER[config.getoption("--database")] else None
