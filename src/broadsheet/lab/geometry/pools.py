"""Validation tasks in vectors, for ``trial``: a judged set, or titles that look for their own abstracts.

a folder with corpus, queries and qrels -> its documents and judged queries, encoded -> Pool
papers -> title (query) and abstract (document), encoded -> Pool
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.protocols import Encoder, Progress, Role
from broadsheet.core.types import Document
from broadsheet.core.vectors import Vectors
from broadsheet.lab.beir import read_task
from broadsheet.lab.geometry.rows import drawn
from broadsheet.lab.geometry.trial import FEWEST, MOST, Pool

_BATCH = 512
_SHORTEST = 200  # characters of a text that counts as an abstract


def judged_pool(folder: str | Path, encoder: Encoder, *, progress: Progress | None = None) -> Pool:
    """Encode a judged set; queries without a relevant document in the corpus are left out.

    NotFoundError or SourceError for a bad folder, UsageError for one with too many documents.
    """
    task = read_task(folder)
    documents = []
    for document in task.documents():
        documents.append(document)
        if len(documents) > MOST:
            raise UsageError(f"{task.name} has more than {MOST:,} documents: a repair is tried on a smaller set.")
    place = {document.id: row for row, document in enumerate(documents)}
    grades = {query: {place[id_]: grade for id_, grade in task.judged[query].items() if id_ in place}
              for query in task.queries}  # fmt: skip
    asked = [query for query in task.queries if any(grade > 0 for grade in grades[query].values())]
    if len(asked) < FEWEST:
        raise UsageError(f"{task.name} has {len(asked)} queries with a relevant document; expected {FEWEST} or more.")
    texts, queries = [each.content for each in documents], [task.queries[query] for query in asked]
    rows, of_queries = _encoded(encoder, [(texts, "document"), (queries, "query")], progress)
    return Pool(task.name, of_queries, rows, [grades[query] for query in asked])


def title_pool(
    papers: Sequence[Document], encoder: Encoder, *, most: int, seed: int = 0, progress: Progress | None = None
) -> Pool:
    """Encode titles as queries for their own abstracts, of at most ``most`` papers drawn by ``seed``; UsageError when
    there are too few papers with an abstract.

    Papers of one title are one question with several answers.
    """
    whole = [paper for paper in papers if len(paper.text) >= _SHORTEST]
    if len(whole) < FEWEST:
        raise UsageError(f"{len(whole)} papers have an abstract; expected {FEWEST} or more. Give a judged set: --task.")
    chosen = [whole[place] for place in drawn(len(whole), most, seed).tolist()]
    answers: dict[str, dict[int, int]] = {}
    for row, paper in enumerate(chosen):
        answers.setdefault(paper.title, {})[row] = 1
    pairs: list[tuple[Sequence[str], Role]] = [([paper.text for paper in chosen], "document"), (list(answers), "query")]
    rows, queries = _encoded(encoder, pairs, progress)
    return Pool("titles for their abstracts", queries, rows, list(answers.values()))


def _encoded(
    encoder: Encoder, wanted: Sequence[tuple[Sequence[str], Role]], progress: Progress | None
) -> list[Vectors]:
    total, done, made = sum(len(texts) for texts, _ in wanted), 0, []
    for texts, role in wanted:
        parts = []
        for start in range(0, len(texts), _BATCH):
            parts.append(encoder.encode(texts[start : start + _BATCH], role=role))
            done += len(parts[-1])
            if progress:
                progress(done, total)
        made.append(np.concatenate(parts))
    return made
