"""Private notes: one for each work."""

from __future__ import annotations

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.people import notes
from broadsheet.store.people import Person
from copies_kit import COPY, OTHER, PAPER, numbers
from site_kit import NOW


def test_a_work_has_one_note_wherever_it_was_written(collection: Collection, ada: Person) -> None:
    store, me = collection.store, ada.number
    one, copy, other = numbers(collection, PAPER, COPY, OTHER)
    for paper, text in ((PAPER, "leaf"), (OTHER, "bell"), (COPY, " line\r\nby line\x00 ")):
        notes.write(collection, me, paper=paper, text=text, now=NOW)
    assert store.reactions.notes(me) == {copy: "line\nby line", other: "bell"}
    notes.write(collection, me, paper=PAPER, text="  ", now=NOW)
    assert store.reactions.notes(me) == {other: "bell"}
    assert one not in store.reactions.notes(me)


def test_a_note_that_is_too_long_replaces_nothing(collection: Collection, ada: Person) -> None:
    longest = "x" * notes.LONGEST
    notes.write(collection, ada.number, paper=PAPER, text=longest, now=NOW)
    with pytest.raises(UsageError, match=r"10,001 characters: it may have at most 10,000"):
        notes.write(collection, ada.number, paper=PAPER, text=longest + "x", now=NOW)
    assert list(collection.store.reactions.notes(ada.number).values()) == [longest]
