"""An imported personal library: a reader's own BibTeX, RIS or Zotero file becomes papers that they like.

the records of the file -> Documents and BadRecords
each Document: is it in the Collection, by an identifier or by title and author?  then that paper is liked
else add it as a Document of the source ``library:NAME``, on no day, without what only its owner should see
save all of them in a list that is named after the file

Search finds a library's papers like all others; but they belong to no day, so they are in no feed, no trending and no
email, and they get their vectors at the next sync. Notes, tags, file paths and scores that a reference manager keeps
with a paper stay out: they belong to the reader, and everyone can see the Collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath

from broadsheet.collection import Collection
from broadsheet.core import titles, works
from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.identity import arxiv_id, doi, last_resort
from broadsheet.core.text import plain
from broadsheet.core.types import BadRecord, Document
from broadsheet.ingest import ingest
from broadsheet.people import lists
from broadsheet.sources.library_file import Record, read_library
from broadsheet.store.lists import list_name
from broadsheet.store.merge import LIBRARY

_LONGEST_NAME, _LONGEST_LIST = 60, 100
_KINDS = {".bib": "BibTeX", ".bibtex": "BibTeX", ".ris": "RIS", ".csv": "CSV", ".rdf": "Zotero RDF"}
_EVERYWHERE = ("openreview:", "acl:", "openalex:", "title:")
_ARCHIVE = re.compile(r"[a-z][a-z-]*\.[A-Za-z][A-Za-z-]*")


@dataclass(frozen=True, slots=True)
class Library:
    """What a library holds: row numbers of papers that the Collection has (``known``, each once, in the order of the
    file), Documents that it lacks (``new``), and records that could not be read (``bad``)."""

    known: tuple[int, ...]
    new: tuple[Document, ...]
    bad: tuple[BadRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A library in the Collection: the row numbers of all its papers (``likes``), how many of them are ``new`` there,
    and what was refused, each with its reason."""

    likes: tuple[int, ...]
    new: int
    bad: tuple[BadRecord, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a library: the list it is in now, by number and name, how many papers it ``saved`` there, and
    what was ``taken`` into the Collection."""

    list: int
    name: str
    saved: int
    taken: Taken

    @property
    def known(self) -> int:
        """How many of its papers the Collection had already."""
        return len(self.taken.likes) - self.taken.new


def import_library(collection: Collection, person: int, data: bytes, filename: str, *, now: datetime) -> Imported:
    """Save the papers of a BibTeX, RIS or Zotero file for a person. Importing it again adds nothing.

    The papers enter the Collection as ``library:rN``, which gives only the person's number, without what only the owner
    should see. UsageError or SourceError for a file that cannot be read as a library, or holds no reference that can:
    it makes no list.
    """
    records = read_library(data, filename)
    taken = take_library(collection, records, f"r{person}", now=now)
    if not taken.likes:
        raise _without_references(filename, taken.bad)
    name = _list_of(filename)
    list_ = lists.make(collection.store, person, name=name, now=now)
    saved = lists.put_numbers(collection, person, numbers=taken.likes, into=list_, now=now)
    return Imported(list_, name, saved, taken)


def match_library(collection: Collection, records: Iterable[Record]) -> Library:
    """Split a library into papers that the Collection has already, by identifier or by title and author, and others."""
    known: dict[int, None] = {}
    new: dict[tuple[str, str], Document] = {}
    bad: list[BadRecord] = []
    for record in records:
        if isinstance(record, BadRecord):
            bad.append(record)
        elif (number := _number(collection, record)) is not None:
            known[number] = None
        else:
            public = _public(record)
            new.setdefault((public.id, titles.compact(public.title)), public)
    return Library(tuple(known), tuple(new.values()), tuple(bad))


def take_library(collection: Collection, records: Iterable[Record], name: str, *, now: datetime) -> Taken:
    """Find the papers of a library in the Collection and add the missing ones as ``library:NAME``.

    Everyone who sees such a paper sees ``name``: it should not identify the owner. Importing it again adds nothing.
    Run sync afterwards so that the new papers can be found. UsageError for an invalid name.
    """
    if not re.fullmatch(rf"[A-Za-z0-9_.-]{{1,{_LONGEST_NAME}}}", name):
        raise UsageError(f"{name[:80]!r} cannot name a library: expected letters, digits, points and dashes")
    source = f"{LIBRARY}:{name}"
    library = match_library(collection, records)
    fresh = [replace(document, source=source) for document in library.new]
    run = ingest(collection, [*fresh, *library.bad], now=now, name=source)
    numbers = [collection.store.papers.number_of(document) for document in fresh]
    refused = [document for document, number in zip(fresh, numbers, strict=True) if number is None]
    likes = dict.fromkeys([*library.known, *(number for number in numbers if number is not None)])
    return Taken(tuple(likes), run.new, (*library.bad, *_reasons(collection, source, refused)))


def _number(collection: Collection, document: Document) -> int | None:
    """The row number of a paper that the Collection has."""
    for name in _identifiers(document):
        known = collection.store.papers.get(name)
        if known and works.agree(document, known, name):
            return collection.store.papers.number(known.id)
    same = collection.store.papers.by_numbers(collection.store.papers.with_title(plain(document.title)))
    tied = next((number for number, other in sorted(same.items()) if works.tie(document, other)), None)
    return tied if tied is not None else collection.store.papers.number_of(_public(document))


def _identifiers(document: Document) -> list[str]:
    """Its identifiers that mean the same everywhere; a key or a running number means nothing outside its file."""
    return [name for name in (document.id, *document.aliases) if everywhere(name)]


def everywhere(name: str) -> bool:
    """Tell whether an identifier means the same in every file."""
    return bool(arxiv_id(name) or doi(name)) or name.startswith(_EVERYWHERE)


def _public(document: Document) -> Document:
    """A paper of a library as everyone may see it: nothing about how its owner files it, and on no day."""
    first = next(iter(document.authors), "")
    names_ = _identifiers(document) or [last_resort(document.title, first, works.year_of(document))]
    return replace(
        document,
        id=names_[0],
        aliases=tuple(names_[1:]),
        categories=tuple(name for name in document.categories if _ARCHIVE.fullmatch(name)),
        keywords=(),
        announced=None,
        listed=None,
        estimated=None,
        first_seen=None,
        votes=None,
        comments=None,
        links={kind: address for kind, address in document.links.items() if kind == "abstract"},
        source="",
        extra={},
    )


def _reasons(collection: Collection, source: str, refused: Sequence[Document]) -> list[BadRecord]:
    """Why the Store refused these documents, from its journal."""
    if not refused:
        return []
    reasons = {
        each.record.where: each.record.reason
        for each in collection.store.journal.problems(1_000)
        if each.source == source
    }
    return [BadRecord(d.id, reasons.get(d.id, "refused by the Store"), d.title[:200]) for d in refused]


def _without_references(filename: str, bad: Sequence[BadRecord]) -> SourceError:
    """Say that a file holds nothing that can be imported, and the first reason."""
    name = _base_of(filename)
    kind = _KINDS.get(PurePath(name.lower().removesuffix(".gz")).suffix, "BibTeX, RIS or CSV")
    message = f"No references found in {name[:_LONGEST_LIST]}. Is it a {kind} file?"
    if not bad:
        return SourceError(message)
    more = f"The first of {len(bad):,} problems" if len(bad) > 1 else "The problem"
    return SourceError(f"{message} {more}: {bad[0].where}: {bad[0].reason}")


def _base_of(filename: str) -> str:
    """The name of a file without its folders and invisible characters."""
    base = PurePath(filename.replace("\\", "/")).name
    return "".join(letter for letter in base if letter.isprintable())


def _list_of(filename: str) -> str:
    """The name of a file's list: its own without folders, endings and invisible characters."""
    stem = PurePath(_base_of(filename).removesuffix(".gz")).stem
    return list_name(stem.strip(" .")[:_LONGEST_LIST] or "Library")
