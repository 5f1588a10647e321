"""Recommendations: at Semantic Scholar's paths in their shape, and in our own."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from broadsheet.api.semantic_scholar import router
from door_kit import addresses
from site_kit import ODD_ID

THEIRS = "/recommendations/v1/papers/"


def test_by_papers_liked_and_not(client: TestClient) -> None:
    liked = {"positivePaperIds": ["ARXIV:2401.00001", "DOI:10.5555/herb"], "negativePaperIds": ["fill:03"]}
    answer = client.post(THEIRS, json=liked, params={"limit": 5})
    papers = answer.json()["recommendedPapers"]
    assert len(papers) == 5
    assert all(set(paper) == {"paperId", "title"} for paper in papers), "what S2 gives when no fields are wished for"
    assert not {"2401.00001", "fill:03"} & {paper["paperId"] for paper in papers}


def test_fields_that_are_wished_for_are_there_and_no_others(client: TestClient) -> None:
    fields = "title,externalIds,url,abstract,venue,year,publicationDate,authors.name,citationCount,openAccessPdf"
    found = client.get(f"{THEIRS}forpaper/hep-th/9901001", params={"fields": fields, "limit": 40}).json()
    paper = next(each for each in found["recommendedPapers"] if each["paperId"] == "2401.00001")
    assert paper == {
        "paperId": "2401.00001",
        "title": "Sorting Herbarium Sheets by Leaf Outline",
        "externalIds": {"ArXiv": "2401.00001", "DOI": "10.5555/herb"},
        "url": "https://example.org/abs/2401.00001",
        "abstract": paper["abstract"],
        "venue": "Journal of Pressed Plants",
        "year": 2026,
        "publicationDate": "2026-09-28",
        "authors": [{"name": "Ada Blum"}, {"name": "Ben and Jerry Kiosk"}],
        "citationCount": None,
        "openAccessPdf": None,
    }
    other = next(each for each in found["recommendedPapers"] if each["paperId"] == "fill:00")
    assert other["url"] == "http://localhost/paper/fill:00"


def test_recent_papers_alone(client: TestClient) -> None:
    found = client.get(f"{THEIRS}forpaper/fill:00", params={"from": "recent"}).json()["recommendedPapers"]
    assert [paper["paperId"] for paper in found] == ["2401.00001"]
    assert len(client.get(f"{THEIRS}forpaper/fill:00", params={"from": "all-cs"}).json()["recommendedPapers"]) > 1


@pytest.mark.parametrize("name", ["arxiv:2401.00001v3", "URL:https://arxiv.org/abs/2401.00001", "10.5555/herb", ODD_ID])
def test_papers_by_any_of_their_names(client: TestClient, name: str) -> None:
    assert client.post(THEIRS, json={"positivePaperIds": [name]}).status_code == 200


@pytest.mark.parametrize(
    ("body", "params", "status", "said"),
    [
        ({"positivePaperIds": ["nope"]}, {}, 404, "'nope' not found"),
        ({"positivePaperIds": ["2401.00001"], "negativePaperIds": ["nope"]}, {}, 404, "'nope' not found"),
        ({"positivePaperIds": []}, {}, 422, "positivePaperIds"),
        ({}, {}, 422, "positivePaperIds"),
        ({"positivePaperIds": ["fill:00"]}, {"fields": "titel"}, 400, "Did you mean title?"),
        ({"positivePaperIds": ["fill:00"]}, {"limit": 501}, 422, "limit"),
        ({"positivePaperIds": ["x"] * 501}, {}, 422, "positivePaperIds"),
    ],
)
def test_mistakes_are_told_as_their_clients_read_them(
    client: TestClient, body: object, params: dict[str, str], status: int, said: str
) -> None:
    answer = client.post(THEIRS, json=body, params=params)
    assert answer.status_code == status
    assert said in answer.json()["error"]
    assert answer.json()["detail"] == answer.json()["error"]


def test_our_own_shape_takes_a_text_too(client: TestClient) -> None:
    said = client.post("/api/recommend", json={"text": "tide tables of harbour 4 and the moon", "limit": 3}).json()
    assert len(said["items"]) == 3
    assert said["items"][0]["paper"]["id"].startswith("fill:")
    assert said["items"][0]["parts"]["semantic"]["rank"] == 1
    assert "at least one paper" in client.post("/api/recommend", json={}).json()["detail"]
    assert client.post("/api/recommend", json={"positive": ["nope"]}).status_code == 404


def test_a_page_of_another_site_cannot_post_without_asking(client: TestClient) -> None:
    """A browser sends a plain text anywhere, but JSON only where the other site allows it."""
    for path in ("/api/recommend", THEIRS, "/v1/embeddings"):
        answer = client.post(path, content=b'{"positivePaperIds":["fill:00"]}', headers={"content-type": "text/plain"})
        assert answer.status_code in (400, 415, 422)


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "POST /api/recommend",
        "POST /recommendations/v1/papers",
        "POST /recommendations/v1/papers/",
        "GET /recommendations/v1/papers/forpaper/{id:path}",
    }
