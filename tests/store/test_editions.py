"""Frozen lists in the Store: kept once, the newest first, and forgotten only where they are a person's own."""

from __future__ import annotations

from datetime import date

from broadsheet.core.edition import Edition, Entry, PersonalEdition
from broadsheet.store import Store
from broadsheet.store.deliveries import Planned
from broadsheet.store.editions import Editions
from fakes import NOW
from store_kit import LATER

FIRST = Edition(papers=(Entry("a:1", "3 votes"),), pool=("a:1", "a:2"), copies={"a:1": ("b:1",)}, day=date(2026, 3, 2))
SECOND = Edition(papers=(Entry("a:9", ""),), pool=("a:9",))
OWN = PersonalEdition(of=("2026-03-02",), papers=(Entry("a:2", "by Ada", ""),), more=1)


def test_the_general_edition_is_frozen_once(store: Store) -> None:
    assert store.editions.get("2026-03-02") is None
    assert store.editions.freeze("2026-03-02", FIRST, now=NOW) == FIRST
    assert store.editions.freeze("2026-03-02", SECOND, now=LATER) == FIRST, "the first one stays"
    assert store.editions.get("2026-03-02") == FIRST


def test_the_newest_general_editions_come_first_and_by_kind(store: Store) -> None:
    for number in range(1, 5):
        store.editions.freeze(f"2026-03-0{number}", Edition(pool=(f"a:{number}",)), now=NOW)
    store.editions.freeze("2026-W10", SECOND, now=NOW)
    ada = store.people.add("ada@example.org", "reader", now=NOW)
    store.deliveries.plan("2026-03-09", [Planned(ada.number, ada.address, NOW, OWN)], now=NOW)
    assert [list(each.pool) for each in store.editions.newest(kind="day", limit=2)] == [["a:4"], ["a:3"]]
    assert store.editions.newest(kind="week", limit=2) == [SECOND]


def test_a_persons_list_is_forgotten_and_the_general_edition_stays(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW)
    store.editions.freeze("2026-03-02", FIRST, now=NOW)
    store.deliveries.plan("2026-03-02", [Planned(ada.number, ada.address, NOW, OWN)], now=NOW)
    assert store.editions.personal("2026-03-02", ada.number) == OWN
    assert store.editions.personal("2026-03-02", ada.number + 1) is None
    assert store.editions.forget_lists(NOW) == 0
    assert store.editions.forget_lists(LATER) == 1
    assert store.editions.personal("2026-03-02", ada.number) is None
    assert store.editions.get("2026-03-02") == FIRST
    assert store.deliveries.get("2026-03-02", ada.number), "what became of it stays too"


def test_the_part_alone_keeps_editions(store: Store) -> None:
    editions = Editions(store)
    editions.freeze("2026-03-02", FIRST, now=NOW)
    assert store.editions.get("2026-03-02") == editions.get("2026-03-02") == FIRST
    assert editions.get("2026-03-03") is None
    assert editions.personal("2026-03-02", 7) is None
