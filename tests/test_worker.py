"""The worker: what is owed is done, in order, until it works; and nothing is lost when everything is killed."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import func, select

from app import events
from app.answers.service import claim_answer, end_claims
from app.events import (
    AddressConfirmed,
    PostEdited,
    ProfileChanged,
    back_off,
    start_recurring,
    unit_of_work,
    work_once,
)
from app.extensions import db
from app.lib import clock
from app.models import Claim, Delivery, Due, Event, MeToo, Post, PostKind, Thread, Topic, User, Visibility
from app.posts.subscribers import publish_held_posts
from app.votes.service import add_me_too, refresh_trend
from tests import factories as make
from tests.house import PATIENCE, Client, Crashed, until

NAME = "tests.note"


@pytest.fixture
def listen(monkeypatch) -> Callable[[Callable[[Any], None]], None]:
    """Let one function, and nobody else, react to edited posts and changed profiles."""
    monkeypatch.setattr(events, "LISTENING", {})

    def subscribe(function: Callable[[Any], None], name: str = NAME) -> None:
        monkeypatch.setitem(events.SUBSCRIBERS, name, function)
        for fact in (PostEdited, ProfileChanged):
            monkeypatch.setitem(events.LISTENING, fact, [name])

    return subscribe


def happen(*facts: events.Fact) -> None:
    with unit_of_work(None) as work:
        for fact in facts:
            work.record(fact)


def take_all() -> tuple[int, list[str]]:
    """One round of the worker: how many it handled, and the names of what failed."""
    failed: list[str] = []
    handled = work_once(lambda _name, failure: failed.append(type(failure).__name__))
    db.session.rollback()
    return handled, failed


def deliveries() -> list[Delivery]:
    db.session.rollback()
    return list(db.session.scalars(select(Delivery).order_by(Delivery.id)))


# --- Order, patience, and giving up ------------------------------------------------------------------------------------


def test_facts_of_a_thread_are_delivered_in_the_order_in_which_they_happened(app, listen):
    threads, seen = [make.ask() for _ in range(3)], []
    listen(lambda fact: seen.append((fact.thread_id, fact.post_id)))
    for number in range(1, 6):
        happen(*(PostEdited(thread_id=thread.id, post_id=number) for thread in threads))
    take_all()
    for thread in threads:
        assert [post for thread_id, post in seen if thread_id == thread.id] == [1, 2, 3, 4, 5]


def test_a_failure_holds_back_its_own_thread_and_nothing_else(app, listen):
    broken, fine = make.ask(), make.ask()
    seen, mended = [], []

    def note(fact: Any) -> None:
        if getattr(fact, "thread_id", None) == broken.id and not mended:
            raise ZeroDivisionError("not yet")
        seen.append(getattr(fact, "post_id", 0))

    listen(note)
    for number in (1, 3):
        happen(PostEdited(thread_id=broken.id, post_id=number), PostEdited(thread_id=fine.id, post_id=number + 1))
    happen(ProfileChanged(user_id=9), ProfileChanged(user_id=9))
    with time_machine.travel(clock.now(), tick=False) as now:
        assert take_all()[1] == ["ZeroDivisionError"]
        assert sorted(seen) == [0, 0, 2, 4]
        mended.append(True)
        now.shift(back_off(1))
        assert take_all() == (2, [])
    assert seen[-2:] == [1, 3], "the later fact waited for the earlier one"


def test_what_fails_is_tried_again_later_and_later_and_parked_after_eight_times(app, listen):
    thread, tries, after = make.ask(), [], []

    def note(fact: Any) -> None:
        if fact.post_id == 2:
            after.append(fact)
            return
        tries.append(clock.now())
        raise LookupError("somebody@example.org told a secret")

    listen(note)
    with time_machine.travel(clock.now(), tick=False) as now:
        happen(PostEdited(thread_id=thread.id, post_id=1), PostEdited(thread_id=thread.id, post_id=2))
        waits = [15, 60, 240, 960, 3600, 3600, 3600]
        for number, seconds in enumerate(waits, start=1):
            assert take_all() == (1, ["LookupError"])
            first = deliveries()[0]
            assert (first.attempts, first.error, first.parked_at) == (number, "LookupError", None)
            assert first.next_try_at == clock.now() + timedelta(seconds=seconds)
            now.shift(seconds - 1)
            assert take_all() == (0, []), "not a second too early"
            now.shift(1)
        assert after == []
        assert take_all() == (2, ["LookupError"])
        first, second = deliveries()
        assert first.parked_at == clock.now()
        assert second.done_at is not None, "what is parked holds nobody back"
        now.shift(86_400)
        assert take_all() == (0, [])
    assert len(tries) == 8


def test_what_works_in_the_end_is_done_once_and_its_error_forgotten(app, listen):
    seen: list[int] = []

    def note(fact: Any) -> None:
        seen.append(fact.user_id)
        if len(seen) == 1:
            raise TimeoutError

    listen(note)
    happen(ProfileChanged(user_id=7))
    take_all()
    with time_machine.travel(clock.now() + timedelta(seconds=16)):
        assert take_all() == (1, [])
        assert take_all() == (0, [])
    (delivery,) = deliveries()
    assert (seen, delivery.attempts, delivery.error) == ([7, 7], 2, "")
    assert delivery.done_at is not None


def test_what_a_failing_subscriber_wrote_is_undone(app, listen):
    thread = make.ask()

    def note(_fact: Any) -> None:
        with unit_of_work(None):
            db.session.get_one(Thread, thread.id).title = "Half done"
            raise ValueError

    listen(note)
    happen(PostEdited(thread_id=thread.id, post_id=1))
    assert take_all() == (1, ["ValueError"])
    db.session.refresh(thread)
    assert thread.title != "Half done"


def test_a_crash_in_the_middle_only_delays(app, listen):
    seen: list[int] = []

    def note(fact: Any) -> None:
        seen.append(fact.user_id)
        if len(seen) == 1:
            raise SystemExit  # as near to a killed process as one can come from inside

    listen(note)
    happen(ProfileChanged(user_id=7))
    with time_machine.travel(clock.now(), tick=False) as now:
        with pytest.raises(SystemExit):
            take_all()
        assert take_all() == (0, [])
        now.shift(back_off(1))
        assert take_all() == (1, [])
    assert seen == [7, 7]


def test_an_unknown_subscriber_is_parked_and_does_not_stop_the_others(app, listen):
    seen: list[int] = []
    listen(lambda fact: seen.append(fact.user_id))
    happen(ProfileChanged(user_id=1), ProfileChanged(user_id=2))
    with unit_of_work(None) as work:
        first = db.session.scalars(select(Event).order_by(Event.id)).first()
        gone = Event(name="something.forgotten", data={})
        db.session.add_all([gone, Delivery(event=first, subscriber="gone.forever")])
        db.session.add(Delivery(event=gone, subscriber=NAME))
        work.due(refresh_trend, clock.now(), 999_999)  # a thread that is not there
        db.session.add(Due(job="gone.job", subject_id=1))
    with time_machine.travel(clock.now(), tick=False) as now:
        assert sorted(take_all()[1]) == ["KeyError", "KeyError", "KeyError", "NoResultFound"]
        assert seen == [1, 2]
        for _ in range(8):
            now.shift(3600)
            take_all()
        happen(ProfileChanged(user_id=3))
        assert take_all() == (1, [])
    parked = [row for row in deliveries() if row.parked_at]
    assert sorted(row.subscriber for row in parked) == ["gone.forever", NAME]
    assert {row.error for row in parked} == {"KeyError"}
    assert db.session.scalar(select(func.count()).where(Due.parked_at.is_not(None))) == 2
    assert seen == [1, 2, 3]


# --- Called twice ------------------------------------------------------------------------------------------------------


def test_publishing_what_was_held_twice_is_publishing_it_once(app):
    person = make.make_user(confirmed=False)
    thread = make.ask(person)
    held = make.answer(make.ask(), person)
    assert (thread.visibility, held.visibility) == (Visibility.HELD, Visibility.HELD)
    with unit_of_work(None):
        person.confirmed_at = clock.now()
    fact = AddressConfirmed(user_id=person.id)
    publish_held_posts(fact)
    db.session.rollback()
    version, known = thread.version, db.session.query(Event).count()
    assert (thread.visibility, held.visibility) == (Visibility.VISIBLE, Visibility.VISIBLE)
    assert held.thread.answers_count == 1
    publish_held_posts(fact)
    db.session.rollback()
    assert (thread.version, db.session.query(Event).count()) == (version, known)


def test_refreshing_a_trend_twice_changes_nothing_more(app):
    thread = make.ask()
    add_me_too(thread, make.make_user())
    start = clock.now()
    with time_machine.travel(start + timedelta(days=3), tick=False):
        add_me_too(thread, make.make_user())
    with time_machine.travel(start + timedelta(days=8), tick=False):
        again = refresh_trend(thread.id)
        version = thread.version
        assert refresh_trend(thread.id) == again == start + timedelta(days=10)
    assert (thread.me_too_count, thread.me_too_week, thread.version) == (2, 1, version)


def test_ending_claims_twice_changes_nothing_more(app):
    thread, late = make.ask(), make.make_user()
    claim_answer(thread, make.make_user())
    start = clock.now()
    with time_machine.travel(start + timedelta(minutes=5), tick=False):
        claim_answer(thread, late)
    with time_machine.travel(start + timedelta(minutes=11), tick=False):
        again = end_claims(thread.id)
        version = thread.version
        assert end_claims(thread.id) == again == start + timedelta(minutes=15)
    assert thread.version == version
    assert [claim.user_id for claim in db.session.scalars(select(Claim))] == [late.id]


def test_confirming_an_address_publishes_through_the_worker_and_once(app, work):
    person = make.make_user(confirmed=False)
    thread = make.ask(person)
    with unit_of_work(None) as unit:
        person.confirmed_at = clock.now()
        unit.record(AddressConfirmed(user_id=person.id))
    assert work() >= 1
    assert work() == 0
    db.session.refresh(thread)
    assert thread.is_visible


# --- What falls due by the clock ---------------------------------------------------------------------------------------


def test_one_row_waits_for_each_job_and_subject_and_the_earliest_moment_counts(app):
    now = clock.now()
    with unit_of_work(None) as work:
        for hours in (3, 1, 2):
            work.due(refresh_trend, now + timedelta(hours=hours), 1)
        work.due(refresh_trend, now + timedelta(hours=9), 2)
        work.due(end_claims, now + timedelta(hours=8), 1)
    rows = db.session.execute(select(Due.job, Due.subject_id, Due.next_try_at).order_by(Due.next_try_at)).all()
    assert rows == [
        ("votes.refresh_trend", 1, now + timedelta(hours=1)),
        ("answers.end_claims", 1, now + timedelta(hours=8)),
        ("votes.refresh_trend", 2, now + timedelta(hours=9)),
    ]


def test_a_job_falls_due_again_when_it_says_so(app, work):
    thread = make.ask()
    work()
    with time_machine.travel(clock.now(), tick=False) as now:
        claim_answer(thread, make.make_user())
        now.shift(timedelta(minutes=4))
        claim_answer(thread, make.make_user())
        last = clock.now() + timedelta(minutes=10)
        assert work() == 0
        now.shift(timedelta(minutes=6))
        assert work() == 1
        waiting = db.session.scalars(select(Due).where(Due.done_at.is_(None))).one()
        assert (waiting.subject_id, waiting.next_try_at, waiting.attempts) == (thread.id, last, 0)
        now.shift(timedelta(minutes=4))
        assert work() == 1
        assert db.session.scalar(select(func.count()).where(Due.done_at.is_(None))) == 0


def test_recurring_jobs_come_again_and_wait_once_however_many_workers_start(app, work):
    with time_machine.travel(clock.now(), tick=False) as now:
        start_recurring()
        start_recurring()
        assert work() == len(events.EVERY)
        for name, every in events.EVERY.items():
            waiting = db.session.scalars(select(Due).where(Due.job == name, Due.done_at.is_(None))).one()
            assert waiting.next_try_at == clock.now() + every
        assert work() == 0
        now.shift(max(events.EVERY.values()))
        assert work() >= len(events.EVERY)


# --- Two workers -------------------------------------------------------------------------------------------------------


def test_two_workers_never_handle_the_same_delivery_nor_the_same_thread_at_the_same_time(app, listen):
    threads = [make.ask() for _ in range(4)]
    seen: list[tuple[int, int]] = []
    busy: Counter[int] = Counter()
    at_once: list[int] = []
    trouble: list[BaseException] = []
    guard, other_is_here = threading.Lock(), threading.Barrier(2)

    def note(fact: Any) -> None:
        with guard:
            busy[fact.thread_id] += 1
            at_once.append(len(+busy))
            if busy[fact.thread_id] > 1:
                trouble.append(AssertionError(f"thread {fact.thread_id} twice"))
            first = len(seen) < 2
            seen.append((fact.thread_id, fact.post_id))
        if first:
            other_is_here.wait(PATIENCE)  # both are inside: they do work at once
        threading.Event().wait(0.003)
        with guard:
            busy[fact.thread_id] -= 1

    listen(note)
    for number in range(1, 11):
        happen(*(PostEdited(thread_id=thread.id, post_id=number) for thread in threads))
    wanted = {(thread.id, number) for thread in threads for number in range(1, 11)}
    deadline = time.monotonic() + PATIENCE

    def worker() -> None:
        try:
            with app.test_request_context(base_url="http://localhost"):
                while len(seen) < len(wanted) and time.monotonic() < deadline:
                    work_once(lambda _name, failure: trouble.append(failure))
                db.session.remove()
        except BaseException as failure:
            trouble.append(failure)

    workers = [threading.Thread(target=worker) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(PATIENCE)
    assert trouble == []
    assert len(seen) == len(wanted), "each delivery was handled once"
    for thread_id in {thread_id for thread_id, _number in wanted}:
        assert [number for its, number in seen if its == thread_id] == list(range(1, 11))
    assert max(at_once) == 2
    assert all(row.done_at and row.attempts == 1 for row in deliveries())


# --- Killed (the issue, Done-when 4) -----------------------------------------------------------------------------------

ROUNDS = 3


@dataclass
class Visitor:
    """Somebody with a browser, and what the forum acknowledged to them."""

    client: Client
    number: int
    posted: list[str] = field(default_factory=list)
    signed_up: bool = False
    confirmed: bool = False

    @property
    def address(self) -> str:
        return f"person{self.number}@example.org"

    def expect(self, path: str, **form: str) -> None:
        answer = self.client.post(path, **form)
        assert answer.status == 303, f"{path} answered {answer.status}: {answer.text[:3000]}"

    def live(self, topic: str, thread_id: int, mails: Callable[[], dict[str, list[str]]], end: threading.Event) -> None:
        """Sign up, ask, answer, open the link in the mail; each as soon as the one before was acknowledged."""
        password = "a long sentence nobody guesses"
        self.expect("/accounts/sign-up", name=f"Person {self.number}", email=self.address, password=password)
        self.signed_up = True
        words = f"Asked by visitor {self.number}."
        self.expect("/questions/ask", title=f"Question of visitor {self.number}", body=words, topic=topic, tags="")
        self.posted.append(words)
        words = f"Answered by visitor {self.number}."
        self.expect(f"/answers/to/{thread_id}", body=words)
        self.posted.append(words)
        self.confirm(mails, end)

    def confirm(self, mails: Callable[[], dict[str, list[str]]], end: threading.Event) -> None:
        """Open the link; a second mail makes that of the first worthless, so take the one that works."""

        def try_links() -> bool:
            if end.is_set():
                raise Crashed
            links = mails().get(self.address, ())
            return any(self.client.post(urlsplit(link).path).status == 303 for link in links)

        until(try_links, f"a mail to {self.address} that confirms it")
        self.confirmed = True


@pytest.mark.slow
def test_kill_9_at_any_moment_loses_nothing_that_was_acknowledged(house):
    with house.backstage():
        thread = make.ask(make.make_user("Settled Asker"), topic=make.make_topic(slug="lamps"))
        thread_id, topic = thread.id, db.session.scalars(select(Topic.slug)).one()
    visitors: list[Visitor] = []
    numbers, trouble = count(100), []

    def people_come(stop: threading.Event) -> None:
        while not stop.is_set():
            number = next(numbers)
            visitor = Visitor(Client(house.settings.port, f"10.0.{number // 200}.{number % 200 + 1}"), number)
            visitors.append(visitor)
            try:
                visitor.live(topic, thread_id, house.mails, stop)
            except Crashed:
                return
            except BaseException as failure:
                trouble.append(failure)
                return

    for round_number in range(1, ROUNDS + 1):
        house.start()
        until(house.answers, "the forum")
        stop, come_before = threading.Event(), sum(visitor.confirmed for visitor in visitors)
        crowd = [threading.Thread(target=people_come, args=(stop,)) for _ in range(3)]
        for each in crowd:
            each.start()

        def busy(before: int = come_before) -> bool:
            assert not trouble, trouble
            return sum(visitor.confirmed for visitor in visitors) >= before + 4 and house.being_handled() > 0

        try:
            until(busy, f"work in hand in round {round_number}")
        finally:
            house.kill()
            stop.set()
            for each in crowd:
                each.join(PATIENCE)
        assert not trouble, trouble
        house.let_time_pass()

    house.start()
    until(house.answers, "the forum")
    members = [visitor for visitor in visitors if visitor.signed_up]
    for visitor in members:
        if not visitor.confirmed:
            visitor.confirm(house.mails, threading.Event())

    def all_done() -> bool:
        with house.backstage():
            return not db.session.scalar(select(func.count()).where(Delivery.done_at.is_(None)))

    until(all_done, "an end of the work")
    with house.backstage():
        assert db.session.scalar(select(func.count()).where(Delivery.parked_at.is_not(None))) == 0
        found = Counter(db.session.scalars(select(Post.source).where(Post.visibility == Visibility.VISIBLE)))
        confirmed = set(db.session.scalars(select(User.email).where(User.confirmed_at.is_not(None))))
        thread = db.session.get_one(Thread, thread_id)
        answers = select(func.count()).where(Post.kind == PostKind.ANSWER, Post.visibility == Visibility.VISIBLE)
        assert thread.answers_count == db.session.scalar(answers)
    posted = [words for visitor in members for words in visitor.posted]
    assert len(posted) >= ROUNDS * 8
    assert {words: found[words] for words in posted} == dict.fromkeys(posted, 1)
    assert {visitor.address for visitor in members} <= confirmed
    mails = house.mails()
    assert {visitor.address for visitor in members} <= set(mails)
    assert sum(len(letters) - 1 for letters in mails.values()) <= ROUNDS, "a kill repeats one mail at most"
    assert "Traceback" not in house.log.read_text()


def test_a_me_too_that_comes_while_the_trend_is_refreshed_falls_due_too(app, work, monkeypatch):
    thread, late = make.ask(), make.make_user()
    add_me_too(thread, make.make_user())
    start = clock.now()

    def refresh(thread_id: int) -> Any:
        again = refresh_trend(thread_id)
        if db.session.get(MeToo, (thread_id, late.id)) is None:
            add_me_too(thread, late)  # between the job's end and the note that it is done
        return again

    monkeypatch.setitem(events.JOBS, "votes.refresh_trend", refresh)
    with time_machine.travel(start + timedelta(days=8), tick=False):
        work()
        assert thread.me_too_week == 1
    with time_machine.travel(start + timedelta(days=16), tick=False):
        work()
        assert thread.me_too_week == 0
