"""Where things of a question stand: the place of a post, and the list an address asks for."""

from flask import abort, request

from app.models import Actor, Post, PostKind
from app.posts.addresses import thread_url
from app.questions.queries import Listing, page_of_answer


def place_of(post: Post, actor: Actor) -> str:
    """The address of a post inside its thread's page."""
    if post.kind is PostKind.QUESTION:
        return thread_url(post.thread)
    anchor = post.parent if post.parent is not None else post
    page = page_of_answer(anchor, actor) if anchor.kind is PostKind.ANSWER else 1
    return thread_url(post.thread, page=page if page > 1 else None, _anchor=f"p{post.id}")


def chosen_listing() -> Listing:
    """The list asked for by `?show=`; the active one when nothing is said, 404 for a word that is none."""
    wanted = request.args.get("show", Listing.ACTIVE.value)
    if wanted not in {listing.value for listing in Listing}:
        abort(404)
    return Listing(wanted)
