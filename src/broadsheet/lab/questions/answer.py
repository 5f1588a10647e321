"""A question is answered by measuring its variants on the sets at hand and on the reader's own papers.

a question -> its base and its variants, as subjects -> the same items of every set -> samples
which variant is best is chosen on one half of the items, by the hash of their names, and its gain is taken on the other
or, where a fact about vectors is to explain what they reach: the correlation of both across the variants
-> one sentence: yes, no, or cannot be told; with its interval, the limits, and the shelf's papers for and against
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import spearman
from broadsheet.core.protocols import Encoder
from broadsheet.core.vectors import Vectors
from broadsheet.lab.comparison import Summary, summary
from broadsheet.lab.cost import Meter, MeteredSubject
from broadsheet.lab.intervals import Sample, sample
from broadsheet.lab.runs import Runs
from broadsheet.lab.suite import Begin, Clock, Plan, measure_one
from broadsheet.lab.task import Subject
from broadsheet.lab.tasks.retrieval import Retrieval

Make = Callable[[], Subject]
Samples = Mapping[str, Sequence[Sample]]
Facts = Mapping[str, Sequence[float]]
_ROUNDS = 2_000


@dataclass(frozen=True, slots=True)
class Bench:
    """What variants are made with: the ``encoder``'s name, and what makes a subject, or an encoder, of a name."""

    encoder: str
    make: Callable[[str], MeteredSubject]
    open: Callable[[str], Encoder]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, in a sentence; ``variants`` by label, the base first; ``yes`` and ``no`` begin the answer.

    With a ``fact``, a number of the vectors of a corpus (named ``called``), the question is whether it goes together
    with what is reached. ``sets`` are those on which it is asked; tasks ``unfair`` to a variant are never. ``pro`` and
    ``contra`` are papers of the shelf whose results say yes, or no. ``limits`` say what the answer is not about.
    """

    name: str
    asks: str
    variants: Callable[[Bench], Mapping[str, Make]]
    yes: str
    no: str
    pro: tuple[str, ...]
    contra: tuple[str, ...]
    limits: str
    sets: tuple[str, ...]
    unfair: tuple[str, ...] = ()
    fact: Callable[[Vectors], float] | None = None
    called: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A question answered in a ``sentence``: by the gain of the variant ``best`` over ``base``, from ``low`` to
    ``high`` in 95 %, or by a correlation. ``table`` has each variant against the base on all items."""

    question: str
    asks: str
    sentence: str
    base: str
    best: str
    value: float
    low: float
    high: float
    table: tuple[Summary, ...]
    pro: tuple[str, ...]
    contra: tuple[str, ...]
    limits: str

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values."""
        return asdict(self)


def ask(question: Question, bench: Bench, plan: Plan, runs: Runs, *, clock: Clock, begin: Begin) -> Answer:
    """Measure what ``runs`` does not know yet, and answer. UsageError when a variant cannot be measured on a set."""
    samples: dict[str, list[Sample]] = {}
    facts: dict[str, list[float]] = {}
    keys: set[str] = set()
    for label, make in question.variants(bench).items():
        subject = _metered(make())
        if subject.key in keys:  # what is the base already is not a variant of it
            continue
        keys.add(subject.key)
        samples[label] = _measured(label, subject, plan, runs, clock=clock, begin=begin)
        if question.fact:
            facts[label] = [question.fact(subject.features(texts)) for texts in _corpora(plan)]
    if question.fact:
        return explained(question, samples, facts, seed=plan.seed)
    return answered(question, samples, seed=plan.seed)


def _metered(subject: Subject) -> MeteredSubject:
    return subject if isinstance(subject, MeteredSubject) else MeteredSubject(subject, Meter(), counts_documents=False)


def _measured(
    label: str, subject: MeteredSubject, plan: Plan, runs: Runs, *, clock: Clock, begin: Begin
) -> list[Sample]:
    own = [run for run in measure_one(subject, plan, runs, clock=clock, begin=begin) if run.seed in (0, plan.seed)]
    if [run.task for run in own] != [each.task.name for each in plan.tasks]:
        raise UsageError(f"{label} cannot be measured on all of {', '.join(each.task.name for each in plan.tasks)}.")
    figures = [run.figures[0] for run in own]
    return [sample(runs.rows(run, figure.name), figure, subject=label, set=run.task)
            for run, figure in zip(own, figures, strict=True)]  # fmt: skip


def _corpora(plan: Plan) -> Iterator[list[str]]:
    for each in plan.tasks:
        if not isinstance(each.task, Retrieval):
            raise UsageError(f"{each.task.name} has no corpus, whose vectors this question is about.")
        yield [document.content for document in each.task.documents]


def answered(question: Question, samples: Samples, *, seed: int = 0) -> Answer:
    """Answer by the best variant. ``samples`` of every variant, by label, the base first; each has one sample of every
    set, in the same order. UsageError when there are fewer than two variants, or no set."""
    base, others = _labels(question, samples)
    best = max(others, key=lambda label: _gain(samples[label], samples[base]))
    gap = summary(_halves(samples[best], samples[base], side=1), seed=seed)
    return _answer(question, samples, seed, (gap.gain, gap.low, gap.high), best=best, sentence=_sentence(question, gap))


def explained(question: Question, samples: Samples, facts: Facts, *, seed: int = 0) -> Answer:
    """Answer by the correlation, across variants, of a fact with what is reached: ``facts`` by label, one a set."""
    _labels(question, samples)
    reached = {label: [each.value for each in own] for label, own in samples.items()}
    value, low, high = correlation(reached, facts, seed=seed)
    begins = question.yes if low > 0 else question.no if high < 0 else "It cannot be told here"
    [figure, *_] = {each.figure.name for own in samples.values() for each in own}
    sentence = (
        f"{begins}: over {len(samples)} variants, Spearman's correlation of {question.called} with {figure} is "
        f"{value:+.2f} ({low:+.2f} to {high:+.2f}) on average over {_sets(len(next(iter(samples.values()))))}."
    )
    return _answer(question, samples, seed, (value, low, high), best="", sentence=sentence)


def _labels(question: Question, samples: Samples) -> tuple[str, list[str]]:
    base, *others = samples
    if not others or not samples[base]:
        raise UsageError(
            f"The question {question.name!r} needs a base, a variant and a set; it has {len(samples)} variants on "
            f"{_sets(len(samples[base]))}."
        )
    return base, others


def _answer(
    question: Question, samples: Samples, seed: int, value: tuple[float, float, float], *, best: str, sentence: str
) -> Answer:
    base, others = _labels(question, samples)
    table = [summary(list(zip(samples[label], samples[base], strict=True)), seed=seed) for label in others]
    middle, low, high = value
    return Answer(
        question=question.name, asks=question.asks, sentence=sentence, base=base, best=best, value=middle, low=low,
        high=high, table=tuple(table), pro=question.pro, contra=question.contra, limits=question.limits,
    )  # fmt: skip


def _halves(one: Sequence[Sample], other: Sequence[Sample], *, side: int) -> list[tuple[Sample, Sample]]:
    return [(_half(first, side), _half(second, side)) for first, second in zip(one, other, strict=True)]


def _gain(one: Sequence[Sample], other: Sequence[Sample]) -> float:
    pairs = _halves(one, other, side=0)
    return float(np.mean([(a.value - b.value) * (1 if a.figure.higher else -1) for a, b in pairs]))


def _half(whole: Sample, side: int) -> Sample:
    """The items of one side by the hash of their names, those of a group together."""
    names = whole.items if whole.groups is None else [f"{whole.set} {group}" for group in whole.groups]
    wanted = np.array([hashlib.sha256(name.encode()).digest()[0] % 2 == side for name in names])
    if not wanted.any():
        raise UsageError(f"{whole.set} has too few items to be halved: {len(whole.items)}.")
    groups = None if whole.groups is None else np.unique(whole.groups[wanted], return_inverse=True)[1]
    items = tuple(item for item, each in zip(whole.items, wanted, strict=True) if each)
    return replace(whole, items=items, numbers=whole.numbers[wanted], groups=groups)


def _sentence(question: Question, gap: Summary) -> str:
    """Yes, no, or cannot be told, with the gain of the best variant on the half that did not choose it."""
    figures = "/".join(sorted({each.figure for each in gap.sets}))
    change = f"{gap.gain:+.3f} ({gap.low:+.3f} to {gap.high:+.3f}) {figures} on average over {_sets(len(gap.sets))}"
    losing = [each.set for each in gap.sets if each.verdict == "worse"]
    but = f"; it loses on {', '.join(losing)}" if losing else ""
    if gap.low > 0:
        return f"{question.yes}: {gap.one} gains {change} against {gap.other}{but}."
    if gap.high < 0:
        return f"{question.no}: even the best variant, {gap.one}, changes {change} against {gap.other}."
    return f"It cannot be told here: {gap.one} changes {change} against {gap.other}{but}."


def _sets(count: int) -> str:
    return f"{count} set{'' if count == 1 else 's'}"


def correlation(reached: Facts, facts: Facts, *, seed: int = 0) -> tuple[float, float, float]:
    """Return the mean over sets of Spearman's correlation, across variants, of two tables {variant: a value a set},
    with its 95 % interval from drawing variants with replacement."""
    one, other = (np.array([table[label] for label in reached], np.float64) for table in (reached, facts))
    random = np.random.default_rng(seed)

    def mean(rows: np.ndarray) -> float:
        return float(np.mean([spearman(one[rows, each], other[rows, each]) for each in range(one.shape[1])]))

    drawn = [mean(random.integers(0, len(one), len(one))) for _ in range(_ROUNDS)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return mean(np.arange(len(one))), float(low), float(high)
