"""Near and same, for programs: what is near a paper, pairs, and each work once in lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from broadsheet.api.near import router
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.server import create_app
from door_kit import addresses
from near_kit import COPY, DAY, OTHERS, RENAMED, WORK, akin, filled
from site_kit import NOW

PAPERS = (WORK, COPY, RENAMED, akin(1, 4), *OTHERS)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    with filled(tmp_path_factory.mktemp("near"), *PAPERS) as collection:
        second = replace(WORK, text=WORK.text.replace("nine", "eight"), version=2)
        collection.store.papers.put([second], now=NOW)
        yield collection


@pytest.fixture
def client(collection: Collection) -> TestClient:
    return TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")


def told(client: TestClient, path: str, status: int = 200, **options: Any) -> Any:
    answer = client.get(f"/api/{path}", params=options)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_what_is_near_a_paper(client: TestClient) -> None:
    near = told(client, f"papers/{WORK.id}/near")
    assert {copy["id"] for copy in near["copies"] if copy["same"]} == {COPY.id, RENAMED.id}
    assert all(0.5 < copy["confidence"] <= 1 for copy in near["copies"])
    assert (near["novelty"]["count"], near["novelty"]["day"], near["novelty"]["note"]) == (1, DAY.isoformat(), "")
    assert near["novelty"]["words"].startswith("The 2nd of its kind this month")
    assert near["novelty"]["earlier"][0]["id"] == "akin:1"
    (revision,) = near["revisions"]
    assert (revision["versions"], revision["source"]) == ([None, 2], WORK.source)
    assert [piece["text"] for piece in revision["text"] if piece["kind"] == "added"] == ["eight"]
    assert told(client, f"papers/{WORK.id}/near", days=2)["novelty"]["count"] == 0


def test_what_cannot_be_answered(client: TestClient) -> None:
    assert "No paper has the id" in told(client, "papers/nothing/near", 404)["detail"]
    told(client, f"papers/{WORK.id}/near", 422, days=0)
    told(client, "near/pairs", 422, least=0.2)
    told(client, "search", 422, q="salt", diverse=2)


def test_near_pairs(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    found = told(client, "near/pairs", least=0.8, limit=2)
    assert len(found["pairs"]) == 2 < found["total"]
    assert found["papers"] == len(PAPERS)
    assert all(pair["same"] and pair["cosine"] >= 0.8 for pair in found["pairs"])
    assert told(client, "near/pairs", since=(DAY + timedelta(days=1)).isoformat())["pairs"] == []
    monkeypatch.setattr("broadsheet.api.near.MOST_AT_A_DOOR", 3)
    assert "run `broadsheet near pairs`" in told(client, "near/pairs", 400)["detail"]


def test_lists_have_each_work_once_unless_all_are_asked_for(client: TestClient) -> None:
    ids = {WORK.id, COPY.id, RENAMED.id}
    once = told(client, "search", q="weighing salt", k=20, copies=False)["items"]
    (led,) = (each for each in once if each["paper"]["id"] in ids)
    assert {each["id"] for each in led["same"]} | {led["paper"]["id"]} == ids
    every = told(client, "search", q="weighing salt", k=20)["items"]
    assert ids <= {each["paper"]["id"] for each in every}
    akin_once = told(client, f"papers/{WORK.id}/similar", k=20, copies=False)["items"]
    assert not ids & {each["paper"]["id"] for each in akin_once}
    akin_all = told(client, f"papers/{WORK.id}/similar", k=20)["items"]
    assert {COPY.id, RENAMED.id} <= {each["paper"]["id"] for each in akin_all}
    varied = told(client, "search", q="weighing salt", k=20, diverse=0.9, copies=False)["items"]
    assert [each["paper"]["id"] for each in varied] != [each["paper"]["id"] for each in once]


def test_the_page_of_a_paper_says_it(client: TestClient) -> None:
    page = client.get(f"/paper/{WORK.id}").text
    assert "the same work, 0." in page or "the same work, 1.00" in page
    assert "The 2nd of its kind this month" in page
    assert "<del>nine</del> <ins>eight</ins>" in page
    hits = client.get("/search", params={"q": "weighing salt", "diverse": 0.2}).text
    assert "The same work: " in hits
    assert 'value="0.2"' in hits


def test_without_vectors_there_is_a_plain_answer(tmp_path: Path) -> None:
    with filled(tmp_path, WORK, COPY, synced=False) as collection:
        bare = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
        near = told(bare, f"papers/{WORK.id}/near")
        assert near["novelty"]["note"].startswith("There are no vectors yet")
        assert [copy["id"] for copy in near["copies"]] == [COPY.id]
        told(bare, "near/pairs", 503)


def test_every_address_is_used() -> None:
    assert addresses(router) == {"GET /api/papers/{id:path}/near", "GET /api/near/pairs"}
