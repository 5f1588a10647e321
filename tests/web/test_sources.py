"""The followed sources, as an editor sees and changes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.web.sources import label_of, router
from door_kit import addresses
from people_kit import browser, member, site
from plugin_kit import plug_in
from site_kit import made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


def test_an_editor_follows_sources(collection: Collection) -> None:
    visitor = browser(site(collection), member(collection, "editor"))
    assert visitor.press("/sources/add", name="arxiv:cs.IR").headers["location"] == "/sources"
    assert [each.name for each in collection.store.journal.sources()] == ["arxiv:cs.IR"]
    assert "arXiv, Information Retrieval (cs.IR)" in visitor.get("/sources").text
    visitor.press("/sources/add", name="cs.CL")
    visitor.press("/sources/add", name="example.org/feed.xml")
    assert [each.name for each in collection.store.journal.sources()] == [
        "arxiv:cs.CL", "arxiv:cs.IR", "feed:https://example.org/feed.xml"
    ]  # fmt: skip
    for name in ("arxiv:cs.CL", "feed:https://example.org/feed.xml"):
        visitor.press("/sources/remove", name=name)
    for name in ("jsonl:/etc/passwd", "page:x", "<script>", "arxiv:", ""):
        answer = visitor.press("/sources/add", name=name)
        assert 'role="alert"' in answer.text, name
        assert "<script>:" not in answer.text
    visitor.press("/sources/remove", name="arxiv:cs.IR")
    assert collection.store.journal.sources() == []


def test_the_status_shows_the_result_of_fetching(collection: Collection) -> None:
    visitor = browser(site(collection), member(collection, "editor"))
    assert visitor.press("/sources/fetch").headers["location"] == "/status"
    assert "no source is followed" in visitor.get("/status").text


def test_the_source_of_a_plug_in_is_followed_as_on_the_command_line(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug_in(monkeypatch)
    visitor = browser(site(collection), member(collection, "editor"))
    assert visitor.press("/sources/add", name="strange:tides").status_code == 303
    assert visitor.press("/sources/fetch").status_code == 303
    assert "strange:tides" in visitor.get("/sources").text
    assert collection.store.papers.get("strange:tides") is not None
    assert 'role="alert"' in visitor.press("/sources/add", name="strange:/etc/passwd").text


def test_sources_have_names() -> None:
    assert label_of("arxiv:hep-th") == "arXiv, High Energy Physics: Theory (hep-th)"
    assert label_of("hf:daily") == "Hugging Face, daily papers"
    assert label_of("feed:https://example.org/x") == "https://example.org/x"
    assert label_of("crossref:issn=1234-5678") == "crossref:issn=1234-5678"


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /sources",
        "POST /sources/add",
        "POST /sources/fetch",
        "POST /sources/remove",
    }
