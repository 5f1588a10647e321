"""What an editor decides of works and days."""

from __future__ import annotations

from datetime import date

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.people import desk
from broadsheet.store.people import Person
from copies_kit import COPY, OTHER, PAPER, numbers
from site_kit import NOW


def test_a_work_is_decided_of_once_and_left_by_any_of_its_papers(collection: Collection, ada: Person) -> None:
    store = collection.store
    of = numbers(collection, PAPER, COPY, OTHER)
    for paper, decision in ((PAPER, "pick"), (OTHER, "hide"), (COPY, "hide")):
        desk.decide(collection, ada.number, paper=paper, decision=decision, now=NOW)  # type: ignore[arg-type]
    assert store.desk.decided(of) == {of[1]: "hide", of[2]: "hide"}
    desk.decide(collection, ada.number, paper=PAPER, decision=None, now=NOW)
    assert store.desk.decided(of) == {of[2]: "hide"}


def test_the_line_above_a_day_is_written_replaced_and_removed(collection: Collection, ada: Person) -> None:
    store, day = collection.store, date(2026, 9, 30)
    for text, line in (("  A day of\nleaves ", "A day of leaves"), ("x" * 400, "x" * 400), (" ", "")):
        desk.write_line(store, ada.number, day=day, text=text, now=NOW)
        assert store.desk.line(day) == line
    with pytest.raises(UsageError, match="400 characters"):
        desk.write_line(store, ada.number, day=day, text="x" * 401, now=NOW)
    assert store.desk.line(day) == ""
