"""Why papers match, for programs: parts that sum, concepts that are turned, lists, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from broadsheet.api import explain
from broadsheet.collection import open_collection
from broadsheet.topics import tree
from program_kit import program
from site_kit import NOW, PAPERS
from topic_kit import SUBJECTS, papers, put

COPY = replace(PAPERS[0], id="copy", aliases=(), announced=None)


@pytest.fixture(scope="module")
def ada(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A program at a Collection with topics."""
    with open_collection(tmp_path_factory.mktemp("explained"), encoder="hash") as collection:
        put(collection, [*papers(list(SUBJECTS)[:5], 12), *PAPERS[:2], COPY])
        tree.bring_up(collection, now=NOW)
        yield program(collection)


def test_a_match_is_split_into_parts_that_sum(ada: TestClient) -> None:
    asked = {"q": "leaf outlines on pressed plants", "id": "10.5555/herb", "deep": True}
    found = ada.get("/api/explain/match", params=asked).json()
    assert found["paper"] == {"id": "2401.00001", "title": "Sorting Herbarium Sheets by Leaf Outline"}
    parts = found["result"]["parts"]
    assert sum(each["contribution"] for each in parts.values()) == pytest.approx(found["result"]["score"])
    assert sum(each["score"] for each in found["terms"]) == pytest.approx(parts["lexical"]["score"], rel=1e-5)
    meaning = found["meaning"]
    assert sum(each["part"] for each in meaning["pairs"]) + meaning["others"] == pytest.approx(meaning["cosine"])
    assert found["lost"][0]["fall"] > 0
    assert found["sentence_cosine"] <= 1
    assert ada.get("/api/explain/match", params={**asked, "deep": False}).json()["lost"] == []


def test_two_papers_are_split_and_told_apart(ada: TestClient) -> None:
    found = ada.get("/api/explain/pair", params={"one": "2401.00001", "other": "copy"}).json()
    assert found["cosine"] > 0.9
    assert found["aligned"]
    assert found["one"]["paper"]["id"] == "2401.00001"
    apart = ada.get("/api/explain/pair", params={"one": "2401.00001", "other": "hep-th/9901001"}).json()
    assert "herbarium" in {each["word"].lower() for each in apart["one"]["terms"]}
    assert apart["one"]["sentences"]


def test_a_query_is_described_and_turned(ada: TestClient) -> None:
    asked = {"q": "honey of a swarm", "k": 3}
    plain = ada.get("/api/explain/query", params=asked).json()
    assert len(plain["page"]["items"]) == 3
    name = plain["concepts"][0]["concept"]
    off = ada.get("/api/explain/query", params={**asked, "without": name}).json()
    assert name not in {each["concept"] for each in off["concepts"]}
    refused = ada.get("/api/explain/query", params={"q": "tide", "more": "no such thing"})
    assert (refused.status_code, "no concept is called" in refused.json()["detail"]) == (400, True)


def test_a_list_tells_its_concepts(ada: TestClient) -> None:
    bees = [each["paper"]["id"] for each in ada.get("/api/search", params={"q": "bees", "k": 9}).json()["items"]]
    found = ada.get("/api/explain/list", params={"id": [*bees, "hep-th/9901001"]}).json()
    assert (found["papers"], found["notes"]) == (10, [])
    assert found["concepts"]
    assert found["outliers"][0]["paper"]["id"] == "hep-th/9901001"


def test_what_is_unknown_or_too_much_is_refused(ada: TestClient) -> None:
    assert ada.get("/api/explain/match", params={"q": "leaf", "id": "nothing"}).status_code == 404
    assert ada.get("/api/explain/match", params={"q": "", "id": "2401.00001"}).status_code == 422
    assert ada.get("/api/explain/pair", params={"one": "2401.00001", "other": "2401.00001"}).status_code == 400
    many = ada.get("/api/explain/list", params={"id": ["copy"] * (explain.MOST_IDS + 1)})
    assert many.status_code == 422
