"""The page of one paper, whatever its id, and its BibTeX entry."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from broadsheet.web.paper import router
from door_kit import addresses
from lists_kit import ELSEWHERE, SUITED, id_of, kinds, with_lists
from page_kit import page
from people_kit import browser, member, site
from site_kit import ODD_ID, PAPERS


@pytest.mark.parametrize("document", PAPERS, ids=lambda document: document.id)
def test_every_paper_has_its_page(client: TestClient, document: object) -> None:
    name = document.id  # type: ignore[attr-defined]
    text, read = page(client, f"/paper/{quote(name, safe='/:')}")
    assert read.count("h1") == 1
    assert "Similar papers" in text


def test_a_paper_page_tells_all(client: TestClient) -> None:
    text, read = page(client, "/paper/2401.00001")
    for said in (
        "Ada Blum",
        "Journal of Pressed Plants",
        "28 September 2026",
        "12 pages",
        "leaves, outlines",
        "@article",
    ):
        assert said in text
    assert text.count("<p dir=") >= 2
    assert "https://example.org/code?a=1&b=2" in read.links()
    assert "nested" not in text


def test_links_between_pages_work_for_every_id(client: TestClient) -> None:
    _, read = page(client, "/search?q=identifier+full+of+marks")
    address = next(link for link in read.links() if link.startswith("/paper/10.5555"))
    assert "An Identifier Full of Marks" in page(client, address)[0]
    assert client.get(address + ".bib").status_code == 200
    assert ODD_ID in page(client, address)[0]


def test_another_name_leads_to_the_id(client: TestClient) -> None:
    answer = client.get("/paper/arXiv:2401.00001v3", follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"] == "/paper/2401.00001"


def test_the_shelf_says_what_it_is(client: TestClient) -> None:
    text, _ = page(client, "/paper/title:00000000000000aa")
    assert "own description" in text


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /paper/{id:path}",
    }


def test_a_reader_is_told_into_which_list_a_paper_goes_and_saves_it_there(tmp_path: Path) -> None:
    with kinds(tmp_path / "c") as collection:
        ada, app = member(collection), site(collection)
        address = f"/paper/{id_of(SUITED)}"
        assert "Goes into" not in browser(app, ada).get(address).text
        with_lists(collection, ada.number)
        reader = browser(app, ada)
        text, read = page(reader, address)
        assert "<bdi>Spans</bdi></a>, because of <a" in text
        near = {link for link in read.links() if link.startswith("/paper/made:")}
        assert len({f"/paper/{id_of(place)}" for place in range(10)} & near) >= 3
        assert "Goes into" not in page(reader, f"/paper/{id_of(ELSEWHERE)}")[0]
        assert "Goes into" not in browser(app).get(address).text
        number = next(each.number for each in collection.store.lists.of(ada.number) if each.name == "Spans")
        assert f'name="into" value="{number}">Save it there' in reader.get(address).text
        reader.press("/save", page=address, paper=id_of(SUITED), into=number, next=address)
        assert collection.store.papers.number(id_of(SUITED)) in collection.store.lists.saved(ada.number, number)
        assert "Goes into" not in page(reader, address)[0]
