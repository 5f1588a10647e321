"""The reader's own feed: whose it is, what it is made from, and what it says when there is nothing to go by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from asking_kit import refused, site_of, told
from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.ingest import ingest
from broadsheet.mcp.context import Caller
from broadsheet.mcp.http import application
from broadsheet.people import links
from broadsheet.sync import sync
from people_kit import browser, site
from site_kit import NOW, PAPERS, made

FRESH = tuple(
    Document(
        id=f"new:{kind}:{i}",
        title=f"{title} {i}",
        text=text,
        listed=date(2026, 10, 1) - timedelta(days=i),
        source="jsonl:new",
    )
    for kind, title, text in (
        (
            "leaf",
            "Leaf Outlines of Herbarium Sheets",
            "The outline of a leaf on a sheet tells species apart.",
        ),
        ("tide", "Tide Tables from Moon Phases", "Tide tables of a harbour are predicted from phases of the moon."),
    )
    for i in range(3)
)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", PAPERS + FRESH) as collection:
        yield collection


def _liking(collection: Collection, person: int, *ids: str) -> None:
    collection.store.reactions.mark("votes", person, list(collection.store.papers.numbers(ids).values()), now=NOW)


def test_the_sole_readers_votes_make_the_feed(collection: Collection) -> None:
    site = site_of(collection)
    assert "nothing is known about the reader yet" in refused(site, "get_my_feed")
    sole = collection.store.people.add_sole(now=NOW)
    assert "Nothing to go by yet" in told(site, "get_my_feed")["note"]
    _liking(collection, sole.number, "2401.00001")
    answer = told(site, "get_my_feed", limit=2)
    first, second = answer["papers"]
    assert [each["id"].split(":")[1] for each in (first, second)] == ["leaf", "leaf"]
    assert (first["rank"], first["near"], answer["more"], answer["next_offset"]) == (1, ["2401.00001"], True, 2)
    assert first["untrusted"]["interest"]
    rest = told(site, "get_my_feed", limit=50, offset=2)
    ids = [each["id"] for each in (*answer["papers"], *rest["papers"])]
    assert (len(ids), len(set(ids)), rest["more"]) == (6, 6, False)  # what is liked is not picked again
    assert "ends before" in told(site, "get_my_feed", offset=99)["note"]


def test_only_the_newest_days_are_picked_from(collection: Collection) -> None:
    sole = collection.store.people.add_sole(now=NOW)
    _liking(collection, sole.number, "2401.00001")
    ids = {each["id"] for each in told(site_of(collection), "get_my_feed", days=1)["papers"]}
    assert ids == {"new:leaf:0", "new:tide:0"}
    ids = {each["id"] for each in told(site_of(collection), "get_my_feed", days=2)["papers"]}
    assert ids == {"new:leaf:0", "new:tide:0", "new:leaf:1", "new:tide:1"}


def test_it_is_what_the_page_for_you_shows(collection: Collection) -> None:
    """Less copies of one work and of what is liked, less what the editor has hidden, of the same days, in one order."""
    sole, store = collection.store.people.add_sole(now=NOW), collection.store
    _liking(collection, sole.number, "2401.00001")
    liked = store.papers.get("2401.00001")
    assert liked is not None
    copies = [
        replace(liked, id="copy:liked", aliases=(), announced=None, listed=date(2026, 10, 1), source="jsonl:elsewhere"),
        *(replace(FRESH[0], id=f"copy:{n}", source=f"jsonl:{n}") for n in range(3)),
    ]
    ingest(collection, copies, now=NOW, name="jsonl:copies")
    sync(collection)
    store.desk.decide(store.papers.number("new:tide:2") or 0, "hide", sole.number, now=NOW)
    agent = [each["id"] for each in told(site_of(collection), "get_my_feed", limit=20)["papers"]]
    page = browser(site(collection, people="single")).get("/foryou").text
    shown = [paper.partition('href="/paper/')[2].partition('"')[0] for paper in page.split("<article")[1:]]
    assert agent == shown
    assert len(agent) == 5, "three leaves and two tides, each work once"
    assert "copy:liked" not in agent


def test_each_reader_has_a_feed_and_a_stranger_none(collection: Collection) -> None:
    store = collection.store
    for name, liked in (("ada", "new:leaf:2"), ("bo", "new:tide:2")):
        person = store.people.add(f"{name}@example.org", "reader", now=NOW)
        store.people.add_token(links.digest(f"t-{name}"), person.number, "agent", writes=False, now=NOW)
        _liking(collection, person.number, liked)
    site = site_of(collection, people="open")
    assert "the call does not say which" in refused(site, "get_my_feed", caller=Caller())
    assert told(site, "get_my_feed", caller=site.caller("ADA@example.org"))["papers"][0]["id"].startswith("new:leaf")

    def first(client: TestClient, name: str) -> Any:
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "get_my_feed"}}
        kinds = {"accept": "application/json, text/event-stream", "authorization": f"Bearer t-{name}"}
        result = client.post("/mcp", json=body, headers=kinds).json()["result"]
        return result["structuredContent"]["papers"][0]["id"]

    with TestClient(application(site), base_url="http://127.0.0.1:8001") as client:
        assert first(client, "ada").startswith("new:leaf")
        assert first(client, "bo").startswith("new:tide")
