"""Five papers for a Store, their row numbers, and a later moment."""

from __future__ import annotations

from datetime import timedelta

from broadsheet.store import Store
from fakes import NOW, paper

OF_PAPERS = {"documents", "records", "merged", "aliases", "categories", "author_words", "sketches"}
LEFT_OUT = {
    "sessions", "tokens", "used_links", "jobs", "trends", "runs", "clashes", "problems", "topic_papers"
}  # fmt: skip
"""Tables of the Store that no archive holds: the papers, which are exported, and what belongs to one instance."""

LATER = NOW + timedelta(hours=1)
FIVE = [paper(i, f"Paper {i}") for i in range(5)]


def numbers(store: Store) -> list[int]:
    return list(store.papers.numbers([f"made:{i:03d}" for i in range(5)]).values())
