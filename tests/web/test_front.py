"""The front page while no day has papers: the shelf as a newspaper, and where nothing is, how to begin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from broadsheet import shelf
from broadsheet.collection import Collection
from broadsheet.web.front import IN_A_SECTION, sections_of
from page_kit import page, site_of
from people_kit import browser, member, site
from site_kit import NOW, PAPERS, made
from topics_kit import LEAVES, TIDES, plant

DAY = date(2026, 10, 2)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    """The shelf, with thirty of its papers in one topic and twelve in another."""
    with made(tmp_path / "c", (), synced=False) as collection:
        shelf.add(collection, now=NOW)
        numbers = sorted(int(each) for each in collection.store.papers.changed(0))
        plant(collection, {each: (LEAVES if place < 30 else TIDES, 0.9) for place, each in enumerate(numbers[:42])})
        yield collection


def test_the_shelf_is_a_paper_with_its_topics_and_one_way_on(collection: Collection) -> None:
    text, read = page(site_of(collection), "/")
    assert page(site_of(collection), "/newest")[0].count("<article") == text.count("<article")
    assert "289 papers" in text
    for topic in ("Leaf outlines", "Tide tables"):
        assert topic in text
    assert text.count("<article") == 2 * IN_A_SECTION
    assert read.links().count("/start") == 1
    for example in shelf.EXAMPLES:
        assert example in text
    assert read.count("h1") == read.count("main") == 1
    assert "<code>" not in text
    assert "`" not in text


def test_each_morning_shows_other_papers(collection: Collection) -> None:
    store = collection.store
    mornings = [sections_of(store, DAY + timedelta(days=day)) for day in range(4)]
    leads = {sections[0].papers[0].id for sections in mornings}
    assert len(leads) == 4
    assert {sections[0].topic.name for sections in mornings if sections[0].topic} == {"Leaf outlines", "Tide tables"}
    assert sections_of(store, DAY) == mornings[0]
    for sections in mornings:
        shown = [paper.id for section in sections for paper in section.papers]
        assert len(shown) == len(set(shown)) == 2 * IN_A_SECTION


def test_without_topics_the_first_papers_are_shown(tmp_path: Path) -> None:
    with made(tmp_path, [paper for paper in PAPERS if paper.source.startswith("shelf")]) as collection:
        text, _ = page(site_of(collection), "/")
        assert "Tiny Encoders" in text
        assert 'href="/start"' in text


def test_a_reader_is_not_sent_where_only_editors_may_go(collection: Collection) -> None:
    app = site(collection)
    for person, there in ((member(collection), True), (None, False)):
        text = browser(app, person).get("/").text
        assert 'href="/start"' not in text
        assert ('href="/start/papers"' in text) is there
        assert "has not chosen its sources yet" in text


def test_an_empty_collection_says_how_to_begin(tmp_path: Path) -> None:
    with made(tmp_path, ()) as collection:
        text, read = page(site_of(collection), "/")
        assert "It has no papers yet" in text
        assert "/start" in read.links()
        assert "<code>" not in text
