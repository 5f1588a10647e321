"""The day as an interface."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from broadsheet import names
from broadsheet.api.day import router
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.types import Document
from broadsheet.server import create_app
from door_kit import addresses
from program_kit import person_at
from site_kit import NOW


def test_huggingfaces_path_and_names(client: TestClient) -> None:
    found = client.get("/api/daily_papers?date=2026-09-30").json()
    assert [item["paper"]["id"] for item in found] == ["2401.00001"]
    assert found[0]["paper"]["upvotes"] == found[0]["votes"] == 12
    assert found[0]["title"] == "Sorting Herbarium Sheets by Leaf Outline"
    assert found[0]["publishedAt"] == "2026-09-28T00:00:00.000Z"
    assert found[0]["day"] == "2026-09-30"
    assert client.get("/api/daily_papers").json() == found, "without a name: the latest day"


@pytest.mark.parametrize(
    "moment", ["2026-09-30T00:00:00.000Z", "2026-09-30T23:59", "2026-09-30 10:00:00", "2026-09-30T00:00:00%2B02:00"]
)
def test_a_moment_is_its_day(client: TestClient, moment: str) -> None:
    assert [each["day"] for each in client.get(f"/api/daily_papers?date={moment}").json()] == ["2026-09-30"]


def test_weeks_months_orders_and_parts(client: TestClient) -> None:
    assert len(client.get("/api/daily_papers?week=2025-W02").json()) == 7
    month = client.get("/api/daily_papers?month=2025-01&sort=publishedAt&limit=2&p=1").json()
    assert [item["day"] for item in month] == ["2025-01-28", "2025-01-27"]


def test_a_day_with_all_that_is_known(client: TestClient) -> None:
    found = client.get("/api/daily?period=2026-09-27").json()
    assert found["items"] == []
    assert "A Sunday" in found["note"]
    assert (found["previous"], found["next"]) == ("2025-01-30", "2026-09-30")
    assert client.get("/api/daily?category=cs").json()["total"] == 1


@pytest.mark.parametrize(
    "asked",
    [
        "date=x",
        "date=2026-09-30T",
        "date=2026-13-40T00:00:00Z",
        "week=2025-01",
        "date=2025-01-01&month=2025-01",
        "sort=stars",
    ],
)
def test_what_cannot_be_is_said(client: TestClient, asked: str) -> None:
    answer = client.get(f"/api/daily_papers?{asked}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_our_own_reader_of_hugging_faces_days_reads_ours(client: TestClient, tmp_path: Path) -> None:
    file = tmp_path / "day.json"
    file.write_bytes(client.get("/api/daily_papers?date=2026-09-30").content)
    (paper,) = names.source(f"hf:{file}").fetch(None)
    assert isinstance(paper, Document)
    assert (paper.id, paper.listed, paper.submitted) == ("2401.00001", date(2026, 9, 30), date(2026, 9, 28))
    assert (paper.votes, paper.authors) == (12, ("Ada Blum", "Ben and Jerry Kiosk"))


def test_a_submitter_of_whom_nothing_is_known_put_nothing_there(client: TestClient) -> None:
    assert client.get("/api/daily_papers?submitter=nobody").json() == []


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /api/daily",
        "GET /api/daily_papers",
        "PUT /api/daily/{period}/read",
        "DELETE /api/daily/{period}/read",
    }


def test_a_day_is_marked_as_read_and_that_is_undone(fresh: Collection, ada: TestClient) -> None:
    name = (NOW.date() - timedelta(days=2)).isoformat()
    before = ada.get(f"/api/daily?period={name}").json()
    assert before["unread"] == before["total"] == 5
    store, number = fresh.store, fresh.store.papers.number("new:0")
    store.reactions.mark("read_papers", person_at(fresh).number, [number], now=NOW - timedelta(hours=1))
    done = ada.put(f"/api/daily/{name}/read").json()
    assert (done["period"], done["papers"]) == (name, 4)
    assert ada.get(f"/api/daily?period={name}&hide=read").json()["total"] == 0
    assert ada.get(f"/api/daily?period={name}").json()["unread"] == 0
    assert ada.delete(f"/api/daily/{name}/read", params={"at": done["at"]}).json() == {"period": name, "papers": 4}
    assert ada.get(f"/api/daily?period={name}&hide=read").json()["total"] == 4
    assert ada.put("/api/daily/yesterday/read").status_code == 400
    assert ada.delete(f"/api/daily/{name}/read").status_code == 422, "a moment is needed"
    assert ada.delete(f"/api/daily/{name}/read", params={"at": "2026-10-02T12:00:00"}).status_code == 422


def test_a_stranger_has_no_unread_papers(client: TestClient) -> None:
    assert client.get("/api/daily?period=2026-09-30&hide=read&sort=topic").json()["total"] == 1
    app = create_app(client.app.state.site.collection, Settings(people="open"), now=lambda: NOW)  # type: ignore[attr-defined]
    stranger = TestClient(app, base_url="http://localhost")
    found = stranger.get("/api/daily?period=2026-09-30&hide=read").json()
    assert (found["unread"], found["total"]) == (None, 1)


def test_a_paper_of_a_day_has_a_short_summary_and_who_gives_it(client: TestClient) -> None:
    (item,) = client.get("/api/daily?period=2026-09-30").json()["items"]
    short = item["paper"]["shortSummary"]
    assert short["by"] == "abstract"
    assert 0 < len(short["text"]) <= 300
    assert short["text"].rstrip("…") in item["summary"]
    found = client.get("/api/search?q=herbarium").json()["items"][0]["paper"]
    assert found["id"] == item["paper"]["id"]
    assert found["shortSummary"] == short
    assert client.get("/api/papers/search?q=herbarium").json()[0]["shortSummary"] == short
    assert client.get("/api/papers/2401.00001").json()["shortSummary"] is None
