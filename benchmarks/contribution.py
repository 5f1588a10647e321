"""The sentence of an abstract that states the contribution, judged by the summaries that sources give.

    ./run.sh bench contribution [--read]

The daily papers of Hugging Face with a summary of their own, in the order of a hash of their ids: the weights are
fitted on the first 400, all figures are of the others. A second set is the authors' own TL;DRs of conference papers:
nothing was fitted on them, 300 were looked at while the rule was made, and the figures are of the others. The text is
judged as a card shows it. ``--read`` prints 40 choices of each of two sets without summaries, for a reader.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from common import head, interval, need_data, verdict, versions
from rouge_score.rouge_scorer import RougeScorer

from broadsheet import names
from broadsheet.core.contribution import Abstract, Weights, abstract, features, shortened
from broadsheet.core.text import clipped, readable
from broadsheet.core.vectors import Vectors
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.comparison import compare
from broadsheet.lab.intervals import Sample, sample
from broadsheet.lab.task import Figure, Row

CHOSEN_ON, LOOKED_AT = 400, 300
CLIP = 280  # characters of an abstract's beginning that cards showed before
RIDGE = 3.0
ROUGE = ("rouge1", "rouge2", "rougeL")
FIGURES = tuple(map(Figure, ("ROUGE-1", "ROUGE-2", "ROUGE-L", "MiniLM")))
OWN = "its text and nearness"
SPEAKS = re.compile(r"\b(?:we|this paper)\b", re.IGNORECASE)
READ = slice(40, 80)  # of the order by hash: the first 40 of each set were read while the rule was made


class Judged(NamedTuple):
    """A paper with a summary, in the form in which pages show their texts."""

    id: str
    title: str
    text: str
    summary: str = ""


class Read(NamedTuple):
    """A paper with its abstract read, the vectors of its sentences, and their cosines to the whole paper."""

    paper: Judged
    own: Abstract
    vectors: Vectors
    near: Vectors


Way = Callable[[Read], str]


@cache
def encoder() -> CachedEncoder:
    """MiniLM, whose vectors are stored."""
    return CachedEncoder.under(names.encoder("minilm"), "~/.cache/broadsheet/evaluate")


@cache
def scorer() -> RougeScorer:
    """ROUGE (Lin 2004) with Porter's stems, as the package of Google Research has it."""
    return RougeScorer(ROUGE, use_stemmer=True)


