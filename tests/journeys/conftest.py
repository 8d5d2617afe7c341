"""A real forum with the demo community on a free port, and a real browser that watches for trouble on every page."""

import mailbox
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Response,
    expect,
    sync_playwright,
)
from sqlalchemy import select

from app import create_app
from app.accounts import service as accounts
from app.cli.demo import PASSWORD
from app.config import Settings
from app.extensions import db
from app.models import Role, Thread, User
from app.posts.addresses import thread_url
from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
CHROMIUM += ["--disable-component-update", "--disable-sync"]


# What a page has planned for later is off, and what it has written down is gone.
FORGET = """() => {
    for (let timer = setTimeout(() => {}); timer; timer--) clearTimeout(timer);
    try { sessionStorage.clear(); } catch { /* a page that was never opened has none */ }
}"""


@dataclass
class Forum:
    """The forum as its owner knows it: where it is, what is in its mailbox, and a way in behind the pages."""

    url: str
    data: Path
    app: Flask
    # What the log may say of faults, since a test brought them about.
    faults: list[str] = field(default_factory=list)

    @contextmanager
    def backstage(self) -> Iterator[None]:
        """Here factories and services work on the forum's own database."""
        with self.app.test_request_context(base_url=self.url):
            yield
            db.session.remove()

    def person(self, key: str) -> User:
        """Somebody of the demo community; only backstage."""
        return db.session.scalars(select(User).where(User.email == address(key))).one()

    def join(self, key: str) -> User:
        """Somebody new whom only one test knows, with a confirmed address; only backstage."""
        passwords = self.app.extensions["passwords"]
        return accounts.create_user(passwords, key.capitalize(), address(key), PASSWORD, Role.MEMBER)

    def thread(self, *conditions: Any) -> str:
        """The path of the first question for which these conditions hold."""
        with self.backstage():
            return thread_url(db.session.scalars(select(Thread).where(*conditions).order_by(Thread.id)).first())

    def letter_to(self, to: str) -> EmailMessage:
        """The latest mail to this address, as soon as the worker has written it."""
        box = mailbox.Maildir(self.data / "mail")

        def latest() -> EmailMessage | None:
            letters = (BytesParser(policy=policy.default).parsebytes(box.get_bytes(key)) for key in sorted(box.keys()))
            return next((letter for letter in reversed(list(letters)) if letter["To"] == to), None)

        return until(latest, f"a mail to {to}")

    def link_to(self, to: str) -> str:
        """The link in the latest mail to this address."""
        text = self.letter_to(to).get_body(("plain",)).get_content()
        return re.search(r"http\S+", text)[0]


def until(look: Callable[[], Any], what: str) -> Any:
    """Look until there is something, and return it: for what the worker does after the page has answered."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"there is not {what} within {PATIENCE} s")


def address(key: str) -> str:
    return f"{key}@tarn.example"


@pytest.fixture(scope="session")
def forum(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forum]:
    """`askwell run --demo`, until the last journey is over; then it must end by itself, cleanly."""
    folder, port = tmp_path_factory.mktemp("journeys"), free_port()
    settings = {"ASKWELL_DATA_DIR": str(folder / "var"), "ASKWELL_SEARCH_INDEX": str(folder / "index")}
    environment = {**os.environ, **settings, "ASKWELL_PASSWORD_COST": "test", "PORT": str(port)}
    command = [sys.executable, "-m", "app.cli", "run", "--demo"]
    log, url = folder / "log", f"http://127.0.0.1:{port}"
    with log.open("w") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        _wait_for_health(server, url, log)
        app = create_app(
            Settings(
                _env_file=None,
                data_dir=folder / "var",
                search_index=folder / "index",
                password_cost="test",
                base_url=url,
            )
        )
        forum = Forum(url, folder / "var", app)
        yield forum
        with app.app_context():
            db.engine.dispose()
    finally:
        server.terminate()
        code = server.wait(PATIENCE)
    assert code == 0, f"the forum ended with {code}:\n{log.read_text()}"
    faults = log.read_text().split("Traceback (most recent call last)")[1:]
    assert all(any(fault in text for fault in forum.faults) for text in faults), log.read_text()


def _wait_for_health(server: subprocess.Popen, url: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url + "/health") as answer:
                assert answer.read() == b"ok\n"
                return
        except OSError:
            assert server.poll() is None, f"the forum does not start:\n{log.read_text()[-2000:]}"
            assert time.monotonic() < deadline, f"the forum is not ready after {PATIENCE} s:\n{log.read_text()[-2000:]}"
            time.sleep(0.05)


@pytest.fixture(scope="session")
def chromium(forum: Forum) -> Iterator[Browser]:
    """Debian's chromium; closed before the forum is stopped."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("chromium is not installed: run `make services`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        yield browser
        browser.close()


