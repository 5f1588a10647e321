"""The list of checks: each area by itself, a check that fails is a finding, and no more than is there is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

import broadsheet.doctor as doctor
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.errors import ModelError
from broadsheet.doctor import CHECKS, Finding, Place, examine
from fakes import NOW, paper


def test_each_area_has_its_checks_and_derived_ones_only_when_named(place: Place, collection: Collection) -> None:
    collection.store.papers.put([paper(1, "Kites")], now=NOW)
    assert [(each.area, each.name) for each in examine(place, "collection")] == [
        (area, name) for area, name, _ in CHECKS if area == "collection"
    ]
    names = {each.name for each in examine(place, "derived")}
    assert {"store", "tables", "trends"} <= names
    assert "derived" not in {each.area for each in examine(place, "installation", "machine", "collection")}


def test_a_check_that_cannot_be_made_is_a_finding(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Place) -> Finding:
        raise ModelError("the weights are gone")

    def unreadable(_: Place) -> Finding:
        raise PermissionError("not yours")

    monkeypatch.setattr(doctor, "CHECKS", (("machine", "one", broken), ("machine", "two", unreadable)))
    assert [(each.name, each.finding.level) for each in examine(place)] == [("one", "fail"), ("two", "fail")]


def test_without_a_collection_nothing_behind_it_is_looked_at(tmp_path: Path) -> None:
    found = list(examine(Place(tmp_path / "absent", Settings()), "collection", "derived"))
    assert [(each.name, each.finding.level, each.finding.advice) for each in found] == [
        ("collection", "warn", "broadsheet up")
    ]
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "store.db").write_bytes(b"not a database, but long enough to be read as one" * 100)
    (only,) = examine(Place(tmp_path / "broken", Settings()), "collection")
    assert (only.name, only.finding.level) == ("collection", "fail")
