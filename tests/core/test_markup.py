from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.markup import from_html, without_markup
from broadsheet.core.text import squeeze


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("NO<sub>2</sub> in <i>B. subtilis</i> &amp; more at q&lt;0.1", "NO2 in B. subtilis & more at q<0.1"),
        ("10<sup>6</sup>, 10<SUP>-3</SUP>, the 4<sup>th</sup> Mg<sup>2+</sup>", "10^6, 10^(-3), the 4th Mg^(2+)"),
        ("<jats:title>Abstract</jats:title><jats:p>One.</jats:p><jats:p>Two.</jats:p>", "One. Two."),
        ("<sec><title>Aims</title><p>To see.</p></sec>", "Aims: To see."),
        ("H<inf>2</inf>O, <scp>l</scp>-lysine<br/>next", "H2O, l-lysine next"),
        ('a <a href="https://x.org?a=1&amp;b=2">link</a> <mml:math><mml:mi>x</mml:mi></mml:math>', "a link x"),
        ("<tex-math>$y$</tex-math> not shown, <math><mi>z</mi></math>", "not shown, z"),
        ("seen <!-- not this --> again <![CDATA[and this]]>", "seen again and this"),
    ],
)
def test_markup_becomes_readable(raw: str, shown: str) -> None:
    assert squeeze(without_markup(raw)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Limits when a<b and c>d exist", "for n<5 and m>2.", "a<b>c triples", "List<T> and <selectedoption>",
        "x[a[0]]>1", "what <a> and <area> do", "AT&T, R&D; a&b", "p<i<q", "if 0<p>1",
    ],
)  # fmt: skip
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert without_markup(text) == text


def test_a_formula_given_twice_is_shown_once() -> None:
    both = "<alternatives><tex-math>\\alpha</tex-math><mml:math><mml:mi>α</mml:mi></mml:math></alternatives>"
    assert without_markup(both) == "α"
    assert without_markup("<tex-math>\\alpha</tex-math>") == "\\alpha"


def test_an_entity_that_was_escaped_again_is_one_character() -> None:
    assert without_markup("&amp;amp; &amp;#38;lt; &#xe9;") == "& < é"


def test_in_html_whatever_looks_like_a_tag_is_one() -> None:
    assert from_html("<figure>one <b>two &lt;T&gt;") == "one two <T>"


@given(st.text(st.characters(exclude_characters="<&")))
def test_a_text_without_markup_stays(text: str) -> None:
    assert without_markup(text) == text


@given(
    st.lists(
        st.sampled_from(["<", ">", "<sup>", "</sup>", "<!--", "<p", "&", ";", "lt", "amp", "x", " ", "<a b='", "'"])
    )
)
def test_any_markup_is_read(pieces: list[str]) -> None:
    raw = "".join(pieces)
    assert len(without_markup(raw)) <= 2 * len(raw)


@pytest.mark.parametrize(
    "unit", ["<", "&", "<sup>", "<b>", "<!--", '<a b="', "<a ", "&amp;", "<title>", "<p x=y", "</"]
)
def test_time_is_bounded(unit: str) -> None:
    raw = unit * (50_000 // len(unit))
    taken = []
    for _ in range(3):  # the quickest: other processes slow this one down, too
        begun = time.thread_time()
        without_markup(raw)
        without_markup(raw + "</sup>" * 5_000)
        taken.append(time.thread_time() - begun)
    assert min(taken) < 1
