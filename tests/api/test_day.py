"""The day as an interface."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from broadsheet import names
from broadsheet.api.day import router
from broadsheet.core.types import Document
from door_kit import addresses


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
    }


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
