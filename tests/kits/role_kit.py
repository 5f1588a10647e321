"""Programs of people with a role."""

from __future__ import annotations

from fastapi.testclient import TestClient

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.people import account
from broadsheet.server import create_app
from broadsheet.store.people import Role
from site_kit import NOW


def program_as(collection: Collection, role: Role = "reader", *, writes: bool = True) -> TestClient:
    person = collection.store.people.add(f"{role}@example.org", role, now=NOW)
    key = account.make_token(collection.store, person, "test", writes=writes, now=NOW)
    app = create_app(collection, Settings(people="open"), now=lambda: NOW)
    return TestClient(app, base_url="http://localhost", headers={"authorization": f"Bearer {key}"})
