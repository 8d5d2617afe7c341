"""One batch of threads: what of it is new or has changed, and how that is written."""

from collections import Counter
from typing import Any

from sqlalchemy import insert, select

from app.extensions import db
from app.importing import states, texts
from app.importing.counting import settle_threads
from app.importing.queries import known
from app.importing.rendering import Rendered, Renderers, Words
from app.importing.rows import ensure_tags, insert_rows, take_ids
from app.importing.staging import Conversation, Entry
from app.models import Imported, ImportKind, Post, PostKind, Revision, Tag, Thread, thread_tags

LARGEST_ID = 999_999_999  # what an address here can carry (guard.IdConverter)


class Batch:
    """Begun, it is rendered by other processes meanwhile; `write`, inside a unit of work, waits for that.

    `counts` tells what came of it: "question", "answer", "comment", "revision", "acceptance" and "closure" for what is
    new, "changed" for texts and scores, "kept" for texts that changed there but were edited here.
    """

    def __init__(self, source: str, threads: list[Conversation], renderers: Renderers) -> None:
        self.threads, self.counts = threads, Counter[str]()
        self._source = source
        self._entries = [entry for thread in threads for entry in thread.entries]
        self._places = {entry: thread for thread in threads for entry in thread.entries}
        self._here = {kind: known(source, kind, self._numbers(kind)) for kind in ImportKind}
        self._people = {key: row.our_id for key, row in self._here[ImportKind.PERSON].items()}
        self._new = [entry for entry in self._entries if not self._known(entry)]
        self._changed = [e for e in self._entries if (here := self._known(e)) and here.digest != e.digest]
        words = [Words(entry.markdown, entry.html, source) for entry in (*self._new, *self._changed)]
        self._results = renderers.begin(words)
        self._thread_ids: dict[Entry, int] = {}  # by question
        self._post_ids: dict[Entry, int] = {}

    def write(self, topics: dict[str, int], keep_numbers: bool) -> None:
        """Write the batch; `topics` are the ids of those that its threads name. What has not changed is left alone."""
        rendered = dict(zip((*self._new, *self._changed), self._results(), strict=True))
        tags = ensure_tags({tag for entry in rendered for tag in entry.tags})
        self._find()
        touched = self._add_threads(topics, keep_numbers, tags)
        for kind in PostKind:
            touched |= self._add_posts([entry for entry in self._new if entry.kind is kind], rendered)
        touched |= self._change_posts(rendered, tags)
        touched |= self._set_states()
        settle_threads(sorted(touched))
        self.counts["touched"] = len(touched)

    def _numbers(self, kind: ImportKind) -> set[str]:
        if kind is ImportKind.PERSON:
            return {key for entry in self._entries for key in entry.people}
        return {entry.old for entry in self._entries if entry.kind.value == kind.value}

    def _known(self, entry: Entry) -> Imported | None:
        return self._here[ImportKind(entry.kind.value)].get(entry.old)

    def _find(self) -> None:
        """The threads and posts that are here already; whoever else writes to these threads waits from now on."""
        here = {entry: row.our_id for entry in self._entries if (row := self._known(entry))}
        self._thread_ids = {entry: our_id for entry, our_id in here.items() if entry.kind is PostKind.QUESTION}
        ids = list(self._thread_ids.values())
        db.session.execute(select(Thread.id).where(Thread.id.in_(ids)).order_by(Thread.id).with_for_update())
        asked = select(Post.thread_id, Post.id).where(Post.thread_id.in_(ids), Post.kind == PostKind.QUESTION)
        questions = dict(db.session.execute(asked).all())
        self._post_ids = here | {entry: questions[our_id] for entry, our_id in self._thread_ids.items()}

    def _add_threads(self, topics: dict[str, int], keep_numbers: bool, tags: dict[str, int]) -> set[int]:
        new = [thread for thread in self.threads if thread.question not in self._thread_ids]
        fresh = iter(take_ids(Thread, len(new)))
        rows: list[dict[str, Any]] = []
        pairs: list[dict[str, Any]] = []
        for thread in new:
            question = thread.question
            number = (number_of(question.old) if keep_numbers else 0) or next(fresh)
            self._thread_ids[question] = number
            rows.append(
                {
                    "id": number,
                    "title": question.title,
                    "topic_id": topics[thread.topic],
                    "asker_id": self._people[question.author],
                    "created_at": question.at,
                    "last_activity_at": question.at,
                }
            )
            pairs += [{"thread_id": number, "tag_id": tags[tag]} for tag in question.tags]
        insert_rows(Thread, rows)
        if pairs:
            db.session.execute(insert(thread_tags), pairs)
        return {row["id"] for row in rows}

    def _add_posts(self, entries: list[Entry], rendered: dict[Entry, Rendered]) -> set[int]:
        parents = {comment: parent for thread in self.threads for parent, comment in thread.comments}
        self._post_ids |= zip(entries, take_ids(Post, len(entries)), strict=True)
        rows: list[dict[str, Any]] = [
            {
                "id": self._post_ids[entry],
                "kind": entry.kind,
                "thread_id": self._thread_ids[self._places[entry].question],
                "parent_id": self._post_ids[parents[entry]] if entry in parents else None,
                "author_id": self._people[entry.author],
                **texts.columns(rendered[entry]),
                **states.totals(entry),
                "version": len(entry.earlier) + 1,
                "created_at": entry.at,
                "edited_at": entry.edited,
                "edited_by_id": self._people[entry.editor] if entry.edited else None,
                "edit_reason": entry.reason,
            }
            for entry in entries
        ]
        insert_rows(Post, rows)
        marks = [
            {
                "source": self._source,
                "kind": ImportKind(entry.kind.value),
                "old_id": entry.old,
                "our_id": row["thread_id"] if entry.kind is PostKind.QUESTION else self._post_ids[entry],
                "digest": entry.digest,
                "version": row["version"],
            }
            for entry, row in zip(entries, rows, strict=True)
        ]
        insert_rows(Imported, marks)
        before = [row for e in entries for row in texts.revisions(self._post_ids[e], 1, e.earlier, self._people)]
        insert_rows(Revision, before)
        self.counts["revision"] += len(before)
        self.counts.update(entry.kind.value for entry in entries)
        return {row["thread_id"] for row in rows}

    def _change_posts(self, rendered: dict[Entry, Rendered], tags: dict[str, int]) -> set[int]:
        touched = set()
        for entry in self._changed:
            post, here = db.session.get_one(Post, self._post_ids[entry]), self._known(entry)
            assert here is not None
            if post.version != here.version:
                self.counts["kept"] += 1
                continue
            self.counts["revision"] += texts.change(post, entry, rendered[entry], self._people)
            if entry.kind is PostKind.QUESTION:
                post.thread.title = entry.title
                post.thread.tags = list(
                    db.session.scalars(select(Tag).where(Tag.id.in_([tags[t] for t in entry.tags])))
                )
            here.digest, here.version = entry.digest, post.version
            db.session.merge(here)
            self.counts["changed"] += 1
            touched.add(post.thread_id)
        return touched

    def _set_states(self) -> set[int]:
        scores = {self._post_ids[e]: e for e in self._entries if e.kind is not PostKind.COMMENT and self._known(e)}
        scored = states.set_totals(scores)
        accepted: dict[int, states.Accepted] = {}
        closed: dict[int, states.Closed] = {}
        for thread in self.threads:
            thread_id = self._thread_ids[thread.question]
            if thread.accepted is not None:
                at = max(thread.accepted.at, thread.accepted_at or thread.accepted.at)
                by = self._people[thread.question.author]
                accepted[thread_id] = states.Accepted(self._post_ids[thread.accepted], by, at)
            if thread.closed is not None:
                closed[thread_id] = states.Closed(thread.close_reason, thread.closed)
        ids = list(self._thread_ids.values())
        ours = {self._post_ids[entry] for entry in self._entries if entry.kind is PostKind.ANSWER}
        now_accepted, now_closed = states.set_acceptances(ids, accepted, ours), states.set_closures(ids, closed)
        self.counts["changed"] += len(scored)
        self.counts["acceptance"] += len(now_accepted & accepted.keys())
        self.counts["closure"] += len(now_closed & closed.keys())
        return {self._thread_ids[self._places[scores[i]].question] for i in scored} | now_accepted | now_closed


def number_of(old_id: str) -> int:
    """The number that an old one can keep here, else 0."""
    possible = old_id.isascii() and old_id.isdigit() and not old_id.startswith("0") and len(old_id) <= 9
    return int(old_id) if possible else 0
