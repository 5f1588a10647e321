"""Over days with late papers, versions, copies and deletions: nobody has a work twice, nobody misses one."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.collection import Collection, open_collection
from broadsheet.core.types import Document
from broadsheet.digest.message import Letterhead
from broadsheet.digest.plan import plan
from broadsheet.digest.send import send
from broadsheet.ingest import ingest
from broadsheet.store.mail import Choice
from fakes import WordEncoder
from people_of_a_day import Post, topical
from site_kit import Given

HEAD = Letterhead("https://papers.example.org", "daily@example.org")
MONDAY = date(2026, 3, 2)
DAYS = 7  # days on which papers come, a weekend among them; four more for the last to be sent
HOURS = (1, 8, 19)
ZONES = ("UTC", "Pacific/Auckland", "America/Los_Angeles")


@dataclass(frozen=True)
class Coming:
    """A work: the day it is listed, how late it comes, and after how many days more it has a version, a copy from
    another source, and is deleted there (-1: never)."""

    day: int
    late: int
    version: int
    copy: int
    gone: int


coming = st.builds(
    Coming, st.integers(0, DAYS - 1), st.integers(0, 2), st.integers(-1, 4), st.integers(-1, 4), st.integers(-1, 4)
)
reading = st.tuples(st.sampled_from(("daily", "weekdays")), st.sampled_from(ZONES), st.sampled_from((0, 7, 12, 18)))


def work(name: str) -> str:
    """Which work an id is of."""
    return name.partition(":")[2]


def original(number: int, each: Coming) -> Document:
    return replace(topical(number, number), listed=MONDAY + timedelta(days=each.day), votes=number % 5)


def happens(made: Collection, works: list[Coming], day: int) -> None:
    """What the sources bring and take on a day."""
    now = datetime.combine(MONDAY + timedelta(days=day), time(6), UTC)
    for number, each in enumerate(works):
        came = each.day + each.late
        paper = original(number, each)
        today = MONDAY + timedelta(days=day)
        if day == came:
            ingest(made, Given([paper]), now=now)
        if each.version >= 0 and day == came + each.version:
            newer = replace(paper, listed=today, updated=today, version=2, text=paper.text + " Once more.")
            ingest(made, Given([newer]), now=now)
        if each.copy >= 0 and day == came + each.copy:
            copy = replace(paper, id=f"other:{work(paper.id)}", source="jsonl:other", listed=today)
            ingest(made, Given([copy]), now=now)
        if each.gone >= 0 and day == came + 1 + each.gone:
            made.store.papers.delete([paper.id], now=now)


def lived(folder: Path, works: list[Coming], readers: list[Choice]) -> tuple[Collection, dict[int, list[str]]]:
    """Live through all days; returns what each reader was sent."""
    made = open_collection(folder, encoder=WordEncoder())
    with made.store.reading() as db:
        db.execute("PRAGMA synchronous = OFF")  # nothing is killed here
    early = datetime(2026, 2, 1, tzinfo=UTC)
    for number, choice in enumerate(readers):
        made.store.mail.subscribe(
            made.store.people.add(f"r{number}@example.org", "reader", now=early).number, choice, now=early
        )
    got: dict[int, list[str]] = defaultdict(list)
    for day in range(DAYS + 4):
        happens(made, works, day)
        for hour in HOURS:
            now = datetime.combine(MONDAY + timedelta(days=day), time(hour, 5), UTC)
            plan(made, now=now, zone=UTC)
            send(made, Post(), HEAD, clock=lambda now=now: now)
    for each in made.store.deliveries.in_states("sent"):
        own = made.store.editions.personal(each.period, each.person)
        assert own
        got[each.person] += own.ids
    return made, got


@settings(max_examples=10)
@given(st.lists(coming, min_size=1, max_size=7), st.lists(reading, min_size=1, max_size=3))
def test_each_work_comes_to_each_reader_once(works: list[Coming], chosen: list[tuple[str, str, int]]) -> None:
    readers = [Choice(cadence=c, zone=z, hour=h, most=50, contents="general") for c, z, h in chosen]  # type: ignore[arg-type]
    readers.append(Choice(cadence="daily", most=50, contents="general"))
    with TemporaryDirectory() as name:
        made, got = lived(Path(name), works, readers)
        with made:
            for person in range(1, len(readers) + 1):
                times = Counter(map(work, got[person]))
                assert max(times.values(), default=0) <= 1
                stays = {work(original(n, each).id) for n, each in enumerate(works) if each.gone < 0}
                assert stays <= times.keys(), readers[person - 1]
            for number, each in enumerate(works):
                if each.gone != 0:
                    in_a_pool_soon(made, original(number, each), each)


def in_a_pool_soon(made: Collection, paper: Document, each: Coming) -> None:
    """A paper is in a general pool within three days; that of the day before it came may be frozen late."""
    came = MONDAY + timedelta(days=each.day + each.late)
    bodies = [made.store.editions.get((came + timedelta(days=back)).isoformat()) for back in range(-1, 4)]
    assert work(paper.id) in {work(name) for body in bodies if body for name in body.ids}
