"""Cursors and ETags of the API: what clients follow and need not fetch again."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.api import paging
from broadsheet.core.errors import UsageError


def follow(client: TestClient, address: str) -> list[list[str]]:
    """The ids of every part of a list, as the header Link leads on."""
    parts = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        said = answer.json()
        items = said["items"] if isinstance(said, dict) else said
        parts.append([(item.get("paper") or item)["id"] for item in items])
        address = answer.links.get("next", {}).get("url", "")
    return parts


@pytest.mark.parametrize(
    "address",
    [
        "/api/search?q=tide+tables&k=10",
        "/api/papers/search?q=tide+tables&limit=10&since=2025",
        "/api/papers/fill:00/similar?k=10",
        "/api/daily?period=2025-01&limit=10&sort=newest",
        "/api/daily_papers?month=2025-01&limit=10",
    ],
)
def test_links_lead_through_a_list_without_overlap(client: TestClient, address: str) -> None:
    parts = follow(client, address)
    ids = [each for part in parts for each in part]
    assert len(parts) > 2
    assert len(ids) == len(set(ids)) >= 29
    assert all(len(part) == 10 for part in parts[:-1])


def test_a_cursor_of_another_list_is_refused(client: TestClient) -> None:
    link = client.get("/api/search?q=tide&k=5").links["next"]["url"]
    assert "offset" not in link
    cursor = link.rpartition("cursor=")[2]
    assert client.get(f"/api/search?q=leaf&k=5&cursor={cursor}").status_code == 400
    for wrong in ("x", "%00", "MTA", "é", "A" * 200):
        detail = client.get(f"/api/search?q=tide&k=5&cursor={wrong}").json()["detail"]
        assert "belongs to another list" in detail


def test_a_cursor_goes_before_an_offset(client: TestClient) -> None:
    link = client.get("/api/search?q=tide&k=5").links["next"]["url"]
    assert client.get(f"{link}&offset=1000").json()["offset"] == 5


@given(st.integers(0, paging.DEEPEST), st.text("0123456789abcdef", min_size=12, max_size=12))
def test_a_cursor_is_read_as_it_was_written_and_for_its_list_alone(offset: int, list_: str) -> None:
    cursor = paging._encode_cursor(offset, list_)
    assert cursor.isascii()
    assert "=" not in cursor
    assert paging._decode_cursor(cursor, list_) == offset
    with pytest.raises(UsageError, match="cursor"):
        paging._decode_cursor(cursor, list_[::-1] + "0")


@given(st.text(max_size=200))
def test_any_other_cursor_is_one_error(cursor: str) -> None:
    with pytest.raises(UsageError, match="cursor"):
        paging._decode_cursor(cursor.encode("utf-8", "replace").decode(), "0123456789ab")


def test_no_cursor_leads_deeper_than_a_list_goes() -> None:
    with pytest.raises(UsageError):
        paging._decode_cursor(paging._encode_cursor(paging.DEEPEST + 1, "a"), "a")
