"""The page of an author."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.web.author import bars, co_authors, router
from door_kit import addresses
from people_kit import browser, member, site
from site_kit import made
from topics_kit import LEAVES, TIDES, plant


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


def test_an_author_has_a_page_that_the_paper_leads_to(collection: Collection) -> None:
    visitor = browser(site(collection))
    assert 'href="/author/Ada%20Blum"' in visitor.get("/paper/2401.00001").text
    page = visitor.get("/author/Ada%20Blum").text
    assert "Sorting Herbarium Sheets" in page
    assert "1 paper with an author of this name" in page
    assert "Follow this author" not in page
    hostile = visitor.get("/author/%3Ci%3EEve%E2%80%AE%3C%2Fi%3E")
    assert hostile.status_code in (200, 404)
    assert "<i>Eve" not in hostile.text
    assert visitor.get("/author/Nobody").status_code == 404
    own = browser(site(collection), member(collection)).get("/author/Ada%20Blum").text
    for words in ("Follow this author", ">Save<", 'data-act="vote"', "30 September 2026"):
        assert words in own, words


def test_the_page_shows_years_co_authors_and_topics(tmp_path: Path) -> None:
    others = [("Bo Reed",), ("Bo Reed", "Cy <b>Lee</b>"), ("Bo Reed",), (), ("Cy <b>Lee</b>",)]
    papers = [
        Document(id=f"y:{n}", title=f"Study {n}", year=2020 + n // 3, authors=("Ada Blum", *names), source="x:y")
        for n, names in enumerate(others)
    ]
    with made(tmp_path / "two", papers, synced=False) as collection:
        numbers = list(collection.store.papers.numbers([each.id for each in papers]).values())
        plant(collection, {numbers[0]: (TIDES, 0.5), numbers[1]: (TIDES, 0.5), numbers[2]: (LEAVES, 0.5)})
        assert co_authors(collection.store, "Ada Blum", numbers) == [("Bo Reed", 3), ("Cy <b>Lee</b>", 2)]
        assert collection.store.papers.years(numbers) == {2020: 3, 2021: 2}
        text = browser(site(collection)).get("/author/Ada%20Blum").text
        rail = text[text.index("<aside") :]
        assert 'aria-label="Papers by year: 2 in 2021, 3 in 2020."' in rail
        assert 'href="/author/Bo%20Reed"' in rail
        assert 'href="/author/Ada%20Blum"' not in rail
        assert "<b>Lee" not in rail
        assert rail.index("Tide tables") < rail.index("Leaf outlines")


def test_bars_have_the_lengths_of_their_years_and_a_gap_has_none() -> None:
    drawn = str(bars({2021: 4, 2019: 2, 1990: 7}))
    widths = [float(each) for each in re.findall(r'<rect[^>]* width="([\d.]+)"', drawn)]
    assert widths == pytest.approx([4 / 7 * 176, 2 / 7 * 176, 176], abs=0.1)
    assert "4 in 2021, 0 in 2020, 2 in 2019," in drawn
    assert "7 before." in drawn
    assert bars({}) == ""


def test_its_addresses_stay() -> None:
    assert addresses(router) == {"GET /author/{name:path}"}
