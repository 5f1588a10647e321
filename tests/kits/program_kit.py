"""Programs at a site: clients with a token of a person's."""

from __future__ import annotations

from fastapi.testclient import TestClient

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.people import account
from broadsheet.server import create_app
from broadsheet.store.people import Person
from site_kit import NOW

BASE = "http://localhost"
ADA = "ada@example.org"


def program(collection: Collection, address: str = ADA, *, writes: bool = True, people: str = "open") -> TestClient:
    """A client with a token of this person's."""
    store = collection.store
    person = store.people.add(address, "reader", now=NOW)
    key = account.make_token(store, person, "test", writes=writes, now=NOW)
    app = create_app(collection, Settings(people=people), now=lambda: NOW)
    return TestClient(app, base_url=BASE, headers={"authorization": f"Bearer {key}"})


def person_at(collection: Collection, address: str = ADA) -> Person:
    """The person with this address, who must be there."""
    person = collection.store.people.at(address)
    assert person
    return person
