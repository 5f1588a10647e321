"""For you: are papers found that a reader likes, from a few that they liked? Readers are simulated from real topics;
``lab/readers.py`` has the details.

papers with a topic -> vectors -> readers of two to four topics -> the picks made for each
-> recall of the papers held back, coverage of the reader's topics, diversity; among all papers, and of one day
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cached_property

from broadsheet.core.types import Document
from broadsheet.lab import readers
from broadsheet.lab.papers import Features, documents_of
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.judged import Judged

_READERS = 200
_FIGURES = [(pool, measure) for pool in readers.POOLS for measure in readers.MEASURES]


class ForYou(Judged):
    """A file of papers with topics (``jsonl``). The option ``readers`` is how many there are."""

    kind = "foryou"
    figures: tuple[Figure, ...] = tuple(
        Figure(measure if pool == readers.POOLS[0] else f"{measure} of {pool}") for pool, measure in _FIGURES
    )
    needs: Ability = "features"

    def read(self) -> list[Document]:
        """Return the papers."""
        return self._papers

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield the values of each reader; those of the same topics are a group."""
        papers = readers.papers_of(self._papers, Features(subject))
        people = readers.make_readers(papers, int(self._set.options.get("readers", _READERS)))
        values = readers.measure_each(papers, people, {readers.OURS: readers.ForYou(papers)})
        for place, person in enumerate(people):
            for figure, (pool, measure) in zip(self.figures, _FIGURES, strict=True):
                value = values[pool, measure, readers.OURS][place]
                yield Row(figure.name, f"reader {place}", (value,), " ".join(sorted(person.topics)))

    @cached_property
    def _papers(self) -> list[Document]:
        self._notes.append(f"{self.name}: the readers are simulated; they like all papers of two to four topics.")
        return documents_of(self._set)
