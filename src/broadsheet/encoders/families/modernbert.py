"""ModernBERT (Warner et al. 2024): rotary positions, attention to near tokens in most layers, gated middles.

    words, normalised -> layers: + attention of the normalised states, + gated middle of the normalised -> normalised

The states after the last layer are normalised once more, those before it are not, as transformers gives them: a model
that is cut at an earlier layer has states of unequal lengths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from broadsheet.encoders.families.family import ACTIVATIONS, Family, Layout, Shape, common, pair
from broadsheet.encoders.families.operations import (
    Inputs,
    Tensors,
    activated,
    constant,
    joined_heads,
    length,
    linear,
    normalised,
    parted_linear,
    split_heads,
    unseen,
    whole,
)
from broadsheet.encoders.families.rotary import (
    Rotation,
    Turns,
    read_rotation,
    read_scaled,
    require_pairs,
    turned,
    turns,
)
from broadsheet.encoders.families.windows import Windows, block_turns, joined_blocks, split_blocks, windows
from broadsheet.encoders.folder import Config
from broadsheet.encoders.quiet import op

_ALL, _NEAR = "full_attention", "sliding_attention"
_FAR_THETA, _NEAR_THETA = 160_000.0, 10_000.0
_LONGEST_REACH = 1 << 15


@dataclass(frozen=True, slots=True, kw_only=True)
class ModernShape(Shape):
    """A Shape whose layers are ``near`` or not: those see ``reach`` tokens to each side, the others all.

    ``near`` has all layers of the model, of which ``layers`` run. ``far_turn`` and ``near_turn`` are the rotations of
    both kinds; ``norm_bias``, ``attention_bias`` and ``middle_bias`` tell which parts have biases.
    """

    near: tuple[bool, ...]
    reach: int
    far_turn: Rotation
    near_turn: Rotation
    norm_bias: bool
    attention_bias: bool
    middle_bias: bool


def _read(config: Config) -> ModernShape:
    facts = common(config)
    require_pairs(config, facts["hidden"] // facts["heads"])
    far_turn, near_turn = _rotations(config)
    return ModernShape(
        **facts, near=_kinds(config, facts["layers"]), reach=_reach(config), far_turn=far_turn, near_turn=near_turn,
        norm_bias=config.flag("norm_bias", False), attention_bias=config.flag("attention_bias", False),
        middle_bias=config.flag("mlp_bias", False),
        activation=ACTIVATIONS[config.choice("hidden_activation", ACTIVATIONS)],
        epsilon=config.number("norm_eps", 1e-5),
    )  # fmt: skip


def _kinds(config: Config, layers: int) -> tuple[bool, ...]:
    """Which layers see only near tokens: newer files name each, older ones say how often one sees all."""
    kinds = config.values.get("layer_types")
    if kinds is None:
        often = config.size("global_attn_every_n_layers", 256, 3)
        return tuple(layer % often > 0 for layer in range(layers))
    if not isinstance(kinds, list) or len(kinds) != layers or any(each not in (_ALL, _NEAR) for each in kinds):
        shown = f"{len(kinds)} values" if isinstance(kinds, list) and len(kinds) != layers else repr(kinds)[:80]
        raise config.error(f"layer_types has {shown}; expected {_ALL!r} or {_NEAR!r} for each of {layers} layers.")
    return tuple(each == _NEAR for each in kinds)


def _reach(config: Config) -> int:
    """Both spellings of the window: its half, or all of it."""
    if "sliding_window" in config.values:
        return config.size("sliding_window", _LONGEST_REACH)
    return config.size("local_attention", 2 * _LONGEST_REACH, 128) // 2


def _rotations(config: Config) -> tuple[Rotation, Rotation]:
    """The rotation of layers that see all, and of those that see near tokens, in the newer or the older spelling."""
    if config.values.get("rope_parameters") is None:
        far, near = (f"{name}_rope_theta" for name in ("global", "local"))
        return read_scaled(config, far, _FAR_THETA), read_scaled(config, near, _NEAR_THETA)
    both = config.part("rope_parameters")
    far_turn, near_turn = both.part(_ALL), both.part(_NEAR)
    return read_rotation(far_turn, "rope_theta", _FAR_THETA), read_rotation(near_turn, "rope_theta", _NEAR_THETA)


def _layout(shape: ModernShape) -> Layout:
    hidden, inner = shape.hidden, shape.inner
    attention, middle, norm = shape.attention_bias, shape.middle_bias, shape.norm_bias
    shapes: Layout = {"embeddings.tok_embeddings.weight": (shape.words, hidden)}
    shapes |= pair("embeddings.norm", hidden, bias=norm)
    for layer in range(shape.layers):
        at = f"layers.{layer}"
        shapes |= pair(f"{at}.attn_norm", hidden, bias=norm) if layer else {}
        shapes |= pair(f"{at}.attn.Wqkv", 3 * hidden, hidden, bias=attention)
        shapes |= pair(f"{at}.attn.Wo", hidden, hidden, bias=attention)
        shapes |= pair(f"{at}.mlp_norm", hidden, bias=norm)
        shapes |= pair(f"{at}.mlp.Wi", 2 * inner, hidden, bias=middle)
        shapes |= pair(f"{at}.mlp.Wo", hidden, inner, bias=middle)
    return shapes | (pair("final_norm", hidden, bias=norm) if shape.layers == len(shape.near) else {})


class _Sight(NamedTuple):
    """What the tokens of a batch see: all, or through ``within`` what is near; the turns of queries and of keys."""

    queries: Turns
    keys: Turns
    unseen: Any
    within: Windows | None = None


def _states(shape: ModernShape, tensors: Tensors, inputs: Inputs) -> list[Any]:
    words = op.gather(constant(tensors["embeddings.tok_embeddings.weight"]), inputs.ids, whole(0))
    states = [normalised(tensors, "embeddings.norm", words, shape.epsilon)]
    sights = {False: _far(shape, inputs), True: _near(shape, inputs)}
    for layer in range(shape.layers):
        states.append(_layer(shape, tensors, layer, states[-1], sights[shape.near[layer]]))
    if shape.layers == len(shape.near):
        states[-1] = normalised(tensors, "final_norm", states[-1], shape.epsilon)
    return states


def _far(shape: ModernShape, inputs: Inputs) -> _Sight:
    table = _turns(shape, shape.far_turn, inputs)
    return _Sight(table, table, unseen(inputs))


def _near(shape: ModernShape, inputs: Inputs) -> _Sight:
    table, within = _turns(shape, shape.near_turn, inputs), windows(inputs, shape.reach)
    queries, keys = (block_turns(within, table, places) for places in (within.queries, within.keys))
    return _Sight(queries, keys, within.unseen, within)


def _turns(shape: ModernShape, rotation: Rotation, inputs: Inputs) -> Turns:
    width = shape.hidden // shape.heads
    return turns(rotation, width=width, positions=shape.positions, length=length(inputs))


def _layer(shape: ModernShape, tensors: Tensors, layer: int, states: Any, sight: _Sight) -> Any:
    at = f"layers.{layer}"
    seen = normalised(tensors, f"{at}.attn_norm", states, shape.epsilon) if layer else states
    states = op.add(states, linear(tensors, f"{at}.attn.Wo", _attention(shape, tensors, at, seen, sight)))
    taken, gate = parted_linear(
        tensors, f"{at}.mlp.Wi", normalised(tensors, f"{at}.mlp_norm", states, shape.epsilon), 2
    )
    middle = op.multiply(activated(shape.activation, taken), gate)
    return op.add(states, linear(tensors, f"{at}.mlp.Wo", middle))


def _attention(shape: ModernShape, tensors: Tensors, at: str, states: Any, sight: _Sight) -> Any:
    heads, hidden, within = shape.heads, shape.hidden, sight.within
    parts = parted_linear(tensors, f"{at}.attn.Wqkv", states, 3)
    if within is None:
        query, key, value = (split_heads(part, heads, hidden) for part in parts)
    else:
        places = (within.queries, within.keys, within.keys)
        query, key, value = (split_blocks(*both, heads, hidden) for both in zip(parts, places, strict=True))
    query, key = turned(query, sight.queries, hidden // heads), turned(key, sight.keys, hidden // heads)
    made = op.scaled_dot_product_attention(query, key, value, sight.unseen)
    return joined_heads(made, hidden) if within is None else joined_blocks(within, made, hidden)


MODERNBERT = Family(_read, _layout, _states, ("", "model."))
