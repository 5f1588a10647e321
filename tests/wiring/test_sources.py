"""What wiring adds to ingest: the time, and from which day on a rolling feed is asked."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import broadsheet as bs
from broadsheet.config import Settings
from broadsheet.core.errors import SourceError, UsageError
from broadsheet.sources import arxiv, feed
from broadsheet.sources.announcements import silence
from broadsheet.wiring import sources
from fakeclient import FakeClient
from fakes import NOW, WordEncoder, paper


class Feed:
    """Remembers from which day on it was asked; may be told to fail."""

    def __init__(self, name: str, *, rolling: bool) -> None:
        self.name, self.rolling = name, rolling
        self.asked: list[date | None] = []
        self.error: Exception | None = None

    def fetch(self, since: date | None = None) -> Iterator[bs.Document]:
        self.asked.append(since)
        if self.error:
            raise self.error
        yield paper(len(self.asked), "Bees count flowers", "Up to four.", source=self.name)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[bs.Collection]:
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as made:
        yield made


def test_a_rolling_feed_is_asked_from_its_last_good_run_on(collection: bs.Collection) -> None:
    feed = Feed("feed:bees", rolling=True)
    bs.ingest(collection, feed, now=NOW)
    feed.error = SourceError("away")
    bs.ingest(collection, feed, now=NOW + timedelta(days=5))
    feed.error = None
    bs.ingest(collection, feed, now=NOW + timedelta(days=9))
    bs.ingest(collection, feed, now=NOW + timedelta(days=9), since=date(2020, 1, 1))
    first, last = NOW.date() - timedelta(days=30), NOW.date() - timedelta(days=3)
    assert feed.asked == [first, last, last, date(2020, 1, 1)]


def test_what_does_not_roll_is_read_whole(collection: bs.Collection) -> None:
    feed = Feed("file:bees", rolling=False)
    run = bs.ingest(collection, feed)
    assert (feed.asked, run.new, run.source) == ([None], 1, "file:bees")


def test_the_client_is_as_the_settings_say_and_stores_in_the_collection(collection: bs.Collection) -> None:
    made = sources.client(collection, Settings(contact="mailto:desk@example.org", allow_private=True))
    assert "mailto:desk@example.org" in str(vars(made))
    assert sources.source("arxiv:cs.IR", collection, Settings()).name == "arxiv:cs.IR"
    with pytest.raises(UsageError, match="arxiv"):
        sources.source("arxive:cs.IR", collection)


def test_a_clock_that_was_set_back_does_not_make_a_feed_silent(collection: bs.Collection) -> None:
    feed = Feed("feed:bees", rolling=True)
    sources.ingest(collection, feed, now=NOW)
    sources.ingest(collection, feed, now=NOW - timedelta(days=100))
    assert feed.asked[-1] == (NOW - timedelta(days=103)).date()


ENTRY = (
    "<entry><id>http://arxiv.org/abs/{id}v1</id><title>Bees {id}</title><published>{moment}Z</published>"
    "<updated>{moment}Z</updated><summary>Buzz.</summary></entry>"
)
FEED = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:o='http://a9.com/-/spec/opensearch/1.1/'>{}</feed>"


def test_a_first_morning_fills_thirty_days(collection: bs.Collection) -> None:
    """The search of the archive gives moments of submission, its feed today's announcements alone."""
    now = datetime(2026, 11, 20, 7, tzinfo=UTC)
    moments = [now - timedelta(hours=7 * n) for n in range(2, 150)]
    entries = [
        ENTRY.format(id=f"2611.{n:05}", moment=f"{moment:%Y-%m-%dT%H:%M:%S}") for n, moment in enumerate(moments)
    ]
    total = f"<o:totalResults>{len(entries)}</o:totalResults>"
    client = FakeClient(
        {arxiv.FEEDS: FEED.format("").encode(), arxiv.API: FEED.format(total + "".join(entries)).encode()}
    )
    run = bs.ingest(collection, arxiv.named("cs.IR", client=client), now=now)
    assert (run.error, run.bad) == ("", 0)
    first = now.date() - timedelta(days=30)
    days = [first + timedelta(days=n) for n in range(31)]
    with_papers = [day for day in days if collection.store.days.between(day, day)]
    assert with_papers == [day for day in days if not silence(day)]
    assert collection.store.days.before(first) is None
    again = bs.ingest(collection, arxiv.named("cs.IR", client=client), now=now + timedelta(hours=6), since=first)
    assert (again.new, again.changed, again.same) == (0, 0, run.new)


def test_what_an_older_version_stored_gets_its_day_when_it_is_read_again(collection: bs.Collection) -> None:
    old = bs.Document(id="2611.00001", title="Bees", submitted=date(2026, 11, 17), source="arxiv:cs.IR")
    collection.store.papers.put([old], now=NOW)
    entry = ENTRY.format(id="2611.00001", moment="2026-11-17T20:00:00")
    client = FakeClient({arxiv.FEEDS: FEED.format("").encode(), arxiv.API: FEED.format(entry).encode()})
    bs.ingest(collection, arxiv.named("cs.IR", client=client), now=datetime(2026, 11, 20, 7, tzinfo=UTC))
    paper = collection.store.papers.get("2611.00001")
    assert paper
    assert (paper.day, paper.on_estimate, paper.is_late) == (date(2026, 11, 19), True, True)


def test_an_undated_entry_is_from_today_where_the_site_is(collection: bs.Collection, monkeypatch: Any) -> None:
    monkeypatch.setenv("BROADSHEET_ZONE", "Pacific/Auckland")
    rss = b"<rss version='2.0'><channel><title>T</title><item><title>U</title><link>https://x.test/1</link></item></channel></rss>"
    client = FakeClient({"https://x.test": rss})
    bs.ingest(collection, feed.named("https://x.test/rss", client=client), now=datetime(2026, 11, 20, 20, tzinfo=UTC))
    assert collection.store.days.between(date(2026, 11, 21), date(2026, 11, 21))


def test_what_somebody_types_is_a_source_with_its_full_name(
    collection: bs.Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "refs.txt").write_text("@article{roe, title={Owls}}")
    for typed, full in (
        ("refs.txt", "bibtex:refs.txt"), ("cs.IR", "arxiv:cs.IR"), ("https://a.example/x", "feed:https://a.example/x"),
    ):  # fmt: skip
        with sources.named(typed, collection) as (name, source):
            assert (name, getattr(source, "name", "")) == (full, full)


def test_a_pipe_is_recognised_and_read_under_its_own_name(collection: bs.Collection, tmp_path: Path) -> None:
    pipe = tmp_path / "refs"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("@article{roe, title={Owls}}",))
    writer.start()
    with sources.named(str(pipe), collection) as (name, source):
        run = bs.ingest(collection, source, name=name, now=NOW)
    writer.join()
    assert (run.source, run.new, run.error) == (f"bibtex:{pipe}", 1, "")


def test_a_pipe_of_no_kind_is_refused_by_the_name_that_was_typed(collection: bs.Collection, tmp_path: Path) -> None:
    pipe = tmp_path / "refs"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("hello\nworld\n",))
    writer.start()
    with pytest.raises(UsageError, match=f"^'{pipe}' cannot be read: its content is of no known kind"):
        sources.named(str(pipe), collection).__enter__()
    writer.join()
