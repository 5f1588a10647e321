"""Alerts and followed authors, as the Store holds them."""

from __future__ import annotations

import pytest

from broadsheet.store import Store
from fakes import NOW
from store_kit import FIVE, LATER


@pytest.fixture
def store(store: Store) -> Store:
    store.papers.put(FIVE, now=NOW)
    return store


def test_standing_queries_and_authors(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    number = store.alerts.keep(ada, "lab", "agents for labs", without=["chemistry"], least="good", now=NOW)
    assert store.alerts.keep(ada, "lab", "robots for labs", without=[], least="strong", now=LATER) == number
    (query,) = store.alerts.of(ada)
    assert (query.text, query.without, query.least) == ("robots for labs", (), "strong")
    assert store.follows.add(ada, "Ada Blum", now=NOW)
    assert not store.follows.add(ada, "Ada Blum", now=NOW)
    assert store.follows.of(ada) == ["Ada Blum"]
    assert store.follows.remove(ada, "Ada Blum")
    assert store.alerts.remove(ada, number)
