"""Retrieval at one difficulty: the right document among the wrong ones whose words are as near to the query's as its
own, so that fields can be compared by what words alone do not tell. Tang and Yang 2024, "Do We Need Domain-Specific
Embedding Models? An Empirical Investigation".

pairs -> the wrong documents whose words are as near to the query's as the right one's -> similarity of all of them
-> how many of them are below the right one, and whether all are
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cached_property
from typing import NamedTuple

from broadsheet.core.errors import SourceError
from broadsheet.lab.negatives import matched
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.descriptions import Descriptions
from broadsheet.lab.tasks.judged import won

_COUNT = 9


class Choice(NamedTuple):
    """A query, its right text, and the wrong ones."""

    item: str
    query: str
    right: str
    wrong: tuple[str, ...]


class MatchedRetrieval(Descriptions):
    """Columns and options as in Descriptions; ``negatives`` is the number of wrong documents, else nine. The
    match is as good as the corpus allows: where the right text shares more words with its query than any other does, a
    bag of words stays above chance (0.5 and 0.1); two fields compare fairly only if ``bow`` is equal on both."""

    kind = "matched-retrieval"
    figures: tuple[Figure, ...] = (Figure("accuracy"), Figure("Success@1"))
    needs: Ability = "pairs"

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield the share of wrong texts that are below the right one, and whether all are."""
        for choice in self._choices:
            if choice.item not in known:
                texts = [choice.right, *choice.wrong]
                right, *wrong = subject.pairs([choice.query] * len(texts), texts).tolist()
                yield Row("accuracy", choice.item, (sum(won(right - each) for each in wrong) / len(wrong),))
                yield Row("Success@1", choice.item, (float(right > max(wrong)),))

    @cached_property
    def _choices(self) -> list[Choice]:
        first = dict[str, str]()
        for query, right in self._pairs:
            first.setdefault(query, right)
        documents = list(dict.fromkeys(right for _, right in self._pairs))
        if len(documents) < 2:
            raise SourceError(f"{self.name} has {len(documents)} different documents; expected two at least.")
        places = {text: row for row, text in enumerate(documents)}
        also = {(query, places[right]) for query, right in self._pairs}  # right too, where a query has several
        count = int(self._set.options.get("negatives", _COUNT))
        found = matched(
            list(first), documents, [places[right] for right in first.values()], count + len(also) - len(first)
        )
        return [
            Choice(str(number), query, right, tuple(documents[row] for row in rows if (query, row) not in also)[:count])
            for number, ((query, right), rows) in enumerate(zip(first.items(), found.tolist(), strict=True), 1)
        ]
