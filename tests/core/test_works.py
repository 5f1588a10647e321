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


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Dating Storms by Drift-Wood", "Dating storms by driftwood"),
        ("Driftwood: How Storms Are Dated", "Driftwood"),
        ("Driftwood - how storms are dated", "Driftwood"),
    ],
)
def test_hyphens_and_subtitles_do_not_part_one_title(title: str, short: str) -> None:
    one, other = replace(PREPRINT, title=title, text=""), venue(title=short, text="")
    assert works.tie(one, other) == works.tie(other, one) == "title"
    assert works.title_marks(title) & works.title_marks(short)
    assert works.marks(one) & works.marks(other)


@pytest.mark.parametrize("part", ["Driftwood: Part II", "Driftwood. II", "Driftwood: Erratum", "Erratum: Driftwood"])
def test_a_part_or_an_erratum_is_another_work(part: str) -> None:
    assert works.tie(replace(PREPRINT, title="Driftwood", text=""), venue(title=part, text="")) is None


def test_a_shortened_title_needs_half_of_the_people() -> None:
    whole = replace(PREPRINT, title="Driftwood: How Storms Are Dated", text="")
    assert works.tie(whole, venue(title="Driftwood", text="", authors=())) is None
    assert works.tie(whole, venue(title="Driftwood", text="", authors=("Zoe Other", "A. Blum"))) == "title"
    assert works.tie(whole, venue(title="Driftwood", text="", authors=("Zoe Other",))) is None


REPORT = "Report of the water committee"


def published(doi: str, year: int | None, source: str, authors: tuple[str, ...] = ("Ada Blum",)) -> Document:
    return Document(id=doi, title=REPORT, authors=authors, year=year, source=source)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("10.5555/r1", 2019), ("10.5555/r2", 2020), None),
        (("10.5555/r1", 2019), ("10.5555/r2", 2019), "title"),
        (("10.5555/r1", 2019), ("10.5555/r2", None), "title"),
        (("10.1101/2019.12.01.123456", 2019), ("10.5555/r2", 2020), "title"),
        (("10.2139/ssrn.7", 2017), ("10.5555/r2", 2020), "title"),
        (("10.48550/arxiv.1912.00001", 2019), ("10.5555/r2", 2020), "title"),
        (("csv:7", 2019), ("ris:8", 2020), "title"),
        (("csv:7", 2008), ("ris:8", 2020), None),
    ],
)
def test_two_dois_in_two_years_are_two_works_but_a_preprint_is_not(
    one: tuple[str, int | None], other: tuple[str, int | None], expected: str | None
) -> None:
    assert works.tie(published(*one, "csv:a"), published(*other, "ris:b")) == expected


def test_unsigned_papers_of_two_dois_are_two_works() -> None:
    one, other = published("10.5555/r1", 2019, "csv:a", ()), published("10.5555/r2", None, "ris:b", ())
    assert works.tie(one, other) is None
    assert works.tie(replace(one, id="2401.00007"), other) == "title"


def test_a_record_set_aside_shares_no_identifier() -> None:
    aside = venue(id="title:00000000000000000000", aliases=("10.5555/wood",), title="Storms in Rings", text="")
    assert works.tie(replace(PREPRINT, aliases=("10.5555/wood",)), aside) is None


@pytest.mark.parametrize("name", ["2401.00007", "10.5555/wood", "csv:7", "title:0123456789abcdef"])
def test_records_of_one_paper_agree(name: str) -> None:
    for other in (
        PREPRINT,
        replace(PREPRINT, title="Dating storms by Drift-wood"),
        replace(PREPRINT, authors=()),
        replace(PREPRINT, authors=("A. Blum",), text=""),
        replace(PREPRINT, title="Dating Strorms by Driftwood"),
    ):
        assert works.agree(PREPRINT, other, name)
        assert works.agree(other, PREPRINT, name)


@pytest.mark.parametrize("name", ["2401.00007", "10.5555/wood", "csv:7", "title:0123456789abcdef"])
def test_records_with_nothing_in_common_do_not_agree(name: str) -> None:
    other = replace(PREPRINT, title="Eels at night", authors=("Zoe Other",), text="")
    assert not works.agree(PREPRINT, other, name)
    assert not works.agree(PREPRINT, replace(other, authors=()), name)


@pytest.mark.parametrize(
    ("name", "expected"), [("2401.00007", True), ("openreview:x", True), ("10.5555/wood", False), ("csv:7", False)]
)
def test_an_archive_is_believed_when_people_or_titles_agree(name: str, expected: bool) -> None:
    bare = replace(PREPRINT, text="")
    assert works.agree(bare, replace(bare, title="What logs know"), name) is expected
    assert works.agree(bare, replace(bare, authors=("The Ring Collaboration",)), name) is expected
    assert works.agree(PREPRINT, replace(PREPRINT, title="What logs know"), name)
    assert works.agree(replace(bare, year=2001), replace(bare, year=2021), name) is expected


def test_a_title_of_every_year_needs_the_year() -> None:
    one = Document(id="10.5555/x", title="Editorial", authors=("Ada Blum",), year=2015)
    assert not works.agree(one, replace(one, year=2016), "10.5555/x")
    assert works.agree(one, replace(one, year=None), "10.5555/x")
    assert works.agree(replace(one, title=REPORT), replace(one, title=REPORT, year=2016), "10.5555/x")
    assert works.year_of(replace(one, year=None)) is None


def printed(
    title: str = "Editorial", venue: str = "Snow Notes", source: str = "bibtex:a.bib", **place: str
) -> Document:
    return Document(
        id="title:ab", title=title, authors=("Ada Blum",), year=2015, venue=venue, source=source, extra=place
    )


def test_an_editorial_of_one_year_needs_its_place_in_print() -> None:
    one = printed(volume="2", pages="1--2")
    assert works.agree(one, printed(volume="02", pages="1-2"), "title:ab")
    assert works.agree(one, printed(), "title:ab")
    assert not works.agree(one, printed(volume="3"), "title:ab")
    assert not works.agree(one, printed(volume="2", pages="90"), "title:ab")
    assert not works.agree(one, printed(venue="Ice Notes"), "title:ab")
    assert works.agree(one, printed(venue="Snow N.", source="ris:b.ris"), "title:ab"), (
        "two sources write it in two ways"
    )
    assert works.agree(printed(REPORT, volume="2"), printed(REPORT, volume="3"), "title:ab"), "a title that tells"
    assert works.agree(one, printed(volume="3"), "10.5555/x"), "a DOI tells them"
    assert works.place_of(one) == ("2", "", "1", "snow notes")


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
