"""Drafts: what a member types is kept on the server, on every device, until it is sent."""

from app.extensions import db
from app.models import KeptText
from tests import factories as make


def save(browser, path, **fields):
    return browser.post("/accounts/drafts", data={"path": path, **fields})


def test_a_draft_is_there_again_on_another_device(app, browser_of):
    thread, member = make.ask(), make.make_user()
    path = f"/answers/to/{thread.id}"
    assert save(browser_of(member), path, body="Half a thought").status_code == 204
    other_device = browser_of(member)
    for page in (path, f"/questions/{thread.id}"):
        shown = other_device.get(page, follow_redirects=True)
        assert "Half a thought" in shown.text
        assert "is here again" in shown.text


def test_the_newest_draft_replaces_the_older_one(app, browser_of):
    browser = browser_of(make.make_user())
    save(browser, "/questions/ask", title="One")
    save(browser, "/questions/ask", title="Two", tags="amber")
    assert db.session.query(KeptText).count() == 1
    page = browser.get("/questions/ask").text
    assert "Two" in page
    assert 'value="amber"' in page


def test_nobody_sees_the_draft_of_somebody_else(app, browser_of):
    save(browser_of(make.make_user()), "/questions/ask", title="Secret plans")
    assert "Secret plans" not in browser_of(make.make_user()).get("/questions/ask").text
    assert "Secret plans" not in browser_of(None).get("/questions/ask").text


def test_a_posted_draft_is_gone(app, browser_of):
    thread, browser = make.ask(), browser_of(make.make_user())
    path = f"/answers/to/{thread.id}"
    save(browser, path, body="Half a thought")
    assert browser.post(path, data={"body": "A whole thought."}).status_code == 303
    assert db.session.query(KeptText).count() == 0


def test_a_draft_can_be_deleted_and_an_empty_one_is_none(app, browser_of):
    browser = browser_of(make.make_user())
    save(browser, "/questions/ask", title="One")
    assert save(browser, "/questions/ask", do="end", title="One").status_code == 303
    assert db.session.query(KeptText).count() == 0
    save(browser, "/questions/ask", title="One")
    save(browser, "/questions/ask", title="  ", topic="routers")
    assert db.session.query(KeptText).count() == 0


def test_a_draft_belongs_to_a_page_of_this_site(app, browser_of):
    browser = browser_of(make.make_user())
    assert save(browser, "//evil.example/", title="One").status_code == 422
    assert save(browser, "/" + "a" * 300, title="One").status_code == 422


def test_passwords_are_never_kept(app, browser_of):
    browser = browser_of(make.make_user())
    save(browser, "/questions/ask", title="One", password="secret words", **{"password-current": "secret words"})
    assert "secret" not in str(db.session.query(KeptText).one().fields)
