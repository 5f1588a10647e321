"""The REST door against its own description: whatever schemathesis sends, no answer is an error of the server."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings

from broadsheet.config import Settings
from broadsheet.people import links
from broadsheet.server import create_app
from site_kit import NOW, made

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
KEY = "key"


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The description of a site that a program may change as an admin may."""
    with made(tmp_path_factory.mktemp("schema")) as collection:
        app = create_app(collection, Settings(), now=lambda: NOW)
        person = app.state.site.sole.number
        collection.store.people.add_token(links.digest(KEY), person, "fuzz", writes=True, now=NOW)
        yield schemathesis.openapi.from_asgi("/api/openapi.json", app, headers={"host": "localhost"})


@pytest.mark.parametrize("token", [KEY, ""])
def test_no_request_breaks_the_server(described: Any, token: str) -> None:
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) > 30
    headers = {"host": "localhost", **({"authorization": f"Bearer {token}"} if token else {})}
    broken: list[str] = []

    for operation in operations:

        @settings(
            max_examples=10, phases=[Phase.explicit, Phase.generate], deadline=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            answer = case.call(headers=headers)
            if answer.status_code >= 500:
                broken.append(f"{case.method} {case.path}: {answer.text[:300]}")

        ask()
    assert broken == []


def test_the_description_names_every_address_of_the_door(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {"/api/search", "/api/papers/{id}", "/api/daily_papers", "/healthz"} <= set(paths)
