"""Every type of page, for everybody who sees it differently: accessible, valid, and never wider than the screen."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import html5lib
import pytest
from html5lib.constants import E as PARSE_ERRORS
from playwright.sync_api import Page, Response, expect
from sqlalchemy import select

from app.accounts import service as accounts
from app.cli.demo import PASSWORD
from app.events import unit_of_work
from app.extensions import db
from app.lib import clock
from app.models import Acceptance, Due, Post, PostKind, Resolution, Role, Thread, ThreadState
from app.moderation.service import close_thread, hide_post
from app.posts.addresses import thread_url, user_url
from app.posts.rendering import render
from app.posts.service import delete_post, edit_post
from app.questions.queries import question_of
from tests import factories as make
from tests.journeys.conftest import ROOT, Browsers, Forum, Watch, post

pytestmark = pytest.mark.browser

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Where pictures of all pages are put, to be looked at. (The suite takes ASKWELL_… out of the environment.)
SHOTS = os.environ.get("JOURNEY_SHOTS")

PHONE, DESK = {"width": 360, "height": 900}, {"width": 1280, "height": 900}

UNBROKEN = "Fußbodenheizungsverteilerstellantriebsfe"
LONG_TITLE = (
    f"Since the update the bedroom is warm at night, and “{UNBROKEN}” is shown on the display for minutes, why does it"
)
ARABIC = "عبد الرحمن بن عبد العزيز الخطيب"


class Viewer:
    """Somebody who looks at one page after the other, on a phone."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.document: Response | None = None
        page.on("response", self.note)

    def note(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.status not in (301, 302, 303):
            self.document = response

    def open(self, path: str) -> Page:
        self.page.goto(path)
        return self.page


@pytest.fixture(scope="module")
def viewers(browsers: Browsers) -> Iterator[Callable[..., Viewer]]:
    """One for each person."""
    found: dict[str, Viewer] = {}

    def look(who: str) -> Viewer:
        if who not in found:
            page = browsers.take(None if who == "guest" else who, width=PHONE["width"], touch=True)
            found[who] = Viewer(page)
        return found[who]

    yield look
    for viewer in found.values():
        viewer.page.remove_listener("response", viewer.note)
        browsers.give_back(viewer.page)


@pytest.fixture(scope="module")
def places(forum: Forum) -> dict[str, Any]:
    """Addresses in the demo community, and what it does not have: a closed question, a hidden answer, a long one."""

    def first(*conditions: Any) -> Thread:
        return db.session.scalars(select(Thread).where(*conditions).order_by(Thread.id)).first()

    with forum.backstage():
        found: dict[str, Any] = {}
        people = {key: forum.person(key) for key in ("tomasz", "ingrid", "sam", "fatou", "maria", "layla")}
        self_accepted = db.session.scalars(
            select(Thread)
            .join(Acceptance, Acceptance.thread_id == Thread.id)
            .join(Post, Post.id == Acceptance.answer_id)
            .where(Post.author_id == Thread.asker_id)
        ).first()
        otherwise = db.session.scalars(select(Thread).join(Resolution, Resolution.thread_id == Thread.id)).first()
        solved = first(Thread.title.startswith("Mesh 3 satellite drops"))
        long = first(Thread.answers_count > 30)
        asked = first(Thread.asker_id == people["fatou"].id, Thread.state == ThreadState.ANSWERED)
        threads = {
            "solved": solved,
            "self_accepted": self_accepted,
            "otherwise": otherwise,
            "new": first(Thread.state == ThreadState.NEW),
            "needs_information": first(Thread.state == ThreadState.NEEDS_INFORMATION),
            "long": long,
            "asked": asked,
            "extreme": extreme(people["layla"]),
        }
        threads["closed"] = make.ask(people["tomasz"], "Is the Hub 1 still sold?", topic=solved.topic)
        make.answer(threads["closed"], people["ingrid"], "No, since spring.")
        threads["hidden"] = make.ask(people["ingrid"], "Which cable fits outdoors?", topic=solved.topic)
        rude = make.answer(threads["hidden"], people["tomasz"], "The one you already have, if you had looked.")
        hide_post(rude, people["sam"], "Please without reproach.")
        threads["deleted"] = make.ask(people["tomasz"], "Never mind", topic=solved.topic)
        delete_post(question_of(threads["deleted"]), people["tomasz"])
        found["empty"] = "/topics/" + make.make_topic("Doorbells", parent=solved.topic.parent).slug
        answer = db.session.scalars(
            select(Post).where(Post.author_id == people["ingrid"].id, Post.kind == PostKind.ANSWER)
        ).first()
        mine = first(Thread.asker_id == people["tomasz"].id)
        found |= {name: thread_url(thread) for name, thread in threads.items()}
        found |= {
            "hide": f"/moderation/posts/{question_of(asked).id}/hide",
            "close": f"/moderation/questions/{asked.id}/close",
            "answer": f"/answers/to/{asked.id}",
            "quoted": question_of(asked).id,
            "outcome": f"/answers/{answer.id}/outcome",
            "comment": f"/comments/to/{question_of(asked).id}",
            "edit_question": f"/questions/{mine.id}/edit",
            "edit_answer": f"/posts/{answer.id}/edit",
            "profile": user_url(people["ingrid"]),
            "staff_profile": user_url(people["maria"]),
            "arabic_profile": user_url(people["layla"]),
            "topic": "/topics/" + solved.topic.parent.slug,
            "narrow_topic": "/topics/" + solved.topic.slug,
            "members_topic": "/topics/older-routers",
            "tag": "/tags/" + solved.tags[0].name,
        }
        edited = make.answer(threads["closed"], people["ingrid"], "Hold the ring for ten seconds.\n\nThen wait.")
        edit_post(edited, people["ingrid"], render("Hold the ring for **five** seconds.\n\nThen wait."), 1, "shorter")
        found["changes"] = f"/posts/{edited.id}/revisions"
        close_thread(threads["closed"], people["sam"], "The product is no longer sold.")
        newcomer = accounts.sign_up(forum.app.extensions["passwords"], "Newcomer", "newcomer@tarn.example", PASSWORD)
        found["held"] = thread_url(make.ask(newcomer, "Does the Duo float?", topic=solved.topic))
        with unit_of_work(None):
            db.session.add(Due(job="app.home.jobs.example", parked_at=clock.now(), error="OSError: no space left"))
    found["confirm"] = forum.link_to("newcomer@tarn.example").removeprefix(forum.url)
    return found


def extreme(asker: Any) -> Thread:
    """What nobody would write, and somebody will."""
    name = make.make_user(ARABIC, about="س" * 200)
    topic = make.make_topic("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk")
    lines = "\n".join(f"{number:04d} on" for number in range(3000))
    wide = " | ".join(f"column {number}" for number in range(20))
    thread = make.ask(
        name, LONG_TITLE.ljust(140, "y"), f"{UNBROKEN * 4}\n\n`{'x' * 300}`", topic, [UNBROKEN[:35].lower()]
    )
    make.answer(thread, asker, f"```\n{lines}\n```")
    make.answer(
        thread, name, f"| {wide} |\n|{'-|' * 20}\n| {wide} |\n\nhttps://example.org/{'a' * 200}\n\n# {UNBROKEN * 2}"
    )
    make.answer(
        thread, make.make_user("W" * 40, role=Role.STAFF, team="M" * 40), "- " * 12 + "deep\n\n> > > > > > quoted"
    )
    for number in range(6):
        make.comment(thread, name, f"{number} {UNBROKEN}{UNBROKEN}")
    return thread


# What a page needs before it shows what is to be looked at.
Steps = Callable[[Page], None]


def send(button: str, **fields: str) -> Steps:
    """Fill in fields by their labels and send the form, whatever the browser itself thinks of them."""

    def steps(page: Page) -> None:
        page.evaluate("for (const form of document.forms) form.noValidate = true")
        for label, value in fields.items():
            page.get_by_role("main").get_by_label(re.compile("^" + re.escape(label.replace("_", " ")))).fill(value)
        post(page, button)

    return steps


def stale(page: Page) -> None:
    page.locator("[name=version]").evaluate("field => { field.value = 99 }")
    send("Save", Your_answer="Another text.")(page)


def first_letter(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("link").first.click()


def ask_preview(page: Page) -> None:
    page.get_by_label("What is your question?").fill("Mesh satellite amber in the evening")
    expect(page.get_by_role("heading", name="Is it one of these?")).to_be_visible()
    page.get_by_label("Topic").select_option("routers")
    expect(page.get_by_label("Firmware")).to_be_visible()
    page.get_by_label("Details").fill("Every **evening**\n\n```\nat eight\n```")
    page.locator(".ed").get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview")).to_contain_text("at eight")


BAD_ASK = {"What_is_your_question?": " ", "Tags": "a,b,c,d,e,f,g"}
BAD_SIGN_UP = {"Name": "x", "E-mail_address": "nobody", "Password": "too short"}

STATUS = {"404": 404, "410": 410, "403": 403, "edit-conflict": 409, "reset-dead": 410}
PAGES: list[tuple[str, str, str, Steps | None]] = [
    # name, who looks, where, what to do there
    ("home", "guest", "/", None),
    ("questions", "guest", "/questions", None),
    ("questions-2", "guest", "/questions?page=2", None),
    ("newest", "guest", "/questions?show=newest", None),
    ("unanswered", "guest", "/questions?show=unanswered", None),
    ("solved", "guest", "/questions?show=solved", None),
    ("rising", "guest", "/questions?show=rising", None),
    ("empty", "guest", "{empty}", None),
    ("empty-unanswered", "guest", "{empty}?show=unanswered", None),
    ("empty-solved", "guest", "{empty}?show=solved", None),
    ("empty-rising", "guest", "{empty}?show=rising", None),
    ("topics", "guest", "/topics", None),
    ("topic", "guest", "{topic}", None),
    ("topic-narrow", "guest", "{narrow_topic}", None),
    ("topic-members", "guest", "{members_topic}", None),
    ("tags", "guest", "/tags", None),
    ("tag", "guest", "{tag}", None),
    ("question-solved", "guest", "{solved}", None),
    ("question-self-accepted", "guest", "{self_accepted}", None),
    ("question-otherwise", "guest", "{otherwise}", None),
    ("question-new", "guest", "{new}", None),
    ("question-needs-information", "guest", "{needs_information}", None),
    ("question-closed", "guest", "{closed}", None),
    ("question-hidden-answer", "guest", "{hidden}", None),
    ("question-37", "guest", "{long}", None),
    ("question-37-page-2", "guest", "{long}?page=2", None),
    ("question-extreme", "guest", "{extreme}", None),
    ("ask", "guest", "/questions/ask", None),
    ("ask-similar", "guest", "/questions/ask?topic=routers&title=Satellite+drops+its+link", None),
    ("profile", "guest", "{profile}", None),
    ("profile-questions", "guest", "{profile}?show=questions", None),
    ("profile-staff", "guest", "{staff_profile}", None),
    ("profile-empty", "guest", "{staff_profile}?show=questions", None),
    ("profile-arabic", "guest", "{arabic_profile}", None),
    ("search", "guest", "/search?q=satellite+amber", None),
    ("search-nothing", "guest", "/search?q=xylophone", None),
    ("search-blank", "guest", "/search", None),
    ("sign-in", "guest", "/accounts/sign-in", None),
    (
        "sign-in-error",
        "guest",
        "/accounts/sign-in",
        send("Sign in", **{"E-mail_address": "a@b.example", "Password": "x"}),
    ),
    ("sign-up", "guest", "/accounts/sign-up", None),
    ("sign-up-errors", "guest", "/accounts/sign-up", send("Create account", **BAD_SIGN_UP)),
    ("forgot", "guest", "/accounts/forgot", None),
    ("forgot-sent", "guest", "/accounts/forgot", send("Send the link", **{"E-mail_address": "nobody@example.org"})),
    ("reset-dead", "guest", "/accounts/reset/nothing", send("Set the password", New_password="a long enough sentence")),
    ("confirm", "guest", "{confirm}", None),
    ("help", "guest", "/help", None),
    ("404", "guest", "/nowhere", None),
    ("410", "guest", "{deleted}", None),
    ("home-member", "tomasz", "/", None),
    ("question-mine", "tomasz", "{solved}", None),
    ("question-asked", "fatou", "{asked}", None),
    ("question-member", "tomasz", "{new}", None),
    ("question-hidden-mine", "tomasz", "{hidden}", None),
    ("question-deleted-mine", "tomasz", "{deleted}", None),
    ("ask-errors", "tomasz", "/questions/ask", send("Post question", **BAD_ASK)),
    ("ask-preview", "tomasz", "/questions/ask", ask_preview),
    ("answer", "tomasz", "{answer}", None),
    ("answer-error", "tomasz", "{answer}", send("Post answer", Your_answer=" ")),
    ("comment", "tomasz", "{comment}", None),
    ("comment-error", "tomasz", "{comment}", send("Post comment", Your_comment="x" * 1001)),
    ("edit-question", "tomasz", "{edit_question}", None),
    ("edit-answer", "ingrid", "{edit_answer}", None),
    ("edit-conflict", "ingrid", "{edit_answer}", stale),
    ("quote", "tomasz", "{answer}?quote={quoted}", None),
    ("outcome", "tomasz", "{outcome}?kind=worked", None),
    ("outcome-error", "tomasz", "{outcome}", send("Say so")),
    ("changes", "guest", "{changes}", None),
    ("settings", "tomasz", "/accounts/settings", None),
    ("settings-error", "tomasz", "/accounts/settings", send("Change password")),
    ("waiting", "tomasz", "/questions/waiting", None),
    ("403", "tomasz", "{hide}", None),
    ("home-newcomer", "newcomer", "/", None),
    ("question-held", "newcomer", "{held}", None),
    ("question-staff", "maria", "{asked}", None),
    ("waiting-staff", "maria", "/questions/waiting", None),
    ("question-moderator", "sam", "{hidden}", None),
    ("hide", "sam", "{hide}", None),
    ("hide-error", "sam", "{hide}", send("Hide", Reason=" ")),
    ("close", "sam", "{close}", None),
    ("mailbox", "ada", "/admin/mail", None),
    ("letter", "ada", "/admin/mail", first_letter),
    ("worker", "ada", "/admin/worker", None),
]


# What is asked for by a browser, yet is no page: fragments, files, redirects, a word for machines.
NO_PAGES = {"asset", "attachments.show", "home.health", "questions.fields", "questions.similar"}
NO_PAGES |= {"posts.permalink", "importing.question", "importing.answer"}
# Reached with a letter that takes a session to bring about, and made like accounts.confirm.
SAME_AS_OTHERS = {"accounts.change_address"}


def test_all_types_of_pages_are_looked_at(forum: Forum, places: dict[str, Any]):
    """Whoever adds a page adds it to `PAGES`."""
    addresses = forum.app.url_map.bind("localhost")
    seen = {
        addresses.match(path.format_map(places).partition("?")[0])[0] for name, _, path, _ in PAGES if name != "404"
    }
    seen.add("admin.letter")  # from the mailbox
    pages = {rule.endpoint for rule in forum.app.url_map.iter_rules() if "GET" in rule.methods}
    assert pages - seen - NO_PAGES - SAME_AS_OTHERS == set()


@pytest.mark.parametrize(("name", "who", "path", "steps"), PAGES, ids=[page[0] for page in PAGES])
def test_a_page(viewers: Callable[..., Viewer], watch: Watch, places: dict[str, Any], name, who, path, steps):
    viewer = viewers(who)
    page = viewer.open(path.format_map(places))
    if steps:
        steps(page)
    if SHOTS:
        shoot(page, name)
    assert viewer.document.status == STATUS.get(name, 422 if "error" in name else 200)
    assert page.locator("h1").count() == 1
    assert page.title().endswith(" – Tarn Community")
    report(parse_errors(viewer.document.text()))
    report(missing_icons(page))
    report(too_small(page))
    report(too_wide(page))
    report(audit(page, RULES))
    # By night and on a desk the same elements stand in other places and other colours.
    with other_look(page):
        report(audit(page, ["cat.color", "wcag22aa"]))


@contextmanager
def other_look(page: Page) -> Iterator[None]:
    """The same page by night and on a desk."""
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(DESK)
    yield
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="light")


def report(faults: list[str]) -> None:
    assert not faults, "\n".join(faults)


def audit(page: Page, rules: list[str]) -> list[str]:
    """What axe finds: the rule that is broken, where and why."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules)
    return [
        f"{rule['id']}: {node['target']} {' '.join(node['failureSummary'].split())}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def parse_errors(source: str) -> list[str]:
    """What the HTML parser of browsers has to mend, with the line."""
    parser = html5lib.HTMLParser()
    parser.parse(source)
    return [f"line {place[0]}: {PARSE_ERRORS[code] % values}" for place, code, values in parser.errors]


def too_wide(page: Page) -> list[str]:
    """By how much the page can be scrolled sideways, at each width where it can, and what sticks out."""
    found = []
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            culprits = page.evaluate("""() => [...document.querySelectorAll("body *")]
                .filter((each) => each.getBoundingClientRect().right > innerWidth)
                .map((each) => each.outerHTML.slice(0, 80))""")
            found.append(f"{over} px at {width} px: {culprits[-3:]}")
    page.set_viewport_size(PHONE)
    return found


def missing_icons(page: Page) -> list[str]:
    """Glyphs that are asked for and not drawn, since their symbol is not on the page."""
    return page.evaluate("""() => [...document.querySelectorAll("use")].map((each) => each.getAttribute("href"))
        .filter((name) => !document.querySelector(name))""")


def too_small(page: Page) -> list[str]:
    """Buttons that a thumb does not hit: under 44 px high on a touch screen."""
    return page.evaluate("""() => [...document.querySelectorAll("main :is(button, .btn, summary, select, input)")]
        .map((each) => [each, each.getBoundingClientRect()])
        .filter(([each, box]) => box.height > 0 && box.height < 43.5 && !/checkbox|radio|hidden/.test(each.type))
        .map(([each, box]) => `${each.outerHTML.slice(0, 80)} is ${box.height} px high`)""")


def shoot(page: Page, name: str) -> None:
    """Pictures of the whole page: on a phone and on a desk, by day and by night."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            page.screenshot(path=Path(SHOTS) / f"{name}-{scheme}-{size['width']}.png", full_page=True)
    page.emulate_media(color_scheme="light")
