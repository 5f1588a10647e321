"""Formulas in TeX as MathML: of known elements alone, in bounded time, or not at all."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from broadsheet.core.mathml import LONGEST, mathml


def words(text: str) -> list[str]:
    return text.split(" ")


ELEMENTS = {
    *words("math mrow mi mn mo mtext mspace msub msup msubsup mfrac msqrt mroot mover munder munderover mtable mtr"),
    *words("mtd mstyle mpadded mphantom"),
}
ATTRIBUTES = {
    *words("display mathvariant stretchy fence movablelimits largeop accent accentunder displaystyle width height"),
    *words("depth lspace rspace voffset minsize maxsize form scriptlevel linethickness"),
}
PIECES = [
    *words(r"\frac \sqrt \left( \right) \left \right \begin{matrix} \end{matrix} \begin{cases} \end{cases} \text{ab}"),
    *words(r"\mathbb{R} \mathcal \hat \sum \limits \over \choose \color{red} \hspace{99em} \rule \raise \genfrac \not"),
    *words(
        r"\hbox{$x$} \class{a} \style{b} \href{javascript:x}{y} \unicode{x202E} \operatorname{x} \mathrm \overbrace"
    ),
    *words(r"\xrightarrow \skew \substack \def \newcommand \verb \sideset \smash \tag \mod \binom \underset \phantom"),
    *words(r"\LaTeX \foo \\ \{ \} { } [ ] ^ _ ' & # % $ < > ( ) | x y 1 2.5 + - = , ~ &#x202e; </math> <script>"),
    *(" ", '"'),
]


def tags(made: str) -> list[str]:
    return re.findall(r"<([a-z]+)", made)


@pytest.mark.parametrize(
    ("tex", "made"),
    [
        ("x^2", "<msup><mi>x</mi><mn>2</mn></msup>"),
        (r"\mathbb{R}^n", "<msup><mi>ℝ</mi><mi>n</mi></msup>"),
        (r"\frac{a}{b}", "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>"),
        (r"\lceil x\rceil", '<mo stretchy="false">⌈</mo><mi>x</mi><mo stretchy="false">⌉</mo>'),
        (r"\log n", '<mi>log</mi><mspace width="0.167em"/><mi>n</mi>'),
        (r"\mathrm{softmax}", '<mrow><mi mathvariant="normal">softmax</mi></mrow>'),
        (r"a < b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
        (r"\color{red}{x}", "<mstyle><mrow><mi>x</mi></mrow></mstyle>"),
    ],
)
def test_a_formula_is_drawn(tex: str, made: str) -> None:
    assert mathml(tex) == f"<math><mrow>{made}</mrow></math>"


def test_a_letter_has_the_character_of_its_style() -> None:
    styled = [mathml(tex) or "" for tex in (r"\mathcal{LB}", r"\mathfrak{gR}", r"\mathbf{x1}")]
    assert [re.sub(r"<[^>]*>", "", each) for each in styled] == ["ℒℬ", "𝔤ℜ", "𝐱𝟏"]


def test_a_display_says_so() -> None:
    assert (mathml(r"\sum_{i=1}^n i", block=True) or "").startswith('<math display="block">')


@pytest.mark.parametrize(
    "tex",
    [
        "", " ", "17", "1,000", r"\textbf{Model}", r"\emph{two words}", r"\unknowncommand x", "50%", "x_", r"\frac{a}",
        "final output is wrong", r"\def\x{\x\x}\x", r"\newcommand{\a}{\a\a}\a", r"\unicode{x202E}", "{" * 21 + "}" * 21,
        "x" * (LONGEST + 1), r"\left(" * 30, "x_1_2", r"\right)", r"\sqrt" * 99, "^" * 300, r"\verb|x|", r"\href{a}{b}",
        "\\text{a\x00b}", "\\text{a\u202eb}",
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_whole_is_not_drawn(tex: str) -> None:
    assert mathml(tex) is None


@given(st.lists(st.sampled_from(PIECES), max_size=60))
@settings(max_examples=400, deadline=2_000)
@example([r"\text{&#x202e;}"])
@example([r"\text{&lt;script&gt;}", "x"])
def test_hostile_formulas_give_known_elements_or_nothing(pieces: list[str]) -> None:
    made = mathml("".join(pieces))
    if made is None:
        return
    tree = ElementTree.fromstring(made)
    for element in tree.iter():
        assert element.tag in ELEMENTS
        assert set(element.attrib) <= ATTRIBUTES
        assert all(re.fullmatch(r"[a-z0-9.-]{1,10}", value) for value in element.attrib.values())
        assert all(each.isprintable() or each in "\xa0\n " for each in element.text or "")
    assert len(tags(made)) <= 601
    assert len(made) < 60_000


@given(st.text(max_size=500))
@settings(deadline=2_000)
def test_any_text_gives_well_formed_mathematics_or_nothing(text: str) -> None:
    made = mathml(text)
    assert made is None or ElementTree.fromstring(made).tag == "math"
