"""Who may do what: one table for the whole forum. What is not in it is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from app.lib.errors import Refused
from app.models import Actor, Attachment, Post, PostKind, Role, Thread, Visibility


class Action(StrEnum):
    SITE_READ = "site:read"
    THREAD_READ = "thread:read"
    POST_READ = "post:read"
    QUESTION_ASK = "question:ask"
    ANSWER_WRITE = "answer:write"
    COMMENT_WRITE = "comment:write"
    INFORMATION_REQUEST = "information:request"
    POST_EDIT = "post:edit"
    POST_DELETE = "post:delete"
    POST_UNDELETE = "post:undelete"
    ANSWER_ACCEPT = "answer:accept"
    ANSWER_RECOMMEND = "answer:recommend"
    THREAD_RESOLVE = "thread:resolve"
    POST_VOTE = "post:vote"
    POST_CONVERT = "post:convert"
    ANSWER_JUDGE = "answer:judge"
    ANSWER_CLAIM = "answer:claim"
    THREAD_ME_TOO = "thread:me_too"
    THREAD_FOLLOW = "thread:follow"
    THREAD_CLOSE = "thread:close"
    POST_HIDE = "post:hide"
    ATTACHMENT_ADD = "attachment:add"
    ATTACHMENT_READ = "attachment:read"
    ACCOUNT_OPEN = "account:open"
    ACCOUNT_MANAGE = "account:manage"
    ADDRESS_CONFIRM = "address:confirm"
    LIST_OWN = "list:own"
    ADMIN_READ = "admin:read"


Condition = Callable[[Actor, Any], bool]


@dataclass(frozen=True)
class Rule:
    roles: frozenset[Role]
    conditions: tuple[Condition, ...] = ()


EVERYBODY = frozenset(Role)
SIGNED_IN = EVERYBODY - {Role.GUEST}
CONFIRMED = SIGNED_IN - {Role.UNCONFIRMED}
STAFF = frozenset({Role.STAFF, Role.MODERATOR, Role.ADMIN})
MODERATORS = frozenset({Role.MODERATOR, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})


def _readable_thread(actor: Actor, thread: Thread) -> bool:
    return _readable(actor, thread.visibility, thread.asker_id)


def _readable_post(actor: Actor, post: Post) -> bool:
    return (
        _readable_thread(actor, post.thread)
        and _readable(actor, post.visibility, post.author_id)
        and (post.parent is None or _readable(actor, post.parent.visibility, post.parent.author_id))
    )


def _readable(actor: Actor, visibility: Visibility, author_id: int) -> bool:
    if visibility is Visibility.VISIBLE or actor.id == author_id:
        return True
    # What waits for its author's confirmation is nobody else's business; the rest moderators must be able to judge.
    return visibility is not Visibility.HELD and actor.acts_as in MODERATORS


def _readable_attachment(actor: Actor, attachment: Attachment) -> bool:
    return actor.id == attachment.owner_id if attachment.post is None else _readable_post(actor, attachment.post)


def _takes_answers(_actor: Actor, thread: Thread) -> bool:
    return not thread.closed and thread.visibility in (Visibility.VISIBLE, Visibility.HELD)


def _commentable(actor: Actor, post: Post) -> bool:
    return post.kind is not PostKind.COMMENT and _on_its_feet(actor, post) and _takes_answers(actor, post.thread)


def _asker(actor: Actor, thread: Thread) -> bool:
    return actor.id == thread.asker_id


def _not_asker(actor: Actor, thread: Thread) -> bool:
    return actor.id != thread.asker_id


def _author(actor: Actor, post: Post) -> bool:
    return actor.id == post.author_id


def _not_author(actor: Actor, post: Post) -> bool:
    return actor.id != post.author_id


def _on_its_feet(_actor: Actor, post: Post) -> bool:
    return post.visibility in (Visibility.VISIBLE, Visibility.HELD)


def _public(_actor: Actor, subject: Thread | Post) -> bool:
    return subject.is_visible and (isinstance(subject, Thread) or subject.thread.is_visible)


def _deleted(_actor: Actor, post: Post) -> bool:
    return post.visibility is Visibility.DELETED


def _answer(_actor: Actor, post: Post) -> bool:
    return post.kind is PostKind.ANSWER


def _votable(_actor: Actor, post: Post) -> bool:
    return post.kind is not PostKind.COMMENT


def _author_or_moderator(actor: Actor, post: Post) -> bool:
    return _author(actor, post) or actor.acts_as in MODERATORS


def _convertible(actor: Actor, post: Post) -> bool:
    return post.kind is not PostKind.QUESTION and _takes_answers(actor, post.thread)


def _asker_of_answer(actor: Actor, answer: Post) -> bool:
    return _asker(actor, answer.thread)


RULES: dict[Action, Rule] = {
    Action.SITE_READ: Rule(EVERYBODY),
    Action.THREAD_READ: Rule(EVERYBODY, (_readable_thread,)),
    Action.POST_READ: Rule(EVERYBODY, (_readable_post,)),
    Action.QUESTION_ASK: Rule(SIGNED_IN),
    Action.ANSWER_WRITE: Rule(SIGNED_IN, (_readable_thread, _takes_answers)),
    Action.COMMENT_WRITE: Rule(SIGNED_IN, (_readable_post, _commentable)),
    Action.INFORMATION_REQUEST: Rule(CONFIRMED, (_public, _not_asker, _takes_answers)),
    Action.POST_EDIT: Rule(SIGNED_IN, (_readable_post, _author_or_moderator, _on_its_feet)),
    Action.POST_DELETE: Rule(SIGNED_IN, (_readable_post, _author, _on_its_feet)),
    Action.POST_UNDELETE: Rule(SIGNED_IN, (_readable_post, _author, _deleted)),
    # Closing a thread does not take the asker's right to say what solved it.
    Action.ANSWER_ACCEPT: Rule(CONFIRMED, (_public, _answer, _asker_of_answer)),
    # Nobody recommends an answer of their own: the company's mark needs a second person.
    Action.ANSWER_RECOMMEND: Rule(STAFF, (_public, _answer, _not_author)),
    Action.THREAD_RESOLVE: Rule(CONFIRMED, (_public, _asker)),
    # Converting opens no side door: who may not answer (or comment) here may not do it this way either.
    Action.POST_CONVERT: Rule(SIGNED_IN, (_readable_post, _author_or_moderator, _on_its_feet, _convertible)),
    Action.ANSWER_JUDGE: Rule(CONFIRMED, (_public, _answer, _not_author)),
    Action.ANSWER_CLAIM: Rule(CONFIRMED, (_public, _takes_answers)),
    Action.POST_VOTE: Rule(CONFIRMED, (_public, _votable, _not_author)),
    # Guests count too, apart: they are told from each other by a cookie set in that moment.
    Action.THREAD_ME_TOO: Rule(CONFIRMED | {Role.GUEST}, (_public, _not_asker)),
    Action.THREAD_FOLLOW: Rule(CONFIRMED, (_public,)),
    Action.THREAD_CLOSE: Rule(MODERATORS, (_readable_thread,)),
    Action.POST_HIDE: Rule(MODERATORS, (_readable_post,)),
    Action.ATTACHMENT_ADD: Rule(SIGNED_IN),
    Action.ATTACHMENT_READ: Rule(EVERYBODY, (_readable_attachment,)),
    Action.ACCOUNT_OPEN: Rule(EVERYBODY),
    Action.ACCOUNT_MANAGE: Rule(SIGNED_IN),
    Action.ADDRESS_CONFIRM: Rule(EVERYBODY),
    Action.LIST_OWN: Rule(SIGNED_IN),
    Action.ADMIN_READ: Rule(ADMINS),
}


def may_ever(role: Role, action: Action) -> bool:
    """Whether this role can have the right at all, whatever the subject: the first gate of every route."""
    rule = RULES.get(action)
    return rule is not None and role in rule.roles


def can(actor: Actor, action: Action, subject: Any = None) -> bool:
    """Whether the actor may do this to the subject. An action without a rule is refused, and so is any doubt."""
    rule = RULES.get(action)
    return rule is not None and actor.acts_as in rule.roles and all(holds(actor, subject) for holds in rule.conditions)


def require(actor: Actor, action: Action, subject: Any = None) -> None:
    """Raise Refused, with a sentence for the person, unless the actor may do this to the subject."""
    if can(actor, action, subject):
        return
    if actor.acts_as is Role.UNCONFIRMED and may_ever(Role.MEMBER, action):
        raise Refused(_("Confirm your e-mail address first: the link is in the mail we sent you."))
    raise Refused(_("You may not do this."))
