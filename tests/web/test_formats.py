"""Pages that show a list lead to the same list for feed readers and other programs."""

from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from site_kit import ODD_ID

LINK = re.compile(r'<link rel="alternate" type="([^"]+)" title="[^"]+" href="([^"]+)">')


@pytest.mark.parametrize(
    "page",
    ["/", "/day/2026-09-30?sort=newest&category=cs", "/month/2025-01", "/newest", "/search?q=tide+tables&since=2025",
     "/author/Ada%20Blum", "/trending?days=3", "/paper/hep-th/9901001", "/paper/10.5555/odd(1)%3Fx=1%23y%25z"],
)  # fmt: skip
def test_a_page_names_its_feeds_and_they_are_there(client: TestClient, page: str) -> None:
    text = client.get(page).text
    feeds = {media: unescape(address) for media, address in LINK.findall(text)}
    assert list(feeds) == ["application/atom+xml", "application/rss+xml", "application/feed+json"]
    for media, address in feeds.items():
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == media
    assert len(client.get(feeds["application/feed+json"]).json()["items"]) >= 1
    files = [unescape(address) for address in re.findall(r'<a href="(/feeds/[^"]+)" rel="nofollow">', text)]
    assert [address.partition("?")[0].rpartition(".")[2] for address in files] == [
        "atom", "rss", "json", "bib", "ris", "csl", "csv", "rdf",
    ]  # fmt: skip


def test_the_feed_of_a_search_says_how_well_its_papers_match(client: TestClient) -> None:
    text = client.get("/search?q=tide+tables").text
    assert {unescape(address) for _, address in LINK.findall(text)} == {
        f"/feeds/search.{form}?q=tide+tables&least=fair" for form in ("atom", "rss", "json")
    }
    assert 'href="/feeds/search.bib?q=tide+tables"' in text


@pytest.mark.parametrize("page", ["/search", "/search?q=", "/nothing"])
def test_a_page_without_a_list_names_none(client: TestClient, page: str) -> None:
    assert not LINK.findall(client.get(page).text)


def test_ids_reach_their_feeds_whole(client: TestClient) -> None:
    address = next(iter(LINK.findall(client.get("/paper/10.5555/odd(1)%3Fx=1%23y%25z").text)))[1]
    assert client.get(unescape(address).replace(".atom", ".json")).json()["title"].endswith("Full of Marks")
    assert ODD_ID.startswith("10.5555/odd")
