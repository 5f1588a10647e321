"""The status of a paper: what a source states, and what only looks like a statement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.status import FALLEN, WHOLE_WORK, gravest, of_arxiv, status_in_words, status_of, titled
from broadsheet.core.types import Document, Status

PAPER = Document(id="2402.01234", title="Eels in ditches", text="Eels are counted.", source="arxiv:q-bio")


@pytest.mark.parametrize(
    ("comment", "abstract"),
    [
        ("Withdrawn: an error in section 2", ""),
        ("12 pages. This paper has been withdrawn by the author due to an error", ""),
        ("withdrawn by arXiv administrators", ""),
        ("", "This paper has been withdrawn by the author due to a sign error."),
        ("", "The submission was voluntarily withdrawn."),
        ("Article withdrawn by the authors", ""),
    ],
)
def test_a_withdrawal_at_arxiv_is_seen(comment, abstract):
    assert of_arxiv(comment, abstract) == Status("withdrawn", "arxiv")


@pytest.mark.parametrize(
    ("comment", "abstract"),
    [
        ("12 pages", "Banknotes withdrawn from circulation are sorted by wear."),
        ("", "Britain has withdrawn from the treaty because its paper was withdrawn."),
        ("On troops that were withdrawn by the army", ""),
        ("", "We study why a paper has been withdrawn."),
        (7, "Eels."),
        (None, ""),
    ],
)
def test_a_word_is_no_status(comment, abstract):
    assert of_arxiv(comment, abstract) is None


def test_publishers_say_it_before_the_title():
    assert titled("RETRACTED: Eels cure everything") == Status("retracted", "title")
    assert titled("RETRACTED ARTICLE: Eels cure everything") == Status("retracted", "title")
    assert titled("[WITHDRAWN] Eels") == Status("withdrawn", "title")
    for title in ("Retracted: a study of retractions", "RETRACTED papers and their readers", "Why REMOVED: eels"):
        assert titled(title) is None


def test_the_gravest_counts_whatever_the_order():
    dated = Status("retracted", "crossref", date(2026, 1, 2))
    for order in permutations([Status("erratum", "acl"), Status("retracted", "openalex"), None, dated]):
        assert gravest(order) == dated
    assert gravest([None]) is None


def test_records_from_before_statuses_have_the_one_that_their_source_stated():
    assert status_of(PAPER) is None
    assert status_of(replace(PAPER, extra={"retracted": True})) == Status("retracted", "openalex")
    assert status_of(replace(PAPER, extra={"comment": "Withdrawn: a slip"})) == Status("withdrawn", "arxiv")
    assert status_of(replace(PAPER, id="own:1", extra={"comment": "Withdrawn: a slip"})) is None
    assert status_of(replace(PAPER, text="This paper has been withdrawn.", id="own:1")) is None
    known = Status("rejected", "openreview")
    assert status_of(replace(PAPER, status=known, extra={"retracted": True})) == known


def test_a_status_in_words():
    assert status_in_words(Status("retracted", "openalex", date(2026, 5, 3))) == "retracted (OpenAlex, 2026-05-03)"
    assert status_in_words(Status("erratum", "acl")) == "with an erratum (ACL Anthology)"
    assert status_in_words(Status("withdrawn")) == "withdrawn"


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_may_be_a_comment(comment, abstract):
    assert of_arxiv(comment, abstract) in (None, Status("withdrawn", "arxiv"))
    assert titled(comment) is None or titled(comment).kind in FALLEN


def test_what_concerns_the_whole_work_is_grave():
    assert WHOLE_WORK < FALLEN
