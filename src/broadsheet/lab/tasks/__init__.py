"""The kinds of task, a file each: what makes a Task of a set. ``broadsheet evaluate --tasks`` lists them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from broadsheet.core.errors import NotFoundError, UsageError, nearest
from broadsheet.lab import mteb
from broadsheet.lab.sets import Set, known, pack
from broadsheet.lab.task import Task
from broadsheet.lab.tasks import (
    aspects,
    conditions,
    descriptions,
    duplicates,
    entities,
    evalrank,
    foryou,
    hard_bitext,
    matched_retrieval,
    outliers,
    probes,
    questions,
    seams,
    senses,
    sts,
    trending,
)
from broadsheet.lab.tasks.analogy import Analogy
from broadsheet.lab.tasks.bitext import BitextMining, Xsim
from broadsheet.lab.tasks.classification import Classification
from broadsheet.lab.tasks.clustering import Clustering
from broadsheet.lab.tasks.few_shot import FewShot
from broadsheet.lab.tasks.label_retrieval import LabelRetrieval
from broadsheet.lab.tasks.pair_classification import PairClassification
from broadsheet.lab.tasks.pair_retrieval import PairRetrieval
from broadsheet.lab.tasks.reranking import Reranking
from broadsheet.lab.tasks.retrieval import Retrieval
from broadsheet.lab.tasks.zero_shot import ZeroShot

KINDS: dict[str, Callable[[Set], Task]] = {
    "sts": sts.Sts,
    "word-similarity": sts.WordSimilarity,
    "relatedness": sts.Relatedness,
    "pair-classification": PairClassification,
    "retrieval": Retrieval,
    "pair-retrieval": PairRetrieval,
    "reranking": Reranking,
    "classification": Classification,
    "zero-shot": ZeroShot,
    "few-shot": FewShot,
    "label-retrieval": LabelRetrieval,
    "clustering": Clustering,
    "bitext-mining": BitextMining,
    "xsim": Xsim,
    "analogy": Analogy,
    "entities": entities.Entities,
    "duplicates": duplicates.Duplicates,
    "outliers": outliers.Outliers,
    "questions": questions.Questions,
    "descriptions": descriptions.Descriptions,
    "matched-retrieval": matched_retrieval.MatchedRetrieval,
    "aspects": aspects.Aspects,
    "conditions": conditions.Conditions,
    "evalrank": evalrank.EvalRank,
    "xsim++": hard_bitext.HardBitext,
    "senses": senses.Senses,
    "probes": probes.Probes,
    "seams": seams.Seams,
    "trending": trending.Trending,
    "foryou": foryou.ForYou,
}


def task_of(data: Set) -> Task:
    """Make the task of a set. UsageError for an unknown kind."""
    if data.kind not in KINDS:
        raise UsageError(f"The set {data.name!r} is of the kind {data.kind!r}. {nearest(data.kind, KINDS)}")
    return KINDS[data.kind](data)


def tasks_of(name: str, data: Path) -> list[Task]:
    """Make the tasks that a name stands for, without reading their data: a set of the table, all sets of a kind whose
    files are in the folder ``data``, or a folder with ``task.toml`` or in the layout of BEIR or MTEB.

    UsageError for another name, NotFoundError for a set whose files are not there.
    """
    sets = known(data)
    if name in sets:
        sets[name].paths()
        return [task_of(sets[name])]
    if name in KINDS:
        return [task_of(each) for each in sets.values() if each.kind == name and each.present]
    folder = Path(name).expanduser()
    if folder.is_dir():
        return [task_of(each) for each in _inside(folder)]
    raise UsageError(f"{name!r} is neither a set, nor a kind of task, nor a folder. {nearest(name, [*sets, *KINDS])}")


def _inside(folder: Path) -> list[Set]:
    """The sets in a folder, by what it has."""
    if (folder / "task.toml").is_file():
        return list(pack(folder).values())
    if found := mteb.recognised(folder):
        return [found]
    raise NotFoundError(
        f"{folder} has no task.toml, and has the layout of neither BEIR (corpus.jsonl, queries.jsonl, qrels.tsv) nor "
        "MTEB (data/test-*.parquet)."
    )
