"""The command library: a reader's own references become a list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.cli import library as commands
from broadsheet.cli.app import run
from broadsheet.collection import open_collection
from door_kit import usage

BIB = "@article{a, title={A Survey of Kettle Boiling}, author={Pot, Ann}, year={2020}}\n@article{b, author={Nobody}}\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "c"
    folder.mkdir()
    (folder / "broadsheet.toml").write_text('encoder = "hash"\n')
    monkeypatch.setenv("BROADSHEET_COLLECTION", str(folder))
    monkeypatch.setenv("COLUMNS", "200")
    return folder


def test_a_library_becomes_a_list_of_the_single_reader(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = home.parent / "My thesis.bib"
    file.write_text(BIB)
    assert run(("library", str(file), "--sync")) == 0
    said = capfd.readouterr().out
    assert "'My thesis'" in said
    assert "1 new)" in said
    assert "could not be read: 1." in said
    assert run(("library", str(file), "--json")) == 0
    told = json.loads(capfd.readouterr().out)
    assert (told["name"], told["papers"], told["saved"], told["known"], told["new"]) == ("My thesis", 1, 0, 1, 0)
    with open_collection(home) as collection:
        person = collection.store.people.sole()
        assert person
        assert [each.papers for each in collection.store.lists.of(person.number)] == [1]


def test_what_cannot_be_is_one_line(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(("library", str(home / "none.bib"))) == 3
    (home.parent / "x.bin").write_bytes(b"\x00\x01")
    assert run(("library", str(home.parent / "x.bin"))) == 2
    (home / "broadsheet.toml").write_text('encoder = "hash"\npeople = "closed"\n')
    (home.parent / "x.bib").write_text(BIB)
    assert run(("library", str(home.parent / "x.bib"))) == 2
    assert "--for ADDRESS" in capfd.readouterr().err


def test_a_file_without_references_is_doubted(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = home.parent / "empty.bib"
    file.write_text("@comment{no references}\n")
    assert run(("library", str(file))) == 4
    assert "No references found in empty.bib. Is it a BibTeX file?" in " ".join(capfd.readouterr().err.split())
    with open_collection(home, encoder="hash") as collection:
        person = collection.store.people.sole()
        assert not (person and collection.store.lists.of(person.number))


def test_its_usage_stays() -> None:
    assert usage(commands.library) == {"--data", "--for", "--json", "--sync", "FILE"}
