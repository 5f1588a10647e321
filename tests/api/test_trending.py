"""What trends, through the API."""

from __future__ import annotations

from fastapi.testclient import TestClient

from broadsheet.api.trending import router
from door_kit import addresses


def test_links_lead_through_what_trends(ada: TestClient) -> None:
    whole = [each["paper"]["id"] for each in ada.get("/api/trending").json()["items"]]
    first = ada.get("/api/trending?limit=2")
    second = ada.get(first.links["next"]["url"]).json()
    assert len(whole) > 2
    assert [each["paper"]["id"] for each in (*first.json()["items"], *second["items"])] == whole[:4]
    assert second["items"][0]["rank"] == 3


def test_its_addresses_stay() -> None:
    assert addresses(router) == {"GET /api/trending"}
