"""Pictures come in: by script one by one, without script with the whole form; quotas, refusals, and nothing typed is lost."""

import re
import struct
import threading
import zlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.attachments import service
from app.attachments.queries import to_be_described
from app.attachments.service import DAILY_LIMIT, DAY, FIRST_WEEK, FIRST_WEEK_LIMIT, add_attachment
from app.extensions import db, limiter
from app.lib import clock
from app.lib.errors import NotPossible
from app.models import Attachment, KeptText, Post, Role, User
from tests import factories as make

MARKDOWN = re.compile(r"!\[(.*)\]\((/attachments/[0-9a-f]{32})\)")


@pytest.fixture
def storage(app):
    return app.extensions["storage"]


def file(data: bytes | None = None, name: str = "screen.png", kind: str = "image/png") -> FileStorage:
    return FileStorage(BytesIO(make.image() if data is None else data), name, content_type=kind)


def send(browser, **options):
    return post(browser, "/attachments", {"picture": file(**options)})


def post(browser, address: str, form: dict):
    """Send a form that may be large: the test client itself would leave a file open."""
    boundary, body = encode_multipart(form)
    return browser.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def flood() -> bytes:
    """A picture that says it has 50,000 x 50,000 pixels."""
    plain = make.image()
    header = plain[12:16] + struct.pack(">II", 50_000, 50_000) + plain[24:29]
    return plain[:12] + header + struct.pack(">I", zlib.crc32(header)) + plain[33:]


def stored_files(app) -> list[Path]:
    folder = app.config["SETTINGS"].data_dir / "files"
    return [path for path in folder.rglob("*") if path.is_file()]


def long_ago(**ago: float):
    return clock.now() - timedelta(**ago)


# --- By script -----------------------------------------------------------------------------------------------------------


def test_script_gets_the_markdown_that_shows_it(app, browser_of, storage):
    member = make.make_user()
    answer = send(browser_of(member))
    assert (answer.status_code, answer.content_type) == (201, "text/plain; charset=utf-8")
    alt, path = MARKDOWN.fullmatch(answer.text).groups()
    assert alt == to_be_described()
    row = db.session.query(Attachment).one()
    assert (row.owner_id, row.post_id, row.path) == (member.id, None, path)
    assert (row.width, row.height, row.content_type, row.filename) == (8, 6, "image/png", "screen.png")
    with storage.open(row.key) as found:
        assert len(found.read()) == row.size


def test_a_guest_is_sent_to_sign_in_and_nothing_is_taken(app, client):
    files = len(stored_files(app))
    assert "/accounts/sign-in" in send(client).location
    assert db.session.query(Attachment).count() == 0
    assert len(stored_files(app)) == files


def test_somebody_who_has_not_confirmed_an_address_may_too(app, browser_of):
    assert send(browser_of(make.make_user(confirmed=False))).status_code == 201


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<script>alert(1)</script>", "PNG, JPEG, WebP and GIF work"),
        (b"", "PNG, JPEG, WebP and GIF work"),
        (make.image() + bytes(8 * 1024 * 1024), "more than 8 MB"),
        (flood(), "more than 25 megapixels"),
    ],
)
def test_what_cannot_be_taken_is_said_in_words(app, browser_of, data, words):
    answer = send(browser_of(make.make_user()), data=data)
    assert (answer.status_code, answer.content_type) == (422, "text/plain; charset=utf-8")
    assert words in answer.text
    assert db.session.query(Attachment).count() == 0


def test_without_a_picture_there_is_none(app, browser_of):
    browser = browser_of(make.make_user())
    for data in ({}, {"picture": "screen.png"}, {"picture": file(name="")}):
        answer = browser.post("/attachments", data=data)
        assert (answer.status_code, answer.text) == (422, "Choose a picture first.")


