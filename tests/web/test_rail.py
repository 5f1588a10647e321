"""What stands next to a day: four weeks as bars, its fields, the reader's alerts, the email digest."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from broadsheet.collection import Collection
from broadsheet.core import periods
from broadsheet.people.reactions import react
from broadsheet.store.days import DayCount
from broadsheet.store.mail import Choice
from broadsheet.web.rail import DAYS, HEIGHT, bars
from eels_kit import DAY, EELS
from page_kit import Read
from people_kit import browser, member, site
from site_kit import NOW
from topics_kit import LEAVES, TIDES, plant

PAGE = "/day/2026-10-01"


def test_bars_are_as_high_as_a_days_papers_are_many() -> None:
    first = date(2026, 9, 5)
    known = {first: DayCount(1), first + timedelta(3): DayCount(200, 100), first + timedelta(27): DayCount(100, 100)}
    made = bars(known, first, periods.period("day", first + timedelta(3)))
    assert len(made) == DAYS
    assert [bar.day for bar in made] == [first + timedelta(n) for n in range(DAYS)]
    assert [(bar.height, bar.read) for bar in made if bar.count.papers] == [(4, 0), (HEIGHT, 22), (22, 22)]
    assert {bar.height for bar in made if not bar.count.papers} == {0}
    assert [bar.shown for bar in made].count(True) == 1
    assert all(bar.height == 0 for bar in bars({}, first, periods.period("day", first)))


def test_each_day_with_papers_is_a_link_with_its_counts(collection: Collection) -> None:
    ada = member(collection)
    react(collection, ada.number, act="read", papers=EELS[:2], now=NOW)
    text = browser(site(collection), ada).get(PAGE).text
    assert "<title>Thursday 1 October: 51 papers, 49 unread</title>" in text
    assert "<title>Wednesday 30 September: 1 paper, 1 unread</title>" in text
    stranger = browser(site(collection)).get(PAGE).text
    assert "<title>Thursday 1 October: 51 papers</title>" in stranger
    links = Read(text.split('<aside class="rail">')[1].split("</aside>")[0]).links()
    assert links.count("/day/2026-09-30") == 2, "as a bar and in the list"


def test_the_day_by_field_leads_to_the_filter(collection: Collection) -> None:
    numbers = collection.store.papers.numbers([eel.id for eel in EELS])
    plant(collection, {numbers[eel.id]: (TIDES if n < 30 else LEAVES, 0.5) for n, eel in enumerate(EELS[:40])})
    text = browser(site(collection)).get(PAGE).text.split('<aside class="rail">')[1]
    assert text.index("Seas") < text.index("Plants")
    assert f'href="{PAGE}?topic=2-seas"><bdi>Seas</bdi></a> <span class="hint">30</span>' in text


def test_alerts_and_email_are_the_readers_own(collection: Collection) -> None:
    ada = member(collection)
    collection.store.alerts.keep(ada.number, "Code", "has:code", without=(), least="good", now=NOW)
    reader = browser(site(collection), ada)
    text = reader.get(PAGE).text
    assert "Set it up" in text
    assert '<bdi>Code</bdi></a> <span class="hint">not counted yet</span>' in text, "nothing is synced"
    collection.store.mail.subscribe(ada.number, Choice(hour=6, cadence="daily"), now=NOW)
    assert "Every day at 06:00." in reader.get(PAGE).text
    collection.store.mail.unsubscribe(ada.number, now=NOW)
    assert "Set it up" in reader.get(PAGE).text
    stranger = browser(site(collection)).get(PAGE).text
    assert "Your alerts" not in stranger
    assert "Code</bdi>" not in stranger


@pytest.mark.parametrize("page", ["/day/0001-01-01", "/day/9999-12-31", "/month/9999-12", "/week/0001-W01"])
def test_the_ends_of_the_calendar_have_a_rail(collection: Collection, page: str) -> None:
    assert browser(site(collection)).get(page).status_code == 200


def test_the_weeks_end_after_the_shown_day_but_not_after_today(collection: Collection) -> None:
    text = browser(site(collection)).get(PAGE).text
    assert "5 September 2026 to 2 October 2026" in text, "NOW is 2 October"
    assert "The last four weeks" in text
    earlier = browser(site(collection)).get("/day/2026-09-01").text
    assert "Four weeks" in earlier
    assert DAY.isoformat() not in earlier.split('<aside class="rail">')[1]
