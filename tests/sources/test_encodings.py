"""Text files in the encodings that programs write."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.core.errors import SourceError
from broadsheet.core.types import BadRecord
from broadsheet.sources import files
from broadsheet.sources.encodings import encoding, text_lines, wide_encoding

FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = "title;year\nÜber Eulen – ein Überblick;2020\nNaïve owls;2021\n"


def saved(folder: Path, data: bytes) -> Path:
    path = folder / "owls.csv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"), ("utf-32", "utf-32"), ("cp1252", "cp1252"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_encoding_and_line_end_gives_the_same_lines(tmp_path: Path, codec: str, name: str, end: str) -> None:
    path = saved(tmp_path, WORDS.replace("\n", end).encode(codec))
    assert encoding(path) == name
    assert "".join(map(str, text_lines(path, name))) == WORDS


def test_one_broken_line_does_not_make_a_file_windows(tmp_path: Path) -> None:
    path = saved(tmp_path, "Über Eulen\nÖde\n".encode() + b"caf\xe9\n")
    assert encoding(path) == "utf-8"
    assert [str(line).isascii() for line in text_lines(path, "utf-8")] == [False, False, False]
    assert list(text_lines(path, "utf-8"))[-1] == "caf\udce9\n"


def test_what_windows_does_not_define_is_not_guessed(tmp_path: Path) -> None:
    path = saved(tmp_path, b"caf\xe9\nnot \x81 defined\n")
    assert encoding(path) == "cp1252"
    assert list(text_lines(path, "cp1252")) == ["café\n", "not \udc81 defined\n"]


def test_zeros_are_dropped_and_a_few_make_no_wide_file(tmp_path: Path) -> None:
    path = saved(tmp_path, b"a\0b,c\n\0\nlast")
    assert wide_encoding(b"a\0b,c\n\0\nlast") == ""
    assert list(text_lines(path, encoding(path))) == ["ab,c\n", "\n", "last\n"]


def test_a_line_without_end_is_a_bad_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 2**20)
    path = saved(tmp_path, b"one\n" + b"x" * 3 * 2**20 + b"\nthree\n")
    first, second, third = text_lines(path, "utf-8")
    assert (first, third) == ("one\n", "three\n")
    assert isinstance(second, BadRecord)
    assert second.where == "owls.csv:2"
    assert "longer than 1,048,576" in second.reason


def test_what_comes_before_a_break_is_read(tmp_path: Path) -> None:
    text = "".join(f"Öwl {number}\n" for number in range(500_000)).encode()
    path = saved(tmp_path, gzip.compress(text)[:-500])
    assert encoding(path) == "utf-8"
    lines = text_lines(path, "utf-8")
    assert next(lines) == "Öwl 0\n"
    with pytest.raises(SourceError, match="cannot be read further"):
        list(lines)


@FUZZ
@given(st.binary(max_size=400))
def test_any_bytes_are_lines(tmp_path: Path, data: bytes) -> None:
    path = saved(tmp_path, b"\n" + data)  # what begins as an archive or as gzip does is not a text
    lines = list(text_lines(path, encoding(path)))
    assert all(isinstance(line, str) and line.endswith("\n") and line.count("\n") == 1 for line in lines)
