"""Addresses, status codes, caching and what machines read: trust.md S01 to S08, S20 to S25, S28, T17."""

import re
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask

from app import create_app
from app.accounts import service as accounts
from app.answers.service import accept_answer, mark_outcome
from app.extensions import db, limiter
from app.guard import HEADERS
from app.lib import clock
from app.models import OutcomeKind, Post, ResolutionKind, Role, Thread, User
from app.moderation.service import close_thread, hide_post, restore_post
from app.posts.service import delete_post, edit_post
from app.questions import queries
from app.questions.queries import ANSWERS_A_PAGE, THREADS_A_PAGE, Listing, question_of
from app.questions.service import edit_question, resolve_thread
from app.votes.service import add_me_too, cast_vote
from tests import factories as make
from tests.conftest import Browser

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of libraries that only this file needs
    import extruct

SITE = "http://localhost"
HOME_OF_WORDS = "https://schema.org/"


@pytest.fixture(autouse=True)
def _no_floods() -> None:
    limiter.reset()


def old_member(**fields: Any) -> User:
    """Somebody beyond the limits of the first day."""
    return make.make_user(created_at=clock.now() - timedelta(days=30), **fields)


def hops(browser: Browser, path: str) -> list[tuple[int, str]]:
    """Every answer on the way, with its address."""
    seen = []
    while len(seen) < 5:
        response = browser.get(path)
        seen.append((response.status_code, path))
        if "Location" not in response.headers:
            break
        path = response.location
    return seen


# --- S20: one address for one thing, and one hop to it ------------------------------------------------------------------


def test_S20_every_other_spelling_of_a_question_is_one_hop_from_its_address(app, client):
    thread = make.ask(title="Why does the Lámpara № 7 blink?")
    right = f"/questions/{thread.id}/{quote(thread.slug)}"
    assert hops(client, right) == [(200, right)]
    for tail in (
        "",
        "/",
        "/wrong-name",
        "/wrong-name/",
        f"/{quote(thread.slug.upper())}",
        f"/{quote(thread.slug)}/",
        f"/{quote(thread.slug)}//",
        f"/{quote(thread.slug)}/more",
        f"/{quote(thread.slug)}.html",
        f"/{quote(thread.slug)}%20",
        "/index.php",
        "/%E0%A4%A",
        "/" + "x" * 500,
    ):
        assert hops(client, f"/questions/{thread.id}{tail}") == [
            (301, f"/questions/{thread.id}{tail}"),
            (200, right),
        ], tail


def test_S20_an_address_encoded_twice_is_another_spelling(app, client):
    thread = make.ask(title="Why?")
    right = f"/questions/{thread.id}/why"
    assert hops(client, f"/questions/{thread.id}/%2577hy") == [(301, f"/questions/{thread.id}/%2577hy"), (200, right)]


def test_S20_the_hop_takes_the_rest_of_the_query_along_and_page_1_off(app, client):
    thread = make.ask(title="Why?")
    right = f"/questions/{thread.id}/why"
    for query, kept in (
        ("?page=1", ""),
        ("?page=1&sort=newest", "?sort=newest"),
        ("?sort=newest&page=1", "?sort=newest"),
        ("?ref=mail", "?ref=mail"),
    ):
        for tail in ("", "/", "/wrong", "/why/"):
            assert hops(client, f"/questions/{thread.id}{tail}{query}")[1:] == [(200, right + kept)], tail + query
    assert hops(client, right + "?page=1") == [(301, right + "?page=1"), (200, right)]


def test_S20_a_new_title_moves_the_address_and_the_old_one_leads_there(app, client):
    thread = make.ask(title="Why does it blink?")
    draft = make.QuestionDraft("Why does it glow?", thread.topic_id, make.render("It does."))
    edit_question(question_of(thread), thread.asker, draft, 1)
    path = f"/questions/{thread.id}/why-does-it-blink"
    assert hops(client, path) == [(301, path), (200, f"/questions/{thread.id}/why-does-it-glow")]


