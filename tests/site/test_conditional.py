"""Answers that a client need not fetch twice, by their ETag or their date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from broadsheet.config import Settings
from broadsheet.core.types import Document
from broadsheet.ingest import ingest
from broadsheet.server import create_app
from broadsheet.site.conditional import Memory, etag
from site_kit import NOW, PAPERS, Given, made


@pytest.mark.parametrize(
    "address", ["/api/search?q=leaf", "/api/papers/2401.00001", "/api/daily", "/papers/2401.00001.md"]
)
def test_answers_have_etags(client: TestClient, address: str) -> None:
    first = client.get(address)
    tag = first.headers["etag"].removeprefix("W/")
    again = client.get(address, headers={"if-none-match": f'"x", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address, headers={"if-none-match": '"x"'}).status_code == 200


@pytest.mark.parametrize("form", ["atom", "csv"])
def test_what_a_reader_has_is_not_sent_again(tmp_path: Path, form: str) -> None:
    clock = [NOW]
    with made(tmp_path, PAPERS, synced=False) as collection:
        client = TestClient(create_app(collection, Settings(), now=lambda: clock[0]), base_url="http://localhost")
        first = client.get(f"/feeds/newest.{form}")
        known = {"if-none-match": first.headers["etag"], "if-modified-since": first.headers["last-modified"]}
        clock[0] += timedelta(hours=1)
        for name in known:
            again = client.get(f"/feeds/newest.{form}", headers={name: known[name]})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == first.headers["etag"]
        old = Document(id="1001.00001", title="Late to the Feed", announced=date(2010, 1, 4), source="arxiv:cs.CV")
        ingest(collection, Given([old]), now=NOW)
        for name in known:
            changed = client.get(f"/feeds/newest.{form}", headers={name: known[name]})
            assert changed.status_code == 200, f"{name}: a list that took in an old paper has changed"
            assert b"Late to the Feed" in changed.content


def test_an_etag_goes_before_a_date(client: TestClient) -> None:
    headers = {"if-none-match": '"other"', "if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    assert client.get("/feeds/newest.atom", headers=headers).status_code == 200
    for since in ("never", "Fri, 99 Jan 2100", "Fri, 01 Jan 99999 00:00:00 GMT"):
        assert client.get("/feeds/newest.atom", headers={"if-modified-since": since}).status_code == 200


def test_two_answers_in_one_second_have_two_dates() -> None:
    memory, now = Memory(), datetime(2026, 1, 1, 5, 0, 0, 700_000, UTC)
    first = memory.since("a", "1", now)
    assert memory.since("a", "1", now + timedelta(hours=1)) == first
    assert memory.since("a", "2", now) == first + timedelta(seconds=1)
    assert memory.since("a", "1", now - timedelta(days=1)) == first + timedelta(seconds=2), "the clock was set back"


@pytest.mark.parametrize("address", ["/", "/paper/2401.00001", "/api/papers/2401.00001", "/feeds/newest.csv"])
def test_every_door_has_the_same_tag_of_the_same_bytes(client: TestClient, address: str) -> None:
    answer = client.get(address, headers={"accept-encoding": "identity"})
    assert answer.headers["etag"] == etag(answer.content)


def test_only_the_last_addresses_are_remembered() -> None:
    memory, now = Memory(), datetime(2026, 1, 1, tzinfo=UTC)
    memory.since("first", "1", now)
    for number in range(4_096):
        memory.since(f"other {number}", "1", now)
    assert memory.since("first", "2", now) == now, "as if it was never asked for"
    assert memory.since("other 4095", "2", now) == now + timedelta(seconds=1)
