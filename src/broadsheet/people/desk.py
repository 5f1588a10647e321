"""The editor's desk: picking and hiding works, and the line above a day."""

from __future__ import annotations

from datetime import date, datetime

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.text import squeeze
from broadsheet.core.types import Document
from broadsheet.people.works import numbers_of, with_copies
from broadsheet.store import Store
from broadsheet.store.desk import Act

LONGEST_LINE = 400  # characters


def decide(collection: Collection, editor: int, *, paper: Document, decision: Act | None, now: datetime) -> None:
    """Pick or hide a paper's work, or (None) leave it to the ranking; earlier decisions on its copies are removed."""
    store = collection.store
    named = numbers_of(store, [paper])
    for number in with_copies(collection, [paper]):
        store.desk.decide(number, decision if number in named else None, editor, now=now)


def write_line(store: Store, editor: int, *, day: date, text: str, now: datetime) -> None:
    """Write the line above a day; an empty text removes it. UsageError for more than LONGEST_LINE characters."""
    line = squeeze(text)
    if len(line) > LONGEST_LINE:
        raise UsageError(f"the line above a day may have at most {LONGEST_LINE} characters")
    store.desk.write_line(day, line, editor, now=now)
