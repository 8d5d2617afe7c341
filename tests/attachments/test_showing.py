"""T22: a picture is seen by whoever may see the post it belongs to, at once and nowhere else."""

from datetime import timedelta

import pytest
import time_machine

from app.attachments.queries import to_be_described
from app.extensions import db
from app.lib import clock
from app.models import Attachment, Post, Role, Thread
from app.moderation.service import hide_post, restore_post
from app.posts.rendering import render
from app.posts.service import delete_post, edit_post, undelete_post
from app.questions.queries import question_of
from tests import factories as make
from tests.factories import ask, picture


def shows(picture: Attachment, alt: str = "The menu") -> str:
    return f"Look: ![{alt}]({picture.path})"


def again(row: Attachment) -> Attachment:
    db.session.rollback()
    return db.session.get_one(Attachment, row.id)


# --- What it looks like -----------------------------------------------------------------------------------------------------


def test_a_picture_is_shown_in_its_post_and_leads_to_the_whole_one(app, client):
    owner = make.make_user()
    row = picture(owner, size=(1440, 900))
    page = client.get(f"/questions/{ask(owner, body=shows(row)).id}", follow_redirects=True)
    shown = f'<img src="{row.path}" width="720" height="450" alt="The menu" loading="lazy" decoding="async">'
    assert f'<a href="{row.path}" rel="ugc nofollow noopener">{shown}</a>' in page.text
    assert "img-src 'self';" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("size", "shown"),
    [((100, 50), (100, 50)), ((1170, 2532), (259, 560)), ((3000, 10), (720, 2)), ((1, 3000), (1, 560))],
)
def test_a_page_keeps_the_place_that_a_picture_needs(app, size, shown):
    html = render(shows(picture(make.make_user(), size=size))).html
    assert 'width="{}" height="{}"'.format(*shown) in html


def test_pictures_of_others_stay_links(app):
    for path in ("https://example.org/x.png", "/attachments/" + "0" * 32, "/attachments/x", "//example.org/x.png"):
        assert "<img" not in render(f"![x]({path})").html
        assert "<img" not in render(f'<img src="{path}" alt="x">').html


def test_a_list_says_what_a_picture_shows(app):
    assert render(shows(picture(make.make_user()))).excerpt == "Look: The menu"


def test_only_a_text_with_pictures_asks_for_them(app, statements):
    row = picture(make.make_user())
    text = shows(row) * 5
    statements.clear()
    render("No picture here, only /attachments and ![one](https://example.org/x.png).")
    assert statements == []
    render(text)
    assert len([s for s in statements if s.startswith("SELECT")]) == 1


@pytest.mark.parametrize("alt", ["", " ", "describe this picture"])
def test_a_missing_description_is_a_hint_and_no_obstacle(app, browser_of, alt):
    assert to_be_described() == "describe this picture"
    owner = make.make_user()
    browser, thread, row = browser_of(owner), ask(), picture(owner)
    preview = browser.post("/posts/preview", data={"body": shows(row, alt)})
    assert "A picture has no description." in preview.text
    assert f'<a href="{row.path}" title="Picture" rel="ugc nofollow noopener"><img ' in preview.text
    sent = browser.post(f"/answers/to/{thread.id}", data={"body": shows(row, alt)}, follow_redirects=True)
    assert "A picture has no description." in sent.text
    assert again(row).post_id is not None


def test_a_description_needs_no_hint(app, browser_of):
    owner = make.make_user()
    sent = browser_of(owner).post(
        f"/answers/to/{ask().id}", data={"body": shows(picture(owner))}, follow_redirects=True
    )
    assert "no description" not in sent.text


# --- How it is sent ----------------------------------------------------------------------------------------------------------


def test_T21_it_is_sent_as_what_it_is_and_can_do_nothing(app, client):
    owner = make.make_user()
    row = picture(owner, 'a "name".gif', kind="GIF")
    ask(owner, body=shows(row))
    sent = client.get(row.path)
    assert sent.status_code == 200
    assert sent.content_type == "image/png"
    assert sent.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert sent.headers["Content-Disposition"] == "inline; filename*=UTF-8''a%20%22name%22.png"
    assert sent.data.startswith(b"\x89PNG")


