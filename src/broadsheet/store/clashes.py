"""Where a record of a source goes: to the document of its id when their contents agree, else to one of its own.

did its source say the same of the document before?  there
does it agree with every record of the document?  there
was it, or a version of it, set aside from that document before?  there
else it is set aside: it gets an id that depends on the record alone, and keeps the identifier as an alias
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from broadsheet.core.identity import own_id, title_id
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
        known = [] if self._number is None else records_of(self._db, self._number)
        aside = list(self._set_aside())
        if aside and (before := self._before(aside)):
            return before
        if self._number is not None and _fits(self._say.document, known, self._name):
            _require_room(self._say.document, known)
            return Home(self._number, self._say, known)
        if (former := self._former()) or (self._number is None):
            return former or Home(None, self._say)
        return self._similar(aside, known) or self._own(known)

    def _is_known(self, number: int) -> bool:
        """Return whether its source said the same of this document before."""
        sql = "SELECT digests FROM records WHERE number = ? AND source = ?"
        rows = self._db.execute(sql, (number, self._say.document.source)).fetchall()
        return any(_is_among(self._say, digests) for (digests,) in rows)

    def _number_of(self, name: str) -> int | None:
        row = self._db.execute("SELECT number FROM documents WHERE id = ?", (name,)).fetchone()
        return row[0] if row else None

    def _set_aside(self) -> Iterator[tuple[int, Say]]:
        """Yield the documents that were set aside from this one's id, with the record under their id."""
        for number, name in self._db.execute(_ASIDE, (self._name,)).fetchall():
            if name != self._name:
                yield number, _called(self._say.document, name)

    def _before(self, aside: Sequence[tuple[int, Say]]) -> Home | None:
        """Return the document in which this record, as it is, was set aside."""
        own = say_of(_aside(self._say.document))
        number = self._number_of(own.document.id)
        for place, say in (*([(number, own)] if number is not None else []), *aside):
            kept = records_of(self._db, place)
            if kept and (place == number or _has_said(kept, say)):
                return Home(place, say, kept, same=_has_said(kept, say), clash=self._clash(say))
        return None

    def _former(self) -> Home | None:
        """Return the document of an id of last resort that an older version gave, when it is this paper."""
        for name in self._former_names():
            number = self._number_of(name)
            if number is None or not (kept := records_of(self._db, number)):
                continue
            say = self._under(name)
            if _has_said(kept, say):
                return Home(number, say, kept, same=True)
            if _fits(say.document, kept, name):
                return Home(number, say, kept)
        return None

    def _former_names(self) -> Iterator[str]:
        """Yield the ids that an older version gave it: from its title, or as its reader says."""
        document = self._say.document
        if self._name.startswith("title:"):
            yield title_id(document.title, next(iter(document.authors), ""))
        yield from (alias for alias in document.aliases if alias.startswith("title:"))

    def _under(self, name: str) -> Say:
        """Return the record under a former id; an identifier that it has now stays as an alias."""
        document = self._say.document
        return say_of(replace(document, id=name)) if self._name.startswith("title:") else _called(document, name)

    def _similar(self, aside: Sequence[tuple[int, Say]], known: Sequence[Kept]) -> Home | None:
        """Return the first document that was set aside from this id and agrees with the record."""
        for number, say in aside:
            kept = records_of(self._db, number)
            if all(agree(say.document, each.document, say.document.id) for each in kept):
                return Home(number, say, kept, clash=self._clash(say, known))
        return None

    def _own(self, known: Sequence[Kept]) -> Home:
        say = say_of(_aside(self._say.document))
        number = self._number_of(say.document.id)
        kept = [] if number is None else records_of(self._db, number)
        return Home(number, say, kept, clash=self._clash(say, known))

    def _clash(self, say: Say, known: Sequence[Kept] = ()) -> Clash:
        if not known and self._number is not None:
            known = records_of(self._db, self._number)
        reason = "another paper has this identifier"
        if known:
            other = known[0].document
            reason = f"this identifier is that of {other.title[:120]!r} in {other.source!r}"
        message = f"{reason}: {say.document.title[:120]!r} is stored as a paper of its own"
        return Clash(self._name, say.document.id, message)


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
