"""Author, status, sources and how ranking works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.types import Run
from broadsheet.site.context import Site
from broadsheet.web import filters
from people_kit import browser, member, site
from site_kit import NOW, made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


def test_an_author_has_a_page_that_the_paper_leads_to(collection: Collection) -> None:
    visitor = browser(site(collection))
    assert 'href="/author/Ada%20Blum"' in visitor.get("/paper/2401.00001").text
    page = visitor.get("/author/Ada%20Blum").text
    assert "Sorting Herbarium Sheets" in page
    assert "1 paper with an author of this name" in page
    assert "Follow this author" not in page
    hostile = visitor.get("/author/%3Ci%3EEve%E2%80%AE%3C%2Fi%3E")
    assert hostile.status_code in (200, 404)
    assert "<i>Eve" not in hostile.text
    assert visitor.get("/author/Nobody").status_code == 404
    own = browser(site(collection), member(collection)).get("/author/Ada%20Blum").text
    for words in ("Follow this author", ">Save<", ">Vote<", "30 September 2026"):
        assert words in own, words


def test_the_status_says_what_ran_and_what_failed(collection: Collection) -> None:
    store = collection.store
    store.add_source("arxiv:cs.IR", now=NOW)
    store.add_source("hf:daily", now=NOW)
    for hours in (5, 3):
        run = store.start_run("arxiv:cs.IR", now=NOW - timedelta(hours=hours))
        ended = Run(source="arxiv:cs.IR", started=NOW, ended=NOW, error=f"no answer from {collection.path}/x")
        store.note_run(run, ended)
    store.begin_job("sync", now=NOW - timedelta(minutes=2))
    store.end_job("sync", "36 papers indexed", now=NOW, seconds=1)
    store.begin_job("fetch", now=NOW - timedelta(days=2))
    page = browser(site(collection)).get("/status").text
    for words in (
        "failed 3 hours ago: no answer from x", "2 times in a row, first 5 hours ago", "has not been read yet",
        "ran 2 minutes ago: 36 papers indexed", "began 2 days ago and has not ended", "36 of 36 papers",
    ):  # fmt: skip
        assert words in page, words
    assert str(collection.path) not in page


def test_a_program_reads_what_the_jobs_did(collection: Collection) -> None:
    assert browser(site(collection)).get("/api/status").json()["jobs"] == []
    collection.store.begin_job("sync", now=NOW)
    collection.store.end_job("sync", "", error=f"no room in {collection.path}/spaces", now=NOW, seconds=1)
    [job] = browser(site(collection)).get("/api/status").json()["jobs"]
    assert (job["job"], job["said"], job["error"], job["well"]) == ("sync", "", "no room in spaces", None)


def test_an_editor_follows_sources(collection: Collection) -> None:
    visitor = browser(site(collection), member(collection, "editor"))
    assert visitor.press("/sources/add", name="arxiv:cs.IR").headers["location"] == "/sources"
    assert [each.name for each in collection.store.sources()] == ["arxiv:cs.IR"]
    assert "arxiv:cs.IR" in visitor.get("/sources").text
    for name in ("jsonl:/etc/passwd", "page:x", "<script>", "arxiv:", ""):
        answer = visitor.press("/sources/add", name=name)
        assert 'role="alert"' in answer.text, name
        assert "<script>:" not in answer.text
    visitor.press("/sources/remove", name="arxiv:cs.IR")
    assert collection.store.sources() == []


def test_fetching_is_told_by_the_status(collection: Collection) -> None:
    visitor = browser(site(collection), member(collection, "editor"))
    assert visitor.press("/sources/fetch").headers["location"] == "/status"
    assert "no source is followed" in visitor.get("/status").text


def test_how_ranking_works_is_told(collection: Collection) -> None:
    page = browser(site(collection)).get("/how").text
    assert "halves every 1.5 days" in page


@pytest.mark.parametrize(
    ("folder", "message", "told"),
    [
        ("open", "openalex or openreview, else open it", "openalex or openreview, else open it"),
        ("open", "no file open/spaces/x", "no file spaces/x"),
        ("/srv/c", "in /srv/c: sync /srv/c/a, not /srv/c2", "in the Collection: sync a, not /srv/c2"),
        ("/srv/c", "see /srv/c.", "see the Collection."),
        ("my-papers", "no Space in my-papers yet", "no Space in the Collection yet"),
    ],
)  # fmt: skip
def test_the_folder_is_told_from_words_that_begin_alike(
    collection: Collection, monkeypatch: pytest.MonkeyPatch, folder: str, message: str, told: str
) -> None:
    here = Site(collection, Settings(), now=lambda: NOW)
    monkeypatch.setattr(collection, "path", Path(folder))
    assert here.told(message) == told


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari on iPhone"),
        ("curl/8", "curl/8"),
        ("", "A browser without a name"),
    ],
)
def test_browsers_are_called_by_their_names(agent: str, words: str) -> None:
    assert filters.browser(agent) == words


def test_commands_in_messages_stand_out_and_nothing_else_does() -> None:
    assert filters.sentence("run `a <b>`") == "run <code>a &lt;b&gt;</code>."
    assert filters.coded("\u202e`x\ny` <i>") == "`x\ny` &lt;i&gt;"
