"""Reading attachments: one that this person may see, and the sizes of those that a text names."""

import re

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Actor, Attachment, Post
from app.permissions import Action, can

_KEY = re.compile(r"/attachments/([0-9a-f]{32})\b")


def attachment_or_404(key: str, actor: Actor) -> Attachment:
    """The attachment, if this person may see the post it belongs to; else the same 404 as for one that never was."""
    post = joinedload(Attachment.post)
    found = db.session.scalar(
        select(Attachment)
        .where(Attachment.key == key)
        .options(post.joinedload(Post.thread, innerjoin=True), post.joinedload(Post.parent))
    )
    if found is None or not can(actor, Action.ATTACHMENT_READ, found):
        abort(404)
    return found


def to_be_described() -> str:
    """What a text says in the place of a description that is still to be written; it counts as none."""
    return str(_("describe this picture"))


def named_in(source: str) -> set[str]:
    """The keys of all attachments that a text names, whether they exist or not."""
    return set(_KEY.findall(source))


def sizes_in(source: str) -> dict[str, tuple[int, int]]:
    """The attachments that a text names: address → width and height. One statement, or none."""
    if not (keys := named_in(source)):
        return {}
    rows = db.session.scalars(select(Attachment).where(Attachment.key.in_(keys)))
    return {row.path: (row.width, row.height) for row in rows}
