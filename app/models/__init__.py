"""Every table. One noun a file: columns, relationships and yes/no questions; nothing here writes."""

from app.models.account import KeptText, MemberSession, Token, TokenPurpose
from app.models.base import Base
from app.models.event import Delivery, Due, Event
from app.models.mark import Follow, MeToo, Vote
from app.models.post import BODY_LENGTH, COMMENT_LENGTH, Post, PostKind, SourceFormat
from app.models.revision import EDIT_REASON_LENGTH, Revision
from app.models.settled import (
    REASON_LENGTH,
    Acceptance,
    Closure,
    Deletion,
    Hide,
    Hold,
    HoldReason,
    InformationRequest,
    Recommendation,
    Resolution,
    ResolutionKind,
)
from app.models.site import Site
from app.models.thread import (
    CONTEXT_LENGTH,
    TAG_LENGTH,
    TAGS_A_THREAD,
    TITLE_LENGTH,
    Tag,
    Thread,
    ThreadState,
    Visibility,
    thread_tags,
)
from app.models.topic import Topic
from app.models.user import ABOUT_LENGTH, COMPANY, NAME_LENGTH, Actor, Guest, Role, User

__all__ = [
    "ABOUT_LENGTH",
    "BODY_LENGTH",
    "COMMENT_LENGTH",
    "COMPANY",
    "CONTEXT_LENGTH",
    "EDIT_REASON_LENGTH",
    "NAME_LENGTH",
    "REASON_LENGTH",
    "TAGS_A_THREAD",
    "TAG_LENGTH",
    "TITLE_LENGTH",
    "Acceptance",
    "Actor",
    "Base",
    "Closure",
    "Deletion",
    "Delivery",
    "Due",
    "Event",
    "Follow",
    "Guest",
    "Hide",
    "Hold",
    "HoldReason",
    "InformationRequest",
    "KeptText",
    "MeToo",
    "MemberSession",
    "Post",
    "PostKind",
    "Recommendation",
    "Resolution",
    "ResolutionKind",
    "Revision",
    "Role",
    "Site",
    "SourceFormat",
    "Tag",
    "Thread",
    "ThreadState",
    "Token",
    "TokenPurpose",
    "Topic",
    "User",
    "Visibility",
    "Vote",
    "thread_tags",
]
