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
from topics_kit import LEAVES, TIDES, plant


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


def test_topics_are_followed_and_their_papers_shown_with_the_reason(collection: Collection, ada: Browser) -> None:
    herb, tides = (collection.store.papers.number(name) or 0 for name in ("2401.00001", "fill:03"))
    plant(collection, {herb: (LEAVES, 0.9), tides: (TIDES, 0.8)})
    assert "You follow no topics yet" in ada.get("/interests").text
    gone = ada.press("/topics/follow", topic=f"{LEAVES}-leaf-outlines", next="/topic/3-leaf-outlines")
    assert gone.headers["location"] == "/topic/3-leaf-outlines"
    ada.press("/topics/follow", topic="seas")
    page = ada.get("/interests").text
    assert "Papers in these topics" in page
    assert page.count('action="/topics/follow"') == 3
    assert "Sorting Herbarium Sheets" in page
    assert "In “Leaf outlines”, which you follow." in page
    assert "In “Seas”, which you follow." in page
    ada.press("/authors", author="Ada Blum")
    page = ada.get("/interests").text
    assert "Papers by these authors and in these topics" in page
    assert "By Ada Blum, whom you follow." in page
    ada.press("/authors", author="Ada Blum", undo="1")
    ada.press("/topics/follow", topic=str(LEAVES), undo="1")
    assert "Sorting Herbarium Sheets" not in ada.get("/interests").text


def test_an_unknown_topic_is_said_in_words(collection: Collection, ada: Browser) -> None:
    assert "Topics you follow" not in ada.get("/interests").text, "a Collection without topics does not speak of them"
    answer = ada.press("/topics/follow", topic="tide table")
    assert answer.status_code == 404
    assert "no topics yet" in answer.text
    plant(collection)
    answer = ada.press("/topics/follow", topic="<b>tide table")
    assert answer.status_code == 404
    assert "Did you mean Tide tables" in answer.text
    assert "<b>tide" not in answer.text


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "POST /authors",
        "POST /topics/follow",
        "GET /interests",
    }
