"""Private notes on papers: one for each work, stored with the paper where it was written last."""

from __future__ import annotations

from datetime import datetime

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.text import plain
from broadsheet.core.types import Document
from broadsheet.people.markdown import clean_typed
from broadsheet.people.works import numbers_of, with_copies
from broadsheet.store import Store

LONGEST = 10_000  # characters


def write(collection: Collection, person: int, *, paper: Document, text: str, now: datetime) -> None:
    """Store a note on a paper, in place of one on any copy of it; an empty text removes it.

    UsageError for more than LONGEST characters.
    """
    store, note = collection.store, clean_typed(text)
    if len(note) > LONGEST:
        raise UsageError(f"this note has {len(note):,} characters: it may have at most {LONGEST:,}")
    named = numbers_of(store, [paper])
    for number in with_copies(collection, [paper]):
        store.reactions.write_note(person, number, note if number in named else "", now=now)


def find(store: Store, person: int, *, words: str) -> list[int]:
    """Return the papers, newest first, whose note by this person has all these words or begins of words, whatever their
    case and accents. Empty for a query without words."""
    wanted = plain(words).split()
    notes = store.reactions.notes(person) if wanted else {}
    return store.papers.newest_first([number for number, note in notes.items() if _has(plain(note), wanted)])


def _has(note: str, wanted: list[str]) -> bool:
    begun = f" {note}"
    return all(f" {word}" in begun for word in wanted)
