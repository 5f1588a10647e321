"""A reader's lists, through the API: kept, paged through, and nobody else's."""

from __future__ import annotations

from pathlib import Path

from broadsheet.api.lists import router
from broadsheet.collection import Collection
from copies_kit import COPY, OTHER, PAPER, copies
from door_kit import addresses
from lists_kit import ELSEWHERE, SUITED, id_of, kinds, with_lists
from program_kit import person_at, program

HERB, KNOTS = "2401.00001", "hep-th/9901001"


def test_lists_are_kept(collection: Collection) -> None:
    client = program(collection)
    kept = client.post("/api/lists", json={"name": " Plants  to read"})
    assert kept.status_code == 201
    number = kept.json()["id"]
    assert client.post("/api/lists", json={"name": "Plants to read"}).json()["id"] == number
    for id_ in (HERB, KNOTS):
        client.put(f"/api/lists/{number}/papers/{id_}")
    answer = client.get(f"/api/lists/{number}/papers?limit=1")
    part = answer.json()
    assert (len(part["items"]), part["more"]) == (1, True)
    rest = client.get(answer.links["next"]["url"])
    assert [each["id"] for each in (*part["items"], *rest.json()["items"])] == [KNOTS, HERB]
    assert "link" not in rest.headers
    assert client.get(f"/api/lists/{number}/papers?offset=1").json()["more"] is False
    assert client.get(f"/api/papers/{KNOTS}/marks").json()["lists"] == [number]
    assert client.delete(f"/api/lists/{number}/papers/{KNOTS}").json()["papers"] == 1
    other = client.post("/api/lists", json={"name": "Other"}).json()["id"]
    assert client.patch(f"/api/lists/{number}", json={"name": "Other"}).status_code == 409
    assert client.patch(f"/api/lists/{number}", json={"name": "Leaves"}).json()["name"] == "Leaves"
    assert client.delete(f"/api/lists/{other}").status_code == 204
    assert [each["name"] for each in client.get("/api/lists").json()] == ["Leaves"]
    assert client.post("/api/lists", json={"name": "  "}).status_code == 400


def test_lists_and_notes_are_nobody_elses(collection: Collection) -> None:
    client, other = program(collection), program(collection, "eve@example.org")
    number = client.post("/api/lists", json={"name": "Mine"}).json()["id"]
    client.put(f"/api/lists/{number}/papers/{HERB}")
    client.put(f"/api/papers/{HERB}/note", json={"text": "mine"})
    path = f"/api/lists/{number}"
    assert {
        other.get(path).status_code, other.get(f"{path}/papers").status_code, other.delete(path).status_code,
        other.patch(path, json={"name": "Hers"}).status_code, other.put(f"{path}/papers/{KNOTS}").status_code,
        other.delete(f"{path}/papers/{HERB}").status_code,
    } == {404}  # fmt: skip
    told = other.get(f"/api/papers/{HERB}/marks").json()
    assert (told["lists"], told["note"]) == ([], "")
    assert client.get(path).json() == {**client.get(path).json(), "name": "Mine", "papers": 1}


def test_what_is_unchanged_is_not_sent_again(collection: Collection) -> None:
    client = program(collection)
    first = client.get("/api/lists")
    assert client.get("/api/lists", headers={"if-none-match": first.headers["etag"]}).status_code == 304
    client.post("/api/lists", json={"name": "New"})
    assert client.get("/api/lists", headers={"if-none-match": first.headers["etag"]}).status_code == 200


def test_a_paper_comes_out_of_a_list_by_the_works_other_copy(tmp_path: Path) -> None:
    with copies(tmp_path / "c") as collection:
        client = program(collection)
        number = client.post("/api/lists", json={"name": "Herbs"}).json()["id"]
        for paper in (PAPER, OTHER):
            client.put(f"/api/lists/{number}/papers/{paper.id}")
        assert client.delete(f"/api/lists/{number}/papers/{COPY.id}").json()["papers"] == 1
        [left] = client.get(f"/api/lists/{number}/papers").json()["items"]
        assert left["id"] == OTHER.id


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /api/lists",
        "POST /api/lists",
        "DELETE /api/lists/{number}",
        "GET /api/lists/{number}",
        "PATCH /api/lists/{number}",
        "GET /api/lists/{number}/papers",
        "DELETE /api/lists/{number}/papers/{id:path}",
        "PUT /api/lists/{number}/papers/{id:path}",
        "GET /api/papers/{id:path}/lists/suggested",
    }


def test_a_list_is_suggested_for_a_paper(tmp_path: Path) -> None:
    with kinds(tmp_path / "c") as collection:
        client = program(collection)
        path = f"/api/papers/{id_of(SUITED)}/lists/suggested"
        assert client.get(path).json() == {"paper": id_of(SUITED), "items": []}
        with_lists(collection, person_at(collection).number)
        [item] = client.get(path).json()["items"]
        assert (item["list"]["name"], item["list"]["papers"], len(item["because"])) == ("Spans", 10, 3)
        assert 0.5 <= item["confidence"] <= 1
        assert item["because"][0]["paper"].startswith("made:00")
        assert client.get(f"/api/papers/{id_of(ELSEWHERE)}/lists/suggested").json()["items"] == []
        assert client.get("/api/papers/nothing/lists/suggested").status_code == 404
        assert program(collection, "eve@example.org").get(path).json()["items"] == []
