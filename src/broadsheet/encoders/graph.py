"""A sentence encoder of the BERT family as an OpenVINO graph, straight from its tensors.

    words + places + kind, normalised -> layers of attention and a wide middle, each normalised
    -> the mean of the words that are there, or the first -> length 1

The operations are chosen so that OpenVINO fuses them (scaled_dot_product_attention, mvn, gelu); query, key and value
are one multiplication. Devlin et al. 2019, "BERT"; Reimers and Gurevych 2019, "Sentence-BERT".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.encoders.folder import Facts
from broadsheet.encoders.quiet import op, ov

Tensors = Mapping[str, NDArray[np.float32]]


def build(facts: Facts, tensors: Tensors) -> Any:
    """Build a graph: int32 ids and float32 mask (1: a word), both (n, length) -> float32 (n, hidden), unit rows."""
    ids = op.parameter([-1, -1], np.int32, name="ids")
    mask = op.parameter([-1, -1], np.float32, name="mask")
    states = _embedded(facts, tensors, ids)
    hidden_words = op.multiply(op.subtract(_scalar(1.0), op.unsqueeze(mask, _ints([1, 2]))), _scalar(-1e9))
    for layer in range(facts.layers):
        states = _layer(facts, tensors, f"encoder.layer.{layer}", states, hidden_words)
    pooled = _mean(states, mask) if facts.pooling == "mean" else op.gather(states, _int(0), _int(1))
    return ov.Model([op.normalize_l2(pooled, _ints([1]), 1e-12, "max")], [ids, mask], "sentence encoder")


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
