"""A paper at the address of its page with an ending: as BibTeX, RIS, CSL JSON and text."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from broadsheet.web.citation import router
from door_kit import addresses
from site_kit import PAPERS


@pytest.mark.parametrize("document", PAPERS, ids=lambda document: document.id)
def test_every_paper_is_cited_in_every_form(client: TestClient, document: object) -> None:
    page = f"/paper/{quote(document.id, safe='/:')}"  # type: ignore[attr-defined]
    assert client.get(f"{page}.bib").text.startswith("@")
    assert client.get(f"{page}.ris").text.startswith("TY  - ")
    assert json.loads(client.get(f"{page}.csl").text)[0]["id"] == document.id  # type: ignore[attr-defined]
    for style in ("apa", "ieee"):
        line = client.get(f"{page}.txt", params={"style": style})
        assert line.status_code == 200
        assert line.headers["content-type"] == "text/plain; charset=utf-8"
        assert line.text.count("\n") == 1


def test_a_line_of_text_is_a_reference(client: TestClient) -> None:
    told = client.get("/paper/2401.00001.txt").text
    assert told.startswith("Blum, A., & ")
    assert "Sorting Herbarium Sheets by Leaf Outline. " in told
    assert "https://doi.org/10.5555/herb" in told


@pytest.mark.parametrize("ending", ["bib", "ris", "csl", "txt"])
def test_a_client_does_not_fetch_it_twice(client: TestClient, ending: str) -> None:
    first = client.get(f"/paper/2401.00001.{ending}")
    again = client.get(f"/paper/2401.00001.{ending}", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(f"/paper/2401.00001.{ending}")
    assert head.headers["etag"] == first.headers["etag"]


def test_a_record_has_the_name_of_a_file(client: TestClient) -> None:
    assert 'filename="blum' in client.get("/paper/2401.00001.csl").headers["content-disposition"]


def test_what_is_unknown_is_not_found(client: TestClient) -> None:
    assert client.get("/paper/none.bib").status_code == 404
    answer = client.get("/paper/2401.00001.txt?style=mla")
    assert answer.status_code == 404
    assert "apa" in answer.text


def test_its_addresses_stay() -> None:
    assert addresses(router) == {f"GET /paper/{{id:path}}.{ending}" for ending in ("bib", "ris", "csl", "txt")}
