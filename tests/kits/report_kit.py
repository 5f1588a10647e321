"""A report of made-up subjects on made-up sets, whose numbers are easy to look up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from math import sqrt

from broadsheet.lab.report.content import Cost, Entry, Likeness, Report, Shape, Sight, Ties

SETS = {
    "herbs": ("retrieval", "nDCG@10", 300),
    "eels": ("retrieval", "nDCG@10", 52),
    "pairs": ("sts", "Spearman", 1379),
}
SKILL = {"deep": 0.64, "deep?layers=2&pooling=mean": 0.52, "flat": 0.41, "words": 0.57, "random": 0.02}
SPEED = {"deep": 100.0, "deep?layers=2&pooling=mean": 400.0, "flat": 9_000.0, "words": 300.0, "random": 50_000.0}
CONTROLS = {"words", "random"}
WARNING = "Only 52 items: the interval is too narrow more often than it says."


def entry(name: str, subject: str, value: float, *, error: float | None = None) -> Entry:
    kind, figure, items = SETS[name]
    error = 0.4 / sqrt(items) if error is None else error
    return Entry(
        set=name, kind=kind, figure=figure, subject=subject, value=value, low=value - 1.96 * error,
        high=value + 1.96 * error, error=error, items=items, control=subject in CONTROLS,
        warnings=(WARNING,) if items == 52 else (),
    )  # fmt: skip


def made() -> Report:
    """A report with every part that there is."""
    entries = [
        entry(name, subject, round(skill - 0.01 * at, 3))
        for at, name in enumerate(SETS)
        for subject, skill in SKILL.items()
        if (name, subject) != ("pairs", "words")
    ]
    entries += [replace(each, figure="R@100", main=False, value=0.875) for each in entries[:2]]
    names = tuple(each for each in SKILL if each not in CONTROLS)
    return Report(
        title="3 subjects on 3 sets",
        made=datetime(2026, 3, 4, 9, tzinfo=UTC),
        entries=entries,
        costs=[
            Cost(
                subject=name,
                queries_a_second=speed,
                texts_a_second=speed / 2,
                vector_bytes=1536,
                joules=12.5,
                estimated=True,
            )
            for name, speed in SPEED.items()
        ],
        ties=[
            Ties(
                set="herbs",
                figure="nDCG@10",
                groups=(("deep",), ("words", "deep?layers=2&pooling=mean"), ("flat",), ("random",)),
            ),
            Ties(
                set="eels",
                figure="nDCG@10",
                groups=(
                    ("deep", "words"),
                    ("words", "deep?layers=2&pooling=mean"),
                    ("deep?layers=2&pooling=mean", "flat"),
                    ("random",),
                ),
            ),
            Ties(
                set="pairs",
                figure="Spearman",
                groups=(("deep",), ("deep?layers=2&pooling=mean",), ("flat",), ("random",)),
            ),
        ],
        sights=[
            Sight(
                set=name, figure=figure, value=1 / sqrt(items), low=0.5 / sqrt(items), high=2 / sqrt(items), items=items
            )
            for name, (_, figure, items) in SETS.items()
        ],
        likeness=Likeness(
            measure="unbiased CKA",
            names=names,
            rows=((1.0, 0.83, 0.31), (0.83, 1.0, 0.42), (0.31, 0.42, 1.0)),
            texts=2_000,
            groups=(names[:2], names[2:]),
        ),
        shapes=[
            Shape(
                subject="deep",
                vectors=5_183,
                numbers={"IsoScore": 0.312, "effective rank": 201.5},
                spectrum=(0.4, 0.2, 0.1, 0.1, 0.1, 0.1),
            ),
            Shape(subject="flat", vectors=5_183, numbers={"IsoScore": 0.112}, spectrum=(0.7, 0.2, 0.1)),
        ],
        facts=[("processor", "a made-up one, 2 cores"), ("set herbs", "data 0123456789abcdef; 1 seed: 0")],
        notes=["Control: the same encoder measured twice differs by exactly 0 on all 3 sets."],
    )


def renamed(report: Report, old: str, new: str) -> Report:
    """The report with another name for a subject, a set, or whatever else has that name."""

    def of(value: object) -> object:
        if isinstance(value, str):
            return new if value == old else value
        return tuple(map(of, value)) if isinstance(value, tuple) else value

    def row(each: object) -> object:
        return replace(each, **{name: of(getattr(each, name)) for name in each.__slots__})  # type: ignore[call-overload,attr-defined]

    return replace(
        report,
        likeness=row(report.likeness),
        **{
            name: [row(each) for each in getattr(report, name)]
            for name in ("entries", "costs", "ties", "sights", "shapes")
        },
    )  # type: ignore[arg-type]
