"""The authors whom a reader follows, through the API."""

from __future__ import annotations

from fastapi.testclient import TestClient

from broadsheet.api.authors import router
from door_kit import addresses

HERB = "2401.00001"


def test_authors_are_followed_by_name(ada: TestClient) -> None:
    assert ada.put("/api/authors/Ada%20Blum").json() == ["Ada Blum"]
    assert all("Ada Blum" in str(each["authors"]) for each in ada.get("/api/authors/papers").json())
    assert HERB in [each["id"] for each in ada.get("/api/authors/papers").json()]
    assert ada.delete("/api/authors/Ada%20Blum").json() == []
    assert ada.get("/api/authors/papers").json() == []


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /api/authors",
        "GET /api/authors/papers",
        "DELETE /api/authors/{name:path}",
        "PUT /api/authors/{name:path}",
    }
