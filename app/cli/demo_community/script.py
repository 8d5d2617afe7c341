"""The shape of the demo community: who says what, and when, as plain data.

Times are relative, so that the community is always recent: a thread is `ago` hours old, and everything in it happens
`after` so many hours from the moment it was asked.
"""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Person:
    key: str
    name: str
    role: Literal["member", "staff", "moderator", "admin"] = "member"
    team: str = ""
    joined_days_ago: int = 200
    about: str = ""


@dataclass(frozen=True)
class ContextField:
    key: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class TopicScript:
    slug: str
    name: str
    description: str
    icon: str
    staffed: bool = True
    parent: str | None = None
    fields: tuple[ContextField, ...] = ()


@dataclass(frozen=True)
class CommentScript:
    by: str
    after: float
    text: str
    asks_for_information: bool = False


@dataclass(frozen=True)
class AnswerScript:
    by: str
    after: float
    text: str
    up: int = 0
    down: int = 0
    accepted_after: float | None = None
    recommended_by: str | None = None
    deleted: bool = False
    comments: tuple[CommentScript, ...] = ()


@dataclass(frozen=True)
class ThreadScript:
    title: str
    by: str
    topic: str
    ago: float
    text: str
    tags: tuple[str, ...] = ()
    context: dict[str, str] = field(default_factory=dict)
    up: int = 0
    me_too: int = 0
    me_too_this_week: int = 0
    answers: tuple[AnswerScript, ...] = ()
    comments: tuple[CommentScript, ...] = ()
    solved_otherwise: Literal["solved_myself", "no_longer_relevant"] | None = None