def test_S20_people_topics_tags_and_lists_have_one_address_too(app, client):
    thread = make.ask(topic=make.make_topic(slug="lamps"), tags=["mesh"])
    person = f"/people/{thread.asker_id}/{thread.asker.slug}"
    for path, right in (
        (f"/people/{thread.asker_id}", person),
        (f"/people/{thread.asker_id}/", person),
        (f"/people/{thread.asker_id}/Somebody-else", person),
        (person + "/", person),
        (person + "?page=1", person),
        (person + "?show=questions&page=1", person + "?show=questions"),
        ("/topics/lamps/", "/topics/lamps"),
        ("/topics/lamps?page=1", "/topics/lamps"),
        ("/topics/lamps/?page=1", "/topics/lamps"),
        ("/tags/MESH", "/tags/mesh"),
        ("/tags/mesh/", "/tags/mesh"),
        ("/tags/MESH/", "/tags/mesh"),
        ("/tags/Mesh?page=1", "/tags/mesh"),
        ("/questions/", "/questions"),
        ("/questions?page=1", "/questions"),
        ("/questions/?page=1&show=newest", "/questions?show=newest"),
        ("/search?q=blink&page=1", "/search?q=blink"),
        ("/search/?q=blink", "/search?q=blink"),
        ("/topics/", "/topics"),
        ("/help/", "/help"),
    ):
        assert hops(client, path) == [(301, path), (200, right)], path


def test_S20_a_permalink_is_no_permanent_move_since_answers_change_places(app, client):
    post = make.answer(make.ask(title="Why?"))
    assert hops(client, f"/posts/{post.id}") == [
        (302, f"/posts/{post.id}"),
        (200, f"/questions/{post.thread_id}/why#p{post.id}"),
    ]


# --- S21: what is gone, and what was never there ------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["question", "answer", "comment"])
def test_S21_gone_is_410_and_hidden_or_never_there_is_404(app, client, what):
    thread = make.ask(title="Why?")
    comment = make.comment(thread)
    post = {"question": question_of(thread), "answer": make.answer(thread, thread.asker), "comment": comment}[what]
    places = [f"/posts/{post.id}"] + (
        [f"/questions/{thread.id}", f"/questions/{thread.id}/why"] if what == "question" else []
    )
    moderator = make.make_user(role=Role.MODERATOR)
    hide_post(post, moderator, "Because.")
    assert {client.get(path).status_code for path in places} == {404}
    restore_post(post, moderator)
    assert {client.get(path).status_code for path in places} <= {200, 301, 302}
    delete_post(post, post.author)
    assert {client.get(path).status_code for path in places} == {410}
    assert client.get("/posts/999999").status_code == client.get("/questions/999999/why").status_code == 404


def test_S21_numbers_that_no_row_can_have_are_not_there(app, client):
    for number in ("0", "-1", "007", "1.5", "1e3", "9" * 10, "9" * 30, "１", "%00", "x"):
        for path in (f"/questions/{number}", f"/posts/{number}", f"/people/{number}"):
            assert client.get(path).status_code == 404, path


def test_S21_what_was_deleted_before_anybody_saw_it_was_never_there(app, client):
    thread = make.ask(old_member(confirmed=False))
    delete_post(question_of(thread), thread.asker)
    assert client.get(f"/questions/{thread.id}").status_code == 404
    assert client.get(f"/posts/{question_of(thread).id}").status_code == 404


def test_S21_no_page_says_in_words_alone_that_nothing_is_there(app, client):
    for path in (
        "/nowhere",
        "/topics/nowhere",
        "/tags/nowhere",
        "/questions?show=nowhere",
        "/people/999999/x",
        "/questions?page=x",
        "/questions?page=0",
        "/questions?page=1001",
        "/questions?page=-1",
        "/questions?page=01",
    ):
        assert client.get(path).status_code == 404, path


# --- S22 to S24: canonical, pages, noindex -----------------------------------------------------------------------------


def canonicals(html: str) -> list[str]:
    return [unescape(href) for href in re.findall(r'<link rel="canonical" href="([^"]*)">', html)]


def robots(html: str) -> list[str]:
    return re.findall(r'<meta name="robots" content="([^"]*)">', html)


