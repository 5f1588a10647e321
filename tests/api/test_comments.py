"""Comments, through the API."""

from __future__ import annotations

from broadsheet.api.comments import router
from broadsheet.collection import Collection
from door_kit import addresses
from program_kit import program

HERB = "2401.00001"


def test_comments(collection: Collection) -> None:
    client, other = program(collection), program(collection, "eve@example.org")
    path = f"/api/papers/{HERB}/comments"
    said = client.post(path, json={"text": "**so** <script>"})
    assert said.status_code == 201
    number = said.json()["id"]
    assert said.json()["html"] == "<p><strong>so</strong> &lt;script&gt;</p>\n"
    assert other.get(path).json()[0]["own"] is False
    assert other.patch(f"/api/comments/{number}", json={"text": "no"}).status_code == 404
    assert other.delete(f"/api/comments/{number}").status_code == 404
    assert client.patch(f"/api/comments/{number}", json={"text": "else"}).json()["edited"]
    collection.store.people.set_role(collection.store.people.at("eve@example.org").number, "editor")
    assert other.delete(f"/api/comments/{number}").status_code == 204
    assert client.get(path).json() == []
    assert client.post(path, json={"text": " "}).status_code == 400


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "DELETE /api/comments/{comment}",
        "PATCH /api/comments/{comment}",
        "GET /api/papers/{id:path}/comments",
        "POST /api/papers/{id:path}/comments",
    }
