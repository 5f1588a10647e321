"""The back-test ranks days before their votes exist: it finds what is there, and nothing of a day's votes leaks in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from broadsheet.core.errors import UsageError
from broadsheet.lab.backtest import BASELINES, METHODS, Backtest, backtest
from fakes import WordEncoder
from lab_kit import made


def value(found: Backtest, method: str, measure: str = "Spearman") -> float:
    return next(row.value for row in found.rows if (row.method, row.measure) == (method, measure))


def test_text_is_found_and_chance_is_not() -> None:
    found = backtest(made(), WordEncoder(), months=2)
    rows = {(row.method, row.measure): row for row in found.rows}
    assert len(rows) == 2 * (len(METHODS) + len(BASELINES))
    text = rows["text", "Spearman"]
    assert text.low <= text.value <= text.high
    assert text.value > 0.4
    assert all(gap.low > 0 for gap in text.above.values())
    assert rows["random", "Spearman"].above == {}
    assert abs(value(found, "random")) < 0.1
    assert value(found, "text", "P@3") > value(found, "random", "P@3")
    assert (found.first, found.last) == (date(2025, 4, 1), date(2025, 5, 30))
    assert found.days + found.left_out == 60
    assert found.left_out >= 15
    assert found.learned == 90
    assert json.loads(json.dumps(found.to_json()))["first"] == "2025-04-01"


def test_where_text_says_nothing_nothing_is_found() -> None:
    text = next(row for row in backtest(made(liked=0.0), WordEncoder(), months=2).rows if row.method == "text")
    assert text.above["random"].low < 0.1
    assert abs(text.value) < 0.25


def test_the_votes_of_the_tested_days_change_no_ranking_of_their_own_month() -> None:
    """With the last month's votes turned around, the same rankings are held to the opposite truth."""
    papers = made(120)
    last = date(2025, 4, 1)
    turned = [replace(p, votes=1_000 - (p.votes or 0)) if p.listed and p.listed >= last else p for p in papers]
    one, other = (backtest(each, WordEncoder(), months=1) for each in (papers, turned))
    for method in ("text", "acceleration", "newest published", "earliest listed"):
        assert value(one, method) == pytest.approx(-value(other, method))


def test_order_of_the_file_and_papers_without_votes_do_not_matter() -> None:
    papers = made(100)
    more = [*papers[::-1], replace(papers[0], id="x", votes=None), replace(papers[0], id="y", listed=None)]
    assert backtest(papers, WordEncoder(), months=1).rows == backtest(more, WordEncoder(), months=1).rows


def test_too_little_to_test_is_said() -> None:
    with pytest.raises(UsageError, match="more than 3 months"):
        backtest(made(60), WordEncoder())
    with pytest.raises(UsageError, match="5 papers"):
        backtest([paper for paper in made(80) if paper.id.endswith(("000", "001"))], WordEncoder(), months=1)
