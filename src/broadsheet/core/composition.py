"""How well papers match set operations on meanings: one score each, and what every meaning adds to it.

each meaning: spreads that its cosine is above those of papers at random, and three times its share of the best BM25
    |  the best of the parts
    &  the parts, weighted towards the one that matches least (a soft minimum), and half as much all their words as one
    -  less half of what is not wanted; a paper that matches that clearly better than what is wanted is left out

A soft minimum is a weighted sum, so the shares of the meanings add up to the score. In SetCSE (Liu 2024, "SetCSE: Set
Operations using Contrastive Learning of Sentence Embeddings") cosines are added and subtracted; scores on one scale and
a soft minimum keep a paper that has much of one part alone below one that has all parts, as scoring step by step does
in NS3 (Arakelyan et al. 2022, "NS3: Neuro-Symbolic Semantic Code Search"). The constants were chosen on other labels
than those they are measured on: benchmarks/asking.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.meanings import Either, Meaning, Sets, together

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Scores = Callable[[Meaning], Floats]
"""The scores (n,) of n papers for one meaning."""

WORDS = 3.0  # what the best BM25 of a meaning counts, in spreads of its cosines
_SOFT = 0.5  # spreads by which a part must match less to weigh e times as much
_TOGETHER = 0.5  # the say of all words as one next to the parts
_LESS = 0.5  # what is not wanted takes off
_CLEARLY = 1.29  # by which it must be above half of what is wanted, for a paper to be left out
_HIGHEST = 10  # papers whose BM25 is the measure of the best


@dataclass(frozen=True, slots=True)
class Combined:
    """What n papers come to: ``values`` (n,); the ``weights`` (n,) of each meaning, whose products with its scores add
    up to the values; and which papers are ``held``, (n,), that is not left out."""

    values: Floats
    weights: dict[Meaning, Floats]
    held: Mask


def standing(cosines: NDArray[np.floating], chance: NDArray[np.floating]) -> Floats:
    """Return how many spreads cosines (n,) are above the mean of those of papers at random (m,); zeros without
    spread."""
    spread = float(np.std(chance, dtype=np.float64)) if len(chance) else 0.0
    if spread < 1e-9:
        return np.zeros(len(cosines))
    return (np.asarray(cosines, np.float64) - float(np.mean(chance, dtype=np.float64))) / spread


def share_of_best(scores: NDArray[np.floating], highest: NDArray[np.floating]) -> Floats:
    """Return BM25 scores (n,) as shares of the mean of the ten ``highest`` of the Collection, best first; zeros where
    no paper has the words."""
    best = float(np.mean(highest[:_HIGHEST])) if len(highest) else 0.0
    return np.asarray(scores, np.float64) / best if best > 0 else np.zeros(len(scores))


def combined(sets: Sets, of: Scores) -> Combined:
    """Return what papers come to under an expression, from their scores for each meaning (``of``)."""
    if isinstance(sets, Meaning):
        values = of(sets)
        return Combined(values, {sets: np.ones(len(values))}, np.ones(len(values), dtype=np.bool_))
    parts = [combined(part, of) for part in sets.parts]
    if isinstance(sets, Either):
        return _best(parts)
    all_ = _together(_all(parts), together(sets), of)
    return _less(all_, [combined(part, of) for part in sets.without])


def weakest(sets: Sets, of: Scores) -> Floats:
    """Return for each paper the score (n,) of what is wanted and matches least; of alternatives, that of the best."""
    if isinstance(sets, Meaning):
        return of(sets)
    parts = np.stack([weakest(part, of) for part in sets.parts])
    return np.asarray(parts.max(axis=0) if isinstance(sets, Either) else parts.min(axis=0))


def _best(parts: Sequence[Combined]) -> Combined:
    """For each paper its best part; one that is left out of all parts is left out."""
    values = np.stack([np.where(part.held, part.values, -np.inf) for part in parts])
    choice = values.argmax(axis=0)
    weights = _summed([(part, (choice == place).astype(np.float64)) for place, part in enumerate(parts)])
    held = np.isfinite(values.max(axis=0))
    return Combined(np.stack([part.values for part in parts])[choice, np.arange(len(choice))], weights, held)


def _all(parts: Sequence[Combined]) -> Combined:
    """The soft minimum of the parts."""
    values = np.stack([part.values for part in parts])
    say = np.exp(-(values - values.min(axis=0)) / _SOFT)
    say /= say.sum(axis=0)
    weights = _summed(list(zip(parts, say, strict=True)))
    return Combined((say * values).sum(axis=0), weights, np.logical_and.reduce([part.held for part in parts]))


def _together(all_: Combined, whole: Meaning | None, of: Scores) -> Combined:
    """The parts, and all their words as one, on the scale of a single meaning."""
    if whole is None:
        return all_
    both = Combined(of(whole), {whole: np.ones(len(all_.values))}, all_.held)
    one = np.ones(len(all_.values))
    weights = _summed([(all_, one / (1 + _TOGETHER)), (both, one * _TOGETHER / (1 + _TOGETHER))])
    return Combined((all_.values + _TOGETHER * both.values) / (1 + _TOGETHER), weights, all_.held)


def _less(wanted: Combined, unwanted: Sequence[Combined]) -> Combined:
    """What is wanted less what is not."""
    if not unwanted:
        return wanted
    one = np.ones(len(wanted.values))
    weights = _summed([(wanted, one), *((part, -_LESS * one) for part in unwanted)])
    clear = [part.held & (part.values - _LESS * wanted.values > _CLEARLY) for part in unwanted]
    values = wanted.values - _LESS * sum(part.values for part in unwanted)
    return Combined(values, weights, wanted.held & ~np.logical_or.reduce(clear))


def _summed(parts: Sequence[tuple[Combined, Floats]]) -> dict[Meaning, Floats]:
    """The weights of each meaning over parts that have a say themselves."""
    weights: dict[Meaning, Floats] = {}
    for part, say in parts:
        for meaning, own in part.weights.items():
            weights[meaning] = weights.get(meaning, 0.0) + own * say
    return weights