class Site:
    """A forum with a second page in every list, and in one thread. Read only: all tests share it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.asker, self.helper, other = old_member(about="I know lamps."), old_member(), old_member()
        topic = make.make_topic(slug="lamps", description="All about lamps")
        self.threads: list[Thread] = [
            make.ask(self.asker, f"Why does lamp {n} blink?", topic=topic, tags=["mesh"])
            for n in range(THREADS_A_PAGE + 1)
        ]
        self.long = self.threads[0]
        for thread in self.threads:
            make.answer(thread, self.helper)
        for _ in range(ANSWERS_A_PAGE):
            make.answer(self.long, other)

    @property
    def guest(self) -> Browser:
        return self.app.test_client()

    def browser_of(self, user: User) -> Browser:
        return self.guest.sign_in(user)

    @property
    def thread(self) -> str:
        return f"/questions/{self.long.id}/{self.long.slug}"

    @property
    def person(self) -> str:
        return f"/people/{self.helper.id}/{self.helper.slug}"

    def indexable(self) -> list[str]:
        paged = ["/questions", "/topics/lamps", "/tags/mesh", self.thread, self.person]
        return ["/", "/help", "/topics", "/tags", *paged, *[f"{path}?page=2" for path in paged]]

    def not_for_machines(self) -> list[str]:
        lists = [
            f"{path}?show={each}"
            for each in Listing
            if each not in (Listing.WAITING, Listing.ACTIVE)
            for path in ("/questions", "/topics/lamps", "/tags/mesh")
        ]
        return [
            *lists,
            "/search",
            "/search?q=blink",
            "/search?q=blink&page=2",
            "/questions/ask",
            "/accounts/sign-in",
            "/accounts/sign-up",
            "/accounts/forgot",
            f"{self.thread}?sort=newest",
            f"{self.thread}?sort=oldest&page=2",
            f"{self.person}?show=questions",
            f"/people/{self.asker.id}/{self.asker.slug}?show=questions",
            f"/posts/{question_of(self.long).id}/revisions",
        ]


@pytest.fixture(scope="module")
def site(make_settings) -> Iterator[Site]:
    app = create_app(make_settings())
    app.testing = True
    app.test_client_class = Browser
    with app.test_request_context(base_url=SITE):
        try:
            yield Site(app)
        finally:
            db.session.remove()
            db.engine.dispose()


def test_S22_a_page_for_machines_names_its_own_address_once_and_others_say_that_they_are_none(site):
    for path in site.indexable():
        page = site.guest.get(path)
        assert page.status_code == 200, path
        assert canonicals(page.text) == [SITE + quote(path, safe="/?=&")], path
        assert robots(page.text) == []
    for path in site.not_for_machines():
        limiter.reset()
        page = site.guest.get(path)
        assert page.status_code == 200, path
        assert canonicals(page.text) == [], path
        assert robots(page.text) == ["noindex,follow"], path


def test_S22_what_is_no_part_of_a_page_drops_out_of_its_canonical_address(site):
    for path in site.indexable():
        extended = path + ("&" if "?" in path else "?") + "utm_source=mail&ref=%22%3E&fbclid=1"
        assert canonicals(site.guest.get(extended).text) == [SITE + path], path
    for path in ("/questions", "/topics/lamps", "/tags/mesh"):
        page = site.guest.get(path + "?show=active")
        assert canonicals(page.text) in ([SITE + path], []), path
    assert canonicals(site.guest.get(site.thread + "?sort=helpful").text) in ([SITE + site.thread], [])


def test_S22_the_canonical_address_is_the_public_one_whatever_host_was_asked(site):
    page = site.guest.get(site.thread, base_url="http://evil.example")
    assert canonicals(page.text) == [SITE + site.thread]
    assert "evil.example" not in page.text


def test_S22_the_canonical_link_stands_early_and_outside_the_body(site):
    for path in site.indexable():
        head = site.guest.get(path).text.partition("</head>")[0]
        assert canonicals(head)
        assert len(head) < 64 * 1024


def test_S23_pages_link_to_their_neighbours_and_to_the_first_and_end_where_the_rows_end(site):
    for path in ("/questions", "/topics/lamps", "/tags/mesh", site.thread, site.person):
        first, second = site.guest.get(path).text, site.guest.get(f"{path}?page=2").text
        assert re.findall(r'<a rel="(\w+)" href="([^"]+)"', first) == [("next", f"{path}?page=2")]
        assert re.findall(r'<a rel="(\w+)" href="([^"]+)"', second) == [("prev", path)]
        assert f'href="{path}" aria-label="Page 1"' in second
        assert hops(site.guest, f"{path}?page=1") == [(301, f"{path}?page=1"), (200, path)]
        assert site.guest.get(f"{path}?page=3").status_code == 404
        assert site.guest.get(f"{path}?page=02").status_code == 404


def test_S23_every_answer_stands_on_exactly_one_page(site):
    shown = [
        re.findall(r'<article[^>]* id="p(\d+)"', site.guest.get(f"{site.thread}{page}").text)
        for page in ("", "?page=2")
    ]
    answers = db.session.scalars(db.select(Post.id).where(Post.thread_id == site.long.id, Post.kind == "answer"))
    assert sorted(map(int, shown[0] + shown[1])) == sorted(answers)
    for post_id in (shown[0][0], shown[1][0]):
        page = site.guest.get(f"/posts/{post_id}", follow_redirects=True)
        assert f'id="p{post_id}"' in page.text


def test_S24_profiles_without_content_errors_and_own_pages_are_not_for_machines(site):
    nobody = old_member()
    assert robots(site.guest.get(f"/people/{nobody.id}/{nobody.slug}").text) == ["noindex,follow"]
    assert robots(site.guest.get("/nowhere").text) == ["noindex,follow"]
    signed_in = site.browser_of(site.asker)
    for path in (
        "/accounts/settings",
        "/questions/waiting",
        f"/questions/{site.long.id}/edit",
        f"/answers/to/{site.long.id}",
    ):
        assert robots(signed_in.get(path).text) == ["noindex,follow"], path


def test_S24_an_empty_topic_and_an_unused_tag_are_not_for_machines(app, client):
    topic = make.make_topic()
    assert robots(client.get(f"/topics/{topic.slug}").text) == ["noindex,follow"]
    hide_post(question_of(make.ask(tags=["lonely"])), make.make_user(role=Role.MODERATOR), "Because.")
    assert client.get("/tags/lonely").status_code == 404
    assert robots(client.get("/tags").text) == ["noindex,follow"]


def test_S24_a_held_or_hidden_question_is_not_for_machines_even_for_those_who_see_it(app, browser_of):
    thread = make.ask(make.make_user(confirmed=False))
    page = browser_of(thread.asker).get(f"/questions/{thread.id}/{thread.slug}").text
    assert (robots(page), canonicals(page)) == (["noindex,follow"], [])


def test_S24_an_old_question_that_nobody_answered_or_found_helpful_is_not_for_machines(app, client):
    thread = make.ask()
    path = f"/questions/{thread.id}/{thread.slug}"
    assert robots(client.get(path).text) == []
    question = question_of(thread)
    question.created_at = thread.created_at = clock.now() - timedelta(days=31)
    db.session.commit()
    app.extensions["pages"].clear()
    assert robots(client.get(path).text) == ["noindex,follow"]
    assert canonicals(client.get(path).text) == []
    cast_vote(question, make.make_user(), 1)
    assert robots(client.get(path).text) == []
    cast_vote(question, make.make_user(), -1)
    assert robots(client.get(path).text) == ["noindex,follow"]
    make.answer(thread)
    assert robots(client.get(path).text) == []


def test_S24_links_that_people_write_carry_ugc_and_nofollow(app, client):
    thread = make.ask(body="Look at [this](https://example.com/x) and https://example.org.")
    page = client.get(f"/questions/{thread.id}/{thread.slug}").text
    for link in re.findall(r'<a [^>]*href="https://example[^>]*>', page):
        assert {"ugc", "nofollow", "noopener"} <= set(re.search(r'rel="([^"]*)"', link)[1].split()), link


# --- S25, T17: caches ---------------------------------------------------------------------------------------------------

SHARED = "public, max-age=0, must-revalidate"
PRIVATE = "private, no-store"


def test_T17_guests_share_what_they_read_and_nobody_else_does(site):
    member = site.browser_of(site.asker)
    for path in [*site.indexable(), *site.not_for_machines()]:
        limiter.reset()
        page = site.guest.get(path)
        personal = path.startswith("/accounts/")
        assert page.headers["Cache-Control"] == (PRIVATE if personal else SHARED), path
        assert "Set-Cookie" not in page.headers, path
        assert personal or "Cookie" in page.headers["Vary"], path
        mine = member.get(path)
        assert mine.headers["Cache-Control"] == PRIVATE, path
        assert "ETag" not in mine.headers


def test_T17_a_shared_page_is_the_same_for_every_guest_and_holds_no_trace_of_one(site):
    agents = ("Mozilla/5.0 Firefox/140", "curl/8")
    for path in (*site.indexable(), "/search?q=blink"):
        limiter.reset()
        headers = [{"User-Agent": agent, "X-Forwarded-For": f"192.0.2.{n}"} for n, agent in enumerate(agents)]
        pages = [site.guest.get(path, headers=each).data for each in headers]
        assert pages[0] == pages[1], path
        assert b"nonce" not in pages[0]
        assert b"csrf" not in pages[0].lower()


def test_T17_error_pages_redirects_of_the_moment_and_forms_sent_are_never_kept(app, client, browser_of):
    thread = make.ask(title="Why?")
    answer = make.answer(thread)
    member = browser_of(make.make_user())
    for response, status in (
        (client.get("/nowhere"), 404),
        (client.get("/questions/waiting"), 303),
        (client.get(f"/posts/{answer.id}"), 302),
        (client.post("/questions/ask", data={"title": "Why?"}), 303),
        (client.put("/questions"), 405),
        (client.post("/posts/preview", data={"body": "x"}), 200),
        (client.post("/posts/preview", data={"body": "x"}, headers={"Sec-Fetch-Site": "cross-site"}), 403),
        (member.post(f"/answers/to/{thread.id}", data={"body": ""}), 422),
        (member.get("/admin/mail"), 403),
    ):
        assert response.status_code == status
        assert response.headers["Cache-Control"] == PRIVATE
        assert "ETag" not in response.headers


def test_S25_a_guest_who_has_the_page_is_sent_nothing_until_it_changes(site):
    for path in [*site.indexable(), "/search?q=blink"]:
        limiter.reset()
        page = site.guest.get(path)
        tag = page.headers["ETag"]
        again = site.guest.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b""), path
        assert again.headers["ETag"] == tag
        assert again.headers["Cache-Control"] == SHARED
        assert "Cookie" in again.headers["Vary"]
        # If-None-Match decides, whatever a date says.
        late = {"If-None-Match": '"another"', "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
        assert site.guest.get(path, headers=late).status_code == 200
        assert site.guest.head(path).headers["ETag"] == tag


def test_S25_the_validator_changes_with_everything_that_changes_the_page(app, client):
    asker, helper, moderator = old_member(), old_member(), make.make_user(role=Role.MODERATOR)
    thread = make.ask(asker, title="Why?")
    answer = make.answer(thread, helper)
    path, seen = f"/questions/{thread.id}/why", []
    for change in (
        lambda: None,
        lambda: cast_vote(answer, asker, 1),
        lambda: cast_vote(answer, asker, 0),
        lambda: add_me_too(thread, helper),
        lambda: make.comment(answer, helper),
        lambda: accept_answer(answer, asker),
        lambda: mark_outcome(answer, asker, OutcomeKind.WORKED),
        lambda: edit_post(answer, helper, make.render("Other words"), 1, "Clearer"),
        lambda: hide_post(answer, moderator, "Because."),
        lambda: restore_post(answer, moderator),
        lambda: make.answer(thread, helper, "Another one"),
        lambda: accounts.change_profile(helper, "Another name", ""),
        lambda: close_thread(thread, moderator, "Enough."),
        lambda: resolve_thread(thread, asker, ResolutionKind.SOLVED_MYSELF),
    ):
        change()
        seen.append(client.get(path).headers["ETag"])
        if len(seen) > 1:
            assert client.get(path, headers={"If-None-Match": seen[-2]}).status_code == 200
            assert seen[-1] != seen[-2], len(seen)
    # Taking the vote back made the first page again, and undoing the hiding the one before it.
    assert seen[2] == seen[0]
    assert seen[9] == seen[7]


def test_S25_style_and_script_are_kept_for_ever_under_the_print_of_their_content(app, client):
    page = client.get("/").text
    for path in set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', page)):
        asset = client.get(path)
        assert asset.status_code == 200
        assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in asset.headers
        assert client.get(path.replace("/assets/", "/assets/0")).status_code == 404


def test_reading_sets_no_cookie_even_for_those_who_come_with_a_strange_one(site):
    for path in site.indexable():
        strange = site.guest
        strange.set_cookie("askwell", "not-a-session")
        strange.set_cookie("kept", "x" * 100)
        strange.set_cookie("visitor", "y" * 100)
        page = strange.get(path)
        assert page.status_code == 200
        assert "Set-Cookie" not in page.headers, path
        assert page.headers["Cache-Control"] == PRIVATE


# --- Headers of every response ------------------------------------------------------------------------------------------


def test_every_response_carries_the_headers_that_protect(app, client, browser_of, monkeypatch):
    thread = make.ask(title="Why?")
    gone = make.ask()
    delete_post(question_of(gone), gone.asker)
    stylesheet = re.search(r'href="(/assets/[^"]+\.css)"', client.get("/").text)[1]
    admin, member = browser_of(make.make_user(role=Role.ADMIN)), browser_of(make.make_user())
    tag = client.get("/").headers["ETag"]
    responses = [
        (200, client.get("/")),
        (200, client.get("/health")),
        (200, client.get(stylesheet)),
        (200, admin.get("/admin/mail")),
        (200, client.get("/questions/similar?title=Why")),
        (301, client.get(f"/questions/{thread.id}")),
        (302, client.get(f"/posts/{question_of(thread).id}")),
        (303, client.get("/accounts/settings")),
        (304, client.get("/", headers={"If-None-Match": tag})),
        (403, member.get("/admin/mail")),
        (403, member.post("/posts/preview", headers={"Sec-Fetch-Site": "cross-site"})),
        (404, client.get("/nowhere")),
        (404, client.get("/assets/nothing/nowhere.css")),
        (405, client.delete("/")),
        (410, client.get(f"/questions/{gone.id}")),
        (413, client.post("/posts/preview", data={"body": "x" * (11 * 1024 * 1024)})),
        (422, member.post("/questions/ask", data={})),
        (200, client.options("/")),
    ]
    for _ in range(21):
        flooded = client.post("/posts/preview", data={"body": "x"})
    responses.append((429, flooded))
    monkeypatch.setattr(queries, "solved_nearby", lambda *_: 1 / 0)
    responses.append((500, client.get(f"/questions/{thread.id}/why")))
    for status, response in responses:
        assert response.status_code == status
        for name, value in HEADERS.items():
            assert response.headers[name] == value, (status, name)
    policy = HEADERS["Content-Security-Policy"]
    for part in (
        "default-src 'none'",
        "script-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert "Retry-After" in flooded.headers
    assert "Strict-Transport-Security" not in responses[0][1].headers
    assert "max-age=31536000" in client.get("/", base_url="https://localhost").headers["Strict-Transport-Security"]


# --- S28 ----------------------------------------------------------------------------------------------------------------


def test_S28_titles_are_unique_and_each_page_has_one_heading_of_the_first_rank_and_a_language(site):
    titles: dict[str, str] = {}
    for path in site.indexable() + [f"/questions/{t.id}/{t.slug}" for t in site.threads[1:4]]:
        page = site.guest.get(path).text
        title = re.findall(r"<title>([^<]*)</title>", page)
        assert len(title) == 1, path
        assert title[0] not in titles, (path, titles[title[0]])
        titles[title[0]] = path
        assert len(re.findall(r"<h1\b", page)) == 1, path
        assert re.match(r'<!doctype html>\s*<html lang="en" dir="ltr">', page), path
        assert len(re.findall(r'<meta name="description"', page)) <= 1


def test_S28_forms_and_errors_have_one_heading_and_one_title_too(site):
    for path in [*site.not_for_machines(), "/nowhere"]:
        limiter.reset()
        page = site.guest.get(path).text
        assert len(re.findall(r"<h1\b", page)) == 1, path
        assert re.search(r"<title>\S[^<]*– Askwell</title>", page), path


def test_S28_a_title_puts_the_question_first_and_is_not_cut_by_search_engines(app, client):
    thread = make.ask(
        title="Why does the lamp in the long corridor on the second floor blink every evening at eight o'clock?"
    )
    page = client.get(f"/questions/{thread.id}/{thread.slug}").text
    title = unescape(re.search(r"<title>(.*?)</title>", page)[1])
    assert thread.title.startswith(title.removesuffix(" – Askwell").rstrip("…").rstrip())
    assert len(title.removesuffix(" – Askwell")) <= 65
    assert f'<h1 itemprop="name">{thread.title.replace(chr(39), "&#39;")}</h1>' in page


def test_S28_the_description_is_what_solved_it_in_70_to_160_characters(app, client):
    thread = make.ask(body="A question. " * 40)
    path = f"/questions/{thread.id}/{thread.slug}"
    answer = make.answer(thread, body="Press the **button** and wait. " * 20)
    make.answer(thread, body="Do nothing. " * 20)
    assert description(client.get(path).text).startswith("A question.")
    accept_answer(answer, thread.asker)
    assert description(client.get(path).text).startswith("Press the button and wait.")
    assert 70 <= len(description(client.get(path).text)) <= 160


def description(html: str) -> str:
    return unescape(re.search(r'<meta name="description" content="([^"]*)">', html)[1])


# --- S01 to S08: what machines read --------------------------------------------------------------------------------------


def items(html: str, path: str) -> list[dict[str, Any]]:
    return extruct.extract(html, base_url=SITE + path, syntaxes=["microdata"])["microdata"]


def of_type(found: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [item for item in found if item.get("type") == HOME_OF_WORDS + name]


def everything(value: Any) -> list[dict[str, Any]]:
    """All items, however deep."""
    if isinstance(value, list):
        return [item for each in value for item in everything(each)]
    if not isinstance(value, dict):
        return []
    return ([value] if "properties" in value else []) + [i for each in value.values() for i in everything(each)]


def as_list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


@pytest.fixture
def asked(app) -> Thread:
    """A question with an accepted answer, another one, comments, votes, an edit, and things not for everybody."""
    asker, helper, moderator = (
        old_member(name="Anna Asker"),
        old_member(name="Hugo Helper"),
        make.make_user(role=Role.MODERATOR),
    )
    thread = make.ask(asker, title="Why does <it> blink & glow?", body="It **blinks** every evening.", tags=["mesh"])
    accepted, other = make.answer(thread, helper, "Press the `button`."), make.answer(thread, moderator, "Wait.")
    make.comment(thread, helper, "Which lamp?")
    for words in ("Thanks!", "It works."):
        make.comment(accepted, asker, words)
    cast_vote(question_of(thread), helper, 1)
    cast_vote(accepted, asker, 1)
    cast_vote(accepted, moderator, -1)
    cast_vote(other, asker, -1)
    accept_answer(accepted, asker)
    edit_post(accepted, helper, make.render("Press the `button` twice."), 1, "Twice")
    hide_post(make.answer(thread, helper, "Hiddenanswer"), moderator, "Because.")
    hide_post(make.comment(accepted, helper, "Hiddencomment"), moderator, "Because.")
    delete_post(make.answer(thread, helper, "Deletedanswer"), helper)
    newcomer = make.make_user(confirmed=False)
    make.answer(thread, newcomer, "Heldanswer")
    make.comment(accepted, newcomer, "Heldcomment")
    return db.session.get_one(Thread, thread.id)


@pytest.fixture
def page(asked, client) -> tuple[str, list[dict[str, Any]]]:
    path = f"/questions/{asked.id}/{asked.slug}"
    html = client.get(path).text
    return html, items(html, path)


def test_S01_a_thread_is_one_page_of_one_question(page):
    found = page[1]
    assert len(of_type(found, "QAPage")) == 1
    questions = of_type(everything(found), "Question")
    assert len(questions) == 1
    assert of_type(found, "QAPage")[0]["properties"]["mainEntity"] == questions[0]


def question_in(found: list[dict[str, Any]]) -> dict[str, Any]:
    return of_type(found, "QAPage")[0]["properties"]["mainEntity"]["properties"]


def test_S02_S03_the_question_says_all_that_is_required_and_recommended(page, asked):
    html, found = page
    said = question_in(found)
    assert said["name"] == asked.title == unescape(re.search(r"<h1[^>]*>(.*?)</h1>", html)[1])
    assert said["answerCount"] == "2"
    assert said["upvoteCount"] == "1"
    assert said["commentCount"] == "1"
    assert said["text"].strip() == "It blinks every evening."
    assert_author(said, "Anna Asker", asked.asker)
    assert_moment(said["datePublished"], question_of(asked).created_at)
    assert "dateModified" not in said


def assert_author(said: dict[str, Any], name: str, user: User) -> None:
    author = said["author"]
    assert author["type"] == HOME_OF_WORDS + "Person"
    assert author["properties"] == {"name": name, "url": f"{SITE}/people/{user.id}/{user.slug}"}


def assert_moment(said: str, when: datetime) -> None:
    """ISO 8601 with a zone."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)", said)
    assert datetime.fromisoformat(said) == when.replace(microsecond=0)


