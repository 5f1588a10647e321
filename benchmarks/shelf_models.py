"""The shelf's rows on models: layers, poolings, kinds of vectors, and what goes with what they reach.

Rows are numbered as in the shelf; `shelf.py` has the table of all. Figures come through `shelf_lab.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
from common import CACHE, ROOT, verdict
from shelf_lab import STATIC, figures, gap, results, set_of, short, subjects, table

from broadsheet import names
from broadsheet.core.metrics import Floats, spearman
from broadsheet.core.protocols import Encoder, Role, Vectors
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.comparison import compare, corrected
from broadsheet.lab.intervals import Sample, sample
from broadsheet.lab.results import Results
from broadsheet.lab.sets import Set
from broadsheet.lab.subject import Dense
from broadsheet.lab.task import Task
from broadsheet.lab.tasks import task_of

sys.path.insert(0, str(ROOT / "tests" / "kits"))
from model_server import ModelServer

POOLINGS = ("minilm", *(f"minilm?pooling={name}" for name in ("cls", "max", "last", "weighted")))
LAYERS = (*(f"minilm?layers={layer}" for layer in range(6)), "minilm")
MIXES = tuple(f"minilm?layers={mix}" for mix in ("1,6", "3,4,5,6", "1,2,3,4,5,6"))
JUDGED = {"stsb-en": "Spearman", "mrpc": "AP", "trec": "accuracy", "trecqa": "AP"}
FIVE = ("trec", "stsb-en", "banking77-clusters", "trecqa", "scifact")
SAME = 1e-4  # how far a value through the API may be from the encoder's own


def poolings() -> None:
    """S061: the pooling is a switch: each against the model's own mean, paired, and which differences hold (Holm)"""
    for name, figure in JUDGED.items():
        found = table(name, figure, POOLINGS)
        _against(found[0], found[1:])


def _against(base: Sample, others: Sequence[Sample]) -> None:
    """Print how each differs from a base, corrected for their number."""
    for each in corrected([compare(other, base, family=len(others)) for other in others]):
        print(f"    {each.one} above {each.other}: {each.gain:+.4f} [{each.low:+.4f}, {each.high:+.4f}], "
              f"p {each.adjusted:.4f} after Holm: {each.verdict}")  # fmt: skip


def layers() -> None:
    """S184: every layer on every task; the mix of layers that is best on train or dev items, against the last layer"""
    columns = {name: [figures(name, each)[figure] for each in (*LAYERS, *MIXES)] for name, figure in JUDGED.items()}
    print(f"  {'':<28}" + "".join(f"{name:>12}" for name in columns))
    for place, each in enumerate((*LAYERS, *MIXES)):
        print(f"  {each:<28}" + "".join(f"{column[place].value:>12.4f}" for column in columns.values()))
    for name, (choosing, figure) in _choosing().items():
        tried = [figures(choosing, each)[figure].value for each in (*MIXES, "minilm")]
        best = int(np.argmax(tried[:-1]))
        print(f"  {name}: chosen on {choosing.name}: {MIXES[best]} ({tried[best]:.4f}; the last layer {tried[-1]:.4f})")
        gap(columns[name][len(LAYERS) + best], columns[name][len(LAYERS) - 1])


def _choosing() -> dict[str, tuple[Set, str]]:
    """For each task the items on which a mix of layers is chosen: none of them is judged."""
    dev = set_of("stsb-en", name="stsb-en-dev", where={"split": "dev"})
    questions = set_of("trecqa", name="trecqa-dev", files=("dev.jsonl.gz",))
    val = set_of("mrpc", name="mrpc-val", where={"split": "val"}, options={"tune": None})
    train = set_of("trec", name="trec-train", where={"split": "train"}, options={"train": None, "each": 100})
    return {"stsb-en": (dev, "Spearman"), "mrpc": (val, "AP"), "trec": (train, "accuracy"), "trecqa": (questions, "AP")}


def contextual() -> None:
    """S256: contextual vectors, the model's first (static) layer, and static vectors of subwords, one classifier"""
    for name in ("trec", "banking77", "agnews"):
        found = table(name, "accuracy", ["hash", STATIC, "minilm?layers=0", "minilm"])
        gap(found[3], found[2])
        gap(found[2], found[1])
        gap(found[2], found[0])


