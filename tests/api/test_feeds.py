"""Feeds and exports of every list: their addresses, what other readers make of them, what is not sent twice."""

from __future__ import annotations

import io
import json
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import quote

import feedparser
import pytest
from fastapi.testclient import TestClient

from broadsheet.api.feeds import router
from broadsheet.config import Settings
from broadsheet.exports.formats import FORMATS
from broadsheet.server import create_app
from door_kit import addresses
from site_kit import NOW, ODD_ID, PAPERS, made

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import atoma

LISTS = (
    "latest", "day/2026-09-30", "week/2026-W40", "month/2025-01", "trending", "newest", "search", "author/blum",
    "similar/2401.00001", "similar/hep-th/9901001", f"similar/{quote(ODD_ID, safe='')}",
)  # fmt: skip


def read(response: Any) -> Any:
    assert response.status_code == 200, response.text
    found = feedparser.parse(io.BytesIO(response.content))
    assert not found.bozo, found.get("bozo_exception")
    return found


@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_every_form(client: TestClient, name: str) -> None:
    asked = {"q": "tide tables"} if name == "search" else {}
    for form, kind in FORMATS.items():
        answer = client.get(f"/feeds/{name}.{form}", params=asked)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == kind.media
        assert ("attachment" in answer.headers.get("content-disposition", "")) is not kind.feed
    atom = client.get(f"/feeds/{name}.atom", params=asked)
    entries = read(atom).entries
    assert entries
    assert len(atoma.parse_atom_bytes(atom.content).entries) == len(entries)
    assert len(read(client.get(f"/feeds/{name}.rss", params=asked)).entries) == len(entries)
    assert len(client.get(f"/feeds/{name}.json", params=asked).json()["items"]) == len(entries)


def test_addresses_are_whole_and_ids_do_not_hang_on_them(client: TestClient) -> None:
    one = read(client.get("/feeds/day/2026-09-30.atom?sort=newest")).feed
    other = read(client.get("/feeds/day/2026-09-30.atom?sort=newest", headers={"host": "127.0.0.1:8000"})).feed
    assert one.id == other.id == "tag:localhost,2026:feeds/day/2026-09-30%3Fsort=newest"
    assert {each.rel: each.href for each in other.links} == {
        "self": "http://127.0.0.1:8000/feeds/day/2026-09-30.atom?sort=newest",
        "alternate": "http://127.0.0.1:8000/day/2026-09-30?sort=newest",
    }
    rss = read(client.get("/feeds/day/2026-09-30.rss")).entries[0]
    atom = read(client.get("/feeds/newest.atom")).entries[0]
    assert rss.id == atom.id == "tag:localhost,2026:paper/2401.00001"


def test_a_public_address_goes_before_the_one_asked_for(tmp_path: Path) -> None:
    settings = Settings(address="https://papers.example.org/")
    with made(tmp_path, PAPERS, synced=False) as collection:
        client = TestClient(create_app(collection, settings, now=lambda: NOW), base_url="http://localhost")
        entry = read(client.get("/feeds/latest.atom")).entries[0]
    assert entry.link == "https://papers.example.org/paper/2401.00001"
    assert entry.id == "tag:papers.example.org,2026:paper/2401.00001"


def test_parts_of_a_list_lead_on(client: TestClient) -> None:
    seen, address = [], "http://localhost/feeds/newest.json?limit=15"
    for _ in range(3):
        page = client.get(address)
        seen += [item["id"] for item in page.json()["items"]]
        address = page.json().get("next_url", "")
        assert (f'<{address}>; rel="next"' == page.headers.get("link")) == bool(address)
        if not address:
            break
    assert len(seen) == len(set(seen)) == 35, "all but the shelf's"


def test_the_latest_days_come_newest_first(client: TestClient) -> None:
    days = [entry.published[:10] for entry in read(client.get("/feeds/latest.atom?days=3")).entries]
    assert days == ["2026-09-30", "2025-01-30", "2025-01-29"]


def test_filters_hold_in_feeds_too(client: TestClient) -> None:
    assert [e.title for e in read(client.get("/feeds/month/2026-09.rss?category=cs.CV")).entries]
    assert not read(client.get("/feeds/month/2026-09.rss?category=math")).entries
    assert not read(client.get("/feeds/search.atom?q=tide&until=1990")).entries


