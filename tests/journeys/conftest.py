"""A real forum with the demo community on a free port, and a real browser that watches for trouble on every page."""

import mailbox
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
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
from app.cli.demo import PASSWORD
from app.config import Settings
from app.extensions import db
from app.models import Thread, User
from app.posts.addresses import thread_url
from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
CHROMIUM += ["--disable-component-update", "--disable-sync"]


@dataclass
class Forum:
    """The forum as its owner knows it: where it is, what is in its mailbox, and a way in behind the pages."""

    url: str
    data: Path
    app: Flask
    sessions: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def backstage(self) -> Iterator[None]:
        """Here factories and services work on the forum's own database."""
        with self.app.test_request_context(base_url=self.url):
            yield
            db.session.remove()

    def person(self, key: str) -> User:
        """Somebody of the demo community; only backstage."""
        return db.session.scalars(select(User).where(User.email == address(key))).one()

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
        yield Forum(url, folder / "var", app)
        with app.app_context():
            db.engine.dispose()
    finally:
        server.terminate()
        code = server.wait(PATIENCE)
    assert code == 0, f"the forum ended with {code}:\n{log.read_text()}"
    assert "Traceback" not in log.read_text(), log.read_text()


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


@pytest.fixture(scope="session")
def open_browser(chromium: Browser, forum: Forum) -> Callable[..., BrowserContext]:
    """Make a browser for somebody (a guest without a name), with or without script, of a width, by day or by night."""

    def make(
        who: str | None = None, *, js: bool = True, width: int = 1280, scheme: str = "light", touch: bool = False
    ) -> BrowserContext:
        context = chromium.new_context(
            base_url=forum.url,
            java_script_enabled=js,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            has_touch=touch,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="UTC",
        )
        context.set_default_timeout(10_000)
        if who is not None:
            context.add_cookies(_session_of(forum, chromium, who))
        return context

    return make


def _session_of(forum: Forum, chromium: Browser, who: str) -> Any:
    """The cookies of somebody of the demo community; each signs in once, since sign-ins are limited."""
    if who not in forum.sessions:
        context = chromium.new_context(base_url=forum.url)
        page = context.new_page()
        page.goto("/accounts/sign-in")
        sign_in(page, who)
        forum.sessions[who] = context.cookies()
        context.close()
    return forum.sessions[who]


def sign_in(page: Page, who: str) -> None:
    """Fill in the form on this page and send it."""
    page.get_by_label("E-mail address").fill(address(who))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Your account")).to_be_attached()


@pytest.fixture
def watch(forum: Forum) -> Iterator[Watch]:
    """What goes wrong on the pages of this test; a test that makes something go wrong takes it out of `troubles`."""
    watch = Watch(forum.url)
    yield watch
    watch.nothing()


@pytest.fixture
def visit(open_browser: Callable[..., BrowserContext], watch: Watch) -> Iterator[Callable[..., Page]]:
    """A page in a new browser, as `open_browser`; nothing may go wrong on any of them until the test is over."""
    contexts = []

    def make(who: str | None = None, path: str = "", **options: Any) -> Page:
        context = open_browser(who, **options)
        watch.follow(context)
        contexts.append(context)
        page = context.new_page()
        if path:
            page.goto(path)
        return page

    yield make
    for context in contexts:
        context.close()


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
