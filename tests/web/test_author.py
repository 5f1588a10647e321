"""The page of an author."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.web.author import router
from door_kit import addresses
from people_kit import browser, member, site
from site_kit import made


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


def test_its_addresses_stay() -> None:
    assert addresses(router) == {"GET /author/{name:path}"}
