"""A small Collection with a day of papers, and people who subscribe."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from broadsheet.collection import Collection, open_collection
from broadsheet.core import periods
from broadsheet.core.types import Document, Message, Outcome
from broadsheet.digest.message import Letterhead
from broadsheet.digest.plan import plan
from broadsheet.digest.send import send
from broadsheet.ingest import ingest
from broadsheet.store.mail import Choice
from broadsheet.store.people import Person
from broadsheet.sync import sync
from fakes import WordEncoder
from site_kit import Given

DAY = date(2026, 3, 2)  # a Monday
TODAY = periods.period("day", DAY)
HEAD = Letterhead("https://papers.example.org", "daily@example.org")
MORNING = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
BEFORE = MORNING - timedelta(days=20)
TOPICS = ("leaf outline herbarium", "tide harbour moon", "knot string diagram", "owl night flight")


def topical(number: int, topic: int, **more: object) -> Document:
    """A paper on one of the topics."""
    words = TOPICS[topic % len(TOPICS)]
    return Document(
        id=f"made:{number:04d}",
        title=f"{words.title()} Study {number}",
        text=f"We study {words} and {words} in case {number}.",
        authors=(f"Author {number}", "Ada Blum") if number % 10 == 3 else (f"Author {number}",),
        source="jsonl:made",
        categories=(f"x.{topic % len(TOPICS)}",),
        **more,  # type: ignore[arg-type]
    )


def collection(folder: Path, *, today: int = 12, past: int = 20) -> Collection:
    """Past papers without a day to like, and the papers of DAY."""
    made = open_collection(folder, encoder=WordEncoder())
    papers = [topical(n, n) for n in range(past)]
    papers += [topical(1_000 + n, n, listed=DAY, votes=n) for n in range(today)]
    ingest(made, Given(papers), now=BEFORE)
    sync(made)
    return made


def subscriber(made: Collection, name: str, **choice: object) -> Person:
    """Somebody who subscribed long ago."""
    person = made.store.people.add(f"{name}@example.org", "reader", now=BEFORE)
    made.store.mail.subscribe(person.number, Choice(**choice), now=BEFORE)  # type: ignore[arg-type]
    return person


def likes(made: Collection, person: Person, topic: int, name: str = "Saved") -> None:
    """Save three past papers of a topic."""
    ids = [f"made:{topic + step * len(TOPICS):04d}" for step in range(3)]
    numbers = list(made.store.papers.numbers(ids).values())
    made.store.lists.save(person.number, made.store.lists.named(person.number, name, now=BEFORE), numbers, now=BEFORE)


class Post:
    """A Mailer that keeps what it is given, and answers as it is told."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.got: list[Message] = []
        self._outcomes = list(outcomes)

    def send(self, message: Message) -> Outcome:
        self.got.append(message)
        return self._outcomes.pop(0) if self._outcomes else Outcome("accepted")


def sent(made: Collection, post: Post, *, now: datetime = MORNING) -> dict[str, int]:
    """Plan and send what is due; how many deliveries came to each state."""
    plan(made, now=now, zone=UTC)
    return {state: count for state, count in send(made, post, HEAD, clock=lambda: now).counts.items() if count}
