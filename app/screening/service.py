"""What happens to something that is about to be published."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.extensions import db
from app.lib import clock
from app.lib.errors import NotPossible
from app.models import Hold, HoldReason, Post, PostKind, User, Visibility

FIRST_DAY = timedelta(days=1)
# A member's first day (trust.md 1.4): enough for a person, too little for a flood.
FIRST_DAY_LIMITS = {PostKind.QUESTION: 3, PostKind.ANSWER: 10, PostKind.COMMENT: 30}


def admit(author: User, post: Post) -> None:
    """Refuse the post, or hold it, or let it pass. Runs inside the command's unit of work, with the author's row locked."""
    check_first_day(author, post.kind)
    if author.confirmed_at is None:
        post.visibility = Visibility.HELD


def check_first_day(author: User, kind: PostKind) -> None:
    """Raise NotPossible (429) when a new member has used up the first day's number of posts. The author's row must be locked."""
    limit = FIRST_DAY_LIMITS[kind]
    if author.created_at > clock.now() - FIRST_DAY and not author.is_staff:
        written = select(func.count()).where(Post.author_id == author.id, Post.kind == kind)
        if (db.session.scalar(written) or 0) >= limit:
            ends = author.created_at + FIRST_DAY
            raise NotPossible(
                _(
                    "On your first day here you can post %(limit)s of these. The limit ends on %(ends)s.",
                    limit=limit,
                    ends=ends.strftime("%d %B, %H:%M UTC"),
                ),
                status=429,
                retry_after=int((ends - clock.now()).total_seconds()),
            )


def hold(post: Post, author: User) -> None:
    """Write the row that says why a held post waits; the post must have its id."""
    db.session.add(Hold(post_id=post.id, reason=HoldReason.UNCONFIRMED, created_by_id=author.id))