def test_S04_S05_the_accepted_answer_is_said_once_and_the_others_are_suggested(page, asked):
    said = question_in(page[1])
    accepted, suggested = as_list(said.get("acceptedAnswer")), as_list(said.get("suggestedAnswer"))
    assert (len(accepted), len(suggested)) == (1, 1)
    assert {item["type"] for item in accepted + suggested} == {HOME_OF_WORDS + "Answer"}
    best, other = accepted[0]["properties"], suggested[0]["properties"]
    posts = {post.source: post for post in db.session.scalars(db.select(Post))}
    assert best["text"].strip() == "Press the button twice."
    assert other["text"].strip() == "Wait."
    assert (best["upvoteCount"], other["upvoteCount"]) == ("0", "-1")
    assert (best["commentCount"], other["commentCount"]) == ("2", "0")
    for properties, source in ((best, "Press the `button` twice."), (other, "Wait.")):
        post = posts[source]
        assert properties["url"] == f"{SITE}/questions/{asked.id}/{asked.slug}#p{post.id}"
        assert_author(properties, post.author.name, post.author)
        assert_moment(properties["datePublished"], post.created_at)
    assert_moment(best["dateModified"], posts["Press the `button` twice."].edited_at)
    assert "dateModified" not in other


def test_S05_without_an_acceptance_no_answer_is_said_to_be_accepted(app, client):
    thread = make.ask(title="Why?")
    path = f"/questions/{thread.id}/why"
    said = question_in(items(client.get(path).text, path))
    assert said["answerCount"] == "0"
    assert "acceptedAnswer" not in said
    assert "suggestedAnswer" not in said
    make.answer(thread)
    resolve_thread(thread, thread.asker, ResolutionKind.SOLVED_MYSELF)
    said = question_in(items(client.get(path).text, path))
    assert "acceptedAnswer" not in said
    assert len(as_list(said["suggestedAnswer"])) == 1


