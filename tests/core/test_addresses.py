"""Identifiers in what people paste."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.addresses import identifiers, lookup, parted

ARXIV = "2402.01234"
PASTED = [
    (ARXIV, ARXIV),
    ("arXiv:2402.01234v3", ARXIV),
    ("arxiv 2402.01234", ARXIV),
    ("[2402.01234] How eels find the sea", ARXIV),
    ("abs/2402.01234", ARXIV),
    ("https://arxiv.org/abs/2402.01234v2/", ARXIV),
    ("http://arxiv.org/pdf/2402.01234.pdf", ARXIV),
    ("https://mirror.example/abs/2402.01234", ARXIV),
    ("https://daily.example/papers/2402.01234?from=mail", ARXIV),
    ("https://reader.example/arxiv/2402.01234", ARXIV),
    ("https://doi.org/10.48550/arXiv.2402.01234", ARXIV),
    ("https://arxiv.org/abs/math.GT/0309136", "math/0309136"),
    ("hep-th/9901001v1", "hep-th/9901001"),
    ("https://openreview.net/forum?id=eElS_12", "openreview:eElS_12"),
    ("https://openreview.net/pdf?x=1&id=eElS_12", "openreview:eElS_12"),
    ("https://aclanthology.org/2025.eel-main.7/", "acl:2025.eel-main.7"),
    ("2025.eel-main.7", "acl:2025.eel-main.7"),
    ("https://aclanthology.org/P18-1001.pdf", "acl:P18-1001"),
    ("https://openalex.org/works/w4000000909", "openalex:W4000000909"),
    ("W4000000909", "openalex:W4000000909"),
    ("https://press.example/doi/full/10.5555/eel.1", "10.5555/eel.1"),
    ("https://press.example/article/10.5555/eel.1/fulltext.html", "10.5555/eel.1"),
    ("(see 10.5555/EEL.1).", "10.5555/eel.1"),
    ("10.5555/s0001(25)00001-2", "10.5555/s0001(25)00001-2"),
    ("https://www.biorxiv.org/content/10.1101/2025.01.02.123456v2.full", "10.1101/2025.01.02.123456"),
    ("https://pubmed.ncbi.nlm.nih.gov/12345678/", "pmid:12345678"),
    ("PMID: 12345678", "pmid:12345678"),
    ("PMC1234567", "pmcid:PMC1234567"),
    ("nips2020:abc", "nips2020:abc"),
]


@pytest.mark.parametrize(("typed", "name"), PASTED)
def test_what_people_paste_names_a_paper(typed, name):
    assert lookup(f" {typed} ") == name


@pytest.mark.parametrize(
    "typed",
    ["graph neural networks", "3.1415", "of 1234.5678", "of 2413.12345", "2402.012345", "W3C", "a - b", "", "10.5/x"],
)
def test_words_and_numbers_are_no_identifiers(typed):
    assert identifiers(typed) == ()
    assert lookup(typed) is None


def test_identifiers_are_found_among_words_and_taken_out_of_them():
    names, words = parted("like 2402.01234 and https://doi.org/10.5555/eel.1, but for birds")
    assert set(names) == {ARXIV, "10.5555/eel.1"}
    assert words == "like and but for birds"
    assert parted("https://arxiv.org/abs/2402.01234") == ((ARXIV,), "")
    assert parted("no paper here") == ((), "no paper here")


@given(st.text(max_size=300))
def test_any_text_may_be_pasted(text):
    names, words = parted(text)
    assert len(names) <= 20
    assert len(words) <= len(text) * 3 + 3
    for name in names:
        assert name in identifiers(name), "an identifier names itself"


@given(st.sampled_from(PASTED[:25]), st.sampled_from(["", "about ", "see: "]), st.sampled_from(["", " please"]))
def test_words_around_an_address_do_not_hide_it(pasted, before, after):
    typed, name = pasted
    if "[" not in typed:
        assert name in identifiers(f"{before}{typed}{after}")
