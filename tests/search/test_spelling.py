"""Slips in a query: which word is suggested, and when it is searched at once."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import broadsheet as bs
from broadsheet.search.spelling import corrected, distance, near
from search_kit import ids


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gardnes", "gardens"),
        ("camrea", "camera"),
        ("machnies and charts", "machines and charts"),
        ("camera", ""),
        ("zzzqqqxx", ""),
        ("xy", ""),
        ("gpt4x", ""),
    ],
)
def test_the_nearest_word_of_the_collection_is_meant(collection, typed, meant):
    assert corrected(collection, typed) == meant


def test_of_words_as_near_the_more_frequent_is_meant(collection):
    assert corrected(collection, "caxs") == "cars"


def test_a_slip_is_searched_at_once_when_nothing_else_matches(collection):
    found = bs.search(collection, "gardnes", mode="lexical")
    assert (found.searched, found.suggestion, ids(found)) == ("gardens", "", ["3"])
    assert found.note.startswith("Showing results for “gardens”.")
    quoted = bs.search(collection, '"gardnes"', mode="lexical")
    assert (quoted.searched, ids(quoted)) == ("", [])


def test_a_slip_among_known_words_is_only_suggested(collection):
    found = bs.search(collection, "road gardnes", mode="lexical")
    assert (found.searched, found.suggestion) == ("", "road gardens")
    assert "Did you mean “road gardens”?" in found.note
    assert "3" not in ids(found)


def test_measured_queries_are_never_corrected(collection):
    assert bs.search(collection, "gardnes", mode="lexical", pins=False).searched == ""


@example("ba", "acb")
@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_distance_is_a_symmetric_count_of_edits(one, other):
    edits = distance(one, other, most=10)
    assert edits == distance(other, one, most=10)
    assert (edits == 0) == (one == other)
    assert abs(len(one) - len(other)) <= edits <= max(len(one), len(other))
    assert distance(one, other, most=1) == min(edits, 2)


@given(st.text("abcde", max_size=8), st.lists(st.text("abcde", max_size=8)), st.integers(1, 2))
def test_words_that_are_passed_over_are_further_away(typed, others, most):
    for other in set(others).difference(near(typed, others, most)):
        assert distance(typed, other, most=most) > most


def test_swapped_letters_are_one_edit():
    assert distance("form", "from", most=2) == 1
    assert distance("eel", "elee", most=2) == 2
