"""An encoder answers the three questions of tasks with its cosines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from broadsheet.core.errors import ModelError
from broadsheet.core.protocols import Role, Vectors
from broadsheet.core.types import Document
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.subject import Dense, RandomEncoder

TEXTS = ["A boat drifts on the lake", "Two girls paint a fence", "The lake freezes early"]


class Broken:
    """An encoder whose vectors are not numbers."""

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        return np.full((len(texts), 4), np.nan, np.float32)


def test_pairs_and_ranking_are_the_cosines_of_the_vectors() -> None:
    subject = Dense(HashEncoder(), "hash")
    vectors = HashEncoder().encode(TEXTS)
    cosines = vectors @ vectors.T
    assert subject.pairs(TEXTS, TEXTS[::-1]) == pytest.approx(np.diag(cosines[:, ::-1]), abs=1e-6)
    with subject.corpus([Document(id=text, title=text) for text in TEXTS]) as corpus:
        rows, scores = corpus.rank(TEXTS, 2)
    assert rows.tolist() == [np.argsort(-each, kind="stable")[:2].tolist() for each in cosines]
    assert scores == pytest.approx(-np.sort(-cosines)[:, :2], abs=1e-6)


def test_a_vector_that_is_not_a_number_is_an_error_that_names_the_text() -> None:
    with pytest.raises(ModelError, match="A boat"):
        Dense(Broken(), "broken").features(TEXTS)


def test_no_texts_have_no_features() -> None:
    assert Dense(HashEncoder(), "hash").features([]).shape == (0, 256)


def test_the_random_control_knows_equal_texts_and_nothing_else() -> None:
    vectors = RandomEncoder().encode([*TEXTS, TEXTS[0]])
    assert np.array_equal(vectors[0], vectors[3])
    assert np.abs(vectors[:3] @ vectors[:3].T - np.eye(3)).max() < 0.4
    assert not np.allclose(RandomEncoder(1).encode(TEXTS), vectors[:3])
