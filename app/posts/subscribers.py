"""What happens to posts when something happened elsewhere."""

from sqlalchemy import select

from app.events import AddressConfirmed, on, unit_of_work
from app.extensions import db
from app.models import Hold, HoldReason, Post, Visibility
from app.posts.service import release


@on(AddressConfirmed)
def publish_held_posts(fact: AddressConfirmed) -> None:
    """Everything that waited for its author's confirmation is published, questions before answers and comments."""
    waiting = (
        select(Post.id)
        .join(Hold, Hold.post_id == Post.id)
        .where(Post.author_id == fact.user_id, Hold.reason == HoldReason.UNCONFIRMED, Hold.ended_at.is_(None))
        .order_by(Post.id)
    )
    for post_id in db.session.scalars(waiting).all():
        post = db.session.get_one(Post, post_id)
        with unit_of_work(None, lock=post.thread) as work:
            if post.visibility is not Visibility.VISIBLE:
                release(work, post, by_id=None)
