"""Who the token belongs to, and all that is kept of them, through the API."""

from __future__ import annotations

from broadsheet.api.me import router
from broadsheet.collection import Collection
from door_kit import addresses
from program_kit import program

HERB = "2401.00001"


def test_who_i_am_and_all_i_have(collection: Collection) -> None:
    client = program(collection)
    assert client.get("/api/me").json()["address"] == "ada@example.org"
    assert client.get("/api/me").json()["writes"] is True
    client.put(f"/api/papers/{HERB}/vote")
    assert client.get("/api/me/export").json()["votes"][0]["paper"] == HERB


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /api/me",
        "GET /api/me/export",
    }
