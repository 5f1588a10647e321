from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.query import LONGEST, ask, day
from broadsheet.core.types import Filters


def test_conditions_are_taken_out_of_the_words():
    asked = ask('graph author:"Ana Lee" since:2024-02 networks has:code cat:cs.IR until:2024 votes:3 title:deep')
    assert asked.words == "graph networks"
    assert asked.filters == Filters(
        since=date(2024, 2, 1),
        until=date(2024, 12, 31),
        categories=("cs.IR",),
        authors=("Ana Lee",),
        has_code=True,
        min_votes=3,
    )
    assert asked.fields == {"title": "deep"}


@pytest.mark.parametrize(
    "text",
    [
        "DECOR:Decomposition of things",
        "ratio 3:1",
        "since:yesterday",
        "note: this",
        "has:bananas",
        "votes:many",
        "author:",
    ],
)
def test_what_is_no_condition_is_words(text):
    asked = ask(text)
    assert asked.words == text
    assert not asked.filters


def test_given_filters_win():
    given_filters = Filters(since=date(2020, 1, 1), sources=("hf",))
    asked = ask("x since:2024", given_filters)
    assert asked.filters == given_filters


def test_dates():
    assert day("2024-02", last=True) == date(2024, 2, 29)
    assert day("2024-13") is None
    assert day("0000") is None
    assert day("last week") is None


def test_long_queries_are_cut_and_say_so():
    asked = ask("word " * 30_000)
    assert len(asked.words) <= LONGEST
    assert "cut" in asked.note
    assert not ask("short").note


@given(st.text(max_size=300))
def test_any_text_is_a_query(text):
    asked = ask(text)
    asked.words.encode()
    assert isinstance(asked.filters, Filters)
