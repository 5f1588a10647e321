"""What suits a reader, through the API: picks with their interests, standing queries, authors; and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.people import account
from broadsheet.server import create_app
from site_kit import NOW, PAPERS, made

HERB = "2401.00001"
DAY = NOW.date() - timedelta(days=2)
FRESH = tuple(
    replace(paper, id=f"new:{place}", title=f"{paper.title}, {place}", aliases=(), announced=None, listed=DAY)
    for place, paper in enumerate(PAPERS[:4])
)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    with made(tmp_path_factory.mktemp("tastes"), PAPERS + FRESH) as collection:
        yield collection


@pytest.fixture
def ada(collection: Collection) -> Iterator[TestClient]:
    yield program(collection, "ada@example.org")
    collection.store.remove_person(_person(collection, "ada@example.org"))


def _person(collection: Collection, address: str) -> int:
    person = collection.store.person_at(address)
    assert person
    return person.number


def program(collection: Collection, address: str, *, writes: bool = True) -> TestClient:
    person = collection.store.add_person(address, "reader", now=NOW)
    key = account.make_token(collection.store, person, "test", writes=writes, now=NOW)
    app = create_app(collection, Settings(people="open"), now=lambda: NOW)
    return TestClient(app, base_url="http://localhost", headers={"authorization": f"Bearer {key}"})


def test_a_query_is_tried_kept_read_and_taken_away(ada: TestClient) -> None:
    wish = {"text": "herbarium sheets", "least": "fair"}
    trial = ada.get("/api/queries/tried", params={**wish, "without": ["knots", "tides"]}).json()
    assert trial["rate"]["least"] == "fair"
    assert trial["looked"] >= trial["rate"]["papers"] == len(trial["newest"]) > 0
    assert ada.get("/api/queries").json() == [], "trying keeps nothing"
    kept = ada.post("/api/queries", json={"name": "Herbs", **wish, "without": ["knots"]})
    assert (kept.status_code, kept.json()["without"]) == (201, ["knots"])
    number = kept.json()["id"]
    assert ada.get(f"/api/queries/{number}").json() == kept.json()
    found = ada.get(f"/api/queries/{number}/papers").json()
    assert found[0]["paper"]["title"].startswith("Sorting Herbarium Sheets")
    assert "called 'Herbs' already" in ada.post("/api/queries", json={"name": "Herbs", **wish}).json()["detail"]
    assert ada.delete(f"/api/queries/{number}").status_code == 204
    assert ada.get(f"/api/queries/{number}").status_code == 404


def test_picks_name_their_interest_and_the_papers_they_are_near(collection: Collection, ada: TestClient) -> None:
    assert "Nothing to go by yet" in ada.get("/api/foryou").json()["note"]
    assert ada.put(f"/api/papers/{HERB}/vote").status_code == 200
    told = ada.get("/api/foryou", params={"limit": 2}).json()
    assert told["items"], told["note"]
    assert sum(each["share"] for each in told["interests"]) == pytest.approx(1)
    assert told["items"][0]["near"][0]["paper"] == HERB
    assert HERB not in [each["paper"]["id"] for each in told["items"]]


def test_authors_are_followed_by_name(ada: TestClient) -> None:
    assert ada.put("/api/authors/Ada%20Blum").json() == ["Ada Blum"]
    assert all("Ada Blum" in str(each["authors"]) for each in ada.get("/api/authors/papers").json())
    assert HERB in [each["id"] for each in ada.get("/api/authors/papers").json()]
    assert ada.delete("/api/authors/Ada%20Blum").json() == []
    assert ada.get("/api/authors/papers").json() == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " ", "text": "tides"}, "type one"),
        ({"name": "x", "text": " "}, "needs some words"),
        ({"name": "x", "text": "tides", "least": "very"}, "no 'very'"),
        ({"name": "x", "text": "tides", "without": ["y"] * 21}, "without"),
    ],
)
def test_what_cannot_be_kept_is_one_line(ada: TestClient, fields: dict[str, object], said: str) -> None:
    answer = ada.post("/api/queries", json=fields)
    assert answer.status_code in (400, 422)
    assert said in answer.json()["detail"]


def test_nobody_reads_or_changes_what_is_anothers(collection: Collection, ada: TestClient) -> None:
    number = ada.post("/api/queries", json={"name": "Mine", "text": "tides"}).json()["id"]
    bo = program(collection, "bo@example.org", writes=False)
    assert bo.get("/api/queries").json() == []
    for path in (f"/api/queries/{number}", f"/api/queries/{number}/papers"):
        assert bo.get(path).status_code == 404
    assert bo.delete(f"/api/queries/{number}").status_code == 403, "the token may only read"
    assert bo.put("/api/authors/Bo").status_code == 403
    assert ada.get("/api/queries").json()[0]["id"] == number


def test_links_lead_through_what_trends(ada: TestClient) -> None:
    whole = [each["paper"]["id"] for each in ada.get("/api/trending").json()["items"]]
    first = ada.get("/api/trending?limit=2")
    second = ada.get(first.links["next"]["url"]).json()
    assert len(whole) > 2
    assert [each["paper"]["id"] for each in (*first.json()["items"], *second["items"])] == whole[:4]
    assert second["items"][0]["rank"] == 3
