"""What all sources of one Document say together: a pure function of their records, whatever order they came in.

put the records in order: archives before personal libraries before the shelf, longer text first, then by source
one value: the first record that has one      lists, links, extra: all of them, the first record's leading
dates: the first day it was submitted, announced, listed, the last it was updated; votes: the newest say
an estimated day gives way to one that a source knows; the day it was first seen is that of a source's first say
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from broadsheet.core.authors import same_person
from broadsheet.core.status import gravest
from broadsheet.core.types import Document, Name

T = TypeVar("T")
LIBRARY = "library"  # the scheme of what readers import: anybody may say anything there
_LASTING = ("submitted", "updated", "announced", "listed", "estimated", "year", "version", "votes", "comments")


@dataclass(frozen=True, slots=True)
class Record:
    """What one source says of a Document; ``said`` grows with every say that the Store heard."""

    said: int
    document: Document


def is_shelf(document: Document) -> bool:
    """Whether it comes from the starter shelf, which gives way to anything real."""
    return document.source.partition(":")[0] == "shelf"


def merge(records: Iterable[Record]) -> Document:
    """The one Document that at least one record of the same id make together. A single record is its own document."""
    ordered = sorted(records, key=precedence)
    said = [record.document for record in ordered]
    if len(said) == 1:
        return said[0]
    titled = next((d for d in said if d.title), said[0])
    worded = next((d for d in said if d.text), said[0])
    signed = next((d for d in said if d.authors), said[0])
    newest = [r.document for r in sorted(ordered, key=lambda r: -r.said)]
    united = Document(
        id=said[0].id,
        title=titled.title,
        readable_title=titled.readable_title,
        text=worded.text,
        readable_text=worded.readable_text,
        authors=signed.authors,
        names=_names(signed, said),
        venue=_first(d.venue for d in said) or "",
        kind=_kind(said),
        categories=_union(d.categories for d in said),
        keywords=_union(d.keywords for d in said),
        submitted=_best(min, (d.submitted for d in said)),
        updated=_best(max, (d.updated for d in said)),
        announced=_best(min, (d.announced for d in said)),
        listed=_best(min, (d.listed for d in said)),
        estimated=_best(min, (d.estimated for d in said)),
        first_seen=_best(min, (d.first_seen for d in said)),
        year=_first(d.year for d in said),
        version=_best(max, (d.version for d in said)),
        votes=next((d.votes for d in newest if d.votes is not None), None),
        comments=next((d.comments for d in newest if d.comments is not None), None),
        links=_united([d.links for d in said]),
        aliases=_union(d.aliases for d in said),
        source=said[0].source,
        status=gravest(d.status for d in said),
        extra=_united([d.extra for d in said]),
    )
    return _settled(united)


def renewed(before: Document, now: Document) -> Document:
    """What a source says now, with the dates, counts and links that it said before and now says nothing of.

    An archive's feed knows the day of announcement, its search does not; neither takes back what the other said. It was
    first seen when it was, however often it comes again; and a feed that tells only of updates announces it once.
    """
    silent = {name: getattr(before, name) for name in _LASTING if getattr(now, name) is None}
    if before.announced and now.announced and before.announced < now.announced == now.updated:
        silent["announced"] = before.announced
    return _settled(replace(now, **silent, first_seen=before.first_seen, links={**before.links, **now.links}))


def _settled(document: Document) -> Document:
    """The document without an estimate where a source knows the day."""
    known = document.announced or document.listed
    return replace(document, estimated=None) if known and document.estimated else document


def precedence(record: Record) -> tuple[int, int, str, int]:
    """Return what puts the records of a document in order: the first gives it its title."""
    document = record.document
    rank = 2 if is_shelf(document) else 1 if document.source.startswith(f"{LIBRARY}:") else 0
    return rank, -len(document.text), document.source, -record.said


def _first(values: Iterable[T]) -> T | None:
    return next((value for value in values if value), None)


def _best(choose: Callable[[Sequence[Any]], Any], values: Iterable[Any]) -> Any:
    known = [value for value in values if value is not None]
    return choose(known) if known else None


def _names(signed: Document, said: Sequence[Document]) -> tuple[Name, ...]:
    """The parts of the names of the record whose authors are taken; else of another one with the same people."""
    if signed.names:
        return signed.names
    return _first(d.names for d in said if d.names and _same_people(d.authors, signed.authors)) or ()


def _same_people(ones: Sequence[str], others: Sequence[str]) -> bool:
    return len(ones) == len(others) and all(map(same_person, ones, others))


def _kind(said: Sequence[Document]) -> str:
    """The first kind that is said; *preprint* only where no record knows where the work was published."""
    kinds = [document.kind for document in said if document.kind]
    return next((kind for kind in kinds if kind != "preprint"), next(iter(kinds), ""))


def _union(values: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for several in values for item in several))


def _united(values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All keys; where several have one, the first record's value, except that objects are united in turn."""
    united: dict[str, Any] = {}
    for mapping in values:
        for key, value in mapping.items():
            if key not in united:
                united[key] = value
            elif isinstance(united[key], Mapping) and isinstance(value, Mapping):
                united[key] = _united([united[key], value])
    return united
