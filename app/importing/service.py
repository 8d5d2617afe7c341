"""Writing a dump into the forum: people, then whole threads in batches. Run again, it adds what is new or has changed."""

from collections import Counter, deque
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import String, cast, exists, func, select, text

from app.events import ImportFinished, SiteChanged, unit_of_work
from app.extensions import db
from app.importing.batches import LARGEST_ID, Batch
from app.importing.files import Tell
from app.importing.people import write_people
from app.importing.queries import known
from app.importing.rendering import Renderers
from app.importing.rows import ensure_tags, insert_ignoring
from app.importing.staging import Dump
from app.lib.errors import NotPossible
from app.lib.slugs import clean_line, slugify
from app.models import SOURCE_LENGTH, Imported, ImportKind, LinkKind, Post, Site, Tag, Thread, ThreadLink, Topic

BATCHES_AHEAD = 2  # begun while one is written, so that nobody waits for nobody
TOPIC_LENGTH = 60


def source_name(name: str) -> str:
    """The name of a source as it stands in addresses. Raises NotPossible when nothing of it can."""
    slug = slugify(name, SOURCE_LENGTH)
    if slug == "-":
        raise NotPossible(_("The name of the source needs a letter or a digit. Give another with --source."))
    return slug


def write_dump(dump: Dump, name: str, topic: str | None, renderers: Renderers, tell: Tell) -> Counter[str]:
    """Write what is not here yet of the source called `name`; returns how much that was (see `Batch.counts`).

    Threads that name no topic go under `topic`, a slug, or a topic called like the source. Whatever happens, every batch
    is in the forum whole or not at all, and the next run goes on from there. Raises NotPossible for an unknown topic, and
    for a dump that is older than what is here: it would undo the later one.
    """
    source = source_name(name)
    _refuse_older(dump, source)
    topics = {"": _topic(topic, None) if topic else _topic(source, name)}
    keep_numbers = _reserve_numbers(dump, source)
    counts, tags, links = Counter[str](), _count(Tag), _count(ThreadLink)
    counts.update(_write_people(dump, source, tell))
    for names in dump.tags():
        with unit_of_work(None):
            ensure_tags(names)
    total, done = dump.count("threads"), 0
    for batch in _begun(dump, source, renderers):
        for wanted in {thread.topic for thread in batch.threads} - topics.keys():
            topics[wanted] = _topic(slugify(wanted, TOPIC_LENGTH), wanted)
        with unit_of_work(None):
            batch.write(topics, keep_numbers)
        counts.update(batch.counts)
        done += len(batch.threads)
        tell(_("Writing threads"), done, total)
    _write_links(dump, source)
    counts["tag"], counts["link"] = _count(Tag) - tags, _count(ThreadLink) - links
    _finish(counts)
    return counts


def _refuse_older(dump: Dump, source: str) -> None:
    asked = select(func.max(Thread.created_at)).join(Imported, Imported.our_id == Thread.id)
    answered = select(func.max(Post.created_at)).join(Imported, Imported.our_id == Post.id)
    here = [
        db.session.scalar(found.where(Imported.source == source, Imported.kind == kind))
        for found, kind in ((asked, ImportKind.QUESTION), (answered, ImportKind.ANSWER))
    ]
    newest, last = dump.newest(), max((when for when in here if when is not None), default=None)
    if dump.is_snapshot and newest is not None and last is not None and newest < last:
        raise NotPossible(
            _(
                "This dump ends on %(newest)s, but what is here of it goes on to %(last)s. An older dump would undo that.",
                newest=newest.date(),
                last=last.date(),
            )
        )


def _topic(slug: str, name: str | None) -> int:
    """The topic with this slug; with a name it is made when it is missing, as one in which members help each other."""
    with unit_of_work(None) as work:
        found = db.session.scalar(select(Topic.id).where(Topic.slug == slug))
        if found is not None:
            return found
        if name is None:
            raise NotPossible(_("There is no topic “%(slug)s”.", slug=slug))
        topic = Topic(slug=slug, name=clean_line(name)[:TOPIC_LENGTH], staffed=False, position=_count(Topic))
        db.session.add(topic)
        work.record(SiteChanged())
        db.session.flush()
        return topic.id


def _reserve_numbers(dump: Dump, source: str) -> bool:
    """Whether threads keep their old numbers: as long as there are only threads that came from this source with theirs.

    Then these numbers are set aside, so that whoever asks meanwhile gets a higher one.
    """
    its_own = exists().where(
        Imported.source == source,
        Imported.kind == ImportKind.QUESTION,
        Imported.old_id == cast(Thread.id, String),
        Imported.our_id == Thread.id,
    )
    with unit_of_work(None):
        if db.session.scalar(select(Thread.id).where(~its_own).limit(1)) is not None:
            return False
        largest = {"largest": dump.largest_number(LARGEST_ID)}
        if not largest["largest"]:
            return True
        if db.engine.dialect.name == "postgresql":
            reserve = "SELECT setval('threads_id_seq', greatest(last_value, :largest)) FROM threads_id_seq"
            db.session.execute(text(reserve), largest)
        else:
            db.session.execute(
                text(
                    "INSERT INTO sqlite_sequence (name, seq) SELECT 'threads', 0 "
                    "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'threads')"
                )
            )
            reserve = "UPDATE sqlite_sequence SET seq = max(seq, :largest) WHERE name = 'threads'"
            db.session.execute(text(reserve), largest)
        return True


def _write_people(dump: Dump, source: str, tell: Tell) -> Counter[str]:
    counts = Counter[str]()
    total, done = dump.count("people"), 0
    for people in dump.people():
        new, renamed = write_people(source, people)
        counts.update(person=new, renamed=renamed)
        done += len(people)
        tell(_("Writing people"), done, total)
    return counts


def _begun(dump: Dump, source: str, renderers: Renderers) -> Iterator[Batch]:
    """The batches in order; each is begun before it is its turn."""
    waiting: deque[Batch] = deque()
    for threads in dump.conversations():
        waiting.append(Batch(source, threads, renderers))
        if len(waiting) > BATCHES_AHEAD:
            yield waiting.popleft()
    yield from waiting


def _write_links(dump: Dump, source: str) -> None:
    for links in dump.links():
        ids = known(source, ImportKind.QUESTION, {number for post, target, _at in links for number in (post, target)})
        rows = [
            {
                "thread_id": ids[post].our_id,
                "target_id": ids[target].our_id,
                "kind": LinkKind.DUPLICATE,
                "created_at": at,
            }
            for post, target, at in links
        ]
        with unit_of_work(None):
            insert_ignoring(ThreadLink.__table__, rows)


def _finish(counts: Counter[str]) -> None:
    """Say once that it happened, even if nothing was new: a run before may have stopped short of it."""
    with unit_of_work(None) as work:
        site = db.session.get_one(Site, 1)
        site.version = Site.version + 1  # names and topics stand on many pages
        posts = counts["answer"] + counts["comment"]
        work.record(ImportFinished(counts["question"], posts, counts["person"], counts["touched"]))


def _count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0
