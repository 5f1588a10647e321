from __future__ import annotations

import numpy as np

from broadsheet.core.units import units

TEXT = "The bee saw bees: a hive, a wax line."


def test_forms_of_a_word_are_one_unit_wherever_they_are() -> None:
    own = units(TEXT, lambda word: word.casefold().rstrip("s"))
    assert own.names == ("The", "bee", "saw", "a", "hive", "wax", "line")
    assert own.counts.tolist() == [1, 2, 1, 2, 1, 1, 1]
    assert [TEXT[start:end] for start, end in own.spans[own.of == 1]] == ["bee", "bees"]


def test_a_text_without_some_of_its_units() -> None:
    own = units(TEXT)
    chosen = np.array([name not in ("a", "bees") for name in own.names])
    assert own.only(chosen) == "The bee saw : hive, wax line."
    assert own.only(np.ones(len(own.names), bool)) == TEXT
    assert own.words_only(np.arange(len(own.of)) < 2) == "The bee : , ."


def test_tokens_find_the_unit_they_lie_in() -> None:
    own = units("Graph nets (2026)")
    spans = np.array([[0, 0], [0, 3], [3, 5], [6, 10], [11, 12], [12, 16], [16, 17]])
    assert own.at(spans).tolist() == [3, 0, 0, 1, 3, 2, 3]


def test_an_empty_text_has_no_units() -> None:
    own = units("")
    assert (own.names, own.only(np.zeros(0, bool))) == ((), "")
    assert own.at(np.array([[0, 0]])).tolist() == [0]
