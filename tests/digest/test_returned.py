"""What comes back: who is written to no more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broadsheet.collection import Collection
from broadsheet.digest.message import Letterhead
from broadsheet.digest.plan import plan
from broadsheet.digest.returned import message_name, return_token, take
from broadsheet.digest.send import send
from broadsheet.mail.bounces import Bounce, Kind
from broadsheet.mail.refusal import Cause
from broadsheet.store.people import Person
from people_of_a_day import BEFORE, DAY, MORNING, Post, subscriber

HEAD = Letterhead("https://papers.example.org", "daily@example.org", "bounces@example.org", "leave@example.org")


def test_mails_carry_a_token_of_their_own(made: Collection) -> None:
    ada = subscriber(made, "ada")
    plan(made, now=MORNING)
    post = Post()
    send(made, post, HEAD, clock=lambda: MORNING)
    token = return_token(made.store.people.secret(), ada.number)
    (message,) = post.got
    assert message.return_path == f"bounces+{token}@example.org"
    assert message.listing
    assert message.listing.unsubscribe_address == f"leave+{token}@example.org"


@pytest.mark.parametrize(("kind", "stays"), [("hard", True), ("complaint", False), ("unsubscribe", False)])
def test_a_proven_report_is_acted_on(made: Collection, kind: Kind, stays: bool) -> None:
    ada = subscriber(made, "ada")
    token = return_token(made.store.people.secret(), ada.number)
    assert take(made.store, [Bounce(kind=kind, token=token)], now=MORNING) == {kind: 1}
    assert bool(made.store.mail.suppressed(ada.address)) is (kind != "unsubscribe")
    choice = made.store.mail.choice(ada.number)
    assert choice
    assert choice[1] is stays


def test_soft_failures_count_within_two_weeks(made: Collection) -> None:
    ada = subscriber(made, "ada")
    soft = Bounce(kind="soft", token=return_token(made.store.people.secret(), ada.number))
    for days in (0, 20, 21):
        take(made.store, [soft], now=BEFORE + timedelta(days=days))
    assert not made.store.mail.suppressed(ada.address)
    take(made.store, [soft], now=BEFORE + timedelta(days=22))
    assert made.store.mail.suppressed(ada.address) == "soft"
    assert made.store.mail.lift(ada.address)
    take(made.store, [soft], now=BEFORE + timedelta(days=23))
    assert not made.store.mail.suppressed(ada.address)  # lifted: counting begins anew


def test_what_proves_nothing_changes_nothing(made: Collection) -> None:
    ada, ben = subscriber(made, "ada"), subscriber(made, "ben")
    plan(made, now=MORNING)
    ours = f"<{message_name(made.store.people.secret(), str(DAY), ada.number)}@example.org>"
    forged = [
        Bounce(kind="hard", recipient=ada.address),
        Bounce(kind="hard", token=f"{ada.number}-xxxxxxxxxxxxxxxxxxxxxxxx"),
        Bounce(
            kind="hard", token=return_token(made.store.people.secret(), ben.number).replace(str(ben.number), "7", 1)
        ),
        Bounce(kind="hard", recipient=ada.address, message_id=ours),  # not sent
        Bounce(kind="hard", recipient=ada.address, message_id=ours.replace(f"-{ada.number}.", f"-{ben.number}.")),
        Bounce(kind="hard", recipient=ada.address, message_id="<digest-x@y>"),
    ]
    assert take(made.store, forged, now=MORNING) == {"unproven": len(forged)}
    send(made, Post(), HEAD, clock=lambda: MORNING)
    guessed = [f"digest-{DAY}-{ada.number}", f"digest-{DAY}-{ada.number}.x", ours.partition("@")[0][1:-1]]
    forged = [Bounce(kind="hard", recipient=ada.address, message_id=f"<{each}@example.org>") for each in guessed]
    assert take(made.store, forged, now=MORNING) == {"unproven": len(forged)}
    named = Bounce(kind="hard", recipient=ada.address, message_id=ours)
    assert take(made.store, [named], now=MORNING) == {"hard": 1}
    assert made.store.mail.suppressed(ada.address) == "hard"
    assert not made.store.mail.suppressed(ben.address)


def soft(made: Collection, person: Person, *, cause: Cause = "mailbox", reason: str = "full") -> Bounce:
    token = return_token(made.store.people.secret(), person.number)
    return Bounce(kind="soft", token=token, cause=cause, reason=reason)


def suppressed(made: Collection, people: list[Person]) -> list[bool]:
    return [bool(made.store.mail.suppressed(each.address)) for each in people]


def test_a_refusal_that_is_not_about_the_reader_never_ends_a_subscription(made: Collection) -> None:
    ada = subscriber(made, "ada")
    assert take(made.store, [soft(made, ada, cause="server", reason="550 5.7.1 spam")] * 9, now=MORNING) == {"soft": 9}
    assert suppressed(made, [ada]) == [False]
    assert [(each.host, each.emails) for each in made.store.mail.refusing(since=BEFORE)] == [("example.org", 9)]


@pytest.mark.parametrize("by_reader", [True, False])
def test_a_host_that_fails_for_most_of_its_readers_ends_no_subscription(made: Collection, by_reader: bool) -> None:
    people = [subscriber(made, name) for name in ("ada", "ben", "cee", "dee")]
    days = [[soft(made, each) for each in people[:2]] for _ in range(4)]
    batches = [[report for day in days for report in sorted(day, key=str)]] if by_reader else days
    for number, batch in enumerate(batches):
        take(made.store, batch, now=MORNING + timedelta(days=number))
    assert suppressed(made, people) == [False] * 4


def test_one_full_mailbox_among_several_readers_of_a_host_counts(made: Collection) -> None:
    people = [subscriber(made, name) for name in ("ada", "ben", "cee", "dee", "eve")]
    take(made.store, [soft(made, people[0])] * 3 + [soft(made, people[1])], now=MORNING)
    assert suppressed(made, people) == [True, False, False, False, False]


def test_a_host_to_which_none_of_its_readers_exist_must_say_so_three_times(made: Collection) -> None:
    people = [subscriber(made, name) for name in ("ada", "ben", "cee", "dee")]
    secret = made.store.people.secret()
    gone = [Bounce(kind="hard", token=return_token(secret, each.number), reason="5.1.1") for each in people]
    for days in range(3):
        assert suppressed(made, people) == [False] * 4
        assert take(made.store, gone, now=MORNING + timedelta(days=days)) == {"hard": 4}
        if days < 2:
            assert [(each.host, each.readers) for each in made.store.mail.refusing(since=MORNING)] == [
                ("example.org", 4)
            ]
    assert suppressed(made, people) == [True] * 4
    assert made.store.mail.refusing(since=MORNING) == []


def test_one_or_two_addresses_that_do_not_exist_are_suppressed_at_once(made: Collection) -> None:
    people = [subscriber(made, name) for name in ("ada", "ben", "cee", "dee", "eve", "fay", "gus")]
    secret = made.store.people.secret()
    take(made.store, [Bounce(kind="hard", token=return_token(secret, each.number)) for each in people[:3]], now=MORNING)
    assert suppressed(made, people) == [True] * 3 + [False] * 4
