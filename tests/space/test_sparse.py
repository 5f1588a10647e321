"""Weights of terms go in, are replaced, removed and compacted; damaged files are refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from broadsheet.core.errors import CollectionError, ModelError
from broadsheet.core.sparse import sparse_of
from broadsheet.core.types import Manifest
from broadsheet.space.sparse import SparseSpace
from space_kit import key

MANIFEST = Manifest(encoder="counted", version="1", weights="none", dim=40)


def rows(*numbers: int) -> np.ndarray:
    """Weights of each number, always the same; about a third of 40 terms are above 0."""
    return np.array([np.maximum(np.random.default_rng(n).normal(-0.4, 1, 40), 0) for n in numbers], "f4")


def add(space: SparseSpace, *numbers: int, change: int) -> None:
    space.append(numbers, sparse_of(rows(*numbers), most=40), [key(n) for n in numbers])
    space.commit(change)


def dense(space: SparseSpace, *numbers: int) -> np.ndarray:
    state = space.snapshot()
    some = state.of(state.rows(np.array(numbers)))
    return csr_matrix((some.weights, some.terms, some.starts), shape=(len(numbers), some.size)).toarray()


@pytest.fixture
def space(tmp_path: Path) -> SparseSpace:
    made = SparseSpace(tmp_path / "sparse")
    made.create(MANIFEST)
    return made


def test_missing_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="does not contain any learned weights yet: run sync"):
        SparseSpace(tmp_path / "none").snapshot()


def test_what_goes_in_comes_out_in_any_order(space: SparseSpace) -> None:
    add(space, 3, 1, 2, change=3)
    np.testing.assert_allclose(dense(space, 2, 3, 1), rows(2, 3, 1), rtol=1e-3)
    assert space.snapshot().rows(np.array([9, -1, 0])).tolist() == [-1, -1, -1]


def test_a_later_row_replaces_and_a_removed_one_is_gone(space: SparseSpace) -> None:
    add(space, 1, 2, change=2)
    space.append([2], sparse_of(rows(7), most=40), [key(7)])
    space.remove([1, 77])
    assert space.snapshot().count == 2
    space.commit(4)
    assert (space.snapshot().count, space.change) == (1, 4)
    np.testing.assert_allclose(dense(space, 2), rows(7), rtol=1e-3)


def test_what_was_not_committed_does_not_count_and_is_overwritten(space: SparseSpace) -> None:
    add(space, 1, change=1)
    space.append([5], sparse_of(rows(5), most=40), [key(5)])
    again = SparseSpace(space.folder)
    assert again.snapshot().count == 1
    add(again, 2, change=2)
    np.testing.assert_allclose(dense(again, 1, 2), rows(1, 2), rtol=1e-3)


def test_compaction_keeps_what_lives(space: SparseSpace) -> None:
    add(space, *range(1, 9), change=8)
    space.remove([2, 3, 4])
    space.commit(11)
    before = space.snapshot()
    assert not space.compact()
    assert space.compact(least=1)
    assert (space.snapshot().pointer.rows, space.change) == (5, 11)
    np.testing.assert_allclose(dense(space, 1, 5, 8), rows(1, 5, 8), rtol=1e-3)
    assert sum(space.snapshot().sizes.values()) < sum(before.sizes.values())
    add(space, 12, change=12)
    np.testing.assert_allclose(dense(space, 12, 6), rows(12, 6), rtol=1e-3)


def test_other_weights_are_not_compared(space: SparseSpace) -> None:
    space.check(MANIFEST)
    with pytest.raises(ModelError, match="contains weights of counted"):
        space.check(Manifest(encoder="counted", version="2", weights="none", dim=40))


@pytest.mark.parametrize("name", ["numbers", "lengths", "terms", "weights"])
def test_a_shortened_file_is_refused(space: SparseSpace, name: str) -> None:
    add(space, 1, 2, change=2)
    (file,) = space.folder.glob(f"g*/{name}")
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(CollectionError, match=f"damaged .the file {name} is missing rows.: run sync"):
        SparseSpace(space.folder).snapshot()


def test_damaged_terms_and_numbers_are_refused(space: SparseSpace) -> None:
    add(space, 1, 2, change=2)
    (terms,) = space.folder.glob("g*/terms")
    terms.write_bytes(b"\xff" * terms.stat().st_size)
    state = SparseSpace(space.folder).snapshot()
    with pytest.raises(CollectionError, match="its weights are damaged"):
        state.of(np.array([0]))
    (numbers,) = space.folder.glob("g*/numbers")
    numbers.write_bytes(b"\x7f" * numbers.stat().st_size)
    with pytest.raises(CollectionError, match="numbers that no paper has"):
        SparseSpace(space.folder).snapshot()


def test_a_newer_format_is_refused(space: SparseSpace) -> None:
    add(space, 1, change=1)
    pointer = space.folder / "current.json"
    pointer.write_text(json.dumps({**json.loads(pointer.read_text()), "format": 2}))
    assert space.newer
    with pytest.raises(CollectionError, match="written by a newer Broadsheet"):
        space.snapshot()
