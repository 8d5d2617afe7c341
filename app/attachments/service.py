"""Taking pictures in, tying them to posts, and forgetting those that no post and no draft uses."""

from datetime import datetime, timedelta
from pathlib import PurePosixPath
from secrets import token_hex

from flask_babel import gettext as _
from sqlalchemy import delete, or_, select, update

from app.attachments.queries import named_in
from app.events import unit_of_work
from app.extensions import db
from app.lib import clock
from app.lib.errors import NotPossible
from app.lib.images import recode
from app.lib.slugs import clean_line
from app.lib.storage import Storage
from app.models import FILENAME_LENGTH, Attachment, KeptText, Post, User, Visibility
from app.permissions import Action, require

DAY = timedelta(days=1)
# trust.md 1.4
FIRST_WEEK, FIRST_WEEK_LIMIT, DAILY_LIMIT = timedelta(days=7), 10, 50
UNUSED_FOR = DAY


def add_attachment(storage: Storage, actor: User, data: bytes, filename: str) -> Attachment:
    """Take a picture in, for a post that this person is writing.

    Raises NotPossible when it is no picture we can show (422), or one too many today (429): counted before the work as
    well as inside, so that nobody keeps us busy with what will be refused.
    """
    _check_quota(actor)
    picture = recode(data)
    key, ending = token_hex(16), picture.content_type.removeprefix("image/")
    with unit_of_work(actor, lock=actor):
        require(actor, Action.ATTACHMENT_ADD)
        _check_quota(actor)
        attachment = Attachment(
            key=key,
            owner_id=actor.id,
            filename=f"{_stem(filename)}.{ending}",
            content_type=picture.content_type,
            width=picture.width,
            height=picture.height,
            size=len(picture.data),
        )
        db.session.add(attachment)
    # After the row: a crash in between leaves a row that is forgotten in a day, not a file that nobody knows of.
    try:
        storage.put(picture.data, key)
    except OSError as error:
        with unit_of_work(actor):
            db.session.delete(attachment)
        raise NotPossible(_("There is no room for pictures just now. Try again later."), 503, 60) from error
    return attachment


def attach(post: Post) -> None:
    """From now on the pictures that a post names belong to it: those of its author or editor which no post has, or a deleted one.

    So what was taken back and posted again keeps its pictures, and what a moderator hid stays hidden.
    """
    if keys := named_in(post.source):
        deleted = select(Post.id).where(Post.visibility == Visibility.DELETED)
        free = or_(Attachment.post_id.is_(None), Attachment.post_id.in_(deleted))
        by = [post.author_id, post.edited_by_id]
        own = update(Attachment).where(Attachment.key.in_(keys), Attachment.owner_id.in_(by), free)
        db.session.execute(own.values(post_id=post.id))


def forget_unused(storage: Storage) -> None:
    """Delete what for a day no post has named, unless it stands in a draft of its owner."""
    old = select(Attachment.key, Attachment.owner_id).where(
        Attachment.post_id.is_(None), Attachment.created_at < clock.now() - UNUSED_FOR
    )
    for key, owner_id in db.session.execute(old).all():
        with unit_of_work(None):
            drafts = db.session.scalars(select(KeptText.fields).where(KeptText.user_id == owner_id))
            if any(key in str(fields) for fields in drafts):
                continue
            unused = delete(Attachment).where(Attachment.key == key, Attachment.post_id.is_(None))
            if db.session.execute(unused.returning(Attachment.key)).first():
                storage.delete(key)  # before the commit: a crash in between is mended by the next round


def _check_quota(actor: User) -> None:
    newcomer = actor.created_at > clock.now() - FIRST_WEEK and not actor.is_staff
    limit = FIRST_WEEK_LIMIT if newcomer else DAILY_LIMIT
    decisive: datetime | None = db.session.scalar(
        select(Attachment.created_at)
        .where(Attachment.owner_id == actor.id, Attachment.created_at > clock.now() - DAY)
        .order_by(Attachment.created_at.desc())
        .offset(limit - 1)
        .limit(1)
    )
    if decisive is not None:
        again = decisive + DAY
        raise NotPossible(
            _(
                "You can add %(limit)s pictures a day. The next one can follow on %(when)s.",
                limit=limit,
                when=again.strftime("%d %B, %H:%M UTC"),
            ),
            status=429,
            retry_after=int((again - clock.now()).total_seconds()) + 1,
        )


def _stem(filename: str) -> str:
    """What a person called the file, without folders and ending: only for whoever saves it under its name."""
    name = clean_line(PurePosixPath(filename.replace("\\", "/")).stem)
    return name[: FILENAME_LENGTH - 10] or "picture"