NAMES = [
    "../../../etc/passwd",
    "..\\..\\boot.ini",
    "C:\\Users\\me\\screen.png",
    "/etc/cron.d/x.png",
    "a\x00b.png",
    "é" * 127 + ".png",
    "x" * 5000,
    "\u202egnp.exe",
    "\u200b\u2060.png",
    "..",
    ".",
    ".htaccess",
    "con",
    "a\r\nSet-Cookie: evil=1.png",
    'a"; filename="evil.exe',
    "<script>.png",
    "日本語の画面.png",
    "%2e%2e%2fx.png",
    "x.php.png",
    "x.png/",
]


@pytest.mark.parametrize("name", NAMES)
def test_T21_no_name_decides_anything(app, browser_of, storage, name):
    member, before = make.make_user(), set(stored_files(app))
    row = add_attachment(storage, member, make.image(), name)
    [path] = set(stored_files(app)) - before
    assert re.fullmatch(r"[0-9a-f]{32}", path.name)
    assert path.name == row.key
    assert 0 < len(row.filename) <= 100
    assert row.filename.endswith(".png")
    assert not re.search(r"[\x00-\x1f\x7f/\\\u200b\u202e]", row.filename)
    shown = browser_of(member).get(row.path)
    assert shown.status_code == 200
    assert shown.content_type == "image/png"
    assert "Set-Cookie" not in shown.headers
    assert re.fullmatch(r"inline; filename\*=UTF-8''[\w.%~-]+", shown.headers["Content-Disposition"], re.ASCII)


def test_on_a_full_disk_nothing_is_kept_and_it_says_so(app, browser_of, storage, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "put", full)
    answer = send(browser_of(make.make_user()))
    assert answer.status_code == 503
    assert "no room" in answer.text
    assert answer.headers["Retry-After"] == "60"
    assert db.session.query(Attachment).count() == 0


# --- T12: how many ----------------------------------------------------------------------------------------------------------


def fill(storage, member: User, number: int) -> None:
    for _ in range(number):
        add_attachment(storage, member, make.image(), "x.png")


@pytest.mark.parametrize(
    ("fields", "limit"),
    [
        ({}, FIRST_WEEK_LIMIT),
        ({"created_at": "eight days ago"}, DAILY_LIMIT),
        ({"role": Role.STAFF}, DAILY_LIMIT),
    ],
)
def test_T12_so_many_a_day_and_no_more(app, browser_of, storage, monkeypatch, fields, limit):
    if "created_at" in fields:
        fields = {"created_at": clock.now() - FIRST_WEEK - DAY}
    member = make.make_user(**fields)
    fill(storage, member, limit)
    files = len(stored_files(app))
    monkeypatch.setattr(service, "recode", lambda _: pytest.fail("it was looked at"))
    answer = send(browser_of(member))
    assert answer.status_code == 429
    assert f"{limit} pictures a day" in answer.text
    assert 86_000 < int(answer.headers["Retry-After"]) <= 86_400 + 1
    assert db.session.query(Attachment).count() == limit
    assert len(stored_files(app)) == files


def test_T12_the_next_one_can_follow_when_the_first_is_a_day_old(app, storage):
    member = make.make_user()
    fill(storage, member, 1)
    with time_machine.travel(clock.now() + timedelta(hours=5), tick=True):
        fill(storage, member, FIRST_WEEK_LIMIT - 1)
        with pytest.raises(NotPossible) as problem:
            fill(storage, member, 1)
        assert abs(problem.value.retry_after - 19 * 3600) < 60
    with time_machine.travel(clock.now() + timedelta(hours=24, minutes=1), tick=True):
        fill(storage, member, 1)


