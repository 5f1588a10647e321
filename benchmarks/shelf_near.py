"""Papers of another field whose idea has a counterpart here: their check, on texts.

Rows are numbered as in the shelf; `shelf.py` has the table of all.
"""

from __future__ import annotations

from collections.abc import Sequence

import agreement
import belief
import numpy as np
from shelf_lab import figures, gap, set_of, subjects, told

from broadsheet.core.metrics import Floats, difference
from broadsheet.core.vectors import Vectors
from broadsheet.lab.intervals import Sample, estimate
from broadsheet.lab.task import Figure
from broadsheet.search.recommend import towards

EXAMPLES, PLACES = 3, 10


def described_labels() -> None:
    """S253: labels by a description of each against their bare names (the descriptions were written beforehand)"""
    for name in ("agnews-described", "emotion-described"):
        bare = set_of(name, name=f"{name.removesuffix('-described')}-named", options={"descriptions": None})
        for subject in subjects():
            one, other = (figures(which, subject)["accuracy"] for which in (name, bare))
            told(one, other)
            gap(_called(one, "described", name), _called(other, "named", name))


def _called(measured: Sample, subject: str, name: str) -> Sample:
    return Sample(subject, name, measured.figure, measured.items, measured.numbers, measured.groups)


def examples() -> None:
    """S280: three examples as one query: do the nearest texts belong to their class? banking77 and its 77 intents"""
    vectors, labels = banking()
    rows: dict[str, list[float]] = {"three examples": [], "one example": [], "the name of the class": []}
    words = belief.minilm().encode([name.replace("_", " ") for name in _names()], role="query")
    for code in range(len(_names())):
        own = np.flatnonzero(labels == code)
        given = np.random.default_rng(code).permutation(own)[:EXAMPLES]
        for name, query in (
            ("three examples", towards(vectors[given], vectors[:0])),
            ("one example", vectors[given[0]]),
            ("the name of the class", words[code]),
        ):
            scores = vectors @ query
            scores[given] = -np.inf
            nearest = np.argsort(-scores, kind="stable")[: len(own) - EXAMPLES]
            rows[name].append(float((labels[nearest] == code).mean()))
    _compared("R-precision", rows)
    print(f"  by chance {1 / len(_names()):.3f}")


def _compared(figure: str, rows: dict[str, list[float]]) -> None:
    first, *others = rows
    for name, values in rows.items():
        numbers = np.array(values)[:, None]
        found = estimate(Sample(name, "banking77", Figure(figure), tuple(map(str, range(len(values)))), numbers))
        print(f"  {name:<24} {figure} {found.value:.4f} [{found.low:.4f}, {found.high:.4f}] of {found.items}")
    for name in others:
        found_gap = difference(rows[first], rows[name], seed=0)
        print(f"    {first} above {name}: {found_gap.mean:+.4f} [{found_gap.low:+.4f}, {found_gap.high:+.4f}]")


def away() -> None:
    """S263: a query less a concept: two classes that are often confused, three examples of each, the second unwanted"""
    vectors, labels = banking()
    middles = np.stack([vectors[labels == code].mean(axis=0) for code in range(len(_names()))])
    near = middles @ middles.T
    np.fill_diagonal(near, -np.inf)
    unwanted: dict[str, list[float]] = {"both wanted": [], "less half its mean": [], "projected": []}
    wanted: dict[str, list[float]] = {name: [] for name in unwanted}
    cosines: dict[str, list[float]] = {name: [] for name in unwanted}
    for code, other in enumerate(near.argmax(axis=1)):
        draw = np.random.default_rng(code)
        own, far = (draw.permutation(np.flatnonzero(labels == each))[:EXAMPLES] for each in (code, other))
        both = np.concatenate([own, far])
        for name, query in _queries(vectors[own], vectors[far]).items():
            scores = vectors @ query
            scores[both] = -np.inf
            nearest = labels[np.argsort(-scores, kind="stable")[:PLACES]]
            unwanted[name].append(float((nearest == other).mean()))
            wanted[name].append(float((nearest == code).mean()))
            cosines[name].append(float(query @ towards(vectors[far], vectors[:0])))
    _compared("of the unwanted class in ten", unwanted)
    _compared("of the wanted class in ten", wanted)
    for name, values in cosines.items():
        print(f"  {name}: cosine with what is unwanted {np.mean(values):+.4f}, at most {np.max(np.abs(values)):.4f}")


def _queries(own: Vectors, far: Vectors) -> dict[str, Floats]:
    """A question for both classes, Broadsheet's for the first without the second, and the paper's projection."""
    concept = towards(far, far[:0])
    both = towards(np.concatenate([own, far]), far[:0])
    straight = both - (both @ concept) * concept
    return {
        "both wanted": both,
        "less half its mean": towards(np.concatenate([own, far]), far),
        "projected": straight / np.linalg.norm(straight),
    }


def banking() -> tuple[Vectors, np.ndarray]:
    """The test texts of banking77 as MiniLM's vectors (n, 384), and the codes of their labels (n,)."""
    rows = [row for row in belief.lines("classify/banking77.jsonl.gz") if row["split"] == "test"]
    codes = {name: code for code, name in enumerate(_names())}
    return belief.minilm().encode([row["text"] for row in rows]), np.array([codes[row["label"]] for row in rows])


def _names() -> Sequence[str]:
    return sorted({row["label"] for row in belief.lines("classify/banking77.jsonl.gz")})


def pairs_too_near() -> None:
    """S028: pairs that say the same, found and left out: near-duplicates of papers, on the half that chose nothing"""
    agreement.doubles()