def test_the_feed_of_a_search_holds_only_what_matches(client: TestClient) -> None:
    def titles(address: str) -> list[str]:
        answer = client.get(f"/feeds/search.{address}")
        assert answer.status_code == 200
        return [each["title"] for each in answer.json()["items"]]

    assert titles("json?q=zzzqqq") == []
    near, all_ = titles("json?q=herbarium+leaf+outline"), titles("json?q=herbarium+leaf+outline&least=weak")
    assert near == titles("json?q=herbarium+leaf+outline&least=fair&k=50")
    assert 1 <= len(near) < len(all_) == 36
    assert near == all_[: len(near)]
    assert set(titles("json?q=herbarium+leaf+outline&least=strong")) <= set(near)
    assert titles("json?q=2401.00001") == ["Sorting Herbarium Sheets by Leaf Outline"]
    assert len(titles("json?q=&author=blum")) == len(titles("json?q=author:blum")) == 1  # conditions alone: by day
    assert len(client.get("/feeds/search.bib?q=zzzqqq").text) > 1_000  # a file holds what the page shows


def test_the_feed_of_a_search_names_its_page_and_its_next_part_until_nothing_matches(client: TestClient) -> None:
    feed = client.get("/feeds/search.json?q=tide+tables&k=10&least=fair").json()
    assert feed["home_page_url"].endswith("/search?q=tide+tables")
    assert "least=fair" in feed["next_url"]
    assert "next_url" not in client.get("/feeds/search.json?q=zzzqqq&k=10").json()


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/feeds/search.atom?q=x&least=best", 422, "least"),
        ("/feeds/latest.xml", 404, "Known: atom"),
        ("/feeds/day/2026-13-01.atom", 404, "is not a day"),
        ("/feeds/week/2026-09-30.atom", 404, "is not a week"),
        ("/feeds/similar/nope/1.atom", 404, "'nope/1'"),
        ("/feeds/nothing.atom", 404, "/feeds/nothing.atom"),
        ("/feeds/latest.atom?days=0", 422, "days"),
        ("/feeds/search.atom?q=x&mode=psychic", 422, "mode"),
        ("/feeds/day/2026-09-30.atom?sort=stars", 400, "stars"),
    ],
)
def test_what_is_no_list_is_a_problem(client: TestClient, path: str, status: int, said: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert said in answer.json()["detail"]


def test_a_json_feed_says_what_only_papers_have(client: TestClient) -> None:
    item = json.loads(client.get("/feeds/day/2026-09-30.json").content)["items"][0]
    assert item["_paper"] == {
        "id": "2401.00001", "arxiv_id": "2401.00001", "doi": "10.5555/herb", "venue": "Journal of Pressed Plants",
        "votes": 12, "links": {"abstract": "https://example.org/abs/2401.00001", "code": PAPERS[0].links["code"]},
    }  # fmt: skip


def test_votes_of_people_here_count_as_on_the_pages(tmp_path: Path) -> None:
    with made(tmp_path / "c") as collection:
        sole = collection.store.people.add_sole(now=NOW)
        number = collection.store.papers.number("2401.00001")
        assert number
        collection.store.reactions.mark("votes", sole.number, [number], now=NOW)
        client = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
        assert client.get("/api/papers/2401.00001").json()["votes"] == 13
        entries = {e["_paper"]["id"]: e for e in client.get("/feeds/day/2026-09-30.json").json()["items"]}
        assert entries["2401.00001"]["_paper"]["votes"] == 13
        assert "2401.00001" in client.get("/feeds/day/2026-09-30.csv").text
        assert "- Votes: 13" in client.get("/papers/2401.00001.md").text


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /feeds/author/{name:path}.{form}",
        "GET /feeds/day/{name}.{form}",
        "GET /feeds/latest.{form}",
        "GET /feeds/month/{name}.{form}",
        "GET /feeds/newest.{form}",
        "GET /feeds/search.{form}",
        "GET /feeds/similar/{id:path}.{form}",
        "GET /feeds/topic/{topic}.{form}",
        "GET /feeds/trending.{form}",
        "GET /feeds/week/{name}.{form}",
    }
