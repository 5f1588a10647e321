"""A sparse encoder is measured by the sums of its terms' products."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.protocols import Role, SparseVectors
from broadsheet.core.sparse import sparse_of
from broadsheet.core.types import Document
from broadsheet.lab.subjects.terms import Terms

WORDS = {"rope": 0, "soup": 1, "owl": 2, "map": 3}
TEXTS = ["a rope, a rope", "soup", "an owl with a rope", "nothing known"]


class Counted:
    """Weighs each of four words by how often it occurs, half as much in a query."""

    def sparse_vectors(self, texts: Sequence[str], *, role: Role = "document") -> SparseVectors:
        return sparse_of(counts(texts) * np.float32(0.5 if role == "query" else 1), most=4)


class Broken:
    def sparse_vectors(self, texts: Sequence[str], *, role: Role = "document") -> SparseVectors:
        made = Counted().sparse_vectors(texts, role=role)
        return made._replace(weights=np.where(made.terms == 2, np.float32(np.nan), made.weights))


def counts(texts: Sequence[str]) -> np.ndarray:
    return np.array([[text.count(word) for word in WORDS] for text in texts], np.float32).reshape(len(texts), 4)


def documents() -> list[Document]:
    return [Document(id=text, title=text, source="own") for text in TEXTS]


def test_documents_that_share_no_term_are_not_ranked() -> None:
    with Terms(Counted(), "counted").corpus(documents()) as ranker:
        rows, scores = ranker.rank(["rope", "owl rope", "fish"], 10)
    assert rows.tolist() == [[0, 2, -1, -1], [0, 2, -1, -1], [-1] * 4]
    assert scores[0].tolist() == [1.0, 0.5, -np.inf, -np.inf]
    assert scores[1].tolist() == [1.0, 1.0, -np.inf, -np.inf]


def test_pairs_are_sums_of_products_in_their_roles() -> None:
    subject = Terms(Counted(), "counted")
    texts = [TEXTS[number % 4] for number in range(700)]
    np.testing.assert_allclose(subject.pairs(texts, texts), (counts(texts) ** 2).sum(1))
    assert subject.pairs(["rope"], ["rope"], role="query").tolist() == [0.5]
    assert subject.pairs([], []).shape == (0,)


def test_no_documents_are_no_rows() -> None:
    with Terms(Counted(), "counted").corpus([]) as ranker:
        assert ranker.rank(["rope"], 10)[0].shape == (1, 0)


def test_a_weight_that_is_no_number_names_its_text() -> None:
    with (
        pytest.raises(ModelError, match="not finite for the text 'an owl with a rope'"),
        Terms(Broken(), "broken").corpus(documents()),
    ):
        pass


def test_it_has_no_features() -> None:
    with pytest.raises(UsageError, match="counted ranks documents"):
        Terms(Counted(), "counted").features(TEXTS)