def test_T12_of_many_at_once_only_as_many_as_are_allowed_get_in(app, storage):
    member = make.make_user()
    fill(storage, member, FIRST_WEEK_LIMIT - 2)
    member_id, outcomes, picture = member.id, [], make.image()

    def add() -> None:
        with app.test_request_context():
            try:
                add_attachment(storage, db.session.get_one(User, member_id), picture, "x.png")
                outcomes.append("taken")
            except NotPossible as problem:
                outcomes.append(str(problem.status))
            finally:
                db.session.remove()

    crowd = [threading.Thread(target=add) for _ in range(8)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert sorted(outcomes) == ["429"] * 6 + ["taken"] * 2
    db.session.rollback()
    assert db.session.query(Attachment).count() == FIRST_WEEK_LIMIT


def test_T12_twenty_tries_a_minute_for_each_member_whatever_comes_of_them(app, browser_of):
    busy, other = browser_of(make.make_user()), browser_of(make.make_user())
    for _ in range(20):
        assert send(busy, data=b"no picture").status_code == 422
    answer = send(busy)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "Wait a minute" in answer.text
    assert send(other).status_code == 201
    limiter.reset()
    assert send(busy).status_code == 201


# --- Without script: with the whole form -----------------------------------------------------------------------------------


def question_form(**more):
    topic = make.make_topic(fields=[{"key": "model", "label": "Model", "hint": ""}])
    typed = {"title": "Why is it amber?", "body": "Since noon.", "topic": topic.slug, "tags": "lamp, light"}
    return {**typed, "context-model": "Ridge 2", **more}


def typed_in(page, name: str) -> str:
    area = re.search(rf'<textarea[^>]* name="{name}"[^>]*>\n?(.*?)</textarea>', page.text, re.DOTALL)
    return area[1] if area else re.search(rf' name="{name}"[^>]* value="([^"]*)"', page.text)[1]


def test_the_picture_is_put_into_the_text_and_everything_typed_stays(app, browser_of):
    browser = browser_of(make.make_user())
    form = question_form(picture=file(), do="picture", **{"picture-alt": "A [red] light"})
    page = browser.post("/questions/ask", data=form)
    assert page.status_code == 200
    row = db.session.query(Attachment).one()
    assert typed_in(page, "body") == f"Since noon.\n\n![A \\[red\\] light]({row.path})"
    assert typed_in(page, "picture-alt") == ""
    assert (typed_in(page, "title"), typed_in(page, "tags")) == ("Why is it amber?", "lamp, light")
    assert typed_in(page, "context-model") == "Ridge 2"
    assert re.search(rf'<option value="{form["topic"]}" selected>', page.text)
    assert "The picture stands at the end of your text." in page.text
    assert db.session.query(Post).count() == 0


@pytest.mark.parametrize("where", ["ask", "answer", "edit an answer", "edit a question"])
def test_it_works_wherever_a_question_or_an_answer_is_written(app, browser_of, where):
    author = make.make_user()
    browser, thread = browser_of(author), make.ask(author)
    answer = make.answer(thread, author)
    address, form = {
        "ask": ("/questions/ask", question_form()),
        "answer": (f"/answers/to/{thread.id}", {"body": "Try this."}),
        "edit an answer": (f"/posts/{answer.id}/edit", {"body": "Try this.", "version": "1"}),
        "edit a question": (f"/questions/{thread.id}/edit", question_form(version="1")),
    }[where]
    shown = browser.get(address)
    assert 'enctype="multipart/form-data"' in shown.text
    assert 'type="file" name="picture"' in shown.text
    page = browser.post(address, data={**form, "picture": file(), "do": "picture"})
    assert page.status_code == 200
    assert (
        typed_in(page, "body") == f"{form['body']}\n\n![{to_be_described()}]({db.session.query(Attachment).one().path})"
    )
    sent = browser.post(address, data={**form, "body": typed_in(page, "body")})
    assert sent.status_code == 303
    assert db.session.query(Attachment).one().post_id is not None


def test_guests_and_comments_have_no_pictures_to_choose(app, client, browser_of):
    thread = make.ask()
    assert 'name="picture"' not in client.get("/questions/ask").text
    assert 'name="picture"' not in browser_of(make.make_user()).get(f"/comments/to/{make.question_of(thread).id}").text


def test_a_picture_that_was_only_chosen_is_posted_with_the_text(app, browser_of):
    thread, browser = make.ask(), browser_of(make.make_user())
    sent = browser.post(
        f"/answers/to/{thread.id}", data={"body": "Look here:", "picture": file(), "picture-alt": "The menu"}
    )
    assert sent.status_code == 303
    row = db.session.query(Attachment).one()
    post = db.session.get_one(Post, row.post_id)
    assert post.source == f"Look here:\n\n![The menu]({row.path})"


def test_a_picture_alone_is_a_text(app, browser_of):
    thread, browser = make.ask(), browser_of(make.make_user())
    sent = browser.post(f"/answers/to/{thread.id}", data={"body": "", "picture": file(), "picture-alt": "The menu"})
    assert sent.status_code == 303


def test_the_preview_and_the_fields_of_a_topic_keep_a_chosen_picture(app, browser_of):
    browser = browser_of(make.make_user())
    for do in ("preview", "fields"):
        page = browser.post("/questions/ask", data=question_form(picture=file(), do=do))
        assert page.status_code == 200
        assert MARKDOWN.search(typed_in(page, "body"))
        assert ("<img src=" in page.text) is (do == "preview")


@pytest.mark.parametrize("do", ["picture", "preview", ""])
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html>", "PNG, JPEG, WebP and GIF work"),
        (make.image() + bytes(8 * 1024 * 1024), "more than 8 MB"),
        (flood(), "more than 25 megapixels"),
    ],
    ids=["no picture", "too large", "too many pixels"],
)
def test_a_refused_picture_costs_nothing_that_was_typed(app, browser_of, do, data, words):
    form = question_form(picture=file(data), do=do, **{"picture-alt": "The light"})
    page = post(browser_of(make.make_user()), "/questions/ask", form)
    assert page.status_code == 422
    assert words in page.text
    assert (typed_in(page, "body"), typed_in(page, "tags")) == ("Since noon.", "lamp, light")
    assert typed_in(page, "picture-alt") == "The light"
    assert db.session.query(Post).count() == 0
    assert db.session.query(Attachment).count() == 0


