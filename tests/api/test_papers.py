"""The API: Hugging Face's names, ids with slashes, bounds, and problems that say the way out."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from broadsheet.api import models
from broadsheet.api.papers import router
from broadsheet.config import Settings
from broadsheet.core.types import Document, Result
from broadsheet.ingest import ingest
from broadsheet.search.aspects.build import build
from broadsheet.server import create_app
from door_kit import addresses
from site_kit import LONG_WORD, NOW, ODD_ID, PAPERS, made


def problem(response: object, status: int) -> str:
    assert response.status_code == status  # type: ignore[attr-defined]
    assert response.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    said = response.json()  # type: ignore[attr-defined]
    assert set(said) == {"type", "title", "status", "detail"}
    assert said["status"] == status
    assert said["title"]
    assert "\n" not in said["detail"]
    return str(said["detail"])


def test_search_gives_results_with_all_their_parts(client: TestClient) -> None:
    said = client.get("/api/search", params={"q": "outline of a leaf"}).json()
    assert said["mode"] == "hybrid"
    first = said["items"][0]
    assert first["paper"]["id"] == "2401.00001"
    assert first["rank"] == 1
    assert first["strength"] in ("strong", "good", "fair", "weak")
    assert set(first["parts"]) == {"lexical", "semantic", "feedback", "neighbours"}
    assert set(first["parts"]["lexical"]) == {"score", "rank", "contribution"}
    words = [first["passage"][start:end] for start, end in first["matched"]]
    assert words == ["outline", "leaf"]


def test_a_search_can_be_sorted_and_its_relevant_papers_counted(client: TestClient) -> None:
    asked = {"q": "tide tables of harbour 7", "sort": "newest", "facets": "true", "k": "3"}
    said = client.get("/api/search", params=asked).json()
    assert said["sort"] == "newest"
    days = [item["paper"]["listed"] for item in said["items"][: said["relevant"]]]
    assert days == sorted(days, reverse=True)
    plain = client.get("/api/search", params={"q": "tide tables of harbour 7"}).json()
    assert (plain["sort"], plain["facets"]) == ("best", [])
    assert plain["relevant"] == said["relevant"]
    alone = client.get("/api/search", params={"q": "", "since": "1990", "until": "2022", "facets": "true"}).json()
    kinds = {each["kind"]: each["choices"] for each in alone["facets"]}
    assert {"value": "1999", "name": "1999", "papers": 1} in kinds["year"]
    assert client.get("/api/search", params={"q": "tide", "sort": "oldest"}).status_code == 422


def test_the_authors_that_a_query_names_are_told(client: TestClient) -> None:
    named = client.get("/api/search", params={"q": "ada blum"}).json()["named"]
    assert named == {"authors": [{"name": "Ada Blum", "papers": 1}], "topics": []}


def test_pages_of_another_order_follow_each_other(client: TestClient) -> None:
    asked = {"q": "tide tables", "sort": "newest"}
    whole = [each["paper"]["id"] for each in client.get("/api/search", params={**asked, "k": "12"}).json()["items"]]
    first = client.get("/api/search", params={**asked, "k": "5"})
    second = client.get(first.links["next"]["url"])
    parts = [each["paper"]["id"] for answer in (first, second) for each in answer.json()["items"]]
    assert parts == whole[:10]


def test_results_have_every_column_of_a_result_and_say_what_it_means() -> None:
    columns = models.Match.model_json_schema()
    assert columns["required"] == [each.name for each in fields(Result) if each.name != "document"]
    undescribed = {name for name, said in columns["properties"].items() if not said.get("description")}
    assert undescribed == {"parts"}  # which is described part by part
    assert columns["$defs"]["MatchPart"]["properties"]["contribution"]["description"]


def test_a_search_may_have_other_stages(client: TestClient) -> None:
    parts = {
        stages: {
            name
            for item in client.get("/api/search", params={"q": "outline of a leaf", "stages": stages}).json()["items"]
            for name in item["parts"]
        }
        for stages in ("", "fast", "neighbours")
    }
    assert parts["fast"] == {"lexical", "semantic"}
    assert parts["neighbours"] == {"lexical", "semantic", "neighbours"}
    assert parts[""] == {"lexical", "semantic", "feedback", "neighbours"}
    assert "unknown stage 'slow'" in problem(client.get("/api/search", params={"q": "leaf", "stages": "slow"}), 400)


def test_search_gives_only_what_matters_when_it_is_asked_for(client: TestClient) -> None:
    whole = client.get("/api/search", params={"q": "outline of a leaf"}).json()
    ended = client.get("/api/search", params={"q": "outline of a leaf", "relevant": "true"}).json()
    assert 1 <= len(ended["items"]) < len(whole["items"])
    assert ended["items"] == whole["items"][: len(ended["items"])]
    assert (ended["more"], ended["answerable"]) == (False, whole["answerable"])
    assert client.get("/api/search", params={"q": "leaf", "relevant": "perhaps"}).status_code == 422


def test_search_pages_without_overlap(client: TestClient) -> None:
    pages = [client.get("/api/search", params={"q": "tide tables", "k": 8, "offset": at}).json() for at in (0, 8)]
    ids = [item["paper"]["id"] for page in pages for item in page["items"]]
    assert len(ids) == len(set(ids)) == 16
    assert [item["rank"] for item in pages[1]["items"]] == list(range(9, 17))
    assert pages[0]["more"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"author": "blum"}, {"2401.00001"}),
        ({"has_code": "true"}, {"2401.00001"}),
        ({"min_votes": "3", "has_code": ""}, {"2401.00001"}),
        ({"category": "cs"}, {"2401.00001"}),
        ({"venue": "Journal of Pressed Plants"}, {"2401.00001"}),
        ({"until": "1999"}, {"hep-th/9901001"}),
        ({"since": "2026-09", "until": ""}, {"2401.00001"}),
        ({"source": "bibtex; csv"}, {"hep-th/9901001", ODD_ID}),
        ({"source": ["bibtex", "csv"]}, {"hep-th/9901001", ODD_ID}),
    ],
)
def test_conditions_alone_list_what_meets_them(client: TestClient, asked: dict[str, str], found: set[str]) -> None:
    said = client.get("/api/search", params=asked).json()
    assert {item["paper"]["id"] for item in said["items"]} == found


def test_papers_search_is_a_flat_list_in_hugging_faces_names(client: TestClient) -> None:
    first, *rest = client.get("/api/papers/search", params={"q": "herbarium sheets", "limit": 3}).json()
    assert len(rest) == 2
    assert first["id"] == "2401.00001"
    assert first["authors"][0] == {"name": "Ada Blum"}
    assert first["upvotes"] == 12
    assert first["summary"].startswith("We sort scanned")
    assert first["githubRepo"] == "https://example.org/code?a=1&b=2"
    assert datetime.strptime(first["publishedAt"], "%Y-%m-%dT%H:%M:%S.%fZ") == datetime(2026, 9, 28)
    assert first["rank"] == 1
    assert first["announced"] == "2026-09-30"


@pytest.mark.parametrize("name", ["2401.00001", "hep-th/9901001", ODD_ID, "bad:1"])
def test_a_paper_by_its_id_whatever_is_in_it(client: TestClient, name: str) -> None:
    assert client.get(f"/api/papers/{quote(name, safe='/:')}").json()["id"] == name


def test_a_paper_by_another_of_its_names(client: TestClient) -> None:
    assert client.get("/api/papers/arXiv:2401.00001v2").json()["id"] == "2401.00001"
    assert client.get("/api/papers/10.5555/herb").json()["id"] == "2401.00001"


def test_similar_by_an_id_with_a_slash(client: TestClient) -> None:
    said = client.get("/api/papers/hep-th/9901001/similar", params={"k": 3}).json()
    assert len(said["items"]) == 3
    assert "hep-th/9901001" not in [item["paper"]["id"] for item in said["items"]]
    assert said["items"][0]["parts"]["semantic"]["rank"] == 1


def test_the_aspects_of_a_paper(tmp_path: Path) -> None:
    with made(tmp_path / "c", PAPERS) as collection:
        client = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
        assert "aspects build" in problem(client.get("/api/papers/2401.00001/similar?aspect=method"), 503)
        build(collection)
        said = client.get("/api/papers/2401.00001/aspects", params={"k": 2}).json()
        assert said["sentences"][0]["text"] == "We sort scanned herbarium sheets."
        assert set(said["similar"]) == {"task", "method", "data", "result"}
        assert [len(each["items"]) for each in said["similar"].values()] == [2] * 4
        found = client.get("/api/papers/hep-th/9901001/similar", params={"aspect": "method", "k": 2}).json()
        assert set(found["items"][0]["parts"]) == {"semantic", "aspect"}
        assert "unknown aspect" in problem(client.get("/api/papers/2401.00001/similar?aspect=colour"), 400)
        assert "'nope/1'" in problem(client.get("/api/papers/nope/1/aspects"), 404)


def test_an_unknown_paper_is_a_problem(client: TestClient) -> None:
    assert "'nope/1'" in problem(client.get("/api/papers/nope/1"), 404)
    assert "'nope/1'" in problem(client.get("/api/papers/nope/1/similar"), 404)


def test_an_unknown_address_is_a_problem(client: TestClient) -> None:
    assert "/api/nothing" in problem(client.get("/api/nothing"), 404)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"k": "101"}, "k: "),
        ({"limit": "0"}, "limit: "),
        ({"offset": "-1"}, "offset: "),
        ({"offset": "1000000000"}, "offset: "),
        ({"mode": "psychic"}, "mode: "),
        ({"since": "yesterday"}, "since: expected a day"),
        ({"until": "2024-13"}, "until: expected a day"),
        ({"min_votes": "many"}, "min_votes: "),
        ({"author": ["a"] * 30}, "author: "),
    ],
)
def test_a_bad_parameter_is_named(client: TestClient, asked: dict[str, str], named: str) -> None:
    assert named in problem(client.get("/api/search", params={"q": "x", **asked}), 422)


def test_a_very_long_query_is_answered_in_part(client: TestClient) -> None:
    said = client.get("/api/search", params={"q": "leaf " + LONG_WORD[:50_000]}).json()
    assert "cut" in said["note"]
    assert len(said["query"]) <= 2_000


def test_writing_is_refused(client: TestClient) -> None:
    problem(client.delete("/api/search"), 405)
    problem(client.delete("/api/papers/2401.00001"), 405)


def test_before_a_sync_the_way_out_is_said(bare: TestClient) -> None:
    detail = problem(bare.get("/api/search", params={"q": "leaf"}), 503)
    assert "sync" in detail
    assert "/bare" not in detail  # the server's folders are nobody's business
    assert bare.get("/api/status").json()["findable_by_meaning"] == 0


def test_every_route_is_described(client: TestClient) -> None:
    said = client.get("/api/openapi.json").json()
    assert {"/api/search", "/api/papers/search", "/api/papers/{id}", "/api/papers/{id}/similar", "/healthz"} <= set(
        said["paths"]
    )
    for methods in said["paths"].values():
        for route in methods.values():
            assert route["summary"]
            assert "application/problem+json" in route["responses"]["422"]["content"]
    assert "passage" in said["components"]["schemas"]["Found"]["properties"]


def test_a_file_is_told_without_the_servers_folders_and_found_by_what_is_told(tmp_path: Path) -> None:
    held = [
        Document(id="f:1", title="Tide tables", source="jsonl:/srv/private/papers.jsonl"),
        Document(id="f:2", title="Tide gauges", source="jsonl:/srv/private/mypapers.jsonl"),
        Document(id="f:3", title="Tide pools", source="arxiv:cs.IR"),
    ]
    with made(tmp_path / "files", held) as collection:
        ingest(collection, f"jsonl:{tmp_path}/none.jsonl", now=NOW)
        client = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
        assert client.get("/api/papers/f:1").json()["source"] == "jsonl:papers.jsonl"
        assert client.get("/api/papers/f:3").json()["source"] == "arxiv:cs.IR"
        found = client.get("/api/search", params={"q": "tide", "source": "jsonl:papers.jsonl"}).json()
        assert [each["paper"]["id"] for each in found["items"]] == ["f:1"]
        for address in ("/papers/f:1.md", "/api/search?q=tide", "/api/status"):
            text = client.get(address).text
            assert "/srv/" not in text, address
            assert str(tmp_path) not in text, address


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /api/papers/search",
        "GET /api/papers/{id:path}",
        "GET /api/papers/{id:path}/aspects",
        "GET /api/papers/{id:path}/citation",
        "GET /api/papers/{id:path}/similar",
        "GET /api/search",
        "POST /api/search",
    }


def test_a_paper_is_cited(client: TestClient) -> None:
    assert client.get("/api/papers/2401.00001/citation").text.startswith("Blum, A., & ")
    assert client.get("/api/papers/2401.00001/citation?style=ris").text.startswith("TY  - ")
    assert "apa" in problem(client.get("/api/papers/2401.00001/citation?style=mla"), 404)
    assert "No paper" in problem(client.get("/api/papers/none/citation"), 404)


def test_a_document_or_a_vector_is_searched_for(client: TestClient) -> None:
    text = "Sorting pressed plants by the outline of a leaf."
    found = client.post("/api/search", json={"document": text, "k": 3}).json()
    assert found["items"][0]["paper"]["id"] == "2401.00001"
    vector = client.post("/v1/embeddings", json={"input": text, "model": "hash"}).json()["data"][0]["embedding"]
    near = client.post("/api/search", json={"vector": vector, "k": 3}).json()
    assert (near["mode"], near["items"][0]["paper"]["id"]) == ("semantic", "2401.00001")
    references = "@misc{a, title={Sorting Herbarium Sheets by Leaf Outline}}"
    assert "1 of 1 references" in client.post("/api/search", json={"document": references}).json()["note"]


@pytest.mark.parametrize(
    ("body", "status"),
    [({"vector": [1.0, 2.0]}, 400), ({"vector": ["x"]}, 422), ({"document": "x" * 200_001}, 422), ({"k": 0}, 422)],
)
def test_what_does_not_fit_is_refused_with_the_reason(client: TestClient, body: dict[str, object], status: int) -> None:
    assert problem(client.post("/api/search", json=body), status)


def test_set_operations_show_what_each_meaning_adds(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": '("leaf outlines") & ("pressed plants")'}).json()
    meanings = found["items"][0]["meanings"]
    assert [each["text"] for each in meanings] == ["leaf outlines", "pressed plants", "leaf outlines pressed plants"]
    assert sum(each["contribution"] for each in meanings) == pytest.approx(found["items"][0]["score"])
    page = client.get("/search", params={"q": '("leaf outlines") & ("pressed plants")'}).text
    assert "What each meaning of your query adds" in page
