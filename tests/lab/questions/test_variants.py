"""Variants change what goes into an encoder, or what comes out, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bert_kit import open_tiny
from broadsheet.core.errors import UsageError
from broadsheet.core.protocols import Role, TokenVectors, Vectors
from broadsheet.core.types import Document
from broadsheet.core.vectors import unit
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.questions.variants import Fitted, Rescored, opening, prompted
from tinybert import write_tiny

TEXTS = ["A boat drifts on the lake", "Two girls paint a fence", "The lake freezes early", "Boats on a frozen lake"]
DOCUMENTS = [Document(id=str(number), title=text) for number, text in enumerate(TEXTS)]


class Tokens:
    """An encoder whose vectors are the means of two-dimensional tokens, of the lengths that are written in the text."""

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        return unit(np.stack([each.vectors.mean(axis=0) for each in self.token_vectors(texts)]))

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        return [self._tokens([float(number) for number in text.split()]) for text in texts]

    def _tokens(self, pair: list[float]) -> TokenVectors:
        return TokenVectors(np.array([pair], np.float32), ("x",), np.zeros((1, 2), np.int64))


def test_prompts_go_before_the_texts_of_their_role() -> None:
    encoder = prompted(HashEncoder(), {"query": "find: "})
    assert np.array_equal(
        encoder.encode(TEXTS, role="query"), HashEncoder().encode([f"find: {each}" for each in TEXTS])
    )
    assert np.array_equal(encoder.encode(TEXTS), HashEncoder().encode(TEXTS))
    assert encoder.manifest
    assert encoder.manifest.key != HashEncoder().manifest.key


def test_only_the_first_words_of_documents_are_read() -> None:
    encoder = opening(HashEncoder(), 2)
    assert np.array_equal(encoder.encode(TEXTS), HashEncoder().encode([" ".join(each.split()[:2]) for each in TEXTS]))
    assert np.array_equal(encoder.encode(TEXTS, role="query"), HashEncoder().encode(TEXTS))


def test_a_centred_corpus_is_ranked_by_cosines_of_centred_vectors() -> None:
    vectors = HashEncoder().encode(TEXTS)
    centred = unit(vectors - vectors.mean(axis=0))
    with Fitted(HashEncoder(), "centred", "centre").corpus(DOCUMENTS) as corpus:
        rows, scores = corpus.rank(TEXTS, 2)
    expected = centred @ centred.T
    assert rows.tolist() == [np.argsort(-each, kind="stable")[:2].tolist() for each in expected]
    assert scores == pytest.approx(-np.sort(-expected)[:, :2], abs=1e-5)


@pytest.mark.parametrize(("rule", "order"), [("inner product", [2, 0, 1]), ("distance", [0, 1, 2])])
def test_scores_of_vectors_that_kept_their_length(rule: str, order: list[int]) -> None:
    """The long vector has the largest product, and the near one the smallest distance."""
    documents = [Document(id=text, title=text) for text in ("1 0", "0.5 0.5", "5 3")]
    with Rescored(Tokens(), rule, rule).corpus(documents) as corpus:
        rows, _ = corpus.rank(["1 0.1"], 3)
    assert rows.tolist() == [order]


def test_a_hub_loses_its_lead_under_csls() -> None:
    random = np.random.default_rng(2)
    texts = [" ".join(map(str, row)) for row in unit(random.normal([3, 0], 1, (40, 2)))]
    documents = [Document(id=text, title=text) for text in texts]
    tops = {}
    for name, subject in (("cosine", Fitted(Tokens(), "x", "rotate:1")), ("CSLS", Rescored(Tokens(), "CSLS", "CSLS"))):
        with subject.corpus(documents) as corpus:
            tops[name] = np.bincount(corpus.rank(texts, 5)[0].ravel(), minlength=40).max()
    assert tops["CSLS"] <= tops["cosine"]


@pytest.mark.parametrize("switches", ["pooling=max", "dim=8"])
def test_vectors_that_are_not_the_means_of_their_tokens_are_refused(tmp_path: Path, switches: str) -> None:
    write_tiny(folder := tmp_path / "tiny")
    encoder = open_tiny(folder, switches=switches)
    with pytest.raises(UsageError, match="not the means"), Rescored(encoder, "x", "distance").corpus(DOCUMENTS):
        pass
    with Rescored(open_tiny(folder), "x", "distance").corpus(DOCUMENTS) as corpus:
        assert corpus.rank(TEXTS[:1], 1)[0].tolist() == [[0]]


def test_an_unknown_score_and_an_encoder_without_tokens_are_refused() -> None:
    with pytest.raises(UsageError, match="Unknown score"):
        Rescored(HashEncoder(), "hash", "cosines")
    with pytest.raises(UsageError, match="no token vectors"):
        Rescored(HashEncoder(), "hash", "distance")
