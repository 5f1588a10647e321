"""The editor's desk, for programs: what the pages do, with a token."""

from __future__ import annotations

import pytest

from broadsheet.api.desk import router
from broadsheet.collection import Collection
from door_kit import addresses
from role_kit import program_as
from site_kit import NOW, ODD_ID, PAPERS

HERB, KNOTS = "2401.00001", "hep-th/9901001"


def test_the_desk_picks_hides_joins_and_writes(collection: Collection) -> None:
    client, store = program_as(collection, "editor"), collection.store
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
    said = program_as(collection).request(method, path, json=body)
    assert (said.status_code, "role editor" in said.json()["detail"]) == (403, True)
    assert collection.store.journal.sources() == []


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "PUT /api/desk/lines/{day}",
        "DELETE /api/desk/papers/{id:path}",
        "PUT /api/desk/papers/{id:path}/{decision}",
        "PUT /api/desk/works",
    }
