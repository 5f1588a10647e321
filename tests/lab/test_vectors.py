"""Vectors of texts and the cosines between them, as functions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import cdist

import broadsheet as bs
from bert_kit import TEXTS
from broadsheet.core.errors import ModelError, UsageError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.vectors import encode, pairs, similarity, unit_rows
from tinybert import write_tiny

A, B = ["a cat sat", "rivers and sand"], ["a cat stood", "sand of a river", "bees"]


def test_texts_are_encoded_by_name_or_object() -> None:
    rows = bs.encode(A, encoder="hash")
    np.testing.assert_array_equal(rows, HashEncoder().encode(A))
    np.testing.assert_array_equal(encode(A, encoder=HashEncoder(64)), HashEncoder(64).encode(A))
    assert encode([], encoder="hash").shape == (0, 256)
    assert encode([""], encoder="hash").shape == (1, 256)


def test_switches_work_in_a_name(tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny")
    plain, cut = (encode(TEXTS, encoder=f"bert:{tmp_path / 'tiny'}{end}") for end in ("", "?layers=0&pooling=max"))
    assert np.vecdot(plain, cut).max() < 0.99


def test_cosines_agree_with_scipy() -> None:
    random = np.random.default_rng(3)
    a, b = random.normal(size=(7, 5)), random.normal(size=(7, 5)) * 9
    np.testing.assert_allclose(bs.similarity(a, b), 1 - cdist(a, b, "cosine"), atol=1e-6)
    np.testing.assert_allclose(bs.pairs(a, b), np.diag(1 - cdist(a, b, "cosine")), atol=1e-6)


def test_texts_and_their_vectors_give_the_same() -> None:
    rows = encode(A, encoder="hash"), encode(B, encoder="hash")
    np.testing.assert_allclose(similarity(A, B, encoder="hash"), similarity(*rows), atol=1e-6)
    assert similarity("a cat sat", B, encoder="hash").shape == (1, 3)
    assert float(pairs("a cat sat", "a cat sat", encoder="hash")[0]) == pytest.approx(1)


@pytest.mark.parametrize(
    ("a", "b", "parts"),
    [
        (["x", " "], ["y", "z"], ["a: text 2 is empty"]),
        (["x"], ["y", 7], ["b: item 1 is a int"]),
        (np.ones((2, 3)), np.ones((2, 4)), ["3 dimensions", "b has 4"]),
        (np.array([[1.0, np.nan]]), np.ones((1, 2)), ["a: row 0", "not finite", "1 such row)"]),
        (np.ones((2, 2)), np.array([[1.0, 1], [0, 0]]), ["b: row 1 is zero"]),
        (np.ones(3), np.ones((1, 3)), ["a is a float64 array of the shape (3,)"]),
        (np.ones((1, 2), dtype=complex), np.ones((1, 2)), ["complex128"]),
        (np.ones((2, 2)), np.ones((3, 2)), ["a has 2 rows and b has 3", "--matrix"]),
    ],
)
def test_what_cannot_be_compared_is_named(a: Any, b: Any, parts: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        pairs(a, b, encoder="hash")
    assert all(part in str(caught.value) for part in parts), str(caught.value)


def test_one_text_is_not_a_list_of_letters() -> None:
    with pytest.raises(UsageError, match="one text"):
        encode("a cat sat", encoder="hash")


def test_an_encoder_that_gives_no_numbers_is_named_with_the_text() -> None:
    class Broken:
        def encode(self, texts: list[str], *, role: str = "document") -> np.ndarray:
            return np.full((len(texts), 2), np.nan, np.float32)

    with pytest.raises(ModelError, match="not finite for the text 'a cat sat'"):
        encode(A, encoder=Broken())  # type: ignore[arg-type]


def test_large_rows_keep_their_direction() -> None:
    np.testing.assert_allclose(unit_rows(np.array([[3e18, 4e18]]), "a"), [[0.6, 0.8]], atol=1e-6)
