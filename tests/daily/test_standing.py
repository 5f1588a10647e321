"""Retracted, withdrawn and rejected works: shown on their day, left out of trending, picks and email."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import broadsheet as bs
from broadsheet.core.periods import period
from broadsheet.core.types import Status
from broadsheet.daily.day import Wanted, feed
from broadsheet.daily.standing import fallen
from broadsheet.digest.editions import draft
from broadsheet.trending.ranking import trending_feed
from fakes import NOW, paper

DAY = date(2026, 3, 3)
AT = datetime(2026, 3, 3, 12, tzinfo=UTC)
GOOD = paper(1, "Eels in good standing", "Eels are counted in ditches.", announced=DAY)
GONE = [
    replace(paper(n, f"Eels number {n}", f"Eels {n} are counted in a pond.", announced=DAY), status=Status(kind, "acl"))
    for n, kind in enumerate(("retracted", "removed", "withdrawn", "rejected"), 2)
]
MARKED = replace(paper(6, "Eels with a slip", "Eels are weighed.", announced=DAY), status=Status("erratum", "acl"))


@pytest.fixture
def collection(tmp_path: Path):
    with bs.open(tmp_path / "c") as made:
        made.store.papers.put([GOOD, *GONE, MARKED], now=NOW)
        yield made


def shown(found) -> set[str]:
    return {card.document.id for card in found.cards}


def test_the_day_shows_them_and_the_lists_of_the_best_do_not(collection):
    everything = {GOOD.id, MARKED.id, *(each.id for each in GONE)}
    assert shown(feed(collection, period("day", DAY), now=AT, zone=UTC)) == everything
    assert shown(trending_feed(collection, now=AT, zone=UTC)) == {GOOD.id, MARKED.id}
    best = feed(collection, period("day", DAY), now=AT, zone=UTC, wanted=Wanted(fallen=False))
    assert shown(best) == {GOOD.id, MARKED.id}


def test_no_digest_brings_them(collection):
    edition = draft(collection, period("day", DAY), now=AT, zone=UTC)
    assert set(edition.pool) == {GOOD.id, MARKED.id}


def test_a_status_that_is_taken_back_is_gone(collection):
    collection.store.papers.put([replace(GONE[0], status=None)], now=NOW)
    assert GONE[0].id in shown(trending_feed(collection, now=AT, zone=UTC))


def test_a_withdrawn_preprint_does_not_take_its_paper_down_but_a_retraction_does(collection):
    number = collection.store.papers.numbers([GOOD.id, *(each.id for each in GONE)])
    good, retracted, _, withdrawn, rejected = number.values()
    works = [(good, withdrawn), (good, retracted), (withdrawn, rejected), (good,)]
    assert fallen(collection.store, works) == {1, 2}
