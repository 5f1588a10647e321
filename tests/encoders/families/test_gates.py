"""Layers with a gated middle, under each of the names that files have for their parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from broadsheet.encoders.families.gates import NEWER, GateShape, Names, layout, states
from broadsheet.encoders.families.operations import Inputs
from broadsheet.encoders.families.rotary import Rotation
from broadsheet.encoders.quiet import core, op, ov

JOINED = Names("ln", ("{}.qkv",), "{}.o", "{}.a", ("{}.both",), "{}.down", "{}.b")
SHAPE = GateShape(
    hidden=8, layers=2, heads=2, inner=6, words=9, positions=5, activation="silu", epsilon=1e-6, kinds=1,
    rotation=Rotation(100.0), attention_bias=True, narrow_bias=False,
)  # fmt: skip


def drawn() -> dict[str, np.ndarray]:
    random = np.random.default_rng(2)
    return {name: random.normal(size=size).astype("f4") for name, size in layout(SHAPE, NEWER).items()}


def renamed(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same numbers under the names ``JOINED``."""
    made = {name: tensors[name] for name in tensors if name.startswith("embeddings.") and "LayerNorm" not in name}
    pairs = [(NEWER.norm, JOINED.norm, 0)]
    for layer in range(SHAPE.layers):
        for old, new in ((NEWER.joined, JOINED.joined), (NEWER.joined_norm, JOINED.joined_norm)):
            pairs.append((old, new, layer))
        for old, new in ((NEWER.narrow, JOINED.narrow), (NEWER.narrow_norm, JOINED.narrow_norm)):
            pairs.append((old, new, layer))
        for part in ("weight", "bias"):
            parts = [tensors[f"{name.format(layer)}.{part}"] for name in NEWER.parts]
            made[f"{layer}.qkv.{part}"] = np.concatenate(parts)
        made[f"{layer}.both.weight"] = np.concatenate([tensors[f"{n.format(layer)}.weight"] for n in NEWER.wide])
    for old, new, layer in pairs:
        for part in ("weight", "bias"):
            if f"{old.format(layer)}.{part}" in tensors:
                made[f"{new.format(layer)}.{part}"] = tensors[f"{old.format(layer)}.{part}"]
    return made


def last_states(tensors: dict[str, np.ndarray]) -> np.ndarray:
    ids, mask = op.parameter([-1, -1], np.int32), op.parameter([-1, -1], np.float32)
    made: list[Any] = states(SHAPE, tensors, (NEWER, JOINED), Inputs(ids, mask))
    assert len(made) == SHAPE.layers + 1
    model = core().compile_model(ov.Model([made[-1]], [ids, mask], "test"), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.array(model([np.array([[1, 2, 3, 4]], "i4"), np.ones((1, 4), "f4")])[0])


def test_joined_and_single_matrices_are_the_same_model() -> None:
    tensors = drawn()
    assert {name: each.shape for name, each in renamed(tensors).items()} == layout(SHAPE, JOINED)
    np.testing.assert_allclose(last_states(renamed(tensors)), last_states(tensors), atol=1e-4)


def test_the_gate_is_the_second_half() -> None:
    """With a gate of zeros, silu lets nothing through; what is gated may then be anything."""
    tensors = drawn()
    for layer in range(SHAPE.layers):
        tensors[f"{NEWER.wide[1].format(layer)}.weight"][:] = 0
    before = last_states(tensors)
    for layer in range(SHAPE.layers):
        tensors[f"{NEWER.wide[0].format(layer)}.weight"][:] *= -3
    np.testing.assert_array_equal(last_states(tensors), before)


def test_biases_and_kinds_are_where_the_shape_has_them() -> None:
    names = layout(SHAPE, JOINED)
    assert ("0.qkv.bias" in names, "0.down.bias" in names, "0.both.bias" in names) == (True, False, False)
    assert names["embeddings.token_type_embeddings.weight"] == (1, 8)
    assert names["1.both.weight"] == (12, 8)


def test_tensors_under_other_names_are_no_model() -> None:
    with pytest.raises(StopIteration):
        last_states({"embeddings.word_embeddings.weight": np.zeros((9, 8), "f4")})
