"""Two fields with three topics, planted in a Collection by hand, with papers placed in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.topic import Topic
from broadsheet.store.topics import Placed, Planted

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
PLANTS, SEAS, LEAVES, TIDES, KNOTS = 1, 2, 3, 4, 5
_TOPICS = (
    Topic(id=PLANTS, level="field", name="Plants"),
    Topic(id=SEAS, level="field", name="Seas"),
    Topic(id=LEAVES, level="topic", name="Leaf outlines", parent=PLANTS, phrases=("leaf outlines", "herbarium sheets")),
    Topic(id=TIDES, level="topic", name="Tide tables", parent=SEAS, phrases=("tide tables",)),
    Topic(id=KNOTS, level="topic", name="Knots and ropes", parent=SEAS),
)


def plant(collection: Collection, papers: Mapping[int, tuple[int, float]] | None = None) -> None:
    """Plant the topics, and place papers (by their row numbers) in a topic, each with its nearness to the centre."""
    centres = {each.id: np.eye(8, dtype=np.float32)[each.id] for each in _TOPICS if each.level == "topic"}
    store = collection.store
    store.topics.plant(Planted(topics=_TOPICS, centres=centres, space="words", heirs={}), now=WHEN)
    changed = dict(store.topics.pending(after=0, limit=10_000))
    placed = [Placed(number, topic, nearness, changed[number]) for number, (topic, nearness) in (papers or {}).items()]
    store.topics.place(placed)


def retire(collection: Collection, topic: int, heir: int) -> None:
    """Let a new fit not continue a topic: another one takes its place, and it has no centre."""
    goes_on = tuple(each for each in _TOPICS if each.id != topic)
    centres = {each.id: np.eye(8, dtype=np.float32)[each.id] for each in goes_on if each.level == "topic"}
    collection.store.topics.plant(
        Planted(topics=goes_on, centres=centres, space="words", heirs={topic: heir}), now=WHEN
    )
