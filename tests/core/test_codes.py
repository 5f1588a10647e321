"""Codes stand for vectors: as near as their bits allow, and in the bytes that they say."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.core.codes import BITS, packed, unpacked, width
from broadsheet.core.errors import UsageError
from broadsheet.core.vectors import sign_codes, unit

RANDOM = np.random.default_rng(1)
NEAREST = {1: 0.75, 4: 0.98, 8: 0.9998}  # the least cosine of a vector with what its code stands for


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("dim", [384, 16, 21])
def test_they_stand_for_the_vectors(bits: int, dim: int) -> None:
    rows = unit(RANDOM.normal(size=(200, dim)))
    codes = packed(rows, bits)
    assert (codes.shape, codes.dtype) == ((200, width(dim, bits)), np.uint8)
    again = unpacked(codes, dim, bits)
    assert (again.shape, again.dtype) == ((200, dim), np.float32)
    cosines = np.vecdot(unit(again), rows)
    assert cosines.mean() > NEAREST[bits]
    np.testing.assert_array_equal(packed(again, bits)[:, : width(dim, bits) - 2], codes[:, : width(dim, bits) - 2])


def test_one_bit_is_the_sign_as_other_codes_have_it() -> None:
    rows = unit(RANDOM.normal(size=(50, 128)))
    np.testing.assert_array_equal(packed(rows, 1).view("<u8"), sign_codes(rows))
    again = unpacked(packed(rows, 1), 128, 1)
    np.testing.assert_allclose(again, np.sign(rows) / np.sqrt(128), rtol=1e-6)


def test_bytes_of_a_token_of_minilm() -> None:
    assert [width(384, bits) for bits in BITS] == [48, 194, 386]


@pytest.mark.parametrize("bits", BITS)
def test_zeros_and_no_rows_are_fine(bits: int) -> None:
    assert np.isfinite(unpacked(packed(np.zeros((3, 16), np.float32), bits), 16, bits)).all()
    assert unpacked(packed(np.empty((0, 16), np.float32), bits), 16, bits).shape == (0, 16)


def test_other_bits_are_refused() -> None:
    with pytest.raises(UsageError, match="2 bits a dimension; expected 1, 4 or 8"):
        width(384, 2)
