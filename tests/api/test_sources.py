"""The sources that are followed, as an editor's program sees and changes them."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from broadsheet.api.sources import router
from broadsheet.collection import Collection
from door_kit import addresses
from plugin_kit import plug_in
from program_kit import person_at, program
from role_kit import program_as


@pytest.fixture
def editor(collection: Collection) -> TestClient:
    client = program(collection)
    collection.store.people.set_role(person_at(collection).number, "editor")
    return client


def test_a_source_is_followed_and_no_longer(editor: TestClient) -> None:
    for _ in range(2):
        assert editor.post("/api/sources", json={"name": "arxiv:cs.IR"}).status_code == 201
    [kept] = editor.get("/api/sources").json()
    assert (kept["name"], kept["read"], kept["failing_since"]) == ("arxiv:cs.IR", None, None)
    assert editor.post("/api/sources", json={"name": "jsonl:/etc/passwd"}).status_code == 400
    assert editor.delete("/api/sources?name=arxiv:cs.IR").status_code == 204
    gone = editor.delete("/api/sources?name=arxiv:cs.IR")
    assert (gone.status_code, gone.json()["detail"]) == (404, "'arxiv:cs.IR' is not followed. No names are known yet.")


def test_the_source_of_a_plug_in_is_followed_as_on_the_command_line(
    editor: TestClient, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug_in(monkeypatch)
    assert editor.post("/api/sources", json={"name": "strange:tides"}).status_code == 201
    assert editor.post("/api/sources/fetch").status_code == 202
    [followed] = editor.get("/api/sources").json()
    assert (followed["name"], followed["error"]) == ("strange:tides", "")
    assert followed["read"]
    assert collection.store.papers.get("strange:tides") is not None


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "DELETE /api/sources",
        "GET /api/sources",
        "POST /api/sources",
        "POST /api/sources/fetch",
    }


def test_sources_are_followed_and_left(collection: Collection) -> None:
    client = program_as(collection, "editor")
    said = client.post("/api/sources", json={"name": "arxiv:cs.IR"})
    assert (said.status_code, said.json()) == (
        201,
        {"name": "arxiv:cs.IR", "read": None, "error": "", "failing_since": None},
    )
    assert [each["name"] for each in client.get("/api/sources").json()] == ["arxiv:cs.IR"]
    for wrong in ("jsonl:/etc/passwd", "nonsense", "feed:/etc/passwd"):
        assert client.post("/api/sources", json={"name": wrong}).status_code == 400, wrong
    assert client.delete("/api/sources", params={"name": "arxiv:cs.IR"}).status_code == 204
    assert client.delete("/api/sources", params={"name": "arxiv:cs.IR"}).status_code == 404
    assert client.post("/api/sources/fetch").status_code == 202
    assert {each.job for each in collection.store.journal.job_runs()} >= {"fetch"}
