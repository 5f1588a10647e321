"""Counts of a work: what its sources say, and what people here did; each person's votes for copies count once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from broadsheet.collection import Collection
from broadsheet.core.types import Document


def total(counts: Iterable[int | None], here: int) -> int | None:
    """Add the people here to the most that a source counts (sources count the same people); None without any count."""
    most = max((count for count in counts if count is not None), default=None)
    return most if not here else (most or 0) + here


def with_local_counts(collection: Collection, works: Iterable[Sequence[Document]]) -> list[Document]:
    """Return the first paper of each work (a paper and its copies) with the votes and comments of the whole work."""
    store, groups = collection.store, [list(work) for work in works if work]
    numbers = store.papers.numbers([document.id for group in groups for document in group])
    ballots, written = store.reactions.ballots(list(numbers.values())), store.comments.counts(list(numbers.values()))
    documents = []
    for group in groups:
        own = [numbers[document.id] for document in group if document.id in numbers]
        voters = frozenset[int]().union(*(ballots[number] for number in own if number in ballots))
        votes = total((document.votes for document in group), len(voters))
        comments = total((document.comments for document in group), sum(written.get(number, 0) for number in own))
        documents.append(replace(group[0], votes=votes, comments=comments))
    return documents