def test_S05_an_acceptance_that_is_taken_back_or_hidden_or_deleted_is_not_said(asked, client):
    path = f"/questions/{asked.id}/{asked.slug}"
    accepted = db.session.scalars(db.select(Post).where(Post.source == "Press the `button` twice.")).one()
    delete_post(accepted, accepted.author)
    said = question_in(items(client.get(path).text, path))
    assert "acceptedAnswer" not in said
    assert len(as_list(said["suggestedAnswer"])) == 1
    assert said["answerCount"] == "1"


def test_S06_comments_are_comments_and_all_counts_add_up(page):
    said = question_in(page[1])
    answers = [a["properties"] for a in as_list(said["acceptedAnswer"]) + as_list(said["suggestedAnswer"])]
    comments = [c for part in (said, *answers) for c in as_list(part.get("comment"))]
    assert {comment["type"] for comment in comments} == {HOME_OF_WORDS + "Comment"}
    assert [comment["properties"]["text"].strip() for comment in comments] == ["Which lamp?", "Thanks!", "It works."]
    for comment in comments:
        assert comment["properties"]["author"]["properties"]["url"].startswith(SITE + "/people/")
        assert re.search(r"[+Z]", comment["properties"]["datePublished"])
    assert sum(int(part["commentCount"]) for part in (said, *answers)) == len(comments) == 3
    assert int(said["answerCount"]) == len(answers)


