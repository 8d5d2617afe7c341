"""R06: a disk that fails now and then. What is acknowledged is held, and what is not comes back to be sent again."""

from sqlalchemy import select, text

from app.extensions import db
from app.lib import clock
from app.models import Post
from app.posts.addresses import thread_url
from tests import factories as make
from tests.house import House, until

FAILING = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync")
EVERY_SECOND = ("-e", "inject=fsync,fdatasync:error=EIO:when=2+2")


def stored(house: House, words: str) -> int:
    with house.backstage():
        return len(db.session.scalars(select(Post.id).where(Post.source == words)).all())


def test_R06_a_disk_that_fails_at_every_second_sync_acknowledges_only_what_it_holds(house, on_postgresql):
    """PostgreSQL has a disk of its own: that of the web server may fail as it likes."""
    with house.backstage():
        thread = make.ask(title="Where is the button?")
        path, page = f"/answers/to/{thread.id}", thread_url(thread)
        writer = house.person(make.make_user("Wim Writer", created_at=clock.now().replace(year=2020)))
    house.start(*FAILING, *EVERY_SECOND)
    until(house.answers, "the forum")
    outcomes = []
    for turn in range(12):
        words = f"Hold the button for ten seconds, said for the {turn}. time."
        answer = writer.post(path, body=words)
        outcomes.append(answer.status)
        assert answer.status in (303, 503), answer.text[:1000]
        assert answer.status == 303 or words in answer.text
        assert stored(house, words) == (answer.status == 303)
        assert writer.get(page).status == 200
    assert set(outcomes) == ({303} if on_postgresql else {303, 503}), outcomes
    with house.backstage():
        if not on_postgresql:
            assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
