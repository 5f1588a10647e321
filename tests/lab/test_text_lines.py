"""Texts with ids from lines, JSON lines and tables."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from broadsheet.core.errors import BroadsheetError, NotFoundError
from broadsheet.lab.text_lines import read, texts


def test_each_line_is_a_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfone\r\n\nthree \xc3\xa4")
    assert list(read(tmp_path / "a.txt")) == [("1", "one"), ("2", ""), ("3", "three ä")]


def test_a_field_of_json_lines(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as file:
        file.write('{"_id": 7, "title": "T", "text": "one"}\n\n{"_id": "8", "title": "U", "text": "two"}\n')
    assert list(read(tmp_path / "a.jsonl.gz")) == [("7", "one"), ("8", "two")]
    assert list(read(tmp_path / "a.jsonl.gz", field="title", id_field="text")) == [("one", "T"), ("two", "U")]


def test_a_column_of_a_table(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('key,sentence\nx,"one, and\na line"\ny,two\n')
    assert list(read(tmp_path / "a.csv")) == [("1", "one, and\na line"), ("2", "two")]
    assert list(read(tmp_path / "a.csv", id_field="key"))[1] == ("y", "two")
    (tmp_path / "a.tsv").write_text("id\ttext\n5\tone\n")
    assert list(read(tmp_path / "a.tsv")) == [("5", "one")]


@pytest.mark.parametrize(
    ("name", "content", "options", "parts"),
    [
        ("a.txt", b"one\n\xff\n", {}, ["not UTF-8"]),
        ("a.txt", b"one\n", {"field": "text"}, ["have no fields"]),
        ("a.txt", b"x" * 1_000_001, {}, ["line 1", "longer"]),
        ("a.jsonl", b"[1]\n", {}, ["line 1", "'[1]'", "JSON object"]),
        ("a.jsonl", b"{not json\n", {}, ["JSON object"]),
        ("a.jsonl", b'{"body": "x"}\n', {}, ["row 1", "'text'", "body"]),
        ("a.jsonl", b'{"text": 5}\n', {}, ["text is a int"]),
        ("a.jsonl", b'{"text": "x"}\n', {"id_field": "key"}, ["'key'"]),
        ("a.csv", b"text\nx\n", {"field": "txt"}, ["'txt'", "Did you mean text?"]),
        ("a.txt.gz", b"not gzip", {}, ["cannot be read further"]),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, name: str, content: bytes, options: dict[str, str], parts: list[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BroadsheetError) as caught:
        list(read(tmp_path / name, **options))
    assert all(part in str(caught.value) for part in parts), str(caught.value)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(NotFoundError, match=r"nowhere.txt"):
        list(read(Path("nowhere.txt")))


def test_a_stream_is_read_one_line_at_a_time() -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            buffer[:2] = b"x\n"
            return 2

    stream = texts(io.BufferedReader(Endless()), "-", "standard input")
    assert [next(stream) for _ in range(3)] == [("1", "x"), ("2", "x"), ("3", "x")]
