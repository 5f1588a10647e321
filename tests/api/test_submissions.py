"""Papers that readers hand in, through the API."""

from __future__ import annotations

import json

import pytest

from broadsheet.api.submissions import router
from broadsheet.collection import Collection
from broadsheet.wiring import submissions
from door_kit import addresses
from fakeclient import FakeClient
from plugin_kit import plug_in
from program_kit import program


def test_papers_are_handed_in(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    work = {"id": "https://openalex.org/W1", "doi": "10.5555/sand", "title": "Sand", "publication_year": 2020}
    online = FakeClient({"https://api.openalex.org/works/": json.dumps(work).encode()})
    monkeypatch.setattr(submissions, "client", lambda *_: online)
    client = program(collection)
    answer = client.post("/api/submissions", json={"paper": "https://doi.org/10.5555/Sand"})
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    (told,) = client.get("/api/submissions").json()
    assert (told["state"], told["paper"]) == ("found", "10.5555/sand")
    assert client.post("/api/submissions", json={"paper": "http://127.0.0.1/"}).status_code == 400


def test_the_paper_of_a_plug_in_is_submitted(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch, single=True)
    client = program(collection)
    answer = client.post("/api/submissions", json={"paper": "strange:42"})
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    [kept] = client.get("/api/submissions").json()
    assert (kept["state"], kept["paper"]) == ("found", "strange:42")


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /api/submissions",
        "POST /api/submissions",
    }
