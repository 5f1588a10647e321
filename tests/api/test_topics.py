"""Topics, for programs: what there is, what each is, its papers, following, and an editor's acts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from broadsheet.api.topics import router
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.types import Document
from broadsheet.exports.formats import FORMATS
from broadsheet.server import create_app
from broadsheet.topics.tree import bring_up
from door_kit import addresses
from program_kit import program
from role_kit import program_as
from site_kit import FILLERS, NOW, PAPERS, made
from topic_kit import SUBJECTS, filled, papers
from topics_kit import KNOTS, LEAVES, PLANTS, SEAS, TIDES, plant

HERB, HARBOUR = PAPERS[0], "fill:07"


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    """Papers in topics, for one test: the fillers are about tides, the later the nearer."""
    with made(tmp_path / "c") as collection:
        place(collection, {HERB.id: (LEAVES, 0.9)} | tides(FILLERS) | {PAPERS[1].id: (KNOTS, 0.4)})
        yield collection


@pytest.fixture
def client(collection: Collection) -> TestClient:
    return TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")


def tides(papers: tuple[Document, ...]) -> dict[str, tuple[int, float]]:
    return {paper.id: (TIDES, 0.5 + place / 100) for place, paper in enumerate(papers)}


def place(collection: Collection, homes: dict[str, tuple[int, float]]) -> None:
    numbers = collection.store.papers.numbers(list(homes))
    plant(collection, {numbers[id_]: home for id_, home in homes.items()})


def asked(client: TestClient, path: str, status: int = 200) -> Any:
    answer = client.get(f"/api/{path}")
    assert answer.status_code == status, answer.text
    return answer.json()


def test_every_field_comes_with_its_topics_the_largest_first(client: TestClient) -> None:
    every = asked(client, "topics")
    assert [(each["id"], each["papers"]) for each in every["items"]] == [
        (SEAS, 31), (TIDES, 30), (KNOTS, 1), (PLANTS, 1), (LEAVES, 1),
    ]  # fmt: skip
    assert every["note"] == ""
    tide = every["items"][1]
    assert (tide["level"], tide["parent"], tide["slug"]) == ("topic", SEAS, "4-tide-tables")
    assert (tide["name"], tide["own_name"], tide["phrases"]) == ("Tide tables", "Tide tables", ["tide tables"])
    assert [each["id"] for each in asked(client, "topics?level=field")["items"]] == [SEAS, PLANTS]
    assert [each["id"] for each in asked(client, "topics?level=topic")["items"]] == [TIDES, KNOTS, LEAVES]
    asked(client, "topics?level=galaxy", 422)


def test_without_topics_the_reason_is_said(tmp_path: Path) -> None:
    with made(tmp_path / "none", PAPERS[:2]) as collection:
        client = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
        found = asked(client, "topics")
        assert found["items"] == []
        assert "There are no topics yet" in found["note"]
        assert asked(client, "topics/rising")["note"] == found["note"]
        assert "no topics yet" in asked(client, "topics/1", 404)["detail"]
        assert asked(client, f"papers/{HERB.id}")["topic"] is None


def test_one_topic_with_its_weeks_and_neighbours(client: TestClient, collection: Collection) -> None:
    store = collection.store
    whole = asked(client, "topics/4-whatever-words")
    assert (whole["topic"]["name"], whole["field"]["name"], whole["topics"]) == ("Tide tables", "Seas", [])
    assert len(whole["weeks"]) == 52
    assert all(date.fromisoformat(week["monday"]).weekday() == 0 for week in whole["weeks"])
    assert whole["merged"] == []
    field = asked(client, "topics/Seas")
    assert [each["id"] for each in field["topics"]] == [TIDES, KNOTS]
    store.topics.join(KNOTS, TIDES)
    merged = asked(client, f"topics/{KNOTS}")
    assert (merged["topic"]["id"], merged["topic"]["papers"]) == (TIDES, 31)
    assert merged["merged"] == [{"id": KNOTS, "name": "Knots and ropes"}]
    assert "no topic has the number 77" in asked(client, "topics/77", 404)["detail"]
    assert "Did you mean Tide tables?" in asked(client, "topics/Tide%20table", 404)["detail"]


def test_the_papers_of_a_topic_in_three_orders(client: TestClient, collection: Collection) -> None:
    first = asked(client, f"topics/{TIDES}/papers?limit=2")
    assert ([each["id"] for each in first["items"]], first["more"]) == (["fill:29", "fill:28"], True)
    assert {each["topic"]["name"] for each in first["items"]} == {"Tide tables"}
    [number] = collection.store.papers.numbers([HARBOUR]).values()
    person = collection.store.people.add("ben@example.org", role="reader", now=NOW).number
    collection.store.reactions.mark("votes", person, [number], now=NOW)
    [voted] = asked(client, f"topics/{TIDES}/papers?sort=votes&limit=1")["items"]
    assert (voted["id"], voted["votes"]) == (HARBOUR, 1)
    newest = asked(client, f"topics/{SEAS}/papers?sort=newest&limit=3&offset=1")
    assert [each["id"] for each in newest["items"]] == ["fill:28", "fill:27", "fill:26"]
    assert [each["id"] for each in asked(client, f"topics/{SEAS}/papers?sort=newest&offset=30")["items"]] == [
        "hep-th/9901001"
    ]
    asked(client, f"topics/{TIDES}/papers?sort=beauty", 422)


def test_the_next_part_is_linked(client: TestClient) -> None:
    part = client.get(f"/api/topics/{TIDES}/papers?limit=20")
    following = client.get(part.links["next"]["url"]).json()
    ids = [each["id"] for each in (*part.json()["items"], *following["items"])]
    assert (len(set(ids)), following["offset"], following["more"]) == (30, 20, False)


def test_papers_say_their_topic_and_a_search_counts_topics(client: TestClient) -> None:
    assert asked(client, f"papers/{HERB.id}")["topic"] == {"id": LEAVES, "name": "Leaf outlines"}
    day = asked(client, f"daily?period={HERB.day}")
    [work] = day["items"]
    assert day["topics"] == [{"id": LEAVES, "name": "Leaf outlines", "papers": 1}]
    assert work["paper"]["topic"]["id"] == LEAVES
    found = asked(client, "search?q=tide+tables+knots&mode=lexical&k=1")
    assert found["topics"] == [
        {"id": TIDES, "name": "Tide tables", "papers": 30}, {"id": KNOTS, "name": "Knots and ropes", "papers": 1}
    ]  # fmt: skip
    assert found["items"][0]["paper"]["topic"]["name"] in ("Tide tables", "Knots and ropes")
    only = asked(client, "search?q=tide+tables+knots&mode=lexical&topic=knots+and+ropes")
    assert [each["paper"]["id"] for each in only["items"]] == ["hep-th/9901001"]


@pytest.mark.parametrize("topic", ["Tide table", "99", "-"])
def test_an_unknown_topic_finds_nothing_and_is_said(client: TestClient, topic: str) -> None:
    for found in (asked(client, f'search?q=tide+topic:"{topic}"'), asked(client, f"search?q=tide&topic={topic}"),
                  asked(client, f"search?topic={topic}")):  # fmt: skip
        assert found["items"] == []
        assert f"No topic is called “{topic}”; `broadsheet topics` lists them." in found["note"]
    day = asked(client, f"daily?period=2026-09&topic={topic}")
    assert (day["items"], "No topic is called" in day["note"]) == ([], True)


def test_topics_that_rise(tmp_path: Path) -> None:
    today = NOW.date()
    old = tuple(
        replace(FILLERS[0], id=f"old:{n}", title=f"Old {n}", listed=today - timedelta(days=8 + n)) for n in range(70)
    )
    new = tuple(
        replace(FILLERS[0], id=f"new:{n}", title=f"New {n}", listed=today - timedelta(days=n % 5)) for n in range(20)
    )
    with made(tmp_path / "c", old + new, synced=False) as collection:
        place(
            collection,
            dict.fromkeys((each.id for each in old), (TIDES, 0.9))
            | dict.fromkeys((each.id for each in new), (KNOTS, 0.9)),
        )
        client = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
        rising = asked(client, "topics/rising")
        [knots] = rising["items"]
        assert (knots["topic"]["id"], knots["recent"], rising["note"], rising["days"]) == (KNOTS, 20, "", 7)
        assert knots["expected"] < 5 < knots["recent"]
        assert knots["score"] > 1
        asked(client, "topics/rising?days=32", 422)


def test_a_topic_has_a_feed_in_every_form(client: TestClient, collection: Collection) -> None:
    for form, kind in FORMATS.items():
        answer = client.get(f"/feeds/topic/{TIDES}.{form}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == kind.media
    feed = client.get("/feeds/topic/4-tide-tables.json?limit=3")
    assert [each["title"].split()[3] for each in feed.json()["items"]] == ["29", "28", "27"]
    assert (feed.json()["title"], feed.json()["home_page_url"]) == (
        "Broadsheet: Tide tables", "http://localhost/topic/4-tide-tables"
    )  # fmt: skip
    rest = client.get(feed.links["next"]["url"]).json()["items"]
    assert [each["title"].split()[3] for each in rest[:1]] == ["26"]
    atom = [client.get(f"/feeds/topic/{name}.atom").text for name in ("tide%20tables", TIDES, KNOTS)]
    assert "tag:localhost,2026:feeds/topic/4</id>" in atom[0]
    collection.store.topics.join(KNOTS, TIDES)
    assert "tag:localhost,2026:feeds/topic/4</id>" in client.get(f"/feeds/topic/{KNOTS}.atom").text
    assert "tag:localhost,2026:feeds/topic/5</id>" in atom[2]
    assert client.get("/feeds/topic/99.atom").status_code == 404
    assert client.get(f"/feeds/topic/{TIDES}.zip").status_code == 404


def test_topics_are_followed(collection: Collection) -> None:
    ada = program(collection)
    assert [each["id"] for each in ada.put("/api/topics/tide%20tables/follow").json()] == [TIDES]
    assert [each["name"] for each in ada.put(f"/api/topics/{PLANTS}/follow").json()] == ["Plants", "Tide tables"]
    assert [each["id"] for each in ada.get("/api/topics/followed").json()] == [PLANTS, TIDES]
    collection.store.topics.join(TIDES, KNOTS)
    assert [each["id"] for each in ada.delete(f"/api/topics/{TIDES}/follow").json()] == [PLANTS]
    assert ada.put("/api/topics/99/follow").status_code == 404
    assert program(collection, writes=False).put(f"/api/topics/{TIDES}/follow").status_code == 403


def test_an_editor_renames_pins_merges_and_separates(collection: Collection) -> None:
    editor = program_as(collection, "editor")
    named = editor.patch(f"/api/topics/{KNOTS}", json={"name": "Ropes", "pinned": True}).json()
    assert (named["name"], named["own_name"], named["pinned"]) == ("Ropes", "Knots and ropes", True)
    assert editor.patch(f"/api/topics/{KNOTS}", json={}).json() == named
    assert editor.patch(f"/api/topics/{KNOTS}", json={"name": "Tide tables"}).status_code == 400
    undone = editor.patch("/api/topics/ropes", json={"name": "", "pinned": False}).json()
    assert (undone["name"], undone["pinned"]) == ("Knots and ropes", False)
    merged = editor.post(f"/api/topics/{KNOTS}/merge", json={"into": "tide tables"}).json()
    assert (merged["id"], merged["papers"]) == (TIDES, 31)
    for into, status in (("Plants", 400), (PLANTS, 400), (TIDES, 400), (99, 404), (0, 422), ("", 422)):
        assert editor.post(f"/api/topics/{TIDES}/merge", json={"into": into}).status_code == status
    again = editor.post(f"/api/topics/{KNOTS}/separate").json()
    assert (again["id"], again["papers"]) == (KNOTS, 1)
    assert editor.post(f"/api/topics/{KNOTS}/separate").status_code == 400


def test_an_editor_splits_a_topic(tmp_path: Path) -> None:
    with filled(tmp_path / "c", papers(SUBJECTS, 12)) as collection:
        bring_up(collection, now=NOW)
        editor = program_as(collection, "editor")
        [largest, *_] = sorted(editor.get("/api/topics?level=topic").json()["items"], key=lambda each: -each["papers"])
        stays, leaves = editor.post(f"/api/topics/{largest['id']}/split").json()
        assert (stays["id"], stays["papers"] + leaves["papers"]) == (largest["id"], largest["papers"])
        assert leaves["parent"] == largest["parent"]
        assert editor.post(f"/api/topics/{largest['parent']}/split").status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"pinned": True}),
        ("POST", "/merge", {"into": "4"}),
        ("POST", "/separate", None),
        ("POST", "/split", None),
    ],
)
def test_readers_edit_nothing(collection: Collection, method: str, path: str, body: object) -> None:
    said = program_as(collection).request(method, f"/api/topics/{KNOTS}{path}", json=body)
    assert (said.status_code, "role editor" in said.json()["detail"]) == (403, True)
    assert [each.pinned for each in collection.store.topics.all()] == [False] * 5


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /api/topics",
        "GET /api/topics/followed",
        "GET /api/topics/rising",
        "GET /api/topics/{id}",
        "PATCH /api/topics/{id}",
        "GET /api/topics/{id}/papers",
        "PUT /api/topics/{id}/follow",
        "DELETE /api/topics/{id}/follow",
        "POST /api/topics/{id}/merge",
        "POST /api/topics/{id}/separate",
        "POST /api/topics/{id}/split",
    }
