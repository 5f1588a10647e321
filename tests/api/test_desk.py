"""The digest, private feeds, the editor's desk and sources, for programs: what the pages do, with a token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.people import account
from broadsheet.server import create_app
from broadsheet.store.mail import Choice
from broadsheet.store.people import Role
from site_kit import NOW, ODD_ID, PAPERS, made

HERB, KNOTS = "2401.00001", "hep-th/9901001"


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", PAPERS, synced=False) as collection:
        yield collection


def program(collection: Collection, role: Role = "reader", *, writes: bool = True) -> TestClient:
    person = collection.store.people.add(f"{role}@example.org", role, now=NOW)
    key = account.make_token(collection.store, person, "test", writes=writes, now=NOW)
    app = create_app(collection, Settings(people="open"), now=lambda: NOW)
    return TestClient(app, base_url="http://localhost", headers={"authorization": f"Bearer {key}"})


def test_a_digest_is_begun_changed_and_ended(collection: Collection) -> None:
    client, store = program(collection), collection.store
    assert client.get("/api/digest").json()["subscribed"] is False
    said = client.put("/api/digest", json={"cadence": "weekly", "zone": "Asia/Tokyo", "hour": 6})
    assert (said.status_code, said.json()["subscribed"], said.json()["most"]) == (200, True, Choice().most)
    (subscription,) = store.mail.subscriptions()
    assert subscription.choice == Choice(cadence="weekly", zone="Asia/Tokyo", hour=6)
    assert client.get("/api/digest").json() == said.json()
    for wrong in ({"zone": "Mars/Base"}, {"hour": 24}, {"cadence": "hourly"}, {"least": "somewhat"}):
        assert client.put("/api/digest", json=wrong).status_code in (400, 422), wrong
    assert store.mail.subscriptions() == [subscription]
    assert client.delete("/api/digest").status_code == client.delete("/api/digest").status_code == 204
    assert store.mail.subscriptions() == []
    assert client.get("/api/digest").json()["zone"] == "Asia/Tokyo", "what was chosen is kept"


def test_a_token_that_reads_changes_no_digest_and_nobody_without_an_address_has_one(collection: Collection) -> None:
    assert program(collection, writes=False).put("/api/digest", json={}).status_code == 403
    sole = collection.store.people.add_sole(now=NOW)
    key = account.make_token(collection.store, sole, "test", writes=True, now=NOW)
    alone = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
    said = alone.put("/api/digest", json={}, headers={"authorization": f"Bearer {key}"})
    assert (said.status_code, "confirms it by email" in said.json()["detail"]) == (400, True)
    assert collection.store.mail.subscriptions() == []


def test_an_address_from_which_mail_came_back_is_confirmed_on_the_page(collection: Collection) -> None:
    client = program(collection)
    collection.store.mail.suppress("reader@example.org", "hard", "5.1.1", now=NOW)
    said = client.put("/api/digest", json={})
    assert (said.status_code, "(hard)" in said.json()["detail"]) == (400, True)
    assert collection.store.mail.subscriptions() == []


def test_private_feeds_are_told_and_renewed(collection: Collection) -> None:
    client = program(collection)
    old = {each["name"]: each["url"] for each in client.get("/api/me/feeds").json()}
    assert client.get(old["All I saved"]).status_code == 200
    new = {each["name"]: each["url"] for each in client.post("/api/me/feeds/renew").json()}
    assert client.get(old["All I saved"]).status_code == 404
    assert client.get(new["All I saved"]).status_code == 200


def test_the_desk_picks_hides_joins_and_writes(collection: Collection) -> None:
    client, store = program(collection, "editor"), collection.store
    numbers = store.papers.numbers([HERB, KNOTS])
    assert client.put(f"/api/desk/papers/{KNOTS}/hide").status_code == 204
    assert client.put(f"/api/desk/papers/{HERB}/pick").status_code == 204
    assert store.desk.decided(list(numbers.values())) == {numbers[KNOTS]: "hide", numbers[HERB]: "pick"}
    assert client.delete(f"/api/desk/papers/{KNOTS}").status_code == 204
    assert store.desk.decided([numbers[KNOTS]]) == {}
    day = PAPERS[0].day or NOW.date()
    assert client.put(f"/api/desk/lines/{day}", json={"text": "A  good day"}).status_code == 204
    assert store.desk.line(day) == "A good day"
    two = {"paper": HERB, "other": ODD_ID}
    assert client.put("/api/desk/works", json=two | {"how": "together"}).status_code == 204
    assert client.put("/api/desk/works", json=two | {"how": "rule"}).status_code == 204
    assert client.put("/api/desk/works", json=two | {"how": "sideways"}).status_code == 422
    assert client.put("/api/desk/works", json={"paper": HERB, "other": HERB, "how": "apart"}).status_code == 400
    assert client.put("/api/desk/papers/nothing/pick").status_code == 404
    assert client.put("/api/desk/lines/someday", json={"text": "x"}).status_code == 422


def test_sources_are_followed_and_left(collection: Collection) -> None:
    client = program(collection, "editor")
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


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", f"/api/desk/papers/{HERB}/hide", None),
        ("PUT", "/api/desk/lines/2026-09-30", {"text": "x"}),
        ("PUT", "/api/desk/works", {"paper": HERB, "other": KNOTS, "how": "together"}),
        ("GET", "/api/sources", None),
        ("POST", "/api/sources", {"name": "arxiv:cs.IR"}),
        ("POST", "/api/sources/fetch", None),
    ],
)
def test_readers_edit_nothing(collection: Collection, method: str, path: str, body: object) -> None:
    said = program(collection).request(method, path, json=body)
    assert (said.status_code, "role editor" in said.json()["detail"]) == (403, True)
    assert collection.store.journal.sources() == []
