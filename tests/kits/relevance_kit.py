"""What the tests of relevance share: a small Collection whose papers know what they are about, and judged lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np

from broadsheet.core.relevance import Calibration, Curve, shape
from broadsheet.core.types import Document
from broadsheet.lab.mine import Questions
from broadsheet.lab.relevance.lists import JudgedList
from broadsheet.search.relevance import Evidence

NOW = datetime(2026, 1, 5, tzinfo=UTC)
TOPICS = ("rivers", "glaciers", "dunes", "reefs", "orchards", "harbours", "quarries", "meadows")
BASE = Calibration(
    meaning=Curve(-4.0, {"height": 0.5, "lead": 0.5}),
    both=Curve(-5.0, {"height": 0.5, "lead": 0.5, "words": 1.0}),
    answer=Curve(10.0, {"reach": 0.0, "width": 0.0, "ground": 0.0}),
    scale=(0.1, 0.1),
)


def papers(count: int = 120) -> list[Document]:
    """Papers of eight topics, each with its topic as its keyword."""
    return [_paper(number) for number in range(count)]


def _paper(number: int) -> Document:
    topic = TOPICS[number % len(TOPICS)]
    text = f"These {topic} were measured for {number} days, and gauge {number * 7} of {topic} broke in winter."
    day = date(2025, 1, 1) + timedelta(days=number)
    return Document(
        id=f"own:{number:03}", title=f"Slow {topic}, part {number}", text=text, keywords=(topic,), submitted=day
    )


def questions(count: int = 120) -> Questions:
    """Which papers are about a topic, asked in several ways."""
    documents = papers(count)
    asked = {
        f"{topic} {way}": f"{way} {topic}"
        for topic in TOPICS
        for way in ("slow", "winter", "gauge", "measured", "days")
    }
    judged = {name: {each.id: 1 for each in documents if name.split()[0] in each.keywords} for name in asked}
    return Questions("topics", "Find the papers of a topic.", asked, tuple(documents), judged)


def drawn_list(random: np.random.Generator, name: str, *, length: int = 60, some: bool = True) -> JudgedList:
    """A list whose papers are relevant as often as a calibration says; with ``some``, the first one is."""
    cosines = np.sort(random.normal(random.uniform(0.1, 0.4), 0.15, length))[::-1]
    words = random.random(length)
    own = shape(cosines, random.normal(0.1, 0.1, 200), (0.1, 0.1))
    relevant = random.random(length) < BASE.probabilities(own, cosines, words)
    relevant[0] |= some
    return JudgedList(name, Evidence(own, np.arange(1, length + 1), cosines, words, 0, length), relevant, 0, (0.1, 0.1))
