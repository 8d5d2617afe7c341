"""What a question costs somebody who comes from a search engine, on a phone, for the first time (trust.md 3.3)."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from app.cli.demo_community import THREADS
from app.posts.addresses import thread_url
from tests import factories as make
from tests.journeys.conftest import Forum

pytestmark = pytest.mark.browser

ANSWERS = 10
KB = 1024
# Layout shifts are reported from the first frame on, also those from before the observer was there.
SHIFTS = """() => new Promise((done) => {
    let sum = 0;
    const observer = new PerformanceObserver((list) => { for (const shift of list.getEntries()) sum += shift.value; });
    observer.observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum))));
})"""


@dataclass
class Loaded:
    """A page, and what had to come for it: address → bytes, compressed as over https."""

    page: Page
    sizes: dict[str, int]

    def size(self, ending: str) -> int:
        return sum(size for url, size in self.sizes.items() if url.endswith(ending))


@pytest.fixture(scope="module")
def path(forum: Forum) -> str:
    """A question with ten answers as people write them: those of the demo community that have the most words."""
    answers = sorted((answer for thread in THREADS for answer in thread.answers), key=lambda each: -len(each.text))
    with forum.backstage():
        thread = make.ask(forum.person("tomasz"), "Ten people know it, ten people say it", THREADS[0].text)
        for number, answer in enumerate(answers[: ANSWERS * 3 : 3]):
            post = make.answer(thread, forum.person(answer.by), answer.text)
            if number < 3:
                make.comment(post, forum.person("dele"), "Does it slow the 5 GHz down? I have three neighbours on 36.")
        return thread_url(thread)


@pytest.fixture(params=[360, 1280])
def loaded(request: pytest.FixtureRequest, visit: Callable[..., Page], path: str) -> Loaded:
    page = visit(width=request.param, fresh=True)
    wire, urls = page.context.new_cdp_session(page), set()
    wire.on("Network.requestWillBeSent", lambda event: urls.add(event["request"]["url"]))
    wire.send("Network.enable")
    document = page.goto(path)
    page.wait_for_load_state("networkidle")
    urls.remove(document.url)
    # A proxy compresses what the program writes; the program compresses its own files, and says so.
    sizes = {document.url: len(gzip.compress(document.body(), 6))}
    for url in sorted(urls):  # asking for one lets the browser go on: it may report another meanwhile
        file = page.request.get(url, headers={"Accept-Encoding": "br"})
        assert file.headers["content-encoding"] == "br"
        sizes[url] = int(file.headers["content-length"])
    return Loaded(page, sizes)


def test_a_question_is_light(loaded: Loaded, path: str):
    assert len(loaded.sizes) <= 5, sorted(loaded.sizes)
    assert 0 < loaded.size(path) <= 25 * KB
    assert 0 < loaded.size(".css") <= 12 * KB
    assert 0 < loaded.size(".js") <= 15 * KB
    assert sum(loaded.sizes.values()) <= 60 * KB


def test_a_question_has_few_elements(loaded: Loaded):
    assert loaded.page.locator("article").count() == ANSWERS
    assert loaded.page.evaluate("document.querySelectorAll('*').length") <= 400 + 60 * ANSWERS


def test_nothing_moves_while_a_question_appears(loaded: Loaded):
    assert loaded.page.evaluate(SHIFTS) == 0


def test_a_second_visit_loads_only_the_page(loaded: Loaded, path: str):
    """Style sheet, script and icon are kept for a year."""
    assert loaded.page.goto(path).ok
    loaded.page.wait_for_load_state("networkidle")
    over = loaded.page.evaluate(
        "performance.getEntriesByType('resource').map((each) => [each.name, each.transferSize])"
    )
    assert {url for url, size in over if size == 0} == {url for url in loaded.sizes if "/assets/" in url}
