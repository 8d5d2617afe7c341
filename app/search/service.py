"""The engine in use."""

from app.search.engine import Engine
from app.search.titles import TitleEngine

_ENGINE = TitleEngine()


def engine() -> Engine:
    """The engine that the settings ask for."""
    return _ENGINE
