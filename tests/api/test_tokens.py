"""Changes, through the API: with a token that may, never with a cookie alone, and of bounded size."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.api.tokens import LONGEST
from broadsheet.collection import Collection
from broadsheet.people import signin
from broadsheet.site.auth import COOKIE
from program_kit import BASE, person_at, program
from site_kit import NOW, PAPERS, made

HERB = "2401.00001"
CHANGES = [
    ("PUT", f"/api/papers/{HERB}/vote", None), ("DELETE", f"/api/papers/{HERB}/vote", None),
    ("PUT", f"/api/papers/{HERB}/note", {"text": "x"}), ("DELETE", f"/api/papers/{HERB}/note", None),
    ("POST", f"/api/papers/{HERB}/comments", {"text": "x"}), ("PATCH", "/api/comments/1", {"text": "x"}),
    ("DELETE", "/api/comments/1", None), ("POST", "/api/lists", {"name": "x"}),
    ("PATCH", "/api/lists/1", {"name": "x"}), ("DELETE", "/api/lists/1", None),
    ("PUT", f"/api/lists/1/papers/{HERB}", None), ("DELETE", f"/api/lists/1/papers/{HERB}", None),
    ("POST", "/api/submissions", {"paper": HERB}),
]  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    with made(tmp_path_factory.mktemp("rest"), PAPERS, synced=False) as collection:
        yield collection


@pytest.mark.parametrize("people", ["open", "single"])
@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_a_cookie_alone_changes_nothing(
    collection: Collection, method: str, path: str, body: object, people: str
) -> None:
    reading = program(collection, writes=False, people=people)
    cookie = signin.begin(collection.store, person_at(collection), now=NOW)
    browser = TestClient(reading.app, base_url=BASE)
    browser.cookies.set(COOKIE, cookie, domain="localhost.local")
    before = collection.store.archive.belongings(person_at(collection).number)
    answer = browser.request(method, path, json=body, headers={"origin": BASE})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert reading.request(method, path, json=body).status_code == 403, "a token that may only read"
    assert collection.store.archive.belongings(person_at(collection).number) == before


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
    for token in shared.store.people.tokens(person_at(shared).number):
        shared.store.people.remove_token(person_at(shared).number, token.number)


@pytest.mark.parametrize("number", ["0", "-1", str(2**63), str(2**70), "x"])
def test_numbers_that_cannot_be(collection: Collection, number: str) -> None:
    client = program(collection)
    for method, path, body in CHANGES:
        if "/1" in path:
            odd = path.replace("/1", f"/{number}", 1)
            assert client.request(method, odd, json=body).status_code in (404, 422)


def test_a_body_of_the_greatest_length_is_read(collection: Collection) -> None:
    client = program(collection)
    body = json.dumps({"text": "x"})
    for length, status in ((LONGEST, 200), (LONGEST + 1, 413)):
        padded = body + " " * (length - len(body))
        answer = client.put(f"/api/papers/{HERB}/note", content=padded, headers={"content-type": "application/json"})
        assert answer.status_code == status, length
