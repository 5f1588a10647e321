"""What the stages of the search do to the order and to its time: nDCG@10 on judged sets, and latency at 102,289 papers.

    ./run.sh bench order_stages [quality|latency] [--encoder NAME] [--sparse NAME] [--pair NAME]

Quality: `hybrid` (no stages), `default`, each stage alone, and `default` without each, all through the product's own
search, on SciFact (dev), Cranfield, CACM, the titles of CSFCube's papers as queries for their abstracts, and the answer
sentences of TREC QA (test). Constants were chosen on SciFact's train claims or fixed beforehand. A gain is paired by
query, its interval a bootstrap over queries (those that ask for the same documents are drawn together); the mean gain
over the first three sets draws within each.

Latency: the Collection of `stages.py` (a stand-in's vectors, queries through MiniLM). Every query is asked with and
without stages, one right after the other, in an order drawn anew; bars are on the difference.

A model of 47 million parameters that may be had by name:

    broadsheet encoders add ibm-granite/granite-embedding-small-english-r2
    ./run.sh bench order_stages quality --encoder bert:ibm-granite/granite-embedding-small-english-r2
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from common import CACHE, head, interval, need_data, verdict, versions

import broadsheet as bs
from broadsheet import names
from broadsheet.collection import Collection
from broadsheet.core.protocols import Encoder, Role
from broadsheet.core.types import Document
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.lab.beir import headed
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.comparison import Summary, summary
from broadsheet.lab.intervals import Sample, sample
from broadsheet.lab.sets import Set, known
from broadsheet.lab.setting import fill
from broadsheet.lab.subject import CorpusOnly
from broadsheet.lab.task import Ranker
from broadsheet.lab.tasks.pair_retrieval import PairRetrieval
from broadsheet.lab.tasks.retrieval import Retrieval
from broadsheet.search.stages import SETTINGS, STAGES
from broadsheet.search.stages.model import name_model
from broadsheet.search.stages.weights import bring_up

MEAN_OF = ("scifact", "cranfield", "cacm")
GAIN, P50, P95 = 0.008, 25.0, 50.0  # the bars: nDCG@10, milliseconds
ROUNDS = 400


class Corpora:
    """A Collection for each corpus, filled when it is first asked for, under one encoder."""

    def __init__(self, encoder: Encoder, rest: ExitStack, models: Sequence[str]) -> None:
        self._encoder, self._rest, self._models = encoder, rest, models
        self._open: dict[int, Collection] = {}

    def of(self, documents: Sequence[Document]) -> Collection:
        """The Collection of documents."""
        key = hash(tuple(each.content for each in documents))
        if key not in self._open:
            folder = self._rest.enter_context(tempfile.TemporaryDirectory(prefix="broadsheet-stages-"))
            made = self._rest.enter_context(bs.open(folder, encoder=self._encoder))
            fill(made, [_titled(each) for each in documents], now=datetime.now(UTC))
            if "sparse" in [name_model(made, name) for name in self._models]:
                bring_up(made, lambda _: None)
            self._open[key] = made
        return self._open[key]


def _titled(document: Document) -> Document:
    title, text = (document.title, document.text) if document.title.strip() else headed(document.text)
    return Document(id=document.id, title=title, text=text, source="bench")


class Staged(CorpusOnly):
    """The search with some stages, as what the lab measures."""

    def __init__(self, name: str, stages: Sequence[str], corpora: Corpora) -> None:
        self.name, self.key, self._stages, self._corpora = name, name, stages, corpora
        self.notes: set[str] = set()

    @contextmanager
    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> Iterator[Ranker]:
        """Search in the Collection of documents."""
        self._collection = self._corpora.of(documents)
        self._rows = {each.id: row for row, each in enumerate(documents)}
        yield self

    def rank(self, queries: Sequence[str], k: int) -> tuple[Rows, Vectors]:
        """Rows and scores (m, k) of the search, filled up with -1."""
        rows, scores = np.full((len(queries), k), -1), np.full((len(queries), k), -np.inf, np.float32)
        for place, text in enumerate(queries):
            found = bs.search(self._collection, text, k=10, pins=False, stages=self._stages)
            self.notes |= {found.note} if "Searched without" in found.note else set()
            rows[place, : len(found.items)] = [self._rows[each.document.id] for each in found.items]
            scores[place, : len(found.items)] = [each.score for each in found.items]
        return rows, scores


def tasks(data: Path, folder: Path) -> dict[str, Retrieval]:
    """The judged sets by name."""
    sets = known(data)
    every: dict[str, Retrieval] = {name: Retrieval(sets[name]) for name in MEAN_OF}
    every["csfcube-titles"] = PairRetrieval(sets["csfcube-titles"])
    every["trecqa"] = Retrieval(answers(sets["trecqa"], folder))
    return every


def answers(pairs: Set, folder: Path) -> Set:
    """TREC QA's test questions and sentences in the layout of BEIR; questions without an answer are left out."""
    rows = list(pairs.rows())
    documents = {text: f"s{at}" for at, text in enumerate(dict.fromkeys(str(row["other"]) for row in rows))}
    judged = {(str(row["query"]), documents[str(row["other"])]): int(row["gold"]) for row in rows}
    queries = dict.fromkeys(query for (query, _), grade in judged.items() if grade > 0)
    ids = {text: f"q{at}" for at, text in enumerate(queries)}
    place = folder / "trecqa"
    place.mkdir()
    lines = {
        "corpus.jsonl": [{"_id": id_, "title": "", "text": text} for text, id_ in documents.items()],
        "queries.jsonl": [{"_id": id_, "text": text} for text, id_ in ids.items()],
    }
    for name, own in lines.items():
        (place / name).write_text("".join(json.dumps(each) + "\n" for each in own), "utf-8")
    qrels = [f"{ids[query]}\t{name}\t{grade}\n" for (query, name), grade in judged.items() if query in ids]
    (place / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(qrels), "utf-8")
    return Set(name="trecqa", kind="retrieval", folder=place)


