"""The page of one paper, whatever its id, and its BibTeX entry."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from broadsheet.config import Settings
from broadsheet.core.types import Document
from broadsheet.server import create_app
from broadsheet.web.paper import router
from door_kit import addresses
from lists_kit import ELSEWHERE, SUITED, id_of, kinds, with_lists
from page_kit import page
from people_kit import browser, member, site
from site_kit import NOW, ODD_ID, PAPERS, made
from topics_kit import TIDES, plant


@pytest.mark.parametrize("document", PAPERS, ids=lambda document: document.id)
def test_every_paper_has_its_page(client: TestClient, document: object) -> None:
    name = document.id  # type: ignore[attr-defined]
    text, read = page(client, f"/paper/{quote(name, safe='/:')}")
    assert read.count("h1") == 1
    assert "Similar" in text
    assert "My note" in text


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


def test_a_paper_has_its_neighbours_on_its_day(client: TestClient) -> None:
    text, read = page(client, "/paper/fill:03")
    assert "1 of 1" in text
    assert "/day/2025-01-04" in read.links()
    assert 'rel="next"' not in client.get("/paper/fill:03").text
    assert 'class="strip crumb"' not in client.get("/paper/hep-th/9901001").text


def test_it_is_cited_in_every_form(client: TestClient) -> None:
    text = client.get("/paper/2401.00001").text
    for name, beginning in (
        ("apa", "Blum, A., &amp; "),
        ("ieee", "A. Blum"),
        ("bibtex", "@"),
        ("ris", "TY  - "),
        ("csl", "["),
    ):
        assert re.search(rf'<pre id="cite-{name}"[^>]*><code>{re.escape(beginning)}', text)
        assert f'data-copies="cite-{name}"' in text


def test_it_says_of_itself_what_it_is(client: TestClient) -> None:
    text = client.get("/paper/2401.00001").text
    assert '<link rel="canonical" href="http://localhost/paper/2401.00001">' in text
    assert '<meta property="og:title" content="Sorting Herbarium Sheets by Leaf Outline">' in text
    assert '<meta property="og:description" content="We sort scanned herbarium sheets.' in text
    assert '<meta name="twitter:card" content="summary">' in text
    assert "og:image" not in text
    hostile = client.get("/paper/bad:1").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;quoted&#34;" in hostile
    assert "<script>alert" not in hostile


def test_facts_have_plain_names_and_no_file(tmp_path: Path) -> None:
    extra = {
        "ai_summary": "It does a thing.",
        "org": "A Lab",
        "github_stars": 29,
        "submitted": "2025-12-22T00:14:52.424Z",
    }
    links = {"abstract": "https://arxiv.org/abs/2512.00001", "code": "https://example.org/code"}
    given = Document(
        id="2512.00001",
        title="A $p$-adic $5 Paper",
        text="On $x^2$.",
        links=links,
        source="jsonl:recent.jsonl",
        extra=extra,
    )
    with made(tmp_path / "c", [given], synced=False) as collection:
        text = (
            TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
            .get("/paper/2512.00001")
            .text
        )
    for told in (
        "It does a thing. <span",
        "A Lab",
        "★ 29",
        ">arXiv</a>",
        "22 December 2025",
        "<math><mrow><mi>p</mi>",
        "-adic $5 Paper",
    ):
        assert told in text
    shown, _, details = text.partition('<details class="all">')
    assert "recent.jsonl" not in shown
    assert "recent.jsonl" in details
    for raw in ("ai summary", "Ai summary", "github stars", "Abstract</a>", ">org<"):
        assert raw not in text


def test_similar_papers_are_sorted(client: TestClient) -> None:
    near, new = (client.get(f"/paper/fill:03{query}").text for query in ("", "?akin=newest"))
    assert near.count('class="hint"><time') >= 8
    rail = new.partition('id="similar"')[2].partition("</section>")[0]
    days = re.findall(r'datetime="([\d-]+)"', rail)
    assert len(days) == 8
    assert days == sorted(days, reverse=True)
    assert client.get("/paper/fill:03?akin=method").status_code == 200
    assert client.get("/paper/fill:03?akin=other").status_code == 422


def test_a_paper_has_its_place_in_its_topic(tmp_path: Path) -> None:
    with made(tmp_path / "c") as collection:
        numbers = collection.store.papers.numbers([f"fill:{place:02}" for place in range(30)])
        plant(collection, dict.fromkeys(numbers.values(), (TIDES, 0.5)))
        text = (
            TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
            .get("/paper/fill:03")
            .text
        )
    rail = text.partition('id="on-topic"')[2].partition("</section>")[0]
    assert "Tide tables" in rail
    assert "The 4th on this in 30 days" in rail
    assert "/paper/fill:00" in rail
    assert rail.count("<rect") == 12


def test_the_one_reader_has_a_note_and_no_comment_box(client: TestClient) -> None:
    text = client.get("/paper/2401.00001").text
    assert '<textarea id="note"' in text
    assert 'id="comment"' not in text


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
