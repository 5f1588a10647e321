"""Texts that have right counterparts among other texts: what several kinds of task make of their data, and measure alike.

queries, documents, and which documents are right for each query -> ranked by a subject -> a value of each measure
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from broadsheet.core.metrics import Measure
from broadsheet.core.types import Document
from broadsheet.lab.task import Figure, Row, Subject

DEPTH = 1_000  # places of a measure without a cutoff
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Query:
    """A text whose right documents have these ids. Queries of one ``group`` are resampled together."""

    item: str
    text: str
    right: Collection[str]
    group: str = ""


def measured(
    subject: Subject,
    queries: Sequence[Query],
    documents: Mapping[str, str],
    *,
    measures: Mapping[Figure, Measure],
    known: Container[str] = (),
) -> Iterator[Row]:
    """Rank the documents (texts by id) for each query, and yield a row for each measure."""
    wanted = [query for query in queries if query.item not in known]
    if not wanted:
        return
    names = list(documents)
    depth = min(len(names), max(measure.cutoff or DEPTH for measure in measures.values()))
    with subject.corpus([Document(id=name, title=documents[name]) for name in names], role="document") as corpus:
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            rows, _ = corpus.rank([query.text for query in part], depth)
            for query, found in zip(part, rows.tolist(), strict=True):
                ranked = [names[row] for row in found if row >= 0]
                judged = dict.fromkeys(query.right, 1)
                for figure, measure in measures.items():
                    yield Row(figure.name, query.item, (measure(ranked, judged),), query.group)
