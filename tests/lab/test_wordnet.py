"""WordNet's files are read line by line, and only examples with the word itself count."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.core.errors import NotFoundError, SourceError
from broadsheet.lab.wordnet import FILES, examples

LICENCE = "  1 This software and database is being provided to you\n"
LINES = """00000101 06 n 02 bank 0 riverside 0 001 @ 00000001 n 0000 | by water; "they sat on the bank"; "the bank"
00000202 06 n 01 bank 1 000 | a firm that keeps money; "the bank lends to a bank"; "her bank closed"
"""


def folder(where: Path, nouns: str = LICENCE + LINES) -> Path:
    for name in FILES:
        (where / name).write_text(LICENCE)
    (where / "data.noun").write_text(nouns)
    return where


def test_an_example_is_for_each_word_that_stands_in_it_once(tmp_path: Path) -> None:
    found = list(examples(folder(tmp_path)))
    assert [(each.word, each.synset, each.text) for each in found] == [
        ("bank", "00000101", "they sat on the bank"),
        ("bank", "00000101", "the bank"),
        ("bank", "00000202", "her bank closed"),
    ]
    assert all(each.text[each.start : each.end] == each.word and each.kind == "noun" for each in found)


def test_what_is_missing_or_broken_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="wordnet-base"):
        list(examples(tmp_path))
    with pytest.raises(SourceError, match="line 1 is not a synset"):
        list(examples(folder(tmp_path, "not a synset | \n")))
