"""Subscriptions and suppressed addresses, as the Store holds them."""

from __future__ import annotations

from datetime import timedelta

from broadsheet.store import Store
from broadsheet.store.mail import Choice, Refusing, Subscription
from fakes import NOW
from store_kit import LATER

DAY = timedelta(days=1)


def test_a_subscription_keeps_its_beginning_until_it_ends(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    assert store.mail.choice(ada) is store.mail.subscribed_since(ada) is None
    assert not store.mail.digests_wanted()
    store.mail.subscribe(ada, Choice(hour=7), now=NOW)
    changed = Choice(
        cadence="weekly", zone="Europe/Berlin", hour=22, most=3, least="strong", quiet="note", contents="mine"
    )
    store.mail.subscribe(ada, changed, now=LATER)
    assert store.mail.subscriptions() == [Subscription(ada, "ada@example.org", changed, NOW)]
    assert store.mail.digests_wanted()
    assert store.mail.unsubscribe(ada, now=LATER)
    assert not store.mail.unsubscribe(ada, now=LATER), "it has ended already"
    assert store.mail.choice(ada) == (changed, False)
    assert store.mail.subscriptions() == []
    store.mail.subscribe(ada, Choice(), now=LATER + DAY)
    assert store.mail.subscribed_since(ada) == LATER + DAY


def test_a_reader_without_an_address_gets_nothing(store: Store) -> None:
    sole = store.people.add_sole(now=NOW)
    store.mail.subscribe(sole.number, Choice(), now=NOW)
    assert store.mail.subscriptions() == []
    store.people.set_address(sole.number, "a@example.org")
    assert [each.address for each in store.mail.subscriptions()] == ["a@example.org"]


def test_a_suppressed_address_keeps_its_first_reason_until_it_is_lifted(store: Store) -> None:
    store.mail.suppress("a@example.org", "refused", "550 no such user", now=NOW)
    store.mail.suppress("a@example.org", "complaint", "spam", now=LATER)
    assert store.mail.suppressions() == [("a@example.org", "refused", "550 no such user", NOW)]
    assert (store.mail.suppressed("a@example.org"), store.mail.suppressed("b@example.org")) == ("refused", "")
    assert store.mail.lift("a@example.org")
    assert not store.mail.lift("a@example.org")
    assert store.mail.suppressions() == []


def test_bounces_of_one_kind_are_counted_within_a_time_and_forgotten_when_lifted(store: Store) -> None:
    def bounced(days: int, kind: str = "full") -> int:
        now = NOW + days * DAY
        store.mail.bounced("a@example.org", kind, "x" * 900, now=now)
        return store.mail.bounce_count("a@example.org", kind, since=now - 3 * DAY)

    assert [bounced(0), bounced(1), bounced(2, "hard"), bounced(3), bounced(9)] == [1, 2, 1, 3, 1]
    store.mail.suppress("a@example.org", "full", "", now=NOW)
    store.mail.lift("a@example.org")
    assert bounced(9) == 1


def test_the_operator_sees_hosts_that_refuse_and_not_one_full_mailbox(store: Store) -> None:
    for address, kind, detail in [
        ("a@full.example", "soft", "full"),
        ("a@policy.example", "server", "first"),
        ("a@policy.example", "server", "newest"),
        ("a@down.example", "soft", "no answer"),
        ("b@down.example", "soft", "no answer"),
        ("b@down.example", "soft", "still none"),
        ("a@gone.example", "hard", "gone"),
    ]:
        store.mail.bounced(address, kind, detail, now=NOW)
    assert store.mail.refusing(since=NOW) == [
        Refusing("down.example", 3, 2, "still none"),
        Refusing("policy.example", 2, 1, "newest"),
    ]
    assert store.mail.refusing(since=LATER) == []
    assert store.mail.failing("down.example", "soft", since=NOW) == (2, 0)
