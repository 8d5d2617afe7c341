"""Pages of topics and tags."""

from typing import Any

from flask import Blueprint, abort, render_template, url_for

from app.accounts.access import actor, needs
from app.lib.web import moved, page_number
from app.permissions import Action
from app.questions.places import chosen_listing
from app.questions.queries import Listing, threads_in
from app.topics import queries

bp = Blueprint("topics", __name__, url_prefix="/topics")
tags = Blueprint("tags", __name__, url_prefix="/tags")


@bp.get("")
@needs(Action.SITE_READ)
def index() -> Any:
    return render_template("topics/index.html", topics=queries.all_topics(), solved=queries.solved_by_topic())


@bp.get("/<slug>")
@needs(Action.SITE_READ)
def page(slug: str) -> Any:
    topic = queries.topic_or_404(slug)
    listing = _public_listing()
    if elsewhere := moved(url_for(".page", slug=topic.slug)):
        return elsewhere
    found = threads_in(listing, page_number(), actor(), topic=topic)
    if found.number > found.pages:
        abort(404)
    below = [t for t in queries.all_topics() if t.parent_id == topic.id]
    return render_template("topics/page.html", topic=topic, below=below, found=found, listing=listing)


@tags.get("", endpoint="index")
@needs(Action.SITE_READ)
def tag_index() -> Any:
    return render_template("tags/index.html", used=queries.used_tags())


@tags.get("/<name>", endpoint="page")
@needs(Action.SITE_READ)
def tag_page(name: str) -> Any:
    tag = queries.tag_or_404(name.casefold())
    listing = _public_listing()
    if elsewhere := moved(url_for(".page", name=tag.name)):
        return elsewhere
    found = threads_in(listing, page_number(), actor(), tag=tag)
    if found.number > found.pages:
        abort(404)
    return render_template("tags/page.html", tag=tag, found=found, listing=listing)


def _public_listing() -> Listing:
    listing = chosen_listing()
    if listing is Listing.WAITING:
        abort(404)
    return listing
