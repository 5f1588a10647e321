"""A reader's own library: what is there already is found, the rest goes in, and nothing private with it."""

from __future__ import annotations

import errno
import gzip
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.collection import Collection, open_collection
from broadsheet.errors import BroadsheetError, CollectionError, SourceError, UsageError
from broadsheet.feed.daily import feed
from broadsheet.ingest import ingest
from broadsheet.relevance import library
from broadsheet.relevance.library import matched_library, read_library, take_library
from broadsheet.search.hybrid import search
from broadsheet.sync import sync
from broadsheet.types import BadRecord, Document
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
    found = matched_library(collection, read_library(BIB, "refs.bib"))
    assert collection.store.ids(found.known) == {1: "2401.00001", 2: "conf:7"}
    assert [d.title for d in found.new] == ["A Buoy That Nobody Knows", "Lanterns for Small Piers"]
    assert [(b.where, b.reason) for b in found.bad] == [("refs.bib:9", "no title")]


def test_what_is_missing_goes_in_without_a_day(collection: Collection) -> None:
    taken = take_library(collection, read_library(BIB, "refs.bib"), "r1", now=NOW)
    assert (len(taken.likes), taken.new, len(taken.bad)) == (4, 2, 1)
    again = take_library(collection, read_library(BIB, "refs.bib"), "r1", now=NOW)
    assert (again.likes, again.new) == (taken.likes, 0)
    assert collection.store.on_days(date.min, date.max) == [1]
    assert feed(collection, now=NOW).total == 1
    sync(collection)
    assert search(collection, "buoy that nobody knows", k=1).items[0].document.source == "library:r1"
    assert len(collection.space.snapshot().of(list_of(taken.likes))) == 4
    (run, *_) = collection.store.runs()
    assert (run.source, run.new, run.bad) == ("library:r1", 0, 1)
    assert [p.record.reason for p in collection.store.problems()] == ["no title"]
    assert collection.store.last_good_run().source == "jsonl:there"


def list_of(numbers):
    import numpy as np

    return np.array(numbers)


def test_nothing_private_goes_in(collection: Collection) -> None:
    for data, name in ((BIB, "refs.bib"), (CSV, "My Library.csv")):
        take_library(collection, read_library(data, name), "r1", now=NOW)
    known = collection.store.by_numbers(range(1, 9)).values()
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
    paper = collection.store.by_numbers([number])[number]
    assert (paper.title, paper.source) == ("Lanterns for Small Piers", "arxiv:cs.RO")


@pytest.mark.parametrize(
    ("data", "name", "title"),
    [
        (RIS, "export.bib", "Lanterns for Small Piers"),
        (gzip.compress(RIS), "export.ris.gz", "Lanterns for Small Piers"),
        (CSV, "library", "Sand Banks, Seen from Above"),
        (CSV.decode().encode("utf-16"), "library.csv", "Sand Banks, Seen from Above"),
        (b"\xef\xbb\xbf" + BIB.strip(), "../../etc/passwd", "Tides in Narrow Harbours"),
    ],
)
def test_the_content_says_what_it_is(data: bytes, name: str, title: str) -> None:
    assert read_library(data, name)[0].title == title


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "refs.bib", "is empty"),
        (b"hello", "refs.txt", "no library that can be read"),
        (b"\x1f\x8bnot gzip", "refs.bib.gz", "cannot be unpacked"),
        (b"colour,size\nred,1\n", "refs.csv", "no column 'title'"),
        (gzip.compress(b"@article{a,title={x}}\n" * 500_000), "refs.bib.gz", "larger than"),
        (b"@article{a,title={x}}\n" * 5_001, "refs.bib", "more than 5,000 records"),
        (b"TY  - JOUR\nTI  - x\nER  - \n" * 5_001, "refs.ris", "more than 5,000 records"),
        (b"@article{a,title={x}}\r" * 5_001, "refs.bib", "more than 5,000 records"),
        (b"\xef\xbb\xbf" + ("@article{a,title={x}}\n" * 5_001).encode("utf-16"), "refs.bib", "more than 5,000 records"),
        (b"@article{a,title={x}," + b"f={x}," * 150_000 + b"}", "refs.bib", "more than 150,000 fields"),
        (gzip.compress(gzip.compress(BIB)), "refs.bib", "packed twice: unpack it first"),
        (b"\xef\xbb\xbf" + gzip.compress(BIB), "refs.bib", "packed twice: unpack it first"),
        (b"title," * 80_000 + b"\n", "x.csv", "has 80,001 columns, at most 500 are read"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, name: str, says: str) -> None:
    with pytest.raises((UsageError, SourceError), match=says) as caught:
        read_library(data, name)
    assert "/tmp" not in str(caught.value)


def test_one_odd_record_costs_no_upload() -> None:
    record = b"TY  - JOUR\nTI  - One paper title\nER  - \n"
    odd = b"TY  - JOUR\nTI  - Two paper title\nUK  - x\nER  - \n"
    assert [each.title for each in read_library(record + odd + record, "uk.ris") if isinstance(each, Document)] == [
        "One paper title", "Two paper title", "One paper title",
    ]  # fmt: skip


def test_a_reader_that_fails_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broadsheet.sources.ris._pieces", lambda _: {}["owls"])
    with pytest.raises(SourceError, match=r"'uk.ris' cannot be read as ris \(KeyError: 'owls'\): export") as caught:
        read_library(RIS, "uk.ris")
    assert "/tmp" not in str(caught.value)


def test_a_disk_without_room_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def write_bytes(_path: Path, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    with pytest.raises(CollectionError, match="the disk is full"):
        read_library(RIS, "uk.ris")


def test_a_name_must_be_plain(collection: Collection) -> None:
    with pytest.raises(UsageError, match="cannot name a library"):
        take_library(collection, [], "a b", now=NOW)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode), st.text(max_size=30))
def test_any_bytes_are_records_or_one_clear_error(data: bytes, name: str) -> None:
    try:
        found = read_library(data, name)
    except BroadsheetError:
        return
    assert all(isinstance(each, Document | BadRecord) for each in found)
    assert len(found) <= library.MOST


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"," * 200_000, "no library that can be read"),
        (b"title " * 40_000, "no library that can be read"),
        (b"," * 200_000 + b"subtitles", "no library that can be read"),
        (b"title " * 40_000 + b",", "no table: field larger"),
    ],
)
def test_a_first_line_of_any_length_is_looked_at_once(line: bytes, says: str) -> None:
    """An expression that tries every pair of places would take minutes here."""
    with pytest.raises(BroadsheetError, match=says):
        read_library(line, "x.unknown")
