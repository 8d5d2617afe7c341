"""What changed is indexed again."""

from app.events import (
    AcceptanceWithdrawn,
    AnswerAccepted,
    AnswerPosted,
    AnswerRecommended,
    ImportFinished,
    OutcomeMarked,
    PostConverted,
    PostDeleted,
    PostEdited,
    PostHidden,
    PostReleased,
    PostRendered,
    PostRestored,
    PostUndeleted,
    QuestionAsked,
    RecommendationWithdrawn,
    ThreadClosed,
    ThreadFact,
    ThreadReopened,
    ThreadResolved,
    on,
)
from app.models import Thread
from app.search.upkeep import mark_stale


@on(
    QuestionAsked,
    AnswerPosted,
    PostEdited,
    PostDeleted,
    PostUndeleted,
    PostReleased,
    PostHidden,
    PostRestored,
    PostRendered,
    PostConverted,
    AnswerAccepted,
    AcceptanceWithdrawn,
    AnswerRecommended,
    RecommendationWithdrawn,
    OutcomeMarked,
    ThreadResolved,
    ThreadReopened,
    ThreadClosed,
)
def index_again(fact: ThreadFact) -> None:
    """The words or the state of a thread changed."""
    mark_stale(Thread.id == fact.thread_id)


@on(ImportFinished)
def index_everything(_fact: ImportFinished) -> None:
    """Anything may have changed."""
    mark_stale(Thread.id > 0)
