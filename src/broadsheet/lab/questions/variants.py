"""Variants of an encoder that a question compares: other texts go in, or other scores come out.

texts with a prompt, or their first words alone -> the encoder
vectors of a corpus -> a map fitted to them, applied to its documents and to the queries -> cosines
vectors before their length is set to 1 -> inner products, distances; cosines less what a document has with all -> CSLS
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal, get_args

import numpy as np

from broadsheet.core.errors import UsageError, nearest
from broadsheet.core.maps import Moments, fit
from broadsheet.core.protocols import Encoder, Role
from broadsheet.core.types import Document, Manifest
from broadsheet.core.vectors import Rows, Vectors, best, unit
from broadsheet.lab.geometry.scores import csls
from broadsheet.lab.subject import Dense
from broadsheet.lab.task import Ranker

Rule = Literal["inner product", "distance", "CSLS"]
RULES: tuple[Rule, ...] = get_args(Rule)
_AT_ONCE = 64  # texts whose tokens are in memory
_BANK = 1_000  # documents that stand for queries to come
_CHECKED, _SAME = 8, 0.999  # documents whose vectors are compared with the means of their tokens, and the least cosine

Call = Callable[[Vectors], np.ndarray]


class Altered:
    """An encoder that reads other texts than it is given: ``change`` makes them, ``name`` says how."""

    def __init__(self, encoder: Encoder, name: str, change: Callable[[str, Role], str]) -> None:
        self._encoder, self._change = encoder, change
        self.name = name
        self.manifest = _manifest(encoder, name)

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        """Encode the changed texts."""
        return self._encoder.encode([self._change(text, role) for text in texts], role=role)


def prompted(encoder: Encoder, prompts: Mapping[Role, str]) -> Altered:
    """Put words before every query and every document."""
    said = ", ".join(f"{role} {text!r}" for role, text in sorted(prompts.items()))
    return Altered(encoder, f"with the prompts {said}", lambda text, role: prompts.get(role, "") + text)


def opening(encoder: Encoder, words: int) -> Altered:
    """Read only the first words of each document; queries whole."""
    return Altered(
        encoder, f"first {words} words", lambda text, role: text if role == "query" else " ".join(text.split()[:words])
    )


class Fitted(Dense):
    """Cosines after a map that is fitted to the documents of each corpus, without any judgement. For a ``recipe`` see
    ``core.maps``."""

    abilities = frozenset({"corpus"})

    def __init__(self, encoder: Encoder, name: str, recipe: str) -> None:
        super().__init__(encoder, name)
        self._recipe, self.key = recipe, f"{self.key} {recipe}"

    @contextmanager
    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> Iterator[Ranker]:
        """Fit the map, and wait for queries."""
        vectors = self.features([document.content for document in documents])
        rows = vectors.astype(np.float64)
        mapped = fit(self._recipe, Moments(len(rows), rows.mean(axis=0), np.cov(rows, rowvar=False, bias=True)))
        ready = mapped.apply(vectors)
        yield _Scored(lambda texts: self._vectors(texts, role), lambda queries: mapped.apply(queries) @ ready.T)


class Rescored(Dense):
    """Another score than the cosine: the ``inner product`` or the ``distance`` of vectors whose length was left as the
    mean of their tokens has it (the encoder must pool by mean and give ``token_vectors``), or ``CSLS`` (Conneau et al.
    2018), with a sample of the documents in place of queries to come."""

    abilities = frozenset({"corpus"})

    def __init__(self, encoder: Encoder, name: str, rule: str) -> None:
        super().__init__(encoder, name)
        if rule not in RULES:
            raise UsageError(f"Unknown score {rule!r}. {nearest(rule, RULES)}")
        if rule != "CSLS" and not hasattr(encoder, "token_vectors"):
            raise UsageError(
                f"{name}: the encoder gives no token vectors, so the lengths of its vectors are not known."
            )
        self._rule, self.key = rule, f"{self.key} {rule}"

    @contextmanager
    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> Iterator[Ranker]:
        """Encode documents, and wait for queries."""
        texts = [document.content for document in documents]
        if self._rule == "CSLS":
            vectors = self.features(texts)
            bank = vectors[np.random.default_rng(0).permutation(len(vectors))[:_BANK]]
            yield _Scored(lambda queries: self._vectors(queries, role), lambda queries: csls(queries, vectors, bank))
            return
        raw = self._raw(texts)
        self._require_means(raw[:_CHECKED], texts[:_CHECKED])
        sizes = (raw**2).sum(axis=1) / 2
        products: Call = (
            (lambda queries: queries @ raw.T)
            if self._rule == "inner product"
            else (
                lambda queries: queries @ raw.T - sizes  # ordered as the negative distance is
            )
        )
        yield _Scored(self._raw, products)

    def _require_means(self, raw: Vectors, texts: Sequence[str]) -> None:
        """Raise UsageError where the vectors of these texts do not point where the means of their tokens do."""
        vectors = self._vectors(texts, "document")
        if raw.shape != vectors.shape or np.vecdot(unit(raw), vectors).min(initial=1.0) < _SAME:
            raise UsageError(
                f"{self.name}: the vectors are not the means of the tokens, so their own lengths are not known."
            )

    def _raw(self, texts: Sequence[str]) -> Vectors:
        """The means of the tokens' states, float32 (n, dim), of any length."""
        encoder: object = self._encoder
        rows = [
            each.vectors.mean(axis=0)
            for start in range(0, len(texts), _AT_ONCE)
            for each in encoder.token_vectors(texts[start : start + _AT_ONCE])  # type: ignore[attr-defined]
        ]
        return np.array(rows, np.float32)


class _Scored:
    """Documents whose scores for queries come from a function of the queries' vectors."""

    def __init__(self, vectors: Callable[[Sequence[str]], Vectors], scores: Call) -> None:
        self._vectors, self._scores = vectors, scores

    def rank(self, queries: Sequence[str], k: int) -> tuple[Rows, Vectors]:
        """Return rows and scores, both (m, at most k)."""
        ranked = [best(each, k) for each in self._scores(self._vectors(queries))]
        return np.stack([rows for rows, _ in ranked]), np.stack([scores for _, scores in ranked])


def _manifest(encoder: Encoder, name: str) -> Manifest | None:
    """The encoder's manifest with the change in its name, so that no result is taken for another's."""
    made = getattr(encoder, "manifest", None)
    if not isinstance(made, Manifest):
        return None
    facts = {field: getattr(made, field) for field in made.__dataclass_fields__}
    return Manifest(**{**facts, "encoder": f"{made.encoder}, {name}"})
