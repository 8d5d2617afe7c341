"""`askwell import`: communities from elsewhere."""

import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from pathlib import Path

import click
from rich.progress import Progress, TaskID
from rich.table import Table

from app import create_app
from app.cli.console import console, progress
from app.extensions import db
from app.importing import jsonl, service, stackexchange
from app.importing.files import BadFile, Tell
from app.importing.rendering import Renderers
from app.importing.staging import Dump
from app.lib.errors import NotPossible

PROBLEMS_SHOWN = 50


@click.group(name="import")
def imports() -> None:
    """Bring in a community from elsewhere. Run again, it adds what is new there. See docs/import.md."""


@imports.command(name="stackexchange")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--source", help="What this community is called; its later dumps need the same. Else the folder's name.")
@click.option("--topic", help="The slug of the topic its threads go under. Else one called like the source.")
def stack_exchange(folder: Path, source: str | None, topic: str | None) -> None:
    """Import a dump in the format of Stack Exchange: FOLDER holds Posts.xml and what else there is, also as .xml.gz."""
    with _importing() as (dump, renderers, tell):
        left = stackexchange.read(folder, dump, tell)
        counts = service.write_dump(dump, source or folder.resolve().name, topic, renderers, tell)
        _report(dump, counts)
        for what, number in left.items():
            console.print(f"Not imported: {number} {what}.")
        if number := dump.count("orphans"):
            named = ", ".join(dump.orphans()) + (" …" if number > len(dump.orphans()) else "")
            console.print(f"Skipped: {number} answers whose question is missing ({named}).")
        if number := dump.lost_comments():
            console.print(f"Skipped: {number} comments on posts that are missing.")


@imports.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", help="What this community is called; its later files need the same. Else the file's name.")
@click.option("--topic", help="The slug of the topic of threads that name none. Else one called like the source.")
def threads(file: Path, source: str | None, topic: str | None) -> None:
    """Import threads from FILE, one a line of JSON (.jsonl, also as .jsonl.gz)."""
    with _importing() as (dump, renderers, tell):
        problems = jsonl.read(file, dump, tell)
        counts = service.write_dump(dump, source or file.name.partition(".")[0], topic, renderers, tell)
        _report(dump, counts)
    for problem in problems[:PROBLEMS_SHOWN]:
        console.print(problem, markup=False, soft_wrap=True)
    if problems:
        sys.exit(f"{len(problems)} lines could not be imported; everything else is in.")


@contextmanager
def _importing() -> Iterator[tuple[Dump, Renderers, Tell]]:
    """The forum, an empty dump, and helpers that render. What goes wrong ends the command with a sentence."""
    try:
        with Renderers() as renderers, closing(Dump()) as dump, create_app().test_request_context():
            with progress() as bar:
                yield dump, renderers, _teller(bar)
            db.session.remove()
    except (BadFile, NotPossible) as problem:
        sys.exit(getattr(problem, "message", str(problem)))
    except BrokenProcessPool:
        sys.exit("The process that renders was killed. Run the command again: it goes on where this one stopped.")


def _teller(bar: Progress) -> Tell:
    phases: dict[str, TaskID] = {}

    def tell(phase: str, done: int, total: int) -> None:
        task = phases[phase] if phase in phases else phases.setdefault(phase, bar.add_task(phase))
        bar.update(task, completed=done, total=total)

    return tell


def _report(dump: Dump, counts: Counter[str]) -> None:
    table = Table()
    for heading in ("", "there", "new here"):
        table.add_column(heading, justify="right" if heading else "left")
    for what, there, new in (
        ("people", dump.count("people"), counts["person"]),
        ("tags", dump.count("tags"), counts["tag"]),
        ("questions", dump.count("threads"), counts["question"]),
        ("answers", dump.count("posts", "kind = 'answer'") - dump.count("orphans"), counts["answer"]),
        ("comments", dump.count("comments") - dump.lost_comments(), counts["comment"]),
        ("accepted answers", None, counts["acceptance"]),
        ("closed questions", dump.count("posts", "closed IS NOT NULL"), counts["closure"]),
        ("duplicates", None, counts["link"]),
        ("earlier versions", None, counts["revision"]),
    ):
        table.add_row(what, "" if there is None else str(there), str(new))
    console.print(table)
    console.print(f"Changed: {counts['changed']} texts and scores, {counts['renamed']} names.")
    if counts["kept"]:
        console.print(f"Changed there and edited here, so left as they are here: {counts['kept']} texts.")
