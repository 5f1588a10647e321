"""Set operations on meanings: what is read as one, its canonical form, and hostile input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.meanings import (
    DEEPEST,
    MOST,
    Both,
    Either,
    Expression,
    Meaning,
    Sets,
    every,
    leaves,
    read,
    together,
    written,
)

A, B, C = Meaning(("eels",)), Meaning(("night rivers",)), Meaning(("salt water",))


@pytest.mark.parametrize(
    ("typed", "sets", "rest"),
    [
        ('("eels") & ("night rivers")', Both((A, B)), ""),
        ('"eels" & "night rivers"', Both((A, B)), ""),
        ("(eels)&(night rivers)-(salt water)", Both((A, B), (C,)), ""),
        ('"eels" - "salt water"', Both((A,), (C,)), ""),
        ("(eels) | (night rivers) & (salt water)", Either((A, Both((B, C)))), ""),
        ("((eels) | (night rivers)) & (salt water)", Both((Either((A, B)), C)), ""),
        ("(eels) - ((night rivers) | (salt water))", Both((A,), (Either((B, C)),)), ""),
        ('("eels" "lampreys") & (salt water)', Both((Meaning(("eels", "lampreys")), C)), ""),
        ('("eels", "lampreys") | (salt water)', Either((Meaning(("eels", "lampreys")), C)), ""),
        ('(eels) & (salt water) -sea -"deep sea" NOT lake -category:q-bio', Both((A, C)),
         '-sea -"deep sea" NOT lake -category:q-bio'),
        ("-sea (eels) & (salt water)", Both((A, C)), "-sea"),
        ("(f(x) of eels) & (salt water)", Both((Meaning(("f(x) of eels",)), C)), ""),
    ],
)  # fmt: skip
def test_expressions_are_read(typed: str, sets: Sets, rest: str) -> None:
    assert read(typed) == Expression(sets, rest)


@pytest.mark.parametrize(
    "typed",
    ["", "eels", "(eels)", '"eels"', "R & D", "AT&T - a history", '"eels" -"salt water"', '"eels" "rivers"', "a | b",
     "(eels OR lampreys) AND sea", "x - (y)", "pre-trained (large) models"],
)  # fmt: skip
def test_what_only_looks_a_little_like_one_stays_words(typed: str) -> None:
    assert read(typed) == Expression()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("(eels) & (rivers", "a parenthesis is not closed"),
        ('(eels) & "rivers', "a quotation mark is not closed"),
        ("() & (rivers)", "one of them is empty"),
        ('("") & (rivers)', "one of them is empty"),
        ("(...) & (rivers)", "one of them is empty"),
        ("(eels) & (rivers) deep", "nothing else"),
        ("deep (eels) & (rivers)", "a set must be in parentheses or quotes"),
        ("(eels) & | (rivers)", None),
        (" & ".join(["(eels)"] * (MOST + 1)), f"more than {MOST}"),
        ("(" * (DEEPEST + 3) + "(eels) & (rivers)" + ")" * (DEEPEST + 3) + " & (x)", f"more than {DEEPEST} deep"),
    ],
)
def test_what_cannot_be_read_says_why(typed: str, why: str | None) -> None:
    found = read(typed)
    assert found.sets is None
    assert (why in found.note) if why else not found.note


@given(st.text(alphabet='()"&|- eaNOT:x\n', max_size=120))
def test_any_text_is_read_and_keeps_its_canonical_form(text: str) -> None:
    found = read(text)
    if found.sets:
        assert read(written(found.sets)) == Expression(found.sets)


_texts = st.lists(st.from_regex(r"[a-z]{1,5}( [a-z]{1,5})?", fullmatch=True), min_size=1, max_size=2)
_sets = st.recursive(
    _texts.map(lambda examples: Meaning(tuple(examples))),
    lambda parts: st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(lambda own: Either(tuple(own))),
        st.tuples(st.lists(parts, min_size=1, max_size=2), st.lists(parts, min_size=1, max_size=2)).map(
            lambda own: Both(tuple(own[0]), tuple(own[1]))
        ),
    ),
    max_leaves=5,
)


@given(_sets.filter(lambda sets: not isinstance(sets, Meaning)))
def test_every_expression_survives_its_canonical_form(sets: Sets) -> None:
    assert read(written(sets)).sets == sets


@pytest.mark.parametrize("sign", ["(", ")", '"', "(a)&", '"a"-', "()", "(a)|(", "-("])
def test_a_hostile_text_is_read_in_one_pass(sign: str) -> None:
    text = sign * 10_000 + "(a) & (b)"
    assert read(text).sets is None
    assert read("(" * 10_000 + "a) & (b" + ")" * 10_000).sets is None


def test_leaves_say_what_is_wanted_and_every_has_the_wholes() -> None:
    sets = Both((A, B), (Both((C,), (A,)),))
    assert list(leaves(sets)) == [(A, True), (B, True), (C, False), (A, True)]
    assert together(sets) == Meaning(("eels night rivers",))
    assert every(sets) == [A, B, C, Meaning(("eels night rivers",))]
    assert together(Both((A,), (B,))) is None
    assert together(Both((A, Meaning(("7",), named=True)))) is None
