"""The kinds of task, a file each: what makes a Task of a set. ``broadsheet evaluate --tasks`` lists them."""

from __future__ import annotations

from collections.abc import Callable

from broadsheet.core.errors import UsageError, nearest
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Task
from broadsheet.lab.tasks import sts
from broadsheet.lab.tasks.analogy import Analogy
from broadsheet.lab.tasks.bitext import BitextMining, Xsim
from broadsheet.lab.tasks.classification import Classification
from broadsheet.lab.tasks.clustering import Clustering
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
    "label-retrieval": LabelRetrieval,
    "clustering": Clustering,
    "bitext-mining": BitextMining,
    "xsim": Xsim,
    "analogy": Analogy,
}


def task_of(data: Set) -> Task:
    """Make the task of a set. UsageError for an unknown kind."""
    if data.kind not in KINDS:
        raise UsageError(f"The set {data.name!r} is of the kind {data.kind!r}. {nearest(data.kind, KINDS)}")
    return KINDS[data.kind](data)
