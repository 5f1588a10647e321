"""The pages: what they say, what they never let through, and that their addresses hold together."""

from __future__ import annotations

import re
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from fastapi.testclient import TestClient

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.locks import held
from broadsheet.server import create_app
from site_kit import FILLERS, NOW, ODD_ID, PAPERS, made


class Read(HTMLParser):
    """A page's elements, and whether every one that was opened was closed in its turn."""

    void = frozenset({"meta", "link", "input", "br", "img"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []
        self.feed(text)
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.void:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def links(self) -> list[str]:
        return [given["href"] for tag, given in self.elements if tag == "a"]

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


def page(client: TestClient, address: str, status: int = 200) -> tuple[str, Read]:
    answer = client.get(address)
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text, Read(answer.text)


def test_newest_has_the_day_and_the_newest_papers_without_the_shelf(client: TestClient) -> None:
    text, read = page(client, "/newest")
    assert "Friday, <time" in text
    assert "2 October 2026" in text
    assert text.index("Sorting Herbarium Sheets") < text.index("Filler Study")
    assert "Tiny Encoders" not in text
    assert "Older papers" in text
    assert read.count("h1") == read.count("main") == read.count("footer") == 1


def test_newest_can_be_paged_to_the_end(client: TestClient) -> None:
    seen, address = [], "/newest"
    while address:
        _, read = page(client, address)
        seen += [link for link in read.links() if link.startswith("/paper/")]
        address = next((given["href"] for tag, given in read.elements if given.get("rel") == "next"), "")
    assert len(seen) == len(set(seen)) == len(PAPERS) + len(FILLERS) - 1


def test_results_say_why(client: TestClient) -> None:
    text, _ = page(client, "/search?q=outline+of+a+leaf")
    assert "<mark>outline</mark>" in text
    assert re.search(r"(Strong|Good|Fair|Weak) match", text)
    assert "BM25" in text
    assert "cosine" in text
    assert "Ranked by words (BM25) and meaning" in text


def test_an_identifier_stands_on_top_and_says_so(client: TestClient) -> None:
    text, _ = page(client, "/search?q=arXiv:2401.00001")
    assert "Exact match" in text
    assert "is its identifier" in text


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


def test_filters_alone_list_the_newest(client: TestClient) -> None:
    text, _ = page(client, "/search?q=&author=blum")
    assert "Papers that meet the filters" in text
    assert "Herbarium" in text


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/search?q=zzzqqq&mode=lexical", "No paper has any of these words"),
        ("/search?q=tide&since=2030", "No paper meets all the conditions"),
        ("/search?q=tide&offset=9000", "ends before this place"),
        ("/search", "Type words"),
        ("/newest?offset=9000", "ends before this place"),
    ],
)
def test_silence_is_explained(client: TestClient, address: str, said: str) -> None:
    assert said in page(client, address)[0]


@pytest.mark.parametrize("document", PAPERS, ids=lambda document: document.id)
def test_every_paper_has_its_page(client: TestClient, document: object) -> None:
    name = document.id  # type: ignore[attr-defined]
    text, read = page(client, f"/paper/{quote(name, safe='/:')}")
    assert read.count("h1") == 1
    assert "Similar papers" in text
    entry = client.get(f"/paper/{quote(name, safe='/:')}.bib")
    assert entry.headers["content-type"].startswith("text/plain")
    assert entry.text.startswith("@")


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


@pytest.mark.parametrize(
    "address",
    ["/paper/bad:1", "/search?q=hostile+markup", "/?offset=20", "/search?q=<script>alert(9)</script>",
     "/search?q=x&author=<script>alert(9)</script>&venue=%22><b>", "/nowhere<script>alert(9)</script>"],
)  # fmt: skip
def test_nothing_foreign_becomes_markup(client: TestClient, address: str) -> None:
    text, read = page(client, address, 404 if address.startswith("/nowhere") else 200)
    assert [given for tag, given in read.elements if tag == "script"] == [
        {"src": given["src"], "defer": ""} for tag, given in read.elements if tag == "script"
    ]
    assert read.count("script") == 2
    assert read.count("img") == read.count("i") == read.count("u") == 0
    assert not [given for _, given in read.elements if any(name.startswith("on") or name == "style" for name in given)]
    assert all(urlsplit(link).scheme in ("", "https") for link in read.links())
    assert "\u202e" not in text
    assert "49" not in re.sub(r"\d{4,}|offset=\d+", "", text) or "{{ 7 * 7 }}" in text


def test_errors_are_pages_too(client: TestClient) -> None:
    assert "No paper has the id" in page(client, "/paper/nope/2", 404)[0]
    assert "since: expected a day" in page(client, "/search?q=x&since=soon", 422)[0]
    assert client.post("/search").status_code == 405


def test_a_page_that_a_browser_has_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/paper/2401.00001").headers["etag"]
    again = client.get("/paper/2401.00001", headers={"if-none-match": tag})
    assert again.status_code == 304
    assert not again.content
    assert client.get("/paper/2401.00001", headers={"if-none-match": '"other"'}).status_code == 200


def test_assets_may_be_kept_and_change_their_address_when_they_change(client: TestClient) -> None:
    _, read = page(client, "/")
    sheet = next(given["href"] for tag, given in read.elements if given.get("rel") == "stylesheet")
    assert "?" in sheet
    assert "immutable" in client.get(sheet).headers["cache-control"]


def site_of(collection: Collection) -> TestClient:
    return TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")


def test_an_empty_collection_says_how_to_begin(tmp_path: Path) -> None:
    with made(tmp_path, ()) as collection:
        assert "The Collection is empty" in page(site_of(collection), "/")[0]


def test_the_shelf_alone_is_no_day(tmp_path: Path) -> None:
    with made(tmp_path, [paper for paper in PAPERS if paper.source.startswith("shelf")]) as collection:
        text, _ = page(site_of(collection), "/")
    assert "starter shelf: 1 paper" in text
    assert "Searches to begin with" in text
    assert "Tiny Encoders" not in text


def test_before_a_sync_the_page_says_so(bare: TestClient) -> None:
    assert "none of 36 papers can be found yet" in page(bare, "/")[0]
    assert "sync" in page(bare, "/search?q=leaf", 503)[0]
    text, _ = page(bare, "/paper/2401.00001")
    assert "run sync" in text


def test_while_another_process_syncs_the_page_says_how_far_it_is(tmp_path: Path) -> None:
    with made(tmp_path, PAPERS) as collection:
        store = collection.store
        made(tmp_path, FILLERS, synced=False).close()
        assert store.count() == 36
        site, release, holding = site_of(collection), threading.Event(), threading.Event()

        def hold() -> None:
            with held(collection.lock):
                holding.set()
                release.wait(30)

        thread = threading.Thread(target=hold)
        thread.start()
        assert holding.wait(30)
        try:
            text, _ = page(site, "/search?q=leaf")
            assert "A sync is under way" in text
            assert "6 of 36 papers can be found by meaning so far" in text
            assert "Herbarium" in text
        finally:
            release.set()
            thread.join()
        text, _ = page(site, "/")
        assert "A sync is under way" not in text
        assert "takes in the rest" in text
