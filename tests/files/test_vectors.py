"""Vectors by content: found again by any process, whole or made again, and within bounds."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.types import Document
from broadsheet.core.vectors import unit
from broadsheet.files.vectors import VectorFile, text_key

DIM = 6
ROW = 16 + 4 * DIM


def rows(*numbers: int) -> dict[bytes, np.ndarray]:
    """A unit vector for each number, by its key."""
    return {text_key(str(n)): unit(np.random.default_rng(n).normal(size=(1, DIM)))[0] for n in numbers}


def held(file: VectorFile, *numbers: int) -> set[int]:
    """Those of the numbers that the file has, all of them right."""
    keys, right = {text_key(str(n)): n for n in numbers}, rows(*numbers)
    found = file.read(keys)
    assert all(np.array_equal(vector, right[key]) for key, vector in found.items())
    return {keys[key] for key in found}


def test_the_key_is_that_of_a_document() -> None:
    paper = Document(id="1", title="Röpes", text="sway")
    assert text_key(paper.content).hex() == paper.content_key


def test_what_one_appends_another_that_is_open_already_reads(tmp_path: Path) -> None:
    one, other = VectorFile(tmp_path / "deep" / "v", DIM), VectorFile(tmp_path / "deep" / "v", DIM)
    assert held(other, 1, 2) == set()
    one.append(rows(1))
    assert held(other, 1, 2) == {1}
    other.append(rows(2))
    one.append(rows(3))
    assert held(one, 3, 2, 1, 4) == held(other, 1, 2, 3) == {1, 2, 3}
    assert [vector.dtype for vector in one.read([text_key("1")]).values()] == [np.float32]


@pytest.mark.parametrize("lost", range(1, ROW))
def test_a_row_that_a_killed_writer_left_half_is_cut_off(tmp_path: Path, lost: int) -> None:
    path = tmp_path / "v"
    VectorFile(path, DIM).append(rows(1, 2))
    path.write_bytes(path.read_bytes()[:-lost])
    file = VectorFile(path, DIM)
    assert held(file, 1, 2) == {1}
    file.append(rows(2, 3))
    assert held(file, 1, 2, 3) == {1, 2, 3}
    assert path.stat().st_size == 3 * ROW


def test_a_row_of_zeros_is_passed_over_and_the_next_of_its_key_counts(tmp_path: Path) -> None:
    path, key = tmp_path / "v", text_key("1")
    path.write_bytes(key + bytes(4 * DIM))
    file = VectorFile(path, DIM)
    assert held(file, 1) == set()
    file.append(rows(1))
    assert held(file, 1) == {1}


def test_what_is_not_a_unit_vector_is_not_stored(tmp_path: Path) -> None:
    file = VectorFile(tmp_path / "v", DIM)
    file.append({text_key("long"): np.full(DIM, 2.0), text_key("nothing"): np.zeros(DIM), **rows(1)})
    assert (tmp_path / "v").stat().st_size == ROW


def test_a_file_that_is_full_begins_again_and_who_reads_it_sees_that(tmp_path: Path) -> None:
    file, reader = VectorFile(tmp_path / "v", DIM, most=3), VectorFile(tmp_path / "v", DIM)
    file.append(rows(1, 2, 3))
    assert held(reader, 1, 2, 3) == {1, 2, 3}
    file.append(rows(4, 5))
    assert held(reader, 1, 2, 3, 4, 5) == held(file, 1, 2, 3, 4, 5) == {4, 5}
    file.append(rows(6, 7, 8, 9))
    assert held(reader, *range(10)) == {7, 8, 9}


def test_a_file_that_is_deleted_is_empty(tmp_path: Path) -> None:
    file = VectorFile(tmp_path / "v", DIM)
    file.append(rows(1, 2))
    (tmp_path / "v").unlink()
    assert held(file, 1, 2) == set()
    file.append(rows(2))
    assert held(file, 1, 2) == {2}


def test_readers_and_writers_at_once(tmp_path: Path) -> None:
    """Nobody ever reads a wrong vector, though the file begins again under the readers."""
    file, wrong = VectorFile(tmp_path / "v", DIM, most=40), []

    def write(first: int) -> None:
        for number in range(first, first + 30):
            file.append(rows(number))

    def read() -> None:
        for _ in range(60):
            try:
                held(file, *range(90))
            except AssertionError as error:
                wrong.append(error)

    threads = [threading.Thread(target=write, args=(30 * place,)) for place in range(3)]
    threads += [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert 1 <= len(held(file, *range(90))) <= 40


def test_a_writer_that_is_killed_leaves_what_was_there(tmp_path: Path) -> None:
    file = VectorFile(tmp_path / "v", DIM)
    file.append(rows(1))
    code = (
        "import os, sys; from pathlib import Path; import numpy as np; from broadsheet.files import vectors\n"
        "vectors.flush = lambda file: os._exit(9)\n"
        "file = vectors.VectorFile(Path(sys.argv[1]), 6)\n"
        "file.append({vectors.text_key('2'): np.eye(6)[0]})"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path / "v")], check=False).returncode == 9
    assert held(file, 1) == {1}
    file.append(rows(3))
    assert held(file, 1, 3) == {1, 3}
