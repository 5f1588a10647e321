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


def test_notes_are_found_by_their_words_and_their_beginnings(collection: Collection, ada: Person) -> None:
    store, me = collection.store, ada.number
    one, other = numbers(collection, PAPER, OTHER)
    notes.write(collection, me, paper=PAPER, text="Compare Möbius strips with Figure 3", now=NOW)
    notes.write(collection, me, paper=OTHER, text="figure out the strip mine", now=NOW)
    assert set(notes.find(store, me, words="figure STRIP")) == {one, other}
    assert notes.find(store, me, words="mobius") == [one]
    assert notes.find(store, me, words="trip") == []
    assert notes.find(store, me, words="figure absent") == []
    assert notes.find(store, me, words="  ?! ") == []
    assert notes.find(store, me + 1, words="figure") == []
