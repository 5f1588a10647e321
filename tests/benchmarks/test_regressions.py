"""The table of published figures: read and written as it is, told from what was measured, shown on the page."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.runs import Runs
from broadsheet.lab.suite import choices
from suite_kit import PAIRS, pairs_set

_FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(_FOLDER))
_SPEC = spec_from_file_location("benchmark_of_regressions", _FOLDER / "regressions.py")
assert _SPEC
assert _SPEC.loader
regressions = sys.modules[_SPEC.name] = module_from_spec(_SPEC)
_SPEC.loader.exec_module(regressions)
sys.path.remove(str(_FOLDER))
Expected, Data = regressions.Expected, regressions.Data

ONE = Expected("kinds", "scifact", "minilm", "nDCG@10", 0.6449, 0.598, 0.69)
KNOWN = Data("scifact", 300, 5483, 30000, 0.1234)


def test_the_file_is_written_as_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "expected.toml").write_text(regressions.written([ONE], {"scifact": KNOWN}))
    assert regressions.read(tmp_path / "expected.toml") == ([ONE], {"scifact": KNOWN})
    figures, data = regressions.read()
    assert regressions.written(figures, data) == regressions.FILE.read_text("utf-8")
    assert {each.set for each in figures} <= set(data)
    assert all(each.low <= each.high for each in figures)


@pytest.mark.parametrize(("value", "ok"), [(0.6449, True), (0.6430, True), (0.6428, False), (0.6471, False)])
def test_a_figure_beyond_its_tolerance_is_missed(value: float, ok: bool) -> None:
    told, line = regressions.judged(ONE, replace(ONE, value=value))
    assert told == ok
    assert line.startswith("ok" if ok else "MISSED")
    assert "0.6449 expected" in line
    assert not regressions.judged(ONE, None)[0]


@pytest.mark.parametrize(
    ("change", "ok"),
    [({}, True), ({"vectors": 0.1240}, True), ({"vectors": 0.13}, False), ({"terms": 1}, False), ({"items": 1}, False)],
)
def test_texts_that_are_not_what_they_were_are_told(change: dict[str, float], ok: bool) -> None:
    assert regressions.judged_data(KNOWN, replace(KNOWN, **change))[0] == ok


def test_the_texts_of_a_task_are_counted_and_their_vectors_summed_up(tmp_path: Path) -> None:
    (choice,), _ = choices([str(pairs_set(tmp_path / "own"))], data=None)
    found = regressions.data_of(choice.task, HashEncoder())
    texts = list(dict.fromkeys([one for one, _, _ in PAIRS] + [other for _, other, _ in PAIRS]))
    rows = HashEncoder().encode(texts)
    assert (found.set, found.items, found.texts) == ("own-pairs", len(PAIRS), len(texts))
    assert found.vectors == pytest.approx(np.mean([rows[n] @ rows[n + 1] for n in range(len(rows) - 1)]), abs=1e-6)


def test_figures_are_measured_by_the_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks, _ = choices([str(pairs_set(tmp_path / "own"))], data=None)
    monkeypatch.setattr(regressions, "VECTORS", tmp_path)
    with Runs(tmp_path / "lab.sqlite") as runs:
        values = regressions.values_of(tasks, ["hash", "bow"], runs)
    assert {(each.subject, each.figure) for each in values} == {
        (subject, figure) for subject in ("hash", "bow") for figure in ("Spearman", "Pearson")
    }


def test_the_page_has_the_tables_of_the_file() -> None:
    figures, _ = regressions.read()
    page = regressions.DOCS.read_text("utf-8")
    assert regressions.page(page, regressions.tables(figures)) == page
    with pytest.raises(SystemExit, match="has 0 places for the table"):
        regressions.page("", regressions.tables([ONE]))
