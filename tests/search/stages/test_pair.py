"""Read together: the first papers by the score of a model, as far as time goes."""

from __future__ import annotations

import numpy as np
import pytest

import broadsheet as bs
from broadsheet.core.errors import BroadsheetError
from broadsheet.core.fusion import z_scores
from broadsheet.search.hybrid import search
from broadsheet.search.ranking import Side
from broadsheet.search.stages.model import name_model
from broadsheet.search.stages.pair import Pair
from broadsheet.search.stages.stage import Candidates, Deadline, LateError
from fakes import NOW, WordEncoder, paper
from stages_kit import Shared, scorers, words

assert scorers
WORDS = ["car", "road", "lamp", "salt", "fern"]


@pytest.fixture
def many(tmp_path):
    """Forty papers with one to five of the words."""
    with bs.open(tmp_path / "many", encoder=WordEncoder()) as made:
        made.store.papers.put([paper(n, f"Paper {n}", " ".join(WORDS[: 1 + n * 7 % 5])) for n in range(1, 41)], now=NOW)
        bs.sync(made)
        yield made


def candidates(collection):
    numbers = np.sort(collection.space.snapshot().numbers)
    scores = np.linspace(2, -2, len(numbers))
    side = Side(scores.astype("f4"), np.arange(1, len(numbers) + 1), scores)
    return Candidates(" ".join(WORDS), np.zeros(32, "f4"), numbers, scores, {"semantic": side})


def test_the_first_thirty_are_read_and_the_others_left(many, scorers):
    model = Shared()
    scorers("pair:shared", model)
    name_model(many, "pair:shared")
    side = Pair().look(many, candidates(many), Deadline(9))
    texts = many.store.papers.by_numbers(candidates(many).numbers[:30].tolist())
    expected = [len(set(words(" ".join(WORDS))) & set(words(texts[n].content))) for n in candidates(many).numbers[:30]]
    assert side.scores[:30].tolist() == expected
    np.testing.assert_allclose(side.adds[:30], 0.3 * z_scores(np.array(expected)))
    assert np.isnan(side.scores[30:]).all()
    assert not side.adds[30:].any()


@pytest.mark.parametrize(("batches", "read"), [(4, 20), (5, 25)])
def test_when_time_is_short_the_first_twenty_do(many, scorers, batches, read):
    scorers("pair:shared", Shared())
    name_model(many, "pair:shared")
    moments = iter([0.0, 0.0, *[0.5] * batches, *[9.0] * 9])
    side = Pair().look(many, candidates(many), Deadline(1, lambda: next(moments)))
    assert np.isfinite(side.scores).sum() == read


def test_when_fewer_can_be_read_the_list_stays(many, scorers):
    scorers("pair:shared", Shared())
    name_model(many, "pair:shared")
    moments = iter([0.0, 0.0, *[0.5] * 3, *[9.0] * 9])
    with pytest.raises(LateError, match="it took longer than 1000 ms"):
        Pair().look(many, candidates(many), Deadline(1, lambda: next(moments)))


def test_scores_that_are_not_numbers_are_refused_and_a_note_says_so(collection, scorers):
    model = Shared()
    scorers("pair:shared", model)
    name_model(collection, "pair:shared")
    model.worst = float("nan")
    with pytest.raises(BroadsheetError, match="scores that are not finite"):
        Pair().look(collection, candidates(collection), Deadline(9))
    found = search(collection, "car road", stages=("pair",))
    assert "Searched without pair: its model returned shape" in found.note
    assert [each.document.id for each in found] == [
        each.document.id for each in search(collection, "car road", stages=())
    ]
