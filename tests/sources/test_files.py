"""Files that nobody has checked are read in bounded memory, and mistakes are one line that helps."""

from __future__ import annotations

import gzip
import os
import threading
import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from broadsheet.core.errors import NotFoundError, SourceError
from broadsheet.core.types import BadRecord, Document
from broadsheet.sources import files
from broadsheet.sources.files import FileSource, bad, chunks, decoded, lines, stem, whole


def written(folder: Path, data: bytes, name: str = "a.jsonl") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def text_of(path: Path, **options: int) -> str:
    with whole(path, **options) as text:
        return text


def test_gzip_is_known_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(b"one\ntwo"))
    assert list(lines(path)) == [(1, b"one\n"), (2, b"two")]
    assert text_of(path) == "one\ntwo"
    assert list(lines(written(tmp_path, b"plain", "b.gz"))) == [(1, b"plain")]


def test_byte_order_marks(tmp_path: Path) -> None:
    assert list(lines(written(tmp_path, b"\xef\xbb\xbfa\n"))) == [(1, b"a\n")]
    assert b"".join(chunks(written(tmp_path, b"\xef\xbb\xbfa"))) == b"a"
    assert text_of(written(tmp_path, "é\r\nb\rc".encode("utf-16"))) == "é\nb\nc"


def test_a_line_without_end_costs_only_itself_and_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 1000)
    path = tmp_path / "long.jsonl"
    with gzip.open(path, "wb", compresslevel=1) as out:
        out.write(b"before\n")
        for _ in range(16):
            out.write(b"x" * 2**20)
        out.write(b"\nafter\n")
    tracemalloc.start()
    found = list(lines(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found[0] == (1, b"before\n")
    assert found[2:] == [(3, b"after\n")]
    assert isinstance(found[1], BadRecord)
    assert found[1].where == "long.jsonl:2"
    assert "1,000 bytes" in found[1].reason
    assert peak < 2 * 2**20


def test_what_came_before_a_break_is_given_out(tmp_path: Path) -> None:
    data = gzip.compress(b"".join(b"%d %s\n" % (i, os.urandom(20).hex().encode()) for i in range(5_000)))
    seen: list[object] = []
    with pytest.raises(SourceError, match="cannot be read"):
        seen.extend(lines(written(tmp_path, data[: len(data) // 2])))
    assert len(seen) > 1_000


@pytest.mark.parametrize("cut", [slice(-9), slice(-4_000)])
def test_of_a_whole_text_that_breaks_off_the_beginning_is_there(tmp_path: Path, cut: slice) -> None:
    text = b"".join(b"%d %s\n" % (i, os.urandom(20).hex().encode()) for i in range(1_000))
    broken = written(tmp_path, gzip.compress(text)[cut])
    with pytest.raises(SourceError, match="cannot be read"), whole(broken) as seen:
        assert seen
    assert text.decode().startswith(seen)
    assert len(seen) > len(text) / 2
    assert b"".join(until_it_breaks(chunks(broken))).decode() == seen


def until_it_breaks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    with pytest.raises(SourceError):
        yield from pieces


def test_a_gzip_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_UNPACKS_TO_AT_LEAST", 10_000)
    path = written(tmp_path, gzip.compress(b"0\n" * 5_000_000))
    with pytest.raises(SourceError, match="unpacks to more than"):
        for _ in lines(path):
            pass


def test_a_text_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="split it into smaller files"):
        text_of(written(tmp_path, b"x" * 101), most=100)


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"\xfd7zXZ\x00", b"BZh9"])
def test_archives_are_named(tmp_path: Path, magic: bytes) -> None:
    with pytest.raises(SourceError, match="unpack it"):
        text_of(written(tmp_path, magic + b"rest"))


def test_missing_files_name_the_nearest(tmp_path: Path) -> None:
    written(tmp_path, b"", "papers.jsonl")
    with pytest.raises(NotFoundError, match=r"Did you mean papers.jsonl\?"):
        text_of(tmp_path / "paper.jsonl")
    with pytest.raises(NotFoundError, match="missing or empty"):
        text_of(tmp_path / "nowhere" / "paper.jsonl")


def test_names_that_the_system_refuses(tmp_path: Path) -> None:
    for name in ("x" * 5_000, "a\0b"):
        with pytest.raises((SourceError, NotFoundError)):
            text_of(tmp_path / name)


def test_a_folder_and_a_pipe_are_no_files(tmp_path: Path) -> None:
    written(tmp_path, b"", "inside.ris")
    with pytest.raises(SourceError, match=r"is a folder; name one file in it: inside.ris"):
        text_of(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="not a regular file"):
        text_of(tmp_path / "pipe")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = written(tmp_path, b"secret")
    path.chmod(0)
    with pytest.raises(SourceError, match="Permission denied"):
        text_of(path)


def test_invalid_utf8_is_seen_and_not_fatal(tmp_path: Path) -> None:
    text = text_of(written(tmp_path, b"caf\xe9 ok"))
    with pytest.raises(ValueError, match="byte 0xE9 at 3 is not UTF-8"):
        decoded(text)
    record = bad("a:1", ValueError("no\ngood"), text)
    assert (record.reason, record.raw) == ("no good", "caf? ok")
    assert len(bad("a:1", "", b"\xff" * 90_000).raw) == 2_000


def test_stems() -> None:
    assert [stem(Path(name)) for name in ("refs.bib", "a/papers.jsonl.gz", "plain", ".hidden")] == [
        "refs", "papers", "plain", ".hidden",
    ]  # fmt: skip


def test_since_takes_away_only_what_is_known_to_be_older(tmp_path: Path) -> None:
    old = Document(id="a:1", title="Old", submitted=date(2020, 1, 1))
    year = Document(id="a:2", title="This year", year=2024)
    none = Document(id="a:3", title="No date")
    broken = BadRecord("here", "why")
    source = FileSource("any:x", tmp_path, lambda _: [old, year, none, broken])
    found = list(source.fetch(date(2024, 6, 1)))
    assert [record.id for record in found if isinstance(record, Document)] == ["a:2", "a:3"]
    assert broken in found
    assert {record.source for record in found if isinstance(record, Document)} == {"any:x"}


def test_a_pipe_is_copied_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = tmp_path / "plain.txt"
    plain.write_text("owls")
    with files.regular(plain) as path:
        assert path == plain
    monkeypatch.setattr(files, "LARGEST_PIPE", 1_000)
    for size in (1_000, 1_001):
        pipe = tmp_path / f"pipe{size}"
        os.mkfifo(pipe)
        writer = threading.Thread(target=pipe.write_bytes, args=(b"x" * size,))
        writer.start()
        if size > 1_000:
            with pytest.raises(SourceError, match="more than 1,000 bytes"), files.regular(pipe):
                pass
        else:
            with files.regular(pipe) as path:
                assert path.read_bytes() == path.read_bytes() == b"x" * size
        writer.join()
    assert not path.exists()


def test_an_office_file_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "refs.xlsx"
    path.write_bytes(b"PK\x03\x04...")
    with pytest.raises(SourceError, match="save the table as CSV"):
        next(files.chunks(path))
