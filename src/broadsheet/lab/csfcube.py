"""The files of CSFCube: papers whose sentences are labelled with an aspect, and graded candidates for a paper and an
aspect. Mysore et al. 2021, "CSFCube: A Test Collection of Computer Science Papers for Faceted Query by Example".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from broadsheet.core.errors import SourceError
from broadsheet.lab.beir import read_task
from broadsheet.lab.sets import Set

WHOLE, TITLE = "whole", "title"


class Pool(NamedTuple):
    """What was judged for a ``paper`` and an ``aspect``: the grade of each candidate, by id, in the order of ids."""

    query: str
    paper: str
    aspect: str
    grades: Mapping[str, int]


class Cube:
    """The papers' texts and the judged pools of a folder."""

    def __init__(self, data: Set) -> None:
        self._name = data.name
        judged = read_task(data.folder).judged
        self.pools = [
            Pool(name, str(row["doc_id"]), str(row["facet"]), dict(sorted(judged[name].items())))
            for row in data.table("queries.jsonl.gz")
            if (name := str(row["_id"])) in judged
        ]
        self._papers: dict[str, dict[str, str]] = {}
        for row in data.table("corpus.jsonl.gz"):
            parts: defaultdict[str, list[str]] = defaultdict(list)
            for aspect, sentence in row["sentences"]:
                parts[aspect].append(sentence)
            texts = {aspect: " ".join(sentences) for aspect, sentences in parts.items()}
            self._papers[str(row["_id"])] = {**texts, TITLE: row["title"], WHOLE: f"{row['title']} {row['text']}"}

    def text(self, paper: str, part: str) -> str:
        """Return the sentences of an aspect, or title and abstract as a WHOLE; the title where a paper has no such
        sentence. SourceError for an unknown paper."""
        if paper not in self._papers:
            raise SourceError(f"{self._name}: the paper {paper!r} is judged but is not in the corpus.")
        texts = self._papers[paper]
        return texts.get(part) or texts[TITLE]
