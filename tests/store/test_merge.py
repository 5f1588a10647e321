"""What several sources say together does not depend on the order in which they said it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.types import Document, Name
from broadsheet.store.merge import Record, merge, renewed

words = st.text("ab ", max_size=6)
names = st.lists(st.sampled_from("abcd"), max_size=3).map(tuple)
days = st.none() | st.dates(date(2024, 1, 1), date(2024, 1, 9))
small = st.none() | st.integers(0, 3)
facts = st.dictionaries(
    st.sampled_from("xy"), st.integers(0, 3) | st.dictionaries(st.sampled_from("pq"), st.integers())
)
documents = st.builds(
    Document,
    id=st.just("2401.00001"),
    title=words,
    text=words,
    readable_title=words,
    readable_text=words,
    authors=names,
    venue=words,
    categories=names,
    keywords=names,
    submitted=days,
    updated=days,
    announced=days,
    listed=days,
    year=small,
    version=small,
    votes=small,
    comments=small,
    links=st.dictionaries(st.sampled_from(["pdf", "code"]), words),
    aliases=names,
    source=st.sampled_from(["arxiv:cs.IR", "bibtex:refs.bib", "shelf", "page:a", "page:b"]),
    extra=facts,
)
said = st.lists(documents, min_size=1, max_size=5).map(lambda ds: [Record(n, d) for n, d in enumerate(ds)])


@given(said, st.randoms())
def test_the_order_of_records_does_not_matter(records: list[Record], random: object) -> None:
    shuffled = list(records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merge(shuffled) == merge(records)


@given(st.lists(documents, min_size=1, max_size=5, unique_by=lambda d: d.source), st.permutations(range(5)))
def test_the_order_of_arrival_moves_only_the_votes(several: list[Document], order: list[int]) -> None:
    first = merge(Record(n, d) for n, d in enumerate(several))
    other = merge(Record(n, d) for n, d in zip(order, several, strict=False))
    assert replace(other, votes=first.votes, comments=first.comments) == first


@given(documents)
def test_a_single_record_is_its_own_document(document: Document) -> None:
    assert merge([Record(1, document)]) == document


@given(said)
def test_nothing_that_was_said_is_lost(records: list[Record]) -> None:
    whole = merge(records)
    for document in (r.document for r in records):
        assert set(document.aliases) <= set(whole.aliases)
        assert set(document.categories) <= set(whole.categories)
        assert set(document.links) <= set(whole.links)
        assert set(document.extra) <= set(whole.extra)
    assert bool(whole.text) == any(r.document.text for r in records)
    assert bool(whole.title) == any(r.document.title for r in records)


@pytest.mark.parametrize("shelf_first", [True, False])
def test_real_text_replaces_shelf_text_in_any_order(shelf_first: bool) -> None:
    shelf = Document(id="2401.00001", title="Tea", text="A long text of the shelf's own.", source="shelf", year=2024)
    real = Document(id="2401.00001", title="On Tea", text="Short.", source="page:today", listed=date(2024, 1, 5))
    records = [Record(1, shelf), Record(2, real)] if shelf_first else [Record(2, shelf), Record(1, real)]
    whole = merge(records)
    assert (whole.title, whole.text, whole.source) == ("On Tea", "Short.", "page:today")
    assert (whole.listed, whole.year) == (date(2024, 1, 5), 2024)
    untold = merge([Record(1, shelf), Record(2, replace(real, text=""))])
    assert (untold.title, untold.text, untold.source) == ("On Tea", shelf.text, "page:today")


def test_only_the_shelf_gives_way() -> None:
    other = Document(id="x", title="Longer words", text="Longer words win.", source="shelfware:list")
    short = Document(id="x", title="Short", text="Short.", source="page:today")
    assert merge([Record(1, short), Record(2, other)]).title == "Longer words"


def test_dates_are_united_and_votes_are_the_newest() -> None:
    one = Document(
        id="x", title="T", text="longer", source="b", votes=9, comments=1, submitted=date(2024, 1, 2), version=2,
        updated=date(2024, 3, 1), listed=date(2024, 1, 9), extra={"ranks": {"mon": 1}, "n": 1}, links={"pdf": "b"},
    )  # fmt: skip
    two = Document(
        id="x", title="U", source="a", votes=4, submitted=date(2024, 1, 3), version=1, updated=date(2024, 2, 1),
        listed=date(2024, 1, 8), extra={"ranks": {"tue": 2}, "n": 2}, links={"pdf": "a", "code": "c"},
    )  # fmt: skip
    whole = merge([Record(1, one), Record(2, two)])
    assert (whole.title, whole.votes, whole.comments, whole.version) == ("T", 4, 1, 2)
    assert (whole.submitted, whole.updated, whole.listed) == (date(2024, 1, 2), date(2024, 3, 1), date(2024, 1, 8))
    assert whole.extra == {"ranks": {"mon": 1, "tue": 2}, "n": 1}
    assert whole.links == {"pdf": "b", "code": "c"}


def test_an_estimated_day_gives_way_to_a_known_one() -> None:
    searched = Document(id="a", title="t", source="arxiv:x", estimated=date(2026, 3, 3), first_seen=date(2026, 3, 9))
    listed = Document(id="a", title="t", source="hf:daily", listed=date(2026, 3, 5))
    merged = merge([Record(1, searched), Record(2, listed)])
    assert (merged.day, merged.estimated, merged.first_seen) == (date(2026, 3, 5), None, date(2026, 3, 9))
    announced = renewed(searched, replace(searched, estimated=None, announced=date(2026, 3, 4), first_seen=None))
    assert (announced.day, announced.estimated) == (date(2026, 3, 4), None)
    again = renewed(announced, searched)
    assert (again.announced, again.estimated) == (date(2026, 3, 4), None), "a search takes nothing back"


def test_a_feed_that_tells_only_of_updates_announces_once() -> None:
    first = Document(id="a", title="t", source="feed:x", announced=date(2026, 3, 3), updated=date(2026, 3, 3))
    edited = replace(first, text="More.", announced=date(2026, 3, 9), updated=date(2026, 3, 9))
    assert renewed(first, edited).day == date(2026, 3, 3)
    corrected = replace(edited, announced=date(2026, 3, 5))
    assert renewed(first, corrected).day == date(2026, 3, 5), "a day of its own is taken as it is"


def signed(source: str, authors: str, **more: object) -> Document:
    return Document(id="a:1", title="T", authors=tuple(authors.split("; ")), source=source, **more)


def test_names_come_with_the_authors_that_they_belong_to() -> None:
    own = (Name(given="Ada", family="Roe", particle="van"), Name())
    archive, other = signed("arxiv:a", "Ada van Roe; Bo Lee", text="Long."), signed("csv:b", "Cy Tau; Bo Lee")
    assert merge([Record(1, replace(archive, names=own)), Record(2, other)]).names == own
    assert merge([Record(1, archive), Record(2, replace(other, names=own))]).names == ()


def test_names_of_another_source_serve_for_the_same_people_in_the_same_order() -> None:
    known = (Name(given="A.", family="Roe", particle="van"), Name(given="Bo", family="Lee"))
    archive, library = signed("arxiv:a", "Ada van Roe; Bo Lee", text="Long."), signed("bibtex:b", "A. van Roe; Bo Lee")
    made = merge([Record(1, archive), Record(2, replace(library, names=known))])
    assert (made.authors, made.names) == (archive.authors, known)
    turned = replace(library, authors=library.authors[::-1], names=known[::-1])
    assert merge([Record(1, archive), Record(2, turned)]).names == ()
