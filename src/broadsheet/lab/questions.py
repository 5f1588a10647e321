"""Questions on which papers disagree, answered by measuring on the sets at hand and on the reader's own papers.

a question -> its base and its variants, as subjects -> the same items of every set -> samples
which variant is best is chosen on one half of the items, by the hash of their names, and its gain is taken on the other
-> one sentence: yes, no, or cannot be told; with the interval, the limits, and the shelf's papers for and against
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import spearman
from broadsheet.core.protocols import Encoder
from broadsheet.lab.comparison import Summary, summary
from broadsheet.lab.intervals import Sample
from broadsheet.lab.subject import Dense
from broadsheet.lab.task import Subject
from broadsheet.lab.variants import Fitted, Rescored, opening, prompted

Make = Callable[[str], Subject]  # a subject of its name, as ``evaluate --encoder`` takes it
Open = Callable[[str], Encoder]  # an encoder of its name


@dataclass(frozen=True, slots=True)
class Bench:
    """What a question's variants are made with: the ``encoder``'s name, and how names become subjects and encoders."""

    encoder: str
    make: Make
    open: Open


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, in a sentence; ``variants`` by label, the base first; ``yes`` and ``no`` begin the answer.

    ``pro`` and ``contra`` are papers of the shelf whose results say yes, or no. ``limits``: what the answer is not.
    """

    name: str
    asks: str
    variants: Callable[[Bench], Mapping[str, Callable[[], Subject]]]
    yes: str
    no: str
    pro: tuple[str, ...]
    contra: tuple[str, ...]
    limits: str
    kinds: tuple[str, ...] = ("retrieval",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A question answered: one ``sentence``, each variant against the base on all items (``table``), and ``chosen``,
    the variant that was best on one half of the items, measured on the other half."""

    question: str
    asks: str
    sentence: str
    base: str
    chosen: Summary
    table: tuple[Summary, ...]
    pro: tuple[str, ...]
    contra: tuple[str, ...]
    limits: str

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values."""
        return asdict(self)


def answer(question: Question, samples: Mapping[str, Sequence[Sample]], *, seed: int = 0) -> Answer:
    """Answer from the samples of every variant, by label, the base first; each has one sample of every set, in the same
    order. UsageError when there are fewer than two variants, or no set."""
    base, *others = samples
    if not others or not samples[base]:
        raise UsageError(f"The question {question.name!r} needs a base, a variant and a set; got {len(samples)} variants.")
    chosen = max(others, key=lambda label: _gain(samples[label], samples[base], side=0))
    gap = summary(_pairs(samples[chosen], samples[base], side=1), seed=seed)
    table = tuple(summary(_pairs(samples[label], samples[base]), seed=seed) for label in others)
    return Answer(
        question=question.name, asks=question.asks, sentence=_sentence(question, gap), base=base, chosen=gap,
        table=table, pro=question.pro, contra=question.contra, limits=question.limits,
    )  # fmt: skip


def _pairs(one: Sequence[Sample], other: Sequence[Sample], *, side: int | None = None) -> list[tuple[Sample, Sample]]:
    if side is None:
        return list(zip(one, other, strict=True))
    return [(_half(first, side), _half(second, side)) for first, second in zip(one, other, strict=True)]


def _gain(one: Sequence[Sample], other: Sequence[Sample], *, side: int) -> float:
    pairs = _pairs(one, other, side=side)
    return float(np.mean([(a.value - b.value) * (1 if a.figure.higher else -1) for a, b in pairs]))


def _half(sample: Sample, side: int) -> Sample:
    """The items of one side by the hash of their names, those of a group together."""
    names = sample.items if sample.groups is None else [f"{sample.set} {group}" for group in sample.groups]
    wanted = np.array([hashlib.sha256(name.encode()).digest()[0] % 2 == side for name in names])
    if not wanted.any():
        raise UsageError(f"{sample.set} has too few items to be halved: {len(sample.items)}.")
    groups = None if sample.groups is None else np.unique(sample.groups[wanted], return_inverse=True)[1]
    items = tuple(item for item, each in zip(sample.items, wanted, strict=True) if each)
    return replace(sample, items=items, numbers=sample.numbers[wanted], groups=groups)


def _sentence(question: Question, gap: Summary) -> str:
    """Yes, no, or cannot be told, with the gain of the chosen variant on the half that did not choose it."""
    figures = {each.figure for each in gap.sets}
    what = f"{'/'.join(sorted(figures))} on average over {len(gap.sets)} set{'s' if len(gap.sets) > 1 else ''}"
    size = f"{gap.gain:+.3f} ({gap.low:+.3f} to {gap.high:+.3f}) {what}"
    losing = [each.set for each in gap.sets if each.verdict == "worse"]
    but = f"; it loses on {', '.join(losing)}" if losing else ""
    if gap.low > 0:
        return f"{question.yes}: {gap.one} gains {size} against {gap.other}{but}."
    if gap.high < 0:
        return f"{question.no}: even the best variant, {gap.one}, changes {size} against {gap.other}."
    return f"It cannot be told here: {gap.one} changes {size} against {gap.other}{but}."


def correlation(scores: Mapping[str, Sequence[float]], facts: Mapping[str, Sequence[float]], *, seed: int = 0) -> tuple[
    float, float, float
]:
    """Return the mean over sets of Spearman's correlation across variants between what was reached, and a fact about
    the variants' vectors, with a 95 % interval from drawing variants with replacement. Each is {variant: a value a set}.
    """
    labels = list(scores)
    reached, known = (np.array([table[label] for label in labels], np.float64) for table in (scores, facts))
    random = np.random.default_rng(seed)

    def mean(rows: np.ndarray) -> float:
        return float(np.mean([spearman(reached[rows, each], known[rows, each]) for each in range(reached.shape[1])]))

    drawn = [mean(random.integers(0, len(labels), len(labels))) for _ in range(2_000)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return mean(np.arange(len(labels))), float(low), float(high)


def _subjects(bench: Bench, names: Mapping[str, str]) -> dict[str, Callable[[], Subject]]:
    """Variants that are encoders with a name of their own."""
    return {label: _named(bench, name) for label, name in names.items()}


def _named(bench: Bench, name: str) -> Callable[[], Subject]:
    return lambda: bench.make(name)


def _switched(bench: Bench, name: str, values: Sequence[str]) -> dict[str, Callable[[], Subject]]:
    """The encoder, and the encoder with a switch at each value."""
    mark = "&" if "?" in bench.encoder else "?"
    names = {f"{name} {value}": f"{bench.encoder}{mark}{name}={value}" for value in values}
    return _subjects(bench, {bench.encoder: bench.encoder, **names})


def _mapped(bench: Bench, recipes: Mapping[str, str]) -> dict[str, Callable[[], Subject]]:
    def fitted(label: str, recipe: str) -> Callable[[], Subject]:
        return lambda: Fitted(bench.open(bench.encoder), label, recipe)

    return {bench.encoder: _named(bench, bench.encoder), **{label: fitted(label, each) for label, each in recipes.items()}}


def _rescored(bench: Bench) -> dict[str, Callable[[], Subject]]:
    def rescored(rule: str) -> Callable[[], Subject]:
        return lambda: Rescored(bench.open(bench.encoder), rule, rule)

    rules = {rule: rescored(rule) for rule in ("inner product", "distance", "CSLS")}
    return {"cosine": _named(bench, bench.encoder), **rules}


def _prompts(bench: Bench) -> dict[str, Callable[[], Subject]]:
    def with_prompts(query: str, document: str) -> Callable[[], Subject]:
        return lambda: Dense(
            changed := prompted(bench.open(bench.encoder), {"query": query, "document": document}), changed.name
        )

    return {
        "no prompt": _named(bench, bench.encoder),
        "query: / passage:": with_prompts("query: ", "passage: "),
        "a sentence": with_prompts("Represent this query for retrieving relevant papers: ", ""),
        "task and field": with_prompts("Find scientific papers that answer: ", "Scientific paper: "),
    }


def _openings(bench: Bench) -> dict[str, Callable[[], Subject]]:
    def first(words: int) -> Callable[[], Subject]:
        return lambda: Dense(changed := opening(bench.open(bench.encoder), words), changed.name)

    return {bench.encoder: _named(bench, bench.encoder), **{f"first {n} words": first(n) for n in (16, 32, 64, 128)}}


_QUERIES = "Judged sets of titles and abstracts in English, and your own Collection where it is given"

QUESTIONS: dict[str, Question] = {
    question.name: question
    for question in (
        Question(
            name="whitening",
            asks="Does whitening, or another repair of the space, help retrieval?",
            variants=lambda bench: _mapped(
                bench, {"centred": "centre", "half whitened": "whiten:0.5", "whitened": "whiten:1", "all but the top 3": "top:3"}
            ),
            yes="Yes", no="No", pro=("S218", "S086"), contra=("S143",),
            limits=f"{_QUERIES}; each map is fitted to the documents of its set, without judgements.",
        ),
        Question(
            name="pooling",
            asks="Is there a better pooling than the model's own?",
            variants=lambda bench: _switched(bench, "pooling", ["mean", "cls", "max", "last"]),
            yes="Yes", no="No, the model's own is best", pro=("S061", "S229"), contra=("S156",),
            limits=f"{_QUERIES}; the model was trained with its own pooling, and is not trained again.",
        ),
        Question(
            name="layer",
            asks="Is an earlier layer, or a mix of layers, better than the last?",
            variants=lambda bench: _switched(bench, "layers", ["2", "4", "5", "1,6", "last4"]),
            yes="Yes", no="No, the last layer is best", pro=("S184", "S218"), contra=("S009",),
            limits=f"{_QUERIES}; a model of six layers, not trained to be cut.",
        ),
        Question(
            name="score",
            asks="Is another score than the cosine right: inner product, distance, CSLS?",
            variants=_rescored,
            yes="Yes", no="No, the cosine is best", pro=("S162", "S193", "S209"), contra=("S156",),
            limits=f"{_QUERIES}; for vectors of length 1 the three order alike, so lengths are those before scaling.",
        ),
        Question(
            name="words",
            asks="Does a bag of words beat dense vectors in a narrow field?",
            variants=lambda bench: _subjects(
                bench, {bench.encoder: bench.encoder, "bm25": "bm25", "bow": "bow", "hybrid": f"hybrid:{bench.encoder}"}
            ),
            yes="Yes", no="No", pro=("S077", "S032"), contra=("S040", "S050"),
            limits=f"{_QUERIES}; hybrid is words and vectors together, so a gain of hybrid says that words add something.",
        ),
        Question(
            name="dimensions",
            asks="Are fewer dimensions enough?",
            variants=lambda bench: _mapped(
                bench, {f"{size} principal axes": f"axes:{size}" for size in (32, 64, 128, 192, 256)}
            ),
            yes="Yes, fewer are even better", no="Fewer lose", pro=("S009", "S118"), contra=("S080",),
            limits=f"{_QUERIES}; principal axes fitted to the documents of each set, without training.",
        ),
        Question(
            name="prompts",
            asks="Do prompts matter for a model that was not trained with them?",
            variants=_prompts,
            yes="Yes", no="No", pro=("S108", "S189"), contra=("S114",),
            limits=f"{_QUERIES}; three wordings, written before anything was measured.",
        ),
        Question(
            name="length",
            asks="Is the beginning of a text enough?",
            variants=_openings,
            yes="Yes, it is even better", no="No, the whole text is best", pro=("S022",), contra=(),
            limits=f"{_QUERIES}; abstracts, not full papers.",
        ),
        Question(
            name="best",
            asks="Is one model the best everywhere?",
            variants=lambda bench: _subjects(
                bench,
                {each: each for each in dict.fromkeys([bench.encoder, "static", "hash", "bow", f"{bench.encoder}?layers=4"])},
            ),
            yes="No, another is better here", no="On these sets, yes", pro=("S061", "S050"), contra=("S244",),
            limits=f"{_QUERIES}, and the tasks of similarity, pairs and classification; only models at hand.",
            kinds=("retrieval", "sts", "pairs", "classification"),
        ),
    )
}  # fmt: skip
