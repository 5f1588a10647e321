"""What the files of every kind of Space share."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from broadsheet.core.types import Change
from broadsheet.space.columns import KEY, decide, living, opened, require_numbers, rows_of
from broadsheet.space.pointer import Pointer
from fakes import paper


def test_a_column_is_its_first_rows_and_missing_ones_are_said(tmp_path: Path) -> None:
    file = tmp_path / "codes"
    np.arange(8, dtype="<u4").tofile(file)
    assert opened(file, np.dtype("<u4"), 3, items=2).tolist() == [[0, 1], [2, 3], [4, 5]]
    assert opened(tmp_path / "absent", np.dtype("<u4"), 0, items=2).shape == (0, 2)
    for path, rows in ((file, 5), (tmp_path / "absent", 1), (tmp_path, 1)):
        with pytest.raises(ValueError, match=f"the file {path.name} is missing rows"):
            opened(path, np.dtype("<u4"), rows, items=2)


@pytest.mark.parametrize("wrong", [0, 2**40, -(2**40)])
def test_numbers_that_no_paper_has_are_refused(wrong: int) -> None:
    require_numbers(np.array([1, -2]), Pointer(1, 2, 2))
    with pytest.raises(ValueError, match="numbers that no paper has"):
        require_numbers(np.array([1, wrong]), Pointer(1, 2, 2))


def test_the_last_row_of_a_number_lives_and_a_negative_one_ends_it() -> None:
    live, rows = living(np.array([3, 1, 3, 2, -1], dtype=np.int64))
    assert live.tolist() == [False, False, True, True, False]
    assert rows.tolist() == [-1, -1, 3, 2], "the row of each number, from 0"
    assert rows_of(np.array([3, 0, -3, 99, 2, 1]), rows).tolist() == [2, -1, -1, -1, 3, -1]


def test_what_is_new_or_changed_is_made_and_what_was_deleted_goes() -> None:
    same, other = paper(1, "Kites"), paper(2, "Ropes")
    keys = np.frombuffer(bytes.fromhex(same.content_key) + bytes(16) * 2, KEY)
    row_of = np.array([-1, 0, 1, 2])
    state = SimpleNamespace(keys=keys, rows=lambda numbers: rows_of(numbers, row_of))
    changes = [
        Change(sequence, number, document)
        for sequence, (number, document) in enumerate([(1, same), (2, other), (3, None), (4, None), (5, same)], 1)
    ]
    assert decide(state, changes) == ([(2, other), (5, same)], [3])
