"""Home, help, and a word for whoever watches over the server."""

from typing import Any

from flask import Blueprint, render_template
from sqlalchemy import text

from app.accounts.access import actor, needs
from app.extensions import db
from app.permissions import Action
from app.questions.queries import Listing, latest_in, threads_in
from app.topics.queries import all_topics, solved_by_topic

bp = Blueprint("home", __name__)


@bp.get("/")
@needs(Action.SITE_READ)
def page() -> Any:
    return render_template(
        "home/page.html",
        topics=[topic for topic in all_topics() if topic.parent_id is None],
        solved_counts=solved_by_topic(),
        solved=latest_in(Listing.SOLVED, actor(), 5),
        rising=latest_in(Listing.RISING, actor(), 3),
        unanswered=threads_in(Listing.UNANSWERED, 1, actor(), size=5),
    )


@bp.get("/help")
@needs(Action.SITE_READ)
def help_page() -> Any:
    return render_template("home/help.html")


@bp.get("/health")
@needs(Action.SITE_READ)
def health() -> Any:
    """200 with "ok" when the database answers."""
    db.session.execute(text("SELECT 1"))
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
