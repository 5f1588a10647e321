"""Leaks: nothing that is nearly the same is missed, and what only looks so is not reported."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from broadsheet.core.errors import UsageError
from broadsheet.core.text import plain
from broadsheet.core.vectors import Vectors, unit
from broadsheet.lab.leaks import CLOSE, NEAR, leaks, pair_leaks, shared_documents

WORDS = "river stone cloud ladder copper velvet garden winter signal harbour candle mirror pepper anchor".split()  # noqa: SIM905


def text(random: np.random.Generator, length: int) -> str:
    return " ".join(random.choice(WORDS, size=length))


def share(one: str, other: str) -> float:
    """The Jaccard similarity of the runs of five characters, by sets of strings."""
    first, second = ({own[i : i + 5] for i in range(len(own) - 4)} for own in (plain(one), plain(other)))
    return len(first & second) / len(first | second)


def changed(random: np.random.Generator, whole: str, changes: int) -> str:
    words = whole.split()
    for place in random.integers(0, len(words), size=changes):
        words[place] = str(random.choice(WORDS))
    return " ".join(words)


def test_exactly_those_above_the_threshold_are_found() -> None:
    """Against all pairs."""
    random = np.random.default_rng(0)
    train = [text(random, int(size)) for size in random.integers(5, 25, size=150)]
    test = [changed(random, train[int(place)], int(changes)) for place, changes in
            zip(random.integers(0, 150, size=120), random.integers(0, 6, size=120), strict=True)]  # fmt: skip
    best = [max(share(own, other) for other in train) for own in test]
    found = {match.test: match for match in leaks(test, train).matches}
    assert set(found) == {row for row, value in enumerate(best) if value >= NEAR}
    assert {match.how for match in found.values()} == {"same", "near"}
    for row, match in found.items():
        assert match.value == pytest.approx(best[row])
        assert share(test[row], train[match.train]) == pytest.approx(best[row])


def test_folding_makes_texts_the_same() -> None:
    found = leaks(["Café  NOIR!", "other words entirely"], ["nothing", "cafe noir"])
    assert [(match.test, match.train, match.how) for match in found.matches] == [(0, 1, "same")]
    assert found.sentence == "1 of 2 test texts are in the 2 train texts (1 the same)"


def test_a_query_that_is_quoted_from_a_document_is_found() -> None:
    random = np.random.default_rng(1)
    documents = [text(random, 200) for _ in range(30)]
    words = documents[7].split()
    quoted, mixed = " ".join(words[40:52]), " ".join(words[40:96:4])
    found = leaks([quoted, mixed, text(random, 12)], documents, what="documents", within=True)
    assert [(match.test, match.train, match.how) for match in found.matches] == [(0, 7, "within")]
    assert found.sentence == "1 of 3 test texts are in the 30 documents (1 quoted)"


def test_what_says_the_same_in_other_words_is_found_by_vectors() -> None:
    random = np.random.default_rng(2)
    train: Vectors = unit(random.normal(size=(40, 16)))
    test = unit(np.concatenate([train[[5]] + 0.02 * random.normal(size=(1, 16)), random.normal(size=(2, 16))]))
    cosines = test @ train.T
    found = leaks(["a b", "c d", "e f"], [f"text {i}" for i in range(40)], vectors=(test, train))
    assert [(match.test, match.train, match.how) for match in found.matches] == [(0, 5, "close")]
    assert found.matches[0].value == pytest.approx(cosines.max())
    assert (cosines[1:] < CLOSE).all()
    assert found.count("close") == 1


def test_short_texts_count_only_when_they_are_the_same() -> None:
    assert [match.how for match in leaks(["yes", "yes sir", ""], ["yes", "yes siree", ""]).matches] == ["same"]


def test_nothing_on_either_side_is_no_leak() -> None:
    for test, train in product(([], ["a text of some length"]), repeat=2):
        vectors = tuple(unit(np.ones((len(each), 4))) for each in (test, train))
        for within in (False, True):
            found = leaks(test, train, vectors=(vectors[0], vectors[1]), within=within)
            assert len(found.matches) == (1 if test and train else 0)


def test_vectors_must_fit() -> None:
    with pytest.raises(UsageError, match="as many vectors of one dimension"):
        leaks(["a"], ["b"], vectors=(unit(np.ones((2, 4))), unit(np.ones((1, 4)))))


def test_queries_that_share_a_relevant_document_are_named() -> None:
    train = {"t1": {"d1": 1, "d2": 0}, "t2": {"d3": 2}}
    test = {"q1": {"d1": 1, "d3": 1, "d9": 1}, "q2": {"d2": 1}, "q3": {"d3": 0}}
    assert shared_documents(test, train) == {"q1": ("d1", "d3")}


def test_pairs_are_told_from_texts() -> None:
    train = [("A cat sat.", "A dog ran."), ("Rain fell.", "Snow fell.")]
    test = [("a dog ran", "a cat sat"), ("A cat sat", "Rain fell"), ("Snow fell", "New"), ("New", "Other")]
    found = pair_leaks(test, train)
    assert (found.pairs, found.both, found.one) == ((0,), (1,), (2,))
    assert found.sentence == (
        "4 test pairs against 2 train pairs: the pair is in them 1 times, both texts 1 times, one text 1 times"
    )