def rows(path: str) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    with gzip.open(need_data() / path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def by_hash(papers: Sequence[Judged]) -> list[Judged]:
    """Papers, each once, in the order of a hash of their ids, which says nothing of them."""
    known = {paper.id: paper for paper in reversed(papers)}
    return sorted(known.values(), key=lambda paper: hashlib.blake2b(paper.id.encode(), digest_size=16).digest())


def judged(row: dict[str, Any], summary: str) -> Judged:
    """A row of a set as a paper."""
    return Judged(row["id"], readable(row["title"]), readable(row["abstract"]), readable(summary))


def daily() -> list[Judged]:
    """The daily papers that carry a summary."""
    path = "hf_daily/daily.jsonl.gz"
    return by_hash([judged(row, row["ai_summary"]) for row in rows(path) if row.get("ai_summary") and row["abstract"]])


def conferences() -> list[Judged]:
    """Papers of conferences whose authors wrote a TL;DR."""
    path = "papers_conf/papers.jsonl.gz"
    return by_hash([judged(row, row["extra"]["tldr"]) for row in rows(path) if row["extra"].get("tldr")])


def read(papers: Sequence[Judged]) -> list[Read]:
    """Papers with what is looked at in them."""
    whole = encoder().encode([f"{paper.title} {paper.text}".strip() for paper in papers])
    own = [abstract(paper.title, paper.text) for paper in papers]
    flat = encoder().encode([text for each in own for text in each.sentences])
    vectors = np.split(flat, np.cumsum([len(each.sentences) for each in own])[:-1])
    return [Read(*each[:3], each[2] @ each[3]) for each in zip(papers, own, vectors, whole, strict=True)]


def place(number: Callable[[Read], int]) -> Way:
    """A way to choose that shows the sentence at a place."""
    return lambda each: shortened(each.own.sentences[number(each)])


def nearness(each: Read) -> dict[int, float]:
    """What the job knows of a paper: the cosines of the sentences among which nearness decides."""
    return {number: float(each.near[number]) for number in each.own.close}


def by_cues(each: Read) -> int:
    """The best sentence by its cue phrases alone, whatever words title and paper have."""
    scores = [
        weigh(row, Weights()._replace(title=0, words=0)) for row in features(each.paper.title, each.own.sentences)
    ]
    return int(np.argmax(scores))


def weigh(row: Sequence[float], weights: Weights) -> float:
    """The score of a sentence."""
    return sum(weight * value for weight, value in zip(weights, row, strict=False))


WAYS: dict[str, Way] = {
    f"the first {CLIP} characters": lambda each: clipped(each.paper.text, CLIP),
    "first sentence": place(lambda each: 0),
    "last sentence": place(lambda each: len(each.own.sentences) - 1),
    "most central sentence": place(lambda each: int((each.vectors @ each.vectors.sum(axis=0)).argmax())),
    "nearest to the paper": place(lambda each: int(each.near.argmax())),
    "cue phrases alone": place(by_cues),
    "its text alone": place(lambda each: each.own.chosen()),
    OWN: place(lambda each: each.own.chosen(nearness(each))),
}


def values(texts: Sequence[str], papers: Sequence[Judged]) -> np.ndarray:
    """ROUGE-1, -2, -L (F1) and the cosine of MiniLM between texts and summaries, (n, 4)."""
    scored = [scorer().score(paper.summary, text) for paper, text in zip(papers, texts, strict=True)]
    rouge = np.array([[each[name].fmeasure for name in ROUGE] for each in scored])
    both = encoder().encode(list(texts)), encoder().encode([paper.summary for paper in papers])
    return np.column_stack([rouge, np.einsum("nd,nd->n", *both)])


def ceiling(papers: Sequence[Read]) -> np.ndarray:
    """The values of the best sentence of each paper, for each measure its own, (n, 4)."""
    flat = [(shortened(text), each.paper) for each in papers for text in each.own.sentences]
    table = values([text for text, _ in flat], [paper for _, paper in flat])
    ends = np.cumsum([len(each.own.sentences) for each in papers])[:-1]
    return np.array([part.max(axis=0) for part in np.split(table, ends)])


def samples(name: str, table: np.ndarray, papers: Sequence[Read], on: str) -> list[Sample]:
    """The four figures of a way to choose, for intervals and paired comparisons."""
    return [
        sample(
            [Row(figure.name, each.paper.id, (float(value),)) for each, value in zip(papers, column, strict=True)],
            figure, subject=name, set=on,
        )
        for figure, column in zip(FIGURES, table.T, strict=True)
    ]  # fmt: skip


def report(on: str, papers: Sequence[Read]) -> dict[str, np.ndarray]:
    """Print the values of every way with intervals, then how much ours is above each, paired."""
    print(f"\n{on}: {len(papers):,} papers\n{'':<28}" + "".join(f"{figure.name:<24}" for figure in FIGURES))
    tables = {
        name: values([way(each) for each in papers], [each.paper for each in papers]) for name, way in WAYS.items()
    }
    for name, table in (tables | {"best sentence (ceiling)": ceiling(papers)}).items():
        cells = [(column.mean(), *interval(column, np.mean)) for column in table.T]
        print(
            f"{name:<28}" + "".join(f"{mean:.3f} [{low:.3f}, {high:.3f}]    " for mean, low, high in cells), flush=True
        )
    print(f"\n{OWN}, less than:")
    ours = samples(OWN, tables[OWN], papers, on)
    for name, table in tables.items():
        pairs = zip(ours, samples(name, table, papers, on), strict=True)
        gaps = [compare(one, other) for one, other in pairs] if name != OWN else []
        if gaps:
            print(
                f"{name:<28}" + "".join(f"{gap.gain:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}] " for gap in gaps),
                flush=True,
            )
    return tables


def fit(papers: Sequence[Read]) -> None:
    """Print the weights of text that ridge regression finds on papers, next to those that are shipped."""
    table = [values(each.own.sentences, [each.paper] * len(each.own.sentences)).mean(axis=1) for each in papers]
    fitted = Weights._fields.index("states")  # which was set, not fitted
    looked = [np.array(features(each.paper.title, each.own.sentences))[:, :fitted] for each in papers]
    x = np.concatenate([each - each.mean(axis=0) for each in looked])
    y = np.concatenate([each - each.mean() for each in table])
    found = np.linalg.solve(x.T @ x + RIDGE * np.eye(x.shape[1]), x.T @ y)
    print("weights fitted on the first 400, and shipped:")
    for name, value, shipped in zip(Weights._fields, found, Weights(), strict=False):
        print(f"  {name:<12}{value:+.3f}  {shipped:+.3f}")


def reach(papers: Sequence[Read]) -> None:
    """How many texts on cards reach what the authors do, and how long they are."""
    print(f"\n'we' or 'this paper' in the text of a card, of {len(papers):,} daily papers")
    for name in (f"the first {CLIP} characters", "its text alone", OWN):
        texts = [WAYS[name](each) for each in papers]
        found = np.array([bool(SPEAKS.search(text)) for text in texts], dtype=np.float64)
        low, high = interval(found, np.mean)
        length = np.mean([len(text) for text in texts])
        print(f"  {name:<28}{found.mean():.1%} [{low:.1%}, {high:.1%}], {length:.0f} characters on average")


def cost(papers: Sequence[Read]) -> None:
    """What a choice costs: at reading time, and in the job that encodes what is close."""
    start = time.perf_counter()
    for each in papers:
        abstract(each.paper.title, each.paper.text).chosen()
    spent = (time.perf_counter() - start) / len(papers)
    close = [each for each in papers if len(each.own.close) > 1]
    count = sum(len(each.own.close) for each in close) / len(papers)
    moved = np.mean([each.own.chosen(nearness(each)) != each.own.chosen() for each in papers])
    print(
        f"\nper paper: {1e6 * spent:.0f} µs by text alone; {len(close) / len(papers):.0%} have sentences close behind"
    )
    print(f"{count:.2f} sentences a paper are encoded; nearness chooses another for {moved:.1%}")
    some, all_, whole = _encoding(papers[:200])
    print(f"encoding them: {some:.1f} ms a paper; all of its sentences: {all_:.1f} ms; the paper: {whole:.1f} ms")


def _encoding(papers: Sequence[Read]) -> list[float]:
    """Milliseconds a paper to encode its close sentences, all its sentences, and its text, without stored vectors."""
    plain = names.encoder("minilm")
    plain.encode(["warm up"], role="document")
    close = [each.own.sentences[number] for each in papers if len(each.own.close) > 1 for number in each.own.close]
    every = [text for each in papers for text in each.own.sentences]
    spent = []
    for texts in (close, every, [f"{each.paper.title} {each.paper.text}" for each in papers]):
        start = time.perf_counter()
        plain.encode(texts, role="document")
        spent.append(1e3 * (time.perf_counter() - start) / len(papers))
    return spent


def to_read() -> None:
    """Print choices of papers without a summary, for a reader."""
    for name, path in (
        ("arXiv, computer science", "papers_arxiv_cs/papers.jsonl.gz"),
        ("conferences", "papers_conf/papers.jsonl.gz"),
    ):
        found = by_hash(
            [judged(row, "") for row in rows(path) if row["abstract"] and not (row.get("extra") or {}).get("tldr")]
        )
        print(f"\n{name}: 40 of {len(found):,}")
        for number, each in enumerate(read(found[READ]), 1):
            print(textwrap.fill(f"{number}. {each.paper.title} -- {WAYS[OWN](each)}", 118, subsequent_indent="    "))


def main() -> None:
    options = argparse.ArgumentParser(description="Judge the sentences that cards show.")
    options.add_argument("--read", action="store_true", help="Print 40 choices of each of two sets, for a reader.")
    if options.parse_args().read:
        to_read()
        return
    head(
        "contribution", versions("numpy", "openvino", "rouge-score"), "data: hf_daily (ai_summary), papers_conf (tldr)"
    )
    papers = read(daily())
    fit(papers[:CHOSEN_ON])
    tables = report("daily papers, without the 400", papers[CHOSEN_ON:])
    others = report("conferences, the authors' own TL;DR, without 300", read(conferences()[LOOKED_AT:]))
    reach(papers[CHOSEN_ON:])
    cost(papers[CHOSEN_ON:])
    print()
    for base in ("first sentence", "most central sentence", "nearest to the paper"):
        for on, found in (("daily", tables), ("conferences", others)):
            gap = (found[OWN] - found[base]).mean(axis=0)
            verdict(f"least gain of the four above the {base}, {on}", float(gap.min()), 0.0, most=False)


if __name__ == "__main__":
    main()