def ranks() -> None:
    """S102: which goes better with what encoders reach downstream, EvalRank or Spearman of STS? the same pairs"""
    chosen = [*subjects(), *LAYERS[:-1]]
    evalrank = set_of("stsb-en-evalrank", name="stsb-en-evalrank-test", where={"split": "test"})
    ranked = np.array([figures(evalrank, each)["MRR"].value for each in chosen])
    judged = np.array([figures("stsb-en", each)["Spearman"].value for each in chosen])
    tasks = {"trec": "accuracy", "banking77": "accuracy", "mrpc": "AP", "trecqa": "AP"}
    reached = np.array([[figures(name, each)[figure].value for each in chosen] for name, figure in tasks.items()])
    for place, each in enumerate(chosen):
        values = "  ".join(f"{name} {reached[row, place]:.4f}" for row, name in enumerate(tasks))
        print(f"  {short(each):<22} EvalRank {ranked[place]:.4f}  Spearman {judged[place]:.4f}  {values}")
    for row, name in enumerate(tasks):
        print(f"  {name}: with EvalRank {spearman(ranked, reached[row]):+.3f}, "
              f"with Spearman of STS {spearman(judged, reached[row]):+.3f}")  # fmt: skip
    order = np.argsort(np.argsort(reached, axis=1), axis=1).mean(axis=0)
    _difference(ranked, judged, order)


def _difference(ranked: Floats, judged: Floats, order: Floats) -> None:
    """Both correlations with the mean rank downstream, and their difference over encoders drawn again."""
    both = spearman(ranked, order), spearman(judged, order)
    random = np.random.default_rng(0)
    drawn = [random.integers(0, len(order), len(order)) for _ in range(2_000)]
    gaps = [spearman(ranked[rows], order[rows]) - spearman(judged[rows], order[rows])
            for rows in drawn if len(set(rows.tolist())) > 2]  # fmt: skip
    low, high = np.quantile(gaps, [0.025, 0.975])
    print(f"  mean rank over all, {len(order)} encoders: with EvalRank {both[0]:+.3f}, with Spearman of STS "
          f"{both[1]:+.3f}, apart by {both[0] - both[1]:+.3f} [{low:+.3f}, {high:+.3f}]")  # fmt: skip


def leaderboard() -> None:
    """S060: encoders that cannot be told apart share a letter; how the mean goes with what they cost"""
    runs, done = results(list(JUDGED), [*subjects(), *LAYERS[1:-1]])
    with runs:
        own = Results(runs, done)
        values = own.values()
        letters = own.letters(own.comparisons())
        for each in own.leaderboard(values):
            marks = ", ".join(f"{task} {letters.get((task, each.subject), '-')}" for task in own.tasks)
            mean = "-" if each.mean is None else f"{each.mean:.4f} [{each.low:.4f}, {each.high:.4f}]"
            print(f"  {short(each.subject):<18} {mean}; {marks}")
        for trait in own.traits(own.leaderboard(values)):
            print(f"  {trait.attribute}: Spearman {trait.spearman:+.3f}, p {trait.p:.4f}, {trait.subjects} encoders")


class _Stored:
    """An encoder whose queries are encoded and stored as documents are: MiniLM has no prompts, and an API no roles."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        return self._encoder.encode(texts)


def five_tasks() -> None:
    """S059: one call through OpenAI's protocol serves five kinds of task, with the values of MiniLM itself"""
    own = _Stored(CachedEncoder.under(names.encoder("minilm", cache=CACHE / "models"), CACHE.parent / "evaluate"))
    apart = [0.0]
    with ModelServer(own.encode, model="minilm") as server:
        remote = names.encoder(server.name)
        for name in FIVE:
            task = task_of(set_of(name))
            here, there = _measured(task, own), _measured(task, remote)
            apart.append(_told_apart(task, here, there))
        print(f"  {len(server.asked):,} requests, {remote.usage} by the server's count, {server.refused} refused")
    verdict("how far a value through the API is from the encoder's own", max(apart), SAME, most=True)


def _measured(task: Task, encoder: Encoder) -> list[Sample]:
    """The samples of all figures of an encoder on a set, those of its first seed."""
    rows = list(task.rows(Dense(encoder, "minilm")))
    return [sample(rows, figure, set=task.name) for figure in task.figures]


def _told_apart(task: Task, here: Sequence[Sample], there: Sequence[Sample]) -> float:
    """Print each figure both ways, and return the largest difference."""
    for one, other in zip(here, there, strict=True):
        print(f"  {task.kind:<15} {task.name:<20} {one.figure.name:<12} itself {one.value:.6f}  "
              f"through the API {other.value:.6f}  of {len(one.items):,}", flush=True)  # fmt: skip
    return max(abs(one.value - other.value) for one, other in zip(here, there, strict=True))
