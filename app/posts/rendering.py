"""From what somebody typed to what is stored: done before the transaction, because it is slow."""

import re
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select

from app.attachments.queries import sizes_in, to_be_described
from app.extensions import db
from app.lib import markdown
from app.lib.slugs import slugify
from app.models import Post, SourceFormat, User

# How large a picture is shown at most, in pixels of the page; it leads to the whole one.
PICTURE_WIDTH, PICTURE_HEIGHT = 720, 560


@dataclass(frozen=True)
class Text:
    """A rendered text, ready to be stored."""

    source: str
    html: str
    excerpt: str

    @property
    def lacks_description(self) -> bool:
        """Whether it shows a picture to those who see it, and nothing to the others."""
        return re.search(r'<img [^>]*alt=""', self.html) is not None


def render(source: str) -> Text:
    """Render Markdown; a mention becomes a link where somebody has that handle, a picture is shown if it is one of ours.

    One statement when there are mentions, and one when there are pictures.
    """
    source = source.replace("\r\n", "\n").strip()
    handles = markdown.mentioned(source)
    # Nobody can visit somebody who has not confirmed an address yet, or learn that they are there.
    found = select(User.id, User.handle, User.name).where(User.handle.in_(handles), User.confirmed_at.is_not(None))
    people = {row.handle: row for row in db.session.execute(found)} if handles else {}

    def link(handle: str) -> str | None:
        person = people.get(handle)
        return url_for("people.profile", user_id=person.id, slug=slugify(person.name)) if person else None

    pictures = {path: _shown(*size) for path, size in sizes_in(source).items()}
    html = markdown.render(source, link, pictures, no_alt=to_be_described())
    return Text(source, html, markdown.excerpt(html))


def _shown(width: int, height: int) -> tuple[int, int]:
    scale = min(1, PICTURE_WIDTH / width, PICTURE_HEIGHT / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def store(post: Post, text: Text) -> None:
    """Put a rendered text into a post."""
    post.source, post.html, post.excerpt = text.source, text.html, text.excerpt
    post.source_format, post.renderer_version = SourceFormat.MARKDOWN, markdown.RENDERER_VERSION
