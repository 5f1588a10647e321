"""What the checks find in the installation and the machine."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from broadsheet import __version__
from broadsheet.collection import open_collection
from broadsheet.config import Settings
from broadsheet.core.errors import ModelError
from broadsheet.core.types import Manifest
from broadsheet.doctor import machine
from broadsheet.doctor.findings import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "c", Settings(encoder="hash"))


def test_versions_are_those_that_run(place: Place) -> None:
    assert machine.python(place).facts["broadsheet"] == __version__
    found = machine.sqlite(place)
    assert found.facts["sqlite"]
    assert (found.level == "ok") == (found.advice == "")


@pytest.mark.parametrize(("version", "level"), [((3, 51, 2), "warn"), ((3, 51, 3), "ok"), ((4, 0, 0), "ok")])
def test_a_sqlite_with_the_old_checkpoint_is_named(
    place: Place, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], level: str
) -> None:
    monkeypatch.setattr(machine.sqlite3, "sqlite_version_info", version)
    assert machine.sqlite(place).level == level


def test_a_missing_package_is_named_with_the_line_that_installs_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert machine.packages(place).level == "ok"
    lines = ["numpy>=2", "no-such-package>=1; python_version > '3'", "torch; extra == 'torch'"]
    monkeypatch.setattr(machine, "requires", lambda _: lines)
    found = machine.packages(place)
    assert (found.level, found.advice) == ("fail", "pip install no-such-package")
    assert set(found.facts) == {"numpy", "no-such-package"}, "what is optional is not asked for"


def test_a_plug_in_that_cannot_be_loaded_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.plugins(place).level == "ok"

    def fail() -> None:
        raise ZeroDivisionError("of a stranger")

    monkeypatch.setattr(machine, "entry_points", lambda group: [SimpleNamespace(name=f"odd {group}", load=fail)])
    found = machine.plugins(place)
    assert found.level == "warn"
    assert set(found.facts.values()) == {"ZeroDivisionError: of a stranger"}


@pytest.mark.parametrize(("free", "level"), [(10**8, "fail"), (10**9, "warn"), (10**11, "ok")])
def test_little_room_is_a_warning_and_none_a_failure(
    place: Place, monkeypatch: pytest.MonkeyPatch, free: int, level: str
) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    found = machine.disk(place)
    assert (found.level, found.facts["free"], bool(found.advice)) == (level, free, level != "ok")


def test_a_folder_that_may_not_be_written_is_a_failure(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.os, "access", lambda *_: False)
    found = machine.disk(place)
    assert found.level == "fail"
    assert str(place.folder.parent) in found.advice, "the nearest folder that is there"


@pytest.mark.parametrize(
    ("flags", "abilities"), [("fpu avx2 amx_bf16", ["AVX2", "AMX bf16"]), ("fpu", []), ("avx512f", ["AVX-512"])]
)
def test_abilities_of_the_processor(
    place: Place, monkeypatch: pytest.MonkeyPatch, flags: str, abilities: list[str]
) -> None:
    monkeypatch.setattr(machine.Path, "read_text", lambda *_: flags)
    assert machine.processor(place).facts == {"cores": os.cpu_count(), "abilities": abilities}


def test_the_encoder_is_tried_and_held_against_its_vectors(place: Place) -> None:
    assert machine.encoder(place).facts["dim"] == 256
    with open_collection(place.folder, encoder="hash") as made:
        made.space.create(Manifest(encoder="hash", version="older", weights="", dim=9))
        with pytest.raises(ModelError, match="sync --rebuild"):
            machine.encoder(place)
