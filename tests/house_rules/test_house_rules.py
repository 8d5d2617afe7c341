"""The rules of the house (docs/architecture.md) that a program can check."""

import ast
import inspect
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, before_render_template, render_template
from jinja2 import Environment
from sqlalchemy import func, select
from sqlalchemy import inspect as look_at

from app import SUBSCRIBERS as SUBSCRIBER_MODULES
from app import create_app
from app.answers import service as answers
from app.cli.readiness import MIGRATIONS
from app.cli.reference import facts_reference, pages, settings_reference
from app.cli.setup_forum import upgrade
from app.comments import service as comments
from app.config import Settings
from app.events import FACTS, JOBS, SUBSCRIBERS, Fact
from app.extensions import db
from app.lib import clock
from app.models import Base, OutcomeKind, Post, Role, Thread
from app.posts.service import delete_post, edit_post
from app.questions import service as questions
from app.questions.queries import Listing
from app.questions.service import QuestionDraft
from app.votes.service import add_me_too, cast_vote
from tests import factories as make
from tests.conftest import Browser

ROOT = Path(__file__).resolve().parent.parent.parent
MODULES = sorted((ROOT / "app").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
HTML = [path for path in TEMPLATES if path.suffix == ".html"]
FRAGMENTS = {path.relative_to(ROOT / "templates").as_posix() for path in HTML if path.name.startswith("_")}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


# --- Imports -----------------------------------------------------------------------------------------------------------


def test_a_lower_shelf_never_imports_a_higher_one():
    program = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert program is not None
    checked = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_no_module_is_a_drawer_for_everything():
    drawers = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc"}
    assert [named(path) for path in MODULES if drawers & set(path.relative_to(ROOT).with_suffix("").parts)] == []


@pytest.mark.parametrize("path", [p for p in MODULES if p.name == "service.py" or p.parent.name == "models"], ids=named)
def test_a_service_never_sees_the_request(path):
    unseen = {"request", "session", "g", "current_user", "has_request_context", "flash"}
    imported = {
        alias.name
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and node.module in ("flask", "flask_login", "app.accounts.access")
        for alias in node.names
    }
    assert imported & (unseen | {"actor", "member"}) == set()
    assert not any(
        isinstance(node, ast.Import) and any(a.name in ("flask", "flask_login") for a in node.names)
        for node in ast.walk(tree_of(path))
    )


@pytest.mark.parametrize("path", [p for p in MODULES if "cli" not in p.parts], ids=named)
def test_no_import_hides_inside_a_function(path):
    functions = [n for n in ast.walk(tree_of(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = [n.lineno for f in functions for n in ast.walk(f) if isinstance(n, ast.Import | ast.ImportFrom)]
    assert inside == []


# --- What is documented ------------------------------------------------------------------------------------------------


def test_every_module_and_every_public_function_of_a_service_says_what_it_does():
    silent = [
        named(path)
        for path in MODULES
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(tree_of(path))
    ]
    assert [name for name in silent if name != "app/cli/__main__.py"] == []
    for path in (p for p in MODULES if p.name in ("service.py", "subscribers.py", "jobs.py")):
        public = [n for n in tree_of(path).body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
        assert [f"{named(path)}: {f.name}" for f in public if not ast.get_docstring(f)] == []


def test_every_setting_has_a_sentence_and_stands_in_the_reference():
    table = settings_reference()
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name
        assert field.description[0].isupper(), name
        assert field.description in table
        assert f"`ASKWELL_{name.upper()}`" in table


def test_a_secret_setting_is_not_shown_when_settings_are_printed():
    shown = repr(Settings(_env_file=None, secret_key="s" * 40, smtp_url="smtp://anna:verysecret@localhost"))
    assert "verysecret" not in shown
    assert "s" * 40 not in shown


def _all_facts() -> Iterator[type[Fact]]:
    def below(kind: type[Fact]) -> Iterator[type[Fact]]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    return below(Fact)


def test_every_fact_says_when_it_is_recorded_and_stands_in_the_reference():
    table = facts_reference()
    bases = {kind for kind in _all_facts() if kind.__subclasses__()}
    assert set(FACTS.values()) | bases == set(_all_facts())
    for name, kind in FACTS.items():
        own = inspect.cleandoc(kind.__dict__.get("__doc__") or "")
        assert own.endswith("."), kind
        assert not own.startswith(kind.__name__), "that is the signature a dataclass writes by itself"
        assert f"`{name}`" in table
        assert " ".join(own.split()) in table


def test_a_fact_holds_ids_words_of_enums_numbers_and_times_only():
    for kind in FACTS.values():
        for name, hint in get_type_hints(kind).items():
            assert hint in (int, int | None, str), (kind, name)
            assert hint is not str or name in ("kind", "state", "reason_kind"), (kind, name)


@pytest.mark.parametrize("path", pages(), ids=named)
def test_the_pages_written_from_the_code_are_up_to_date(path):
    assert path.read_text(encoding="utf-8") == pages()[path], "run `make docs`"


def test_every_subscriber_and_every_job_says_what_it_does():
    assert SUBSCRIBERS
    assert JOBS
    for name, function in {**SUBSCRIBERS, **JOBS}.items():
        assert (inspect.getdoc(function) or "").endswith("."), name
    assert {module.__name__ for module in SUBSCRIBER_MODULES} == {
        ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in MODULES if path.name == "subscribers.py"
    }


# --- Templates ---------------------------------------------------------------------------------------------------------

JINJA = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, autoescape=True)
EXPRESSION, TRANSLATED = "\x00", "\x01"


def text_of(source: str) -> str:
    """The template with every expression, and every {% trans %} block, put down to one character; statements gone."""
    out: list[str] = []
    in_statement = in_trans = False
    for _line, token, value in JINJA.lex(source):
        if token == "block_begin":
            in_statement, first = True, True
        elif token == "block_end":
            in_statement = False
        elif in_statement:
            if token == "name" and first:
                first = False
                if value == "trans":
                    in_trans = True
                elif value == "endtrans":
                    in_trans = False
                    out.append(TRANSLATED)
        elif token == "variable_begin" and not in_trans:
            out.append(EXPRESSION)
        elif token == "data" and not in_trans:
            out.append(value)
    return "".join(out)


def tags_of(source: str) -> list[str]:
    return re.findall(r"<[a-zA-Z/!][^>]*>", text_of(source))


def has_words(text: str) -> bool:
    return any(letter.isalpha() for letter in unescape(text))


def bare_text(source: str) -> list[str]:
    """Words for people that do not go through gettext: between the tags, and in the attributes people hear or see."""
    text = text_of(source)
    between = re.split(r"<[a-zA-Z/!][^>]*>", text)
    outside = [re.sub(r'\s[a-z-]+="[^"]*"', " ", part) for part in between]  # attributes that a macro writes
    spoken = re.findall(r'(?:aria-label|aria-description|placeholder|title|alt)="([^"]*)"', text)
    return [part.strip() for part in outside + spoken if has_words(part)]


def bare_strings(source: str) -> list[str]:
    """Sentences as string literals in expressions, unless they are what gettext is called with."""
    found, calls, before = [], [], ""
    for _line, token, value in JINJA.lex(source):
        if token == "operator" and value == "(":
            calls.append(before)
        elif token == "operator" and value == ")":
            calls.pop()
        elif token == "string" and re.match(r"""["'][A-Z][^"']* """, value) and calls[-1:] not in (["_"], ["ngettext"]):
            found.append(value)
        if token != "whitespace":
            before = value if token == "name" else ""
    return found


def test_the_checker_of_templates_finds_what_it_should():
    assert bare_text("<p>{{ _('Hello') }} – {{ name }} · {% trans %}You{% endtrans %} &nbsp; 12 %</p>") == []
    assert bare_text("<p>Hello</p>") == ["Hello"]
    assert bare_text('<p{% if x %} class="a"{% endif %}>{% if x %}Hello{% endif %}</p>') == ["Hello"]
    assert bare_text("<p>{% trans n=1 %}one{% pluralize %}many{% endtrans %} done</p>") == [f"{TRANSLATED} done"]
    assert bare_text('<input placeholder="Search" class="find">') == ["Search"]
    assert bare_text('<input placeholder="{{ _("Search") }}">') == []
    assert bare_text("{# A comment #}{% set a = 'words' %}<br>") == []
    assert bare_strings("""{{ _("In a word") }}{{ input(f, hint=_("Say it in %(n)s words", n=max(1, 2))) }}""") == []
    assert bare_strings("""{{ input(f, hint="Say it in words") }}{{ "Go on" if x }}""") == [
        '"Say it in words"',
        '"Go on"',
    ]


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_every_word_for_people_goes_through_gettext(path):
    source = path.read_text(encoding="utf-8")
    assert bare_text(source) == []
    assert bare_strings(source) == []


@pytest.mark.parametrize("path", [p for p in MODULES if "cli" not in p.parts], ids=named)
def test_every_sentence_that_code_says_to_people_goes_through_gettext(path):
    says = {"flash", "Refused", "NotPossible", "StopValidation", "Filled"}
    bare = [
        argument.value
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in says
        for argument in node.args[:3]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and " " in argument.value
    ]
    assert bare == []


@pytest.mark.parametrize("path", HTML, ids=named)
def test_no_template_holds_script_or_style(path):
    for tag in tags_of(path.read_text(encoding="utf-8")):
        assert not re.search(r"\s(?:on[a-z]+|style|hx-on[^=\s]*|data-hx-on[^=\s]*|srcdoc)\s*=", tag, re.I), tag
        assert not re.match(r"<style\b", tag, re.I), tag
        assert not re.match(r"<script\b(?![^>]*\ssrc=)", tag, re.I), tag
        assert not re.search(r"javascript:", tag, re.I), tag


def test_every_template_compiles(shared_app):
    names = shared_app.jinja_env.list_templates()
    assert len(names) == len(TEMPLATES)
    for name in names:
        shared_app.jinja_env.get_template(name)


def test_every_template_is_used():
    code = "\n".join(path.read_text(encoding="utf-8") for path in [*MODULES, *TEMPLATES])
    unused = [
        name
        for name in (path.relative_to(ROOT / "templates").as_posix() for path in TEMPLATES)
        if f'"{name}"' not in code and not name.startswith("mail/")
    ]
    assert unused == []


# --- Fragments ---------------------------------------------------------------------------------------------------------


class Scene:
    """A thread that a member looks at, for the routes that answer with a part of a page."""

    def __init__(self, browser_of: Callable[..., Browser]) -> None:
        fields = [{"key": "model", "label": "Model", "hint": "On the back"}]
        self.topic = make.make_topic(fields=fields)
        self.thread = make.ask(topic=self.topic, title="Why does it blink?")
        self.answer = make.answer(self.thread)
        self.member = browser_of(make.make_user())

    def post(self, path: str, **form: str) -> Any:
        return self.member.post(path, data=form, headers={"HX-Request": "true"})


# Fragments that a route returns: how to ask for one.
RETURNED: dict[str, Callable[[Scene], Any]] = {
    "answers/_outcome.html": lambda s: s.post(f"/answers/{s.answer.id}/outcome", kind="worked"),
    "errors/_toast.html": lambda s: s.post("/votes/999999", value="up"),
    "posts/_preview.html": lambda s: s.post("/posts/preview", body="**Bold**"),
    "questions/_fields.html": lambda s: s.member.get(f"/questions/fields?topic={s.topic.slug}"),
    "questions/_similar.html": lambda s: s.member.get("/questions/similar?title=Why does it blink"),
    "votes/_follow.html": lambda s: s.post(f"/votes/follow/{s.thread.id}"),
    "votes/_me_too.html": lambda s: s.post(f"/votes/me-too/{s.thread.id}"),
    "votes/_vote.html": lambda s: s.post(f"/votes/{s.answer.id}", value="up"),
}
# Fragments that only stand inside others: what they need.
INCLUDED: dict[str, dict[str, Any]] = {
    "components/_said.html": {"said": "Done."},
    "questions/_empty.html": {"listing": Listing.ACTIVE},
}


def test_every_fragment_is_declared():
    assert set(RETURNED) | set(INCLUDED) == FRAGMENTS
    assert not set(RETURNED) & set(INCLUDED)


@pytest.mark.parametrize("name", RETURNED)
def test_a_fragment_renders_alone(app, browser_of, name):
    scene, rendered = Scene(browser_of), []
    with before_render_template.connected_to(lambda _app, template, **_rest: rendered.append(template.name), app):
        response = RETURNED[name](scene)
    assert response.status_code < 500
    assert rendered == [name]
    assert_part_of_a_page(response.text)


@pytest.mark.parametrize("name", INCLUDED)
def test_a_fragment_that_only_stands_inside_others_renders_alone(app, name):
    with app.test_request_context("/questions"):
        app.preprocess_request()
        assert_part_of_a_page(render_template(name, **INCLUDED[name]))


@pytest.mark.parametrize("listing", Listing)
def test_every_list_says_in_words_that_it_is_empty(app, listing):
    with app.test_request_context("/questions"):
        app.preprocess_request()
        text = render_template("questions/_empty.html", listing=listing)
    assert_part_of_a_page(text)
    assert "<h2>" in text


def assert_part_of_a_page(html: str) -> None:
    assert html.strip()
    assert not re.search(r"<(?:html|head|body|main|header)\b", html)
    open_ones: list[str] = []
    for closing, tag in re.findall(r"<(/?)([a-z][a-z0-9-]*)\b[^>]*?(?<!/)>", html):
        if tag in ("input", "br", "meta", "link", "img", "hr", "wbr"):
            continue
        if not closing:
            open_ones.append(tag)
        elif tag != "p" or "p" in open_ones:
            assert open_ones.pop() == tag, html
    assert open_ones == []


# --- Commands sent twice -----------------------------------------------------------------------------------------------

# Commands that change words in place: the same words again are no change (tested below), and the version guards the rest.
EDITS = {"edit_post", "edit_question", "restore_question"}


def commands_with_words() -> set[str]:
    """Every command that stores a text of a member."""
    found = set()
    for path in (p for p in MODULES if p.name == "service.py"):
        for node in tree_of(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                words = [
                    a.arg
                    for a in node.args.args
                    if a.annotation and ast.unparse(a.annotation) in ("Text", "QuestionDraft")
                ]
                actors = [a.arg for a in node.args.args if a.arg == "actor"]
                if words and actors:
                    found.add(node.name)
    return found


def test_every_command_that_stores_words_has_its_double_submit_test():
    found = commands_with_words()
    assert {"ask_question", "post_answer", "post_comment"} <= found
    assert found >= EDITS
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    missing = [name for name in found - EDITS if not re.search(rf"def test_T29\w*_{name}", tests)]
    assert missing == []


def test_T29_ask_question_sent_six_times_is_one_thread(app):
    asker, topic = make.make_user(), make.make_topic()
    draft = QuestionDraft("Why does it blink?", topic.id, make.render("It does."), ["new-tag"])
    assert len({questions.ask_question(draft, asker).id for _ in range(6)}) == 1
    assert (_count(Thread), _count(Post)) == (1, 1)


def test_T29_post_answer_sent_six_times_is_one_answer(app):
    thread, helper = make.ask(), make.make_user()
    assert len({answers.post_answer(thread, helper, make.render("Restart it.")).id for _ in range(6)}) == 1
    assert db.session.get_one(Thread, thread.id).answers_count == 1


def test_T29_post_comment_sent_six_times_is_one_comment(app):
    answer, member = make.answer(make.ask()), make.make_user()
    assert len({comments.post_comment(answer, member, make.render("Which one?")).id for _ in range(6)}) == 1
    assert db.session.get_one(Thread, answer.thread_id).comments_count == 1


def test_T29_a_form_sent_six_times_leads_to_the_same_place_each_time(app, browser_of):
    thread, topic, member = make.ask(), make.make_topic(), make.make_user()
    browser = browser_of(member)
    for path, form in (
        ("/questions/ask", {"title": "Why does it blink?", "body": "It does.", "topic": topic.slug}),
        (f"/answers/to/{thread.id}", {"body": "Restart it."}),
        (f"/comments/to/{make.question_of(thread).id}", {"body": "Which one?"}),
    ):
        sent = [browser.post(path, data=form) for _ in range(6)]
        assert {response.status_code for response in sent} == {303}
        assert len({response.location for response in sent}) == 1
    assert (_count(Thread), _count(Post)) == (2, 4)


def test_T29_an_answer_that_was_deleted_can_be_posted_again(app):
    thread, helper = make.ask(), make.make_user()
    first = answers.post_answer(thread, helper, make.render("Restart it."))
    delete_post(first, helper)
    assert answers.post_answer(thread, helper, make.render("Restart it.")).id != first.id


def test_T29_saving_the_same_words_twice_changes_nothing(app):
    answer = make.answer(make.ask(), body="Restart it.")
    edit_post(answer, answer.author, make.render("Restart it twice."), 1, "More often")
    once = (answer.version, answer.edited_at, _count(Base.metadata.tables["revisions"]))
    edit_post(answer, answer.author, make.render("Restart it twice."), answer.version, "More often")
    assert (answer.version, answer.edited_at, _count(Base.metadata.tables["revisions"])) == once


def _count(what: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(what)) or 0


# --- The tree ----------------------------------------------------------------------------------------------------------

LOCKS = [ROOT / name for name in ("package.json", "package-lock.json", ".npmrc", "pyproject.toml")]


@pytest.mark.parametrize("path", [*LOCKS, *sorted((ROOT / "requirements").iterdir())], ids=named)
def test_no_lock_file_names_a_registry(path):
    hosts = ("pypi.org", "pythonhosted", "npmjs", "registry.", "index-url", "artifactory", "find-links")
    text = path.read_text(encoding="utf-8")
    assert [host for host in hosts if host in text] == []


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=named)
def test_every_locked_requirement_is_exact_and_has_hashes(path):
    entries = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n", "", path.read_text(encoding="utf-8")).strip())
    for entry in entries:
        assert re.match(r"[\w.\[\],-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


# --- Migrations --------------------------------------------------------------------------------------------------------


@pytest.fixture
def fresh(make_settings) -> Iterator[Flask]:
    """An application on a database of its own, migrated to the newest step."""
    app = create_app(make_settings())
    app.testing = True
    with app.test_request_context(base_url="http://localhost"):
        yield app
        db.session.remove()
        db.engine.dispose()


def config() -> Any:
    from flask import current_app

    return current_app.extensions["migrate"].migrate.get_config(directory=str(MIGRATIONS))


def downgrade(revision: str) -> None:
    command.downgrade(config(), revision)


def steps() -> list[str]:
    """The migrations, oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()][::-1]


Rows = dict[str, list[dict[str, Any]]]


def contents() -> Rows:
    """Every row of every table that is there now, with the columns that are."""
    db.session.remove()
    there = look_at(db.engine)
    found = {}
    with db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if there.has_table(table.name):
                stored = {column["name"] for column in there.get_columns(table.name)}
                rows = connection.execute(select(*(column for column in table.columns if column.name in stored)))
                found[table.name] = sorted((dict(row) for row in rows.mappings()), key=repr)
    return found


def as_far_as(rows: Rows, other: Rows) -> Rows:
    """The rows with only those tables and columns that the other has too."""
    return {
        name: sorted(({k: v for k, v in row.items() if k in other[name][0]} for row in rows[name]), key=repr)
        if other[name]
        else []
        for name in other
    }


def fill() -> None:
    """Something in as many tables as commands reach in a few lines."""
    long_ago = clock.now().replace(year=2020)
    asker, helper = make.make_user(created_at=long_ago), make.make_user(created_at=long_ago)
    staff, newcomer = make.make_user(role=Role.MODERATOR), make.make_user(confirmed=False)
    topic = make.make_topic(fields=[{"key": "model", "label": "Model", "hint": ""}])
    for number in range(3):
        thread = make.ask(asker, topic=topic, tags=["lamp", f"tag-{number}"])
        answer = make.answer(thread, helper)
        comment = make.comment(answer, staff, asks=number == 0)
        make.comment(thread, newcomer)
        cast_vote(answer, asker, 1)
        add_me_too(thread, helper)
        edit_post(comment, staff, make.render("Other words"), 1, "A reason")
        answers.mark_outcome(answer, asker, OutcomeKind.WORKED)
        answers.recommend_answer(answer, staff)
        answers.claim_answer(thread, helper)
    answers.accept_answer(answer, asker)
    make.accounts.keep_text("/questions/ask", {"body": "Half a sen"}, helper, None)
    make.accounts.start_session(helper, "Firefox on Linux", stay=True)
    make.accounts.request_reset(helper.email)


def differences() -> list[Any]:
    with db.engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)


def test_R17_the_migrations_make_what_the_models_say(fresh):
    assert differences() == []
    assert set(look_at(db.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_R17_numbers_are_never_given_twice_where_the_models_say_so(fresh, on_postgresql):
    counted = [t.name for t in Base.metadata.sorted_tables if t.dialect_options["sqlite"]["autoincrement"]]
    assert {"users", "threads", "posts", "events"} <= set(counted)
    if on_postgresql:
        return  # a sequence never goes back
    with db.engine.connect() as connection:
        for name in counted:
            made = connection.exec_driver_sql(f"SELECT sql FROM sqlite_master WHERE name = '{name}'").scalar_one()
            assert "AUTOINCREMENT" in made, name


def test_R17_every_migration_can_be_undone_and_done_again_and_loses_only_what_it_brought(fresh):
    fill()
    for lower in steps()[:-1][::-1]:
        before = contents()
        downgrade(lower)
        after = contents()
        assert after == as_far_as(before, after)
        upgrade()
        assert as_far_as(contents(), after) == after
        assert differences() == []
        downgrade(lower)
        assert contents() == after
    upgrade()
    assert differences() == []
    assert fresh.test_client().get("/questions").status_code == 200


def test_R17_down_to_nothing_and_up_again_with_data_leaves_a_forum_that_works(fresh):
    fill()
    downgrade("base")
    assert look_at(db.engine).get_table_names() == ["alembic_version"]
    upgrade()
    assert differences() == []
    with db.engine.begin() as connection:
        connection.execute(Base.metadata.tables["site"].insert().values(id=1, name="Askwell", tagline="", version=1))
    fill()
    assert _count(Thread) == 3
    assert fresh.test_client().get("/questions").status_code == 200


def test_R17_there_is_one_line_of_migrations(fresh):
    script = ScriptDirectory.from_config(config())
    assert len(script.get_heads()) == 1
    assert steps() == sorted(steps()), "named in the order in which they run"
