"""The shelf's rows on scorers, which rank texts without one vector of each: alone, and with vectors.

Rows are numbered as in the shelf; `shelf.py` has the table of all. Each corpus is encoded once, for all subjects.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from common import CACHE, need_data
from shelf_lab import gap, short, splade, told

from broadsheet import names
from broadsheet.core.protocols import Role
from broadsheet.core.types import Document
from broadsheet.encoders.join import TermsEncoder
from broadsheet.files import unpacked
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.intervals import Sample, sample
from broadsheet.lab.sets import Set, known
from broadsheet.lab.subject import CorpusOnly, Dense
from broadsheet.lab.subjects.fused import Fused
from broadsheet.lab.subjects.lexical import Bm25
from broadsheet.lab.subjects.terms import Terms
from broadsheet.lab.task import Ranker, Subject
from broadsheet.lab.tasks.retrieval import Retrieval

TASKS = ("scifact", "cranfield", "cacm")
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


class Once(CorpusOnly):
    """A subject whose documents are made ready once, whoever asks for them."""

    def __init__(self, subject: Subject) -> None:
        self._subject, self.name, self.key = subject, subject.name, subject.key
        self._ready: dict[tuple[str, ...], Ranker] = {}

    @contextmanager
    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> Iterator[Ranker]:
        """Give what was made ready for the same documents before."""
        key = tuple(document.id for document in documents)
        if key not in self._ready:
            with self._subject.corpus(documents, role=role) as ranker:
                self._ready[key] = ranker
        yield self._ready[key]


def dense_and_sparse() -> None:
    """S175: one object gives vectors and weighted terms; both fused, the share chosen on SciFact's train claims"""
    both = names.encoder(f"join:minilm|{splade()}", cache=CACHE / "models")
    assert isinstance(both, TermsEncoder)
    texts = ["Sparse and dense vectors of one text"]
    print(f"  join:minilm|splade-tiny: vectors {both.encode(texts).shape}, "
          f"{len(both.sparse_vectors(texts).terms)} terms of {both.sparse_vectors(texts).size:,}")  # fmt: skip
    cached = CachedEncoder.under(names.encoder("minilm", cache=CACHE / "models"), CACHE.parent / "evaluate")
    dense, sparse, words = Once(Dense(cached, "minilm")), Once(Terms(both, "splade-tiny")), Once(Bm25())
    share = _chosen(dense, sparse)
    for name in TASKS:
        task = Retrieval(known(need_data())[name])
        found = [_measured(task, each) for each in (dense, sparse, _fused(dense, sparse, share), words,
                                                    _fused(dense, words, 0.5), _fused(sparse, words, 0.5))]  # fmt: skip
        told(*found)
        gap(found[2], max(found[:2], key=lambda each: each.value))
        gap(found[2], found[4])


def _fused(one: Subject, other: Subject, share: float) -> Fused:
    return Fused(one, other, share, name=f"{one.name} + {share:g} {other.name}")


def _chosen(dense: Subject, sparse: Subject) -> float:
    """The sparse side's share that ranks best for SciFact's train claims, none of which is judged below."""
    with tempfile.TemporaryDirectory() as folder:
        task = Retrieval(_train(Path(folder)))
        means = {share: _measured(task, _fused(dense, sparse, share)).value for share in SHARES}
    best = max(means, key=lambda share: means[share])
    print("  on SciFact's train claims: " + ", ".join(f"{share:g}: {mean:.4f}" for share, mean in means.items())
          + f"; chosen: {best:g}")  # fmt: skip
    return best


def _train(folder: Path) -> Set:
    """SciFact with the judgements of its train claims in place of those that are judged."""
    own = known(need_data())["scifact"]
    for name in ("corpus.jsonl.gz", "queries.jsonl.gz"):
        (folder / name).symlink_to(own.folder / name)
    with unpacked(own.folder / "qrels.tsv.gz") as file:
        head, *rows = [line.decode().rstrip("\n").split("\t") for line in file]
    place = head.index("split")
    lines = [row[:place] for row in (head, *rows) if row[place] in ("split", "train")]
    (folder / "qrels.tsv").write_text("".join("\t".join(line) + "\n" for line in lines), "utf-8")
    return Set(name="scifact-train", kind="retrieval", folder=folder)


def _measured(task: Retrieval, subject: Subject) -> Sample:
    rows = [row for row in task.rows(subject) if row.figure == "nDCG@10"]
    return sample(rows, task.figures[0], subject=short(subject.name), set=task.name)
