"""A person's own affairs: address, tokens, what they take with them, and being forgotten."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.people import account, links
from broadsheet.store.archive_rows import BELONGINGS
from broadsheet.store.people import Person
from site_kit import NOW, made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", synced=False) as collection:
        yield collection


@pytest.fixture
def ada(collection: Collection) -> Person:
    return collection.store.people.add("ada@example.org", "reader", now=NOW)


def test_another_address_by_a_link_that_works_once(collection: Collection, ada: Person) -> None:
    store = collection.store
    new, key = account.address_link(store, ada, " ADA@Elsewhere.example ", now=NOW)
    assert account.new_address(store, key, now=NOW) == (ada, new)
    assert store.people.get(ada.number) == ada, "looking changes nothing"
    assert account.change_address(store, key, now=NOW).address == "ada@elsewhere.example"
    for wrong in (key, key[:-2], "x", links.sign(store.people.secret(), "sign in", [1, "a", "b", 2**40])):
        with pytest.raises(UsageError):
            account.change_address(store, wrong, now=NOW)


def test_links_end_and_addresses_are_one_persons(collection: Collection, ada: Person) -> None:
    store = collection.store
    store.people.add("ben@example.org", "reader", now=NOW)
    _, key = account.address_link(store, ada, "ben@example.org", now=NOW)
    with pytest.raises(UsageError, match="belongs to another person"):
        account.change_address(store, key, now=NOW)
    with pytest.raises(UsageError, match="has expired"):
        account.change_address(store, key, now=NOW + timedelta(days=2))


def test_tokens_are_kept_by_digest_and_bounded(collection: Collection, ada: Person) -> None:
    store = collection.store
    key = account.make_token(store, ada, " my\nscript ", writes=True, now=NOW)
    assert store.people.token(links.digest(key)) == (ada, True)
    assert [each.name for each in store.people.tokens(ada.number)] == ["my script"]
    for _ in range(29):
        account.make_token(store, ada, "", writes=False, now=NOW)
    with pytest.raises(UsageError, match="remove one"):
        account.make_token(store, ada, "", writes=False, now=NOW)


def test_the_feed_key_changes_when_renewed(collection: Collection, ada: Person) -> None:
    before = account.feed_key(collection.store, ada)
    assert before == account.feed_key(collection.store, ada)
    collection.store.people.renew(ada.number)
    renewed = collection.store.people.get(ada.number)
    assert renewed
    assert account.feed_key(collection.store, renewed) != before


def test_everything_is_taken_along_and_nothing_secret(collection: Collection, ada: Person) -> None:
    store, me = collection.store, ada.number
    ben = store.people.add("ben@example.org", "reader", now=NOW).number
    numbers = store.papers.numbers(["2401.00001", "hep-th/9901001"])
    herb, knots = numbers["2401.00001"], numbers["hep-th/9901001"]
    for person in (me, ben):
        store.reactions.mark("votes", person, [herb], now=NOW)
        store.lists.save(person, store.lists.named(person, "Plants", now=NOW), [herb, knots], now=NOW)
    store.reactions.mark("read_papers", me, [herb], now=NOW)
    store.reactions.mark("declined", me, [knots], now=NOW)
    store.reactions.write_note(me, herb, "look again", now=NOW)
    store.alerts.keep(me, "leaves", "leaf outlines", without=["trees"], least="good", now=NOW)
    store.follows.add(me, "Ada Blum", now=NOW)
    store.comments.add(herb, me, "mine", now=NOW)
    store.comments.add(herb, ben, "his", now=NOW)
    store.desk.submit("2610.00042", me, now=NOW)
    store.desk.decide(herb, "pick", me, now=NOW)
    store.desk.write_line(date(2026, 10, 2), "a line", me, now=NOW)
    key = account.make_token(store, ada, "script", writes=True, now=NOW)
    told = account.export(store, ada, now=NOW)
    text = json.dumps(told)
    assert links.digest(key) not in text
    assert "his" not in text
    assert "ben@" not in text
    assert told["person"]["address"] == "ada@example.org"
    assert [each["paper"] for each in told["votes"]] == ["2401.00001"]
    assert [each["paper"] for each in told["lists"][0]["papers"]] == ["2401.00001", "hep-th/9901001"]
    assert told["notes"][0]["text"] == "look again"
    assert told["lines"][0]["day"] == "2026-10-02"
    for kind in ("declined", "read", "queries", "authors", "comments", "submissions", "decisions", "tokens"):
        assert len(told[kind]) == 1, kind


def test_no_table_of_people_is_forgotten(collection: Collection) -> None:
    db = sqlite3.connect(collection.store.path)
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    personal = {t for t in tables if any(c[1] == "person" for c in db.execute(f"PRAGMA table_info({t})"))}
    db.close()
    said = " ".join(BELONGINGS.values())
    assert {table for table in personal if f"FROM {table} " not in said} == set()


def test_a_person_who_goes_is_gone_but_the_only_admin_stays(collection: Collection, ada: Person) -> None:
    store = collection.store
    eve = store.people.add("eve@example.org", "admin", now=NOW)
    with pytest.raises(UsageError, match="only admin"):
        account.delete(store, eve)
    account.delete(store, ada)
    assert [each.address for each in store.people.all()] == ["eve@example.org"]
