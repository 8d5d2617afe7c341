"""Pages that are the same for every guest, kept in memory until anything in the forum changes.

Somebody without a cookie gets the bytes that the last one got, as long as nothing was written since: one statement asks the
database how far it is, before any session opens. Changes that come by the clock are facts of the worker; what merely fades
with time (the order of answers, the age of a recommendation) is at most a minute old.
"""

from collections import OrderedDict
from threading import Lock
from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy import text

from app.extensions import db
from app.lib import clock
from app.lib.web import wants_fragment

# Pages that draw nothing from a guest's request but the address, write nothing and count nothing.
SHARED = frozenset(
    {
        "home.page",
        "home.help_page",
        "questions.index",
        "questions.page",
        "topics.index",
        "topics.page",
        "tags.index",
        "tags.page",
        "people.profile",
    }
)
LARGEST_MEMORY = 32 * 1024 * 1024
# PostgreSQL hands out numbers of facts before their commit, so the newest number alone could hide an older fact.
VERSIONS = {
    "sqlite": text("SELECT max(id) FROM events"),
    "postgresql": text("SELECT CAST(pg_current_snapshot() AS text)"),
}
Key = tuple[Any, ...]


class Pages:
    """The pages used last, up to a number of bytes."""

    def __init__(self, largest: int = LARGEST_MEMORY) -> None:
        self._largest, self._size, self._lock = largest, 0, Lock()
        self._kept: OrderedDict[Key, tuple[bytes, list[tuple[str, str]]]] = OrderedDict()

    def get(self, key: Key) -> tuple[bytes, list[tuple[str, str]]] | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Key, body: bytes, headers: list[tuple[str, str]]) -> None:
        with self._lock:
            if key in self._kept or len(body) > self._largest:
                return
            self._kept[key] = body, headers
            self._size += len(body)
            while self._size > self._largest:
                _key, (dropped, _headers) = self._kept.popitem(last=False)
                self._size -= len(dropped)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._size = 0


def init_app(app: Flask) -> None:
    """Answer before anything else runs; keep what everything else has made. Call it before `guard.init_app`."""
    app.extensions["pages"] = Pages()
    app.before_request(_kept_page)
    app.after_request(_keep)


def _kept_page() -> Response | None:
    readable = request.method in ("GET", "HEAD") and request.endpoint in SHARED
    if not readable or request.cookies or wants_fragment():
        return None
    with db.engine.connect() as connection:
        version = connection.scalar(VERSIONS[connection.dialect.name])
    minute = clock.now().replace(second=0, microsecond=0)
    g.page_key = (request.full_path, request.is_secure, version, minute)
    kept = current_app.extensions["pages"].get(g.page_key)
    if kept is None:
        return None
    del g.page_key
    body, headers = kept
    response = Response(body, headers=headers)
    response.make_conditional(request)
    return response


def _keep(response: Response) -> Response:
    if "page_key" in g and response.status_code == 200 and "public" in response.headers.get("Cache-Control", ""):
        current_app.extensions["pages"].put(g.page_key, response.get_data(), list(response.headers))
    return response
