"""What was uploaded and never posted is forgotten after a day; what stands in a post or a draft is not."""

from datetime import timedelta

import pytest
import time_machine

from app.attachments.service import forget_unused
from app.events import EVERY
from app.extensions import db
from app.lib import clock
from app.models import Attachment, KeptText
from tests import factories as make


@pytest.fixture
def storage(app):
    return app.extensions["storage"]


def later(**time: float):
    return time_machine.travel(clock.now() + timedelta(**time), tick=True)


def there(storage, key: str) -> bool:
    try:
        storage.open(key).close()
    except FileNotFoundError:
        return False
    return True


def kept(storage) -> list[str]:
    db.session.rollback()
    keys = [row.key for row in db.session.query(Attachment).order_by(Attachment.id)]
    assert all(there(storage, key) for key in keys)
    return keys


def test_after_a_day_what_no_post_names_is_gone_with_its_file(app, storage):
    owner = make.make_user()
    old, posted = make.picture(owner).key, make.picture(owner)
    posted_key = posted.key
    make.answer(make.ask(), owner, f"![x]({posted.path})")
    with later(hours=23):
        forget_unused(storage)
        assert kept(storage) == [old, posted_key]
        fresh = make.picture(owner).key
    with later(hours=25):
        forget_unused(storage)
        assert kept(storage) == [posted_key, fresh]
    assert not there(storage, old)


def test_what_stands_in_a_draft_waits_as_long_as_the_draft(app, browser_of, storage):
    owner, other = make.make_user(), make.make_user()
    mine, foreign = make.picture(owner), make.picture(other)
    key = mine.key
    text = f"Half a thought ![x]({mine.path}) and ![y]({foreign.path})"
    browser_of(owner).post("/accounts/drafts", data={"path": "/questions/ask", "body": text})
    with later(days=2):
        forget_unused(storage)
        assert kept(storage) == [key]
        db.session.query(KeptText).delete()
        db.session.commit()
        forget_unused(storage)
        assert kept(storage) == []


def test_a_file_that_is_gone_already_does_not_stop_the_round(app, storage):
    owner = make.make_user()
    for _ in range(3):
        make.picture(owner)
    storage.delete(kept(storage)[0])
    with later(days=2):
        forget_unused(storage)
        assert kept(storage) == []


def test_the_worker_does_it_every_hour(app, work, storage):
    from app.events import start_recurring

    assert EVERY["attachments.forget_unused"] == timedelta(hours=1)
    make.picture(make.make_user())
    with later(days=2):
        start_recurring()
        work()
        assert kept(storage) == []