def settings(optional: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """What is measured: names, and the stages of each."""
    shipped = SETTINGS["default"]
    made: dict[str, tuple[str, ...]] = {"hybrid": (), "default": shipped}
    made |= {f"only {name}": (name,) for name in shipped}
    made |= {f"without {name}": tuple(each for each in shipped if each != name) for name in shipped}
    for name in optional:
        more = {*shipped, name}
        made |= {f"only {name}": (name,), f"default and {name}": tuple(each for each in STAGES if each in more)}
    seen: dict[tuple[str, ...], str] = {}  # each combination under its first name
    for name, stages in made.items():
        seen.setdefault(stages, name)
    return {name: stages for stages, name in seen.items()}


def quality(data: Path, encoder: Encoder, name: str, *, optional: Mapping[str, str], only: Sequence[str]) -> None:
    """Measure every setting on every set and print gains over hybrid."""
    head(
        f"Stages of the search: nDCG@10, encoder {name}",
        versions("broadsheet", "openvino", "tantivy", "numpy"),
        f"default = {', '.join(SETTINGS['default'])}",
    )
    samples: dict[str, dict[str, Sample]] = {}
    with ExitStack() as rest:
        folder = Path(rest.enter_context(tempfile.TemporaryDirectory()))
        corpora = Corpora(encoder, rest, list(optional.values()))
        for set_name, task in tasks(data, folder).items():
            if only and set_name not in only:
                continue
            for setting, stages in settings(optional).items():
                begun, subject = time.perf_counter(), Staged(setting, stages, corpora)
                rows = list(task.rows(subject))
                own = sample(rows, task.figures[0], subject=setting, set=set_name)
                samples.setdefault(setting, {})[set_name] = own
                print(f"  {set_name}: {setting} in {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
                for note in subject.notes:
                    print(f"  {set_name}: {setting}: {note}", flush=True)
            _print_set(set_name, samples)
    if not set(MEAN_OF) <= set(samples["default"]):
        return
    print("mean gain over " + ", ".join(MEAN_OF))
    for setting in samples:
        if setting != "hybrid":
            mean = _against(samples, setting, MEAN_OF)
            print(f"  {setting:<24} {mean.gain:+.4f} [{mean.low:+.4f}, {mean.high:+.4f}]")
    gain = _against(samples, "default", MEAN_OF)
    verdict("mean nDCG@10 of default above hybrid", gain.gain, GAIN, most=False)
    verdict("its lower bound", gain.low, 0.0, most=False)
    worse = [
        each.set for each in _against(samples, "default", list(samples["default"])).sets if each.verdict == "worse"
    ]
    verdict(f"sets on which default is worse than hybrid {worse}", len(worse), 0, most=True)


def _print_set(name: str, samples: Mapping[str, Mapping[str, Sample]]) -> None:
    print(f"{name} ({len(samples['hybrid'][name].items)} queries): hybrid {samples['hybrid'][name].value:.4f}")
    for setting in samples:
        if setting != "hybrid":
            [each] = _against(samples, setting, [name]).sets
            print(
                f"  {setting:<24} {samples[setting][name].value:.4f}  {each.gain:+.4f} [{each.low:+.4f}, "
                f"{each.high:+.4f}] p {each.p:.4f}",
                flush=True,
            )


def _against(samples: Mapping[str, Mapping[str, Sample]], setting: str, sets: Sequence[str]) -> Summary:
    return summary([(samples[setting][name], samples["hybrid"][name]) for name in sets])


def latency(data: Path) -> None:
    """Ask each query with and without stages, and print both times and their difference."""
    from pages import StandIn
    from search import open_collection, real_queries

    place, chance = CACHE / "stand-in", random.Random(3)
    open_collection(data, place, making=StandIn).close()
    taken: dict[str, list[float]] = {"hybrid": [], "default": []}
    worked: dict[str, list[float]] = {"hybrid": [], "default": []}
    with bs.open(place) as collection:
        titles, firsts = real_queries(data, collection.store)
        queries = chance.sample(titles, ROUNDS // 2) + chance.sample(firsts, ROUNDS // 2)
        head(
            f"Stages of the search: latency, {collection.store.papers.count():,} papers",
            versions("broadsheet", "openvino", "tantivy", "numpy"),
            f"{len(queries)} queries (titles, first sentences), each with and without stages, in an order drawn anew",
        )
        for query in queries[::10]:
            bs.search(collection, query)
        notes = 0
        for query in queries:
            for name in chance.sample(list(taken), 2):
                begun, clock = time.process_time(), time.perf_counter()
                found = bs.search(collection, query, stages=SETTINGS[name] if name == "default" else ())
                taken[name].append((time.perf_counter() - clock) * 1e3)
                worked[name].append((time.process_time() - begun) * 1e3)
                notes += "Searched without" in found.note
    for name, own in taken.items():
        low, high = interval(np.array(own), np.median)
        p50, p95 = np.quantile(own, [0.5, 0.95])
        print(f"{name:<10} p50 {p50:.2f} ms [{low:.2f}, {high:.2f}]  p95 {p95:.2f}")
    before, after = np.array(taken["hybrid"]), np.array(taken["default"])
    more = after - before
    low, high = interval(more, np.median)
    print(f"more by query: median {np.median(more):.2f} ms [{low:.2f}, {high:.2f}]; stages left out {notes} times")
    more = np.array(worked["default"]) - np.array(worked["hybrid"])
    low, high = interval(more, np.median)
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    print(
        f"more of a processor by query: median {np.median(more):.2f} ms [{low:.2f}, {high:.2f}]; load {busy:.1f} a core"
    )
    verdict("p50 more, ms", float(np.median(after) - np.median(before)), P50, most=True)
    verdict("p95 more, ms", float(np.quantile(after, 0.95) - np.quantile(before, 0.95)), P95, most=True)


def main() -> None:
    """Read the options, and run both parts or one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="?", choices=["quality", "latency"])
    parser.add_argument("--encoder", default="minilm")
    parser.add_argument("--sparse", metavar="NAME", help="also measure the stage sparse with this model")
    parser.add_argument("--pair", metavar="NAME", help="also measure the stage pair with this model")
    parser.add_argument("--sets", metavar="NAMES", default="", help="only these sets, with commas between them")
    chosen = parser.parse_args()
    data = need_data()
    if chosen.part != "latency":
        encoder = CachedEncoder.under(names.encoder(chosen.encoder, cache=CACHE), CACHE.parent / "evaluate")
        models = {"sparse": chosen.sparse, "pair": chosen.pair}
        named = {stage: name for stage, name in models.items() if name}
        quality(data, encoder, chosen.encoder, optional=named, only=[each for each in chosen.sets.split(",") if each])
    if chosen.part != "quality":
        latency(data)


if __name__ == "__main__":
    main()
