"""The newest papers, and the front page before any day has papers."""

from __future__ import annotations

from fastapi.testclient import TestClient

from page_kit import page
from site_kit import FILLERS, PAPERS


def test_newest_has_the_day_and_the_newest_papers_without_the_shelf(client: TestClient) -> None:
    text, read = page(client, "/newest")
    assert '<h1 class="day">Newest papers</h1>' in text
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


def test_silence_is_explained(client: TestClient) -> None:
    assert "past the end of the list" in page(client, "/newest?offset=9000")[0]
