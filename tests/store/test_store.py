"""The Store as one object: each subject in a part of its own, over one database."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.core.errors import CollectionError
from broadsheet.store.database import Part
from broadsheet.store.store import Store
from fakes import NOW, paper

PARTS = {
    "papers", "days", "versions",
    "people", "reactions", "lists", "alerts", "follows", "history", "comments", "desk", "mail", "editions",
    "deliveries", "journal", "trends", "tally", "topics", "check", "archive", "mixtures",
}  # fmt: skip


def test_each_part_is_under_its_name_and_all_share_one_database(store: Store) -> None:
    parts = {name: part for name, part in vars(store).items() if isinstance(part, Part)}
    assert set(parts) == PARTS
    assert {id(part._db) for part in parts.values()} == {id(store)}
    assert len({type(part) for part in parts.values()}) == len(parts)


def test_no_part_answers_once_the_store_is_closed(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        store.papers.put([paper(1, "Kites")], now=NOW)
    for ask in (store.papers.count, store.people.all, store.journal.sources, lambda: store.journal.set_fact("a", 1)):
        with pytest.raises(CollectionError, match=r"store\.db"):
            ask()
