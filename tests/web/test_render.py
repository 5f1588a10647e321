"""How pages are rendered: what they never let through, errors, caching, and the progress of a sync."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from broadsheet.locks import held
from broadsheet.web.render import STATIC, failure
from page_kit import page, site_of
from site_kit import FILLERS, PAPERS, made


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
    assert all(given["src"].startswith("/static/") for tag, given in read.elements if tag == "script")
    assert 2 <= read.count("script") <= 3, "the frame's, and one of the page's own"
    assert read.count("img") == read.count("i") == read.count("u") == 0
    assert not [given for _, given in read.elements if any(name.startswith("on") or name == "style" for name in given)]
    own = [link for link in read.links() if link.startswith("mailto:?")]  # to nobody yet: the paper is shared by it
    assert all(urlsplit(link).scheme in ("", "https") for link in read.links() if link not in own)
    assert "\u202e" not in text
    plain = re.sub(r'\d{4,}|offset=\d+|name="token" value="[^"]+"', "", text)
    assert "49" not in plain or "{{ 7 * 7 }}" in text


def test_errors_are_pages_too(client: TestClient) -> None:
    assert "No paper has the id" in page(client, "/paper/nope/2", 404)[0]
    assert "“soon” is not a date" in page(client, "/search?q=x&since=soon", 422)[0]
    assert client.post("/search").status_code == 405


def test_a_page_that_a_browser_has_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/paper/2401.00001").headers["etag"]
    again = client.get("/paper/2401.00001", headers={"if-none-match": tag})
    assert again.status_code == 304
    assert not again.content
    assert client.get("/paper/2401.00001", headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("known", ['"other", {tag}', '{tag},"other"', '"other", W/{tag}', "*"])
def test_a_browser_may_name_several_states_that_it_has(client: TestClient, known: str) -> None:
    client.headers["accept-encoding"] = "identity"
    tag = client.get("/paper/2401.00001").headers["etag"]
    again = client.get("/paper/2401.00001", headers={"if-none-match": known.format(tag=tag)})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert again.headers["cache-control"] == "private, no-cache"


def test_a_browser_without_the_page_gets_it_whatever_its_date(client: TestClient) -> None:
    dated = {"if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    assert client.get("/paper/2401.00001", headers=dated).status_code == 200


def test_assets_may_be_kept_and_change_their_address_when_they_change(client: TestClient) -> None:
    _, read = page(client, "/")
    sheet = next(given["href"] for tag, given in read.elements if given.get("rel") == "stylesheet")
    assert "?" in sheet
    assert "immutable" in client.get(sheet).headers["cache-control"]


def test_before_a_sync_the_page_says_so(bare: TestClient) -> None:
    assert "Search finds none of the 36 papers yet" in page(bare, "/")[0]
    assert "sync" in page(bare, "/search?q=leaf", 503)[0]
    text, _ = page(bare, "/paper/2401.00001")
    assert "run sync" in text


def test_while_another_process_syncs_the_page_says_how_far_it_is(tmp_path: Path) -> None:
    with made(tmp_path, PAPERS) as collection:
        store = collection.store
        made(tmp_path, FILLERS, synced=False).close()
        assert store.papers.count() == 36
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
            assert "A sync is running" in text
            assert "Search finds 6 of 36 papers by meaning so far" in text
            assert "Herbarium" in text
        finally:
            release.set()
            thread.join()
        text, _ = page(site, "/")
        assert "A sync is running" not in text
        assert ">Make them searchable</button>" in text


@pytest.mark.parametrize("status", [400, 404, 418, 500, 503])
def test_an_error_says_its_detail_as_text_and_nothing_of_the_collection(tmp_path: Path, status: int) -> None:
    with made(tmp_path, PAPERS, synced=False) as collection:
        where = site_of(collection).app.state.site  # type: ignore[attr-defined]
        answer = failure(where, status, "<b>no</b> such paper")
    text = bytes(answer.body).decode()
    assert (answer.status_code, answer.media_type) == (status, "text/html")
    assert "&lt;b&gt;no&lt;/b&gt; such paper" in text
    assert str(tmp_path) not in text


def test_every_asset_of_ours_is_text_an_image_or_a_face() -> None:
    assert {path.suffix for path in STATIC.iterdir()} <= {".css", ".js", ".svg", ".png", ".ico", ".txt", ".woff2"}
