"""`askwell rerender`: posts that an older renderer made."""

import click
from sqlalchemy import func, select

from app import create_app
from app.cli.console import console, progress
from app.events import PostRendered, unit_of_work
from app.extensions import db
from app.lib.markdown import RENDERER_VERSION
from app.models import Post, SourceFormat
from app.posts.rendering import render, store
from app.posts.service import settle

BATCH = 100


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also posts that the present renderer made.")
def rerender(everything: bool) -> None:
    """Render posts again, in batches; can be stopped and started at any time."""
    with create_app().test_request_context():
        wanted = select(Post.id).where(Post.source_format == SourceFormat.MARKDOWN)
        if not everything:
            wanted = wanted.where(Post.renderer_version != RENDERER_VERSION)
        total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        with progress() as bar:
            task = bar.add_task("Rendering posts", total=total)
            last = 0
            while ids := db.session.scalars(wanted.where(Post.id > last).order_by(Post.id).limit(BATCH)).all():
                for post_id in ids:
                    _again(post_id)
                    bar.advance(task)
                last = ids[-1]
        console.print(f"{total} posts rendered.")


def _again(post_id: int) -> None:
    post = db.session.get_one(Post, post_id)
    text = render(post.source)
    with unit_of_work(None, lock=post.thread) as work:
        if post.source == text.source:
            store(post, text)
            settle(post.thread)
            work.record(PostRendered(thread_id=post.thread_id, post_id=post.id))
