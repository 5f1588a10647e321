"""Where the processor time of a hybrid query goes, in an older version of the code and in this one, by turns in one
run.

    ./run.sh bench stages --against REVISION [--rounds 20] [--checked 400]

102,289 papers (papers_conf and papers_arxiv_cs) with the vectors of a stand-in encoder: see ``StandIn`` in pages.py.
The first run builds them in some minutes. Queries are real: titles of papers that are not there
(papers_conf/titles_only), and first sentences of hf_daily. Their vectors are made before the clock starts, so that the
encoder's time is left out. Each round asks both versions, in a process each, the same queries, in an order drawn anew;
a stage's time does not count in that of the stage around it. Printed are means by query, as medians of rounds, and
their ratio with its 95 % bootstrap interval over rounds. The bar is a ratio of 0.6 for the whole query.

``--checked`` queries of many kinds are then asked of both, and their answers compared to the last bit: ids, scores,
parts, passages, marks, strengths, notes, topics, suggestions. ``--worker FOLDER`` is one version at work.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from common import CACHE, ROOT, head, need_data, verdict, versions

import broadsheet as bs

PLACE = CACHE / "stand-in"
QUERIES, BAR = 20, 0.6  # of each kind in a round
STAGES = {
    "question": ("broadsheet.search.hybrid", "read"),
    "words": ("broadsheet.lexicon.index", "Lexicon.search"),
    "scan": ("broadsheet.space.snapshot", "Snapshot.search"),
    "both sides, the rest": ("broadsheet.search.hybrid", "find"),
    "spelling": ("broadsheet.search.hybrid", "_respelled"),
    "fusion": ("broadsheet.search.hybrid", "ordered"),
    "names": ("broadsheet.search.hybrid", "_pin"),
    "deleted": ("broadsheet.search.hybrid", "_without_deleted"),
    "page": ("broadsheet.search.hybrid", "page"),
}
"""What each stage is called here, and the function that does it, in every version that is compared."""
_SLIP = re.compile(r"[a-z]{7,}")


class Stopwatch:
    """Processor time of nested calls, each without what it calls, in milliseconds by name."""

    def __init__(self) -> None:
        self.taken: defaultdict[str, float] = defaultdict(float)
        self._inside: list[float] = []

    def around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return the call, timed."""

        def timed(*given: Any, **named: Any) -> Any:
            begun = time.process_time()
            self._inside.append(0.0)
            try:
                return call(*given, **named)
            finally:
                taken = (time.process_time() - begun) * 1e3
                self.taken[name] += taken - self._inside.pop()
                if self._inside:
                    self._inside[-1] += taken

        return timed


class Known:
    """The vectors of queries, made once; stands in the place of the encoder."""

    def __init__(self, real: Any) -> None:
        from pages import StandIn

        self.name, self.manifest, self._stand_in = real.name, real.manifest, StandIn(real)
        self._known: dict[str, np.ndarray] = {}

    def encode(self, texts: list[str], *, role: str = "document") -> np.ndarray:
        """Float32 (1, dim) of one text."""
        [text] = texts
        if text not in self._known:
            self._known[text] = self._stand_in.encode(texts, role="query")
        return self._known[text]


def work(folder: Path) -> None:
    """Answer orders, a JSON object a line, until there are no more: see ``Version.ask``."""
    from importlib import import_module

    watch = Stopwatch()
    with bs.open(folder) as collection:
        collection._encoder = Known(collection.encoder)
        plain = bs.search
        for name, (module, path) in STAGES.items():
            *owner, last = path.split(".")
            place = import_module(module)
            place = getattr(place, owner[0]) if owner else place
            setattr(place, last, watch.around(name, getattr(place, last)))
        whole = watch.around("the rest", plain)
        for line in sys.stdin:
            order = json.loads(line)
            answers = [answer(plain(collection, query)) for query in order["queries"]]  # warm, vectors are known now
            watch.taken.clear()
            kinds = defaultdict(list)
            for query, kind in zip(order["queries"], order["kinds"], strict=True):
                begun, clock = time.process_time(), time.perf_counter()
                whole(collection, query)
                kinds[kind].append(((time.process_time() - begun) * 1e3, (time.perf_counter() - clock) * 1e3))
            print(json.dumps({"stages": watch.taken, "kinds": kinds, "answers": answers}), flush=True)


