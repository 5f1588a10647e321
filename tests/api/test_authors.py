"""The authors whom a reader follows, through the API."""

from __future__ import annotations

from fastapi.testclient import TestClient

HERB = "2401.00001"


def test_authors_are_followed_by_name(ada: TestClient) -> None:
    assert ada.put("/api/authors/Ada%20Blum").json() == ["Ada Blum"]
    assert all("Ada Blum" in str(each["authors"]) for each in ada.get("/api/authors/papers").json())
    assert HERB in [each["id"] for each in ada.get("/api/authors/papers").json()]
    assert ada.delete("/api/authors/Ada%20Blum").json() == []
    assert ada.get("/api/authors/papers").json() == []
