"""What suits a reader, through the API: picks with their interests."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from broadsheet.api.foryou import router
from door_kit import addresses

HERB = "2401.00001"


def test_picks_name_their_interest_and_the_papers_they_are_near(ada: TestClient) -> None:
    assert "Nothing to go by yet" in ada.get("/api/foryou").json()["note"]
    assert ada.put(f"/api/papers/{HERB}/vote").status_code == 200
    told = ada.get("/api/foryou", params={"limit": 2}).json()
    assert told["items"], told["note"]
    assert sum(each["share"] for each in told["interests"]) == pytest.approx(1)
    assert told["items"][0]["near"][0]["paper"] == HERB
    assert HERB not in [each["paper"]["id"] for each in told["items"]]


def test_its_addresses_stay() -> None:
    assert addresses(router) == {"GET /api/foryou"}