def answer(results: Any) -> str:
    """Everything that a search says, as one text that differs where any bit differs."""
    from broadsheet.core.records import match_to_dict

    said = {name: getattr(results, name) for name in results.__slots__ if name not in ("items", "topics")}
    items = [{"id": each.document.id, **match_to_dict(each)} for each in results.items]
    return json.dumps({**said, "topics": [list(each) for each in results.topics], "items": items}, sort_keys=True)


class Version:
    """A tree of the code at work in a process of its own."""

    def __init__(self, tree: Path, folder: Path) -> None:
        self._worker = subprocess.Popen(
            [sys.executable, __file__, "--worker", str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(tree / "src")},
        )  # fmt: skip

    def ask(self, queries: list[tuple[str, str]]) -> dict[str, Any]:
        """One round of (kind, query): milliseconds in all by stage, milliseconds of processor and clock of each query
        by kind, and the answers."""
        assert self._worker.stdin
        assert self._worker.stdout
        order = {"queries": [query for _, query in queries], "kinds": [kind for kind, _ in queries]}
        print(json.dumps(order), file=self._worker.stdin, flush=True)
        line = self._worker.stdout.readline()
        if not line:
            sys.exit("a worker ended: see its words above")
        told: dict[str, Any] = json.loads(line)
        return told

    def end(self) -> None:
        """Let the worker go."""
        self._worker.communicate()


def timed_queries(data: Path) -> Iterator[list[tuple[str, str]]]:
    """What each round asks: titles and first sentences, others in each."""
    from search import real_queries

    with bs.open(PLACE) as collection:
        titles, firsts = real_queries(data, collection.store)
    chance = random.Random(11)
    while True:
        yield [
            *(("title", each) for each in chance.sample(titles, QUERIES)),
            *(("first sentence", each) for each in chance.sample(firsts, QUERIES)),
        ]


def checked_queries(data: Path, count: int) -> list[tuple[str, str]]:
    """Queries of each kind that readers type, some of them odd."""
    from search import rows

    chance = random.Random(12)
    papers = chance.sample(rows(data / "papers_conf/papers.jsonl.gz"), count)
    titles = [row["title"] for row in chance.sample(rows(data / "papers_conf/titles_only.jsonl.gz"), count)]
    daily = [row["abstract"] for row in chance.sample(rows(data / "hf_daily/daily.jsonl.gz"), count)]
    kinds: dict[str, Callable[[int], str]] = {
        "title": lambda at: titles[at],
        "first sentence": lambda at: daily[at].split(". ")[0][:600],
        "keywords": lambda at: " ".join(chance.sample(titles[at].split(), min(3, len(titles[at].split())))),
        "one word": lambda at: max(titles[at].split(), key=len),
        "phrase": lambda at: '"{}" {}'.format(" ".join(titles[at].split()[:2]), " ".join(titles[at].split()[2:5])),
        "exclusion": lambda at: f"{' '.join(titles[at].split()[:4])} -{titles[at].split()[-1].lower()}",
        "author condition": lambda at: f"author:{papers[at]['authors'][0]} {' '.join(titles[at].split()[:3])}",
        "author": lambda at: str(papers[at]["authors"][0]),
        "author in a query": lambda at: f"{' '.join(titles[at].split()[:3])} {papers[at]['authors'][-1]}",
        "venue and date": lambda at: f"{titles[at]} venue:{papers[at].get('venue') or 'acl'} since:2018",
        "field": lambda at: f"title:{titles[at].split()[0].strip(':')} {' '.join(titles[at].split()[1:4])}",
        "own title": lambda at: papers[at]["title"],
        "slip": lambda at: _SLIP.sub(lambda found: found[0][:3] + found[0][4:], titles[at].lower(), count=2),
        "nothing": lambda at: f"zqxj{at}vwk",
        "formula": lambda at: f"GPT-{at % 5} C++ O(n^{at % 4}) H_2O naïve Bayes {titles[at].split()[0]}",
        "CJK": lambda at: f"中文分词 {titles[at].split()[0]}",
    }  # fmt: skip
    names = sorted(kinds)
    return [(kind, kinds[kind](at)) for at in range(count) for kind in [names[at % len(names)]]]


