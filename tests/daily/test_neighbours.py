"""The papers before and behind one on its day."""

from __future__ import annotations

from datetime import UTC

from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.daily.neighbours import Neighbours, neighbours
from broadsheet.people.desk import decide
from broadsheet.people.members import add
from daily_kit import ELSEWHERE, MONDAY, NOW, PAPERS


def asked(collection: Collection, *work: Document) -> Neighbours | None:
    return neighbours(collection, work, now=NOW, zone=UTC)


def known(collection: Collection, name: str) -> Document:
    return next(paper for paper in PAPERS if paper.id == f"made:{name}")


def test_a_paper_has_a_place_on_its_day(collection: Collection) -> None:
    first, last = asked(collection, known(collection, "b")), asked(collection, known(collection, "a"))
    assert first
    assert last
    assert (first.rank, first.total, first.before, first.day.first) == (1, 2, None, MONDAY)
    assert first.after
    assert first.after.id == "made:a"
    assert (last.rank, last.after) == (2, None)
    assert last.before
    assert last.before.id == "made:b"


def test_a_paper_alone_has_no_neighbours(collection: Collection) -> None:
    alone = asked(collection, known(collection, "d"))
    assert alone
    assert (alone.rank, alone.total, alone.before, alone.after) == (1, 1, None, None)


def test_a_paper_on_no_day_has_none(collection: Collection) -> None:
    assert asked(collection, known(collection, "undated")) is None
    assert asked(collection, known(collection, "shelf")) is None


def test_a_copy_has_the_place_of_its_work(collection: Collection) -> None:
    collection.store.papers.put([ELSEWHERE], now=NOW)
    found = asked(collection, ELSEWHERE, known(collection, "a"))
    assert found
    assert found.rank == 2


def test_an_order_is_that_of_the_day(collection: Collection) -> None:
    add(collection.store, "ed@example.org", role="editor", now=NOW)
    editor = collection.store.people.at("ed@example.org")
    assert editor
    decide(collection, editor.number, paper=known(collection, "a"), decision="pick", now=NOW)
    picked = asked(collection, known(collection, "a"))
    assert picked
    assert picked.rank == 1
    decide(collection, editor.number, paper=known(collection, "b"), decision="hide", now=NOW)
    assert asked(collection, known(collection, "b")) is None
