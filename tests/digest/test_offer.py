"""What is new to a person, who may have had nothing of the last days' editions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from broadsheet.collection import Collection
from broadsheet.core import periods
from broadsheet.digest.offer import Offers, heard
from broadsheet.digest.offer import shown as shown_before
from broadsheet.ingest import ingest
from broadsheet.store.deliveries import Had
from broadsheet.store.mail import Choice
from broadsheet.store.people import Person
from people_of_a_day import BEFORE, DAY, MORNING, TODAY, Post, sent, subscriber, topical
from site_kit import Given


def shown(made: Collection, period: str, person: Person) -> list[str]:
    """The ids of a person's frozen list."""
    own = made.store.editions.personal(period, person.number)
    assert own
    return own.ids


def test_the_weekly_is_the_best_of_the_week_less_what_a_person_had_by_the_day(made: Collection) -> None:
    """Who switches from every day to every week is not told again of what came by the day."""
    ada = subscriber(made, "ada", contents="general", most=5)
    ben = subscriber(made, "ben", contents="general", most=5, cadence="weekly")
    store, friday, monday = made.store, MORNING + timedelta(days=4), MORNING + timedelta(days=7)
    sent(made, Post())
    ingest(made, Given([topical(2_000 + n, n, listed=friday.date(), votes=6 + n) for n in range(4)]), now=friday)
    store.mail.subscribe(ada.number, Choice(contents="general", most=5, cadence="weekly"), now=friday)
    assert sent(made, Post(), now=monday) == {"sent": 2}
    week = periods.period("week", DAY).name
    assert shown(made, TODAY.name, ada) == [f"made:10{n:02}" for n in (11, 10, 9, 8, 7)]
    best = shown(made, week, ben)
    assert {"made:1011", "made:2003"} <= set(best)  # of the whole week, ranked again
    hers = shown(made, week, ada)
    assert set(hers).isdisjoint(shown(made, TODAY.name, ada))
    assert set(hers) >= {f"made:200{n}" for n in range(4)}


def test_who_switches_to_every_day_is_not_told_of_the_week_again(made: Collection) -> None:
    ada = subscriber(made, "ada", contents="general", most=5, cadence="weekly")
    subscriber(made, "ben", cadence="daily")
    sunday, monday = MORNING + timedelta(days=6), MORNING + timedelta(days=7)
    ingest(made, Given([topical(2_000, 0, listed=sunday.date())]), now=sunday)
    for day in range(7):
        sent(made, Post(), now=MORNING + timedelta(days=day))
    sent(made, Post(), now=monday)
    made.store.mail.subscribe(ada.number, Choice(contents="general", cadence="daily"), now=monday)
    ingest(made, Given([topical(2_001, 0, listed=monday.date())]), now=monday)
    assert sent(made, Post(), now=monday + timedelta(days=1)) == {"sent": 2}
    assert shown(made, (DAY + timedelta(days=8)).isoformat(), ada) == ["made:2001"]


def test_weekday_readers_have_the_papers_of_a_weekend_on_monday(made: Collection) -> None:
    """Though an edition of Saturday was sent to others."""
    ada = subscriber(made, "ada", contents="general")
    subscriber(made, "ben", contents="general", cadence="daily")
    sent(made, Post())
    saturday, monday = MORNING + timedelta(days=5), MORNING + timedelta(days=7)
    ingest(made, Given([topical(2_000, 0, listed=saturday.date())]), now=saturday)
    assert sent(made, Post(), now=saturday) == {"sent": 1}
    ingest(made, Given([topical(2_001, 1, listed=monday.date())]), now=monday)
    assert sent(made, Post(), now=monday) == {"sent": 2}
    assert set(shown(made, (DAY + timedelta(days=7)).isoformat(), ada)) == {"made:2000", "made:2001"}


def test_an_early_hour_brings_the_papers_of_the_day_before(made: Collection) -> None:
    """Whose hour comes before anything was fetched misses nothing."""
    ada = subscriber(made, "ada", contents="general", hour=0)
    subscriber(made, "ben", contents="general", hour=7)
    made.store.papers.delete([f"made:{1000 + n}" for n in range(12)], now=BEFORE)
    assert sent(made, Post(), now=MORNING - timedelta(hours=7)) == {}
    ingest(made, Given([topical(2_000, 0, listed=DAY)]), now=MORNING)
    assert sent(made, Post()) == {"sent": 1}
    assert sent(made, Post(), now=MORNING + timedelta(hours=17)) == {"sent": 1}
    assert shown(made, (DAY + timedelta(days=1)).isoformat(), ada) == ["made:2000"]


def test_new_versions_are_heard_of_as_papers_are_shown() -> None:
    had = [Had(state, frozenset(), frozenset(), frozenset({(state, "at")})) for state in ("sent", "failed", "planned")]
    assert heard(had) == {("sent", "at"), ("planned", "at")}


def test_versions_of_a_week_are_those_of_its_days(made: Collection) -> None:
    week = Offers(made, periods.period("week", DAY)).window
    assert week.after == datetime(2026, 3, 2, tzinfo=UTC)
    assert week.before == datetime(2026, 3, 9, tzinfo=UTC)
    assert week.holds(MORNING)
    assert not week.holds(week.before)
    day = Offers(made, TODAY).window
    assert (day.after, day.before) == (datetime(2026, 2, 27, tzinfo=UTC), None)


def test_what_was_not_sent_was_not_shown() -> None:
    had = [
        Had("sent", frozenset({"a"}), frozenset()), Had("doubtful", frozenset({"b"}), frozenset()),
        Had("failed", frozenset({"c"}), frozenset()), Had("suppressed", frozenset({"d"}), frozenset()),
        Had("planned", frozenset({"a", "e"}), frozenset()),
    ]  # fmt: skip
    assert shown_before(had) == {"a", "b", "e"}
    assert shown_before([]) == frozenset()
