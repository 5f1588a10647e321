"""What an older version merged into one paper is split, and readers' votes stay where they were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.core.identity import last_resort, title_id
from broadsheet.core.types import Document
from broadsheet.core.works import agree
from broadsheet.store import Store
from broadsheet.store.derived import decoded, encoded, say_of
from broadsheet.store.merge import Record, merge
from broadsheet.upkeep import split

NOW = datetime(2026, 1, 2, tzinfo=UTC)
BELLS = Document(
    id="10.5555/book", title="Bells and their ropes", authors=("Ada Blum",), text="Long text.", source="bibtex:a.bib"
)
LAKES = replace(BELLS, title="Lakes that freeze early", authors=("Cy Dunn",), text="Ice.", source="ris:b.ris")
MOTHS = replace(BELLS, title="Moths at the lamp", authors=("Eve Fox",), text="")


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Store]:
    """A Store in which two sources speak of two papers under one id, as an older version left it."""
    with Store.open(tmp_path / "store.db") as store:
        store.papers.put([BELLS, replace(BELLS, source=LAKES.source)], now=NOW)
        merged_wrongly(store, LAKES)
        yield store


def merged_wrongly(store: Store, document: Document) -> None:
    say = say_of(document)
    with store.writing() as db:
        sql = "UPDATE records SET body = ?, digests = ? WHERE source = ?"
        db.execute(sql, (encoded(document), say.digest, document.source))
    store.check.refill([1])


def test_a_look_changes_nothing(old: Store) -> None:
    before = old.papers.last_change()
    mixed = split.look(old)
    (mixture,) = mixed.papers
    assert (mixture.number, mixture.stays, mixture.goes) == (1, BELLS, (LAKES,))
    assert (mixed.records, mixed.sources) == ((), [])
    assert old.papers.last_change() == before


def test_records_of_two_papers_are_split(old: Store) -> None:
    person = old.people.add("ada@lab.example", "reader", now=NOW)
    old.reactions.mark("votes", person.number, [1], now=NOW)
    (clash,) = split.split(old, split.look(old), now=NOW)
    assert old.papers.get(BELLS.id) == BELLS
    assert old.papers.get(clash.id) == replace(LAKES, id=clash.id, aliases=(BELLS.id,))
    assert old.check.unlike([1, 2]) == []
    assert split.look(old) == split.Mixed((), ())
    assert split.split(old, split.look(old), now=NOW) == []
    assert old.papers.put([LAKES, BELLS], now=NOW).same == 2
    with old.reading() as db:
        assert db.execute("SELECT number FROM votes").fetchall() == [(1,)]


def test_a_source_says_again_what_was_made_one_record(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        store.papers.put([MOTHS], now=NOW)
        with store.writing() as db:
            digests = " ".join(say_of(each).digest for each in (BELLS, MOTHS))
            db.execute("UPDATE records SET digests = ?", (digests,))
        assert store.papers.put([BELLS, MOTHS], now=NOW).same == 2
        mixed = split.look(store)
        assert [(each.id, each.statements) for each in mixed.records] == [(BELLS.id, 2)]
        assert mixed.sources == [BELLS.source]
        assert split.split(store, mixed, now=NOW) == []
        counts = store.papers.put([BELLS, MOTHS], now=NOW)
        assert (counts.new, counts.changed, counts.same) == (1, 0, 1)
        assert {each.document.title for each in store.papers.changes(0) if each.document} == {BELLS.title, MOTHS.title}


SOURCES = ("bibtex:a.bib", "csv:b.csv", "ris:c.ris")
papers = st.tuples(
    st.sampled_from(["Editorial", "Moths at the lamp"]),
    st.sampled_from(["Ida Lund", "Bo Lund"]),
    st.sampled_from([2011, 2012]),
    st.sampled_from(["", "2", "3"]),
    st.sampled_from(["", "1", "90"]),
)
several = st.lists(st.tuples(papers, st.sampled_from(SOURCES)), max_size=6)
printed = st.lists(st.tuples(papers.filter(lambda paper: all(paper[3:])), st.sampled_from(SOURCES)), max_size=6)


def brought(given_: Sequence[tuple[tuple[str, str, int, str, str], str]]) -> list[Document]:
    """Records without identifiers; no two of one source can be the same paper."""
    documents: list[Document] = []
    for number, ((title, author, year, volume, page), source) in enumerate(given_):
        name = last_resort(title, author, year)
        extra = {"key": str(number), "volume": volume, "pages": page}
        each = Document(id=name, title=title, authors=(author,), year=year, source=source, extra=extra)
        if not any(other.source == source and agree(each, other, former(each)) for other in documents):
            documents.append(each)
    return documents


def former(document: Document) -> str:
    return title_id(document.title, document.authors[0])


def store_as_before(store: Store, documents: Sequence[Document]) -> None:
    """Store records as an older version did: one paper for all of a title and a surname, one record of each source."""
    said: dict[tuple[str, str], list[Document]] = {}
    for each in documents:
        said.setdefault((former(each), each.source), []).append(replace(each, id=former(each)))
    for name, source in said:
        store.papers.put([replace(BELLS, id=name, source=source)], now=NOW)
    with store.writing() as db:
        for (name, source), of_source in said.items():
            united = of_source[0]
            for later in of_source[1:]:
                united = merge([Record(1, united), Record(2, later)])
            values = (encoded(united), " ".join(say_of(each).digest for each in of_source), source, name)
            sql = "UPDATE records SET body = ?, digests = ? WHERE source = ? AND number ="
            db.execute(f"{sql} (SELECT number FROM documents WHERE id = ?)", values)
    store.check.refill(list(range(1, store.papers.last_number() + 1)))


def records(store: Store) -> list[tuple[int, Document]]:
    with store.reading() as db:
        rows = db.execute("SELECT number, body FROM records").fetchall()
    return [(number, decoded(body)) for number, body in rows]


def act(store: Store, documents: Sequence[Document], name: str) -> int:
    """Split, or read a source; return how many of its records were the same."""
    if name == "split":
        split.split(store, split.look(store), now=NOW)
        return 0
    counts = store.papers.put([each for each in documents if each.source == name], now=NOW)
    assert counts.bad == ()
    return counts.same


@given(several | printed, st.lists(st.sampled_from([*SOURCES, "split"]), max_size=5), st.permutations(SOURCES))
@settings(max_examples=60, deadline=None)
def test_each_record_has_one_paper_after_a_split(
    given_: list[tuple[tuple[str, str, int, str, str], str]], acts: list[str], order: list[str]
) -> None:
    documents = brought(given_)
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "store.db") as store:
        store_as_before(store, documents)
        names = {former(each) for each in documents}
        for name in (*acts, "split", *order):
            act(store, documents, name)
        assert sum(act(store, documents, source) for source in SOURCES) == len(documents)
        stored = records(store)
        keys = sorted((each.source, each.extra["key"]) for _, each in stored)
        assert keys == sorted((each.source, each.extra["key"]) for each in documents)
        for (one, first), (other, second) in combinations(stored, 2):
            assert one != other or agree(first, second, former(first))
        if all(each.extra["volume"] and each.extra["pages"] for each in documents):  # else a record fits two papers
            pairs = [(one, other) for one, other in combinations(stored, 2) if former(one[1]) == former(other[1])]
            assert all(one[0] == other[0] or not agree(one[1], other[1], former(one[1])) for one, other in pairs)
        assert set(store.papers.many(sorted(names))) == names
        assert split.look(store) == split.Mixed((), ())


@pytest.mark.parametrize("before", [(), SOURCES[:2]])
def test_editorials_of_two_sources_are_stored_once(tmp_path: Path, before: tuple[str, ...]) -> None:
    works = [(2011, "", "", 0), (2012, "", "", 0), (2012, "2", "1", 1), (2012, "3", "90", 1)]
    given_ = [(("Editorial", "Ida Lund", year, volume, page), SOURCES[n]) for year, volume, page, n in works]
    documents = brought(given_)
    assert len(documents) == 4
    with Store.open(tmp_path / "store.db") as store:
        store_as_before(store, documents)
        person = store.people.add("ada@lab.example", "reader", now=NOW)
        store.reactions.mark("votes", person.number, [1], now=NOW)
        for name in (*before, "split", *SOURCES[:2]):
            act(store, documents, name)
        assert sum(act(store, documents, source) for source in SOURCES[:2]) == 4
        assert store.papers.count() == 3
        assert len(records(store)) == 4
        with store.reading() as db:
            assert db.execute("SELECT number FROM votes").fetchall() == [(1,)]
        assert former(documents[0]) in store.papers.many([former(documents[0])])
