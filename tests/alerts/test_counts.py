"""How many of a day's works match each alert: as matching says, remembered, and without loading a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from broadsheet.alerts.counts import counts
from broadsheet.alerts.match import matches, prepare
from broadsheet.alerts.news import alert_of
from broadsheet.collection import Collection, open_collection
from broadsheet.core import periods
from broadsheet.core.errors import ModelError
from broadsheet.daily.copies import bring_together
from broadsheet.daily.day import works_on
from broadsheet.ingest import ingest
from broadsheet.store.alerts import SavedQuery
from broadsheet.sync import sync
from fakes import NOW, WordEncoder, paper

TODAY = NOW.date()
TITLES = ("tides of narrow harbours", "tides harbours", "soups of the north", "tides harbours of old")
PAPERS = [replace(paper(place, title), announced=TODAY) for place, title in enumerate(TITLES)]
DAY = periods.period("day", TODAY)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(tmp_path / "c", encoder=WordEncoder(64)) as opened:
        ingest(opened, PAPERS, now=NOW, name="jsonl:made.jsonl")
        ingest(opened, [replace(PAPERS[1], id="copy:1", source="csv:b")], now=NOW, name="csv:b")
        bring_together(opened, PAPERS[1].id, "copy:1")
        sync(opened)
        yield opened


def saved(collection: Collection, **texts: str) -> list[SavedQuery]:
    store = collection.store
    person = store.people.add("ada@example.org", "reader", now=NOW).number
    for name, text in texts.items():
        store.alerts.keep(person, name, text, without=(), least="0.2", now=NOW)
    return store.alerts.of(person)


def test_works_are_counted_as_matching_finds_them(collection: Collection) -> None:
    alerts = saved(collection, tides="tides harbours", soups="soups", author="author:Nemo")
    prepare(collection, [alert_of(each) for each in alerts])
    works = works_on(collection, DAY)
    found = {each.name: counts(collection, alerts, works)[each.number] for each in alerts}
    numbers = [number for work in works for number in work]
    papers = {each.name: matches(collection, alert_of(each), numbers).items for each in alerts}
    assert len(papers["tides"]) == 4, "a work twice"
    assert found == {"tides": 3, "soups": 1, "author": 0}


def test_one_whose_vector_is_not_stored_is_left_out_and_found_later(collection: Collection) -> None:
    alerts = saved(collection, tides="tides harbours", code="has:code")
    works = works_on(collection, DAY)
    collection.encoder.error = ModelError("may not be asked")  # type: ignore[attr-defined]
    assert counts(collection, alerts, works).keys() == {alerts[0].number}, "one of conditions alone needs no vector"
    collection.encoder.error = None  # type: ignore[attr-defined]
    prepare(collection, [alert_of(each) for each in alerts])
    assert counts(collection, alerts, works).keys() == {each.number for each in alerts}


def test_counts_follow_the_papers_and_the_alerts(collection: Collection) -> None:
    alerts = saved(collection, tides="tides harbours")
    prepare(collection, [alert_of(each) for each in alerts])
    number = alerts[0].number
    assert counts(collection, alerts, works_on(collection, DAY)) == {number: 3}
    ingest(collection, [replace(paper(9, "tides and harbours"), announced=TODAY)], now=NOW + timedelta(1), name="x:y")
    sync(collection)
    assert counts(collection, alerts, works_on(collection, DAY)) == {number: 4}
    stricter = [replace(each, least="1.0") for each in alerts]
    assert counts(collection, stricter, works_on(collection, DAY))[number] < 4


def test_nothing_to_match_with_is_no_error(tmp_path: Path) -> None:
    with open_collection(tmp_path / "c", encoder=WordEncoder(64)) as opened:
        ingest(opened, PAPERS, now=NOW, name="jsonl:made.jsonl")
        alerts = saved(opened, tides="tides harbours")
        assert counts(opened, alerts, works_on(opened, DAY)) == {}
        assert counts(opened, [], []) == {}
