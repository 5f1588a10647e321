"""The operations that families share, against numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from broadsheet.encoders.families.operations import (
    Inputs,
    activated,
    count,
    joined_heads,
    joined_linear,
    linear,
    normalised,
    parted_linear,
    split_heads,
    unseen,
)
from broadsheet.encoders.quiet import core, op, ov

RANDOM = np.random.default_rng(3)
STATES = RANDOM.normal(size=(2, 5, 6)).astype("f4")
TENSORS = {
    f"{name}.{part}": RANDOM.normal(size=shape).astype("f4")
    for name in ("one", "two")
    for part, shape in (("weight", (4, 6)), ("bias", (4,)))
}


def computed(build: Any, *arrays: np.ndarray) -> np.ndarray:
    """What the nodes that ``build`` makes of parameters compute, in f32."""
    parameters = [op.parameter([-1] * each.ndim, each.dtype) for each in arrays]
    model = core().compile_model(
        ov.Model([build(*parameters)], parameters, "test"), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
    )
    return np.array(model(list(arrays))[0])


def test_a_matrix_has_a_bias_or_none() -> None:
    expected = STATES @ TENSORS["one.weight"].T
    alone = {"one.weight": TENSORS["one.weight"]}
    np.testing.assert_allclose(computed(lambda x: linear(alone, "one", x), STATES), expected, atol=1e-5)
    np.testing.assert_allclose(
        computed(lambda x: linear(TENSORS, "one", x), STATES), expected + TENSORS["one.bias"], atol=1e-5
    )


def test_joined_matrices_give_the_products_of_each() -> None:
    both = computed(lambda x: op.concat(joined_linear(TENSORS, ["one", "two"], x), 2), STATES)
    alone = [STATES @ TENSORS[f"{name}.weight"].T + TENSORS[f"{name}.bias"] for name in ("one", "two")]
    np.testing.assert_allclose(both, np.concatenate(alone, axis=2), atol=1e-5)


@pytest.mark.parametrize("biased", [True, False])
def test_a_matrix_in_parts_gives_the_product_of_each(biased: bool) -> None:
    given = {name: TENSORS[name] for name in (["one.weight", "one.bias"] if biased else ["one.weight"])}
    parts = computed(lambda x: op.concat(parted_linear(given, "one", x, 2), 2), STATES)
    np.testing.assert_allclose(parts, computed(lambda x: linear(given, "one", x), STATES), atol=1e-5)


def test_states_are_normalised_one_by_one() -> None:
    weight, bias = RANDOM.normal(size=(2, 6)).astype("f4")
    expected = (STATES - STATES.mean(-1, keepdims=True)) / np.sqrt(STATES.var(-1, keepdims=True) + 1e-3) * weight
    given = {"norm.weight": weight, "norm.bias": bias}
    np.testing.assert_allclose(
        computed(lambda x: normalised(given, "norm", x, 1e-3), STATES), expected + bias, atol=1e-5
    )
    del given["norm.bias"]
    np.testing.assert_allclose(computed(lambda x: normalised(given, "norm", x, 1e-3), STATES), expected, atol=1e-5)


def test_heads_are_split_and_joined_again() -> None:
    split = computed(lambda x: split_heads(x, 3, 6), STATES)
    np.testing.assert_array_equal(split, STATES.reshape(2, 5, 3, 2).transpose(0, 2, 1, 3))
    np.testing.assert_array_equal(computed(lambda x: joined_heads(split_heads(x, 3, 6), 6), STATES), STATES)


@pytest.mark.parametrize(("name", "at_one"), [("erf", 0.841345), ("tanh", 0.841192), ("relu", 1.0), ("silu", 0.731059)])
def test_activations_have_their_value_at_one(name: str, at_one: float) -> None:
    assert computed(lambda x: activated(name, x), np.ones((1, 1), "f4")) == pytest.approx(at_one, abs=1e-5)


def test_places_are_counted_and_what_fills_up_is_unseen() -> None:
    ids, mask = np.zeros((2, 3), "i4"), np.array([[1, 1, 0], [1, 1, 1]], "f4")
    places = computed(lambda ids, mask: op.add(op.convert(ids, "i64"), count(Inputs(ids, mask))), ids, mask)
    assert places.tolist() == [[0, 1, 2]] * 2

    def hidden(ids: Any, mask: Any) -> Any:
        row = op.convert(op.unsqueeze(ids, op.constant(np.array([1, 2]))), "f32")
        return op.add(row, unseen(Inputs(ids, mask)))

    assert (computed(hidden, ids, mask)[:, 0, 0] == [[0, 0, -1e9], [0, 0, 0]]).all()
