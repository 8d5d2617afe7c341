"""Short ways to people, topics, threads: through the same commands that the pages use."""

from io import BytesIO
from itertools import count

from flask import current_app
from PIL import Image

from app.accounts import service as accounts
from app.answers import service as answers
from app.attachments import service as attachments
from app.comments import service as comments
from app.events import unit_of_work
from app.extensions import db
from app.lib import clock
from app.lib.slugs import handle
from app.models import Attachment, Post, Role, Thread, Topic, User
from app.posts.rendering import render
from app.questions import service as questions
from app.questions.queries import question_of
from app.questions.service import QuestionDraft

PASSWORD = "a long sentence nobody guesses"
_numbers = count(1)


def make_user(name: str | None = None, role: Role = Role.MEMBER, confirmed: bool = True, **fields) -> User:
    number = next(_numbers)
    name = name or f"Person {number}"
    user = User(
        name=name,
        handle=handle(name),
        email=fields.pop("email", f"person{number}@example.org"),
        password_hash=current_app.extensions["passwords"].hash(PASSWORD),
        role=role,
        confirmed_at=clock.now() if confirmed else None,
        **fields,
    )
    with unit_of_work(None):
        db.session.add(user)
    return user


def make_topic(name: str = "Routers", **fields) -> Topic:
    topic = Topic(name=name, slug=fields.pop("slug", f"{name.lower()}-{next(_numbers)}"), **fields)
    with unit_of_work(None):
        db.session.add(topic)
    return topic


def ask(
    asker: User | None = None,
    title: str | None = None,
    body: str = "It blinks amber every evening.",
    topic: Topic | None = None,
    tags: list[str] | None = None,
) -> Thread:
    asker = asker or make_user()
    topic = topic or make_topic()
    title = title or f"Why does light number {next(_numbers)} blink?"
    return questions.ask_question(QuestionDraft(title, topic.id, render(body), tags or []), asker)


def answer(thread: Thread, author: User | None = None, body: str | None = None) -> Post:
    return answers.post_answer(thread, author or make_user(), render(body or f"Restart it, step {next(_numbers)}."))


def comment(parent: Post | Thread, author: User | None = None, body: str | None = None, asks: bool = False) -> Post:
    parent = question_of(parent) if isinstance(parent, Thread) else parent
    text = render(body or f"Which version, by the way? ({next(_numbers)})")
    return comments.post_comment(parent, author or make_user(), text, asks_for_information=asks)


def image(kind: str = "PNG", size: tuple[int, int] = (8, 6), mode: str = "RGB", **options) -> bytes:
    """The bytes of a picture: a gradient, so that it has colours to lose."""
    out = BytesIO()
    Image.radial_gradient("L").resize(size).convert(mode).save(out, kind, **options)
    return out.getvalue()


def picture(owner: User, filename: str = "screen.png", **options) -> Attachment:
    """A picture that somebody uploaded and has not posted yet."""
    return attachments.add_attachment(current_app.extensions["storage"], owner, image(**options), filename)


def sign_up(name: str = "New Person", email: str = "new@example.org") -> User:
    return accounts.sign_up(current_app.extensions["passwords"], name, email, PASSWORD)
