"""Submissions: a reader submits a paper by an address or identifier, and it is looked up at the host that knows it.

recognise: find the identifier in the typed text; the address itself is never opened
submit: queue it (or, when the paper is here already, say so)
settle: ask the one host that knows such identifiers, store the paper, list it today; offline it stays queued

Requests go only to addresses made here from an identifier, at hosts named in this file and in the readers, and to
those of a plug-in's source that declares that its name means one paper (``single``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol
from urllib.parse import quote, unquote

from broadsheet import names
from broadsheet.collection import Collection
from broadsheet.core.addresses import identifiers
from broadsheet.core.errors import NotFoundError, SourceError, UsageError
from broadsheet.core.identity import arxiv_id, doi
from broadsheet.core.types import BadRecord, Document
from broadsheet.http import AnswerError, Response
from broadsheet.ingest import ingest
from broadsheet.sources import openalex, openreview
from broadsheet.store.desk import Submission

PATIENCE = timedelta(days=14)  # how long a submission is tried again while its host is out of reach
_AT_ONCE = 50  # submissions tried in one run of the job
_LONGEST = 2_000
_GONE = frozenset({400, 404, 410, 422})  # the answers of a host that does not know the paper


class Asks(Protocol):
    """The part of the polite client that is needed here."""

    def get(self, url: str, *, accept: str = "*/*") -> Response:
        """Fetch an address; SourceError when there is no answer."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper by its identifier: its kind (``doi``, or a kind of source) and its name of that kind."""

    kind: str
    name: str

    @property
    def id(self) -> str:
        """The identifier as the Store knows it."""
        return self.name if self.kind in ("arxiv", "doi") else f"{self.kind}:{self.name}"

    @property
    def place(self) -> str:
        """Where such papers are looked up, in words."""
        return _PLACES.get(self.kind, f"The source {self.kind!r}")


def recognise(text: str) -> Wanted:
    """Find the paper that an address or identifier means. UsageError, with examples, when none is recognised."""
    typed = text.strip()[:_LONGEST]
    words = unquote(typed)
    if not words.isprintable() or " " in words:
        raise _unknown(typed)
    if offered := _offered(words):
        return offered
    wanted = sorted(filter(None, map(_wanted, identifiers(typed))), key=lambda each: _KINDS.index(each.kind))
    if not wanted:
        raise _unknown(typed)
    return wanted[0]


def _wanted(identifier: str) -> Wanted | None:
    """A paper by its identifier; None when no host that is asked here knows such identifiers."""
    if arxiv_id(identifier):
        return Wanted("arxiv", identifier)
    if doi(identifier):
        return Wanted("doi", identifier)
    kind, _, name = identifier.partition(":")
    return Wanted(kind, name) if kind in _READERS else None


def can_submit(identifier: str) -> bool:
    """Return whether a host that is asked here knows papers by such an identifier."""
    return _wanted(identifier) is not None


def _offered(words: str) -> Wanted | None:
    """The one paper that a source of this name (``scheme:which``) declares to bring; None for other words."""
    kind, _, name = words.partition(":")
    if kind in _READERS:
        return None
    try:
        made = names.source(words)
    except UsageError:
        return None
    return Wanted(kind, name) if getattr(made, "single", False) else None


def _unknown(typed: str) -> UsageError:
    return UsageError(
        f"{typed[:100]!r} does not identify a paper: expected an arXiv id or address (2401.12345), a DOI "
        "(10.1145/3366423), or an address at openreview.net or aclanthology.org"
    )


def submit(collection: Collection, text: str, person: int, *, now: datetime) -> Submission:
    """Queue the paper that ``text`` means for a person; a paper that is here already counts as found at once.

    UsageError when ``text`` does not identify a paper. Nothing is fetched: ``settle`` does that.
    """
    store, paper = collection.store, recognise(text)
    submission = store.desk.submit(paper.id, person, now=now)
    number = store.papers.number(paper.id)
    if number is not None and submission.state != "found":
        store.desk.settle(submission.id, "found", "It was here already.", now=now, number=number)
    return store.desk.submission(submission.id) or submission


def settle(collection: Collection, submission: Submission, client: Asks, *, now: datetime, today: date) -> Submission:
    """Try to fetch a queued paper, and note the result in words. ``today`` is the day it is listed on unless an archive
    has announced it."""
    store = collection.store
    try:
        number = _number_of(collection, recognise(submission.asked), client, now=now, today=today)
    except (NotFoundError, UsageError) as error:
        store.desk.settle(submission.id, "failed", str(error), now=now)
    except SourceError as error:
        late = now - submission.at > PATIENCE
        words = f"Given up after {PATIENCE.days} days:" if late else "Not reached yet; it will be tried again:"
        store.desk.settle(submission.id, "failed" if late else "queued", f"{words} {error}"[:500], now=now)
    else:
        store.desk.settle(submission.id, "found", "", now=now, number=number)
    return store.desk.submission(submission.id) or submission


