"""What every template can use: addresses, icons, words for times, the site; and where style sheet and script come from."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

from babel import Locale
from babel.dates import format_datetime
from flask import Flask, Response, abort, g, request, url_for
from flask_babel import get_locale, get_timezone, get_translations
from jinja2 import StrictUndefined
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from app.accounts.access import actor, needs
from app.config import Settings
from app.extensions import db
from app.lib.assets import Assets
from app.models import Site, ThreadState
from app.permissions import Action, can
from app.posts.addresses import absolute, thread_url, user_url

HUES = 12


def N_(pattern: str) -> str:  # noqa: N802 - the field's name for it
    """Mark a text for translation that is looked up later."""
    return pattern


RTL = frozenset({"ar", "fa", "he", "ur"})
THEMES = frozenset({"light", "dark"})
# What of a query belongs to the address of a page. Trackers do not, nor what `url_for` would take for its own options.
QUERY = ("q", "show", "sort", "page")


def init_app(app: Flask, root: Path) -> None:
    settings: Settings = app.config["SETTINGS"]
    assets = Assets(root / "static", settings.brand_hue)
    app.extensions["assets"] = assets

    @app.get("/assets/<fingerprint>/<name>")
    @needs(Action.SITE_READ)
    def asset(fingerprint: str, name: str) -> Any:
        found = assets.get(fingerprint, name, request.headers.get("Accept-Encoding", ""))
        if found is None:
            abort(404)
        body, content_type, encoding = found
        response = Response(body, content_type=content_type)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Vary"] = "Accept-Encoding"
        if encoding:
            response.headers["Content-Encoding"] = encoding
        return response

    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    env.undefined = StrictUndefined
    env.policies["ext.i18n.trimmed"] = True
    env.globals.update(
        asset_url=assets.url,
        sprite=lambda: assets.icons(g.get("icons", ())),
        icon=icon,
        actor=actor,
        can=can,
        Action=Action,
        ThreadState=ThreadState,
        thread_url=thread_url,
        user_url=user_url,
        absolute=absolute,
        hue=lambda user: user.id % HUES + 1,
        here=here,
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: _local().translations.ugettext(message),
        lambda one, many, number: _local().translations.ungettext(one, many, number),
        newstyle=True,
    )
    env.filters.update(day=day, moment=moment, iso=iso, clock=clock_time)
    app.context_processor(_about_the_site)


def icon(name: str, classes: str = "") -> Markup:
    """A glyph from the sprite; always beside a word. The page then carries its symbol."""
    g.setdefault("icons", set()).add(name)
    return _glyph(name, classes)


@cache
def _glyph(name: str, classes: str) -> Markup:
    return Markup('<svg class="i {}" aria-hidden="true"><use href="#i-{}"/></svg>').format(classes, name)


def here(**changes: Any) -> str:
    """The address of this page with other values in the query; None takes one out."""
    query = {name: request.args[name] for name in QUERY if name in request.args}
    values = {**query, **(request.view_args or {}), **changes}
    assert request.endpoint is not None
    return url_for(request.endpoint, **{k: v for k, v in values.items() if v is not None})


@dataclass(frozen=True)
class _Local:
    """The language and the zone of this page, asked for once and not with every word."""

    translations: Any
    locale: Locale
    zone: tzinfo


def _local() -> _Local:
    if "local" not in g:
        g.local = _Local(get_translations(), get_locale(), get_timezone())
    return cast(_Local, g.local)


@lru_cache(maxsize=10_000)
def _formatted(when: datetime, pattern: str, locale: Locale, zone: tzinfo) -> str:
    return format_datetime(when, pattern, zone, locale)


def _in_words(when: datetime, pattern: str) -> str:
    local = _local()
    return _formatted(when, local.translations.ugettext(pattern), local.locale, local.zone)


def iso(when: datetime) -> str:
    return when.isoformat(timespec="seconds")


def moment(when: datetime) -> str:
    """Day and time in words, in the language and zone of the page."""
    return _in_words(when, N_("d MMMM y, HH:mm"))


def clock_time(when: datetime) -> str:
    """The time of day, in the zone of the page."""
    return _in_words(when, N_("HH:mm"))


def day(when: datetime) -> str:
    """The day in words, without the year when it is this one."""
    this_year = when.year == datetime.now(when.tzinfo).year
    return _in_words(when, N_("d MMM") if this_year else N_("d MMM y"))


def _about_the_site() -> dict[str, Any]:
    locale = get_locale()
    language = str(locale).replace("_", "-") if locale else "en"
    theme = request.cookies.get("theme", "") if request else ""
    return {
        "site": _site(),
        "lang": language,
        "direction": "rtl" if language.split("-")[0] in RTL else "ltr",
        "theme": theme if theme in THEMES else "",
    }


def _site() -> Site:
    """The row about the site; a stand-in where even that cannot be read, so that an error page still has a name."""
    try:
        return db.session.get(Site, 1) or Site(name="Askwell", tagline="", version=0)
    except SQLAlchemyError:
        db.session.rollback()
        return Site(name="Askwell", tagline="", version=0)
