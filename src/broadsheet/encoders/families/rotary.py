"""Rotary positions: the numbers of queries and keys, two by two, turned by angles that grow with a token's place.

    config.json -> a Rotation: how fast the pairs turn -> tables of cosines and sines, a row a place
    states, rows of the tables -> turned states

Su et al. 2021, "RoFormer". The tables are computed here, in float32 as transformers does, and not in the graph: bf16
cannot count beyond 256.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from broadsheet.encoders.families.operations import constant, number, whole, wholes
from broadsheet.encoders.folder import WAY_OUT, Config
from broadsheet.encoders.quiet import op

MOST_THETA = 1e9
MOST_FACTOR = 1e3
_WIDEST = 256  # numbers of a head: the tables have a column for each


class Rotation(NamedTuple):
    """How fast the pairs of a head turn: pair i of n by ``theta ** (-i / n) / stretch`` a place."""

    theta: float
    stretch: float = 1.0


class Turns(NamedTuple):
    """The cosines and the sines of a batch's places, each (1, 1, length, width of a head) or a shape that fits."""

    cosines: Any
    sines: Any


def read_rotation(config: Config, key: str, default: float) -> Rotation:
    """Read how fast the pairs turn: ``key`` is the theta's name, next to it may be a kind and its factor.

    ``dynamic`` changes nothing within the length that a model was trained with, and no more is read of a text here.
    ModelError for a theta that no model has, and for a kind that is not offered.
    """
    return _stretched(config, config.number(key, default, least=1.0, most=MOST_THETA))


def read_scaled(config: Config, key: str, default: float) -> Rotation:
    """Read the older spelling: kind and factor are in ``rope_scaling``, the theta's name is ``key``."""
    return _stretched(config.part("rope_scaling"), config.number(key, default, least=1.0, most=MOST_THETA))


def _stretched(config: Config, theta: float) -> Rotation:
    kind = config.values.get("rope_type", config.values.get("type", "default"))
    if kind not in ("default", "dynamic", "linear"):
        at = "rope_scaling " if config.at == "rope_scaling." else config.at
        raise config.error(f"{at}type {repr(kind)[:80]}; expected 'default', 'dynamic' or 'linear'. {WAY_OUT}")
    return Rotation(theta, config.number("factor", 1.0, most=MOST_FACTOR) if kind == "linear" else 1.0)


def require_pairs(config: Config, width: int) -> None:
    """Raise ModelError unless the numbers of a head come in pairs, which can be turned."""
    if width % 2 or width > _WIDEST:
        raise config.error(f"a head has {width} numbers; expected an even number of them, at most {_WIDEST}.")


def turns(rotation: Rotation, *, width: int, positions: int, length: Any) -> Turns:
    """Make the tables of ``positions`` places, and take the first ``length`` (a node)."""
    steps = np.arange(0, width, 2, dtype=np.float32) / np.float32(width)
    frequencies = np.float32(1.0) / np.float32(rotation.theta) ** steps / np.float32(rotation.stretch)
    angles = np.arange(positions, dtype=np.float32)[:, None] * frequencies
    angles = np.concatenate([angles, angles], axis=1)[None, None]
    return Turns(_rows(np.cos(angles), length), _rows(np.sin(angles), length))


def _rows(table: Any, length: Any) -> Any:
    return op.slice(constant(table), wholes([0]), op.unsqueeze(length, whole(0)), wholes([1]), wholes([2]))


def turned(states: Any, by: Turns, width: int) -> Any:
    """Turn states (n, heads, length, width), each number of the first half with its fellow of the second: written as
    OpenVINO recognises it."""
    first, second = op.variadic_split(states, whole(3), wholes([width // 2, width // 2])).outputs()
    crossed = op.concat([op.multiply(second, number(-1.0)), first], -1)
    return op.add(op.multiply(states, by.cosines), op.multiply(crossed, by.sines))
