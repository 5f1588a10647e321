"""Two days of papers in our own words, as long as real ones are, with topics: what a reader finds in the morning."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count
from pathlib import Path

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.types import Document
from broadsheet.server import create_app
from served import served
from site_kit import NOW, made
from topics_kit import KNOTS, LEAVES, TIDES, plant

TODAY, BEFORE = date(2026, 10, 2), date(2026, 10, 1)
_SUBJECTS = (
    "Lighthouse Lamps", "Canal Locks", "Herbarium Sheets", "Tide Gauges", "Bell Foundries", "Rope Bridges",
    "Salt Pans", "Signal Boxes", "Windmill Sails", "Harbour Cranes",
)  # fmt: skip
_WAYS = ("by Listening at Night", "from Old Logbooks and Maps")
_HEADS = ("Measuring the Wear of", "Predicting Repairs of")
_SENTENCES = (
    "{subject} have been kept for two hundred years, and few of those who keep them wrote down what they saw.",
    "Earlier work looked at single places and short times, so that little could be said of the whole coast.",
    "We read nine thousand pages of notes and turn them into a table of what broke, when, and what was done.",
    "A small model of three rules predicts the next repair better than the custom of the harbour does.",
    "It is right in seven of ten cases where the custom is right in four, and says when it does not know.",
    "The table and the rules are open, and a keeper without a computer can use them with a pencil.",
)


def _paper(number: int, day: date) -> Document:
    subject = _SUBJECTS[number % len(_SUBJECTS)]
    way, head = _WAYS[number // len(_SUBJECTS) % 2], _HEADS[number % 2]
    return Document(
        id=f"{day:%y%m}.{day.day:02}{number:03}",
        title=f"{head} {subject} {way}" + (f" on {day:%A}s" if day != TODAY else ""),
        text=" ".join(_SENTENCES).format(subject=subject),
        authors=tuple(f"{first} {subject.split()[-1]}" for first in ("Ada", "Ben", "Cy", "Di", "Eva", "Fay")),
        listed=day,
        votes=60 - 2 * number,
        links={"pdf": f"https://example.org/{number}.pdf", "code": f"https://example.org/code/{number}"},
        extra={
            "ai_summary": f"A table made of old notes on {subject.lower()} and three rules predict the next repair "
            "better than custom does, and the rules say when they do not know the answer, so that a keeper can look.",
            "github_stars": 3 * number,
        },
        source="hf:daily",
    )


PAPERS = (*(_paper(n, TODAY) for n in range(20)), *(_paper(n, BEFORE) for n in range(14)))


@contextmanager
def morning(folder: Path) -> Iterator[tuple[str, Collection]]:
    """A site with these papers that runs, as of the day of the 20; and its Collection."""
    with made(folder, PAPERS) as collection:
        numbers = collection.store.papers.numbers([paper.id for paper in PAPERS])
        topics = (TIDES, LEAVES, KNOTS)
        plant(collection, {numbers[paper.id]: (topics[n % 3], 0.5) for n, paper in enumerate(PAPERS)})
        seconds = count()
        app = create_app(collection, Settings(), now=lambda: NOW + timedelta(seconds=next(seconds)))
        with served(app) as address:
            yield address, collection
