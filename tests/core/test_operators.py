"""Exclusions, phrases, AND and OR among the words of a query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.operators import Operated, read, with_plain_quotes


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("eels -sea", Operated("eels", without=("sea",))),
        ("NOT sea eels", Operated("eels", without=("sea",))),
        ('eels -"salt water"', Operated("eels", without=("salt water",))),
        ('"salt water" eels', Operated("salt water eels", required=(("salt water",),))),
        ("eels OR lampreys rivers", Operated("eels lampreys rivers", required=(("eels", "lampreys"),))),
        ("eels AND rivers spring", Operated("eels rivers spring", required=(("eels",), ("rivers",)))),
        ("a AND b OR c", Operated("a b c", required=(("a",), ("b", "c")))),
        ("(eels OR lampreys) AND sea", Operated("eels lampreys sea", required=(("eels", "lampreys"), ("sea",)))),
        ('"a b" OR "c d"', Operated("a b c d", required=(("a b", "c d"),))),
        ("-cat:cs.CV eels -author:lee", Operated("eels", excluded=(("cat", "cs.CV"), ("author", "lee")))),
        ("EELS ARE NOT SNAKES", Operated("EELS ARE not SNAKES")),
        ("GPT-4 OR BERT", Operated("GPT-4 BERT", required=(("GPT-4", "BERT"),))),
    ],
)
def test_operators_are_read(typed, expected):
    assert read(typed) == expected


@pytest.mark.parametrize("typed", ["pre-trained eels", "eels - an essay", "x -5", "not and or", "OR", "x AND"])
def test_what_only_looks_like_an_operator_is_a_word(typed):
    assert read(typed) == Operated(typed)


def test_typographic_quotes_count():
    assert read(with_plain_quotes("„salt water“ «two eels»")).required == (("salt water",), ("two eels",))


@given(st.text(max_size=200))
def test_any_text_is_read(text):
    operated = read(text)
    assert all(all(alternatives) for alternatives in operated.required)
    assert all(operated.without)
    assert len(operated.words) <= len(text)


@given(st.lists(st.sampled_from(["eels", "AND", "OR", "NOT", "-sea", '"a b"', "(x", "y)", "-"]), max_size=12))
def test_no_word_is_lost(pieces):
    operated = read(" ".join(pieces))
    held = " ".join([operated.words, *operated.without])
    found, there = held.split().count("eels"), pieces.count("eels")
    assert found == there if {"NOT", "-"}.isdisjoint(pieces) else min(there, 1) <= found <= there  # excluded once
    assert held.count("a b") >= pieces.count('"a b"') - pieces.count("-") - pieces.count("NOT")
