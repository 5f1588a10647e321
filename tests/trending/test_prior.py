"""A prior is learned from past days with votes, and says where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

import broadsheet as bs
from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.trending.prior import ENOUGH, learn, prior
from broadsheet.trending.table import tend
from fakes import NOW, WordEncoder, paper
from trend_kit import TODAY, past_days, put, trending


class BlindEncoder(WordEncoder):
    """To which all texts are alike."""

    def encode(self, texts: Sequence[str], *, role: str = "document") -> np.ndarray:
        return super().encode(["alike"] * len(texts), role=role)


def test_a_learned_prior_ranks_papers_without_votes(collection: Collection) -> None:
    put(collection, past_days(ENOUGH + 10))
    made = learn(collection, now=NOW)
    kept = prior(collection)
    assert kept is not None
    assert (kept.days, kept.papers, kept.last) == (made.days, made.papers, TODAY - timedelta(days=3))
    assert kept.learned == NOW
    assert np.array_equal(kept.ridge.weights, made.ridge.weights)
    assert kept.ridge.worth == made.ridge.worth != {}
    assert kept.ridge.usual == made.ridge.usual
    put(collection, [paper(1, "soup fresh", listed=TODAY), paper(2, "bridge fresh", listed=TODAY)])
    first, second = trending(collection, days=1)
    assert (first.document.id, second.document.id) == ("made:002", "made:001")
    assert first.parts.text is not None
    assert second.parts.text is not None
    assert first.parts.text > 0 > second.parts.text
    assert first.parts.topic is None


def test_a_prior_of_another_encoder_does_not_speak(tmp_path: Path) -> None:
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as collection:
        put(collection, past_days(ENOUGH + 10))
        learn(collection, now=NOW)
    with bs.open(tmp_path / "c", encoder=WordEncoder(version="2")) as collection:
        bs.sync(collection, rebuild=True)
        found = trending(collection)
        assert found
        assert {each.parts.text for each in found} == {None}


def test_a_prior_from_before_wording_counted_is_learned_anew(collection: Collection) -> None:
    put(collection, past_days(ENOUGH + 10))
    learn(collection, now=NOW)
    kept = collection.store.journal.fact("trending.prior")
    del kept["worth"], kept["usual"]
    kept |= {"mean": kept["mean"][:-2], "weights": kept["weights"][:-2]}
    collection.store.journal.set_fact("trending.prior", kept)
    assert prior(collection) is None
    assert {each.parts.text for each in trending(collection)} == {None}
    assert tend(collection, now=NOW).startswith("learned from ")
    assert None not in {each.parts.text for each in trending(collection)}


def test_a_liked_word_speaks_where_vectors_say_nothing(tmp_path: Path) -> None:
    with bs.open(tmp_path / "c", encoder=BlindEncoder()) as collection:
        put(collection, past_days(ENOUGH + 40))
        made = learn(collection, now=NOW)
        assert made.ridge.worth["bridge"] > 0 > made.ridge.worth["soup"]
        put(collection, [paper(1, "soup fresh", listed=TODAY), paper(2, "bridge fresh", listed=TODAY)])
        assert [each.document.id for each in trending(collection, days=1)] == ["made:002", "made:001"]


def test_a_prior_needs_days_with_votes(collection: Collection) -> None:
    put(collection, past_days(5))
    with pytest.raises(UsageError, match="there are 3"):
        learn(collection, now=NOW)
    assert prior(collection) is None
