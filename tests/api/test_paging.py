"""Cursors, ETags of the API, and Markdown: what clients follow and need not fetch again."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from site_kit import ODD_ID


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


@pytest.mark.parametrize("path", ["/papers/2401.00001.md", "/paper/2401.00001.md", "/papers/arXiv:2401.00001v2.md"])
def test_a_paper_is_there_as_markdown(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["content-type"].startswith("text/markdown")
    assert answer.text.startswith("# Sorting Herbarium Sheets")
    assert "- Page: <http://localhost/paper/2401.00001>" in answer.text


def test_hugging_faces_address_of_a_paper_leads_to_ours(client: TestClient) -> None:
    answer = client.get("/papers/10.5555/odd(1)%3Fx=1%23y%25z", follow_redirects=True)
    assert answer.status_code == 200
    assert str(answer.url) == "http://localhost/paper/10.5555/odd(1)%3Fx=1%23y%25z"
    assert ODD_ID in answer.text
    assert client.get("/papers/nope").status_code == client.get("/papers/nope.md").status_code == 404
