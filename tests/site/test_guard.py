"""The guard: who may ask, through what, and what every answer carries."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from broadsheet.config import Settings
from broadsheet.server import create_app
from broadsheet.site.guard import HEADERS, LONGEST_BODY
from site_kit import NOW, made


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:81", "[::1]:8000", "[::1]"])
def test_known_hosts_are_let_in(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io:8000", "", "localhost:x", "[::2]", "a" * 500]
)
def test_other_hosts_are_refused(client: TestClient, host: str) -> None:
    answer = client.get("/api/search", params={"q": "leaf"}, headers={"host": host})
    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"
    assert "`names`" in answer.json()["detail"]
    assert client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "x-forwarded-host", "X-Forwarded-Proto", "Forwarded", "CDN-Loop"]
)
def test_a_forwarded_request_is_refused_on_loopback(client: TestClient, header: str) -> None:
    answer = client.get("/api/status", headers={header: "for=192.0.2.1"})
    assert answer.status_code == 400
    assert header.lower() in answer.json()["detail"]
    assert "`names` to its public name, and `people` to closed or open" in answer.json()["detail"]


def test_doing_what_a_refusal_says_is_enough_to_start(tmp_path: Path) -> None:
    with made(tmp_path, ()) as collection:
        for people in ("closed", "open"):
            settings = Settings(people=people, names=("papers.example",))
            site = TestClient(create_app(collection, settings, now=lambda: NOW), base_url="http://papers.example")
            assert site.get("/healthz", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 200
            detail = site.get("/api/status", headers={"host": "other.example"}).json()["detail"]
            assert "`names`" in detail
            assert "`people`" not in detail


def test_a_configured_name_may_be_behind_a_proxy(tmp_path: Path) -> None:
    settings = Settings(people="open", names=("papers.example", "localhost"))
    with made(tmp_path, ()) as collection:
        site = TestClient(create_app(collection, settings, now=lambda: NOW), base_url="http://papers.example")
        assert site.get("/", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"), [("/", 200), ("/nowhere", 404), ("/static/broadsheet.css", 200), ("/api/search?k=x", 422)]
)
def test_every_answer_is_sealed(client: TestClient, address: str, status: int) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "set-cookie" not in answer.headers or address == "/"  # a page with forms gives the browser its key


def test_the_policy_allows_nothing_inline() -> None:
    assert "unsafe" not in HEADERS["content-security-policy"]


def test_what_nobody_foresaw_is_told_without_detail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with made(tmp_path, ()) as collection:
        site = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
        monkeypatch.setattr(type(collection.store.journal), "runs", lambda *_: 1 / 0)
        answer = site.get("/api/status")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "division" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_head_is_answered(client: TestClient) -> None:
    assert client.head("/").status_code == 200


def test_a_body_that_says_it_is_too_long_is_not_read(client: TestClient) -> None:
    told = {"content-length": str(LONGEST_BODY + 1), "content-type": "application/json"}
    assert client.post("/api/recommend", content=b"{", headers=told).status_code == 413
