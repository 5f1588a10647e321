"""Alerts in two wordings: whether a wish in a few words and the same wish as a sentence send the same papers.

    ./run.sh bench alert_wordings

Ten pairs over the papers of hf_daily, and ten over the IJCAI papers of papers_conf on which choices were made. All were
written before any result was seen. For each strength: the Jaccard index of what both wordings of a pair would have sent
(Jaccard 1901; two silent ones are equal), by the bands of the Space as it was before, and by the probability of
relevance; the difference paired by wish, with its 95 % interval.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from common import head, need_data, versions

from broadsheet import names
from broadsheet.alerts.alert import Alert
from broadsheet.alerts.match import gather, prepare
from broadsheet.alerts.scale import Measure, by_bands, by_relevance
from broadsheet.collection import Collection, open_collection
from broadsheet.core.metrics import bootstrap
from broadsheet.core.types import LEVELS, Document, Filters, Strength
from broadsheet.core.vectors import products
from broadsheet.ingest import ingest
from broadsheet.lab.cache import CachedEncoder
from broadsheet.sync import sync

VECTORS = Path.home() / ".cache" / "broadsheet" / "evaluate"
Pairs = Sequence[tuple[str, str]]
Sent = frozenset[int]
REPORTED: Pairs = (
    ("diffusion video generation", "I want to hear about models that generate videos by diffusion."),
    ("web agents", "How can agents built on language models use websites and operate a browser for us?"),
    (
        "reinforcement learning mathematical reasoning",
        "Language models are trained with reinforcement learning until they reason better about mathematics.",
    ),
    ("text-to-speech", "Systems that turn written text into a voice that sounds natural."),
    ("vision-language-action robot manipulation", "Models that see, read an instruction and move a robot's arm."),
    ("KV cache compression", "Ways to shrink the memory of keys and values while a language model writes long texts."),
    ("3D Gaussian splatting", "Scenes in three dimensions are reconstructed from photographs as a cloud of Gaussians."),
    ("hallucination detection", "How do we notice that a language model states something that is not true?"),
    ("protein design", "Machine learning that designs new proteins or predicts how they fold."),
    ("code generation benchmark", "Tests that measure how well language models write computer programs."),
)
CHOSEN_ON: Pairs = (
    ("fair division", "How can goods be shared among several people so that no one envies another?"),
    ("knowledge graph embedding", "Entities and relations of a knowledge graph are represented as vectors."),
    ("multi-agent path finding", "Many robots must find routes to their goals without running into one another."),
    ("session-based recommendation", "What will a visitor click next, judged by the few clicks of the current visit?"),
    ("object detection", "Methods that find things in a picture and draw a box around each of them."),
    ("machine translation", "Texts are translated automatically from one language into another."),
    ("SAT solving", "Programs that decide whether a formula of propositional logic can be made true."),
    ("traffic forecasting", "Predicting how fast cars will move on the roads of a city in the next hour."),
    ("federated learning", "Models are trained on many devices together while the data stay where they are."),
    ("domain adaptation", "A classifier trained on one kind of data should work on another without new labels."),
)
RULES: dict[str, Measure] = {"bands": by_bands, "probability": by_relevance}


def main() -> None:
    """Print both sets of pairs, by both rules."""
    head("alerts in two wordings", f"versions: {versions('broadsheet', 'numpy', 'openvino')}")
    data = need_data()
    for title, folder, venue, pairs in (
        ("chosen on, papers_conf (IJCAI)", "papers_conf/papers", "ijcai", CHOSEN_ON),
        ("reported on, hf_daily", "hf_daily/daily", "", REPORTED),
    ):
        source = names.source(f"jsonl:{data}/{folder}.jsonl.gz")
        papers = [each for each in source.fetch(None) if isinstance(each, Document) and venue in ("", each.venue)]
        papers = [each for each in papers if each.keywords or not venue]
        encoder = CachedEncoder.under(names.encoder("minilm"), VECTORS)
        with tempfile.TemporaryDirectory() as path, open_collection(path, encoder=encoder) as collection:
            ingest(collection, papers, now=datetime.now(UTC), name=folder)
            sync(collection)
            report(collection, pairs, title)


def report(collection: Collection, pairs: Pairs, title: str) -> None:
    """Print each pair, and for each strength the means and their difference, paired by wish."""
    numbers = collection.store.papers.numbers_where(Filters()).tolist()
    print(f"{title}: {len(numbers):,} papers, {len(pairs)} pairs")
    for level in LEVELS:
        sent = {rule: _sent(collection, pairs, level, measure, numbers) for rule, measure in RULES.items()}
        alike = {rule: np.array([jaccard(*both) for both in each]) for rule, each in sent.items()}
        for rule, each in sent.items():
            low, high = bootstrap(alike[rule].tolist(), seed=0)
            counts = ", ".join(f"{len(one)}/{len(other)}" for one, other in each)
            silent = sum(not one and not other for one, other in each)
            of = 100 * np.mean([len(one) + len(other) for one, other in each]) / 2 / len(numbers)
            print(f"{level:7} {rule:12} Jaccard {alike[rule].mean():.3f} [{low:.3f}, {high:.3f}]  "
                  f"sent of 100 {of:.2f}, both silent {silent}: {counts}")  # fmt: skip
        many = sum(len(one) + len(other) for one, other in sent["bands"])
        equal = np.array([jaccard(*both) for both in _as_many(collection, pairs, numbers, many)])
        low, high = bootstrap(equal.tolist(), seed=0)
        print(f"{level:7} as many by it Jaccard {equal.mean():.3f} [{low:.3f}, {high:.3f}]")
        low, high = bootstrap((equal - alike["bands"]).tolist(), seed=0)
        print(f"{level:7} {'paired':12}        {(equal - alike['bands']).mean():+.3f} [{low:+.3f}, {high:+.3f}]")
        change = alike["probability"] - alike["bands"]
        low, high = bootstrap(change.tolist(), seed=0)
        print(f"{level:7} {'paired':12}        {change.mean():+.3f} [{low:+.3f}, {high:+.3f}]  n = {len(pairs)}")
    for most in (10, 50):
        same = [jaccard(*both) for both in _nearest(collection, pairs, numbers, most)]
        print(f"the {most} nearest of each wording: Jaccard {np.mean(same):.3f}")
    print(flush=True)


def _sent(
    collection: Collection, pairs: Pairs, level: Strength, measure: Measure, numbers: Sequence[int]
) -> list[tuple[Sent, Sent]]:
    """What both wordings of each pair would have sent."""
    wishes = [Alert(text, (), level) for pair in pairs for text in pair]
    prepared = prepare(collection, wishes, measure=measure)
    hits = prepared.hits(gather(collection, numbers, prepared))
    each = [frozenset(hit.number for hit in own) for own in hits]
    return list(zip(each[::2], each[1::2], strict=True))


def _as_many(collection: Collection, pairs: Pairs, numbers: Sequence[int], many: int) -> list[tuple[Sent, Sent]]:
    """The ``many`` papers of the highest probability for all wordings together, for both wordings of each pair."""
    prepared = prepare(collection, [Alert(text) for pair in pairs for text in pair])
    vectors = gather(collection, numbers, prepared, words=False).vectors
    rows, scale = [own.row for own in prepared.ready], prepared.texts.scale
    constant, slope, answerable = scale.odds[rows].T
    cosines = products(vectors, prepared.texts.vectors)[:, rows]
    chance = answerable / (1 + np.exp(-(constant + slope * cosines)))
    enough = chance >= np.sort(chance, axis=None)[-many]
    each = [frozenset(np.flatnonzero(column).tolist()) for column in enough.T]
    return list(zip(each[::2], each[1::2], strict=True))


def _nearest(collection: Collection, pairs: Pairs, numbers: Sequence[int], most: int) -> list[tuple[Sent, Sent]]:
    """The nearest papers of both wordings of each pair: as alike as any rule that sends so many can be."""
    prepared = prepare(collection, [Alert(text) for pair in pairs for text in pair])
    vectors = gather(collection, numbers, prepared, words=False).vectors
    best = np.argsort(-products(vectors, prepared.texts.vectors), axis=0, kind="stable")[:most]
    each = [frozenset(best[:, own.row].tolist()) for own in prepared.ready]
    return list(zip(each[::2], each[1::2], strict=True))


def jaccard(one: Sent, other: Sent) -> float:
    """The share of what both have in what either has; 1 where neither has anything."""
    return len(one & other) / len(one | other) if one | other else 1.0


if __name__ == "__main__":
    main()
