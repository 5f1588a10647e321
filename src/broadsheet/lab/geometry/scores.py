"""Corrections of scores by a bank of queries: documents that are near every query lose what they have too much of.

queries (q, dim), documents (n, dim), bank (b, dim), unit rows -> scores (q, n), of which each row is ranked

The bank holds queries like those to come, without judgements. Nothing here changes a vector: a Space cannot carry it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import NormalDist

import numpy as np

from broadsheet.core.maps import Floats
from broadsheet.core.vectors import Vectors, unit

SHARPNESS = 20.0  # the inverse temperature of Bogolin et al. 2022
_NEAR = 10  # neighbours in the bank that CSLS averages (Conneau et al. 2018)
_NARROW = 1e-9  # a spread below which scores are called equal
_TABLE = np.linspace(-8, 8, 16_001)
_NORMAL = np.array([NormalDist().cdf(each) for each in _TABLE])
_TIE = 1e-6  # of a score, so that equal quantiles are ranked by cosine

Correction = Callable[[Vectors, Vectors, Vectors], Floats]


def cosine(queries: Vectors, documents: Vectors, bank: Vectors) -> Floats:  # noqa: ARG001
    """Score by the cosine alone."""
    return _products(queries, documents)


def csls(queries: Vectors, documents: Vectors, bank: Vectors) -> Floats:
    """Score by the cosine less half the document's mean cosine with its nearest queries of the bank: cross-domain
    similarity local scaling (Conneau et al. 2018), whose share of the query changes no ranking."""
    near = np.partition(_products(bank, documents), -min(_NEAR, len(bank)), axis=0)[-_NEAR:]
    return np.asarray(_products(queries, documents) - near.mean(axis=0) / 2)


def inverted_softmax(queries: Vectors, documents: Vectors, bank: Vectors) -> Floats:
    """Score by how much of a document's attention the query gets against the bank, as a logarithm (Smith et al.
    2017)."""
    return _inverted(_products(queries, documents), _products(bank, documents))


def querybank(queries: Vectors, documents: Vectors, bank: Vectors) -> Floats:
    """Score by the inverted softmax where the best document by cosine is the best of a query in the bank too, else by
    the cosine: querybank normalisation with the dynamic inverted softmax (Bogolin et al. 2022)."""
    plain, of_bank = _products(queries, documents), _products(bank, documents)
    hubs = np.isin(plain.argmax(axis=1), of_bank.argmax(axis=1))
    return np.where(hubs[:, None], _inverted(plain, of_bank), plain)


def mutual_proximity(queries: Vectors, documents: Vectors, bank: Vectors) -> Floats:
    """Score by the chance that two others are further apart, seen from both sides, each taken as normal (Schnitzer,
    Flexer, Schedl and Widmer 2012)."""
    plain, of_bank = _products(queries, documents), _products(bank, documents)
    seen_by_document = _below(plain, of_bank.mean(axis=0), of_bank.std(axis=0))
    return seen_by_document * _below(plain, plain.mean(axis=1, keepdims=True), plain.std(axis=1, keepdims=True))


def quantile(queries: Vectors, documents: Vectors, bank: Vectors) -> Floats:
    """Score by the share of the bank's queries that are further from the document: its own scale in place of the
    cosine's (the empirical side of mutual proximity); equal shares are ranked by cosine."""
    plain, of_bank = _products(queries, documents), np.sort(_products(bank, documents), axis=0)
    shares = np.empty_like(plain)
    for column in range(plain.shape[1]):
        shares[:, column] = np.searchsorted(of_bank[:, column], plain[:, column]) / len(of_bank)
    return shares + _TIE * plain


def centred_apart(queries: Vectors, documents: Vectors, bank: Vectors) -> Floats:
    """Score by the cosine after the queries lose the bank's mean and the documents their own: what one side has in
    common, for example its language (Libovický, Rosa and Fraser 2020)."""
    return _products(unit(queries - bank.mean(axis=0)), unit(documents - documents.mean(axis=0)))


CORRECTIONS: Mapping[str, Correction] = {
    "csls": csls, "inverted softmax": inverted_softmax, "querybank": querybank,
    "mutual proximity": mutual_proximity, "quantile": quantile, "centred apart": centred_apart,
}  # fmt: skip
"""Every correction by its name."""


def _products(rows: Vectors, documents: Vectors) -> Floats:
    return (rows @ documents.T).astype(np.float64)


def _inverted(plain: Floats, of_bank: Floats) -> Floats:
    highest = of_bank.max(axis=0)
    attention = np.log(np.exp(SHARPNESS * (of_bank - highest)).sum(axis=0))
    return np.asarray(SHARPNESS * (plain - highest) - attention)


def _below(scores: Floats, mean: Floats, spread: Floats) -> Floats:
    """The normal distribution's share below each score, read from a table that is finer than float32."""
    return np.asarray(np.interp((scores - mean) / np.maximum(spread, _NARROW), _TABLE, _NORMAL))
