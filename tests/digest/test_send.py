"""What becomes of deliveries: sent once, doubtful, failed, or tried again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import MailError, UsageError
from broadsheet.core.types import Message, Outcome
from broadsheet.digest.plan import plan
from broadsheet.digest.send import LEASE, PAUSED, limits, send
from broadsheet.ingest import ingest
from broadsheet.store.deliveries import Delivery
from people_of_a_day import DAY, HEAD, MORNING, TODAY, Post, sent, subscriber, topical
from site_kit import Given


def claim(made: Collection, holder: str, *, now: datetime = MORNING) -> Delivery | None:
    return made.store.deliveries.claim(holder, now=now, lease=LEASE, limits=limits(now))


def test_what_servers_answer_decides(made: Collection) -> None:
    for name in ("ada", "ben", "cyd", "dan"):
        subscriber(made, name)
    post = Post(Outcome("refused", "no such user", "5.1.1", hard=True), Outcome("deferred", "later"),
                Outcome("unknown", "lost"), Outcome("refused", "too large"))  # fmt: skip
    assert sent(made, post) == {"failed": 2, "put off": 1, "doubtful": 1}
    assert made.store.mail.suppressed("ada@example.org") == "refused"
    assert not made.store.mail.suppressed("dan@example.org")
    assert sent(made, post, now=MORNING + timedelta(minutes=5)) == {}
    assert sent(made, post, now=MORNING + timedelta(minutes=11)) == {"sent": 1}
    assert [each.to for each in post.got[4:]] == ["ben@example.org"]
    first, again = (each for each in post.got if each.to == "ben@example.org")
    assert first == again  # not a word differs
    (doubtful,) = made.store.deliveries.in_states("doubtful")
    assert made.store.deliveries.send_again(doubtful.period, doubtful.person, due=MORNING, now=MORNING)
    assert sent(made, post, now=MORNING + timedelta(minutes=12)) == {"sent": 1}
    tomorrow = MORNING + timedelta(days=1)
    ingest(made, Given([topical(3_000, 0, listed=DAY + timedelta(days=1))]), now=tomorrow)
    assert sent(made, post, now=tomorrow) == {"suppressed": 1, "sent": 3}


def test_a_refused_mailbox_counts_and_a_refused_email_does_not(made: Collection) -> None:
    for name in ("ada", "ben", "cyd", "dan"):
        subscriber(made, name)
    full, policy = Outcome("refused", "full", "5.2.2", soft=True), Outcome("refused", "spam", "5.7.1")
    for days in range(3):
        now = MORNING + timedelta(days=days)
        ingest(made, Given([topical(3_000 + days, 0, listed=DAY + timedelta(days=days))]), now=now)
        assert not made.store.mail.suppressions()
        assert sent(made, Post(full, policy), now=now) == {"failed": 2, "sent": 2}
    assert [address for address, *_ in made.store.mail.suppressions()] == ["ada@example.org"]


def test_a_server_that_cannot_be_used_loses_nothing(made: Collection) -> None:
    class Dead:
        def send(self, message: Message) -> Outcome:
            raise MailError("no server")

    subscriber(made, "ada")
    plan(made, now=MORNING, zone=UTC)
    with pytest.raises(MailError):
        send(made, Dead(), HEAD, clock=lambda: MORNING)
    (waiting,) = made.store.deliveries.in_states("planned")
    assert waiting.reason == "no server"
    assert sent(made, Post(), now=MORNING + timedelta(minutes=10)) == {"sent": 1}


def test_a_claim_is_one_holders_and_its_end_is_a_doubt(made: Collection) -> None:
    subscriber(made, "ada")
    plan(made, now=MORNING, zone=UTC)
    claimed = claim(made, "one")
    assert claimed
    assert claim(made, "two") is None
    assert made.store.deliveries.handing_over(claimed, now=MORNING)
    assert sent(made, Post(), now=MORNING + timedelta(minutes=19)) == {}
    assert sent(made, Post(), now=MORNING + timedelta(minutes=21)) == {"doubtful": 1}
    (doubtful,) = made.store.deliveries.in_states("doubtful")
    assert doubtful.reason == "the process stopped while it handed this email over: it may have arrived"
    assert not made.store.deliveries.settle(replace(claimed, holder="two"), "sent", "", now=MORNING)
    assert not made.store.deliveries.handing_over(claimed, now=MORNING)
    assert made.store.deliveries.settle(claimed, "sent", "", now=MORNING)  # it was only slow, and knows best
    assert sent(made, Post(), now=MORNING + timedelta(minutes=22)) == {}


def test_a_claim_that_ends_before_anything_was_handed_over_is_planned_again(made: Collection) -> None:
    subscriber(made, "ada")
    plan(made, now=MORNING, zone=UTC)
    claimed = claim(made, "one")
    assert claimed
    post = Post()
    assert sent(made, post, now=MORNING + timedelta(minutes=21)) == {"sent": 1}
    assert not made.store.deliveries.handing_over(claimed, now=MORNING)  # the slow one must not send it now
    assert not made.store.deliveries.settle(claimed, "failed", "", now=MORNING)
    assert len(post.got) == 1


def test_whose_message_ends_its_sender_each_time_fails(made: Collection) -> None:
    subscriber(made, "ada")
    plan(made, now=MORNING, zone=UTC)
    for minutes in range(0, 125, 25):
        made.store.deliveries.release(now=MORNING + timedelta(minutes=minutes), most=5)
        assert claim(made, "one", now=MORNING + timedelta(minutes=minutes))
    assert sent(made, Post(), now=MORNING + timedelta(minutes=125)) == {}
    (failed,) = made.store.deliveries.in_states("failed")
    assert failed.reason == "the process stopped each time before it handed this email over"


def test_a_slow_server_that_answers_after_the_lease_is_no_doubt(made: Collection) -> None:
    """Another sender sets it down as doubtful meanwhile; the answer settles it."""
    subscriber(made, "ada")
    plan(made, now=MORNING, zone=UTC)
    times = iter([MORNING] * 7)

    class Slow(Post):
        def send(self, message: Message) -> Outcome:
            assert sent(made, Post(), now=MORNING + timedelta(minutes=25)) == {"doubtful": 1}
            return super().send(message)

    counts = send(made, Slow(), HEAD, clock=lambda: next(times, MORNING + timedelta(minutes=25))).counts
    assert counts["sent"] == 1
    assert [each.reason for each in made.store.deliveries.in_states("sent")] == [""]


def test_a_clock_that_is_set_back_sends_nothing_twice(made: Collection) -> None:
    subscriber(made, "ada")
    subscriber(made, "ben", hour=8)
    post = Post()
    assert sent(made, post) == {"sent": 1}
    assert sent(made, post, now=MORNING - timedelta(hours=2)) == {}
    assert sent(made, post, now=MORNING - timedelta(days=2)) == {}
    plan(made, now=MORNING + timedelta(hours=1), zone=UTC)
    assert claim(made, "one", now=MORNING + timedelta(hours=1))  # and its sender dies, and the clock is set back
    assert sent(made, post, now=MORNING) == {}
    (held,) = made.store.deliveries.in_states("sending")
    assert held.lease
    assert sent(made, post, now=held.lease + timedelta(seconds=1)) == {"sent": 1}
    assert sorted(each.to for each in post.got) == ["ada@example.org", "ben@example.org"]


def test_who_left_is_not_written_to_even_if_it_was_planned(made: Collection) -> None:
    ada = subscriber(made, "ada")
    plan(made, now=MORNING, zone=UTC)
    claimed = claim(made, "one")
    assert claimed
    made.store.mail.unsubscribe(ada.number, now=MORNING)
    made.store.deliveries.settle(claimed, "doubtful", "", now=MORNING)
    made.store.deliveries.send_again(TODAY.name, ada.number, due=MORNING, now=MORNING)
    assert sent(made, Post()) == {"suppressed": 1}
    assert made.store.deliveries.in_states("suppressed")[0].reason == "unsubscribed"


def test_a_message_that_cannot_be_made_holds_up_nobody(made: Collection) -> None:
    class Choosy(Post):
        def send(self, message: Message) -> Outcome:
            if message.to == "ada@example.org":
                raise UsageError("'ada' cannot stand in To")
            return super().send(message)

    subscriber(made, "ada")
    subscriber(made, "ben")
    assert sent(made, Choosy()) == {"failed": 1, "sent": 1}
    assert "cannot stand in To" in made.store.deliveries.in_states("failed")[0].reason


def test_a_server_that_is_down_for_long_uses_up_no_tries(made: Collection) -> None:
    class Dead:
        def send(self, message: Message) -> Outcome:
            raise MailError("no server")

    subscriber(made, "ada")
    plan(made, now=MORNING, zone=UTC)
    for minutes in range(0, 110, 11):
        with pytest.raises(MailError):
            send(made, Dead(), HEAD, clock=lambda minutes=minutes: MORNING + timedelta(minutes=minutes))
    assert sent(made, Post(Outcome("deferred", "grey")), now=MORNING + timedelta(hours=2)) == {"put off": 1}


def test_what_is_too_late_or_paused_is_not_sent(made: Collection) -> None:
    subscriber(made, "ada")
    plan(made, now=MORNING, zone=UTC)
    made.store.journal.set_fact(PAUSED, "a backup was restored")
    post = Post()
    assert "paused" in send(made, post, HEAD, clock=lambda: MORNING).note
    made.store.journal.set_fact(PAUSED, None)
    assert send(made, post, HEAD, clock=lambda: MORNING + timedelta(hours=13)).counts["failed"] == 1
    assert post.got == []
    assert "too late" in made.store.deliveries.in_states("failed")[0].reason
