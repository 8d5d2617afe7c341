"""Askwell: the whole program on one page."""

from datetime import timedelta
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import guard, page_cache, presentation
from app.accounts import access
from app.accounts import subscribers as account_subscribers
from app.accounts.routes import bp as accounts
from app.admin.routes import bp as admin
from app.answers.routes import bp as answers
from app.attachments import subscribers as attachment_subscribers
from app.attachments.routes import bp as attachments
from app.comments.routes import bp as comments
from app.config import Settings
from app.extensions import babel, db, engine_options, limiter, migrate
from app.home.routes import bp as home
from app.importing.routes import bp as importing
from app.lib.mail import Mailer
from app.lib.storage import FolderStorage
from app.moderation.routes import bp as moderation
from app.people.routes import bp as people
from app.posts import subscribers as post_subscribers
from app.posts.routes import bp as posts
from app.questions.routes import bp as questions
from app.search import subscribers as search_subscribers
from app.search.routes import bp as search
from app.search.whoosh import WhooshIndex
from app.secret import secret_key
from app.topics.routes import bp as topics
from app.topics.routes import tags
from app.votes.routes import bp as votes

ROOT = Path(__file__).resolve().parent.parent
FEATURES = (
    home,
    questions,
    answers,
    comments,
    posts,
    attachments,
    votes,
    topics,
    tags,
    people,
    search,
    accounts,
    moderation,
    admin,
    importing,
)
SUBSCRIBERS = (account_subscribers, attachment_subscribers, post_subscribers, search_subscribers)


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application. Raises an error, and does not start, when a route declares no rule."""
    settings = settings or Settings()
    app = Flask("askwell", root_path=str(ROOT), template_folder="templates", static_folder=None)
    secure = settings.public_url.startswith("https://")
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=secret_key(settings),
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database),
        # Browsers refuse a __Host- cookie without https, so the name follows the public address.
        SESSION_COOKIE_NAME="__Host-askwell" if secure else "askwell",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=90),
        MAX_CONTENT_LENGTH=10 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(settings.redis_url),
        RATELIMIT_HEADERS_ENABLED=True,
        BABEL_DEFAULT_LOCALE=settings.locale,
        BABEL_DEFAULT_TIMEZONE=settings.timezone,
    )
    app.url_map.strict_slashes = False
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    app.extensions["mailer"] = Mailer(settings.mail_from, settings.smtp_url, settings.data_dir / "mail")
    app.extensions["index"] = WhooshIndex(settings.search_index)
    app.extensions["storage"] = FolderStorage(settings.data_dir / "files")
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    limiter.init_app(app)
    babel.init_app(app)

    page_cache.init_app(app)
    guard.init_app(app)
    access.init_app(app)
    presentation.init_app(app, ROOT)
    for feature in FEATURES:
        app.register_blueprint(feature)
    guard.refuse_undeclared(app)
    return app
