"""Vectors are read in blocks, wherever they are, and the same rows have the same fingerprint."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import NotFoundError, SourceError, UsageError
from broadsheet.lab.geometry.rows import Rows, drawn, fingerprints, read_npy

MATRIX = np.arange(60, dtype=np.float32).reshape(20, 3)


def test_blocks_are_the_matrix(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", MATRIX)
    for rows in (Rows(MATRIX, name="a"), read_npy(tmp_path / "a.npy")):
        assert (rows.count, rows.dim) == (20, 3)
        np.testing.assert_array_equal(np.concatenate(list(rows.blocks(7))), MATRIX)
        np.testing.assert_array_equal(rows.some(np.array([0, 8, 19])), MATRIX[[0, 8, 19]])


def test_dead_rows_are_left_out(tmp_path: Path) -> None:
    living = np.arange(20) % 3 != 0
    np.save(tmp_path / "a.npy", MATRIX)
    rows = Rows(np.load(tmp_path / "a.npy", mmap_mode="r"), name="a", living=living)
    assert rows.count == living.sum()
    np.testing.assert_array_equal(np.concatenate(list(rows.blocks(4))), MATRIX[living])
    np.testing.assert_array_equal(rows.some(np.array([1, 5])), MATRIX[living][[1, 5]])


@pytest.mark.parametrize("kind", ["<f2", ">f4", "<f8", "<i2"])
def test_other_kinds_of_numbers_are_read(tmp_path: Path, kind: str) -> None:
    np.save(tmp_path / "a.npy", MATRIX.astype(kind))
    np.testing.assert_allclose(np.concatenate(list(read_npy(tmp_path / "a.npy").blocks())), MATRIX)


def test_a_matrix_in_other_order_is_read(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.asfortranarray(MATRIX))
    np.testing.assert_array_equal(np.concatenate(list(read_npy(tmp_path / "a.npy").blocks(6))), MATRIX)


def test_what_is_not_a_matrix_is_refused(tmp_path: Path) -> None:
    for bad in (np.zeros(3), np.zeros((2, 0)), np.array([["a", "b"]])):
        with pytest.raises(SourceError, match="expected"):
            Rows(bad, name="bad")
    with pytest.raises(NotFoundError, match="expected vectors"):
        read_npy(tmp_path / "none.npy")
    (tmp_path / "text.npy").write_text("not numbers")
    with pytest.raises(SourceError, match="cannot be read"):
        read_npy(tmp_path / "text.npy")
    np.save(tmp_path / "objects.npy", np.array([[None, 1]], dtype=object), allow_pickle=True)
    with pytest.raises(SourceError, match="cannot be read"):
        read_npy(tmp_path / "objects.npy")


def test_a_file_that_shrank_is_noticed(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", MATRIX)
    rows = read_npy(tmp_path / "a.npy")
    with (tmp_path / "a.npy").open("r+b") as file:
        file.truncate(160)
    with pytest.raises(SourceError, match="changed while"):
        list(rows.blocks())


def test_a_sample_is_drawn_once_and_in_order() -> None:
    places = drawn(1_000, 100, 3)
    assert len(set(places.tolist())) == 100
    assert (np.diff(places) > 0).all()
    np.testing.assert_array_equal(places, drawn(1_000, 100, 3))
    np.testing.assert_array_equal(drawn(5, 100, 0), np.arange(5))
    with pytest.raises(UsageError, match="at least 1"):
        drawn(5, 0, 0)


def test_fingerprints_tell_rows_apart() -> None:
    rows = np.random.default_rng(0).normal(size=(5_000, 8)).astype(np.float32)
    rows[17], rows[400] = rows[3], rows[3]
    rows[5] = 0
    rows[6] = -0.0
    prints = fingerprints(rows)
    assert len(np.unique(prints)) == len(np.unique(rows + 0.0, axis=0)) == 4_997
    assert prints[17] == prints[3] == prints[400]
    swapped = fingerprints(np.array([[1, 2], [2, 1]], np.float32))
    assert swapped[0] != swapped[1]
