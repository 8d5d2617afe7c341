"""Who may do what: one table of rules, and for each permission its triad: signed out, signed in but not allowed, allowed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from app import permissions
from app.extensions import db
from app.lib import clock
from app.lib.errors import Refused
from app.models import Actor, Attachment, Guest, Post, PostKind, Role, Thread, User, Visibility, Vote
from app.permissions import MODERATORS, RULES, STAFF, Action, Rule, can, may_ever, require
from app.questions.queries import question_of
from tests import factories as make

V = Visibility


# --- People and things, without a database ------------------------------------------------------------------------------


def person(number: int, role: Role = Role.MEMBER, confirmed: bool = True) -> User:
    return User(id=number, name=f"Person {number}", role=role, confirmed_at=clock.now() if confirmed else None)


GUEST = Guest()
ASKER, HELPER, MEMBER = person(1), person(2), person(3)
NEWCOMER = person(4, confirmed=False)
STAFFER, MODERATOR, ADMIN = person(5, Role.STAFF), person(6, Role.MODERATOR), person(7, Role.ADMIN)
EVERYBODY: tuple[Actor, ...] = (GUEST, ASKER, HELPER, MEMBER, NEWCOMER, STAFFER, MODERATOR, ADMIN)


def thread(visibility: Visibility = V.VISIBLE, closed: bool = False, asker: User = ASKER) -> Thread:
    return Thread(id=1, asker_id=asker.id, visibility=visibility, closed=closed)


def question(visibility: Visibility = V.VISIBLE, **options: Any) -> Post:
    asked = thread(visibility, **options)
    return Post(id=1, kind=PostKind.QUESTION, thread=asked, author_id=asked.asker_id, visibility=visibility)


def answer(visibility: Visibility = V.VISIBLE, author: User = HELPER, inside: Thread | None = None) -> Post:
    return Post(id=2, kind=PostKind.ANSWER, thread=inside or thread(), author_id=author.id, visibility=visibility)


def comment(visibility: Visibility = V.VISIBLE, author: User = HELPER, parent: Post | None = None) -> Post:
    parent = parent or question()
    return Post(
        id=3, kind=PostKind.COMMENT, thread=parent.thread, parent=parent, author_id=author.id, visibility=visibility
    )


def picture(post: Post | None) -> Attachment:
    return Attachment(id=1, owner_id=HELPER.id, post=post)


# --- The triads --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Triad:
    """Somebody signed in who is refused, and somebody who is not, for the same subject; guests are refused, unless said."""

    refused: Actor | None
    allowed: Actor
    subject: Any = None
    guest_may: bool = False


NOBODY = None  # everybody who is signed in may do it

TRIADS: dict[Action, list[Triad]] = {
    Action.SITE_READ: [Triad(NOBODY, MEMBER, guest_may=True)],
    Action.THREAD_READ: [
        Triad(NOBODY, MEMBER, thread(), guest_may=True),
        Triad(MODERATOR, NEWCOMER, thread(V.HELD, asker=NEWCOMER)),
        Triad(STAFFER, MODERATOR, thread(V.HIDDEN)),
        Triad(HELPER, ASKER, thread(V.DELETED)),
    ],
    Action.POST_READ: [
        Triad(NOBODY, MEMBER, answer(), guest_may=True),
        Triad(ADMIN, NEWCOMER, answer(V.HELD, author=NEWCOMER)),
        Triad(ASKER, HELPER, answer(V.HIDDEN)),
        Triad(STAFFER, MODERATOR, answer(V.DELETED)),
        # An own post is as invisible as the thread, or the post, that it belongs to.
        Triad(HELPER, ASKER, answer(inside=thread(V.HIDDEN))),
        Triad(MEMBER, HELPER, comment(author=MEMBER, parent=answer(V.HIDDEN))),
    ],
    Action.QUESTION_ASK: [Triad(NOBODY, NEWCOMER)],
    Action.ATTACHMENT_ADD: [Triad(NOBODY, NEWCOMER)],
    Action.ATTACHMENT_READ: [
        Triad(NOBODY, MEMBER, picture(answer()), guest_may=True),
        Triad(ADMIN, HELPER, picture(None)),
        Triad(STAFFER, MODERATOR, picture(answer(V.HIDDEN))),
    ],
    Action.ANSWER_WRITE: [
        Triad(NOBODY, NEWCOMER, thread()),
        Triad(HELPER, NEWCOMER, thread(V.HELD, asker=NEWCOMER)),
    ],
    Action.COMMENT_WRITE: [
        Triad(NOBODY, NEWCOMER, answer()),
        Triad(MODERATOR, NEWCOMER, question(V.HELD, asker=NEWCOMER)),
    ],
    Action.INFORMATION_REQUEST: [Triad(ASKER, HELPER, thread()), Triad(NEWCOMER, STAFFER, thread())],
    Action.POST_EDIT: [
        Triad(ASKER, HELPER, answer()),
        Triad(STAFFER, MODERATOR, comment()),
        Triad(MODERATOR, NEWCOMER, question(V.HELD, asker=NEWCOMER)),
    ],
    Action.POST_DELETE: [Triad(ADMIN, HELPER, answer()), Triad(ASKER, HELPER, comment())],
    Action.POST_UNDELETE: [Triad(ADMIN, HELPER, answer(V.DELETED))],
    Action.ANSWER_ACCEPT: [Triad(ADMIN, ASKER, answer()), Triad(HELPER, ASKER, answer(author=ASKER))],
    Action.ANSWER_RECOMMEND: [
        Triad(ASKER, STAFFER, answer()),
        Triad(STAFFER, MODERATOR, answer(author=STAFFER)),
    ],
    Action.THREAD_RESOLVE: [Triad(ADMIN, ASKER, thread()), Triad(ADMIN, ASKER, thread(closed=True))],
    Action.POST_CONVERT: [
        Triad(ASKER, HELPER, comment()),
        Triad(STAFFER, MODERATOR, answer()),
        Triad(MODERATOR, NEWCOMER, answer(V.HELD, author=NEWCOMER)),
    ],
    Action.ANSWER_JUDGE: [Triad(HELPER, ASKER, answer()), Triad(NEWCOMER, MEMBER, answer())],
    Action.ANSWER_CLAIM: [Triad(NEWCOMER, ASKER, thread())],
    Action.POST_VOTE: [Triad(HELPER, ASKER, answer()), Triad(NEWCOMER, MEMBER, question())],
    Action.THREAD_ME_TOO: [
        Triad(ASKER, MEMBER, thread(), guest_may=True),
        Triad(NEWCOMER, STAFFER, thread(), guest_may=True),
    ],
    Action.THREAD_FOLLOW: [Triad(NEWCOMER, ASKER, thread())],
    Action.THREAD_CLOSE: [Triad(STAFFER, MODERATOR, thread()), Triad(ASKER, ADMIN, thread())],
    Action.POST_HIDE: [Triad(STAFFER, MODERATOR, answer()), Triad(HELPER, ADMIN, comment())],
    Action.ACCOUNT_OPEN: [Triad(NOBODY, MEMBER, guest_may=True)],
    Action.ACCOUNT_MANAGE: [Triad(NOBODY, NEWCOMER)],
    Action.ADDRESS_CONFIRM: [Triad(NOBODY, NEWCOMER, guest_may=True)],
    Action.LIST_OWN: [Triad(NOBODY, NEWCOMER)],
    Action.ADMIN_READ: [Triad(MODERATOR, ADMIN)],
}


def test_every_action_has_a_rule_and_a_triad():
    assert set(RULES) == set(Action)
    assert set(TRIADS) == set(Action)


@pytest.mark.parametrize("action", Action)
def test_T35_each_permission_is_kept_from_the_signed_out_and_from_those_it_is_not_for(app, action):
    for triad in TRIADS[action]:
        assert can(GUEST, action, triad.subject) == triad.guest_may
        assert triad.refused is None or not can(triad.refused, action, triad.subject)
        assert can(triad.allowed, action, triad.subject)
        require(triad.allowed, action, triad.subject)
        for refused in (triad.refused, None if triad.guest_may else GUEST):
            if refused is not None:
                with pytest.raises(Refused, match=r"\w+ \w+"):
                    require(refused, action, triad.subject)


def test_a_triad_that_refuses_nobody_is_one_of_a_right_that_everybody_signed_in_has():
    for action, triads in TRIADS.items():
        if all(triad.refused is None for triad in triads):
            assert RULES[action].roles >= set(Role) - {Role.GUEST}, action


# --- What the rules say of states --------------------------------------------------------------------------------------

WRITES = [Action.ANSWER_WRITE, Action.INFORMATION_REQUEST]
SETTLED = [V.HIDDEN, V.DELETED]


@pytest.mark.parametrize("action", [a for a in Action if RULES[a].conditions])
def test_nobody_may_do_anything_but_read_and_undo_with_what_is_hidden_or_deleted(action):
    # Moderators judge what they can read, authors bring back what they deleted: those are the ways back.
    ways_back = {Action.THREAD_READ, Action.POST_READ, Action.POST_HIDE, Action.THREAD_CLOSE, Action.POST_UNDELETE}
    if action in ways_back:
        return
    for visibility in SETTLED:
        for subject in (thread(visibility), question(visibility), answer(visibility), comment(visibility)):
            try:
                allowed = [actor for actor in EVERYBODY if can(actor, action, subject)]
            except AttributeError:
                continue  # a thread where a post is needed, or the other way round
            assert allowed == [], (action, visibility)


def test_in_a_hidden_thread_nobody_acts_on_the_posts_but_moderators_and_authors_who_can_read():
    inside = thread(V.HIDDEN)
    for action in (Action.ANSWER_ACCEPT, Action.ANSWER_RECOMMEND, Action.POST_VOTE, Action.COMMENT_WRITE):
        assert not any(can(actor, action, answer(inside=inside)) for actor in EVERYBODY), action
    assert not can(HELPER, Action.POST_EDIT, answer(inside=inside))
    assert not can(HELPER, Action.POST_DELETE, answer(inside=inside))


def test_a_closed_thread_takes_no_answers_or_comments_but_its_asker_may_still_decide():
    closed = thread(closed=True)
    for actor in EVERYBODY:
        assert not can(actor, Action.ANSWER_WRITE, closed)
        assert not can(actor, Action.COMMENT_WRITE, answer(inside=closed))
        assert not can(actor, Action.INFORMATION_REQUEST, closed)
        assert not can(actor, Action.ANSWER_CLAIM, closed)
        assert not can(actor, Action.POST_CONVERT, answer(inside=closed))
    assert can(ASKER, Action.ANSWER_ACCEPT, answer(inside=closed))
    assert can(ASKER, Action.THREAD_RESOLVE, closed)
    assert can(MEMBER, Action.POST_VOTE, answer(inside=closed))


OF_ANSWERS = (Action.ANSWER_ACCEPT, Action.ANSWER_RECOMMEND, Action.ANSWER_JUDGE)


def test_comments_cannot_be_commented_voted_on_or_marked():
    actions = (Action.COMMENT_WRITE, Action.POST_VOTE, *OF_ANSWERS)
    assert not any(can(actor, action, comment()) for actor in EVERYBODY for action in actions)


def test_a_question_cannot_be_marked_like_an_answer_or_converted():
    actions = (*OF_ANSWERS, Action.POST_CONVERT)
    assert not any(can(actor, action, question()) for actor in EVERYBODY for action in actions)


@pytest.mark.parametrize("action", [Action.POST_VOTE, Action.ANSWER_RECOMMEND, Action.ANSWER_JUDGE])
def test_nobody_votes_for_recommends_or_judges_their_own_whatever_their_role(action):
    for author in (MEMBER, STAFFER, MODERATOR, ADMIN):
        assert not can(author, action, answer(author=author))


def test_what_is_held_is_nobody_elses_business():
    for subject, action in (
        (thread(V.HELD, asker=NEWCOMER), Action.THREAD_READ),
        (question(V.HELD, asker=NEWCOMER), Action.POST_READ),
        (answer(V.HELD, author=NEWCOMER), Action.POST_READ),
        (comment(V.HELD, author=NEWCOMER), Action.POST_READ),
        (answer(V.HELD, author=NEWCOMER), Action.POST_HIDE),
    ):
        others = [actor for actor in EVERYBODY if actor is not NEWCOMER]
        assert not any(can(actor, action, subject) for actor in others), action


# --- Roles -------------------------------------------------------------------------------------------------------------


def test_a_role_does_not_count_before_the_address_is_confirmed():
    for role in (Role.STAFF, Role.MODERATOR, Role.ADMIN):
        claims = person(9, role, confirmed=False)
        assert claims.acts_as is Role.UNCONFIRMED
        assert not claims.is_staff
        assert not any(can(claims, action, answer()) for action in (Action.POST_HIDE, Action.ANSWER_RECOMMEND))
        assert not can(claims, Action.ADMIN_READ)


def test_no_action_of_staff_is_open_to_members_and_none_of_administrators_to_moderators():
    assert ADMIN.acts_as in MODERATORS <= STAFF
    for action in (Action.ANSWER_RECOMMEND, Action.THREAD_CLOSE, Action.POST_HIDE, Action.ADMIN_READ):
        assert not may_ever(Role.MEMBER, action)
        assert not may_ever(Role.UNCONFIRMED, action)
    assert not may_ever(Role.MODERATOR, Action.ADMIN_READ)


@pytest.mark.parametrize("action", [a for a in Action if not may_ever(Role.UNCONFIRMED, a)])
def test_the_unconfirmed_are_told_to_confirm_where_that_would_help_and_only_there(app, action):
    with pytest.raises(Refused) as refusal:
        require(NEWCOMER, action, answer())
    helps = may_ever(Role.MEMBER, action)
    assert ("Confirm your e-mail address" in refusal.value.message) == helps


def test_the_unconfirmed_read_on_the_page_that_they_should_confirm(app, browser_of):
    post = make.answer(make.ask())
    newcomer = browser_of(make.make_user(confirmed=False))
    page = newcomer.post(f"/votes/{post.id}", data={"value": "up"})
    assert page.status_code == 403
    assert "Confirm your e-mail address first" in page.text
    assert "Confirm your e-mail address first" not in newcomer.get("/admin/mail").text


# --- T35: doubt is no ---------------------------------------------------------------------------------------------------


def test_T35_an_action_without_a_rule_is_refused_to_everybody(app, browser_of, monkeypatch):
    monkeypatch.delitem(RULES, Action.POST_VOTE)
    for actor in EVERYBODY:
        assert not can(actor, Action.POST_VOTE, answer())
        assert not may_ever(actor.acts_as, Action.POST_VOTE)
        with pytest.raises(Refused):
            require(actor, Action.POST_VOTE, answer())
    post = make.answer(make.ask())
    assert (
        browser_of(make.make_user(role=Role.ADMIN)).post(f"/votes/{post.id}", data={"value": "up"}).status_code == 403
    )
    assert db.session.scalars(db.select(Vote)).all() == []


def test_T35_no_action_is_granted_for_no_subject_where_the_rule_looks_at_one():
    for action in Action:
        if RULES[action].conditions:
            for actor in EVERYBODY:
                assert not _granted(actor, action, None), action


def _granted(actor: Actor, action: Action, subject: Any) -> bool:
    """A condition that fails lets its error through: that is no yes, and the command is rolled back."""
    try:
        return can(actor, action, subject)
    except AttributeError:
        return False


def _fails(_actor: Actor, _subject: Any) -> bool:
    raise RuntimeError("the rules cannot be read")


FAILING: dict[Action, tuple[str, Callable[[Thread, Post], str], dict[str, str]]] = {
    Action.THREAD_READ: ("GET", lambda asked, _post: f"/questions/{asked.id}/{asked.slug}", {}),
    Action.POST_READ: ("GET", lambda _asked, post: f"/posts/{post.id}", {}),
    Action.POST_VOTE: ("POST", lambda _asked, post: f"/votes/{post.id}", {"value": "up"}),
    Action.ANSWER_WRITE: ("POST", lambda asked, _post: f"/answers/to/{asked.id}", {"body": "Never stored."}),
    Action.POST_HIDE: ("POST", lambda _asked, post: f"/moderation/posts/{post.id}/hide", {"reason": "Never stored."}),
}


@pytest.mark.parametrize("action", FAILING)
def test_T35_when_a_rule_cannot_be_read_nothing_is_shown_and_nothing_happens(app, browser_of, monkeypatch, action):
    asked = make.ask(body="It is verysecret.")
    post = make.answer(asked)
    browser = browser_of(make.make_user(role=Role.ADMIN))
    method, path, form = FAILING[action][0], FAILING[action][1](asked, post), FAILING[action][2]
    before = _rows()
    rule = RULES[action]
    monkeypatch.setitem(RULES, action, Rule(rule.roles, (*rule.conditions, _fails)))
    page = browser.open(path, method=method, data=form or None)
    assert page.status_code == 500
    assert "verysecret" not in page.text
    assert _rows() == before
    monkeypatch.setitem(RULES, action, rule)
    assert browser.open(path, method=method, data=form or None).status_code < 400


def _rows() -> list[int]:
    db.session.rollback()
    return [db.session.scalar(db.select(db.func.count()).select_from(table)) for table in db.metadata.sorted_tables]


def test_the_asker_of_a_thread_is_the_author_of_its_question(app):
    asked = make.ask()
    assert question_of(asked).author_id == asked.asker_id


def test_every_condition_is_a_small_predicate_of_actor_and_subject():
    conditions = {condition for rule in RULES.values() for condition in rule.conditions}
    for condition in conditions:
        assert condition.__module__ == permissions.__name__
        assert condition.__code__.co_argcount == 2