def test_guests_may_keep_a_public_picture_but_ask_each_time(app, client):
    owner = make.make_user()
    row = picture(owner)
    ask(owner, body=shows(row))
    sent = client.get(row.path)
    assert sent.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Cookie" in sent.headers["Vary"]
    assert "Set-Cookie" not in sent.headers
    known = client.get(row.path, headers={"If-None-Match": sent.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    assert known.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_members_too_ask_each_time_and_get_no_bytes_twice(app, browser_of):
    owner = make.make_user()
    row = picture(owner)
    ask(owner, body=shows(row))
    member = browser_of(make.make_user())
    sent = member.get(row.path)
    assert sent.headers["Cache-Control"] == "private, no-cache"
    known = member.get(row.path, headers={"If-None-Match": sent.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    assert known.headers["Cache-Control"] == "private, no-cache"


def test_what_is_not_public_is_kept_nowhere(app, browser_of):
    owner, moderator = make.make_user(), make.make_user(role=Role.MODERATOR)
    row = picture(owner)
    assert browser_of(owner).get(row.path).headers["Cache-Control"] == "private, no-store"
    hide_post(question_of(ask(owner, body=shows(row))), moderator, "Rude")
    for person in (owner, moderator):
        sent = browser_of(person).get(row.path)
        assert (sent.status_code, sent.headers["Cache-Control"]) == (200, "private, no-store")


def test_a_guest_costs_one_statement(app, client, statements):
    owner = make.make_user()
    row = picture(owner)
    make.answer(ask(), owner, shows(row))
    path = row.path
    statements.clear()
    assert client.get(path).status_code == 200
    assert len([s for s in statements if s.startswith("SELECT")]) == 1


def test_a_file_that_is_lost_is_a_picture_that_is_not_there(app, browser_of):
    owner = make.make_user()
    row = picture(owner)
    app.extensions["storage"].delete(row.key)
    assert browser_of(owner).get(row.path).status_code == 404


# --- T22: who sees it ----------------------------------------------------------------------------------------------------------


def statuses(browser_of, path: str, *people) -> list[int]:
    return [browser_of(person).get(path).status_code for person in people]


def test_before_it_is_posted_only_its_owner_sees_it(app, browser_of):
    owner, moderator = make.make_user(), make.make_user(role=Role.MODERATOR)
    row = picture(owner)
    assert statuses(browser_of, row.path, owner, make.make_user(), moderator, None) == [200, 404, 404, 404]


def test_T22_hiding_and_deleting_take_it_away_at_once_even_from_those_who_have_it(app, browser_of, client):
    owner, moderator = make.make_user(), make.make_user(role=Role.MODERATOR)
    row = picture(owner)
    post = make.answer(ask(), owner, shows(row))
    known = {"If-None-Match": client.get(row.path).headers["ETag"]}
    for take, give in (
        (lambda: hide_post(post, moderator, "Rude"), lambda: restore_post(post, moderator)),
        (lambda: delete_post(post, owner), lambda: undelete_post(post, owner)),
    ):
        take()
        assert statuses(browser_of, row.path, None, make.make_user(), owner, moderator) == [404, 404, 200, 200]
        gone = client.get(row.path, headers=known)
        assert (gone.status_code, gone.headers["Cache-Control"]) == (404, "private, no-store")
        give()
        assert client.get(row.path, headers=known).status_code == 304


def test_T22_a_hidden_question_hides_the_pictures_of_all_its_posts(app, browser_of):
    owner, moderator = make.make_user(), make.make_user(role=Role.MODERATOR)
    rows = [picture(owner) for _ in range(3)]
    thread = ask(make.make_user())
    answer = make.answer(thread, owner, shows(rows[0]))
    make.comment(answer, owner, shows(rows[1]))
    make.comment(thread, owner, shows(rows[2]))
    hide_post(answer, moderator, "Rude")
    assert [statuses(browser_of, row.path, None)[0] for row in rows] == [404, 404, 200]
    restore_post(answer, moderator)
    hide_post(question_of(thread), moderator, "Rude")
    for row in rows:
        assert statuses(browser_of, row.path, None, owner, thread.asker, moderator) == [404, 404, 200, 200]


def test_T22_a_held_post_shows_its_pictures_to_its_author_alone(app, browser_of):
    newcomer = make.make_user(confirmed=False)
    row = picture(newcomer)
    ask(newcomer, body=shows(row))
    everybody = (newcomer, None, make.make_user(), make.make_user(role=Role.ADMIN))
    assert statuses(browser_of, row.path, *everybody) == [200, 404, 404, 404]


def test_T03_hidden_unposted_and_never_there_are_the_same(app, browser_of):
    owner, moderator = make.make_user(), make.make_user(role=Role.MODERATOR)
    unposted, hidden = picture(owner), picture(owner)
    hide_post(make.answer(ask(), owner, shows(hidden)), moderator, "Rude")
    for person in (None, make.make_user()):
        answers = set()
        for path in (unposted.path, hidden.path, "/attachments/" + "0" * 32):
            answer = browser_of(person).get(path)
            answers.add((answer.status_code, len(answer.data), answer.content_type, str(sorted(answer.headers.keys()))))
        assert len(answers) == 1
        assert answers.pop()[0] == 404


@pytest.mark.parametrize(
    "key", ["x", "0" * 32, "..", "a" * 500, "%00", "%2e%2e%2fetc", "0" * 31 + "G", "0" * 32 + ".png"]
)
def test_other_addresses_lead_nowhere(app, client, key):
    assert client.get(f"/attachments/{key}").status_code in (404, 405)


# --- Whose it is ---------------------------------------------------------------------------------------------------------------


def test_naming_the_picture_of_somebody_else_does_not_make_it_public(app, browser_of):
    owner, thief = make.make_user(), make.make_user()
    row = picture(owner)
    make.answer(ask(), thief, shows(row))
    assert again(row).post_id is None
    assert statuses(browser_of, row.path, owner, thief, None) == [200, 404, 404]


def test_a_quoted_picture_is_seen_as_long_as_the_quoted_post(app, browser_of):
    owner, moderator = make.make_user(), make.make_user(role=Role.MODERATOR)
    row = picture(owner)
    post = make.answer(ask(), owner, shows(row))
    quote = make.answer(ask(), make.make_user(), "> " + shows(row))
    assert f'<img src="{row.path}"' in quote.html
    assert statuses(browser_of, row.path, None) == [200]
    hide_post(post, moderator, "Rude")
    assert statuses(browser_of, row.path, None) == [404]


def test_an_edit_can_bring_a_picture(app, browser_of):
    owner = make.make_user()
    post, row = make.answer(ask(), owner), picture(owner)
    edit_post(post, owner, render(shows(row)), 1)
    assert again(row).post_id == post.id
    assert statuses(browser_of, row.path, None) == [200]


def test_a_picture_that_was_edited_out_stays_with_the_history(app, browser_of):
    owner = make.make_user()
    row = picture(owner)
    post = make.answer(ask(), owner, shows(row))
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=True):
        edit_post(post, owner, render("Without."), 1)
    assert again(row).post_id == post.id


def test_what_was_taken_back_and_posted_again_keeps_its_pictures(app, browser_of):
    owner, thread = make.make_user(), ask()
    row = picture(owner)
    first = make.answer(thread, owner, shows(row))
    delete_post(first, owner)
    second = make.answer(thread, owner, shows(row))
    assert again(row).post_id == second.id != first.id
    assert statuses(browser_of, row.path, None) == [200]


def test_what_a_moderator_hid_is_not_shown_by_posting_it_again(app, browser_of):
    owner, moderator = make.make_user(), make.make_user(role=Role.MODERATOR)
    row = picture(owner)
    first = make.answer(ask(), owner, shows(row))
    hide_post(first, moderator, "Rude")
    make.answer(ask(), owner, shows(row))
    assert again(row).post_id == first.id
    assert statuses(browser_of, row.path, None) == [404]


def test_a_second_post_leaves_the_picture_with_the_first(app):
    owner = make.make_user()
    row = picture(owner)
    first: Post = make.answer(ask(), owner, shows(row))
    thread: Thread = ask(owner, body=shows(row))
    assert again(row).post_id == first.id
    assert "<img" in question_of(thread).html
