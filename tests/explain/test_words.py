from __future__ import annotations

import numpy as np
import pytest

from broadsheet.collection import Collection
from broadsheet.explain.words import only_in, rarity, terms


def test_terms_sum_to_the_score_of_the_lexicon_itself(collection: Collection) -> None:
    text = "honey honey and pollen of the hives telescope a"
    lexicon = collection.lexicon
    numbers, scores = lexicon.search(lexicon.terms(text), 20)
    for number, score in zip(numbers.tolist(), scores.tolist(), strict=True):
        found = terms(collection, text, number)
        assert sum(each.score for each in found) == pytest.approx(score, rel=1e-5)
        assert [each.word for each in found].count("honey") == 1
        assert "the" not in [each.word for each in found]
    assert found[0].score >= found[-1].score


def test_a_word_that_the_paper_lacks_adds_nothing_and_is_counted(collection: Collection) -> None:
    bees = int(collection.lexicon.search(collection.lexicon.terms("honey"), 1)[0][0])
    found = {each.word: each for each in terms(collection, "honey telescope zzz", bees)}
    assert (found["telescope"].score, found["zzz"].score, found["zzz"].papers) == (0.0, 0.0, 0)
    assert found["telescope"].papers > 0
    assert terms(collection, "of the", bees) == ()


def test_words_of_one_text_alone(collection: Collection) -> None:
    found = only_in(collection, "honey honey pollen and hives 7", "a hive and 7 yeasts", 5)
    assert [each.word for each in found] == ["honey", "pollen"]
    assert np.all([each.papers > 0 for each in found])


def test_rare_words_come_first_with_how_many_papers_have_them(collection: Collection) -> None:
    word = next(iter(collection.store.papers.newest(1))).shown_title.split()[0]
    found = rarity(collection, f"{word} zzunheardof the")
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert found[0].papers == 0
    assert {each.word: each.papers for each in found}[word] == len(collection.lexicon.having([word]))
    assert rarity(collection, "the of and") == ()
