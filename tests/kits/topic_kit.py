"""Papers on a few subjects, written for the tests, in Collections with topics."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from broadsheet.collection import Collection, open_collection
from broadsheet.core.types import Document
from broadsheet.sync import sync
from fakes import WordEncoder, paper

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
SUBJECTS = {
    "bees": "hive honey pollen nectar swarm foraging beekeeper drone",
    "rivers": "sediment delta flood estuary current riverbed gravel erosion",
    "looms": "weaving thread textile warp spindle fabric cotton shuttle",
    "stars": "galaxy telescope nebula spectrum orbit supernova dust redshift",
    "bread": "sourdough yeast flour oven crust gluten dough fermentation",
    "bridges": "girder cable truss concrete span arch load tower",
    "chess": "opening endgame pawn bishop castling knight checkmate gambit",
}
LATE = "chess"
"""The subject that comes last where one is to be absent at first."""


def papers(subjects: Iterable[str], each: int, *, start: int = 0) -> list[Document]:
    """So many papers on each subject, numbered from ``start`` on within it."""
    made = []
    for place, subject in enumerate(subjects):
        words = SUBJECTS[subject].split()
        for number in range(start, start + each):
            chance = random.Random(f"{subject} {number}")
            one, two, *rest = chance.sample(words, 6)
            made.append(
                paper(
                    1_000 * (1 + list(SUBJECTS).index(subject)) + number,
                    f"{subject} {one} and {two}".capitalize(),
                    f"The {one} {rest[0]} of {subject}. We weigh {rest[1]} {rest[2]} with {rest[3]}; note {place}.",
                )
            )
    return made


def filled(path: Path, documents: Iterable[Document], *, dim: int = 32) -> Collection:
    """A synced Collection of these papers, which its caller closes."""
    collection = open_collection(path, encoder=WordEncoder(dim))
    put(collection, documents)
    return collection


def put(collection: Collection, documents: Iterable[Document]) -> None:
    """Bring papers in and sync them."""
    collection.store.papers.put(documents, now=NOW)
    sync(collection)


def state(collection: Collection) -> tuple[object, object]:
    """All that is stored of topics, but for what papers were placed at: names, fields, heirs, and where papers are."""
    topics = collection.store.topics
    return topics.every(), [(row.number, row.topic, round(row.nearness, 4)) for row in topics.placed()]
