"""For you: are papers found that a reader likes, from a few that they liked? Readers are simulated from real topics;
``lab/readers.py`` has the details.

papers with a topic -> vectors -> readers of two to four topics -> the picks made for each
-> recall of the papers held back, coverage of the reader's topics, diversity; among all papers, and of one day
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from broadsheet.lab import readers
from broadsheet.lab.papers import Features, documents_of
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Ability, Figure, Row, Subject

_READERS = 200
_FIGURES = [(pool, measure) for pool in readers.POOLS for measure in readers.MEASURES]


class ForYou:
    """A file of papers with topics (``jsonl``)."""

    kind = "foryou"
    figures: tuple[Figure, ...] = tuple(
        Figure(measure if pool == readers.POOLS[0] else f"{measure} of {pool}") for pool, measure in _FIGURES
    )
    needs: Ability = "features"

    def __init__(self, data: Set) -> None:
        self.name, self._set = data.name, data

    @property
    def data(self) -> str:
        """Return a hash of the set."""
        return self._set.data

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say that the readers are simulated."""
        return ("The readers are simulated: they like all papers of two to four topics, and no others.",)

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield the values of each reader; those of the same topics are a group."""
        papers = readers.papers_of(documents_of(self._set), Features(subject))
        people = readers.make_readers(papers, _READERS)
        values = readers.measure_each(papers, people, {readers.OURS: readers.ForYou(papers)})
        for place, person in enumerate(people):
            for figure, (pool, measure) in zip(self.figures, _FIGURES, strict=True):
                value = values[pool, measure, readers.OURS][place]
                yield Row(figure.name, f"reader {place}", (value,), " ".join(sorted(person.topics)))
