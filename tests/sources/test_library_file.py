"""An uploaded library file: its content says what it is, and whatever it is, it is read within bounds."""

from __future__ import annotations

import errno
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import BroadsheetError, CollectionError, SourceError, UsageError
from broadsheet.core.types import BadRecord, Document
from broadsheet.sources.library_file import MOST, read_library

BIB = b"""
@article{one, title={Tides in Narrow Harbours}, author={Moor, Ann}, eprint={2401.00001}, archiveprefix={arXiv}}
"""
RIS = b"TY  - JOUR\nTI  - Lanterns for Small Piers\nAU  - Wick, Di\nAN  - 17\nER  - \n"
CSV = (
    b'"Key","Item Type","Publication Year","Author","Title","DOI","Date Added","Notes",'
    b'"File Attachments","Manual Tags"\n'
    b'"AB12","journalArticle","2021","Reef, Eve; Sand, Flo","Sand Banks, Seen from Above","10.5555/sand",'
    b'"2026-03-01","<p>my note</p>","/home/me/x.pdf","thesis; later"\n'
)


@pytest.mark.parametrize(
    ("data", "name", "title"),
    [
        (RIS, "export.bib", "Lanterns for Small Piers"),
        (gzip.compress(RIS, mtime=0), "export.ris.gz", "Lanterns for Small Piers"),
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
        (b"hello", "refs.txt", "not a library that can be read"),
        (b"\x1f\x8bnot gzip", "refs.bib.gz", "cannot be unpacked"),
        (b"colour,size\nred,1\n", "refs.csv", "no column 'title'"),
        (gzip.compress(b"@article{a,title={x}}\n" * 500_000, mtime=0), "refs.bib.gz", "larger than"),
        (b"@article{a,title={x}}\n" * 5_001, "refs.bib", "more than 5,000 records"),
        (b"TY  - JOUR\nTI  - x\nER  - \n" * 5_001, "refs.ris", "more than 5,000 records"),
        (b"@article{a,title={x}}\r" * 5_001, "refs.bib", "more than 5,000 records"),
        (b"\xef\xbb\xbf" + ("@article{a,title={x}}\n" * 5_001).encode("utf-16"), "refs.bib", "more than 5,000 records"),
        (b"@article{a,title={x}," + b"f={x}," * 150_000 + b"}", "refs.bib", "more than 150,000 fields"),
        (gzip.compress(gzip.compress(BIB, mtime=0), mtime=0), "refs.bib", "packed twice: unpack it first"),
        (b"\xef\xbb\xbf" + gzip.compress(BIB, mtime=0), "refs.bib", "packed twice: unpack it first"),
        (b"title," * 80_000 + b"\n", "x.csv", "has 80,001 columns; at most 500 are read"),
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


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode), st.text(max_size=30))
def test_any_bytes_are_records_or_one_clear_error(data: bytes, name: str) -> None:
    try:
        found = read_library(data, name)
    except BroadsheetError:
        return
    assert all(isinstance(each, Document | BadRecord) for each in found)
    assert len(found) <= MOST


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"," * 200_000, "not a library that can be read"),
        (b"title " * 40_000, "not a library that can be read"),
        (b"," * 200_000 + b"subtitles", "not a library that can be read"),
        (b"title " * 40_000 + b",", "not a library that can be read"),
    ],
)
def test_a_first_line_of_any_length_is_looked_at_once(line: bytes, says: str) -> None:
    """An expression that tries every pair of places would take minutes here."""
    with pytest.raises(BroadsheetError, match=says):
        read_library(line, "x.unknown")
