"""The status of the instance, and how ranking works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.core.types import Run
from broadsheet.web.status import router
from door_kit import addresses
from people_kit import browser, member, site
from site_kit import NOW, made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


def test_the_status_says_what_ran_and_what_failed(collection: Collection) -> None:
    store = collection.store
    store.journal.add_source("arxiv:cs.IR", now=NOW)
    store.journal.add_source("hf:daily", now=NOW)
    for hours in (5, 3):
        run = store.journal.start_run("arxiv:cs.IR", now=NOW - timedelta(hours=hours))
        ended = Run(source="arxiv:cs.IR", started=NOW, ended=NOW, error=f"no answer from {collection.path}/x")
        store.journal.note_run(run, ended)
    store.journal.begin_job("sync", now=NOW - timedelta(minutes=2))
    store.journal.end_job("sync", "36 papers indexed", now=NOW, seconds=1)
    store.journal.begin_job("fetch", now=NOW - timedelta(days=2))
    page = browser(site(collection)).get("/status").text
    for words in (
        "failed 3 hours ago: no answer from x", "2 times in a row, first 5 hours ago", "has not been read yet",
        "ran 2 minutes ago: 36 papers indexed", "began 2 days ago and has not ended", "36 of 36 papers",
    ):  # fmt: skip
        assert words in page, words
    assert str(collection.path) not in page


def test_a_program_reads_what_the_jobs_did(collection: Collection) -> None:
    assert browser(site(collection)).get("/api/status").json()["jobs"] == []
    collection.store.journal.begin_job("sync", now=NOW)
    collection.store.journal.end_job("sync", "", error=f"no room in {collection.path}/spaces", now=NOW, seconds=1)
    [job] = browser(site(collection)).get("/api/status").json()["jobs"]
    assert (job["job"], job["said"], job["error"], job["well"]) == ("sync", "", "no room in spaces", None)


def test_an_editor_makes_papers_searchable_without_a_shell(tmp_path: Path) -> None:
    with made(tmp_path / "bare", synced=False) as bare:
        app = site(bare)
        ada, eve = browser(app, member(bare)), browser(app, member(bare, "editor"))
        assert "Search finds none of the" in ada.get("/status").text
        assert 'action="/status/sync"' not in ada.get("/status").text
        assert ada.press("/status/sync").status_code == 403
        assert eve.get("/").text.count('action="/status/sync"') == 1
        assert eve.press("/status/sync").headers["location"] == "/status"
        assert "Both are up to date" in eve.get("/status").text
        assert 'action="/status/sync"' not in eve.get("/status").text


def test_its_addresses_stay() -> None:
    assert addresses(router) == {"GET /status", "POST /status/sync", "GET /how"}


def test_how_ranking_works_is_explained(collection: Collection) -> None:
    page = browser(site(collection)).get("/how").text
    assert "half after 36 hours" in page
