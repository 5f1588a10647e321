"""The tokens stage: what each token of a query adds, by the formula, and its sum as the score of the stage."""

from __future__ import annotations

import math

import numpy as np
import pytest

import broadsheet as bs
from broadsheet.core.errors import CollectionError, NotFoundError
from broadsheet.core.fusion import z_scores
from broadsheet.core.maxsim import of_words
from broadsheet.core.vectors import unit
from broadsheet.search.ranking import Side
from broadsheet.search.stages.stage import Candidates, Deadline, LateError
from broadsheet.search.stages.tokens import Tokens, token_matches
from broadsheet.tokens import choose, whole
from fakes import NOW, TokenWordEncoder, paper

QUERY = "the car on topic3, word10"


@pytest.fixture
def collection(tmp_path):
    made_of = [paper(n, f"Paper {n} on topic{n % 7}", f"It tells of the word{n}; and of cars.") for n in range(120)]
    with bs.open(tmp_path / "c", encoder=TokenWordEncoder(dim=64)) as made:
        made.store.papers.put(made_of, now=NOW)
        choose(made)
        bs.sync(made)
        yield made


def candidates(numbers: np.ndarray, words: str = QUERY) -> Candidates:
    side = Side(np.ones(len(numbers), "f4"), np.arange(1, len(numbers) + 1), np.zeros(len(numbers)))
    return Candidates(words, np.zeros(64, "f4"), numbers, np.zeros(len(numbers)), {"lexical": side})


def by_hand(collection, number: int) -> float:
    """The score by the formula, from the documents alone: sums of the largest products with signs."""
    documents = collection.store.papers.by_numbers(range(1, 200))
    encoder, score = collection.encoder, 0.0
    held = {each: of_words(encoder.token_vectors([d.content])[0]) for each, d in documents.items()}
    asked = of_words(encoder.token_vectors([QUERY])[0])
    for name, vector in zip(asked.tokens, unit(asked.vectors), strict=True):
        papers_with = sum(name in each.tokens for each in held.values())
        signs = np.where(unit(held[number].vectors) > 0, 1, -1) / math.sqrt(64)
        score += math.log((len(held) + 1) / (papers_with + 1)) * float((signs @ vector).max())
    return score


def test_the_score_is_the_weighted_sum_of_the_nearest_tokens(collection):
    numbers = np.arange(1, 121)
    side = Tokens().look(collection, candidates(numbers), Deadline(60))
    for place in (0, 9, 99):
        assert side.scores[place] == pytest.approx(by_hand(collection, int(numbers[place])), rel=1e-4)
    assert np.isnan(side.scores[100:]).all(), "only the first hundred are looked at"
    assert (side.adds[100:] == 0).all()
    np.testing.assert_allclose(side.adds[:100], 0.3 * z_scores(side.scores[:100]), rtol=1e-6)


def test_the_matches_sum_to_the_score_and_say_where_they_are(collection):
    numbers = np.arange(1, 41)
    side = Tokens().look(collection, candidates(numbers), Deadline(60))
    for number in (4, 11):
        matches = token_matches(collection, QUERY, number)
        assert sum(each.adds for each in matches) == pytest.approx(float(side.scores[number - 1]), rel=1e-6)
        content = collection.store.papers.by_numbers([number])[number].content
        for each in matches:
            assert QUERY[slice(*each.asked_at)].lower() == each.asked
            assert content[slice(*each.answer_at)].lower() == each.answer
    exact = {each.asked: each.answer for each in token_matches(collection, QUERY, 11)}
    assert exact["word10"] == "word10"
    assert "the" not in exact, "a token that every paper has adds nothing"


def test_a_result_keeps_the_part(collection):
    results = bs.search(collection, QUERY, stages=("tokens",))
    for each in results:
        assert each.score == pytest.approx(sum(part.contribution for part in each.parts.values()), abs=1e-9)
    assert results.items[0].parts["tokens"].rank == 1


def test_papers_and_queries_without_tokens_get_nothing(collection):
    numbers = np.array([1, 2, 900])
    side = Tokens().look(collection, candidates(numbers), Deadline(60))
    assert np.isnan(side.scores[2])
    assert side.adds[2] == 0
    for words in ("", "?!", "the it tells of"):
        assert Tokens().look(collection, candidates(numbers, words), Deadline(60)) is None
    assert Tokens().look(collection, candidates(np.array([900, 901])), Deadline(60)) is None
    with pytest.raises(NotFoundError, match="900 has no token vectors"):
        token_matches(collection, QUERY, 900)


def test_a_text_that_changed_since_the_sync_has_no_matches(collection):
    collection.store.papers.put([paper(3, "Paper 3 on topic3", "It tells of the word4; and of cars.")], now=NOW)
    number = next(n for n, d in collection.store.papers.by_numbers(range(1, 200)).items() if d.id == "made:003")
    with pytest.raises(NotFoundError, match="run `broadsheet sync`"):
        token_matches(collection, QUERY, number)


def test_it_gives_up_when_its_time_is_over_but_not_for_loading_the_model(collection):
    numbers = np.arange(1, 41)
    over = Deadline(-1)
    assert Tokens().look(collection, candidates(numbers), over) is not None
    with pytest.raises(LateError, match="took longer"):
        Tokens().look(collection, candidates(numbers), over)


def test_without_token_vectors_the_stage_says_so(collection):
    collection.store.journal.set_fact("tokens", 0)
    assert whole(collection) is None
    with pytest.raises(CollectionError, match="since they were not chosen: run `broadsheet tokens build` to make them"):
        Tokens().look(collection, candidates(np.arange(1, 9)), Deadline(60))
    assert token_matches(collection, QUERY, 3) == []
