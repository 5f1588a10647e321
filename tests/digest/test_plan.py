"""Plans: whose digest is due when, who is told that nothing is new, and shares of processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.collection import Collection
from broadsheet.digest.plan import due, plan, waiting
from broadsheet.store.mail import Choice, Subscription
from people_of_a_day import BEFORE, MORNING, TODAY, Post, sent, subscriber

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("choice", "now", "period", "hour"),
    [
        (Choice(hour=7), "2026-03-02T07:00", "2026-03-02", "2026-03-02T07:00"),
        (Choice(hour=7), "2026-03-02T06:59", "late", "2026-02-27T07:00"),  # Friday's, the last weekday
        (Choice(hour=7), "2026-03-02T18:59", "2026-03-02", "2026-03-02T07:00"),
        (Choice(hour=7), "2026-03-02T19:01", "late", "2026-03-02T07:00"),
        (Choice(hour=7, cadence="daily"), "2026-03-01T08:00", "2026-03-01", "2026-03-01T07:00"),
        (Choice(hour=22, cadence="daily"), "2026-03-02T01:00", "2026-03-01", "2026-03-01T22:00"),
        (Choice(hour=7, zone="Pacific/Auckland"), "2026-03-01T18:00", "2026-03-01", "2026-03-01T18:00"),
        (Choice(hour=7, zone="America/Los_Angeles"), "2026-03-02T15:30", "2026-03-02", "2026-03-02T15:00"),
        (Choice(hour=2, zone="Europe/Berlin", cadence="daily"), "2026-03-29T01:30", "2026-03-29", "2026-03-29T01:00"),
        (Choice(hour=7, cadence="weekly"), "2026-03-02T07:00", "2026-W09", "2026-03-02T07:00"),
        (Choice(hour=7, cadence="weekly"), "2026-03-03T07:00", "2026-W09", "2026-03-02T07:00"),
        (Choice(hour=7, cadence="weekly"), "2026-03-04T07:01", "late", "2026-03-02T07:00"),
        (Choice(hour=7, cadence="weekly"), "2026-03-02T06:59", "late", "2026-02-23T07:00"),
        (Choice(hour=2, zone="Europe/Berlin", cadence="daily"), "2026-10-25T03:00", "2026-10-25", "2026-10-25T00:00"),
        (Choice(hour=7, zone="Nowhere/Lost"), "2026-03-02T07:00", "2026-03-02", "2026-03-02T07:00"),
    ],
)
def test_when_a_digest_is_due(choice: Choice, now: str, period: str, hour: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = due(Subscription(1, "a@example.org", choice, LONG_AGO), now=at, zone=UTC)
    assert found
    assert ("late" if found.late else found.period.name, found.at.isoformat()[:16]) == (period, hour)


def test_who_subscribes_after_the_hour_begins_the_next_day() -> None:
    new = Subscription(1, "a@example.org", Choice(hour=7), MORNING)
    assert due(new, now=MORNING + timedelta(minutes=1), zone=UTC) is None
    assert due(new, now=MORNING + timedelta(days=1), zone=UTC)


def test_quiet_days_are_skipped_or_told(made: Collection) -> None:
    sunday = MORNING - timedelta(days=1)
    ada = subscriber(made, "ada", cadence="daily", quiet="note")
    ben = subscriber(made, "ben", cadence="daily")
    post = Post()
    assert sent(made, post, now=sunday) == {"sent": 1}
    assert post.got[0].to == ada.address
    assert "weekend" in post.got[0].text
    (skipped,) = made.store.deliveries.in_states("suppressed")
    assert (skipped.person, skipped.reason[:6]) == (ben.number, "quiet:")


def test_mine_alone_is_quiet_when_nothing_matches(made: Collection) -> None:
    ada = subscriber(made, "ada", contents="mine", quiet="note")
    made.store.follows.add(ada.number, "Nobody Here", now=BEFORE)
    post = Post()
    sent(made, post)
    assert "None of the 12 new papers is close to the papers that you save" in " ".join(post.got[0].text.split())


def test_whose_hour_passed_while_nothing_ran_is_told_of(made: Collection) -> None:
    ada = subscriber(made, "ada")
    assert sent(made, Post(), now=MORNING + timedelta(hours=13)) == {}
    (failed,) = made.store.deliveries.in_states("failed")
    assert (failed.person, failed.period, failed.reason) == (
        ada.number, TODAY.name, "too late: Broadsheet was not running at the chosen hour",
    )  # fmt: skip
    assert not made.store.deliveries.send_again(failed.period, ada.number, due=MORNING, now=MORNING)  # it has no list
    assert sent(made, Post(), now=MORNING + timedelta(days=1)) == {"sent": 1}  # with the papers of both days


def test_processes_take_shares_of_the_people(made: Collection) -> None:
    for name in ("ada", "ben", "cyd", "dan", "eve"):
        subscriber(made, name)
    assert waiting(made, now=MORNING, zone=UTC) == 5
    first = plan(made, now=MORNING, zone=UTC, share=(0, 2))
    assert 0 < first < 5
    assert waiting(made, now=MORNING, zone=UTC) == 5 - first
    assert plan(made, now=MORNING, zone=UTC, share=(0, 2)) == 0
    assert plan(made, now=MORNING, zone=UTC, share=(1, 2)) == 5 - first
    assert plan(made, now=MORNING, zone=UTC) == waiting(made, now=MORNING, zone=UTC) == 0
