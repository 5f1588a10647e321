"""What the vectors carry next to meaning: does the length, source, ... of a text decide where its vector lies?

texts and labels of the sampled rows -> a number for each text -> its rank correlation with two facts of its vector:
    centrality (cosine with the mean direction: is it near everything?) and k-occurrence (is it a hub?)
labels -> how much more often a row's neighbours share its label than chance gives
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.core.maps import Floats
from broadsheet.core.metrics import spearman
from broadsheet.core.words import words
from broadsheet.lab.geometry.neighbours import Estimate

_ROUNDS = 500
_LONGEST = 20_000  # characters of a text that are looked at
_FEWEST = 30  # texts
_Z = 1.959964  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Correlation:
    """How a ``property`` of texts (their length, ...) goes with a ``fact`` of their vectors: Spearman's rank
    correlation with its 95 % interval."""

    property: str
    fact: str
    found: Estimate


@dataclass(frozen=True, slots=True)
class Lift:
    """How often the neighbours of a text have its own ``label`` (its source, its script): the mean share with its
    interval, and what chance would give."""

    label: str
    found: Estimate
    chance: float


def correlations(texts: Sequence[str], facts: Mapping[str, Floats]) -> list[Correlation]:
    """Correlate the properties of the sampled ``texts`` (m,) with ``facts`` (m,) of their vectors, by name; empty with
    fewer than 30 texts."""
    if len(texts) < _FEWEST:
        return []
    return [
        Correlation(name, fact, _correlated(values, of_vectors))
        for name, values in properties(texts).items()
        for fact, of_vectors in facts.items()
    ]


def properties(texts: Sequence[str]) -> Mapping[str, Floats]:
    """Return for each text (n,): its number of words, and how frequent its words are on average (the mean logarithm of
    the share of these texts that hold each)."""
    tokens = [words(text[:_LONGEST]) for text in texts]
    holding = Counter(word for each in tokens for word in set(each))
    shares = [np.mean([np.log(holding[word] / len(texts)) for word in each]) if each else 0.0 for each in tokens]
    return {"length": np.array([len(each) for each in tokens], np.float64), "frequency of words": np.array(shares)}


def script(text: str) -> str:
    """Return the script that most letters of a text are in, such as LATIN, CYRILLIC or CJK; empty without letters."""
    letters = (unicodedata.name(each, "").partition(" ")[0] for each in text[:500] if each.isalpha())
    return max(Counter(letters).items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))[0]


def lift(label: str, own: Sequence[str], others: Sequence[Sequence[str]]) -> Lift | None:
    """Compare the labels ``own`` (m,) of sampled rows with those of their neighbours ``others`` (m, k).

    Chance is the share of pairs of sampled rows with one label; None when all have the same.
    """
    counts, m = Counter(own), len(own)
    if len(counts) < 2 or m < _FEWEST:
        return None
    shares = np.array([np.mean([each == mine for each in theirs]) for mine, theirs in zip(own, others, strict=True)])
    random = np.random.default_rng(0)
    means = shares[random.integers(0, m, (_ROUNDS, m))].mean(axis=1)
    chance = sum(count * (count - 1) for count in counts.values()) / (m * (m - 1))
    return Lift(label, Estimate(float(shares.mean()), *map(float, np.quantile(means, [0.025, 0.975]))), chance)


def _correlated(one: Floats, other: Floats) -> Estimate:
    """The interval is that of Bonett and Wright 2000: Fisher's z with their standard error for ranks."""
    value = spearman(one, other)
    middle = np.arctanh(np.clip(value, -1 + 1e-12, 1 - 1e-12))
    half = _Z * np.sqrt((1 + value**2 / 2) / (len(one) - 3))
    return Estimate(value, float(np.tanh(middle - half)), float(np.tanh(middle + half)))
