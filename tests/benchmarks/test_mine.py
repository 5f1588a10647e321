"""Own tasks against judged queries: what is paired with what, and what the table of the package gets."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from benchmark_kit import benchmark
from broadsheet.lab.runs import Runs

mine = benchmark("mine")


class Named:
    """A task by its name alone."""

    def __init__(self, name: str) -> None:
        self.name = name


def corpora() -> tuple[list[object], dict[int, list[float]]]:
    """Two judged corpora with titles, one of them with keywords, and papers without judgements with both."""
    a, b = (mine.Corpus(name, {"titles": Named("mine/titles")}, Named(name)) for name in "ab")
    b.own["keywords"] = Named("mine/keywords")
    c = mine.Corpus("c", {"keywords": Named("mine/keywords"), "venues": Named("mine/venues")})
    values = {id(task): [1.0, 2.0, 3.0, 4.0] for each in (a, b, c) for task in each.tasks}
    values[id(b.judged)] = [2.0, 1.0, 4.0, 3.0]
    return [a, b, c], values


def test_a_task_is_compared_with_judged_queries_of_its_papers_else_with_their_mean_rank() -> None:
    made, values = corpora()
    found = {(each.signal, each.papers): each for each in mine.orders(made, values)}
    assert found["titles", "b"].values.tolist() == [[1, 2], [2, 1], [3, 4], [4, 3]]
    assert found["venues", "c"].values[:, 1].tolist() == [1.5, 1.5, 3.5, 3.5]
    assert not found["venues", "c"].same


def test_other_papers_count_for_a_signal_only_where_judged_ones_do_not_have_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [mine._trust(group) for group in mine.groups(mine.orders(*corpora()))]
    assert [(row.signal, row.papers, row.encoders) for row in rows] == [
        ("titles", mine.SAME, 4), ("keywords", mine.SAME, 4), ("venues", mine.OTHERS, 4),
    ]  # fmt: skip
    assert rows[0].sets == ("a", "b")
    assert rows[0].tau == pytest.approx((1 + 1 / 3) / 2, abs=1e-3)
    assert "together" in capsys.readouterr().out


def test_papers_of_a_judged_set_have_what_its_file_says_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cacm").mkdir()
    rows = [
        {
            "_id": "1",
            "title": "Sorting by rows",
            "text": "",
            "bib": "CACM May, 1961",
            "keywords": "sorting, tape files",
        },
        {"_id": "2", "title": " ", "text": "no title"},
        {"_id": "3", "title": "Later", "text": "x", "year": 2011},
    ]
    with gzip.open(tmp_path / "cacm" / "corpus.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    monkeypatch.setattr(mine, "need_data", lambda: tmp_path)
    first, last = mine.papers("cacm")
    assert (first.id, first.keywords, first.submitted) == ("cacm:1", ("sorting", "tape files"), date(1961, 5, 1))
    assert last.submitted == date(2011, 1, 1)


def test_a_figure_that_changed_is_missed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    row = mine.Trust(signal="titles", papers=mine.SAME, sets=("a",), encoders=8, tau=0.7, low=0.1, high=0.9)
    monkeypatch.setattr(mine, "table", lambda: (row,))
    assert mine.judge(row)
    assert not mine.judge(
        mine.Trust(signal="titles", papers=mine.SAME, sets=("a",), encoders=8, tau=0.6, low=0, high=1)
    )
    assert capsys.readouterr().out.startswith("ok     titles")


def test_too_few_encoders_are_no_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mine, "corpora", lambda: corpora()[0])
    monkeypatch.setattr(mine, "known", lambda *_: {"hash": 0.5})
    with Runs(tmp_path / "lab.sqlite") as runs, pytest.raises(SystemExit, match="at least 8"):
        mine.agreements(runs, ())