def test_S08_all_that_is_marked_is_shown_and_nothing_that_is_not_for_everybody(page):
    html, found = page
    visible = " ".join(unescape(re.sub(r"<[^>]+>", "", html.partition("<body>")[2])).split())
    for item in everything(found):
        text = item["properties"].get("text")
        assert text is None or " ".join(text.split()) in visible
        for key in ("url", "item"):
            for url in as_list(item["properties"].get(key)):
                assert urlsplit(url).scheme in ("http", "https"), url
        for key in ("answerCount", "upvoteCount", "commentCount", "position"):
            assert re.fullmatch(r"-?\d+", item["properties"].get(key, "0"))
    for word in ("Hiddenanswer", "Hiddencomment", "Deletedanswer", "Heldanswer", "Heldcomment"):
        assert word not in html


def test_S08_what_others_do_not_see_is_not_marked_for_those_who_do(asked, browser_of):
    path = f"/questions/{asked.id}/{asked.slug}"
    for viewer in (
        db.session.scalars(db.select(User).where(User.name == "Hugo Helper")).one(),
        make.make_user(role=Role.ADMIN),
    ):
        html = browser_of(viewer).get(path).text
        assert "Hiddenanswer" in html
        said = question_in(items(html, path))
        answers = as_list(said["acceptedAnswer"]) + as_list(said["suggestedAnswer"])
        assert len(answers) == int(said["answerCount"]) == 2
        assert said["upvoteCount"] == "1"


