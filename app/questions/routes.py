"""Pages of questions: lists, ask, one question; and what the asker decides about a thread."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.accounts.access import VISITOR_COOKIE, actor, kept_text, member, needs
from app.accounts.tokens import digest
from app.lib.web import moved, page_number
from app.models import ResolutionKind, Topic
from app.permissions import Action, require
from app.posts.addresses import thread_url
from app.posts.composing import compose, posted, with_kept
from app.posts.forms import AnswerForm
from app.posts.queries import thread_or_404
from app.posts.ranking import AnswerOrder
from app.posts.rendering import Text
from app.questions import queries, service
from app.questions.forms import CONTEXT_PREFIX, QuestionForm, context_of
from app.questions.places import chosen_listing
from app.questions.queries import Listing, question_of
from app.questions.service import QuestionDraft
from app.search.service import similar as similar_to
from app.topics.queries import all_topics

bp = Blueprint("questions", __name__, url_prefix="/questions")


@bp.get("")
@needs(Action.SITE_READ)
def index() -> Any:
    listing = chosen_listing()
    if listing is Listing.WAITING:
        return redirect(url_for(".waiting"), 301)
    if elsewhere := moved(url_for(".index")):
        return elsewhere
    found = queries.threads_in(listing, page_number(), actor())
    if found.number > found.pages:
        abort(404)
    return render_template("questions/index.html", found=found, listing=listing, topics=all_topics())


@bp.get("/waiting")
@needs(Action.LIST_OWN)
def waiting() -> Any:
    """What waits for a word of this person."""
    if elsewhere := moved(url_for(".waiting")):
        return elsewhere
    found = queries.threads_in(Listing.WAITING, page_number(), actor())
    if found.number > found.pages:
        abort(404)
    return render_template("questions/waiting.html", found=found, listing=Listing.WAITING)


@bp.get("/ask")
@needs(Action.SITE_READ)
def ask() -> Any:
    return _ask(
        with_kept(QuestionForm, data={"topic": request.args.get("topic", ""), "title": request.args.get("title", "")})
    )


@bp.post("/ask")
@needs(Action.QUESTION_ASK)
def post_question() -> Any:
    return _ask(QuestionForm())


@bp.get("/fields")
@needs(Action.SITE_READ)
def fields() -> Any:
    """The context fields of a topic, for the form."""
    topic = next((t for t in all_topics() if t.slug == request.args.get("topic")), None)
    return render_template("questions/_fields.html", topic=topic, context={}, context_errors={})


@bp.get("/similar")
@needs(Action.SITE_READ)
def similar() -> Any:
    """Questions like the title being typed."""
    title = request.args.get("title", "")[:300]
    return render_template("questions/_similar.html", similar=similar_to(title))


@bp.get("/<id:thread_id>")
@bp.get("/<id:thread_id>/<path:slug>")
@needs(Action.THREAD_READ)
def page(thread_id: int, slug: str = "") -> Any:
    thread = thread_or_404(thread_id, actor())
    wanted = request.args.get("sort", AnswerOrder.HELPFUL.value)
    if wanted not in {order.value for order in AnswerOrder}:
        abort(404)
    if elsewhere := moved(thread_url(thread)):
        return elsewhere
    number = page_number()
    visitor = request.cookies.get(VISITOR_COOKIE)
    found = queries.question_page(thread, actor(), AnswerOrder(wanted), number, digest(visitor) if visitor else None)
    if number > found.answers.pages:
        abort(404)
    form = with_kept(AnswerForm, path=url_for("answers.write", thread_id=thread.id))
    return render_template(
        "questions/page.html", found=found, thread=thread, form=form, nearby=queries.solved_nearby(thread)
    )


@bp.post("/<id:thread_id>/resolution")
@needs(Action.THREAD_RESOLVE)
def resolution(thread_id: int) -> Any:
    """Solved another way, or with `do=end` not solved after all."""
    thread = thread_or_404(thread_id, actor())
    if request.form.get("do") == "end":
        service.reopen_thread(thread, member())
        flash(_("The question is open again."))
    else:
        kind = request.form.get("kind", "")
        if kind not in {k.value for k in ResolutionKind}:
            abort(422)
        service.resolve_thread(thread, member(), ResolutionKind(kind))
        flash(_("Thank you for telling us. You can take it back at any time."))
    return redirect(thread_url(thread), 303)


@bp.route("/<id:thread_id>/edit", methods=["GET", "POST"])
@needs(Action.POST_EDIT)
def edit(thread_id: int) -> Any:
    thread = thread_or_404(thread_id, actor())
    post = question_of(thread)
    require(actor(), Action.POST_EDIT, post)
    form = with_kept(
        QuestionForm,
        data={
            "title": thread.title,
            "body": post.source,
            "topic": thread.topic.slug,
            "tags": ", ".join(tag.name for tag in thread.tags),
            "version": post.version,
        },
    )
    typed = (
        request.form
        if request.method == "POST"
        else _kept() or {CONTEXT_PREFIX + c["key"]: c["value"] for c in thread.context}
    )

    def save(draft: QuestionDraft) -> Any:
        service.edit_question(post, member(), draft, form.version.data or post.version, form.reason.data)
        return redirect(thread_url(thread), 303)

    return _compose(form, typed, save, post=post)


def _kept() -> dict[str, str]:
    kept = kept_text(request.path)
    return dict(kept.fields) if kept else {}


def _ask(form: QuestionForm) -> Any:
    def save(draft: QuestionDraft) -> Any:
        thread = service.ask_question(draft, member())
        posted(queries.question_of(thread), _("Question posted."))
        return redirect(thread_url(thread), 303)

    title = str(form.title.data or "")
    typed = request.form if request.method == "POST" else _kept()
    return _compose(form, typed, save, post=None, similar=similar_to(title))


def _compose(form: QuestionForm, typed: Any, save: Any, **context: Any) -> Any:
    topics = all_topics()
    form.topic.choices = [(topic.slug, topic.full_name) for topic in topics]
    topic: Topic | None = next((t for t in topics if t.slug == form.topic.data), None)
    given, wrong = context_of(topic, typed)
    shown = {item["key"]: item["value"] for item in given}

    def post(words: Text) -> Any:
        assert topic is not None
        return save(QuestionDraft(form.title.data, topic.id, words, form.tag_names, given))

    page = {"topic": topic, "topics": topics, "context": shown, "context_errors": wrong, **context}
    return compose(form, "questions/ask.html", post, [form.title, form.body], **page)
