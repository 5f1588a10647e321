"""The table of the shelf's checks: every row is a paper's, and every offer that names a check has one."""

from __future__ import annotations

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from broadsheet.shelf import entries

_FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(_FOLDER))
_SPEC = spec_from_file_location("benchmark_of_the_shelf", _FOLDER / "shelf.py")
assert _SPEC
assert _SPEC.loader
shelf = sys.modules[_SPEC.name] = module_from_spec(_SPEC)
_SPEC.loader.exec_module(shelf)
sys.path.remove(str(_FOLDER))

OFFERS = {entry.id: entry.offer for entry in entries()}


def test_an_offer_that_names_a_check_has_one_and_a_check_has_an_offer() -> None:
    named = {row for offer in OFFERS.values() for row in re.findall(r"bench shelf (S\d{3})", offer)}
    assert len(named) >= 25
    assert named <= set(shelf.ROWS)
    assert set(shelf.ROWS) <= set(OFFERS)


def test_an_offer_names_the_check_of_its_own_paper() -> None:
    for row, offer in OFFERS.items():
        if offer.partition(":")[0] not in ("planned", "not ours") and "bench shelf" in offer:
            assert row in re.findall(r"S\d{3}", offer), offer


def test_a_row_without_a_check_is_refused() -> None:
    with pytest.raises(SystemExit, match="'S999' has no check; these have one: S005"):
        shelf.main(["S999"])


def test_the_rows_are_listed_with_what_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    shelf.main([])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(shelf.ROWS)
    assert all(re.fullmatch(r"S\d{3}  about +\d+ min  \S.{19,}", line) for line in lines)


def test_the_rows_that_are_named_are_measured(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(shelf.ROWS, "S043", shelf.Row(lambda: print("  precision 0.5"), 1, "thresholds"))
    shelf.main(["S043"])
    printed = capsys.readouterr().out
    assert "S043: thresholds\n  precision 0.5\n(0 s)" in printed
    assert "S064" not in printed