def test_one_too_many_costs_nothing_that_was_typed(app, browser_of, storage):
    member = make.make_user()
    fill(storage, member, FIRST_WEEK_LIMIT)
    page = browser_of(member).post("/questions/ask", data=question_form(picture=file(), do="picture"))
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 80_000
    assert typed_in(page, "body") == "Since noon."


def test_the_button_without_a_picture_says_what_to_do(app, browser_of):
    form = question_form(do="picture", **{"picture-alt": "The light"})
    page = browser_of(make.make_user()).post("/questions/ask", data=form)
    assert page.status_code == 422
    assert "Choose a picture first." in page.text
    assert typed_in(page, "picture-alt") == "The light"
    assert typed_in(page, "body") == "Since noon."


def test_more_than_the_server_takes_costs_nothing_that_was_typed(app, browser_of):
    form = question_form(picture=file(bytes(11 * 1024 * 1024)))
    page = post(browser_of(make.make_user()), "/questions/ask", form)
    assert page.status_code == 413
    assert "Since noon." in page.text
    assert "Why is it amber?" in page.text
    assert db.session.query(Attachment).count() == 0


def test_T12_more_than_the_server_takes_is_refused_for_script_too(app, browser_of):
    answer = send(browser_of(make.make_user()), data=bytes(11 * 1024 * 1024))
    assert answer.status_code == 413
    assert db.session.query(Attachment).count() == 0


def test_T12_what_is_far_too_much_is_not_even_read(app, browser_of):
    thread = make.ask()

    class Endless(BytesIO):
        taken = 0

        def read(self, size=-1):
            Endless.taken += size
            return bytes(max(size, 0))

    body = {"wsgi.input": Endless(), "CONTENT_LENGTH": str(10 * 1024**3)}
    answer = browser_of(make.make_user()).post(
        f"/answers/to/{thread.id}", content_type="multipart/form-data; boundary=x", environ_overrides=body
    )
    assert answer.status_code == 413
    assert Endless.taken < 1024**2


def test_somebody_signed_out_in_the_middle_keeps_the_text(app, client):
    thread = make.ask()
    sent = client.post(f"/answers/to/{thread.id}", data={"body": "Half a thought", "picture": file(), "do": "picture"})
    assert "/accounts/sign-in" in sent.location
    kept = db.session.query(KeptText).one().fields
    assert kept["body"] == "Half a thought"
    assert not [name for name in kept if name.startswith("picture")]
    assert db.session.query(Attachment).count() == 0
