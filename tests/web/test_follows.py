"""Followed authors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.web.follows import router
from door_kit import addresses
from people_kit import Browser, browser, member, site
from site_kit import made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


@pytest.fixture
def ada(collection: Collection) -> Browser:
    return browser(site(collection), member(collection))


def test_authors_are_followed_and_their_papers_shown(collection: Collection, ada: Browser) -> None:
    assert ada.press("/authors", author="Ada  Blum", next="/author/Ada%20Blum").headers["location"] == (
        "/author/Ada%20Blum"
    )
    ada.press("/authors", author='<i>"Eve</i>')
    page = ada.get("/interests").text
    assert "Sorting Herbarium Sheets" in page
    assert "&lt;i&gt;" in page
    assert "<i>&" not in page
    assert "Unfollow this author" in ada.get("/author/Ada%20Blum").text
    ada.press("/authors", author="Ada Blum", undo="1")
    assert "Sorting Herbarium Sheets" not in ada.get("/interests").text
    assert ada.press("/authors", author=" ").status_code == 400


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "POST /authors",
        "GET /interests",
    }
