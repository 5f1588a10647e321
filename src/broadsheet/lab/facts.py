"""What is known about a paper when a day lists it, as numbers: never its own votes, comments or stars.

in the order of days: each paper's own facts, and the standing of earlier papers by its submitter and authors
a day's votes become part of the past only when all papers of that day have their numbers
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from broadsheet.core.types import Document
from broadsheet.trending.score import Floats, by_day, standing

NAMES = (
    "authors", "code", "project", "organisation", "words of the text", "words of the title", "days since submitted",
    "submitter's past", "submitter's papers", "best author's past",
)  # fmt: skip
_DOUBT = 5.0  # papers of middling standing that everyone is assumed to have had before


def listing_facts(documents: Sequence[Document], votes: Floats, days: Sequence[object]) -> Floats:
    """Compute one row of ``NAMES`` for each document, float64 (n, 10); ``days`` (n,) ascend.

    A day's rows depend on the ``votes`` (n,) of earlier days alone.
    """
    stood = standing(votes, days)
    submitters, authors = _Past(), _Past()
    out = np.zeros((len(documents), len(NAMES)))
    for rows in by_day(days):
        for row in rows:
            who = str(documents[row].extra.get("submitter") or "")
            best = max((authors.mean(name) for name in documents[row].authors), default=0.0)
            out[row] = [*_own(documents[row]), submitters.mean(who), np.log1p(submitters.count[who]), best]
        for row in rows:
            submitters.add(str(documents[row].extra.get("submitter") or ""), stood[row])
            for name in documents[row].authors:
                authors.add(name, stood[row])
    return out


def _own(document: Document) -> list[float]:
    waited = (document.listed - document.submitted).days if document.listed and document.submitted else 0
    return [
        float(np.log1p(len(document.authors))),
        float("code" in document.links),
        float("project" in document.links),
        float(bool(document.extra.get("org") or document.extra.get("organization"))),
        float(np.log1p(len(document.shown_text.split()))),
        float(np.log1p(len(document.shown_title.split()))),
        float(np.log1p(max(0, waited))),
    ]


class _Past:
    """The standing of earlier papers by name; papers without a name have no past."""

    def __init__(self) -> None:
        self.total: defaultdict[str, float] = defaultdict(float)
        self.count: defaultdict[str, int] = defaultdict(int)

    def add(self, name: str, stood: float) -> None:
        if name:
            self.total[name] += stood
            self.count[name] += 1

    def mean(self, name: str) -> float:
        return self.total[name] / (self.count[name] + _DOUBT)
