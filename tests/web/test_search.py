"""Results: why each was found, the filters in the address, and silence explained."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest
from fastapi.testclient import TestClient

from broadsheet.web.search import router
from door_kit import addresses
from page_kit import page


def test_results_say_why(client: TestClient) -> None:
    text, read = page(client, "/search?q=outline+of+a+leaf")
    assert "<mark>outline</mark>" in text
    assert re.search(r'<h2 class="rubric">(Strong|Good|Fair) matches</h2>', text)
    assert re.search(
        r"(Strong|Good|Fair) match</span>: the probability that it is relevant is (0\.\d\d|[<>]0\.\d\d)", text
    )
    assert "BM25" in text
    assert "cosine" in text
    assert "Ranked by words (BM25) and meaning" in text
    assert "/explain?q=outline+of+a+leaf&paper=2401.00001" in [each.replace("&amp;", "&") for each in read.links()]


def test_strengths_are_headings_and_only_where_they_change(client: TestClient) -> None:
    text, _ = page(client, "/search?q=tide+tables+of+harbour+7")
    headings = re.findall(r'<h2 class="rubric">(\w+) matches</h2>', text)
    assert headings
    assert headings == sorted(set(headings), key=["Strong", "Good", "Fair"].index)
    text, _ = page(client, "/search?q=tide+tables+of+harbour+7&sort=newest")
    assert "matches</h2>" not in text, "another order has no strengths to show"


def test_a_list_ends_where_relevance_ends_and_offers_the_weaker(client: TestClient) -> None:
    text, read = page(client, "/search?q=outline+of+a+leaf")
    shown = text.count('<article class="card')
    assert 1 <= shown < 20
    assert re.search(rf"Relevance ends here.*Show {20 - shown} weaker match", text)
    following = next(given["href"] for _, given in read.elements if "relevant=false#weaker" in given.get("href", ""))
    text, read = page(client, following)
    assert text.count('<article class="card') == 20
    assert text.count("What follows is probably not about this.") == 1
    assert 'id="weaker"' in text
    after = next(given["href"] for _, given in read.elements if given.get("rel") == "next")
    assert "relevant=false" in after, "the next page is of the same list"
    assert "weaker match" not in text


def test_nothing_about_it_is_said_before_the_nearest(client: TestClient) -> None:
    text, _ = page(client, "/search?q=opera+houses")
    assert "Nothing here is about “opera houses”. No paper has the word" in text
    assert text.count('<article class="card') == 5
    assert re.search("Show 15 weaker matches", text)


def test_words_of_another_script_get_a_hint(client: TestClient) -> None:
    text, _ = page(client, "/search?q=大语言模型如何记忆&mode=semantic")
    assert "may not read this script" in text or "does not know any of these words" in text


def test_a_paper_that_is_named_stands_alone_before_papers_like_it(client: TestClient) -> None:
    for typed in ("arXiv:2401.00001", "Sorting herbarium sheets by leaf outline"):
        text, read = page(client, f"/search?q={quote_plus(typed)}")
        assert "The paper that you named" in text
        first = next(given["href"] for tag, given in read.elements if tag == "a" and "/paper/" in given.get("href", ""))
        assert first == "/paper/2401.00001"
        assert text.count("You typed its") == 1
        assert "Papers like it</h2>" in text
        assert 2 <= text.count('<article class="card') <= 9
        assert 'rel="next"' not in text
    text, _ = page(client, "/search?q=arXiv:2401.00001&relevant=false")
    assert "Papers like it" not in text
    assert text.count('<article class="card') == 20


def test_filters_live_in_the_address_and_come_back_in_the_form(client: TestClient) -> None:
    asked = "/search?q=tide&since=2025-01-10&until=&source=jsonl%3B+csv&mode=lexical&k=5"
    text, read = page(client, asked)
    values = {given.get("name"): given.get("value") for tag, given in read.elements if tag == "input"}
    assert values["q"] == "tide"
    assert values["since"] == "2025-01-10"
    assert values["source"] == "jsonl; csv"
    assert values["mode"] == "lexical"
    assert "since <bdi>10 January 2025</bdi>" in text
    without = next(each for each in read.links() if "since" not in each and "source=csv" in each)
    assert parse_qs(urlsplit(without.replace("&amp;", "&")).query)["source"] == ["jsonl", "csv"]
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
    assert "1 match<span" in text
    assert "that meet the filters" in text
    assert "Herbarium" in text
    assert "newest first" in text


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/search?q=zzzqqq&mode=lexical", "No paper has any of these words"),
        ("/search?q=tide&since=2030", "No paper meets all the conditions"),
        ("/search?q=tide&offset=9000", "past the end of the list"),
        ("/search", "Type words"),
        ("/search?q=tide&since=2030", "Search without the filters"),
    ],
)
def test_silence_is_explained(client: TestClient, address: str, said: str) -> None:
    assert said in page(client, address)[0]


def test_a_slip_is_corrected_and_the_page_links_to_what_was_typed(client: TestClient) -> None:
    text, read = page(client, "/search?q=xoutlinez&mode=lexical")
    assert "Showing results for" not in text
    text, read = page(client, "/search?q=outlnie&mode=lexical")
    assert "Showing results for <strong>outline</strong>." in text
    assert text.count("Showing results for") == 1
    links = [parse_qs(urlsplit(given["href"]).query).get("q") for tag, given in read.elements if tag == "a"]
    assert ['"outlnie"'] in links
    text, read = page(client, "/search?q=leaf+tidez&mode=lexical")
    assert re.search(r"Did you mean <a [^>]*><strong>leaf tides?</strong></a>\?", text)


def test_a_missing_paper_can_be_looked_up_and_submitted(client: TestClient) -> None:
    text, read = page(client, "/search?q=https://arxiv.org/abs/2402.09999")
    assert "<bdi>2402.09999</bdi></strong> is not in this collection." in text
    assert "https://arxiv.org/abs/2402.09999" in read.links()
    values = [given.get("value") for tag, given in read.elements if tag == "input" and given.get("name") == "paper"]
    assert values == ["2402.09999"]
    _, read = page(client, "/search?q=openalex:W999999")
    assert not [given for tag, given in read.elements if tag == "input" and given.get("name") == "paper"]


def test_a_name_is_an_author_with_their_papers(client: TestClient) -> None:
    text, read = page(client, "/search?q=ada+blum")
    assert "You typed the name of an author" in text
    assert "/author/Ada%20Blum" in read.links()
    assert ">1 paper</span>" in text
    follow = next(given for tag, given in read.elements if tag == "form" and given["action"] == "/authors")
    assert (follow["data-swap"], follow["data-undo"]) == ("recognised", "")
    assert "come first" not in text, "the box says so"
    assert "By this author</h2>" in text


def test_facets_count_the_matches_and_set_a_filter(client: TestClient) -> None:
    text, read = page(client, "/search?q=&until=2024-12-31&since=1990")
    assert "Narrow the results" in text
    links = [parse_qs(urlsplit(each.replace("&amp;", "&")).query) for each in read.links()]
    assert any(each.get("since") == ["1999-01-01"] or each.get("since") == ["1999"] for each in links)
    counts = re.findall(r"since=2020&amp;until=2020[^>]*><bdi>2020</bdi></a> <span>(\d+)</span>", text)
    assert set(counts) == {"1"}


@pytest.mark.parametrize("sort", ["newest", "votes"])
def test_an_order_is_kept_from_page_to_page(client: TestClient, sort: str) -> None:
    text, read = page(client, f"/search?q=tide+tables&sort={sort}&k=3")
    assert f'aria-current="true">{"newest first" if sort == "newest" else "most votes"}' in text
    following = [given["href"] for _, given in read.elements if given.get("rel") == "next"]
    assert following
    assert f"sort={sort}" in following[0]


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ("since=yesterday", "since", "“yesterday” is not a date. Use 2024-05-31, 2024-05 or 2024."),
        ("min_votes=many", "min_votes", "“many” is not a number of votes."),
        ("until=2025-13-45&since=2024", "until", "“2025-13-45” is not a date."),
    ],
)
def test_a_bad_filter_keeps_the_form_and_says_what_is_wrong(
    client: TestClient, wrong: str, field: str, message: str
) -> None:
    text, read = page(client, f"/search?q=tide+tables&venue=EELS&{wrong}", 422)
    values = {given.get("name"): given for tag, given in read.elements if tag == "input"}
    assert values["q"]["value"] == "tide tables"
    assert values["venue"]["value"] == "EELS"
    assert values[field]["aria-invalid"] == "true"
    assert values[field]["value"] == dict(each.split("=") for each in wrong.split("&"))[field]
    assert f'<strong class="wrong" id="{field}-hint">{message}' in text
    assert '<details class="menu filters-menu" id="filters" open>' in text
    assert '<article class="card' not in text, "nothing is searched"


def test_what_is_no_field_is_wrong_without_one(client: TestClient) -> None:
    text, _ = page(client, "/search?q=tide&sort=best-of-all&k=0", 422)
    assert "“best-of-all” is not an order. Use best, newest or votes." in text


def test_its_address_stays() -> None:
    assert addresses(router) == {"GET /search"}