class Watch:
    """What must not happen while anybody is on our pages; every context is followed, every test ends with `nothing`."""

    def __init__(self, home: str) -> None:
        self.home = home
        self.troubles: list[str] = []

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.troubles.append(f"script error: {error.error}"))
        context.on("dialog", self._dialog)
        context.on("response", self._response)
        context.on("request", self._request)
        context.on("requestfailed", self._failed)

    def nothing(self) -> None:
        troubles, self.troubles = self.troubles, []
        assert not troubles, "\n".join(troubles)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium reports a refused form as an error too; `_response` judges answers better.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.troubles.append(f"{message.type} in the console: {message.text}")

    def _dialog(self, dialog: Any) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _response(self, response: Response) -> None:
        if response.status >= (500 if response.request.is_navigation_request() else 400):
            self.troubles.append(f"{response.status} for {response.request.method} {response.url}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.home + "/", "data:")):
            self.troubles.append(f"request to somebody else: {request.url}")

    def _failed(self, request: Any) -> None:
        # What is still under way when somebody leaves a page is given up; that is as it should be.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.troubles.append(f"{request.failure} for {request.url}")


class Browsers:
    """Pages for everybody. To make one costs more than most tests, so a page that is given back is handed out again."""

    def __init__(self, chromium: Browser, forum: Forum) -> None:
        self.chromium, self.forum = chromium, forum
        self.watch = Watch(forum.url)
        self.idle: dict[tuple[Any, ...], list[Page]] = defaultdict(list)
        self.kinds: dict[Page, tuple[Any, ...]] = {}
        self.cookies: dict[str, Any] = {}

    def take(
        self, who: str | None = None, *, js: bool = True, width: int = 1280, touch: bool = False, fresh: bool = False
    ) -> Page:
        """A page of somebody (a guest without a name), with or without script, of a width; `fresh` has an empty cache."""
        kind = (who, js, width, touch)
        page = self.idle[kind].pop() if self.idle[kind] and not fresh else self._make(*kind)
        self.kinds[page] = kind
        if who is not None:
            page.context.add_cookies(self._session_of(who))
        return page

    def give_back(self, page: Page) -> None:
        """Nothing a test did is left in it but the cache."""
        page.unroute_all()
        page.context.clear_cookies()
        page.evaluate(FORGET)
        self.idle[self.kinds.pop(page)].append(page)

    def _make(self, _who: str | None, js: bool, width: int, touch: bool) -> Page:
        context = self.chromium.new_context(
            base_url=self.forum.url,
            java_script_enabled=js,
            viewport={"width": width, "height": 900},
            color_scheme="light",
            has_touch=touch,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="UTC",
        )
        context.set_default_timeout(10_000)
        self.watch.follow(context)
        return context.new_page()

    def _session_of(self, who: str) -> Any:
        """The cookies of somebody of the demo community; each signs in once, since sign-ins are limited."""
        if who not in self.cookies:
            page = self.take()
            page.goto("/accounts/sign-in")
            sign_in(page, who)
            self.cookies[who] = page.context.cookies()
            self.give_back(page)
        return self.cookies[who]


@pytest.fixture(scope="session")
def browsers(chromium: Browser, forum: Forum) -> Browsers:
    return Browsers(chromium, forum)


def sign_in(page: Page, who: str) -> None:
    """Fill in the form on this page and send it."""
    page.get_by_label("E-mail address").fill(address(who))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Your account")).to_be_attached()


@pytest.fixture
def watch(browsers: Browsers) -> Iterator[Watch]:
    """What goes wrong on the pages of this test; a test that makes something go wrong takes it out of `troubles`."""
    yield browsers.watch
    browsers.watch.nothing()


@pytest.fixture
def visit(browsers: Browsers, watch: Watch) -> Iterator[Callable[..., Page]]:
    """A page as `Browsers.take` has them, at a path; nothing may go wrong on any of them until the test is over."""

    taken = []

    def make(who: str | None = None, path: str = "", **options: Any) -> Page:
        taken.append(browsers.take(who, **options))
        if path:
            taken[-1].goto(path)
        return taken[-1]

    yield make
    for page in taken:
        browsers.give_back(page)


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def js(request: pytest.FixtureRequest) -> bool:
    """Everything marked with this works with JavaScript and without."""
    return request.param


def toast(page: Page) -> Locator:
    """What the page says about what was just done."""
    return page.locator("#live .toast")


def post(page: Page, button: str) -> None:
    """Press this button of the page's own content and be on the next page."""
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
