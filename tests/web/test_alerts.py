"""Alerts as pages: tested before they are saved, changed, shown, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.ingest import ingest
from broadsheet.sync import sync
from broadsheet.web.alerts import router
from door_kit import addresses
from fakes import WordEncoder, paper
from people_kit import Browser, browser, member, site
from site_kit import HOSTILE, NOW, made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    """Ten days, each with one paper on soup and three on other things."""
    papers = []
    for place in range(40):
        title = f"soup broth kettle number{place}" if place % 4 == 0 else f"owl feather wing number{place}"
        papers.append(replace(paper(place, title), announced=NOW.date() - timedelta(days=place // 4)))
    with open_collection(tmp_path / "c", encoder=WordEncoder(64)) as opened:
        ingest(opened, papers, now=NOW, name="jsonl:made.jsonl")
        sync(opened)
        yield opened


@pytest.fixture
def ada(collection: Collection) -> Browser:
    return browser(site(collection), member(collection))


def test_an_alert_is_tested_then_saved(collection: Collection, ada: Browser) -> None:
    page = ada.get("/queries?text=soup+broth&least=0.5").text
    assert "<strong>1.0 papers a day</strong>" in page
    assert "10 of 40 on 10 days" in page
    assert "Stricter: a cosine of 0.55 or more" in page
    assert page.count('<article class="card') == 10
    assert collection.store.alerts.of(1) == []  # trying keeps nothing
    kept = ada.press("/queries", text="soup broth", without="owl; wing", least="0.5", name=" My  soups ")
    (query,) = collection.store.alerts.of(1)
    assert kept.headers["location"] == f"/queries/{query.number}"
    assert (query.name, query.text, query.without, query.least) == ("My soups", "soup broth", ("owl", "wing"), "0.5")
    assert "My soups" in ada.get("/queries").text


def test_a_saved_alert_shows_its_matches(collection: Collection, ada: Browser) -> None:
    where = ada.press("/queries", text="soup broth", least="0.5", name="Soups").headers["location"]
    page = ada.get(where).text
    assert "7 papers in the last 7 days, 1 of them today" in page
    assert page.index("number0<") < page.index("number4<") < page.index("number24<")
    assert "/feeds/own/" in page
    assert f"/latest?query={where.rpartition('/')[2]}" in page


def test_an_alert_is_changed_under_its_name_and_deleted(collection: Collection, ada: Browser) -> None:
    where = ada.press("/queries", text="soup", least="good", name="Soups").headers["location"]
    number = where.rpartition("/")[2]
    assert 'value="soup"' in ada.get(f"/queries?change={number}").text
    page = ada.get(f"/queries?change={number}&text=owl&least=0.4").text
    assert "Save changes" in page
    assert ada.press("/queries", change=number, text="owl", least="0.4").headers["location"] == where
    assert [(each.name, each.text) for each in collection.store.alerts.of(1)] == [("Soups", "owl")]
    ben = browser(site(collection), member(collection, address="ben@example.org"))
    for answer in (
        ben.get(where), ben.get(f"/queries?change={number}"), ben.press(f"{where}/delete"),
        ben.press("/queries", change=number, text="x"),
    ):  # fmt: skip
        assert answer.status_code == 404
    assert ada.press(f"{where}/delete").headers["location"] == "/queries"
    assert ada.get(where).status_code == 404


def test_invalid_input_gets_a_message(collection: Collection, ada: Browser) -> None:
    ada.press("/queries", text="soup", name="Soups")
    for fields, words in (
        ({"text": "owl", "name": "Soups"}, "an alert named"),
        ({"text": "owl", "name": " "}, "needs a name"),
        ({"text": " ", "name": "x"}, "needs some words"),
        ({"text": "owl", "least": "best", "name": "x"}, "best"),
        ({"text": "owl", "without": ";".join("abcdefghijklmnopqrstuvwxyz"), "name": "x"}, "at most 20 exclusions"),
    ):
        answer = ada.press("/queries", **fields)
        assert 'role="alert"' in answer.text, fields
        assert words in answer.text
    assert len(collection.store.alerts.of(1)) == 1
    assert 'role="alert"' in ada.get("/queries?text=owl&least=best").text
    assert ada.get("/queries?change=9e9&text=").status_code == 200
    assert ada.get("/queries?change=12345").status_code == 404
    assert ada.get("/queries/99999999999999999999").status_code == 422


def test_hostile_words_are_shown_escaped(ada: Browser) -> None:
    page = ada.get("/queries", params={"text": HOSTILE, "without": HOSTILE, "least": "0.1"}).text
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_before_the_first_sync_it_says_so(tmp_path: Path) -> None:
    with made(tmp_path / "bare", synced=False) as bare:
        ada = browser(site(bare), member(bare))
        assert "sync" in ada.get("/queries?text=leaf").text
        where = ada.press("/queries", text="leaf", name="Leaves").headers["location"]
        assert 'role="alert"' in ada.get(where).text


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /queries",
        "POST /queries",
        "GET /queries/{number}",
        "POST /queries/{number}/delete",
    }
