"""Deliveries in the Store: planned once, claimed by one holder, and what became of each."""

from __future__ import annotations

from datetime import timedelta

from broadsheet.core.edition import Entry, PersonalEdition
from broadsheet.store import Store
from broadsheet.store.deliveries import Delivery, Had, Limits, Planned
from fakes import NOW

DAY, LEASE = "2026-03-02", timedelta(minutes=20)
HOUR = timedelta(hours=1)
LIMITS = Limits(NOW - 12 * HOUR, NOW - 48 * HOUR)
LIST = PersonalEdition(of=(DAY,), papers=(Entry("a:1", "by Ada", ""),), general=(Entry("a:2", "3 votes"),))


def planned(store: Store, *names: str, period: str = DAY, hours: int = 0) -> list[int]:
    """Deliveries to people of these names, due so many hours ago; the people's numbers."""
    people = [store.people.add(f"{name}@example.org", "reader", now=NOW) for name in names]
    mails = [Planned(each.number, each.address, NOW - hours * HOUR, LIST) for each in people]
    assert store.deliveries.plan(period, mails, now=NOW) == len(mails)
    return [each.number for each in people]


def claimed(store: Store, holder: str = "x") -> Delivery:
    """The next delivery, claimed by this holder."""
    delivery = store.deliveries.claim(holder, now=NOW, lease=LEASE, limits=LIMITS)
    assert delivery
    return delivery


def state(store: Store, person: int) -> tuple[str, str]:
    """The state of a person's delivery, and the reason."""
    delivery = store.deliveries.get(DAY, person)
    assert delivery
    return delivery.state, delivery.reason


def test_each_person_has_one_delivery_of_a_period(store: Store) -> None:
    (ada,) = planned(store, "ada")
    other = Planned(ada, "else@example.org", NOW, PersonalEdition(more=9))
    assert store.deliveries.plan(DAY, [other], now=NOW) == 0
    delivery = store.deliveries.get(DAY, ada)
    assert delivery == Delivery(DAY, ada, "ada@example.org", "planned", NOW, "", None, 0, NOW, "")
    assert store.editions.personal(DAY, ada) == LIST, "the first list stays with it"
    assert store.deliveries.planned_for(DAY) == {ada}
    assert store.deliveries.had([ada, 99], [DAY, "2026-03-03"]) == {
        ada: [Had("planned", frozenset({"a:1", "a:2"}), frozenset({DAY}))], 99: [],
    }  # fmt: skip


def test_the_first_that_is_due_is_claimed_by_one_holder(store: Store) -> None:
    (late,) = planned(store, "late", hours=1)
    (later,) = planned(store, "later")
    planned(store, "tomorrow", hours=-24)
    planned(store, "too-late", hours=13)
    first, second = claimed(store, "x"), claimed(store, "y")
    assert [(each.person, each.holder, each.tries) for each in (first, second)] == [(late, "x", 1), (later, "y", 1)]
    assert first.lease == NOW + LEASE
    assert store.deliveries.claim("z", now=NOW, lease=LEASE, limits=LIMITS) is None


def test_a_week_may_wait_longer_than_a_day(store: Store) -> None:
    (ada,) = planned(store, "ada", period="2026-W09", hours=13)
    planned(store, "ben", hours=13)
    assert store.deliveries.expire(LIMITS, now=NOW) == 1
    assert store.deliveries.counts() == {"2026-W09": {"planned": 1}, DAY: {"failed": 1}}
    assert claimed(store).person == ada


def test_a_claim_is_settled_by_its_holder_alone(store: Store) -> None:
    (ada,) = planned(store, "ada")
    first = claimed(store, "x")
    after = NOW + LEASE + HOUR
    assert store.deliveries.release(now=after, most=5) == 1
    assert state(store, ada) == ("planned", "the process stopped before it handed this email over")
    claimed(store, "y")
    assert not store.deliveries.handing_over(first, now=after)
    assert not store.deliveries.settle(first, "sent", "", now=after)
    assert state(store, ada) == ("sending", "")


def test_what_was_put_off_waits_and_gives_its_try_back(store: Store) -> None:
    planned(store, "ada")
    assert store.deliveries.settle(claimed(store), "planned", "4.7.1 later", now=NOW, after=NOW + HOUR, tries=1)
    assert store.deliveries.claim("y", now=NOW, lease=LEASE, limits=LIMITS) is None
    again = store.deliveries.claim("y", now=NOW + HOUR, lease=LEASE, limits=LIMITS)
    assert again
    assert again.tries == 1


def test_what_died_while_it_was_handed_over_is_doubtful_until_its_holder_knows(store: Store) -> None:
    (ada,) = planned(store, "ada")
    delivery = claimed(store)
    assert store.deliveries.handing_over(delivery, now=NOW)
    assert store.deliveries.release(now=NOW + HOUR, most=5) == 0, "it may have arrived"
    assert store.deliveries.doubt(now=NOW) == 0, "its lease has not ended"
    assert store.deliveries.doubt(now=NOW + HOUR) == 1
    assert state(store, ada) == ("doubtful", "the process stopped while it handed this email over: it may have arrived")
    assert store.deliveries.settle(delivery, "sent", "", now=NOW + HOUR), "its holder was only slow"
    assert state(store, ada) == ("sent", "")


def test_after_so_many_tries_it_has_failed(store: Store) -> None:
    (ada,) = planned(store, "ada")
    claimed(store)
    assert store.deliveries.release(now=NOW + HOUR, most=1) == 1
    assert state(store, ada) == ("failed", "the process stopped each time before it handed this email over")


def test_only_what_failed_or_is_doubtful_is_planned_again_by_hand(store: Store) -> None:
    (ada,) = planned(store, "ada")
    assert not store.deliveries.send_again(DAY, ada, due=NOW, now=NOW)
    store.deliveries.settle(claimed(store), "failed", "5.7.1 no", now=NOW)
    assert store.deliveries.send_again(DAY, ada, due=NOW + HOUR, now=NOW)
    assert state(store, ada) == ("planned", "planned again by hand")
    late = Planned(ada, "ada@example.org", NOW, state="failed", reason="too late")
    store.deliveries.plan("2026-03-03", [late], now=NOW)
    assert not store.deliveries.send_again("2026-03-03", ada, due=NOW, now=NOW), "it has no list"


def test_too_late_says_what_it_waited_for(store: Store) -> None:
    (ada,) = planned(store, "ada")
    store.deliveries.settle(claimed(store), "planned", "4.2.2 full", now=NOW, after=NOW + HOUR)
    assert store.deliveries.expire(Limits(NOW + HOUR, NOW), now=NOW) == 1
    assert state(store, ada) == ("failed", "too late: this email was not sent in time (4.2.2 full)")
    assert store.deliveries.states() == {"failed": 1}
    assert [each.person for each in store.deliveries.in_states("failed", "sent")] == [ada]
    assert store.deliveries.in_states("sent") == []
