"""Corrections of scores are what their papers say, and take a hub down."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import log_softmax
from scipy.stats import norm, percentileofscore, skew

from broadsheet.core.vectors import unit
from broadsheet.lab.geometry import scores
from broadsheet.lab.geometry.scores import CORRECTIONS


def rows(n: int, seed: int) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(n, 12)) + 0.4)


QUERIES, DOCUMENTS, BANK = rows(7, 0), rows(40, 1), rows(25, 2)
PLAIN, OF_BANK = (QUERIES @ DOCUMENTS.T).astype(float), (BANK @ DOCUMENTS.T).astype(float)


def test_csls_is_its_formula() -> None:
    """2 cos(q, d) - r(d) - r(q) ranks as ours does: r(q) is the same for all documents of a query."""
    of_document = np.sort(OF_BANK, axis=0)[-10:].mean(axis=0)
    of_query = np.sort(PLAIN, axis=1)[:, -10:].mean(axis=1)
    theirs = 2 * PLAIN - of_document - of_query[:, None]
    ours = scores.csls(QUERIES, DOCUMENTS, BANK)
    np.testing.assert_allclose(2 * ours - of_query[:, None], theirs, atol=1e-6)


def test_inverted_softmax_is_its_formula() -> None:
    """exp(b s(q, d)) over the sum of exp(b s(p, d)) for p in the bank: a softmax down each column."""
    theirs = scores.SHARPNESS * PLAIN - np.log(np.exp(scores.SHARPNESS * OF_BANK).sum(axis=0))
    np.testing.assert_allclose(scores.inverted_softmax(QUERIES, DOCUMENTS, BANK), theirs, atol=1e-4)
    own = scores.inverted_softmax(BANK, DOCUMENTS, BANK)
    np.testing.assert_allclose(own, log_softmax(scores.SHARPNESS * OF_BANK, axis=0), atol=1e-4)


def test_querybank_corrects_only_queries_whose_best_is_a_best_of_the_bank() -> None:
    ours = scores.querybank(QUERIES, DOCUMENTS, BANK)
    hubs = set(OF_BANK.argmax(axis=1).tolist())
    softened = scores.inverted_softmax(QUERIES, DOCUMENTS, BANK)
    touched = [place in hubs for place in PLAIN.argmax(axis=1).tolist()]
    assert 0 < sum(touched) < len(touched)
    for row, corrected in enumerate(touched):
        np.testing.assert_allclose(ours[row], softened[row] if corrected else PLAIN[row], atol=1e-6)


def test_mutual_proximity_is_the_product_of_two_normal_chances() -> None:
    """Distances 1 - s: 1 - F of a distance is F of the similarity."""
    by_document = norm.cdf(PLAIN, OF_BANK.mean(axis=0), OF_BANK.std(axis=0))
    by_query = norm.cdf(PLAIN, PLAIN.mean(axis=1, keepdims=True), PLAIN.std(axis=1, keepdims=True))
    np.testing.assert_allclose(scores.mutual_proximity(QUERIES, DOCUMENTS, BANK), by_document * by_query, atol=1e-5)


def test_quantile_is_the_share_of_the_bank_below() -> None:
    ours = scores.quantile(QUERIES, DOCUMENTS, BANK)
    theirs = [[percentileofscore(OF_BANK[:, d], PLAIN[q, d], "strict") / 100 for d in range(40)] for q in range(7)]
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_centring_apart_undoes_a_shift_of_one_side() -> None:
    one, other = rows(30, 5), rows(30, 5)
    moved = unit(other + np.r_[3.0, np.zeros(11)])
    plain = (np.argmax(moved @ one.T, axis=1) == np.arange(30)).mean()
    centred = (np.argmax(scores.centred_apart(moved, one, moved), axis=1) == np.arange(30)).mean()
    assert plain < 0.5 < 0.9 < centred


def test_all_corrections_keep_the_shape_and_are_finite() -> None:
    for name, correct in {"cosine": scores.cosine, **CORRECTIONS}.items():
        found = correct(QUERIES, DOCUMENTS, BANK[:1])
        assert found.shape == (7, 40), name
        assert np.isfinite(found).all(), name


def hubness_of(found: np.ndarray) -> float:
    first = np.argsort(-found, axis=1)[:, :10]
    return float(skew(np.bincount(first.ravel(), minlength=found.shape[1])))


@pytest.mark.parametrize("name", ["csls", "inverted softmax", "querybank", "mutual proximity", "quantile"])
def test_hubs_are_taken_down(name: str) -> None:
    random = np.random.default_rng(0)
    around = unit(random.normal(size=(1_400, 40)) * np.geomspace(0.1, 1, 40) + 0.4)  # with hubs, as encoders have them
    queries, documents, bank = around[:500], around[500:900], around[900:]
    before = hubness_of(scores.cosine(queries, documents, bank))
    after = hubness_of(CORRECTIONS[name](queries, documents, bank))
    assert before > 1
    assert after < 0.8 * before
