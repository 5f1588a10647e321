"""Results: why each was found, the filters in the address, and silence explained."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from broadsheet.web.search import router
from door_kit import addresses
from page_kit import page


def test_results_say_why(client: TestClient) -> None:
    text, _ = page(client, "/search?q=outline+of+a+leaf")
    assert "<mark>outline</mark>" in text
    assert re.search(r"(Strong|Good|Fair|Weak) match</span> <span class=\"hint\">· (0\.\d\d|[<>]0\.\d\d) – why", text)
    assert "BM25" in text
    assert "cosine" in text
    assert "Ranked by words (BM25) and meaning" in text


def test_a_list_ends_where_relevance_ends_and_offers_the_weaker(client: TestClient) -> None:
    text, read = page(client, "/search?q=outline+of+a+leaf")
    shown = text.count('<article class="card')
    assert 1 <= shown < 20
    assert "Show weaker matches" in text
    following = next(given["href"] for _, given in read.elements if "relevant=false" in given.get("href", ""))
    text, read = page(client, following)
    assert text.count('<article class="card') == 20
    assert text.count("What follows is probably not about this.") == 1
    after = next(given["href"] for _, given in read.elements if given.get("rel") == "next")
    assert "relevant=false" in after, "the next page is of the same list"
    assert "Show weaker" not in text


def test_nothing_about_it_is_said_before_the_nearest(client: TestClient) -> None:
    text, _ = page(client, "/search?q=opera+houses")
    assert "Nothing here is about that; the nearest are:" in text
    assert text.count('<article class="card') == 5
    assert "Show weaker matches" in text


def test_an_identifier_comes_first_and_says_so(client: TestClient) -> None:
    text, _ = page(client, "/search?q=arXiv:2401.00001")
    assert "Exact match" in text
    assert "because you typed its identifier" in text


def test_filters_live_in_the_address_and_come_back_in_the_form(client: TestClient) -> None:
    asked = "/search?q=tide&since=2025-01-10&until=&source=jsonl%3B+csv&mode=lexical&k=5"
    text, read = page(client, asked)
    values = {given.get("name"): given.get("value") for tag, given in read.elements if tag == "input"}
    assert values["q"] == "tide"
    assert values["since"] == "2025-01-10"
    assert values["source"] == "jsonl; csv"
    assert values["mode"] == "lexical"
    assert "Only: since" in text
    following = next(given["href"] for _, given in read.elements if given.get("rel") == "next")
    kept = parse_qs(urlsplit(following).query)
    assert kept == {
        "q": ["tide"], "since": ["2025-01-10"], "source": ["jsonl", "csv"], "mode": ["lexical"], "k": ["5"],
        "offset": ["5"],
    }  # fmt: skip


def test_searching_is_one_address_that_changes_nothing() -> None:
    assert [(each.path, each.methods) for each in router.routes] == [("/search", {"GET"})]


def test_filters_alone_list_the_newest(client: TestClient) -> None:
    text, _ = page(client, "/search?q=&author=blum")
    assert "Papers that meet the filters" in text
    assert "Herbarium" in text


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/search?q=zzzqqq&mode=lexical", "No paper has any of these words"),
        ("/search?q=tide&since=2030", "No paper meets all the conditions"),
        ("/search?q=tide&offset=9000", "past the end of the list"),
        ("/search", "Type words"),
    ],
)
def test_silence_is_explained(client: TestClient, address: str, said: str) -> None:
    assert said in page(client, address)[0]


def test_a_slip_is_corrected_and_the_page_links_to_what_was_typed(client: TestClient) -> None:
    text, read = page(client, "/search?q=xoutlinez&mode=lexical")
    assert "Showing results for" not in text
    text, read = page(client, "/search?q=outlnie&mode=lexical")
    assert "Showing results for “outline”." in text
    links = [parse_qs(urlsplit(given["href"]).query).get("q") for tag, given in read.elements if tag == "a"]
    assert ['"outlnie"'] in links
    text, read = page(client, "/search?q=leaf+tidez&mode=lexical")
    assert "Did you mean “leaf tide" in text


def test_a_missing_paper_can_be_fetched(client: TestClient) -> None:
    text, read = page(client, "/search?q=https://arxiv.org/abs/2402.09999")
    assert "2402.09999 is not in this Collection." in text
    values = [given.get("value") for tag, given in read.elements if tag == "input" and given.get("name") == "paper"]
    assert values == ["2402.09999"]
    _, read = page(client, "/search?q=openalex:W999999")
    assert not [given for tag, given in read.elements if tag == "input" and given.get("name") == "paper"]


def test_a_name_says_why_its_papers_come_first(client: TestClient) -> None:
    text, _ = page(client, "/search?q=Ada+Blum")
    assert "because you typed the name of an author" in text


def test_its_address_stays() -> None:
    assert addresses(router) == {"GET /search"}
