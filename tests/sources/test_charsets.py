"""Encodings of files of references: what they declare, and what their records are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.sources.charsets import as_declared, as_text, declared


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("% Encoding: windows-1252\n@misc{a}", "cp1252"), ("%% This file: Encoding: UTF8\n", "utf-8"),
        ("% Encoding: ISO8859_1\n", "iso8859-1"), ("% !TEX encoding = MacRoman\n", "mac-roman"),
        ("% -*- coding: latin-1 -*-\n", "iso8859-1"), ("% Encoding: rot13\n", ""), ("% Encoding: hex\n", ""),
        ("% Encoding: windows-9999\n", ""), ("@misc{a, note={Encoding: latin1}}", ""), ("", ""),
    ],
)  # fmt: skip
def test_what_a_file_declares(head: str, name: str) -> None:
    assert declared(head) == name


def read(data: bytes, encoding: str = "") -> tuple[str, str]:
    return as_text(data.decode("utf-8", "surrogateescape"), encoding)


@given(st.text(st.characters(codec="utf-8")), st.sampled_from(["", "cp1252", "iso8859-1", "koi8-r"]))
def test_utf8_is_utf8_whatever_the_file_declares(text: str, encoding: str) -> None:
    assert read(text.encode(), encoding) == (text, "")


@given(st.text(st.sampled_from("äöüßéèçñø–“”€ abc"), min_size=1))
def test_what_windows_writes_is_read(text: str) -> None:
    data = text.encode("cp1252")
    try:
        assert data.decode() == read(data)[0]  # by chance it is UTF-8, too
    except UnicodeDecodeError:
        assert read(data, "cp1252") == (text, "")
        assert read(data) == (text, "read as windows-1252, because it is not UTF-8")


def test_what_nothing_reads_is_refused() -> None:
    with pytest.raises(ValueError, match=r"byte 0x81 at 3 is neither UTF-8 nor windows-1252; save the file as UTF-8"):
        read(b"caf\x81")


def test_encodings_of_several_bytes_are_read_as_a_whole() -> None:
    text = (
        "% Encoding: Shift_JIS\n@misc{a, title={\u30bd\u30fc\u30b9}}"  # has a backslash as the second byte of a letter
    )
    data = text.encode("shift_jis").decode("utf-8", "surrogateescape")
    assert as_declared(data, declared(data)) == text
    assert as_declared("Gr\udcfcn", "cp1252") == "Gr\udcfcn"
