"""When two papers are one work, and when they are not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core import works
from broadsheet.core.types import Document

TEXT = (
    "We count the rings of driftwood logs found on northern beaches and date the storms that felled them. Each ring is "
    "measured under a lens, compared with a master series from living trees, and given a year. The method finds three "
    "storms that no chronicle mentions, and moves one that chronicles misdate by a decade."
)
PREPRINT = Document(
    id="2401.00007",
    title="Dating Storms by Driftwood",
    text=TEXT,
    authors=("Ada Blum", "Cyrus van Doe"),
    source="arxiv:cs.CV",
)
AT_VENUE = Document(
    id="conf:17",
    title="Dating {S}torms by Driftwood.",
    text=TEXT,
    authors=("A. Blum", "Doe Cyrus van"),
    source="csv:conf.csv",
)


def venue(**changes: object) -> Document:
    return replace(AT_VENUE, **changes)


def test_the_same_title_and_an_author_are_one_work() -> None:
    assert works.tie(PREPRINT, venue()) == "title"
    assert works.tie(PREPRINT, venue(text="")) == "title"


def test_a_title_of_four_words_is_enough_for_a_record_without_authors() -> None:
    assert works.tie(PREPRINT, replace(AT_VENUE, authors=(), text="")) == "title"
    short = replace(PREPRINT, title="Dating Storms")
    assert works.tie(short, replace(AT_VENUE, title="Dating Storms", authors=(), text="")) is None


def test_other_authors_are_another_work() -> None:
    assert works.tie(PREPRINT, replace(AT_VENUE, authors=("Zoe Other",))) is None


def test_an_identifier_in_common_is_one_work_unless_title_and_authors_differ() -> None:
    named = replace(PREPRINT, aliases=("10.5555/wood",))
    other = venue(aliases=("10.5555/wood",), title="Storms in Rings", text="")
    assert works.tie(named, other) == "identifier"
    assert works.tie(named, replace(other, authors=("Zoe Other",))) is None
    assert works.tie(replace(PREPRINT, aliases=("csv:1",)), venue(aliases=("csv:1",), title="Rings", text="")) is None


def test_abstracts_and_authors_show_through_another_title() -> None:
    renamed = venue(title="What Logs on Beaches Know of Storms")
    assert works.tie(PREPRINT, renamed) == "text"
    assert works.tie(PREPRINT, replace(renamed, authors=("Zoe Other",))) is None
    assert works.tie(PREPRINT, replace(renamed, authors=())) is None
    assert works.tie(PREPRINT, replace(renamed, text="Another text of many words. " * 20)) is None


@pytest.mark.parametrize("title", ["Preface", "Preface to the Volume", "Introduction", "Reply"])
def test_titles_that_every_volume_has_join_nothing(title: str) -> None:
    one, other = replace(PREPRINT, title=title, text=""), venue(title=title, text="")
    assert works.tie(one, other) is None


def test_a_source_that_tells_two_apart_is_believed() -> None:
    assert works.tie(PREPRINT, venue(source="arxiv:cs.CV")) is None
    assert works.tie(PREPRINT, venue(aliases=("2402.00001",))) is None
    assert works.tie(PREPRINT, venue(aliases=("2401.00007",))) == "identifier"


@given(st.text(max_size=60), st.text(max_size=60), st.lists(st.text(max_size=20), max_size=3))
def test_the_order_of_the_two_does_not_matter(one: str, other: str, authors: list[str]) -> None:
    a = replace(PREPRINT, title=one, authors=tuple(authors), text="")
    b = venue(title=other)
    assert works.tie(a, b) == works.tie(b, a)


def test_a_group_never_takes_in_two_that_stand_apart() -> None:
    papers = {1: PREPRINT, 2: venue(), 3: venue(id="conf:18"), 4: venue(id="web:1", source="ris:x", text="")}
    pairs = [(1, 2), (1, 3), (1, 4), (2, 4), (3, 4)]
    assert works.groups(papers, pairs) == [(1, 2, 4)]
    assert works.groups(papers, [(b, a) for a, b in reversed(pairs)]) == [(1, 2, 4)]


def test_what_a_reader_set_apart_stays_apart() -> None:
    papers = {1: PREPRINT, 2: venue()}
    assert works.groups(papers, [(1, 2)]) == [(1, 2)]
    assert works.groups(papers, [(1, 2)], lambda one, other: {one, other} == {"2401.00007", "conf:17"}) == []


def test_copies_share_a_part_of_their_sketch() -> None:
    copy = TEXT.replace("three storms", "four storms")
    assert set(works.sketch(TEXT)) & set(works.sketch(copy))
    assert len(works.sketch(TEXT)) == works.SKETCH
    assert works.alike(TEXT, copy) > 0.7
    assert works.sketch("Too short to tell.") == ()
    assert works.alike("", TEXT) == 0.0


def test_a_later_version_is_seen() -> None:
    assert not works.revised(replace(PREPRINT, version=1))
    assert works.revised(replace(PREPRINT, version=2))
