"""How the Collection is, through the API, and whether the server is well."""

from __future__ import annotations

from fastapi.testclient import TestClient

from broadsheet.api.status import router
from door_kit import addresses


def test_status_and_health(client: TestClient) -> None:
    said = client.get("/api/status").json()
    assert said["papers"] == said["findable_by_words"] == said["findable_by_meaning"] == 36
    assert said["syncing"] is False
    assert said["encoder"] == "hash"
    assert said["runs"][0]["new"] == 36
    assert client.get("/healthz").json() == {"status": "ok"}


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /api/status",
        "GET /healthz",
    }
