"""A reader's own library: what is there already is found, the rest goes in, and nothing private with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.daily.day import feed
from broadsheet.ingest import ingest
from broadsheet.people.library import import_library, match_library, take_library
from broadsheet.search.hybrid import search
from broadsheet.sources.library_file import read_library
from broadsheet.sync import sync
from fakes import NOW, WordEncoder

BIB = rb"""
@article{one, title={Tides in Narrow Harbours}, author={Moor, Ann}, eprint={2401.00001}, archiveprefix={arXiv},
  abstract={Another abstract}, keywords={to read, boss said so}, file={/home/me/secret.pdf}, annote={boring}}
@article{two, title={Ropes and Knots of the North}, author={Tau, Bo}, doi={10.5555/ROPES}, year={2019}}
@article{three, title={A Buoy That Nobody Knows}, author={Cork, Cy}, year={2020}, pdf={https://intra.example/b.pdf}}
@article{four, title={A Buoy That Nobody Knows}, author={Cork, Cy}, year={2020}}
@article{five, title={Lanterns for Small Piers}, author={Wick, Di}, eprint={2402.00002}, archiveprefix={arXiv},
  primaryclass={cs.RO}, url={https://arxiv.org/abs/2402.00002}}
@article{six, author={No, Title}}
"""
RIS = b"TY  - JOUR\nTI  - Lanterns for Small Piers\nAU  - Wick, Di\nAN  - 17\nER  - \n"
CSV = (
    b'"Key","Item Type","Publication Year","Author","Title","DOI","Date Added","Notes",'
    b'"File Attachments","Manual Tags"\n'
    b'"AB12","journalArticle","2021","Reef, Eve; Sand, Flo","Sand Banks, Seen from Above","10.5555/sand",'
    b'"2026-03-01","<p>my note</p>","/home/me/x.pdf","thesis; later"\n'
)
THERE = (
    Document(id="2401.00001", title="Tides in Narrow Harbours", authors=("Ann Moor",), listed=date(2026, 3, 1)),
    Document(id="conf:7", title="Ropes and Knots of the North!", authors=("Bo Tau",), venue="ROPE"),
)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(tmp_path, encoder=WordEncoder()) as opened:
        ingest(opened, THERE, now=NOW, name="jsonl:there")
        yield opened


def test_papers_are_found_by_identifier_and_by_title_and_author(collection: Collection) -> None:
    found = match_library(collection, read_library(BIB, "refs.bib"))
    assert collection.store.papers.ids(found.known) == {1: "2401.00001", 2: "conf:7"}
    assert [d.title for d in found.new] == ["A Buoy That Nobody Knows", "Lanterns for Small Piers"]
    assert [(b.where, b.reason) for b in found.bad] == [("refs.bib:9", "no title")]


def test_what_is_missing_goes_in_without_a_day(collection: Collection) -> None:
    taken = take_library(collection, read_library(BIB, "refs.bib"), "r1", now=NOW)
    assert (len(taken.likes), taken.new, len(taken.bad)) == (4, 2, 1)
    again = take_library(collection, read_library(BIB, "refs.bib"), "r1", now=NOW)
    assert (again.likes, again.new) == (taken.likes, 0)
    assert collection.store.days.between(date.min, date.max) == [1]
    assert feed(collection, now=NOW).total == 1
    sync(collection)
    assert search(collection, "buoy that nobody knows", k=1).items[0].document.source == "library:r1"
    assert len(collection.space.snapshot().of(list_of(taken.likes))) == 4
    (run, *_) = collection.store.journal.runs()
    assert (run.source, run.new, run.bad) == ("library:r1", 0, 1)
    assert [p.record.reason for p in collection.store.journal.problems()] == ["no title"]
    assert collection.store.journal.good_runs(1)[0].source == "jsonl:there"


def list_of(numbers):
    import numpy as np

    return np.array(numbers)


def test_nothing_private_goes_in(collection: Collection) -> None:
    for data, name in ((BIB, "refs.bib"), (CSV, "My Library.csv")):
        take_library(collection, read_library(data, name), "r1", now=NOW)
    known = collection.store.papers.by_numbers(range(1, 9)).values()
    ours = {paper.title: paper for paper in known if paper.source == "library:r1"}
    assert len(ours) == 3
    for paper in ours.values():
        assert (paper.keywords, paper.extra, paper.day) == ((), {}, None)
        assert set(paper.links) <= {"abstract"}
        assert paper.id in {"2402.00002", "10.5555/sand"} or paper.id.startswith("title:"), "no key of the file's own"
    assert ours["Lanterns for Small Piers"].categories == ("cs.RO",)
    assert ours["Sand Banks, Seen from Above"].authors == ("Eve Reef", "Flo Sand")


def test_keys_of_two_files_are_not_mixed_up(collection: Collection) -> None:
    other = RIS.replace(b"Lanterns for Small Piers", b"Harbour Cats at Night").replace(b"Wick, Di", b"Paw, Gus")
    first = take_library(collection, read_library(RIS, "mine.ris"), "r1", now=NOW)
    second = take_library(collection, read_library(other, "mine.ris"), "r2", now=NOW)
    assert (first.new, second.new) == (1, 1)
    assert first.likes != second.likes


def test_an_archive_has_the_last_word_on_a_paper(collection: Collection) -> None:
    bogus = BIB.replace(b"Lanterns for Small Piers", b"Buy My Lanterns Now And Get A Very Long Title")
    (number,) = take_library(collection, read_library(bogus, "x.bib"), "r1", now=NOW).likes[-1:]
    real = Document(id="2402.00002", title="Lanterns for Small Piers", text="Real.", authors=("Di Wick",))
    ingest(collection, [real], now=NOW, name="arxiv:cs.RO")
    paper = collection.store.papers.by_numbers([number])[number]
    assert (paper.title, paper.source) == ("Lanterns for Small Piers", "arxiv:cs.RO")


def test_a_name_must_be_plain(collection: Collection) -> None:
    with pytest.raises(UsageError, match="cannot name a library"):
        take_library(collection, [], "a b", now=NOW)


def test_a_file_becomes_a_list_of_its_name(collection: Collection) -> None:
    person = collection.store.people.add("ada@example.org", "reader", now=NOW).number
    made = import_library(collection, person, BIB, "C:\\Papers\\My thesis.bib.gz", now=NOW)
    assert (made.name, made.saved, made.known, made.taken.new) == ("My thesis", 4, 2, 2)
    assert set(collection.store.lists.saved(person, made.list)) == set(made.taken.likes)
    again = import_library(collection, person, BIB, "My thesis.bib", now=NOW)
    assert (again.list, again.saved, again.taken.new) == (made.list, 0, 0), "imported again, nothing is new"
    assert import_library(collection, person, RIS, "../\u202e .ris", now=NOW).name == "Library"


def test_the_stored_score_of_a_paper_rises_with_the_library_that_has_it(collection: Collection) -> None:
    def score() -> float | None:
        [row] = collection.store.trends.rows(list(collection.store.papers.numbers(["2401.00001"]).values()))
        return row.score

    scores = []
    for name in ("ada", "ben"):
        person = collection.store.people.add(f"{name}@example.org", "reader", now=NOW).number
        import_library(collection, person, BIB, "thesis.bib", now=NOW)
        scores.append(score())
    assert None not in scores
    assert scores[1] > scores[0]
