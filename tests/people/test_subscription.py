"""A subscription to the digest: begun, changed and ended by its reader, or by signed links."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.people import subscription
from broadsheet.store.mail import Choice
from broadsheet.store.people import Person
from site_kit import NOW, made

CHOICE = Choice(cadence="weekly")


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", (), synced=False) as collection:
        yield collection


@pytest.fixture
def ada(collection: Collection) -> Person:
    return collection.store.people.add("ada@example.org", "reader", now=NOW)


def test_a_subscription_begins_changes_ends_and_begins_again(collection: Collection, ada: Person) -> None:
    store = collection.store
    subscription.subscribe_again(store, ada.number, now=NOW)
    assert store.mail.choice(ada.number) is None, "there was none to begin again"
    for choice in (Choice(), CHOICE):
        subscription.subscribe(store, ada, choice=choice, now=NOW)
        assert store.mail.choice(ada.number) == (choice, True)
    assert subscription.unsubscribe(store, ada.number, now=NOW)
    assert not subscription.unsubscribe(store, ada.number, now=NOW)
    subscription.subscribe_again(store, ada.number, now=NOW)
    assert store.mail.choice(ada.number) == (CHOICE, True)


def test_nothing_begins_without_an_address_that_email_reaches(collection: Collection, ada: Person) -> None:
    store = collection.store
    with pytest.raises(UsageError, match="address is not known here"):
        subscription.subscribe(store, store.people.add_sole(now=NOW), choice=CHOICE, now=NOW)
    store.mail.suppress(ada.address, "hard", "", now=NOW)
    with pytest.raises(UsageError, match=r"nothing is sent to your address \(hard\)"):
        subscription.subscribe(store, ada, choice=CHOICE, now=NOW)
    assert store.mail.subscriptions() == []
    assert subscription.lift(store, " Ada@Example.org ")
    assert not subscription.lift(store, ada.address)
    subscription.subscribe(store, ada, choice=CHOICE, now=NOW)
    with pytest.raises(UsageError, match="hour"):
        subscription.subscribe(store, ada, choice=Choice(hour=24), now=NOW)


def test_joining_takes_a_signed_link(collection: Collection) -> None:
    store, choice = collection.store, Choice(cadence="weekly", zone="Europe/Berlin", hour=9, most=5)
    token = subscription.join_token(store, " Eve@Example.org ", choice, now=NOW)
    assert store.people.all() == []
    with pytest.raises(UsageError, match="not known here"):
        subscription.join(store, token, access="closed", now=NOW)
    store.mail.suppress("eve@example.org", "hard", "", now=NOW)
    person = subscription.join(store, token, access="open", now=NOW)
    assert store.mail.choice(person.number) == (choice, True)
    assert not store.mail.suppressed("eve@example.org")
    store.mail.unsubscribe(person.number, now=NOW)
    assert store.mail.choice(person.number) == (choice, False)
    subscription.join(store, token, access="open", now=NOW)  # who left may come again
    assert store.mail.choice(person.number) == (choice, True)
    with pytest.raises(UsageError, match="has expired"):
        subscription.join(store, token, access="open", now=NOW + timedelta(days=4))
    with pytest.raises(UsageError, match="incomplete"):
        subscription.join(store, token[:-2], access="open", now=NOW)


@pytest.mark.parametrize(
    "choice",
    [{"cadence": "hourly"}, {"zone": "Mars/Base"}, {"zone": "../etc/passwd"}, {"hour": 24}, {"most": 0}, {"most": 51},
     {"least": "best"}, {"quiet": "x"}, {"contents": "x"}],
)  # fmt: skip
def test_choices_that_cannot_be(choice: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        subscription.check_choice(Choice(**choice))  # type: ignore[arg-type]
