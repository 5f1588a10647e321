from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.latex import script, without_latex


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (r"a beam of 7\,GeV for 3\;ns at 4\:K", "a beam of 7 GeV for 3 ns at 4 K"),
        (r"$12\,{\rm m\,s^{-2}}$", "12 m s^(-2)"),
        (r"$\Omega\!$DM and $N_\odot$, $30^\circ$, $T^{\prime}$", "ΩDM and N⊙, 30°, T′"),
        (r"$\approx$3\% of 0.5$\mu$m", "≈3% of 0.5μm"),
        (r"\begin{align} y=2 \end{align}", "  y=2  "),
        (
            r"{\L}ukasz, \O rsted, na\"{\i}ve, Fran\c{c}ois, \v{S} and Ji\v r\'i",
            "Łukasz, Ørsted, naïve, François, Š and Jiří",
        ),
        (r"it\'s Caf\'e", "it's Café"),
        (r"$\frac{a+b}{c}$, $\sqrt{x}$ and $\sqrt{x+1}$", "(a+b)/c, √x and √(x+1)"),
        (r"$\hat{p}$ and $\vec v$ in $\mathbb R^n$ for $\mathcal{O}(n)$", "p̂ and v⃗ in R^n for O(n)"),
        (r"see \href{https://a.org}{here}\footnote{Or there.}", "see here (Or there.)"),
        (r"as shown~\cite{a,b} by \ours{} and \emph{all}", "as shown  by ours and all"),
        (r"{\em very {\bf nested}} {words}", "very nested words"),
        (r"in \{0,1\}^n and {0, 1}", "in {0,1}^n and {0, 1}"),
        ("H$_2$O and $H_2O$ cost $5 or $6, not $20 (US$)", "H2O and H_2O cost $5 or $6, not $20 (US$)"),
        ("cut off in \\textbf{the mid", "cut off in the mid"),
        (r"one\\two \\textit{three}", "one two three"),
    ],
)
def test_latex_becomes_readable(raw: str, shown: str) -> None:
    assert without_latex(raw) == shown


def test_a_script_of_several_characters_is_in_parentheses() -> None:
    assert [script("^", "2"), script("_", "ij"), script("^", "(3)"), script("^", "†")] == ["^2", "_(ij)", "^(3)", "†"]


@given(st.text(st.characters(exclude_characters="\\{}$~`")))
def test_a_text_without_latex_stays(text: str) -> None:
    assert without_latex(text) == text


@given(
    st.lists(st.sampled_from(["{", "}", "\\", "$", "\\frac", "\\'", "^{", "_", "\\a", "[", "x", " ", "~", "``", "''"]))
)
def test_any_nesting_is_read(pieces: list[str]) -> None:
    raw = "".join(pieces)
    assert len(without_latex(raw)) <= 2 * len(raw) + 20


@pytest.mark.parametrize(
    "unit", ["{", "\\", "$", "\\frac{", "\\textbf{", "^{", "\\'{", "\\sqrt[", "{\\em ", "$a", "``"]
)
def test_time_and_depth_are_bounded(unit: str) -> None:
    raw = unit * (50_000 // len(unit))
    begun = time.thread_time()
    assert len(without_latex(raw)) <= 2 * len(raw)
    assert time.thread_time() - begun < 1
