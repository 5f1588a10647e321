"""Trending as a task: the back-test's own values, a row for each day."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.lab.backtest import backtest
from broadsheet.lab.papers import Features, documents_of
from broadsheet.lab.sets import own
from broadsheet.lab.tasks.trending import Trending
from judged_kit import HASH, rows_of, value, written
from lab_kit import made


def test_the_mean_over_days_is_the_back_tests(tmp_path: Path) -> None:
    papers = [json.loads(json.dumps({"id": each.id, "title": each.title, "abstract": each.text, "votes": each.votes,
                                     "day": str(each.listed)})) for each in made(90)]  # fmt: skip
    task = written(tmp_path, 'kind = "trending"\nmonths = 1\n', {"daily.jsonl": papers})
    assert isinstance(task, Trending)
    found = backtest(documents_of(own(tmp_path)), Features(HASH), months=1)
    expected = {(row.method, row.measure): row.value for row in found.rows}
    assert value(task, HASH, "Spearman") == pytest.approx(expected["text", "Spearman"], abs=1e-12)
    assert value(task, HASH, "P@3 text+facts") == pytest.approx(expected["text+facts", "P@3"], abs=1e-12)
    assert len(rows_of(task, HASH, "Spearman")) == found.days
