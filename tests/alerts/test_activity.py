"""What alerts and follows brought lately."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from broadsheet.alerts.activity import Activity, Past
from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import CollectionError
from broadsheet.ingest import ingest
from broadsheet.people.topics import followed
from broadsheet.store.alerts import SavedQuery
from broadsheet.sync import sync
from fakes import NOW, WordEncoder, paper
from topics_kit import LEAVES, SEAS, plant

TODAY = NOW.date()
SOUPS = SavedQuery(7, "Soups", "soup broth", (), "0.5", NOW)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    """Ten days of one soup each, two today, and an owl on every other."""
    soups = [paper(n, f"soup broth n{n}", listed=TODAY - timedelta(days=n), authors=("Ida Broth",)) for n in range(10)]
    owls = [paper(100 + n, f"owl feather n{n}", listed=TODAY - timedelta(days=2 * n)) for n in range(5)]
    with open_collection(tmp_path / "c", encoder=WordEncoder(64)) as opened:
        ingest(opened, [*soups, *owls, paper(50, "soup broth hot", listed=TODAY)], now=NOW)
        sync(opened)
        yield opened


def test_an_alert_says_how_many_a_day_today_and_when_the_last(collection: Collection) -> None:
    found = Past.of(collection, TODAY).of_alerts([SOUPS, SavedQuery(8, "None", "quilts", (), "strong", NOW)])
    assert found[7] == Activity(papers=11, days=10, today=2, last=TODAY)
    assert found[7].a_day == pytest.approx(1.1)
    assert found[8] == Activity(papers=0, days=10, today=0, last=None)
    assert found[8].a_day == 0


def test_hidden_papers_other_days_and_broken_alerts_do_not_count(collection: Collection) -> None:
    editor = collection.store.people.add("ed@example.org", "editor", now=NOW)
    number = collection.store.papers.number("made:050") or 0
    collection.store.desk.decide(number, "hide", editor.number, now=NOW)
    found = Past.of(collection, TODAY, days=3).of_alerts([SOUPS, SavedQuery(9, "Old", "x", (), "no such word", NOW)])
    assert found == {7: Activity(papers=3, days=3, today=1, last=TODAY)}


def test_a_copy_that_was_listed_before_is_not_new(collection: Collection) -> None:
    first, *_ = collection.store.papers.by_numbers([4]).values()
    ingest(collection, [replace(first, id="copy:1", source="csv:b", listed=TODAY)], now=NOW, name="csv:b")
    sync(collection)
    assert len(Past.of(collection, TODAY).days) == 17
    assert Past.of(collection, TODAY).of_alerts([SOUPS])[7].papers == 11


def test_authors_and_topics_have_the_same_numbers(collection: Collection) -> None:
    past = Past.of(collection, TODAY)
    assert past.of_authors([]) == {}
    found = past.of_authors(["Ida Broth", "Nobody Atall"])
    assert found["Ida Broth"] == Activity(papers=10, days=10, today=1, last=TODAY)
    assert found["Nobody Atall"].last is None
    numbers = collection.store.papers.numbers([f"made:{100 + n}" for n in range(5)])
    plant(collection, dict.fromkeys(numbers.values(), (LEAVES, 0.9)))
    ada = collection.store.people.add("ada@example.org", "reader", now=NOW).number
    for topic in (LEAVES, SEAS):
        collection.store.follows.add_topic(ada, topic, now=NOW)
    brought = past.of_topics(followed(collection.store, ada))
    assert brought[LEAVES] == Activity(papers=5, days=10, today=1, last=TODAY)
    assert brought[SEAS].papers == 0


def test_without_vectors_it_says_so(tmp_path: Path) -> None:
    with open_collection(tmp_path / "bare", encoder=WordEncoder(64)) as bare:
        ingest(bare, [paper(1, "soup broth", listed=TODAY)], now=NOW)
        assert Past.of(bare, TODAY).of_alerts([]) == {}
        with pytest.raises(CollectionError):
            Past.of(bare, TODAY).of_alerts([SOUPS])
