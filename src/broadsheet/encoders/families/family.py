"""A family of transformers: how its config.json is read, which tensors it needs, and the graph of its states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from broadsheet.encoders.families.operations import Inputs, Tensors
from broadsheet.encoders.folder import WAY_OUT, Config

Layout = dict[str, tuple[int, ...]]
ACTIVATIONS = {
    "gelu": "erf", "gelu_python": "erf", "gelu_new": "tanh", "gelu_fast": "tanh", "gelu_pytorch_tanh": "tanh",
    "relu": "relu", "silu": "silu", "swish": "silu",
}  # fmt: skip
"""The name of an activation in config.json -> in ``operations.activated``."""


_NAMES = {
    "hidden": "hidden_size", "heads": "num_attention_heads", "layers": "num_hidden_layers",
    "inner": "intermediate_size", "words": "vocab_size", "positions": "max_position_embeddings",
}  # fmt: skip
_MOST = {
    "hidden": 1 << 14, "heads": 256, "layers": 256, "inner": 1 << 16, "words": 1 << 21, "positions": 1 << 16,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What config.json says, as far as every family says it; each family adds its own in a subclass.

    ``layers`` run: fewer than the model has where a switch says so. ``positions`` is the number of tokens of the
    longest text that it can read, the marks of beginning and end included; ``offset`` the row of the first position in
    its table of them.
    """

    hidden: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    activation: str
    epsilon: float
    offset: int = 0


class Family(NamedTuple):
    """One architecture.

    ``read`` makes its Shape of a config.json or raises ModelError; ``layout`` gives name -> shape of every tensor that
    it needs; ``states`` builds the graph: float32 (n, length, hidden) before the first layer and after each layer.
    ``prefixes`` stand before every name in some files; ``others`` are layouts under names that other files have.
    ``stretches``: its states heed the places of the inputs.
    """

    read: Callable[[Config], Any]
    layout: Callable[[Any], Layout]
    states: Callable[[Any, Tensors, Inputs], list[Any]]
    prefixes: tuple[str, ...] = ("",)
    others: tuple[Callable[[Any], Layout], ...] = ()
    stretches: bool = False


def pair(name: str, *shape: int, bias: bool = True) -> Layout:
    """Return the shapes of a weight and, unless it has none, its bias."""
    return {f"{name}.weight": shape} | ({f"{name}.bias": shape[:1]} if bias else {})


def common(config: Config, names: Mapping[str, str] = _NAMES) -> dict[str, Any]:
    """Read the sizes that every family has: the values of a Shape by name, positions as the file has them.

    ``names``: of a value in a Shape -> what this family's config.json calls it.
    """
    if config.values.get("is_decoder"):
        raise config.error(f"is_decoder is true: such a model looks at one side only. {WAY_OUT}")
    values = {name: config.size(key, _MOST[name]) for name, key in names.items()}
    if values["hidden"] % values["heads"]:
        raise config.error(f"{names['hidden']} {values['hidden']} cannot be divided among {values['heads']} heads.")
    return values


def require(config: Config, values: Mapping[str, object]) -> None:
    """Raise ModelError unless each value is the one given or missing: what other values ask for is not offered."""
    for key, expected in values.items():
        if config.values.get(key, expected) != expected:
            raise config.error(f"{key} is {repr(config.values[key])[:80]}; expected {expected!r}. {WAY_OUT}")
