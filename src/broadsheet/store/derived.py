"""What the tables of the Store hold of a Document: its body as JSON, and the columns and side tables to find it by.

A change here needs a migration that fills those tables again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from broadsheet.core import records, works
from broadsheet.core.authors import index_words
from broadsheet.core.errors import CollectionError
from broadsheet.core.status import status_of
from broadsheet.core.text import plain
from broadsheet.core.types import Document
from broadsheet.store.merge import is_shelf

Rows = set[tuple[Any, ...]]
# A document of a single record has no merged view of its own.
BODY = (
    "coalesce((SELECT body FROM merged WHERE merged.number = documents.number),"
    " (SELECT body FROM records WHERE records.number = documents.number))"
)


def encoded(document: Document) -> str:
    """Return a Document as the JSON text that is stored."""
    return json.dumps(records.to_dict(document), ensure_ascii=False, separators=(",", ":"))


def decoded(body: str) -> Document:
    """Read the Document of a stored JSON text; CollectionError when it is damaged."""
    try:
        return records.from_dict(json.loads(body))
    except ValueError as error:
        raise CollectionError(f"the Store holds a damaged record ({error}): restore a backup") from error


@dataclass(frozen=True, slots=True)
class Say:
    """A document ready to be written."""

    document: Document
    body: str
    digest: str

    @property
    def former(self) -> str:
        """The digest that versions without ``names`` and ``kind`` gave it."""
        document = self.document
        if not document.names and not document.kind:
            return self.digest
        return _digest(encoded(replace(document, names=(), kind="", first_seen=None)))


def say_of(document: Document) -> Say:
    """Return a document ready to be written; ValueError names what is wrong with it. Its digest leaves out when it was
    first seen: to come again is nothing new."""
    checked = records.checked(document)
    body = encoded(checked)
    lasting = encoded(replace(checked, first_seen=None)) if checked.first_seen else body
    return Say(checked, body, _digest(lasting))


def _digest(body: str) -> str:
    return hashlib.blake2b(body.encode(), digest_size=8).hexdigest()


COLUMNS = ("deleted", "title", "first", "last", "venue", "has_code", "votes", "day", "status")
"""The columns of the table documents that follow from a Document."""


def columns(document: Document | None) -> tuple[Any, ...]:
    """Return the values of ``COLUMNS``; None is a deleted document."""
    if document is None:
        return True, "", None, None, "", False, None, None, ""
    first, last = document.span or (None, None)
    return (
        False,
        plain(document.title),
        first and first.toordinal(),
        last and last.toordinal(),
        folded(document.venue),
        bool(document.links.get("code")),
        document.votes,
        day(document),
        status(document),
    )


def day(document: Document) -> int | None:
    """Return its day as a number; the starter shelf is not on any day."""
    return None if document.day is None or is_shelf(document) else document.day.toordinal()


def status(document: Document) -> str:
    """Return the kind of its status, empty for a paper in good standing."""
    known = status_of(document)
    return known.kind if known else ""


def folded(name: str) -> str:
    """Return a venue or category in the form in which it is compared."""
    return records.clean(name).strip().casefold()


def aliases(document: Document) -> Rows:
    """Return rows of the table aliases, without the number."""
    return {(alias,) for alias in document.aliases if alias != document.id}


def categories(document: Document) -> Rows:
    """Return rows of the table categories, without the number."""
    return {(folded(category),) for category in document.categories}


def author_words(document: Document) -> Rows:
    """Return rows of the table author_words, without the number: the words by which each author is found, with the
    place of the author in the list."""
    found = (((*plain(name).split(), *index_words(name)), place) for place, name in enumerate(document.authors))
    return {(word, place) for several, place in found for word in several}


def sketches(document: Document) -> Rows:
    """Return rows of the table sketches, without the number."""
    return {(mark,) for mark in works.marks(document)}


SIDES: dict[str, tuple[tuple[str, ...], Callable[[Document], Rows]]] = {
    "aliases": (("alias",), aliases),
    "categories": (("category",), categories),
    "author_words": (("word", "author"), author_words),
    "sketches": (("mark",), sketches),
}

_FIELDS = {
    "aliases": ("id", "aliases"),
    "categories": ("categories",),
    "author_words": ("authors",),
    "sketches": ("title", "text", "readable_text"),
}
"""The fields of a Document that the rows of each table follow from."""


def differ(table: str, one: Document, other: Document) -> bool:
    """Return whether two states of a document can have different rows in a side table."""
    return any(getattr(one, name) != getattr(other, name) for name in _FIELDS[table])
