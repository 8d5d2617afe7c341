"""Small things between HTTP and the features: safe ways back, forms that were refused, page numbers."""

from typing import Any
from urllib.parse import unquote

from flask import Response, abort, redirect, render_template, request

MAX_PAGE = 1000
MAX_TARGET = 2000  # no address of ours is longer, and servers refuse longer headers


def safe_path(target: str) -> str | None:
    """The target if it is a path on this site, else None. `//host`, `/\\host`, schemes and controls are none."""
    if not target.startswith("/") or target.startswith("//") or len(target) > MAX_TARGET:
        return None
    if "\\" in target or any(ord(char) < 33 or ord(char) == 127 for char in target) or "%2f%2f" in target.lower():
        return None
    return target


def rejected(template: str, form: Any, **context: Any) -> tuple[str, int]:
    """The page with its form: 200 when it was only asked for, 422 with errors and everything typed when it was sent."""
    return render_template(template, form=form, **context), 422 if request.method == "POST" else 200


def page_number() -> int:
    """The page asked for; anything that is not a number from 1 to 1,000 is a page that does not exist."""
    wanted = request.args.get("page", "1")
    plain = wanted.isascii() and wanted.isdigit() and len(wanted) <= 4 and wanted[0] != "0"
    if not plain or int(wanted) > MAX_PAGE:
        abort(404)
    return int(wanted)


def moved(path: str) -> Response | None:
    """One permanent redirect to the canonical path, without `page=1` and with the rest of the query, or None."""
    parts = request.query_string.decode("utf-8", "replace").split("&")
    rest = "&".join(part for part in parts if part and part != "page=1")
    if request.path == unquote(path) and "page=1" not in parts:
        return None
    return redirect(path + ("?" + rest if rest else ""), 301)  # type: ignore[return-value]


def wants_fragment() -> bool:
    """Whether script asks for the part of the page that changed."""
    return request.headers.get("HX-Request") == "true"
