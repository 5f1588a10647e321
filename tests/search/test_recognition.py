"""Authors and topics that a query names."""

from __future__ import annotations

import pytest

from broadsheet.core.topic import Topic
from broadsheet.core.types import Filters
from broadsheet.search.hybrid import search
from broadsheet.search.question import read
from broadsheet.search.recognition import recognise
from broadsheet.store.topics import Placed, Planted
from fakes import NOW


@pytest.fixture
def topical(collection):
    """Three topics and a field, with papers in two of the topics."""
    made = [
        Topic(id=1, level="field", name="Transport"),
        Topic(id=2, level="topic", name="Driving models", parent=1, phrases=("Driving models", "Lane finding", "Cars")),
        Topic(id=3, level="topic", name="Gardens", parent=1, phrases=("Lane finding", "Shade plants")),
        Topic(id=4, level="topic", name="Empty rooms", parent=1),
    ]
    collection.store.topics.plant(Planted(topics=made, centres={}, space="", heirs={}), now=NOW)
    numbers = collection.store.papers.numbers_where(Filters()).tolist()
    collection.store.topics.place([Placed(each, 2 if at < 3 else 3, 0.9, 1) for at, each in enumerate(numbers)])
    return collection


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Ana Lee", [("Ana Lee", 2)]),
        ("ana lee", [("Ana Lee", 2)]),
        ("papers by Bo Chen", [("Bo Chen", 1)]),
        ('author:"Bo Chen" charts', [("Bo Chen", 1)]),
        ("cars that see lanes", []),
        ("made:003", []),
    ],
)
def test_authors_are_named_as_their_papers_write_them(collection, query: str, expected) -> None:
    assert [tuple(each) for each in search(collection, query).named.writers] == expected


def test_an_author_condition_alone_names_the_author(collection) -> None:
    assert [each.name for each in search(collection, "", filters=Filters(authors=("bo chen",))).named.writers] == [
        "Bo Chen"
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("driving models", [2]),
        ("Driving model", [2]),
        ("driving", [2]),
        ("transport", [1]),
        ("lane finding", [2, 3]),
        ("shade plants", [3]),
        ("cars", []),
        ("driving models at night", []),
        ("empty rooms", []),
    ],
)
def test_topics_are_named_by_their_name_or_a_telling_phrase(topical, query: str, expected) -> None:
    named = search(topical, query).named.topics
    assert [each.id for each in named] == expected
    assert all(each.papers == topical.store.topics.size(each.id) > 0 for each in named)


def test_a_new_name_is_known_at_once(topical) -> None:
    assert search(topical, "steering").named.topics == ()
    topical.store.topics.rename(2, "Steering")
    assert [each.name for each in search(topical, "steering").named.topics] == ["Steering"]


def test_what_is_named_is_restated_in_the_note(collection) -> None:
    found = search(collection, "Ana Lee")
    assert found.restated == ("Papers by Ana Lee come first.",)
    assert found.restated[0] in found.note
    assert not search(collection, "Ana Lee", pins=False).named


def test_the_papers_of_a_name_come_newest_first(collection) -> None:
    seen = recognise(collection, read(collection, "Ana Lee"))
    assert list(seen.numbers) == collection.store.papers.newest_first(seen.numbers)
    assert len(seen.numbers) == 2
    assert recognise(collection, read(collection, "cars that see")).numbers == (), "a title is not a name"
