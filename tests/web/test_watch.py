"""A search that becomes an alert: its rate, one press that saves it, one that takes it back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.web.watch import router
from door_kit import addresses
from people_kit import Browser, browser, member, site
from site_kit import HOSTILE
from soup_kit import soups


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with soups(tmp_path / "c") as made_of_soups:
        yield made_of_soups


@pytest.fixture
def ada(collection: Collection) -> Browser:
    return browser(site(collection), member(collection))


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the form that watches."""
    (form,) = re.findall(r'<form action="/search/watch".*?</form>', page, re.S)
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    return {name: unescape(value) for name, value in found}


def test_a_search_is_watched_and_taken_back(collection: Collection, ada: Browser) -> None:
    page = ada.get("/search?q=soup+broth+-owl&since=2025").text
    assert re.search(r'<button class="plain-button" aria-pressed="false">Watch this search</button>', page)
    given = fields(page)
    assert (given["text"], given["without"], given["name"]) == ("soup broth since:2025-01-01", "owl", "soup broth")
    assert collection.store.alerts.of(1) == [], "looking saves nothing"
    answer = ada.press("/search/watch", **{**given, "token": None})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/search?q=soup+broth+-owl&since=2025"
    (alert,) = collection.store.alerts.of(1)
    assert (alert.name, alert.text, alert.without) == ("soup broth", given["text"], ("owl",))
    page = ada.get("/search?q=soup+broth+-owl&since=2025").text
    assert "Watching this search" in page
    assert f'href="/queries/{alert.number}"' in page
    ada.press("/search/watch", **{**fields(page), "token": None})
    assert collection.store.alerts.of(1) == []


def test_a_name_that_is_taken_gets_a_number(collection: Collection, ada: Browser) -> None:
    for text in ("soup broth", "soup broth has:code", "soup broth since:2025-01-01"):
        ada.press("/search/watch", text=text, name="soup broth", next="/search")
    assert sorted(each.name for each in collection.store.alerts.of(1)) == ["soup broth", "soup broth 2", "soup broth 3"]
    ada.press("/search/watch", text="soup broth has:code", undo="1", next="/search")
    assert sorted(each.name for each in collection.store.alerts.of(1)) == ["soup broth", "soup broth 3"]


def test_the_rate_is_what_the_alert_would_have_sent(ada: Browser) -> None:
    assert ada.get("/search/rate?text=soup+broth&least=0.5").text.strip() == "would have sent 1.0 a day"
    assert "would have sent nothing" in ada.get("/search/rate?text=quantum+opera&least=0.9").text
    assert ada.get("/search/rate?text=&without=").text.strip() == ""
    assert ada.get("/search/rate?text=soup&least=enormous").text.strip() == ""


def test_what_is_lost_is_said_next_to_the_button(ada: Browser) -> None:
    page = ada.get("/search?q=soup&until=2030").text
    assert "It does not end on 31 December 2030" in page
    assert "It does not end" not in ada.get("/search?q=soup").text


def test_a_stranger_is_shown_the_way_in(collection: Collection) -> None:
    page = browser(site(collection)).get("/search?q=soup").text
    assert 'href="/sign-in?next=/search%3Fq%3Dsoup">Sign in to watch this search</a>' in page
    assert "/search/rate" not in page


def test_hostile_texts_stay_texts(ada: Browser) -> None:
    page = ada.get("/search", params={"q": HOSTILE}).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_its_addresses_stay() -> None:
    assert addresses(router) == {"GET /search/rate", "POST /search/watch"}
