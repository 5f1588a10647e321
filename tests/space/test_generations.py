"""What every Space shares: a pointer that decides, rows that only count once it moves, and generations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from broadsheet.core.errors import CollectionError
from broadsheet.space.generations import Generations
from broadsheet.space.pointer import Pointer


class Letters:
    """A state whose only file has a byte a row."""

    def __init__(self, folder: Path, pointer: Pointer) -> None:
        self.pointer = pointer
        file = folder / "letters"
        self.text = file.read_bytes()[: pointer.rows].decode() if pointer.rows else ""
        if len(self.text) < pointer.rows:
            raise ValueError("the file letters is missing rows")

    @property
    def sizes(self) -> Mapping[str, int]:
        return {"letters": self.pointer.rows}


class Book(Generations[Letters]):
    highest = 1
    what = "letters"

    def state(self, folder: Path, pointer: Pointer) -> Letters:
        return Letters(folder, pointer)

    def begin(self) -> None:
        self._first({"alphabet": "latin"})

    def write(self, letters: str) -> None:
        self._grow({"letters": letters.encode()}, len(letters))

    def _damaged(self, reason: object) -> CollectionError:
        return CollectionError(f"the book is damaged ({reason})")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    made = Book(tmp_path / "book")
    made.begin()
    return made


def test_rows_count_from_the_commit_on(book):
    book.write("ab")
    book.write("c")
    assert Book(book.folder).snapshot().text == ""
    book.commit(3)
    other = Book(book.folder)
    assert (other.snapshot().text, other.change, other.exists, other.ready) == ("abc", 3, True, True)
    other.write("de")
    other.commit(5)
    assert book.snapshot().text == "abcde"


def test_what_a_killed_writer_left_is_overwritten(book):
    book.write("xyz")
    other = Book(book.folder)
    other.write("a")
    other.commit(1)
    book.write("b")
    book.commit(2)
    assert Book(book.folder).snapshot().text == "ab"
    assert (book.folder / "g000001" / "letters").read_bytes() == b"ab"


def test_a_new_beginning_replaces_all(book):
    book.write("old")
    book.commit(9)
    book.begin()
    assert (book.snapshot().text, book.change) == ("", 0)
    assert [each.name for each in book.folder.glob("g*")] == ["g000002"]


def test_what_is_missing_damaged_or_newer_is_told(book, tmp_path):
    with pytest.raises(CollectionError, match="does not contain any letters yet: run sync"):
        Book(tmp_path / "none").snapshot()
    book.write("abc")
    book.commit(1)
    (book.folder / "g000001" / "letters").write_bytes(b"a")
    fresh = Book(book.folder)
    assert (fresh.ready, fresh.change) == (False, 0)
    with pytest.raises(CollectionError, match=r"the book is damaged \(the file letters is missing rows\)"):
        fresh.snapshot()
    (book.folder / "current.json").write_text('{"format": 2}')
    assert fresh.newer
    with pytest.raises(CollectionError, match="newer Broadsheet"):
        Book(book.folder).snapshot()