def report(taken: dict[str, list[dict[str, float]]], unit: str) -> tuple[float, float, float]:
    """A row for each measure; returns the ratio of the last."""
    from versions import ratio

    print(f"{unit:<44} {'old':>8} {'new':>8}  new / old")
    value = (1.0, 1.0, 1.0)
    for name in taken["old"][0]:
        old, new = (np.array([each[name] for each in taken[which]]) for which in ("old", "new"))
        if not old.sum():
            continue
        value = ratio(old, new)
        print(
            f"{name:<44} {np.median(old):8.3f} {np.median(new):8.3f}  {value[0]:.3f} [{value[1]:.3f}, {value[2]:.3f}]"
        )
    return value


def measured(told: dict[str, Any]) -> dict[str, float]:
    """Milliseconds by query of one round: of each stage, of the whole query by kind, and of all."""
    queries = sum(len(each) for each in told["kinds"].values())
    stages = {name: told["stages"].get(name, 0.0) / queries for name in (*STAGES, "the rest")}
    kinds = {f"whole query: {kind}": float(np.mean([cpu for cpu, _ in each])) for kind, each in told["kinds"].items()}
    clock = float(np.median([clock for each in told["kinds"].values() for _, clock in each]))
    whole = sum(cpu for each in told["kinds"].values() for cpu, _ in each) / queries
    return {**stages, **kinds, "p50 by the clock": clock, "whole query": whole}


def compared(old: list[str], new: list[str], queries: list[tuple[str, str]]) -> None:
    """Print how many answers are the same, by kind, and the first that is not."""
    same = defaultdict[str, list[bool]](list)
    for one, other, (kind, query) in zip(old, new, queries, strict=True):
        if one != other and all(map(all, same.values())):
            print(f"the first that differs: {query!r}\n old {one[:3_000]}\n new {other[:3_000]}")
        same[kind].append(one == other)
    print(f"the same answer to the last bit: {sum(map(sum, same.values())):,} of {len(queries):,} queries")
    print("  " + ", ".join(f"{kind} {sum(each)}/{len(each)}" for kind, each in sorted(same.items())))


def main() -> None:
    """Prepare, ask both by turns, report."""
    from pages import StandIn
    from search import open_collection
    from versions import checked_out, git

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", metavar="REVISION", help="the older version")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--checked", type=int, default=400, help="queries whose answers are compared")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        work(asked.worker)
        return
    if not asked.against:
        parser.error("--against is needed: the revision to compare with")
    data = need_data()
    open_collection(data, PLACE, making=StandIn).close()
    old, new = git("describe", "--always", asked.against), git("describe", "--always", "--dirty")
    head(
        f"Stages of a hybrid query: {old} (old) and {new} (new)", versions("numpy", "tantivy"),
        "102,289 papers of papers_conf and papers_arxiv_cs; vectors: a stand-in's; the encoder is left out",
        f"{asked.rounds} rounds of {QUERIES} titles and {QUERIES} first sentences",
    )  # fmt: skip
    chance, taken = random.Random(1), defaultdict[str, list[dict[str, float]]](list)
    answers, checks = defaultdict[str, list[str]](list), checked_queries(data, asked.checked)
    asked_all: list[tuple[str, str]] = []
    with TemporaryDirectory() as name, checked_out(asked.against, Path(name) / "tree") as tree:
        sides = {"old": Version(tree, PLACE), "new": Version(ROOT, PLACE)}
        for number, queries in zip(range(asked.rounds + 1), timed_queries(data), strict=False):
            for which in chance.sample(list(sides), 2):
                told = sides[which].ask(queries)
                taken[which] += [measured(told)] if number else []
                answers[which] += told["answers"]
            asked_all += queries
        for which, side in sides.items():
            answers[which] += side.ask(checks)["answers"]
            side.end()
    value, low, high = report(taken, "milliseconds of a processor, by query")
    verdict(f"new / old of the whole query [{low:.3f}, {high:.3f}]", value, BAR, most=True)
    compared(answers["old"], answers["new"], asked_all + checks)


if __name__ == "__main__":
    main()
