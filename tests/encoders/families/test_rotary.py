"""Pairs are turned by the angle of their place, in whatever precision the graph runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import ModelError
from broadsheet.encoders.families.operations import Inputs, length
from broadsheet.encoders.families.rotary import (
    Rotation,
    read_rotation,
    read_scaled,
    require_pairs,
    turned,
    turns,
)
from broadsheet.encoders.folder import Config
from broadsheet.encoders.quiet import core, op, ov

STATES = np.random.default_rng(5).normal(size=(2, 3, 1500, 8)).astype("f4")


def turned_states(rotation: Rotation, precision: str) -> np.ndarray:
    states, ids = op.parameter([-1, 3, -1, 8], np.float32), op.parameter([-1, -1], np.int32)
    by = turns(rotation, width=8, positions=2000, length=length(Inputs(ids, ids)))
    graph = ov.Model([turned(states, by, 8)], [states, ids], "test")
    model = core().compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": precision})
    return np.array(model([STATES, np.zeros((2, 1500), "i4")])[0])


@pytest.mark.parametrize("rotation", [Rotation(10000.0), Rotation(160000.0), Rotation(500.0, 1.5)])
@pytest.mark.parametrize(("precision", "most"), [("f32", 2e-3), ("bf16", 0.06)])
def test_a_pair_is_a_number_that_is_turned(rotation: Rotation, precision: str, most: float) -> None:
    pairs = STATES[..., :4].astype("f8") + 1j * STATES[..., 4:]
    angles = np.arange(1500)[:, None] * rotation.theta ** -(np.arange(4) / 4) / rotation.stretch
    expected = pairs * np.exp(1j * angles)
    made = turned_states(rotation, precision)
    assert np.abs(made - np.concatenate([expected.real, expected.imag], axis=-1)).max() < most


def test_a_theta_is_read_from_where_the_file_has_it() -> None:
    assert read_rotation(Config(Path("c"), {"theta": 300}), "theta", 2.0) == Rotation(300.0)
    assert read_rotation(Config(Path("c"), {}), "theta", 2.0) == Rotation(2.0)
    part = Config(Path("c"), {"rope": {"rope_type": "longrope"}}).part("rope")
    with pytest.raises(ModelError, match=r"^c: rope\.type 'longrope'; expected .* or 'linear'\. Other models run as"):
        read_rotation(part, "theta", 2.0)


@pytest.mark.parametrize("key", ["type", "rope_type"])
def test_a_scaling_is_read_or_refused(key: str) -> None:
    def read(**scaling: object) -> Rotation:
        return read_scaled(Config(Path("c"), {"rope_scaling": scaling or None, "theta": 9}), "theta", 2.0)

    assert read() == read(**{key: "default"}) == read(**{key: "dynamic"}, factor=2.0) == Rotation(9.0)
    assert read(**{key: "linear"}, factor=4) == Rotation(9.0, 4.0)
    with pytest.raises(ModelError, match="rope_scaling type 'yarn'; expected 'default'"):
        read(**{key: "yarn"}, factor=4)
    with pytest.raises(ModelError, match=r"rope_scaling\.factor is 0; expected a number"):
        read(**{key: "linear"}, factor=0)


@pytest.mark.parametrize("width", [7, 258])
def test_numbers_that_are_no_pairs_are_refused(width: int) -> None:
    with pytest.raises(ModelError, match=f"a head has {width} numbers"):
        require_pairs(Config(Path("c"), {}), width)
    require_pairs(Config(Path("c"), {}), 64)