def settle_submissions(collection: Collection, client: Asks, *, now: datetime, today: date) -> str:
    """Try all queued submissions, oldest first, with those that arrive meanwhile, and return a one-line summary."""
    became: dict[int, str] = {}
    while len(became) < _AT_ONCE:
        waiting = (each for each in collection.store.desk.submissions("queued") if each.id not in became)
        following = next(waiting, None)
        if following is None:
            break
        became[following.id] = settle(collection, following, client, now=now, today=today).state
    counts = [(list(became.values()).count(state), word) for state, word in _WORDS.items()]
    return ", ".join(f"{count:,} {word}" for count, word in counts if count) or "nothing was submitted"


_WORDS = {"found": "found", "failed": "failed", "queued": "waiting"}


def _number_of(collection: Collection, wanted: Wanted, client: Asks, *, now: datetime, today: date) -> int:
    """The row number of the paper, which is fetched if it is missing."""
    store = collection.store
    if (number := store.papers.number(wanted.id)) is not None:
        return number
    documents = _matching(_records(wanted, client), wanted)
    source = f"submitted:{wanted.kind}"
    ingest(collection, [_listed(each, source, today) for each in documents[:1]], now=now, name=source)
    number = store.papers.number(wanted.id)
    if number is None:
        raise NotFoundError(f"No usable record was returned for {wanted.id}.")
    return number


def _records(wanted: Wanted, client: Asks) -> list[Document | BadRecord]:
    """The records of the host that knows such identifiers; NotFoundError when it has none, SourceError when it is out
    of reach."""
    try:
        if wanted.kind in _READERS:
            return list(_READERS[wanted.kind](wanted.name, client))
        return list(names.source(wanted.id, client=client).fetch())
    except AnswerError as error:
        if error.status in _GONE:
            raise NotFoundError(f"{wanted.place} does not know the paper {wanted.name}.") from error
        raise


def _matching(records: Iterable[Document | BadRecord], wanted: Wanted) -> list[Document]:
    """The wanted paper among the records. NotFoundError when it is not there."""
    bad = ""
    for record in records:
        if isinstance(record, BadRecord):
            bad = record.reason
        elif _same(record, wanted):
            return [_named(record, wanted)]
    reason = f": {bad[:200]}" if bad else ""
    raise NotFoundError(f"{wanted.place} does not know the paper {wanted.name}{reason}.")


def _same(document: Document, wanted: Wanted) -> bool:
    return wanted.id.lower() in {name.lower() for name in (document.id, *document.aliases)}


def _named(document: Document, wanted: Wanted) -> Document:
    """The document with the wanted identifier as an alias, if it is not among its own."""
    if wanted.id in (document.id, *document.aliases):
        return document
    return replace(document, aliases=(*document.aliases, wanted.id))


def _listed(document: Document, source: str, today: date) -> Document:
    """The document as a submission: listed today, unless an archive announced it."""
    listed = document.listed or (None if document.announced else today)
    return replace(document, source=source, listed=listed, estimated=None)


def _from_arxiv(name: str, client: Asks) -> Iterator[Document | BadRecord]:
    yield from names.source(f"arxiv:{name}", client=client).fetch()


def _by_doi(name: str, client: Asks) -> Iterator[Document | BadRecord]:
    address = f"{openalex.API}/doi:{quote(name, safe='/')}"
    yield from openalex.from_bytes(client.get(address, accept="application/json").body)


def _from_openreview(name: str, client: Asks) -> Iterator[Document | BadRecord]:
    address = f"{openreview.API}?id={quote(name, safe='')}"
    yield from openreview.from_bytes(client.get(address, accept="application/json").body)


def _from_acl(name: str, client: Asks) -> Iterator[Document | BadRecord]:
    """The Anthology serves whole collections: 2020.acl for 2020.acl-main.1, P18 for P18-1001."""
    yield from names.source(f"acl:{name.partition('-')[0]}", client=client).fetch()


_READERS = {"arxiv": _from_arxiv, "acl": _from_acl, "openreview": _from_openreview, "doi": _by_doi}
_KINDS = list(_READERS)  # where a paper with several identifiers is looked up first
_PLACES = {"arxiv": "arXiv", "doi": "OpenAlex", "openreview": "OpenReview", "acl": "The ACL Anthology"}
