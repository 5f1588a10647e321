"""The map as a page: a link in each circle, marks with words, and the same as a list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.topics.map import renew
from broadsheet.web.circles import SIZES, Marked, drawing
from broadsheet.web.map import router
from door_kit import addresses
from page_kit import page
from people_kit import browser, member, site
from site_kit import FILLERS, PAPERS, made
from topics_kit import KNOTS, LEAVES, SEAS, TIDES, plant


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", (*PAPERS, *FILLERS), synced=False) as collection:
        numbers = collection.store.papers.numbers([each.id for each in (*PAPERS, *FILLERS)])
        placed = {number: (TIDES, 0.5) for name, number in numbers.items() if name[:4] == "fill"}
        placed |= {numbers["2401.00001"]: (LEAVES, 0.9), numbers["bad:1"]: (KNOTS, 0.3)}
        plant(collection, placed)
        renew(collection.store, "words")
        yield collection


def test_its_addresses_stay() -> None:
    assert addresses(router) == {"GET /map"}


def test_each_circle_is_a_link_with_its_name_and_papers(collection: Collection) -> None:
    text, read = page(browser(site(collection)), "/map")
    drawn = [given for tag, given in read.elements if tag == "svg" and given.get("class", "").startswith("map ")]
    assert [each["class"] for each in drawn] == ["map wide", "map narrow"]
    assert {each["aria-label"] for each in drawn} == {
        "A map of 3 topics: near ones are alike, large ones have many papers."
    }
    for topic in ("4-tide-tables", "3-leaf-outlines", "5-knots-and-ropes", "2-seas"):
        assert read.links().count(f"/topic/{topic}") >= 3, "in both drawings, and in the list"
    assert "<title>Tide tables: 30 papers</title>" in text
    assert "The same as a list" in text
    assert not [given for _, given in read.elements if "style" in given]
    assert "saved by you" not in text


def test_a_reader_sees_where_the_saved_papers_are(collection: Collection) -> None:
    own = browser(site(collection), member(collection))
    assert "you have not saved any yet" in own.get("/map").text
    own.press("/save", paper="2401.00001")
    text = own.get("/map").text
    assert "Leaf outlines: 1 paper, 1 of them saved by you" in text
    assert 'class="mine"' in text
    assert "holds papers that you saved (1 topic)" in text


def test_names_are_escaped_and_marks_said(collection: Collection) -> None:
    collection.store.topics.rename(TIDES, "Ebb & <b>flow</b>")
    marked = Marked({TIDES: "9 papers in 7 days."}, {}, TIDES)
    drawn = str(drawing(site(collection).state.site, collection.store.topics.all(), SIZES[0], marked))
    assert "<b>" not in drawn
    assert "Ebb &amp; &lt;b&gt;flow&lt;/b&gt;: 30 papers, rising: 9 papers in 7 days, you are here" in drawn
    assert 'class="spot rises here"' in drawn
    assert "↑ Ebb" in drawn


def test_a_topic_shows_where_it_lies(collection: Collection) -> None:
    text, _ = page(browser(site(collection)), "/topic/4-tide-tables")
    assert 'class="map small"' in text
    assert "Tide tables: 30 papers, you are here" in text
    assert 'class="map small"' in browser(site(collection)).get(f"/topic/{SEAS}").text


def test_without_a_map_the_page_says_when_it_comes(tmp_path: Path) -> None:
    with made(tmp_path / "none") as collection:
        assert "There are no topics yet." in browser(site(collection)).get("/map").text
    with made(tmp_path / "c", synced=False) as collection:
        plant(collection)
        text = browser(site(collection)).get("/map").text
        assert '<svg class="map wide"' not in text
        assert "after the next sync" in text
