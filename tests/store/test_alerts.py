"""Alerts and followed authors, as the Store holds them."""

from __future__ import annotations

import pytest

from broadsheet.store import Store
from broadsheet.store.alerts import SavedQuery
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


def test_an_alert_comes_back_whole_and_keeps_its_first_moment(store: Store) -> None:
    ada, ben = (store.people.add(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "ben"))
    number = store.alerts.keep(ada, "b", "tides", without=["ropes", "knots"], least="0.4", now=NOW)
    store.alerts.keep(ada, "a", "leaves", without=[], least="good", now=NOW)
    store.alerts.keep(ada, "b", "tides at night", without=["ropes"], least="0.5", now=LATER)
    first, second = store.alerts.of(ada)
    assert first.name == "a"
    assert second == SavedQuery(number, "b", "tides at night", ("ropes",), "0.5", NOW)
    assert not store.alerts.remove(ben, number), "it is another's"
    assert store.alerts.of(ben) == []
    assert len(store.alerts.of(ada)) == 2


def test_a_deleted_alert_comes_back_under_its_number(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    number = store.alerts.keep(ada, "b", "tides", without=["ropes"], least="0.4", now=NOW)
    (alert,) = store.alerts.of(ada)
    assert not store.alerts.restore(ada, alert), "it is there"
    store.alerts.remove(ada, number)
    assert store.alerts.keep(ada, "a", "leaves", without=[], least="good", now=NOW) > number, "no other gets it"
    assert store.alerts.restore(ada, alert)
    assert alert in store.alerts.of(ada)
