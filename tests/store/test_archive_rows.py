"""All rows but those of papers go out and come in again; what cannot be taken in is refused whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from broadsheet.core.errors import UsageError
from broadsheet.store import Store
from broadsheet.store.archive_rows import BELONGINGS, TABLES
from broadsheet.store.mail import Choice
from fakes import NOW
from store_kit import FIVE, LATER

MOMENT = NOW.isoformat()


@pytest.fixture
def full(tmp_path: Path) -> Store:
    """A Store in which Ada has done something of most kinds."""
    store = Store.open(tmp_path / "full.db")
    store.papers.put(FIVE, now=NOW)
    store.people.secret()
    store.journal.set_fact("language", "english")
    store.journal.add_source("arxiv:cs.IR", now=NOW)
    ada = store.people.add("ada@example.org", "editor", now=NOW).number
    one, two = 1, 2
    store.reactions.mark("votes", ada, [one], now=NOW)
    store.reactions.mark("declined", ada, [two], now=NOW)
    store.reactions.write_note(ada, one, "again", now=NOW)
    store.lists.save(ada, store.lists.named(ada, "Plants", now=NOW), [one, two], now=NOW)
    store.alerts.keep(ada, "lab", "labs", without=["x"], least="good", now=NOW)
    store.comments.add(one, ada, "Yes.", now=NOW)
    store.desk.decide(two, "pick", ada, now=NOW)
    store.mail.subscribe(ada, Choice(), now=NOW)
    store.people.begin_session("digest of a key", ada, now=NOW, ends=LATER)
    store.people.add_token("digest of a token", ada, "laptop", writes=True, now=NOW)
    return store


def test_what_goes_out_comes_in_again(full: Store, store: Store) -> None:
    rows = [*full.archive.rows()]
    assert json.loads(json.dumps(rows)) == [list(row) for row in rows]
    assert all("number" not in row for _, row in rows), "papers are named by their ids"
    assert not store.archive.is_inhabited()
    store.papers.put([FIVE[1], FIVE[0]], now=NOW)  # other numbers, and three papers fewer
    assert store.archive.take_in(rows, full.archive.numbers_given()) == (len(rows), 0)
    assert store.archive.is_inhabited()
    again = [*store.archive.rows()]
    key = lambda each: json.dumps(each, sort_keys=True)  # noqa: E731
    assert sorted(map(key, again)) == sorted(map(key, rows))
    assert store.reactions.marked("votes", 1) == [store.papers.number(FIVE[0].id)]


def test_rows_about_papers_that_are_not_here_are_left_out(full: Store, store: Store) -> None:
    rows = [*full.archive.rows()]
    about = sum("paper" in row and row["paper"] is not None for _, row in rows)
    assert store.archive.take_in(rows, {}) == (len(rows) - about, about)


def test_keys_and_the_secret_stay_at_home(full: Store) -> None:
    told = json.dumps([*full.archive.rows()]) + json.dumps(full.archive.belongings(1))
    assert "digest of a" not in told
    assert full.people.secret().hex() not in told


def test_numbers_go_on_after_those_that_were_given(full: Store, store: Store) -> None:
    full.people.remove(1)
    store.archive.take_in([], full.archive.numbers_given())
    assert store.people.add("bo@example.org", "reader", now=NOW).number == 2


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        ("documents", {"id": "a"}, "table"),
        ("people", {"address": "b", "role": "reader", "joined": MOMENT, "shoe": 9}, "shoe"),
        ("people", {"address": "b", "role": "owner", "joined": MOMENT}, "role"),
        ("people", {"address": "b", "role": "reader", "joined": "yesterday"}, "yesterday"),
        ("people", {"address": "b", "role": "reader", "joined": "2026-03-02T06:00:00"}, "time zone"),
        ("people", {"address": 7, "role": "reader", "joined": MOMENT}, "address is '7'"),
        ("people", {"person": True, "address": "b", "role": "reader", "joined": MOMENT}, "person is 'True'"),
        ("people", {"person": 2**70, "address": "b", "role": "reader", "joined": MOMENT}, "too large"),
        ("facts", {"key": "secret", "value": '"00"'}, "one instance"),
        ("facts", {"key": "a", "value": "{"}, "row 2"),
        ("queries", {"person": 1, "name": "a", "text": "b", "without": "{}", "least": "good", "made": MOMENT}, "JSON"),
        ("votes", {"person": 99, "paper": "made:000", "at": MOMENT}, "FOREIGN KEY"),
    ],
)
def test_a_row_that_cannot_be_stops_all_of_them(store: Store, table: str, row: dict[str, Any], said: str) -> None:
    store.papers.put(FIVE, now=NOW)
    good = ("people", {"address": "a", "role": "reader", "joined": MOMENT})
    with pytest.raises(UsageError) as caught:
        store.archive.take_in([good, (table, row)], {})
    assert f"row 2 ({table})" in str(caught.value)
    assert said in str(caught.value)
    assert store.people.all() == []


def test_what_belongs_to_a_person_is_named_by_kind_and_anothers_is_not_there(full: Store) -> None:
    ben = full.people.add("ben@example.org", "reader", now=NOW).number
    mine, his = full.archive.belongings(1), full.archive.belongings(ben)
    assert set(mine) == set(BELONGINGS)
    assert mine["votes"] == [{"paper": FIVE[0].id, "at": mine["votes"][0]["at"]}]
    assert [each["name"] for each in mine["tokens"]] == ["laptop"]
    assert {kind for kind, rows in his.items() if rows} == {"person"}
    assert len(set(TABLES)) == len(TABLES)
