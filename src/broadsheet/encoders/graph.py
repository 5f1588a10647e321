"""A sentence encoder of the BERT family as an OpenVINO graph, straight from its tensors.

    words + places + kind, normalised -> layers of attention and a wide middle, each normalised
    -> the states of the last layer, or the mean of several layers'
    -> the mean of the words that are there, or the first, the last, the largest numbers, a mean by place -> length 1

The operations are chosen so that OpenVINO fuses them (scaled_dot_product_attention, mvn, gelu); query, key and value
are one multiplication. Devlin et al. 2019, "BERT"; Reimers and Gurevych 2019, "Sentence-BERT" (mean, cls, max);
Muennighoff 2022, "SGPT" (last, weighted by place).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.encoders.folder import Facts
from broadsheet.encoders.quiet import op, ov

Tensors = Mapping[str, NDArray[np.float32]]


def build(facts: Facts, tensors: Tensors, *, pooled: bool = True) -> Any:
    """Build a graph: int32 ids and float32 mask (1: a word), both (n, length) -> float32 (n, hidden), unit rows; the
    states of all tokens, (n, length, hidden), where they are not to be ``pooled``."""
    ids = op.parameter([-1, -1], np.int32, name="ids")
    mask = op.parameter([-1, -1], np.float32, name="mask")
    states = [_embedded(facts, tensors, ids)]
    hidden_words = op.multiply(op.subtract(_scalar(1.0), op.unsqueeze(mask, _ints([1, 2]))), _scalar(-1e9))
    for layer in range(facts.layers):
        states.append(_layer(facts, tensors, f"encoder.layer.{layer}", states[-1], hidden_words))
    mixed = _mixed([states[layer] for layer in facts.mix]) if facts.mix else states[-1]
    if not pooled:
        return ov.Model([mixed], [ids, mask], "token encoder")
    rows = _POOLS[facts.pooling](mixed, mask)
    return ov.Model([op.normalize_l2(rows, _ints([1]), 1e-12, "max")], [ids, mask], "sentence encoder")


def _mixed(layers: list[Any]) -> Any:
    return op.divide(reduce(op.add, layers), _scalar(float(len(layers))))


def _embedded(facts: Facts, tensors: Tensors, ids: Any) -> Any:
    length = op.gather(op.shape_of(ids), _int(1), _int(0))
    places = op.range(_int(0), length, _int(1), "i64")
    table = tensors["embeddings.position_embeddings.weight"][facts.offset :]
    words = op.gather(_constant(tensors["embeddings.word_embeddings.weight"]), ids, _int(0))
    kind = _constant(tensors["embeddings.token_type_embeddings.weight"][0])
    states = op.add(op.add(words, op.gather(_constant(table), places, _int(0))), kind)
    return _normalised(facts, tensors, "embeddings.LayerNorm", states)


def _layer(facts: Facts, tensors: Tensors, at: str, states: Any, hidden_words: Any) -> Any:
    attended = _linear(tensors, f"{at}.attention.output.dense", _attention(facts, tensors, at, states, hidden_words))
    states = _normalised(facts, tensors, f"{at}.attention.output.LayerNorm", op.add(attended, states))
    middle = _activated(facts.activation, _linear(tensors, f"{at}.intermediate.dense", states))
    added = op.add(_linear(tensors, f"{at}.output.dense", middle), states)
    return _normalised(facts, tensors, f"{at}.output.LayerNorm", added)


def _attention(facts: Facts, tensors: Tensors, at: str, states: Any, hidden_words: Any) -> Any:
    names = [f"{at}.attention.self.{name}" for name in ("query", "key", "value")]
    weight, bias = (np.concatenate([tensors[f"{name}.{part}"] for name in names]) for part in ("weight", "bias"))
    joined = op.add(op.matmul(states, _constant(weight), False, True), _constant(bias))
    query, key, value = (_heads(facts, part) for part in op.split(joined, _int(2), 3).outputs())
    found = op.scaled_dot_product_attention(query, key, value, hidden_words)
    return op.reshape(op.transpose(found, _ints([0, 2, 1, 3])), _ints([0, 0, facts.hidden]), True)


def _heads(facts: Facts, states: Any) -> Any:
    split = op.reshape(states, _ints([0, 0, facts.heads, facts.hidden // facts.heads]), True)
    return op.transpose(split, _ints([0, 2, 1, 3]))


def _activated(name: str, states: Any) -> Any:
    if name == "relu":
        return op.relu(states)
    return op.swish(states) if name == "silu" else op.gelu(states, name)


def _mean(states: Any, mask: Any) -> Any:
    there = op.unsqueeze(mask, _ints([2]))
    total = op.reduce_sum(op.multiply(states, there), _ints([1]), False)
    return op.divide(total, op.reduce_sum(there, _ints([1]), False))


def _first(states: Any, mask: Any) -> Any:  # noqa: ARG001 - as the other ways
    return op.gather(states, _int(0), _int(1))


def _last(states: Any, mask: Any) -> Any:
    """The last word that is there, counted in whole numbers: bf16 cannot count beyond 256."""
    count = op.reduce_sum(op.convert(mask, "i32"), _ints([1]), True)
    return op.squeeze(op.gather(states, op.subtract(count, op.constant(np.int32(1))), _int(1), 1), _ints([1]))


def _largest(states: Any, mask: Any) -> Any:
    away = op.multiply(op.subtract(_scalar(1.0), op.unsqueeze(mask, _ints([2]))), _scalar(-1e9))
    return op.reduce_max(op.add(states, away), _ints([1]), False)


def _weighted(states: Any, mask: Any) -> Any:
    """The mean in which the i-th word counts i times."""
    length = op.gather(op.shape_of(mask), _int(1), _int(0))
    places = op.range(_int(1), op.add(length, _int(1)), _int(1), "f32")
    return _mean(states, op.multiply(mask, places))


_POOLS = {"mean": _mean, "cls": _first, "last": _last, "max": _largest, "weighted": _weighted}


def _linear(tensors: Tensors, name: str, states: Any) -> Any:
    product = op.matmul(states, _constant(tensors[f"{name}.weight"]), False, True)
    return op.add(product, _constant(tensors[f"{name}.bias"]))


def _normalised(facts: Facts, tensors: Tensors, name: str, states: Any) -> Any:
    centred = op.mvn(states, _ints([-1]), True, facts.epsilon, "INSIDE_SQRT")
    scaled = op.multiply(centred, _constant(tensors[f"{name}.weight"]))
    return op.add(scaled, _constant(tensors[f"{name}.bias"]))


def _constant(values: NDArray[np.float32]) -> Any:
    return op.constant(np.ascontiguousarray(values))


def _scalar(value: float) -> Any:
    return op.constant(np.float32(value))


def _int(value: int) -> Any:
    return op.constant(np.array(value))


def _ints(values: list[int]) -> Any:
    return op.constant(np.array(values))
