"""Ingest: put what a Source brings into the Store.

for each record of the source: count a bad one and keep it with its reason
    give a document its readable form, the name of its source and, from a live one that does not date it, today
put every few hundred documents into the Store, which says what was new, and whose identifier is another paper's
if the run ends early, what was committed stays, and the run says why; started again, it goes on from there
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Protocol

from broadsheet import names
from broadsheet.core.errors import BroadsheetError, SourceError
from broadsheet.core.protocols import Progress, Source
from broadsheet.core.text import readable
from broadsheet.core.types import BadRecord, Document, Run
from broadsheet.sources import recognise
from broadsheet.store import Store

STAND_INS = "shelf"  # the scheme of sources whose entries give way to real papers
_BATCH = 500
_LONGEST_READABLE = 50_000  # characters: cleaning takes time, and a longer text is not an abstract
_PATIENCE = 2.0  # seconds that records of a slow source may wait to be committed

Brought = Document | BadRecord


class HasStore(Protocol):
    """The part of a Collection that is needed here."""

    @property
    def store(self) -> Store:
        """Where the documents go."""
        ...


def ingest(
    collection: HasStore,
    source: str | Source | Iterable[Brought],
    *,
    now: datetime,
    since: date | None = None,
    progress: Progress | None = None,
    name: str = "",
    today: date | None = None,
) -> Run:
    """Read a source to its end and store all it brings; return the Run, with what came and what ended it early.

    ``source`` is a name (``page:saved.txt``), a Source, or documents; ``name`` is given to a Source or documents
    without one. ``progress`` takes the number of records read so far. ``today`` (by default in the zone of ``now``) is
    the day on which a document of a live source was first seen, if nothing else says when it came out. A source that
    fails ends the run with its ``error`` set. Raises UsageError for an unknown name, CollectionError when the Store
    cannot be written, and KeyboardInterrupt after noting the run as interrupted.
    """
    reader, name = _resolved(source, name)
    work = _Work(collection.store, name, now)
    seen = _Sight(reader, today or now.date())
    try:
        error = work.keep_all(map(seen.of, _read(reader, since, name)), progress or no_progress)
        if isinstance(reader, Source) and not work.papers:
            error = work.why_nothing(error, is_file=not getattr(reader, "live", True), whole=since is None)
        collection.store.papers.give_way(STAND_INS, now=now)
    except KeyboardInterrupt:
        work.finish("interrupted: run it again to go on")
        raise
    return work.finish(error)


def _resolved(source: str | Source | Iterable[Brought], name: str) -> tuple[Source | Iterable[Brought], str]:
    if isinstance(source, str):
        return names.source(source), source
    return source, name or str(getattr(source, "name", "")) or "documents"


def _read(reader: Source | Iterable[Brought], since: date | None, name: str) -> Iterator[Brought]:
    """The records of a source; whatever it raises becomes a SourceError, so that a mistake in a reader ends only its
    run."""
    try:
        yield from reader.fetch(since) if isinstance(reader, Source) else reader
    except SourceError:
        raise
    except BroadsheetError as error:
        raise SourceError(str(error)) from error
    except Exception as error:
        raise SourceError(
            f"the reader of source {name!r} failed ({type(error).__name__}: {error}): check that its file or address "
            "is of the kind that its name says"
        ) from error


class _Sight:
    """When a source first showed what it brings: today, where it reads the network."""

    def __init__(self, reader: Source | Iterable[Brought], today: date) -> None:
        self._today = today
        self._live = isinstance(reader, Source) and bool(getattr(reader, "live", True))
        self._news = self._live and bool(getattr(reader, "news", False))

    def of(self, record: Brought) -> Brought:
        """Return a record with the day on which it was seen, where that matters: next to an estimated day, and for news
        without any date. (What an archive does not date may be old.)"""
        if not isinstance(record, Document) or record.first_seen:
            return record
        matters = (self._live and record.on_estimate) or (self._news and record.span is None)
        return replace(record, first_seen=self._today) if matters else record


def no_progress(_done: int, _of: int | None) -> None:
    """Ignore progress."""


class _Work:
    """One run: records on their way into the Store, and the counts so far."""

    def __init__(self, store: Store, name: str, now: datetime) -> None:
        self._store, self._name, self._now = store, name, now
        self._number = store.journal.start_run(name, now=now)
        self._began = self._flushed = time.monotonic()
        self._seen: set[int] = set()
        self._documents: list[Document] = []
        self._bad: list[BadRecord] = []
        self._new = self._changed = self._same = self._refused = self._clashes = 0
        self._first_reason = ""

    @property
    def papers(self) -> int:
        """How many documents are in the Store now because of this run, or were there already."""
        return self._new + self._changed + self._same

    def why_nothing(self, error: str, *, is_file: bool, whole: bool) -> str:
        """Return why a source brought no paper, and which source would take its file.

        Empty when that is not a failure: a feed without news, or a file read only from a day on (not ``whole``).
        """
        if not error and self._refused:
            error = f"{self._name} brought only bad records ({self._refused:,}). The first: {self._first_reason}"
        if not error and is_file and whole:
            error = f"{self._name} brought no papers."
        hint = recognise.hint(self._name) if error and is_file else ""
        return f"{error.rstrip('.')}. {hint}" if hint else error

    def keep_all(self, brought: Iterable[Brought], progress: Progress) -> str:
        """Store everything up to the end or a failure of the source; return that failure, or an empty text."""
        error = ""
        done = 0
        try:
            for done, record in enumerate(brought, 1):
                self._take(record)
                if self._due():
                    self._flush()
                    progress(done, None)
        except SourceError as failure:
            error = str(failure)
        self._flush()
        progress(done, done)
        return error

    def finish(self, error: str) -> Run:
        """Note the end of the run in the Store."""
        return self._note(self._now + timedelta(seconds=time.monotonic() - self._began), error)

    def _note(self, ended: datetime | None = None, error: str = "") -> Run:
        """Note the counts so far in the Store: without an end while the run goes on, as a killed run leaves it."""
        run = Run(
            source=self._name,
            started=self._now,
            ended=ended,
            new=self._new,
            changed=self._changed,
            same=self._same,
            bad=self._refused,
            clashes=self._clashes,
            error=error,
        )
        self._store.journal.note_run(self._number, run)
        return run

    def _take(self, record: Brought) -> None:
        if isinstance(record, Document):
            self._documents.append(_finish(record, self._name))
        elif isinstance(record, BadRecord):
            self._bad.append(record)
        else:
            reason = f"the reader brought a {type(record).__name__}; expected a Document or a BadRecord"
            self._bad.append(BadRecord(self._name, reason, repr(record)[:2_000]))

    def _due(self) -> bool:
        waiting = len(self._documents) + len(self._bad)
        return waiting >= _BATCH or time.monotonic() - self._flushed > _PATIENCE

    def _flush(self) -> None:
        counts = self._store.papers.put(self._documents, now=self._now, seen=self._seen)
        bad = [*self._bad, *counts.bad]
        if bad:
            self._store.journal.add_problem(self._number, *bad)
            self._first_reason = self._first_reason or bad[0].reason
        if counts.clashes:
            self._store.journal.add_clash(self._number, *counts.clashes)
        self._new += counts.new
        self._changed += counts.changed
        self._same += counts.same
        self._refused += len(bad)
        self._clashes += len(counts.clashes)
        self._note()
        self._documents, self._bad, self._flushed = [], [], time.monotonic()


def _finish(document: Document, name: str) -> Document:
    """A document with its readable form, unless its source gave one, and the name of its source."""
    return replace(
        document,
        source=document.source or name,
        readable_title=document.readable_title or _readable(document.title),
        readable_text=document.readable_text or _readable(document.text),
    )


def _readable(raw: str) -> str:
    """The readable form of a text, empty when that is the text itself or too long to be an abstract."""
    if not isinstance(raw, str) or len(raw) > _LONGEST_READABLE:
        return ""
    form = readable(raw)
    return "" if form == raw else form
