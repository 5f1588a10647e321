"""Sources with the one polite client, and ingest with the clock and the day from which a feed is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from broadsheet import config, names
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.protocols import Progress, Source
from broadsheet.core.types import BadRecord, Document, Run
from broadsheet.http import Client, Limits
from broadsheet.ingest import ingest as keep
from broadsheet.sources.files import FileSource, regular
from broadsheet.sources.payload import PayloadSource
from broadsheet.sources.recognise import full_name, scheme_of

FIRST_DAYS = 30  # of a rolling feed at its first reading, so that the first morning is not empty
_OVERLAP = timedelta(days=3)  # read again each time: archives announce late


def client(collection: Collection, settings: Settings, limits: Limits | None = None) -> Client:
    """Make the polite client, with its cache in the Collection and the contact from the settings."""
    folder = collection.cache / "http"
    return Client(contact=settings.contact, folder=folder, allow_private=settings.allow_private, limits=limits)


def source(name: str, collection: Collection, settings: Settings | None = None) -> Source:
    """Make the source of a name, which uses the Collection's client; UsageError for an unknown name."""
    settings = settings or config.load(collection.path)
    return names.source(name, client=client(collection, settings))


@contextmanager
def named(typed: str, collection: Collection) -> Iterator[tuple[str, Source]]:
    """Give the block the full name of the source that someone means, and the source: ``refs.bib`` is
    ``bibtex:refs.bib``, ``-`` is what standard input brings. Raises UsageError and NotFoundError as ``full_name`` does.
    """
    with regular(Path(typed)) as path:
        is_copy = path != Path(typed)
        name = f"{scheme_of(path, typed)}:{path}" if is_copy else full_name(typed)
        made = source(name, collection)
        if is_copy and isinstance(made, FileSource | PayloadSource):
            name = f"{name.partition(':')[0]}:{typed}"  # the copy is gone afterwards
            made = replace(made, name=name)
        yield name, made


def ingest(
    collection: Collection,
    source: str | Source | Iterable[Document | BadRecord],
    *,
    since: date | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
    name: str = "",
    first_days: int = FIRST_DAYS,
) -> Run:
    """Read a source to its end and store all it brings; return the Run, with what came and what ended it early.

    ``source`` is a name (``page:saved.txt``), a Source, or documents, which get the name ``name``. A rolling feed
    (``arxiv:cs.IR``, ``hf:daily``) is read from its last successful run on, at first for ``first_days`` (30),
    unless ``since`` says otherwise. Raises UsageError for an unknown name, CollectionError when the Store cannot be
    written.
    """
    now = now or datetime.now(UTC)
    name = source if isinstance(source, str) else name
    reader = _source(name, collection) if isinstance(source, str) else source
    if since is None and getattr(reader, "rolling", False):
        since = _last(collection, str(getattr(reader, "name", name)), now, first_days)
    today = now.astimezone(config.load(collection.path).time_zone).date()
    return keep(collection, reader, now=now, since=since, progress=progress, name=name, today=today)


_source = source  # the name of an argument above


def _last(collection: Collection, name: str, now: datetime, first_days: int) -> date:
    """The day from which a rolling feed is read."""
    good = collection.store.journal.last_good_run_of(name)
    if good is None:
        return now.date() - timedelta(days=first_days)
    return min(good, now).date() - _OVERLAP  # a clock that was set back must not silence a feed
