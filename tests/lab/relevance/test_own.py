"""A Collection's own calibration: fitted, stored, used, and stale when its vectors or its papers are others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import UsageError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.ingest import ingest
from broadsheet.lab import mine
from broadsheet.lab.relevance import own
from broadsheet.lab.tasks.mine import Mine
from broadsheet.search.hybrid import search
from broadsheet.search.relevance import FACT
from broadsheet.sync import sync
from broadsheet.upkeep.backup import backup
from relevance_kit import NOW, papers, questions


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(tmp_path / "c", encoder="hash") as made:
        ingest(made, papers(), now=NOW, name="own")
        sync(made)
        yield made


def fitted(collection: Collection):
    return own.fit(collection, [Mine(questions())], HashEncoder(), now=NOW)


def test_it_is_stored_used_and_lowers_the_error(collection: Collection) -> None:
    before = search(collection, "slow rivers").items[0].relevance
    assert (own.state(collection).fitted, own.state(collection).made.cutoff) == (False, None)
    made = fitted(collection)
    assert (made.data, made.queries, made.made) == (("topics",), 40, NOW.date())
    assert made.facts["error"] < 0.2
    state = own.state(collection)
    assert (state.made, state.fitted, state.stale) == (own.own(collection), True, "")
    found = search(collection, "slow rivers", k=30)
    assert found.items[0].relevance != before
    assert found.items[0].relevance > 0.5  # a list of these begins with right papers


def test_a_backup_holds_it(collection: Collection, tmp_path: Path) -> None:
    made = fitted(collection)
    backup(collection, tmp_path / "backup")
    with open_collection(tmp_path / "backup", create=False) as other:
        assert own.own(other) is not None
        assert own.own(other).both == made.both


def test_another_model_and_many_new_papers_make_it_stale(collection: Collection) -> None:
    fitted(collection)
    assert not own.is_stale(collection)
    stored = collection.store.journal.fact(FACT)
    collection.store.journal.set_fact(FACT, {**stored, "space": "another", "data": ["mine/keywords"]})
    assert own.is_stale(collection)
    assert (own.state(collection).fitted, "another model" in own.state(collection).stale) == (False, True)
    collection.store.journal.set_fact(FACT, {**stored, "facts": {"papers": 20}})
    assert "20 papers" in own.state(collection).stale
    assert not own.is_stale(collection)  # what was fitted to a judged set is not fitted again to something else
    collection.store.journal.set_fact(FACT, {"version": -1})
    assert "cannot be read" in own.state(collection).stale


def test_without_judged_data_it_says_what_to_do(collection: Collection) -> None:
    with pytest.raises(UsageError, match="judged set"):
        own.fit(collection, [], HashEncoder(), now=NOW)
    assert not own.is_stale(collection)


def test_mined_questions_leave_titles_out_where_there_are_others(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {each.name for each in own.mined(collection)} == {"mine/titles"}
    monkeypatch.setattr(mine, "WIDEST", 0.5)
    assert {each.name for each in own.mined(collection)} == {"mine/keywords"}
    made = own.fit(collection, own.mined(collection), HashEncoder(), now=NOW + timedelta(days=1))
    assert made.data == ("mine/keywords",)
    assert made.facts["drift"] >= 0
