"""A second look orders the first documents again, or the candidates of a query alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.types import Document
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.subject import Dense
from broadsheet.lab.subjects.lexical import Bm25
from broadsheet.lab.subjects.second import FIRST, Pairs, Second
from broadsheet.lab.task import Judge

TEXTS = [f"paper {number} on {what}" for number, what in enumerate(["ropes", "knots", "tides", "moons"] * 40)]


class Longest:
    """A scorer that takes a text for an answer the longer it is, and the more it begins like the query."""

    def __init__(self) -> None:
        self.read = 0

    def score(self, query: str, texts: Sequence[str]) -> np.ndarray:
        self.read += len(texts)
        return np.array([len(text) + 10 * text.startswith(query) for text in texts], np.float32)


class Broken(Longest):
    def score(self, query: str, texts: Sequence[str]) -> np.ndarray:
        return np.where(np.arange(len(texts)) == 1, np.nan, super().score(query, texts)).astype(np.float32)


def documents(texts: Sequence[str] = TEXTS) -> list[Document]:
    return [Document(id=str(number), title=text, source="own") for number, text in enumerate(texts)]


def test_all_documents_are_read_with_a_query() -> None:
    with Pairs(Longest(), "longest").corpus(documents(["a", "long text", "b"])) as ranker:
        rows, scores = ranker.rank(["b", "x"], 2)
        assert isinstance(ranker, Judge)
        assert ranker.judge("b", np.array([2, 0])).tolist() == [11, 1]
    assert rows.tolist() == [[2, 1], [1, 0]]
    assert scores.tolist() == [[11, 9], [9, 1]]


def test_a_pair_is_scored_in_its_order() -> None:
    subject = Pairs(Longest(), "longest")
    assert subject.pairs(["a", "long"], ["ab", "a"]).tolist() == [12, 1]
    assert subject.pairs([], []).shape == (0,)


def test_too_many_documents_need_a_first_subject() -> None:
    with (
        Pairs(Longest(), "pair:x").corpus(documents(["a"] * 1_001)) as ranker,
        pytest.raises(UsageError, match=r"at most 1,000 texts, here are 1,001.*second:minilm\|pair:x"),
    ):
        ranker.rank(["a"], 10)


def test_the_first_fifty_are_ordered_again_and_the_rest_stays() -> None:
    scorer, first = Longest(), Dense(HashEncoder(64), "hash")
    second = Second(first, Pairs(scorer, "longest"), name="both")
    with second.corpus(documents()) as ranker, first.corpus(documents()) as alone:
        rows, scores = ranker.rank(["paper 15", "moons"], len(TEXTS))
        plain, _ = alone.rank(["paper 15", "moons"], len(TEXTS))
        few, _ = ranker.rank(["paper 15", "moons"], 3)
    assert scorer.read == 4 * FIRST
    for place, query in enumerate(["paper 15", "moons"]):
        head = [TEXTS[row] for row in rows[place, :FIRST]]
        assert set(rows[place, :FIRST]) == set(plain[place, :FIRST])
        assert head == sorted(head, key=lambda text: -(len(text) + 10 * text.startswith(query)))
        assert rows[place, FIRST:].tolist() == plain[place, FIRST:].tolist()
    assert (np.diff(scores, axis=1) <= 0).all()
    np.testing.assert_array_equal(few, rows[:, :3])


def test_what_the_first_does_not_find_is_not_judged() -> None:
    with Second(Bm25(), Pairs(Longest(), "longest"), name="both").corpus(documents()) as ranker:
        rows, scores = ranker.rank(["moons", "unheard"], 100)
    assert (rows[0] >= 0).sum() == 40
    assert (rows[1] == -1).all()
    assert np.isneginf(scores[1]).all()


def test_a_score_that_is_no_number_names_its_text() -> None:
    with Pairs(Broken(), "broken").corpus(documents(["a", "b"])) as ranker, pytest.raises(ModelError, match="text 'b'"):
        ranker.rank(["a"], 1)


def test_only_what_judges_documents_alone_can_be_second() -> None:
    with (
        pytest.raises(UsageError, match="bm25 cannot order some documents again"),
        Second(Dense(HashEncoder(64), "hash"), Bm25(), name="both").corpus(documents()),
    ):
        pass
