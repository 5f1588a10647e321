"""Does a followed topic belong in a reader's profile? On readers made up from the topic labels of papers_conf.

    ./run.sh bench for_you_topics [READERS]      (500 by default)

The Collection's own topics are fitted to the vectors alone. For each label that a reader cares about they follow the
topic, or the field, that holds most of its papers; or they follow the topic of one of their labels only. It counts as
an interest of its own, from its centre. Settings were chosen on the topics of the other half (`lab.readers.topics_of`).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from common import head, versions
from for_you import READERS, SEED, labelled, show

from broadsheet import names
from broadsheet.core.vectors import Rows, Vectors, unit
from broadsheet.lab import readers as lab
from broadsheet.lab.cache import CachedEncoder
from broadsheet.topics.clusters import fit, place

VECTORS = Path.home() / ".cache" / "broadsheet" / "evaluate"


def main() -> None:
    """Print readers with all their likes, with one like for each label, and with none."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else READERS
    head("for you, with followed topics", f"versions: {versions('broadsheet', 'numpy', 'scikit-learn')}",
         "data: papers_conf, the papers with a topic label; MiniLM")  # fmt: skip
    papers = lab.papers_of(labelled(), CachedEncoder.under(names.encoder("minilm"), VECTORS))
    topics, fields = followed(papers)
    print(f"topics of the Collection: {len({each.tobytes() for each in topics.values()})} are followed by someone\n")
    made = lab.make_readers(papers, count, seed=SEED)
    methods = {
        "topics followed": lab.ForYou(papers, topics),
        "one topic followed": One(papers, topics),
        "fields followed": lab.ForYou(papers, fields),
        "none followed": lab.ForYou(papers),
    }
    show("All likes", lab.measure(papers, made, methods))
    show("One like for each label", lab.measure(papers, [with_likes(each, 1) for each in made], methods))
    alone = {name: method for name, method in methods.items() if name != "none followed"}
    show("No likes", lab.measure(papers, [with_likes(each, 0) for each in made], alone))


class One(lab.ForYou):
    """Readers who follow the topic of the first of their labels only."""

    def __init__(self, papers: lab.Papers, topics: dict[str, Vectors]) -> None:
        super().__init__(papers)
        self._papers, self._topics = papers, topics

    def declined(self, reader: lab.Reader, declined: Rows) -> lab.Rank:
        """Make the ranking for one reader."""
        first = {label: self._topics[label] for label in reader.topics[:1]}
        return lab.ForYou(self._papers, first).declined(reader, declined)


def followed(papers: lab.Papers) -> tuple[dict[str, Vectors], dict[str, Vectors]]:
    """The centres of the topic and of the field of the Collection that hold most papers of each label."""
    tree = fit(papers.vectors)
    placed, _ = place(tree, papers.vectors)
    fields = np.array([tree.fields.get(topic, 0) for topic in placed.tolist()])
    sizes = np.array([np.sum(placed == topic) for topic in tree.topics.tolist()])
    of_fields = np.array([tree.fields[topic] for topic in tree.topics.tolist()])
    topics, wide = {}, {}
    for label in set(papers.topics.tolist()):
        own = (papers.topics == label) & (placed > 0)
        if own.any():
            topics[label] = tree.centres[tree.topics == most_of(placed[own])][0]
            inside = of_fields == most_of(fields[own])
            wide[label] = unit((tree.centres[inside] * sizes[inside, None]).sum(axis=0)[None])[0].astype(np.float32)
    return topics, wide


def most_of(values: Sequence[int] | Rows) -> int:
    """The value that is there most often."""
    return int(np.bincount(values).argmax())


def with_likes(reader: lab.Reader, most: int) -> lab.Reader:
    """A reader with so many likes of each label."""
    kept = [place for place, label in enumerate(reader.lists) if reader.lists[:place].count(label) < most]
    return replace(reader, liked=reader.liked[kept], lists=tuple(reader.lists[place] for place in kept))


if __name__ == "__main__":
    main()
