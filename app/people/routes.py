"""Profiles: what somebody asked and answered."""

from typing import Any

from flask import Blueprint, abort, render_template, request

from app.accounts.access import actor, needs
from app.accounts.queries import figures_of
from app.extensions import db
from app.lib.web import moved, page_number
from app.models import User
from app.permissions import Action
from app.posts.addresses import user_url
from app.questions.queries import Listing, answers_by, threads_in

bp = Blueprint("people", __name__, url_prefix="/people")


@bp.get("/<id:user_id>")
@bp.get("/<id:user_id>/<path:slug>")
@needs(Action.SITE_READ)
def profile(user_id: int, slug: str = "") -> Any:
    person = db.session.get(User, user_id)
    # Somebody who has not confirmed an address is not public yet: like everything they wrote.
    if person is None or (person.confirmed_at is None and person.id != actor().id):
        abort(404)
    show = request.args.get("show", "answers")
    if show not in ("answers", "questions"):
        abort(404)
    if elsewhere := moved(user_url(person)):
        return elsewhere
    number = page_number()
    answers = answers_by(person, number) if show == "answers" else None
    asked = threads_in(Listing.NEWEST, number, actor(), asker=person) if show == "questions" else None
    found = answers or asked
    if found is None or number > found.pages:
        abort(404)
    figures = figures_of([person.id])[person.id]
    return render_template(
        "people/profile.html", person=person, found=found, answers=answers, asked=asked, show=show, figures=figures
    )
