"""Heirs: which topics of a new fit continue which of the old ones, and where the papers of the others went.

the old and the new topic of the same papers -> pairs that share the most (``clusters.match``), topics and fields alike
-> the new one takes the number of the old; a merged one may stand in for the topic that took it in
pinned topics keep their centre -> what is not continued points to the one that took most of its papers
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from broadsheet.core.topic import Topic
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.topics.clusters import Tree, match, renumbered


@dataclass(frozen=True, slots=True)
class Old:
    """All topics and fields there ever were, by number; the ``heirs`` of the ones that are not living; and the centres
    of topics under the present Space."""

    topics: Mapping[int, Topic]
    heirs: Mapping[int, int]
    centres: Mapping[int, Vectors]

    def living(self, topic: int) -> int:
        """Return the living topic or field that a number stands for."""
        return self.heirs.get(topic, topic)

    def parents(self, topics: Rows) -> Rows:
        """Return the field (n,) that each topic was put in; 0 for none."""
        known = {topic: self.topics[topic].parent or 0 for topic in set(topics.tolist()) & self.topics.keys()}
        return np.array([known.get(topic, 0) for topic in topics.tolist()], dtype=np.int64)


def continued(tree: Tree, old: Old, *, before: Rows, after: Rows, first: int) -> Tree:
    """Return a fit's tree with the numbers of the old topics and fields that it continues, and the others numbered from
    ``first``, fields first. ``before`` and ``after`` (n,) are the old and new topics of the same papers, 0 for none."""
    names = _living_first(match(before, after), before, old)
    fields = np.array([tree.fields.get(topic, 0) for topic in after.tolist()], dtype=np.int64)
    parents = old.parents(before)
    names |= _living_first(match(parents, fields), parents, old)
    young = [id_ for id_ in (*dict.fromkeys(tree.fields.values()), *tree.fields) if id_ not in names]
    return renumbered(tree, names | {id_: first + place for place, id_ in enumerate(young)})


def _living_first(names: Mapping[int, int], before: Rows, old: Old) -> dict[int, int]:
    """The same pairs, but where a topic is not continued and one that was merged into it is, the one with the most
    papers takes its number."""
    chosen = dict(names)
    sizes = dict(zip(*(each.tolist() for each in np.unique(before, return_counts=True)), strict=True))
    for new, leaf in sorted(names.items(), key=lambda pair: -sizes.get(pair[1], 0)):
        if old.living(leaf) not in chosen.values():
            chosen[new] = old.living(leaf)
    return chosen


def pinned(tree: Tree, old: Old, *, before: Rows, after: Rows) -> Tree:
    """Return the tree with the old centre of each pinned living topic: in place of that of the one that continues it,
    or else next to the others, in the field where most of its papers are (``after`` (n,): their topics)."""
    for topic, centre in old.centres.items():
        if topic in old.heirs or not old.topics[topic].pinned:
            continue
        centres = np.where((tree.topics == topic)[:, None], centre, tree.centres).astype(np.float32)
        tree = replace(tree, centres=centres)
        if topic not in tree.fields:
            closest = int(tree.topics[np.argmax(tree.centres @ centre)])
            home = tree.fields[_usual(after[before == topic]) or closest]
            tree = Tree(
                np.concatenate([tree.centres, centre[None]]),
                np.append(tree.topics, topic),
                {**tree.fields, topic: home},
            )
    return tree


def ended(tree: Tree, old: Old, *, before: Rows, after: Rows) -> dict[int, int]:
    """Return the heir of each living old topic and field that the tree does not continue: the one where most of its
    papers are now, or else the nearest. One of which nothing is known has none, and stays."""
    heirs = dict[int, int]()
    alive = {*tree.fields, *tree.fields.values()}
    gone = [each for each in old.topics.values() if each.id not in old.heirs and each.id not in alive]
    for topic in (each.id for each in gone if each.level == "topic"):
        taker = _usual(after[before == topic])
        if not taker and topic in old.centres:
            taker = int(tree.topics[np.argmax(tree.centres @ old.centres[topic])])
        if taker:
            heirs[topic] = old.living(taker)
    parents = old.parents(before)
    for field in (each.id for each in gone if each.level == "field"):
        own = [heirs[each.id] for each in gone if each.parent == field and each.id in heirs]
        taker = _usual(after[parents == field]) or next(iter(own), 0)
        if taker:
            heirs[field] = old.living(tree.fields[taker])
    return heirs


def _usual(topics: Rows) -> int:
    """The topic of the most papers, the lowest where several are; 0 for none."""
    counts = np.bincount(topics)
    counts[:1] = 0
    return int(counts.argmax()) if counts.any() else 0