def test_S11_crumbs_lead_from_the_first_page_to_the_topic(page, asked):
    crumbs = of_type(page[1], "BreadcrumbList")
    assert len(crumbs) == 1
    entries = [entry["properties"] for entry in crumbs[0]["properties"]["itemListElement"]]
    assert len(entries) >= 2
    assert [entry["position"] for entry in entries] == [str(n + 1) for n in range(len(entries))]
    assert entries[0]["item"] == SITE + "/"
    assert entries[-1] == {
        "item": f"{SITE}/topics/{asked.topic.slug}",
        "name": asked.topic.name,
        "position": entries[-1]["position"],
    }


def test_S01_S12_nothing_but_the_first_page_of_a_thread_is_a_page_of_a_question(site):
    elsewhere = [path for path in [*site.indexable(), *site.not_for_machines()] if not path.startswith(site.thread)]
    for path in [*elsewhere, f"{site.thread}?page=2", f"{site.thread}?sort=oldest&page=2"]:
        limiter.reset()
        found = everything(items(site.guest.get(path).text, path))
        assert of_type(found, "QAPage") == of_type(found, "Question") == [], path
    first = items(site.guest.get(site.thread).text, site.thread)
    assert question_in(first)["answerCount"] == str(ANSWERS_A_PAGE + 1), "all of them, wherever they stand"
    assert len(as_list(question_in(first)["suggestedAnswer"])) == ANSWERS_A_PAGE
    assert "application/ld+json" not in site.guest.get(site.thread).text
