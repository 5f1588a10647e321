"""An alert tried on the past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from broadsheet.alerts.alert import Alert
from broadsheet.alerts.trial import try_alert
from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.ingest import ingest
from broadsheet.sync import sync
from fakes import NOW, WordEncoder, paper

TODAY = NOW.date()
SEALS, KNOTS = "seals asleep on harbour ice", "knots counted in string diagrams"


def day(ago: int) -> date:
    return TODAY - timedelta(days=ago)


def made(folder: Path, papers: list[Document]) -> Collection:
    collection = open_collection(folder, encoder=WordEncoder(dim=256))
    ingest(collection, papers, now=NOW)
    sync(collection)
    return collection


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    papers = [paper(ago, f"{KNOTS} number{ago}", listed=day(ago)) for ago in range(20)]
    papers += [paper(100 + ago, f"{SEALS} again{ago}", listed=day(ago)) for ago in (0, 1, 3, 12, 15)]
    papers += [paper(201, f"{SEALS} seen from above", listed=day(1)), paper(300, f"{SEALS} without a day")]
    papers += [paper(301, f"{SEALS} tomorrow", listed=day(-1)), paper(302, "seals and harbour boats", listed=day(2))]
    papers += [paper(400 + i, f"word{i} thing{i} odd{i} kind{i}") for i in range(90)]  # what chance gives
    with made(tmp_path, papers) as opened:
        yield opened


def test_what_it_would_have_sent(collection: Collection) -> None:
    trial = try_alert(collection, Alert(SEALS, minimum="strong"), now=NOW, days=10)
    assert (trial.first, trial.last, trial.looked) == (day(9), day(0), 15)
    assert (trial.rate.days, trial.rate.papers, trial.rate.silent, trial.rate.a_day) == (10, 4, 7, 0.4)
    assert [each.document.day for each in trial.newest] == [day(0), day(1), day(1), day(3)]
    assert trial.newest.items[0].passage == ""
    assert trial.newest.items[0].strength == "strong"
    assert trial.stricter is None
    assert trial.looser is not None
    assert trial.looser.papers >= trial.rate.papers
    assert trial.looser.minimum == "good"
    assert trial.note == ""


def test_an_unknown_topic_is_said(collection: Collection) -> None:
    trial = try_alert(collection, Alert('seals topic:"harbour seals"'), now=NOW, days=10)
    assert trial.rate.papers == 0
    assert "No topic is called “harbour seals”" in trial.note


def test_steps_of_a_number(collection: Collection) -> None:
    trial = try_alert(collection, Alert(SEALS, minimum=0.5), now=NOW, days=20)
    assert trial.stricter is not None
    assert trial.looser is not None
    assert (trial.looser.minimum, trial.stricter.minimum) == pytest.approx((0.45, 0.55))
    assert trial.looser.papers >= trial.rate.papers >= trial.stricter.papers > 0
    assert try_alert(collection, Alert(SEALS, minimum=0.99), now=NOW).stricter is None
    assert try_alert(collection, Alert(SEALS, minimum=0.02), now=NOW).looser is None


def test_exclusions_hold_in_the_past(collection: Collection) -> None:
    everything = Alert("source:jsonl")
    assert try_alert(collection, everything, now=NOW, days=5).rate.silent == 0
    less = try_alert(collection, Alert("source:jsonl", (KNOTS,)), now=NOW, days=5)
    assert (less.rate.papers, less.rate.silent) == (5, 1)


def test_the_last_ten_come_newest_first(collection: Collection) -> None:
    newest = try_alert(collection, Alert(KNOTS, minimum="fair"), now=NOW).newest
    assert [each.document.day for each in newest] == [day(ago) for ago in range(10)]
    assert [each.rank for each in newest] == list(range(1, 11))


def test_a_copy_of_an_earlier_paper_is_not_sent_again(tmp_path: Path) -> None:
    def seals(name: str, ago: int, **more: object) -> Document:
        return Document(id=name, title=f"Five {SEALS}", authors=("Ann Moor",), listed=day(ago), **more)

    papers = [
        seals("csv:1", 3, source="csv:a"),
        seals("ris:2", 1, source="ris:b"),
        seals("bib:3", 3, source="bibtex:c"),
        paper(9, KNOTS, listed=day(0)),
    ]
    with made(tmp_path, papers) as opened:
        trial = try_alert(opened, Alert(SEALS, minimum=0.5), now=NOW)
        assert [each.document.day for each in trial.newest] == [day(3)]
        assert (trial.rate.papers, trial.rate.silent, trial.rate.days) == (1, 2, 3)
        assert try_alert(opened, Alert(SEALS, minimum=0.5), now=NOW, days=2).rate.papers == 0
        assert "Only 3 days have papers" in trial.note


def test_too_little_past_is_said(tmp_path: Path) -> None:
    with made(tmp_path, [paper(99, SEALS)]) as opened:
        trial = try_alert(opened, Alert(SEALS), now=NOW)
        assert "No day has papers yet" in trial.note
        assert (trial.rate.a_day, trial.first, trial.newest.items) == (0.0, None, ())
        ingest(opened, [paper(n, f"{KNOTS} {n}", listed=day(n)) for n in range(8)], now=NOW)
        note = try_alert(opened, Alert(SEALS), now=NOW).note
        assert "Only 8 days have papers, fewer than the 30 you asked for." in note
        assert "8 of 8 papers have no vector yet" in note


@pytest.mark.parametrize("days", [0, 367, -1])
def test_days_are_bounded(collection: Collection, days: int) -> None:
    with pytest.raises(UsageError, match="1 to 366"):
        try_alert(collection, Alert(SEALS), now=NOW, days=days)


def test_a_word_shows_what_it_would_have_sent_as_a_band(collection: Collection) -> None:
    trial = try_alert(collection, Alert(SEALS, minimum="fair"), now=NOW, days=20)
    assert trial.before is not None
    assert trial.before.minimum == "fair"
    assert trial.before.days == trial.rate.days
    assert 0 < trial.shared <= min(trial.before.papers, trial.rate.papers)
    numeric = try_alert(collection, Alert(SEALS, minimum=0.5), now=NOW, days=20)
    assert (numeric.before, numeric.shared) == (None, 0), "a cosine means what it meant"


def test_every_word_says_what_it_would_send(collection: Collection) -> None:
    trial = try_alert(collection, Alert(SEALS, minimum="fair"), now=NOW, days=10)
    assert [rate.minimum for rate in trial.rates] == ["fair", "good", "strong"]
    assert trial.rates[0] == trial.rate
    assert trial.rates[1] == trial.stricter
    papers = [rate.papers for rate in trial.rates]
    assert papers == sorted(papers, reverse=True)
    for rate in trial.rates:
        assert try_alert(collection, Alert(SEALS, minimum=rate.minimum), now=NOW, days=10).rate == rate


def test_the_papers_at_the_border_are_what_another_minimum_changes(collection: Collection) -> None:
    trial = try_alert(collection, Alert(SEALS, minimum=0.6), now=NOW, days=10)
    assert {each.document.id for each in trial.above} <= {each.document.id for each in trial.newest}
    assert trial.below[0].document.title == "seals and harbour boats"
    assert len(trial.below) == 3
    lower = try_alert(collection, Alert(SEALS, minimum=trial.below[0].score - 1e-6), now=NOW, days=10)
    assert lower.rate.papers == trial.rate.papers + 1
    assert all(each.relevance is not None for each in (*trial.above, *trial.below))


def test_a_followed_paper_is_tried_on_the_whole_past(collection: Collection) -> None:
    trial = try_alert(collection, Alert("like:made:100", minimum=0.5), now=NOW, days=10)
    assert trial.rate.papers == 3, "the others of its kind, of the days before it too"
    assert trial.before is None
    assert all(each.relevance is None for each in trial.above)
