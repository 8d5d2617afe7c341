"""Helpful votes, "I have this question too", following: each works as a form, and in place with script."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, request
from flask_babel import gettext as _

from app.accounts.access import VISITOR_COOKIE, actor, member, needs, whom
from app.accounts.tokens import digest, new_secret
from app.extensions import limiter
from app.lib.web import wants_fragment
from app.models import Role, Thread
from app.permissions import Action
from app.posts.addresses import thread_url
from app.posts.queries import post_or_404, thread_or_404
from app.questions.places import place_of
from app.votes import service

bp = Blueprint("votes", __name__, url_prefix="/votes")

VALUES = {"up": 1, "down": -1, "none": 0}
LIMIT = "60 per hour"
VISITOR_FOR = timedelta(days=365)


@bp.post("/<id:post_id>")
@needs(Action.POST_VOTE)
@limiter.limit(LIMIT, key_func=whom)
def vote(post_id: int) -> Any:
    post = post_or_404(post_id, actor())
    wanted = request.form.get("value", "")
    if wanted not in VALUES:
        abort(422)
    service.cast_vote(post, member(), VALUES[wanted])
    if wants_fragment():
        said = _("Vote counted. Helpful: %(up)s.", up=post.up)
        return render_template("votes/_vote.html", post=post, my_vote=VALUES[wanted], said=said)
    return redirect(place_of(post, actor()), 303)


@bp.post("/me-too/<id:thread_id>")
@needs(Action.THREAD_ME_TOO)
@limiter.limit(LIMIT, key_func=whom)
def me_too(thread_id: int) -> Any:
    """I have this question too; with `do=end`, no longer."""
    thread = thread_or_404(thread_id, actor())
    pressed = request.form.get("do") != "end"
    if actor().acts_as is Role.GUEST:
        return _guest_me_too(thread, pressed)
    (service.add_me_too if pressed else service.remove_me_too)(thread, member())
    if wants_fragment():
        said = _("Counted. You are told what happens here.") if pressed else _("Taken back.")
        return render_template("votes/_me_too.html", thread=thread, pressed=pressed, said=said)
    return redirect(thread_url(thread), 303)


def _guest_me_too(thread: Thread, pressed: bool) -> Any:
    """A guest has no name: the browser gets a cookie, in this moment and for this purpose only."""
    secret = request.cookies.get(VISITOR_COOKIE) or new_secret()
    service.set_guest_me_too(thread, digest(secret), pressed)
    if wants_fragment():
        said = _("Counted. Sign in to be told what happens here.") if pressed else _("Taken back.")
        response = make_response(render_template("votes/_me_too.html", thread=thread, pressed=pressed, said=said))
    else:
        response = make_response(redirect(thread_url(thread), 303))
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(VISITOR_COOKIE, secret, max_age=VISITOR_FOR, httponly=True, samesite="Lax", secure=secure)
    return response


@bp.post("/follow/<id:thread_id>")
@needs(Action.THREAD_FOLLOW)
@limiter.limit(LIMIT, key_func=whom)
def follow(thread_id: int) -> Any:
    """Be told what happens; with `do=end`, no longer."""
    thread = thread_or_404(thread_id, actor())
    pressed = request.form.get("do") != "end"
    (service.follow_thread if pressed else service.unfollow_thread)(thread, member())
    if wants_fragment():
        said = _("You follow this question.") if pressed else _("You no longer follow this question.")
        return render_template("votes/_follow.html", thread=thread, pressed=pressed, said=said)
    return redirect(thread_url(thread), 303)
