"""What surrounds every request: where it may come from, which headers go out, and how each error looks."""

import re
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, abort, current_app, g, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import BaseConverter

from app.accounts.access import know_who_asks
from app.extensions import db
from app.lib.errors import NotPossible, Refused
from app.lib.web import moved, wants_fragment

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
SECRET_FIELDS = re.compile(r"password|current|secret")
# Of what is refused as too large, so much is read all the same: a photo chosen without script must not cost the text.
LARGEST_READ = 40 * 1024 * 1024


class IdConverter(BaseConverter):
    """A row's number: what no row can have is an address that does not exist, and never reaches the database."""

    regex = r"[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> int:
        return int(value)


def init_app(app: Flask) -> None:
    app.url_map.converters["id"] = IdConverter
    app.before_request(_possible_address)
    app.before_request(_same_site)
    app.before_request(_without_trailing_slash)
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Refused, lambda problem: _page(403, problem.message))
    app.register_error_handler(NotPossible, _not_possible)
    app.register_error_handler(OperationalError, _database_busy)
    app.register_error_handler(Exception, _unexpected)


def refuse_undeclared(app: Flask) -> None:
    """Raise RuntimeError for a route that declares no rule (see `app.accounts.access.needs`)."""
    bare = [
        rule.endpoint for rule in app.url_map.iter_rules() if not hasattr(app.view_functions[rule.endpoint], "needs")
    ]
    if bare:
        raise RuntimeError(f"these routes declare no rule: {', '.join(sorted(set(bare)))}")


def _possible_address() -> None:
    """Nothing has an address with a NUL in it, and no database could look for it."""
    if "\x00" in request.path:
        abort(404)


def _same_site() -> Any:
    """Only our own pages may change anything: Fetch Metadata where the browser sends it, else Origin, else refused."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return None
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    trusted = site in ("same-origin", "none") if site is not None else origin is not None
    if origin is not None and origin not in (f"http://{request.host}", f"https://{request.host}"):
        trusted = False
    if trusted:
        return None
    raise Refused(_("This did not come from a page of this site, so nothing was changed. Send it again from here."))


def _without_trailing_slash() -> Any:
    """Addresses end without a slash; those with a slug send people to the right place themselves, in one hop."""
    ends_free = ("questions.page", "people.profile", "tags.page")
    has_slug = "slug" in (request.view_args or {}) or request.endpoint in ends_free
    if (
        request.url_rule is None
        or request.path == "/"
        or not request.path.endswith("/")
        or has_slug
        or request.method not in ("GET", "HEAD")
    ):
        return None
    return moved(quote(request.path.rstrip("/")) or "/")


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if (retry_after := g.get("retry_after")) is not None:
        response.headers["Retry-After"] = str(retry_after)
    if wants_fragment():
        _for_script(response)
    if "Cache-Control" in response.headers:
        return response
    shared = (
        request.method in ("GET", "HEAD")
        and response.status_code in (200, 301)
        and not request.cookies
        and "Set-Cookie" not in response.headers
        and request.blueprint not in ("accounts", "admin")
    )
    if not shared:
        response.headers["Cache-Control"] = "private, no-store"
        return response
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.vary.add("Cookie")
    if response.status_code == 200:
        response.add_etag()
        response.make_conditional(request)
    return response


def _for_script(response: Response) -> None:
    """Script puts what it gets into the page: never a whole page behind a redirect, and of an error only a toast."""
    response.vary.add("HX-Request")
    if response.status_code in (301, 302, 303):
        response.headers["HX-Redirect"] = response.headers.pop("Location")
        response.status_code = 204
    if g.get("only_a_toast"):
        response.headers["HX-Reswap"] = "none"


def _http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    page = _page(error.code, "")
    response = error.get_response()
    kept = {name: value for name, value in response.headers.items() if name in ("Allow", "Retry-After")}
    return page[0], page[1], kept


def _not_possible(problem: NotPossible) -> Any:
    g.retry_after = problem.retry_after
    return _page(problem.status, problem.message)


def _database_busy(error: OperationalError) -> Any:
    """Somebody else wrote for too long, or the disk is full: nothing was stored, and trying again may work."""
    db.session.rollback()
    _log(error)
    g.retry_after = 5
    return _page(503, "")


def _unexpected(error: Exception) -> Any:
    db.session.rollback()
    _log(error)
    return _page(500, "")


def _log(error: Exception) -> None:
    # The rule, not the path: an address can hold a one-use secret.
    current_app.logger.error("%s %s", request.method, request.url_rule or "no route", exc_info=error)


def _page(status: int, message: str) -> tuple[str, int]:
    """The error page. What was typed comes back in a form that can be sent again."""
    know_who_asks()
    if wants_fragment():
        g.only_a_toast = True
        return render_template("errors/_toast.html", status=status, message=message), status
    typed: list[tuple[str, str]] = []
    if request.method == "POST":
        if status == 413:
            request.max_content_length = LARGEST_READ
        with suppress(RequestEntityTooLarge):
            typed = [(k, v) for k, v in request.form.items(multi=True) if not SECRET_FIELDS.search(k)]
    words = [(k, v) for k, v in typed if len(v) > 20 or "\n" in v]
    return render_template("errors/page.html", status=status, message=message, typed=typed, words=words), status
