"""Attention in blocks is attention to near tokens, whatever the length of the texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from broadsheet.encoders.families.operations import Inputs
from broadsheet.encoders.families.rotary import Rotation, turned, turns
from broadsheet.encoders.families.windows import (
    BLOCK,
    Windows,
    block_turns,
    joined_blocks,
    split_blocks,
    windows,
)
from broadsheet.encoders.quiet import core, op, ov

HEADS, HIDDEN = 2, 8


def attended(states: np.ndarray, mask: np.ndarray, reach: int) -> np.ndarray:
    """The states by blocks, each query and key turned by its place."""
    x, there = op.parameter([-1, -1, HIDDEN], np.float32), op.parameter([-1, -1], np.float32)
    within = windows(Inputs(there, there), reach)
    made = op.scaled_dot_product_attention(*_parts(within, x), within.unseen)
    graph = ov.Model([joined_blocks(within, made, HIDDEN)], [x, there], "test")
    model = core().compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.array(model([states, mask])[0])


def _parts(within: Windows, states: Any) -> tuple[Any, Any, Any]:
    table = turns(Rotation(100.0), width=HIDDEN // HEADS, positions=2000, length=within.length)
    query, key = (
        turned(split_blocks(states, places, HEADS, HIDDEN), block_turns(within, table, places), HIDDEN // HEADS)
        for places in (within.queries, within.keys)
    )
    return query, key, split_blocks(states, within.keys, HEADS, HIDDEN)


def masked(states: np.ndarray, mask: np.ndarray, reach: int) -> np.ndarray:
    """The same by one table of all pairs, in float64."""
    n, length, _ = states.shape
    split = states.astype("f8").reshape(n, length, HEADS, HIDDEN // HEADS).transpose(0, 2, 1, 3)
    angles = np.arange(length)[:, None] * 100.0 ** -(np.arange(2) / 2)
    pairs = (split[..., :2] + 1j * split[..., 2:]) * np.exp(1j * angles)
    rotated = np.concatenate([pairs.real, pairs.imag], axis=-1)
    apart = np.abs(np.arange(length)[:, None] - np.arange(length))
    seen = (apart <= reach) & (mask[:, None, None] > 0)
    scores = np.where(seen, rotated @ rotated.transpose(0, 1, 3, 2) / np.sqrt(HIDDEN // HEADS), -1e9)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    made = weights / weights.sum(-1, keepdims=True) @ split
    return made.transpose(0, 2, 1, 3).reshape(n, length, HIDDEN)


@pytest.mark.parametrize("length", [1, 2, 40, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 3, 5 * BLOCK + 7])
@pytest.mark.parametrize("reach", [1, 20, 64, 5000])
def test_blocks_see_what_one_table_of_all_pairs_shows(length: int, reach: int) -> None:
    random = np.random.default_rng(length)
    states = random.normal(size=(3, length, HIDDEN)).astype("f4")
    mask = np.ones((3, length), "f4")
    mask[1, length - length // 3 :] = 0
    made, expected, there = attended(states, mask, reach), masked(states, mask, reach), mask > 0
    np.testing.assert_allclose(made[there], expected[there], atol=1e-4)


def test_the_scores_of_a_long_text_are_few() -> None:
    """At 8,000 tokens, under a twentieth of the square."""
    there = op.parameter([-1, -1], np.float32)
    within = windows(Inputs(there, there), 64)
    model = core().compile_model(ov.Model([within.unseen], [there], "test"), "CPU")
    assert np.array(model([np.ones((1, 8000), "f4")])[0]).size < 0.04 * 8000**2
