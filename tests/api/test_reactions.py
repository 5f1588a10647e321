"""What readers do, through the API: with a token, and never with a cookie alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.people import account, signin
from broadsheet.server import create_app
from broadsheet.site.auth import COOKIE
from broadsheet.store.people import Person
from broadsheet.wiring import submissions
from fakeclient import FakeClient
from site_kit import NOW, ODD_ID, PAPERS, made

BASE = "http://localhost"
HERB, KNOTS = "2401.00001", "hep-th/9901001"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    with made(tmp_path_factory.mktemp("rest"), PAPERS, synced=False) as collection:
        yield collection


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", PAPERS, synced=False) as collection:
        yield collection


def program(
    collection: Collection, address: str = "ada@example.org", *, writes: bool = True, people: str = "open"
) -> TestClient:
    """A client with a token of this person's."""
    store = collection.store
    person = store.add_person(address, "reader", now=NOW)
    key = account.make_token(store, person, "test", writes=writes, now=NOW)
    app = create_app(collection, Settings(people=people), now=lambda: NOW)
    return TestClient(app, base_url=BASE, headers={"authorization": f"Bearer {key}"})


def ada(collection: Collection) -> Person:
    person = collection.store.person_at("ada@example.org")
    assert person
    return person


def test_who_i_am_and_all_i_have(collection: Collection) -> None:
    client = program(collection)
    assert client.get("/api/me").json()["address"] == "ada@example.org"
    assert client.get("/api/me").json()["writes"] is True
    client.put(f"/api/papers/{HERB}/vote")
    assert client.get("/api/me/export").json()["votes"][0]["paper"] == HERB


@pytest.mark.parametrize("id_", [HERB, KNOTS, "10.5555/herb", ODD_ID])
def test_marks_are_set_and_taken_back(collection: Collection, id_: str) -> None:
    from urllib.parse import quote

    client, path = program(collection), f"/api/papers/{quote(id_, safe='/')}"
    for act, field in (("vote", "voted"), ("read", "read"), ("decline", "declined")):
        for _ in range(2):
            assert client.put(f"{path}/{act}").json()[field] is True
        assert client.get(f"{path}/marks").json()[field] is True
        assert client.delete(f"{path}/{act}").json()[field] is False
    assert client.put(f"{path}/note", json={"text": "again\r\n\u202e!"}).json()["note"] == "again\n!"
    assert client.delete(f"{path}/note").json()["note"] == ""
    assert client.put("/api/papers/none/vote").status_code == 404
    assert client.put(f"{path}/explode").status_code == 422


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
    collection.store.set_role(collection.store.person_at("eve@example.org").number, "editor")
    assert other.delete(f"/api/comments/{number}").status_code == 204
    assert client.get(path).json() == []
    assert client.post(path, json={"text": " "}).status_code == 400


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


CHANGES = [
    ("PUT", f"/api/papers/{HERB}/vote", None), ("DELETE", f"/api/papers/{HERB}/vote", None),
    ("PUT", f"/api/papers/{HERB}/note", {"text": "x"}), ("DELETE", f"/api/papers/{HERB}/note", None),
    ("POST", f"/api/papers/{HERB}/comments", {"text": "x"}), ("PATCH", "/api/comments/1", {"text": "x"}),
    ("DELETE", "/api/comments/1", None), ("POST", "/api/lists", {"name": "x"}),
    ("PATCH", "/api/lists/1", {"name": "x"}), ("DELETE", "/api/lists/1", None),
    ("PUT", f"/api/lists/1/papers/{HERB}", None), ("DELETE", f"/api/lists/1/papers/{HERB}", None),
    ("POST", "/api/submissions", {"paper": HERB}),
]  # fmt: skip


@pytest.mark.parametrize("people", ["open", "single"])
@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_a_cookie_alone_changes_nothing(
    collection: Collection, method: str, path: str, body: object, people: str
) -> None:
    reading = program(collection, writes=False, people=people)
    cookie = signin.begin(collection.store, ada(collection), now=NOW)
    browser = TestClient(reading.app, base_url=BASE)
    browser.cookies.set(COOKIE, cookie, domain="localhost.local")
    before = collection.store.belongings(ada(collection).number)
    answer = browser.request(method, path, json=body, headers={"origin": BASE})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert reading.request(method, path, json=body).status_code == 403, "a token that may only read"
    assert collection.store.belongings(ada(collection).number) == before


def test_bodies_are_bounded(collection: Collection) -> None:
    client, path = program(collection), f"/api/papers/{HERB}/note"
    for content, status in (
        (json.dumps({"text": "x" * 70_000}), 413), (json.dumps({"text": "x" * 10_001}), 422), ("{", 422),
        ("[" * 50_000, 422), ('{"text": "\\ud800"}', 422), ("\xff", 422), ("", 422), ('{"text": 7}', 422),
    ):  # fmt: skip
        answer = client.put(path, content=content, headers={"content-type": "application/json"})
        assert answer.status_code in (status, 400), (content[:20], answer.text)
        assert answer.headers["content-type"] == "application/problem+json"

    def pieces() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(100):
            yield b"x" * 1_000
        yield b'"}'

    assert client.put(path, content=pieces(), headers={"content-type": "application/json"}).status_code == 413


def test_too_many_changes_are_told_to_wait(collection: Collection) -> None:
    client = program(collection)
    answers = [client.put(f"/api/papers/{HERB}/vote") for _ in range(61)]
    assert answers[59].status_code == 200
    assert answers[60].status_code == 429
    assert 0 < int(answers[60].headers["retry-after"]) <= 60


def test_what_is_unchanged_is_not_sent_again(collection: Collection) -> None:
    client = program(collection)
    first = client.get("/api/lists")
    assert client.get("/api/lists", headers={"if-none-match": first.headers["etag"]}).status_code == 304
    client.post("/api/lists", json={"name": "New"})
    assert client.get("/api/lists", headers={"if-none-match": first.headers["etag"]}).status_code == 200


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(CHANGES),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    ),
    st.dictionaries(st.sampled_from(["text", "name", "paper"]), st.text(max_size=200)),
)
def test_no_body_brings_it_down(shared: Collection, change: tuple[str, str, object], odd: object, body: object) -> None:
    method, path, _ = change
    if path == "/api/submissions":
        return  # it would go out to the network
    client = program(shared, people="single")  # without limits
    for each in (odd, body):
        assert client.request(method, path, json=each).status_code < 500
    for token in shared.store.tokens(ada(shared).number):
        shared.store.remove_token(ada(shared).number, token.number)


@pytest.mark.parametrize("number", ["0", "-1", str(2**63), str(2**70), "x"])
def test_numbers_that_cannot_be(collection: Collection, number: str) -> None:
    client = program(collection)
    for method, path, body in CHANGES:
        if "/1" in path:
            odd = path.replace("/1", f"/{number}", 1)
            assert client.request(method, odd, json=body).status_code in (404, 422)
