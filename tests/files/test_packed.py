"""A file is read as what is in it, packed or not."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from broadsheet.files import unpacked


@pytest.mark.parametrize("name", ["rows.txt", "rows.txt.gz", "ROWS.GZ"])
def test_a_name_says_whether_a_file_is_packed(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(b"one\ntwo\n") if name.lower().endswith(".gz") else b"one\ntwo\n")
    with unpacked(path) as file:
        assert file.readlines() == [b"one\n", b"two\n"]
