from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.text import clipped, folded, plain, readable, sentences, squeeze

PIECES = st.sampled_from(
    ["<sub>", "</sub>", "<i>", "</i>", "&amp;", "&lt;", "&#38;", "lt;", "\\", "{", "}", "$", "^", "_", "\\alpha", "\\'",
     "\\textbf{", "\\frac{", "``", "''", "~", " ", "a", "B", "2", "é", "e\u0301", "ﬁ", "\u00ad",
     "₂", "ß", "\u0301", "<", ">"]
)  # fmt: skip
WORDS = st.lists(st.sampled_from(["CO2", "uptake", "Gödel", "naïve", "R&D", "fine", "Łódź", "x<y"]), min_size=1).map(
    " ".join
)
ENCODINGS = {
    "html": lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace("CO2", "CO<sub>2</sub>"),
    "twice": lambda text: ENCODINGS["html"](ENCODINGS["html"](text)),
    "latex": lambda text: (
        text.replace("&", "\\&").replace("ö", '\\"{o}').replace("ï", '\\"{\\i}').replace("CO2", "CO$_2$")
    ),
    "polish": lambda text: text.replace("Łódź", "\\L{}\\'od\\'z").replace("uptake", "\\emph{uptake}"),
    "signs": lambda text: text.replace("fi", "ﬁ").replace("CO2", "CO₂").replace("take", "\u00adtake"),
    "parts": lambda text: unicodedata.normalize("NFD", text),
    "jats": lambda text: f"<jats:title>{ENCODINGS['html'](text)}</jats:title>",
}


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


@given(st.lists(PIECES).map("".join) | st.text())
def test_a_readable_text_is_its_own_readable_form(text: str) -> None:
    shown = readable(text)
    assert readable(shown) == shown
    assert plain(shown) == plain(text)
    assert len(shown) <= 3 * len(text) + 20


@given(st.text(st.characters(categories=["L", "N", "P", "Z"], exclude_characters="\\{}$~<&`")))
def test_a_text_without_markup_keeps_every_letter(text: str) -> None:
    letters = [c for c in unicodedata.normalize("NFKC", text) if c.isalnum()]
    assert [c for c in unicodedata.normalize("NFKC", readable(text)) if c.isalnum()] == letters


@given(WORDS, st.sampled_from(sorted(ENCODINGS)))
def test_a_title_is_the_same_in_every_encoding(title: str, encoding: str) -> None:
    encoded = ENCODINGS[encoding](title)
    assert plain(encoded) == plain(title) == plain(readable(encoded))


@pytest.mark.parametrize("unit", ["<", "{", "\\", "&", "$", "<{\\&$", "&amp;", "<sup>{", "\\'{$", "&lt;b&gt;", "^{<i>"])
def test_hostile_texts_take_less_than_a_second(unit: str) -> None:
    text = unit * (50_000 // len(unit))
    begun = time.thread_time()
    plain(text)
    assert time.thread_time() - begun < 1


def test_ligatures_and_soft_hyphens_are_not_shown() -> None:
    assert readable("E\ufb03cient in\u00adfor\u00admation on CO₂") == "Efficient information on CO₂"


def test_letters_that_only_look_other_compare_equal() -> None:
    assert plain("Łukasz Øre đ þ ß æ œ ð ħ ı CO₂") == "lukasz ore d th ss ae oe d h i co2"
    assert plain("Erdős–Rényi, événements; Müller") == "erdos renyi evenements muller"
    assert folded("İzmir Å") == "izmir a"


def test_what_tells_words_apart_in_other_scripts_stays() -> None:
    assert plain("हिन्दी ガ 한국어 ไทย") == "हिन्दी ガ 한국어 ไทย"
    assert plain("שָׁלוֹם") == plain("שלום")


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


@given(st.text("aB1.!?\"')] \n(["))
def test_sentences_keep_all_but_white_space_and_closing_signs(text: str) -> None:
    signs = str.maketrans("", "", " \n\"')]")
    assert "".join(sentences(text)).translate(signs) == text.translate(signs)
