"""What trends with its scores opened, and past days to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta

import broadsheet as bs
from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.trending.ranking import explain, trending_feed
from broadsheet.trending.score import Parts, Trend
from fakes import NOW, paper

TODAY = NOW.date()


@dataclass(frozen=True)
class Shown:
    """A paper, its trend, and the parts of its score now. ``rank`` counts from 1."""

    rank: int
    document: Document
    trend: Trend
    parts: Parts


def trending(collection: Collection, *, days: int = 7, k: int = 50) -> list[Shown]:
    """What trends, with every score opened."""
    cards = trending_feed(collection, now=NOW, zone=UTC, days=days, k=k).cards
    scores = explain(collection, cards, now=NOW)
    of = [(card.document, scores[card.document.id]) for card in cards]
    return [Shown(rank, document, score.trend, score.parts) for rank, (document, score) in enumerate(of, 1)]


def put(collection: Collection, papers: list[Document]) -> None:
    """Keep papers and sync."""
    collection.store.papers.put(papers, now=NOW)
    bs.sync(collection)


def past_days(days: int) -> list[Document]:
    """Days on which papers about bridges are liked and papers about soup are not."""
    papers = []
    for back in range(1, days + 1):
        for place in range(6):
            word, votes = ("bridge", 40 + place) if place % 2 else ("soup", place)
            title = f"{word} {'abcdefghijklmnopqrstuvwxyz'[back % 26]} {place}"
            papers.append(paper(back * 10 + place, title, listed=TODAY - timedelta(days=back), votes=votes))
    return papers
