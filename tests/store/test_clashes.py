"""Two papers under one identifier are both stored, in any order, and no record makes a second document."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.core.identity import last_resort, title_id
from broadsheet.core.types import Document
from broadsheet.core.works import year_of
from broadsheet.store import Store
from broadsheet.store.clashes import home_of
from broadsheet.store.derived import say_of

NOW = datetime(2026, 1, 2, tzinfo=UTC)
BOOK = "10.5555/book.2018"
BELLS = Document(id=BOOK, title="Bells and their ropes", authors=("Ada Blum",), year=2018, source="bibtex:a.bib")
LAKES = replace(BELLS, title="Lakes that freeze early", authors=("Cy Dunn",))
MOTHS = replace(BELLS, title="Moths at the lamp", authors=("Eve Fox",))

people = st.sampled_from([("Ben Okoro",), ("Carla Okoro",), ("Ada Blum", "Cy Dunn"), ()])
titles = st.sampled_from(["Editorial", "Progress report on water", "Lakes that freeze early", "Rivers of Asia"])
works = st.tuples(titles, people, st.sampled_from([None, 2001, 2021]))
keys = st.sampled_from([BOOK, "10.5555/other", "csv:SLEEP", ""])
sources = st.sampled_from(["bibtex:a.bib", "csv:b.csv", "ris:c.ris"])
said = st.lists(st.tuples(works, keys, sources), max_size=10)


def record(work: tuple[str, tuple[str, ...], int | None], key: str, source: str) -> Document:
    title, authors, year = work
    name = key or last_resort(title, next(iter(authors), ""), year)
    return Document(id=name, title=title, authors=authors, year=year, source=source)


def content(documents: Iterable[Document]) -> set[tuple[object, ...]]:
    return {(d.title, d.authors, year_of(d)) for d in documents}


def everything(store: Store) -> list[Document]:
    return [each.document for each in store.papers.changes(0, 10_000) if each.document]


def put(store: Store, documents: Sequence[Document], *, together: bool) -> tuple[int, int]:
    """Bring documents in one run, or each in a run of its own; return how many were new, and how many bad."""
    runs = [documents] if together else [[each] for each in documents]
    counts = [store.papers.put(run, now=NOW) for run in runs]
    return sum(each.new for each in counts), sum(len(each.bad) for each in counts)


def known(work: tuple[str, tuple[str, ...], int | None]) -> bool:
    return bool(work[1]) and work[2] is not None


@given(said, st.booleans(), st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_every_work_is_stored_in_any_order_and_once(
    given_: list[tuple[tuple[str, tuple[str, ...], int | None], str, str]], together: bool, order: int
) -> None:
    documents = [record(*each) for each in given_ if known(each[0])]
    other = random.Random(order).sample(documents, len(documents))
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "store.db") as store:
        _, bad = put(store, documents, together=together)
        assert bad == 0
        before = everything(store)
        assert content(before) == content(documents)
        assert put(store, other, together=not together) == (0, 0)
        assert content(everything(store)) == content(documents)
        assert {each.id for each in everything(store)} == {each.id for each in before}


@given(said, st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_records_that_say_little_make_no_second_document_either(
    given_: list[tuple[tuple[str, tuple[str, ...], int | None], str, str]], order: int
) -> None:
    documents = [record(*each) for each in given_]
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "store.db") as store:
        put(store, documents, together=True)
        assert {each.title for each in everything(store)} == {each.title for each in documents}
        before = {each.id for each in everything(store)}
        other = random.Random(order).sample(documents, len(documents))
        assert put(store, documents, together=True)[0] == 0
        assert put(store, other, together=True)[0] == 0
        assert {each.id for each in everything(store)} == before


def test_chapters_of_a_book_are_papers_of_their_own(store: Store) -> None:
    counts = store.papers.put([BELLS, LAKES, MOTHS], now=NOW)
    assert (counts.new, [clash.name for clash in counts.clashes]) == (3, [BOOK, BOOK])
    lakes, moths = (store.papers.get(clash.id) for clash in counts.clashes)
    assert lakes == replace(LAKES, id=counts.clashes[0].id, aliases=(BOOK,))
    assert moths
    assert store.papers.get(BOOK) == BELLS


@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["1", "90", ""])), unique=True, max_size=8), st.integers(0, 9)
)
@settings(max_examples=40, deadline=None)
def test_every_editorial_of_a_year_is_stored_in_any_order(given_: list[tuple[int, str]], order: int) -> None:
    given_ = [
        (volume, page)
        for volume, page in given_
        if page or ((volume, "1") not in given_ and (volume, "90") not in given_)
    ]
    name = last_resort("Editorial", "Ada Blum", 2015)
    editorials = [
        replace(BELLS, id=name, title="Editorial", year=2015, extra={"volume": str(volume), "pages": page})
        for volume, page in given_
    ]
    other = random.Random(order).sample(editorials, len(editorials))
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "store.db") as store:
        assert put(store, editorials, together=True) == (len(editorials), 0)
        before = everything(store)
        assert put(store, other, together=False) == (0, 0)
        assert everything(store) == before
        assert {(d.extra["volume"], d.extra["pages"]) for d in before} == {(str(v), p) for v, p in given_}


def test_the_id_of_a_chapter_does_not_depend_on_the_order(store: Store, tmp_path: Path) -> None:
    first = store.papers.put([BELLS, LAKES, MOTHS], now=NOW).clashes
    with Store.open(tmp_path / "other.db") as other:
        second = other.papers.put([MOTHS, LAKES, BELLS], now=NOW).clashes
    assert {clash.id for clash in first} & {clash.id for clash in second} == {first[0].id}


def test_a_chapter_is_corrected_where_it_is(store: Store) -> None:
    (clash,) = store.papers.put([BELLS, LAKES], now=NOW).clashes
    corrected = replace(LAKES, title="Lakes that freeze too early", text="Ice.")
    counts = store.papers.put([corrected], now=NOW)
    assert (counts.new, counts.changed, [each.id for each in counts.clashes]) == (0, 1, [clash.id])
    stored = store.papers.get(clash.id)
    assert stored
    assert (stored.title, stored.text) == (corrected.title, "Ice.")
    assert store.papers.number_of(LAKES) == store.papers.numbers([clash.id])[clash.id]


@pytest.mark.parametrize(
    "later",
    [
        replace(BELLS, title="Bells and Their Ropes!", text="A study."),
        replace(BELLS, title="Bells and their ropes: a study"),
        replace(BELLS, authors=(), source="rss:feed"),
        replace(BELLS, authors=("Ada Blum", "Cy Dunn"), source="csv:b.csv"),
        replace(BELLS, year=2019, source="csv:b.csv"),
        replace(BELLS, year=None),
    ],
)
def test_what_agrees_is_the_same_paper(store: Store, later: Document) -> None:
    store.papers.put([BELLS], now=NOW)
    counts = store.papers.put([later], now=NOW)
    assert (counts.new, counts.clashes, store.papers.count()) == (0, (), 1)


def test_a_new_version_on_arxiv_may_change_its_title_and_authors(store: Store) -> None:
    first = replace(BELLS, id="2401.00007", version=1)
    store.papers.put([first], now=NOW)
    for later in (
        replace(first, title="On ringing", version=2),
        replace(first, title="On ringing loudly", authors=("Ada Blum", "Eve Fox"), version=3),
        replace(first, title="On loud ringing", authors=("Eve Fox",), version=4),
    ):
        assert store.papers.put([later], now=NOW).changed == 1
    assert store.papers.count() == 1


def test_a_paper_under_a_former_id_of_last_resort_is_found(store: Store) -> None:
    old = replace(BELLS, id=title_id(BELLS.title, "Ada Blum"))
    store.papers.put([old], now=NOW)
    new = replace(BELLS, id=last_resort(BELLS.title, "Ada Blum", 2018))
    assert store.papers.put([new], now=NOW).same == 1
    assert store.papers.put([replace(new, text="Rope wears."), replace(new, source="ris:b.ris")], now=NOW).new == 0
    later = replace(BELLS, id=last_resort(BELLS.title, "Ada Blum", 2021), year=2021)
    counts = store.papers.put([later], now=NOW)
    assert (counts.new, counts.clashes) == (1, ())


def test_a_deleted_paper_does_not_take_a_chapter_in(store: Store) -> None:
    (clash,) = store.papers.put([BELLS, LAKES], now=NOW).clashes
    store.papers.delete([BOOK], now=NOW)
    counts = store.papers.put([LAKES], now=NOW)
    assert (counts.same, [each.id for each in counts.clashes]) == (1, [clash.id])


def test_a_key_that_everything_shares_is_searched_in_bounded_time(store: Store) -> None:
    many = [replace(BELLS, id="csv:SLEEP", title=f"Night {n}", authors=(f"Ada B{n}",)) for n in range(150)]
    assert store.papers.put(many, now=NOW).new == 150
    assert store.papers.put(many[::-1], now=NOW).same == 150


def test_a_home_names_the_record_as_it_is_stored(store: Store) -> None:
    store.papers.put([BELLS], now=NOW)
    with store.reading() as db:
        home = home_of(db, say_of(LAKES))
    assert (home.number, home.same) == (None, False)
    assert home.clash
    assert home.say.document == replace(LAKES, id=home.clash.id, aliases=(BOOK,))
