"""Where a record of a source goes: to the document of its id when their contents agree, else to one of its own.

did its source say the same before, or is it a revision of what its source said?  there
was it, as it is, set aside from the document of its id?  there
does it agree with every record of that document?  there
is it the paper of the id that an older version gave it, or one that was set aside?  there
else it is set aside: it gets an id that depends on the record alone, and keeps the identifier as an alias
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from broadsheet.core.identity import last_resort, own_id, title_id
from broadsheet.core.types import Document
from broadsheet.core.works import agree, place_of, year_of
from broadsheet.store.derived import Say, decoded, say_of
from broadsheet.store.merge import Record

MOST_SOURCES = 100  # of one document: merging costs as many
_MOST_ASIDE = 50  # documents with one identifier that a record is compared with
_ASIDE = (
    "SELECT number, id FROM aliases JOIN documents USING (number)"  # noqa: S608 - the bound is a constant
    f" WHERE alias = ? AND id >= 'title:' AND id < 'title;' AND deleted = 0 ORDER BY number LIMIT {_MOST_ASIDE}"
)


@dataclass(frozen=True, slots=True)
class Clash:
    """A record whose identifier ``name`` is another paper's: the ``id`` that it has instead, and why."""

    name: str
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A record as stored in its table, with the digests of what its source said."""

    record: Record
    digests: str

    @property
    def source(self) -> str:
        """The source of the record."""
        return self.record.document.source

    @property
    def document(self) -> Document:
        """What the source says."""
        return self.record.document


@dataclass(frozen=True, slots=True)
class Home:
    """Where a record goes: the row ``number`` of a document (None: a new one), the record under that document's id, the
    records that it has (``kept``), whether its source said the ``same`` before, and the clash if it was set aside."""

    number: int | None
    say: Say
    kept: Sequence[Kept] = ()
    same: bool = False
    clash: Clash | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """A document where a record may belong: its row ``number``, the record under its id, what is ``known`` of it, and
    whether it was set ``aside``."""

    number: int
    say: Say
    known: Sequence[Kept]
    aside: bool = False

    @property
    def said(self) -> bool:
        """Whether the source of the record said the same before."""
        return _has_said(self.known, self.say)

    @property
    def fits(self) -> bool:
        """Whether the record can be of this paper."""
        return _fits(self.say.document, self.known, self.say.document.id)

    @property
    def revised(self) -> bool:
        """Whether the record revises what its source said before."""
        return any(kept.source == self.say.document.source for kept in self.known) and self.fits


def records_of(db: sqlite3.Connection, number: int) -> list[Kept]:
    """Return the records of a document."""
    rows = db.execute("SELECT said, digests, body FROM records WHERE number = ?", (number,))
    return [Kept(Record(said, decoded(body)), digests) for said, digests, body in rows]


def home_of(db: sqlite3.Connection, say: Say) -> Home:
    """Find where a record goes. ValueError when its document has as many sources as a paper can have."""
    return _Search(db, say).home()


class _Search:
    """The search for the document of one record."""

    def __init__(self, db: sqlite3.Connection, say: Say) -> None:
        self._db, self._say = db, say
        self._name = say.document.id
        self._number = self._number_of(self._name)

    def home(self) -> Home:
        if self._number is not None and self._is_known(self._number):
            return Home(self._number, self._say, same=True)
        here = self._place(self._number, self._say)
        aside, former = self._set_aside(), list(self._former())
        places = [*([here] if here else []), *former, *aside]
        before = _first(place for place in places if place.said) or _first(place for place in places if place.revised)
        if before := before or self._as_it_is(aside):
            return self._at(before)
        if here and here.fits:
            _require_room(self._say.document, here.known)
            return self._at(here)
        if fitting := _first(place for place in [*former, *(aside if here else [])] if place.fits):
            return self._at(fitting)
        return self._own() if here else Home(None, self._say)

    def _at(self, place: _Place) -> Home:
        clash = self._clash(place.say) if place.aside else None
        return Home(place.number, place.say, place.known, same=place.said, clash=clash)

    def _is_known(self, number: int) -> bool:
        """Return whether its source said the same of this document before."""
        sql = "SELECT digests FROM records WHERE number = ? AND source = ?"
        rows = self._db.execute(sql, (number, self._say.document.source)).fetchall()
        return any(_is_among(self._say, digests) for (digests,) in rows)

    def _number_of(self, name: str) -> int | None:
        row = self._db.execute("SELECT number FROM documents WHERE id = ?", (name,)).fetchone()
        return row[0] if row else None

    def _place(self, number: int | None, say: Say, *, aside: bool = False) -> _Place | None:
        return None if number is None else _Place(number, say, records_of(self._db, number), aside)

    def _set_aside(self) -> list[_Place]:
        """Return the documents that were set aside from this one's id."""
        rows = self._db.execute(_ASIDE, (self._name,)).fetchall()
        calls = [(number, _called(self._say.document, name)) for number, name in rows if name != self._name]
        return [_Place(number, say, records_of(self._db, number), aside=True) for number, say in calls]

    def _as_it_is(self, aside: Sequence[_Place]) -> _Place | None:
        """Return the document in which this record, as it is, was set aside."""
        own = say_of(_aside(self._say.document))
        place = self._place(self._number_of(own.document.id), own, aside=True) if aside else None
        return place if place and place.known else None

    def _former(self) -> Iterator[_Place]:
        """Yield the documents of the ids that an older version gave this record."""
        for name in self._former_names():
            place = self._place(self._number_of(name), self._under(name))
            if place and place.known:
                yield place

    def _former_names(self) -> Iterator[str]:
        """Yield the ids that an older version gave it: from its title, or as its reader says."""
        document = self._say.document
        derived = [_former_id(document)] if self._name.startswith("title:") else []
        names = dict.fromkeys([*derived, *(alias for alias in document.aliases if alias.startswith("title:"))])
        yield from (name for name in names if name != self._name)

    def _under(self, name: str) -> Say:
        """Return the record under a former id; an identifier that it has now stays as an alias."""
        document = self._say.document
        return say_of(replace(document, id=name)) if self._name.startswith("title:") else _called(document, name)

    def _own(self) -> Home:
        say = say_of(_aside(self._say.document))
        place = self._place(self._number_of(say.document.id), say)
        return Home(place.number if place else None, say, place.known if place else (), clash=self._clash(say))

    def _clash(self, say: Say) -> Clash:
        known = records_of(self._db, self._number) if self._number is not None else []
        reason = "another paper has this identifier"
        if known:
            other = known[0].document
            reason = f"this identifier is that of {other.title[:120]!r} in {other.source!r}"
        message = f"{reason}: {say.document.title[:120]!r} is stored as a paper of its own"
        return Clash(self._name, say.document.id, message)


