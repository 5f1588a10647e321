"""What a restored Store takes over from the one that it replaces."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from broadsheet.core.errors import CollectionError
from broadsheet.store import Store
from broadsheet.store.carry import Carried, carry
from broadsheet.store.mail import Choice
from fakes import NOW
from store_kit import FIVE, LATER

END = LATER + timedelta(days=9)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A backup of two papers and one subscriber, and the Store that lived on after it."""
    former, backup = tmp_path / "former.db", tmp_path / "backup.db"
    with Store.open(former) as store:
        store.people.secret()
        store.papers.put(FIVE[:2], now=NOW)
        ada = store.people.add("ada@example.org", "reader", now=NOW).number
        store.mail.subscribe(ada, Choice(), now=NOW)
        store.people.begin_session("kept", ada, now=NOW, ends=END)
        store.people.begin_session("ended", ada, now=NOW, ends=END)
    shutil.copy(former, backup)
    return former, backup


def carried(former: Path, backup: Path) -> Carried:
    with Store.open(backup) as restored:
        return carry(restored, former, now=LATER)


def test_the_same_store_gives_nothing_new(pair: tuple[Path, Path]) -> None:
    assert carried(*pair) == Carried(same_line=True, deliveries=0, suppressions=0, ended=0, gone=0, secret="same")


def test_what_ended_since_stays_ended(pair: tuple[Path, Path]) -> None:
    former, backup = pair
    with Store.open(former) as store:
        store.mail.unsubscribe(1, now=LATER)
        store.people.end_session("ended")
        store.mail.suppress("ben@example.org", "refused", "", now=LATER)
        store.people.renew(1)
    assert carried(former, backup) == Carried(
        same_line=True, deliveries=0, suppressions=1, ended=1, gone=0, secret="same"
    )
    with Store.open(backup) as store:
        assert store.mail.subscriptions() == []
        assert store.people.session("kept", now=NOW) is not None
        assert store.people.session("ended", now=NOW) is None
        assert store.mail.suppressed("ben@example.org") == "refused"
        ada = store.people.get(1)
        assert ada is not None
        assert ada.renewals == 1


def test_numbers_are_not_given_again_and_every_paper_is_looked_at_anew(pair: tuple[Path, Path]) -> None:
    former, backup = pair
    with Store.open(former) as store:
        store.papers.put(FIVE[2:4], now=LATER)
        newest = store.papers.last_change()
    assert carried(former, backup).gone == 2
    with Store.open(backup) as store:
        assert store.papers.count() == 2
        assert min(change.sequence for change in store.papers.changes(0)) > newest
        store.papers.put(FIVE[4:], now=LATER)
        assert store.papers.number(FIVE[4].id) == 5
        store.papers.put(FIVE[2:3], now=LATER)
        assert store.papers.number(FIVE[2].id) == 3


def test_another_instance_gives_what_must_not_be_forgotten_by_address(pair: tuple[Path, Path], tmp_path: Path) -> None:
    _, backup = pair
    other = tmp_path / "other.db"
    with Store.open(other) as store:
        store.people.secret()
        store.people.add("zoe@example.org", "reader", now=NOW)
        ada = store.people.add("ada@example.org", "reader", now=NOW).number
        store.mail.subscribe(ada, Choice(), now=NOW)
        store.mail.unsubscribe(ada, now=NOW)
        store.papers.put(FIVE[4:], now=NOW)
    done = carried(other, backup)
    assert (done.same_line, done.ended, done.gone, done.secret) == (False, 1, 0, "backup")
    with Store.open(backup) as store:
        assert store.mail.subscriptions() == []
        assert store.papers.count() == 2


def test_a_file_that_is_no_store_changes_nothing(pair: tuple[Path, Path], tmp_path: Path) -> None:
    _, backup = pair
    before = backup.read_bytes()
    (tmp_path / "odd.db").write_text("no database")
    with pytest.raises((CollectionError, sqlite3.Error)):
        carried(tmp_path / "odd.db", backup)
    with Store.open(backup) as store:
        assert store.papers.count() == 2
    assert len(backup.read_bytes()) == len(before)
