"""Pooling: the states of a text's tokens -> one row, or several rows side by side.

    1_Pooling/config.json -> names, in the order of their rows -> mean(states, mask), cls(states, mask), ...

Reimers and Gurevych 2019, "Sentence-BERT" (mean, cls, max); Muennighoff 2022, "SGPT" (last, weighted by place);
Arora et al. 2017, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings" (weighted by rarity), with places in
the vocabulary for counts as in Tulkens and van Dongen 2024, "Model2Vec".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.encoders.families.operations import number, whole, wholes
from broadsheet.encoders.folder import WAY_OUT
from broadsheet.encoders.modules import Step
from broadsheet.encoders.quiet import op

POOLINGS = ("mean", "cls", "max", "last", "weighted", "idf")
"""The poolings that a switch may choose."""
_MOST = 6  # side by side
_A = 1e-4  # of a / (a + p), as Model2Vec has it


def _mean(states: Any, mask: Any) -> Any:
    there = op.unsqueeze(mask, wholes([2]))
    total = op.reduce_sum(op.multiply(states, there), wholes([1]), False)
    return op.divide(total, op.reduce_sum(there, wholes([1]), False))


def _first(states: Any, mask: Any) -> Any:
    """The first word that counts: the mark of the beginning, unless a prompt that does not count is before the text."""
    length = _length(mask)
    left = op.range(length, whole(0), whole(-1), "i32")  # words from here to the end
    most = op.reduce_max(op.multiply(op.convert(mask, "i32"), left), wholes([1]), True)
    return _at(states, op.subtract(op.convert(length, "i32"), most))


def _last(states: Any, mask: Any) -> Any:
    """The last word, found by whole numbers: bf16 cannot count beyond 256."""
    places = op.range(whole(1), op.add(_length(mask), whole(1)), whole(1), "i32")
    most = op.reduce_max(op.multiply(op.convert(mask, "i32"), places), wholes([1]), True)
    return _at(states, op.subtract(most, op.constant(np.int32(1))))


def _at(states: Any, places: Any) -> Any:
    """The state at one place (n, 1) of each text."""
    return op.squeeze(op.gather(states, places, whole(1), 1), wholes([1]))


def _length(mask: Any) -> Any:
    return op.gather(op.shape_of(mask), whole(1), whole(0))


def _largest(states: Any, mask: Any) -> Any:
    away = op.multiply(op.subtract(number(1.0), op.unsqueeze(mask, wholes([2]))), number(-1e9))
    return op.reduce_max(op.add(states, away), wholes([1]), False)


def _weighted(states: Any, mask: Any) -> Any:
    """The mean in which the i-th word counts i times."""
    places = op.range(whole(1), op.add(_length(mask), whole(1)), whole(1), "f32")
    return _mean(states, op.multiply(mask, places))


def _root(states: Any, mask: Any) -> Any:
    """The sum over the root of the number of words: a mean that grows with the text."""
    there = op.unsqueeze(mask, wholes([2]))
    total = op.reduce_sum(op.multiply(states, there), wholes([1]), False)
    return op.divide(total, op.sqrt(op.reduce_sum(there, wholes([1]), False)))


POOLS: Mapping[str, Callable[[Any, Any], Any]] = {
    "mean": _mean, "cls": _first, "max": _largest, "last": _last, "weighted": _weighted, "root": _root, "idf": _mean,
}  # fmt: skip
"""The name of a pooling -> states (n, length, hidden) and mask (n, length; 1: a word that counts) -> (n, hidden). The
mask of ``idf`` has the words' weights in place of 1."""
_FLAGS = {
    "pooling_mode_cls_token": "cls", "pooling_mode_max_tokens": "max", "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens", "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}  # fmt: skip
"""What files called them first, in the order in which the rows of several stand side by side."""
_MODES = {
    "cls": "cls", "max": "max", "mean": "mean", "mean_sqrt_len_tokens": "root", "weightedmean": "weighted",
    "lasttoken": "last",
}  # fmt: skip
"""What sentence-transformers calls them -> what they are called here."""


def word_weights(words: int) -> NDArray[np.float32]:
    """Return what each word of a vocabulary counts in ``idf``, float32 (words,): a / (a + p). Zipf's law gives its
    probability p by its place alone, since vocabularies have frequent words first."""
    chances: NDArray[np.float64] = 1 / np.arange(2, words + 2)
    weights: NDArray[np.float64] = _A / (_A + chances / chances.sum())
    return weights.astype(np.float32)


def side_by_side(pooling: str, states: Any, mask: Any, weights: Any = None) -> Any:
    """Return the node of the rows, (n, hidden times the number of poolings that ``pooling`` names: ``cls,mean``).
    ``weights`` (n, length) are those of the words, which ``idf`` needs."""
    rows = [POOLS[name](states, op.multiply(mask, weights) if name == "idf" else mask) for name in pooling.split(",")]
    return rows[0] if len(rows) == 1 else op.concat(rows, 1)


def read_pooling(step: Step) -> tuple[str, bool]:
    """Read a step's config.json: the names of its poolings, ``mean`` or ``cls,mean``, and whether the tokens of a
    prompt count. ModelError for one that is not known."""
    config = step.config()
    named = config.values.get("pooling_mode")
    modes = [named] if isinstance(named, str) else named
    if modes is None:
        modes = [_FLAGS[flag] for flag in _FLAGS if config.values.get(flag) is True] or ["mean"]
    unknown = {key for key, on in config.values.items() if key.startswith("pooling_mode_") and on is True} - set(_FLAGS)
    known = isinstance(modes, list) and 0 < len(modes) <= _MOST and all(each in list(_MODES) for each in modes)
    if unknown or not known:
        reason = ", ".join(sorted(unknown)) if unknown else repr(named)
        raise config.error(f"pooling is {reason[:80]}; expected one or several of {', '.join(_MODES)}. {WAY_OUT}")
    return ",".join(_MODES[mode] for mode in modes), config.flag("include_prompt", True)
