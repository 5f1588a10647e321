"""The lists of words do what the search for phrases expects of them."""

from __future__ import annotations

import pytest

from broadsheet.core.text import folded
from broadsheet.topics import stopwords


@pytest.mark.parametrize(
    "name",
    [
        "DETERMINERS",
        "BEFORE_VERBS",
        "TO_BE",
        "AUXILIARIES",
        "VERBS",
        "STOPWORDS",
        "NOT_ADVERBS",
        "EMPTY",
        "HEADS",
        "WEAK",
    ],
)
def test_words_are_in_the_form_in_which_they_are_compared(name: str) -> None:
    words = getattr(stopwords, name)
    assert words
    assert {word for word in words if word != folded(word) or " " in word} == set()


def test_the_words_of_real_terms_part_no_phrases() -> None:
    terms = "time series, type systems, high performance computing, open source, large language models, error codes"
    words = set(terms.replace(",", "").split())
    assert words & (stopwords.STOPWORDS | stopwords.EMPTY) == set()


def test_small_words_of_other_languages_are_stop_words() -> None:
    assert {"der", "und", "les", "dans", "para", "della", "het", "для"} <= stopwords.STOPWORDS


def test_general_heads_are_weak() -> None:
    assert stopwords.HEADS < stopwords.WEAK
    assert {"approach", "results", "system"} <= stopwords.HEADS
