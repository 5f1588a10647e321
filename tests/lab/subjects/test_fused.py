"""Two subjects as one are ranked by the search's own fusion."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.core.errors import UsageError
from broadsheet.core.fusion import z_scores
from broadsheet.core.types import Document
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.subject import Dense
from broadsheet.lab.subjects.fused import Fused, parts_of
from broadsheet.lab.subjects.lexical import Bm25
from broadsheet.lab.task import Subject

TEXTS = [f"paper {number} on {what}" for number, what in enumerate(["ropes", "knots", "ropes and knots", "tides"] * 60)]
QUERIES = ["ropes", "knots of ropes", "tides"]


def documents() -> list[Document]:
    return [Document(id=str(number), title=text, source="own") for number, text in enumerate(TEXTS)]


def complete(subject: Subject) -> np.ndarray:
    """The scores of all documents for each query, 0 for those not found."""
    scores = np.zeros((len(QUERIES), len(TEXTS)))
    with subject.corpus(documents()) as ranker:
        rows, values = ranker.rank(QUERIES, len(TEXTS))
    for place, (found, own) in enumerate(zip(rows, values, strict=True)):
        scores[place, found[found >= 0]] = own[found >= 0]
    return scores


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_the_heads_are_ordered_by_the_weighted_sum_of_z_scores(weight: float) -> None:
    one, other = Dense(HashEncoder(64), "hash"), Bm25()
    with Fused(one, other, weight, name="both").corpus(documents()) as ranker:
        rows, scores = ranker.rank(QUERIES, len(TEXTS))
    first, second = complete(one), complete(other)
    for place in range(len(QUERIES)):
        heads = [np.argsort(-each[place], kind="stable")[:100] for each in (first, second)]
        found = heads[1][second[place][heads[1]] > 0]  # no word in common: not found
        union = np.union1d(heads[0], found)
        sums = (1 - weight) * z_scores(first[place][union]) + weight * z_scores(second[place][union])
        np.testing.assert_allclose(scores[place, : len(union)], np.sort(sums)[::-1], rtol=1e-4, atol=1e-5)
        assert set(rows[place, : len(union)]) == set(union)
        rest = rows[place, len(union) :]
        assert sorted([*union, *rest]) == list(range(len(TEXTS))), "each document is ranked once"
        assert (np.diff(first[place][rest]) <= 1e-6).all(), "below the heads, the first one's order"
    assert (np.diff(scores, axis=1) <= 0).all()


def test_only_the_best_are_returned() -> None:
    both = Fused(Dense(HashEncoder(64), "hash"), Bm25(), 0.5, name="both")
    with both.corpus(documents()) as ranker:
        whole, few = ranker.rank(QUERIES, 200), ranker.rank(QUERIES, 7)
    np.testing.assert_array_equal(few[0], whole[0][:, :7])
    with both.corpus([]) as ranker:
        assert ranker.rank(QUERIES, 7)[0].shape == (3, 0)


def test_the_share_is_part_of_what_results_depend_on() -> None:
    one, other = Dense(HashEncoder(64), "hash"), Bm25()
    assert Fused(one, other, 0.2, name="both").key != Fused(one, other, 0.3, name="both").key


@pytest.mark.parametrize("rest", ["", "minilm|bm25", "1.2|minilm|bm25", "nan|minilm|bm25", "0.3|minilm", "0.3||bm25"])
def test_what_is_not_understood_is_said(rest: str) -> None:
    with pytest.raises(UsageError, match=r"fused:0\.3"):
        parts_of(rest)


def test_a_subject_that_only_compares_pairs_is_refused() -> None:
    class Pairs:
        name, key, abilities = "pairs", "pairs", frozenset({"pairs"})

    with pytest.raises(UsageError, match="pairs ranks no documents"):
        Fused(Pairs(), Bm25(), 0.5, name="both")  # type: ignore[arg-type]
