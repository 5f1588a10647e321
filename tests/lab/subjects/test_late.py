"""Token vectors are compared by late interaction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.protocols import Role, TokenVectors
from broadsheet.core.types import Document
from broadsheet.lab.subjects import late
from broadsheet.lab.subjects.late import Late
from broadsheet.lab.task import Judge

LETTERS = "abcdefgh"
TEXTS = ["abc", "ad", "", "hhh", "abcd"]


class Letters:
    """A vector of each letter; in a query they are twice as long, which makes no difference."""

    def token_vectors(self, texts: Sequence[str], *, role: Role = "document") -> list[TokenVectors]:
        long = 2 if role == "query" else 1
        return [
            TokenVectors(np.eye(8, dtype=np.float32)[[LETTERS.index(letter) for letter in text]] * long, tuple(text),
                         np.array([(place, place + 1) for place in range(len(text))], np.int64).reshape(-1, 2))
            for text in texts
        ]  # fmt: skip


class Broken(Letters):
    def token_vectors(self, texts: Sequence[str], *, role: Role = "document") -> list[TokenVectors]:
        return [each._replace(vectors=each.vectors * np.nan) for each in super().token_vectors(texts, role=role)]


def documents() -> list[Document]:
    return [Document(id=str(number), title=text or "-", source="own") for number, text in enumerate(TEXTS)]


@pytest.fixture
def contents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Document, "content", property(lambda each: TEXTS[int(each.id)]))


@pytest.mark.usefixtures("contents")
def test_each_letter_of_a_query_finds_its_own() -> None:
    with Late(Letters(), "letters").corpus(documents()) as ranker:
        rows, scores = ranker.rank(["abd", "h"], 5)
        assert isinstance(ranker, Judge)
        assert ranker.judge("abd", np.array([3, 4])).tolist() == [0, 3]
    assert rows[0].tolist() == [4, 0, 1, 2, 3]
    assert scores[0].tolist() == [3, 2, 2, 0, 0]
    assert (rows[1, 0], scores[1, 0]) == (3, 1)


def test_pairs_are_means_over_the_tokens_of_the_first() -> None:
    subject = Late(Letters(), "letters")
    assert subject.pairs(["abc", "ab", ""], ["ab", "abc", "a"]).tolist() == pytest.approx([2 / 3, 1, 0])
    assert subject.pairs([], []).shape == (0,)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "_MOST", 10)
    many = [Document(id=str(number), title="abc", source="own") for number in range(3)]
    with pytest.raises(UsageError, match="expected a smaller corpus"), Late(Letters(), "letters").corpus(many):
        pass


def test_a_vector_that_is_no_number_names_its_text() -> None:
    with pytest.raises(ModelError, match="not finite for a token of 'abc'"):
        Late(Broken(), "broken").pairs(["abc"], ["abc"])
