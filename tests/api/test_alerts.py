"""Standing queries, through the API: tried, kept, read, taken away; and nobody else's."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from broadsheet.api.alerts import router
from broadsheet.collection import Collection
from door_kit import addresses
from program_kit import program


def test_a_query_is_tried_kept_read_and_taken_away(ada: TestClient) -> None:
    wish = {"text": "herbarium sheets", "least": "fair"}
    trial = ada.get("/api/queries/tried", params={**wish, "without": ["knots", "tides"]}).json()
    assert trial["rate"]["least"] == "fair"
    assert trial["looked"] >= trial["rate"]["papers"] == len(trial["newest"]) > 0
    assert [rate["least"] for rate in trial["rates"]] == ["fair", "good", "strong"]
    assert trial["rates"][0] == trial["rate"]
    assert {each["paper"]["id"] for each in trial["above"]} <= {each["paper"]["id"] for each in trial["newest"]}
    assert ada.get("/api/queries").json() == [], "trying keeps nothing"
    kept = ada.post("/api/queries", json={"name": "Herbs", **wish, "without": ["knots"]})
    assert (kept.status_code, kept.json()["without"]) == (201, ["knots"])
    number = kept.json()["id"]
    assert ada.get(f"/api/queries/{number}").json() == kept.json()
    found = ada.get(f"/api/queries/{number}/papers").json()
    assert found[0]["paper"]["title"].startswith("Sorting Herbarium Sheets")
    assert "an alert named 'Herbs' already" in ada.post("/api/queries", json={"name": "Herbs", **wish}).json()["detail"]
    assert ada.delete(f"/api/queries/{number}").status_code == 204
    assert ada.get(f"/api/queries/{number}").status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " ", "text": "tides"}, "type one"),
        ({"name": "x", "text": " "}, "needs some words"),
        ({"name": "x", "text": "tides", "least": "very"}, "unknown strength of match 'very'"),
        ({"name": "x", "text": "tides", "without": ["y"] * 21}, "without"),
    ],
)
def test_what_cannot_be_kept_is_one_line(ada: TestClient, fields: dict[str, object], said: str) -> None:
    answer = ada.post("/api/queries", json=fields)
    assert answer.status_code in (400, 422)
    assert said in answer.json()["detail"]


def test_nobody_reads_or_changes_what_is_anothers(fresh: Collection, ada: TestClient) -> None:
    number = ada.post("/api/queries", json={"name": "Mine", "text": "tides"}).json()["id"]
    bo = program(fresh, "bo@example.org", writes=False)
    assert bo.get("/api/queries").json() == []
    for path in (f"/api/queries/{number}", f"/api/queries/{number}/papers"):
        assert bo.get(path).status_code == 404
    assert bo.delete(f"/api/queries/{number}").status_code == 403, "the token may only read"
    assert bo.put("/api/authors/Bo").status_code == 403
    assert ada.get("/api/queries").json()[0]["id"] == number


def test_a_paper_is_followed_and_what_that_brings_is_counted(fresh: Collection, ada: TestClient) -> None:
    (paper,) = fresh.store.papers.newest(1)
    followed = ada.put(f"/api/papers/{paper.id}/follow")
    assert (followed.status_code, followed.json()["text"]) == (200, f"like:{paper.id}")
    assert ada.put(f"/api/papers/{paper.id}/follow").json() == followed.json()
    (brought,) = ada.get("/api/queries/activity").json()
    assert brought["id"] == followed.json()["id"]
    assert brought["days"] > 0
    assert ada.delete(f"/api/papers/{paper.id}/follow").status_code == 204
    assert ada.delete(f"/api/papers/{paper.id}/follow").status_code == 204, "twice is no error"
    assert ada.get("/api/queries").json() == []
    assert ada.put("/api/papers/no:such/follow").status_code == 404


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /api/queries",
        "POST /api/queries",
        "GET /api/queries/tried",
        "GET /api/queries/activity",
        "PUT /api/papers/{id:path}/follow",
        "DELETE /api/papers/{id:path}/follow",
        "DELETE /api/queries/{number}",
        "GET /api/queries/{number}",
        "GET /api/queries/{number}/papers",
    }
