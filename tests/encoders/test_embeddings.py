"""Answers of model servers: what is whole is read, everything else is refused with what is wrong."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import ModelError
from broadsheet.encoders.embeddings import read

RECORDED = Path(__file__).resolve().parents[1] / "fixtures" / "embeddings"


def recorded(name: str) -> Any:
    return json.loads((RECORDED / name).read_text("utf-8"))


def of(*embeddings: Any, **more: Any) -> dict[str, Any]:
    return {"data": [{"index": place, "embedding": each} for place, each in enumerate(embeddings)], **more}


def packed(numbers: list[float]) -> str:
    return base64.b64encode(np.array(numbers, "<f4").tobytes()).decode()


@pytest.mark.parametrize("name", ["floats.json", "base64.json"])
def test_vectors_are_unit_rows_by_their_index(name: str) -> None:
    made = read(recorded(name), 3)
    expected = [[0.6, -0.8, 0, 0], [0, 0.6, 0, 0.8], [0.5, 0.5, -0.5, 0.5]]
    np.testing.assert_allclose(made.vectors, expected, atol=1e-7)
    assert made.vectors.dtype == np.float32
    assert (made.model, made.tokens, made.cut) == ("tiny-embedding", 9, ())


def test_base64_gives_the_same_vectors_as_numbers() -> None:
    assert np.array_equal(read(recorded("floats.json"), 3).vectors, read(recorded("base64.json"), 3).vectors)


def test_entries_without_an_index_are_in_the_order_of_the_texts() -> None:
    made = read({"data": [{"embedding": [0, 1]}, {"embedding": [2, 0]}]}, 2)
    assert made.vectors.tolist() == [[0, 1], [1, 0]]
    assert (made.model, made.tokens) == ("", None)


@pytest.mark.parametrize("size", [1e-30, 1e-5, 1e30, 3e38])
def test_vectors_of_any_length_become_unit_rows(size: float) -> None:
    np.testing.assert_allclose(read(of([3 * size / 10, 4 * size / 10]), 1).vectors, [[0.6, 0.8]], atol=1e-6)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({}, "no list of vectors"),
        ({"data": {"0": [1.0]}}, "no list of vectors"),
        (of(), "0 vectors for 1 texts"),
        (of([1.0], [1.0]), "2 vectors for 1 texts"),
        ({"data": [[1.0]]}, "not an object"),
        ({"data": [{"index": 1, "embedding": [1.0]}]}, "number its vectors from 0 to 0"),
        ({"data": [{"index": "0", "embedding": [1.0]}]}, "number its vectors"),
        ({"data": [{"index": True, "embedding": [1.0]}]}, "number its vectors"),
        ({"data": [{"index": 0}]}, "not a list of numbers"),
        (of([]), "not a list of numbers"),
        (of([[1.0, 2.0]]), "not a list of numbers"),
        (of([[1.0], [1.0, 2.0]]), "not a list of numbers"),
        (of(["1.0", "2.0"]), "not a list of numbers"),
        (of([True, False]), "not a list of numbers"),
        (of([None, 1.0]), "not a list of numbers"),
        (of([10**400, 1]), "not a list of numbers"),
        (of([1.0] * 65_537), "not a list of numbers"),
        (of("not base64!"), "not a list of numbers"),
        (of("AAAA"), "not a list of numbers"),
        (of([float("nan"), 1.0]), "not finite"),
        (of([float("inf"), 1.0]), "not finite"),
        (of(packed([float("nan"), 1.0])), "not finite"),
        (of([0.0, 0.0]), "a vector of zeros"),
    ],
)
def test_what_is_not_whole_is_refused(answer: dict[str, Any], reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        read(answer, 1)


def test_two_dimensions_or_one_place_twice_are_refused() -> None:
    with pytest.raises(ModelError, match="of 1 and of 2 dimensions"):
        read(of([1.0], [1.0, 2.0]), 2)
    with pytest.raises(ModelError, match="from 0 to 1"):
        read({"data": [{"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [1.0]}]}, 2)


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"total_tokens": 7, "prompt_tokens": 6}, 7),
        ({"prompt_tokens": 6}, 6),
        ({"total_tokens": -7}, None),
        ({"total_tokens": 0}, None),
        ({"total_tokens": True}, None),
        ({"total_tokens": 10**12}, None),
        ({"total_tokens": "7"}, None),
        ([7], None),
    ],
)
def test_tokens_are_what_the_server_counts_if_that_is_credible(usage: Any, tokens: int | None) -> None:
    assert read(of([1.0], usage=usage), 1).tokens == tokens


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["data", "index", "embedding", "usage", "model", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


_NUMBERS = st.lists(st.floats(width=32) | st.integers(), min_size=2, max_size=2)
_ENTRIES = st.lists(_NUMBERS | st.lists(st.floats(), max_size=3), min_size=1, max_size=3).map(lambda rows: of(*rows))


@given(_JSON | _ENTRIES)
def test_whatever_comes_is_unit_rows_or_a_plain_refusal(value: Any) -> None:
    answer = value if isinstance(value, dict) else {"data": value}
    data = answer.get("data")
    count = max(1, len(data)) if isinstance(data, list) else 1
    rows = np.ones((count, 1))
    with suppress(ModelError):
        rows = read(answer, count).vectors
    assert len(rows) == count
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_texts_that_were_cut_are_known_if_the_server_names_them() -> None:
    assert read(of([1.0], [1.0], truncated=[1]), 2).cut == (1,)
    assert read(of([1.0], [1.0], truncated=[-1, 2, "0", True]), 2).cut == ()
    assert read(of([1.0], truncated="0"), 1).cut == ()
    assert read(of([1.0], model="tiny\nmodel"), 1).model == ""
