"""The site: how much of it can be found, and a letter that cannot be sent."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.types import Document, Message
from broadsheet.ingest import ingest
from broadsheet.locks import held
from broadsheet.site.context import Reach, Site
from broadsheet.sync import sync
from site_kit import FILLERS, NOW, PAPERS, Given, made

MORE = Document(id="2610.00001", title="Moss on Slate", announced=date(2026, 10, 1), source="arxiv:cs.CV")


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


@pytest.fixture
def site(collection: Collection) -> Site:
    return Site(collection, Settings(people="open"), lambda: NOW)


def test_reach_follows_an_ingest_and_a_sync(site: Site) -> None:
    papers = len(PAPERS) + len(FILLERS)
    assert site.reach() == Reach(papers, papers, papers)
    assert site.reach().complete
    ingest(site.collection, Given([MORE]), now=NOW)
    behind = site.reach()
    assert (behind, behind.complete) == (Reach(papers + 1, papers, papers), False)
    with held(site.collection.lock):
        assert site.reach().syncing, "whichever process it is"
    sync(site.collection)
    assert site.reach() == Reach(papers + 1, papers + 1, papers + 1)


def test_nothing_can_be_found_before_a_sync(tmp_path: Path) -> None:
    with made(tmp_path / "bare", PAPERS, synced=False) as collection:
        assert Site(collection, Settings(), lambda: NOW).reach() == Reach(len(PAPERS), 0, 0)


def test_papers_are_counted_again_only_when_they_have_changed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    before, counts = site.papers, []
    count = site.collection.store.papers.count
    monkeypatch.setattr(site.collection.store.papers, "count", lambda: counts.append(1) or count())
    assert site.papers == before
    assert not counts
    ingest(site.collection, Given([MORE]), now=NOW)
    assert (site.papers, site.papers, len(counts)) == (before + 1, before + 1, 1)


def test_a_letter_that_cannot_be_sent_is_for_the_log_which_names_no_one(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    (site.collection.path / "outbox").write_text("a file where the folder should be")
    letter = Message(
        to="ada@example.org", sender="daily@example.org", subject="Sign in", text="a link", message_id="1@x", date=NOW
    )
    with caplog.at_level(logging.WARNING, "broadsheet.server"):
        site.send_email(letter)
    assert "an email was not" in caplog.text
    assert "Sign in" in caplog.text
    assert "ada@example.org" not in caplog.text
