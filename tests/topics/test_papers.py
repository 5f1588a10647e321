"""The papers of a topic in an order: the nearest, the newest, the most voted, without what an editor has hidden."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.people.desk import decide
from broadsheet.people.members import add
from broadsheet.store.topics import Member
from broadsheet.topics.papers import ordered, papers_in
from site_kit import FILLERS, NOW, made
from topics_kit import KNOTS, SEAS, TIDES, plant


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", FILLERS[:5], synced=False) as collection:
        plant(collection, {1: (TIDES, 0.5), 2: (TIDES, 0.9), 3: (KNOTS, 0.7), 4: (TIDES, 0.6)})
        yield collection


def test_a_field_has_the_papers_of_its_topics(collection: Collection) -> None:
    assert papers_in(collection, TIDES) == [2, 4, 1]
    assert papers_in(collection, SEAS) == [2, 3, 4, 1]
    assert papers_in(collection, SEAS, sort="newest") == [4, 3, 2, 1]
    assert papers_in(collection, 99) == []


def test_hidden_papers_are_left_out(collection: Collection) -> None:
    add(collection.store, "ed@example.org", role="editor", now=NOW)
    editor = collection.store.people.at("ed@example.org")
    assert editor
    paper = collection.store.papers.by_numbers([2])[2]
    decide(collection, editor.number, paper=paper, decision="hide", now=NOW)
    assert papers_in(collection, TIDES) == [4, 1]


def test_equal_ones_come_newest_first() -> None:
    old, new = date(2026, 1, 1).toordinal(), date(2026, 1, 2).toordinal()
    members = [
        Member(1, TIDES, 0.5, new, new, 3),
        Member(2, TIDES, 0.5, old, old, 9),
        Member(3, TIDES, 0.5, None, old, 3),
        Member(4, TIDES, 0.5, None, None, 3),
    ]
    assert ordered(members, "votes") == [2, 1, 3, 4]
    assert ordered(members, "newest") == [1, 3, 2, 4]
    assert ordered(members, "nearest") == [1, 3, 2, 4]


def test_an_unknown_order_names_the_known_ones(collection: Collection) -> None:
    with pytest.raises(UsageError, match=r"cannot be sorted by 'vote'\. Did you mean votes"):
        papers_in(collection, TIDES, sort="vote")
