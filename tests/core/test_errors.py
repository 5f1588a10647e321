"""Errors a user can meet: an exit code for each kind, and a way out in each line."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core import errors
from broadsheet.core.errors import BroadsheetError, CollectionError, nearest, on_disk, system


def test_each_kind_ends_the_program_with_a_code_of_its_own() -> None:
    kinds = BroadsheetError.__subclasses__()
    codes = [kind.exit_code for kind in kinds]
    assert sorted(codes) == list(range(2, 2 + len(kinds)))
    assert BroadsheetError.exit_code == 1
    assert {kind.__name__: kind.exit_code for kind in kinds if kind.__module__ == errors.__name__} == {
        "UsageError": 2, "NotFoundError": 3, "SourceError": 4, "CollectionError": 5, "ModelError": 6, "MailError": 7,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("number", "way_out"),
    [(errno.ENOSPC, "free some space"), (errno.EFBIG, "free some space"), (errno.EACCES, "permissions"),
     (errno.EROFS, "permissions"), (errno.ENOENT, "name and its folder")],
)  # fmt: skip
def test_errors_of_the_system_name_the_file_and_the_way_out(number: int, way_out: str) -> None:
    line = system(OSError(number, "as the system says it", "a.db"), "other.db")
    assert line.startswith("a.db: ")
    assert way_out in line
    assert "\n" not in line
    assert system(OSError(number, "no"), Path("other.db")).startswith("other.db: ")
    assert system(OSError("odd")).startswith("odd: check")


def test_on_disk_words_what_the_system_says_and_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match=r"absent.*name and its folder"), on_disk(tmp_path):
        (tmp_path / "absent").read_text()
    with pytest.raises(ValueError, match="mine"), on_disk(tmp_path):
        raise ValueError("mine")


def test_the_nearest_names_are_offered_else_all() -> None:
    assert nearest("hybird", ["hybrid", "lexical", "semantic"]) == "Did you mean hybrid?"
    assert nearest("xyz", ["b", "a", "b"]) == "Known: a, b."
    assert "known" in nearest("x", [])


@given(st.text(max_size=30), st.lists(st.text("abcdef", min_size=1, max_size=6)))
def test_any_name_gets_one_sentence(name: str, known: list[str]) -> None:
    line = nearest(name, known)
    assert line[-1] in ".?"
    assert "\n" not in line
