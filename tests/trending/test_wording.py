"""What wording tells of votes: lengths, words, and what the words of past papers were worth."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.trending.wording import LEAST, LENGTH, PULL, lengths, mean_worths, words, worths


def test_words_are_distinct_sorted_and_in_lower_case() -> None:
    assert words("Rope, rope and a Bridge-builder: Ünï 42") == ("42", "and", "bridge", "builder", "rope", "ünï")
    assert words("") == ()


def test_lengths_are_logarithms_of_title_and_text() -> None:
    found = lengths(["a rope bridge", ""], ["one two three four five six seven", ""])
    assert found == pytest.approx(LENGTH * np.log([[4, 8], [1, 1]]))
    assert lengths([], []).shape == (0, 2)


def test_a_word_is_worth_how_its_papers_stood_shrunk() -> None:
    papers = [("bridge", "rope")] * LEAST + [("rope",)] * LEAST
    worth = worths(papers, np.array([1.0] * LEAST + [-1.0] * LEAST))
    assert worth == pytest.approx({"bridge": LEAST / (LEAST + PULL), "rope": 0.0})


def test_a_word_of_few_papers_is_worth_nothing() -> None:
    papers = [("rope",)] * LEAST + [("owl",)] * (LEAST - 1)
    assert list(worths(papers, np.ones(len(papers)))) == ["rope"]


def test_a_paper_is_worth_the_mean_of_its_words() -> None:
    worth = {"bridge": 0.4, "rope": -0.1}
    assert mean_worths([("bridge", "rope"), ("bridge", "owl"), ()], worth) == pytest.approx([0.15, 0.2, 0.0])
