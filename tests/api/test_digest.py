"""The digest and private feeds, for programs: chosen, changed, ended and renewed."""

from __future__ import annotations

from fastapi.testclient import TestClient

from broadsheet.api.digest import router
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.people import account
from broadsheet.server import create_app
from broadsheet.store.mail import Choice
from door_kit import addresses
from role_kit import program_as
from site_kit import NOW


def test_a_digest_is_begun_changed_and_ended(collection: Collection) -> None:
    client, store = program_as(collection), collection.store
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
    assert program_as(collection, writes=False).put("/api/digest", json={}).status_code == 403
    sole = collection.store.people.add_sole(now=NOW)
    key = account.make_token(collection.store, sole, "test", writes=True, now=NOW)
    alone = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
    said = alone.put("/api/digest", json={}, headers={"authorization": f"Bearer {key}"})
    assert (said.status_code, "confirms it by email" in said.json()["detail"]) == (400, True)
    assert collection.store.mail.subscriptions() == []


def test_an_address_from_which_mail_came_back_is_confirmed_on_the_page(collection: Collection) -> None:
    client = program_as(collection)
    collection.store.mail.suppress("reader@example.org", "hard", "5.1.1", now=NOW)
    said = client.put("/api/digest", json={})
    assert (said.status_code, "(hard)" in said.json()["detail"]) == (400, True)
    assert collection.store.mail.subscriptions() == []


def test_private_feeds_are_told_and_renewed(collection: Collection) -> None:
    client = program_as(collection)
    old = {each["name"]: each["url"] for each in client.get("/api/me/feeds").json()}
    assert client.get(old["All I saved"]).status_code == 200
    new = {each["name"]: each["url"] for each in client.post("/api/me/feeds/renew").json()}
    assert client.get(old["All I saved"]).status_code == 404
    assert client.get(new["All I saved"]).status_code == 200


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /api/digest",
        "PUT /api/digest",
        "DELETE /api/digest",
        "GET /api/me/feeds",
        "POST /api/me/feeds/renew",
    }
