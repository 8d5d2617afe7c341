"""From what somebody typed to what is stored: done before the transaction, because it is slow."""

from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select

from app.extensions import db
from app.lib import markdown
from app.lib.slugs import slugify
from app.models import Post, SourceFormat, User


@dataclass(frozen=True)
class Text:
    """A rendered text, ready to be stored."""

    source: str
    html: str
    excerpt: str


def render(source: str) -> Text:
    """Render Markdown; a mention becomes a link where somebody has that handle. One statement when there are mentions."""
    source = source.replace("\r\n", "\n").strip()
    handles = markdown.mentioned(source)
    # Nobody can visit somebody who has not confirmed an address yet, or learn that they are there.
    found = select(User.id, User.handle, User.name).where(User.handle.in_(handles), User.confirmed_at.is_not(None))
    people = {row.handle: row for row in db.session.execute(found)} if handles else {}

    def link(handle: str) -> str | None:
        person = people.get(handle)
        return url_for("people.profile", user_id=person.id, slug=slugify(person.name)) if person else None

    html = markdown.render(source, link)
    return Text(source, html, markdown.excerpt(html))


def store(post: Post, text: Text) -> None:
    """Put a rendered text into a post."""
    post.source, post.html, post.excerpt = text.source, text.html, text.excerpt
    post.source_format, post.renderer_version = SourceFormat.MARKDOWN, markdown.RENDERER_VERSION
