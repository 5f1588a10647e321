"""Compression as a measure of similarity."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.lab.subjects import zipped
from broadsheet.lab.subjects.zipped import Zipped

BOAT, OTHER = "a boat drifts slowly over the quiet lake at night", "a boat drifts slowly over the dark lake at dawn"
FENCE = "two girls paint the long wooden fence white"


def test_similarity_is_one_less_the_normalised_compression_distance() -> None:
    def size(text: str) -> int:
        return len(zlib.compress(text.encode(), 9, -15))

    low, high = sorted((size(BOAT), size(OTHER)))
    assert Zipped().pairs([BOAT], [OTHER])[0] == pytest.approx(1 - (size(f"{BOAT} {OTHER}") - low) / high)


def test_texts_that_share_phrases_are_nearer() -> None:
    scores = Zipped().pairs([BOAT, BOAT], [OTHER, FENCE])
    assert scores[0] > scores[1]
    with Zipped().corpus([Document(id=text, title="", text=text) for text in (FENCE, OTHER)]) as corpus:
        rows, found = corpus.rank([BOAT], 5)
    assert rows.tolist() == [[1, 0]]
    assert found[0] == pytest.approx(np.sort(scores)[::-1], abs=1e-6)


def test_what_it_cannot_do_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no features"):
        Zipped().features([BOAT])
    with pytest.raises(UsageError, match="no vectors of words"):
        Zipped().words([BOAT], [(0, 1)])
    monkeypatch.setattr(zipped, "_MOST", 1)
    with pytest.raises(UsageError, match="at most 1 texts"), Zipped().corpus([Document(id="a", title="a")] * 2):
        pass