def present(document: Document) -> Document:
    """Return a record that an older version called by its title alone under its id of today; others as they are."""
    if document.id != _former_id(document):
        return document
    name = last_resort(document.title, next(iter(document.authors), ""), year_of(document))
    return _called(document, name).document


def _former_id(document: Document) -> str:
    return title_id(document.title, next(iter(document.authors), ""))


def _first(places: Iterable[_Place]) -> _Place | None:
    return next(iter(places), None)


def _fits(document: Document, known: Sequence[Kept], name: str) -> bool:
    """Return whether a record agrees with all that is known of ``name``; one that replaces another of its source may
    disagree with what that one disagreed with."""
    own = next((kept.document for kept in known if kept.source == document.source), None)
    others = [kept.document for kept in known if kept.source != document.source]
    if own is not None and not agree(document, own, name):
        return False
    return all(agree(document, other, name) or (own is not None and not agree(own, other, name)) for other in others)


def _has_said(known: Sequence[Kept], say: Say) -> bool:
    return any(kept.source == say.document.source and _is_among(say, kept.digests) for kept in known)


def _is_among(say: Say, digests: str) -> bool:
    several = digests.split(" ")
    return say.digest in several or say.former in several


def _require_room(document: Document, known: Sequence[Kept]) -> None:
    if len(known) >= MOST_SOURCES and document.source not in {kept.source for kept in known}:
        raise ValueError(f"id {document.id!r} already comes from {len(known)} sources, the most that a paper can have")


def _called(document: Document, name: str) -> Say:
    """Return a record under the id of the document that it is set aside in, with its own as the first alias."""
    given = [document.id] if name != document.id else []
    aliases = [alias for alias in document.aliases if alias not in (name, document.id)]
    return say_of(replace(document, id=name, aliases=(*given, *aliases)))


def _aside(document: Document) -> Document:
    """Return a record under an id of its own, with the identifier that it shares as its first alias."""
    place = place_of(document) if document.id.startswith("title:") else ()
    name = own_id(document.id, document.title, document.authors, year_of(document), place=place)
    return _called(document, name).document
