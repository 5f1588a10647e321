"""The stored vectors of papers, with a row for each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from broadsheet.near.vectors import above_chance, rows_of, snapshot_of
from near_kit import OTHERS, WORK, filled


def test_a_row_for_each_paper_and_nan_for_one_without_a_vector(tmp_path: Path) -> None:
    with filled(tmp_path, WORK, *OTHERS) as collection:
        snapshot = snapshot_of(collection)
        assert snapshot is not None
        numbers = collection.store.papers.numbers([WORK.id, OTHERS[0].id])
        found = rows_of(snapshot, [numbers[WORK.id], 999, numbers[OTHERS[0].id]])
        assert np.allclose(found[[0, 2]], snapshot.of(np.array(list(numbers.values()))))
        assert np.isnan(found[1]).all()


def test_without_a_space_nothing_is_known(tmp_path: Path) -> None:
    with filled(tmp_path, WORK, synced=False) as collection:
        assert snapshot_of(collection) is None
        assert np.isnan(rows_of(None, [1, 2])).all()


def test_a_level_above_chance_and_a_highest_where_few_papers_show_it(tmp_path: Path) -> None:
    with filled(tmp_path / "many", WORK, *OTHERS) as collection:
        snapshot = collection.space.snapshot()
        chance = np.asarray(snapshot.chance, dtype=np.float64)
        assert above_chance(snapshot, 2, most=0.99) == pytest.approx(chance.mean() + 2 * chance.std(), abs=1e-5)
        assert above_chance(snapshot, 100, most=0.95) == 0.95
    with filled(tmp_path / "few", *OTHERS[:2]) as collection:
        assert above_chance(collection.space.snapshot(), 2, most=0.9) == 0.9
