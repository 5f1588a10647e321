from __future__ import annotations

import pytest

from broadsheet.core.text import clipped, plain, readable, sentences, squeeze


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (r"\textsc{Ofa} and {\em more}", "Ofa and more"),
        (r"{\em  spaced out}", "spaced out"),
        (r"Andr\'e at 90\% of {\alpha}", "André at 90% of α"),
        ("x_{ab} and y^{n+1}", "x_(ab) and y^(n+1)"),
        ("$5 and $6", "$5 and $6"),
        ("``quoted'' in Figure~2", "“quoted” in Figure 2"),
        ("left \u202eright", "left right"),
    ],
)
def test_latex_becomes_readable(raw, shown):
    assert readable(raw) == shown


@pytest.mark.parametrize(
    "hostile",
    ["{\\em" + " " * 200_000, "_{" + "a" * 200_000, "\\'{" * 60_000, "$a" * 60_000, "{" * 100_000, "\\frac{" * 30_000],
)
def test_a_text_costs_no_more_than_its_length(hostile):
    assert readable(hostile) == squeeze(readable(hostile))


def test_abbreviations_end_no_sentence():
    text = "Smith et al. Show it, cf. Fig. 2. It holds. By J. Doe. Done."
    assert sentences(text) == ["Smith et al. Show it, cf. Fig. 2.", "It holds.", "By J. Doe.", "Done."]


def test_initials_without_end_are_one_sentence():
    assert [found.split() for found in sentences("A. B. " * 10_000)] == [["A.", "B."] * 10_000]


def test_titles_compare_without_accents_case_and_marks():
    assert plain("  Größe: A\u0301 {T}est! ") == plain("grosse a test")


def test_clipped_ends_at_a_word():
    assert clipped("one two three", 9) == "one two…"
    assert clipped("one", 9) == "one"
