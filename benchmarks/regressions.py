"""The published figures, measured again: the table is the test.

    ./run.sh bench regressions [SET ...] [--write] [--accept]

`lab/expected.toml` holds for every published figure its value, interval and tolerance, and for every set what its texts
are: their number, distinct words, and how near each vector of `minilm` is to the next, a checksum that rounding does
not change. Prints `ok`, the expected and the actual value; ends with 1 where one is beyond its tolerance. What is known
is not measured again, except the settings of the search. `--write` writes the tables of docs/benchmarks.md from the
same file; `--accept` puts what was measured in place of what was expected.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from common import CACHE, ROOT, head, need_data, versions

from broadsheet import names
from broadsheet.core.protocols import Encoder, Role, Vectors
from broadsheet.core.text import folded
from broadsheet.core.words import words
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.evaluate import SETTINGS, evaluate
from broadsheet.lab.results import Results, Value
from broadsheet.lab.runs import Run, Runs
from broadsheet.lab.subject import Dense
from broadsheet.lab.suite import Choice, Encoders, Plan, choices, measure
from broadsheet.lab.task import Task

FILE = ROOT / "src" / "broadsheet" / "lab" / "expected.toml"
DOCS = ROOT / "docs" / "benchmarks.md"
VECTORS = CACHE.parent / "evaluate"
ENCODER = "minilm"
TOLERANCE = 0.002
_NEAR = 0.001  # how far the checksum of vectors may be off: bf16 and f32 differ by less


@dataclass(frozen=True, slots=True)
class Expected:
    """A published figure of a subject on a set, in a ``table`` of the page."""

    table: str
    set: str
    subject: str
    figure: str
    value: float
    low: float
    high: float
    tolerance: float = TOLERANCE


@dataclass(frozen=True, slots=True)
class Data:
    """What the texts of a set are: ``texts`` distinct ones with ``terms`` distinct words, and the mean cosine of each
    text's vector with the next one's, in the order in which the task reads them."""

    set: str
    items: int
    texts: int
    terms: int
    vectors: float


def read(path: Path = FILE) -> tuple[list[Expected], dict[str, Data]]:
    """Read the figures and what is known of each set."""
    body = tomllib.loads(path.read_text("utf-8"))
    return [Expected(**each) for each in body["figures"]], {each["set"]: Data(**each) for each in body["data"]}


def written(figures: Iterable[Expected], data: Mapping[str, Data]) -> str:
    """The text of the file."""
    lines = [
        "# Published figures, how far they may be off, and what their texts are: for `regressions.py`.",
        "",
        "data = [",
    ]
    lines += [_inline(each) for _, each in sorted(data.items())]
    lines += ["]", "", "figures = ["]
    lines += [_inline(each) for each in figures]
    return "\n".join([*lines, "]", ""])


def _inline(value: Expected | Data) -> str:
    cells = (f"{name} = {_toml(getattr(value, name))}" for name in value.__slots__)
    return f"  {{ {', '.join(cells)} }},"


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else f"{value:.4f}" if isinstance(value, float) else str(value)


class Recorder(HashEncoder):
    """An encoder that writes down what it is given."""

    def __init__(self) -> None:
        super().__init__(8)
        self.texts: dict[str, None] = {}

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        self.texts.update(dict.fromkeys(texts))
        return super().encode(texts, role=role)


def data_of(task: Task, encoder: Encoder) -> Data:
    """What the texts of a task are."""
    recorder = Recorder()
    items = {row.item for row in task.rows(Dense(recorder, "recorder"))}
    texts = list(recorder.texts)
    terms = {folded(word) for text in texts for word in words(text)}
    rows = np.concatenate([encoder.encode(texts[at : at + 512]) for at in range(0, len(texts), 512)])
    near = float(np.vecdot(rows[:-1].astype(np.float64), rows[1:].astype(np.float64)).mean())
    return Data(task.name, len(items), len(texts), len(terms), near)


def values_of(chosen: Sequence[Choice], subjects: Sequence[str], runs: Runs) -> list[Value]:
    """Measure subjects on tasks where they can, and return all values."""
    encoders = Encoders(lambda name: names.encoder(name, cache=CACHE), VECTORS)
    plan = Plan(chosen, subjects, controls=False)
    done: list[Run] = []
    for run in measure(plan, encoders, runs, clock=lambda: datetime.now(UTC), begin=_tell):
        done.append(run)
    return Results(runs, done).values()


def of_search(choice: Choice, own: Sequence[Expected], encoder: Encoder) -> list[Expected]:
    """The figures of the settings of the search among these, measured as `evaluate FOLDER` does."""
    settings = list(dict.fromkeys(each.subject for each in own if each.subject in SETTINGS))
    if not settings:
        return []
    measures = list(dict.fromkeys(each.figure for each in own if each.subject in SETTINGS))
    folder = need_data() / choice.task.name
    rows = evaluate(
        [folder], encoder=encoder, now=datetime.now(UTC), settings=settings, measures=measures, progress=_tell
    )
    table = next(each.table for each in own if each.subject in SETTINGS)
    return [Expected(table, choice.task.name, row.setting, row.measure, row.value, row.low, row.high) for row in rows]


def _tell(step: str) -> Callable[[int, int | None], None]:
    print(f"  {step} ...", file=sys.stderr, flush=True)
    return lambda _done, _total: None


def judged(expected: Expected, found: Expected | None) -> tuple[bool, str]:
    """Whether a figure is as expected, and a line about it."""
    name = f"{expected.set:<24} {expected.subject:<18} {expected.figure:<12}"
    if found is None:
        return False, f"MISSED {name} {expected.value:.4f} expected, not measured"
    ok = abs(found.value - expected.value) <= expected.tolerance
    return ok, f"{'ok    ' if ok else 'MISSED'} {name} {expected.value:.4f} expected, {found.value:.4f} actual"


def judged_data(expected: Data, found: Data) -> tuple[bool, str]:
    """Whether the texts of a set are what they were, and a line about them."""
    ok = replace(found, vectors=expected.vectors) == expected and abs(found.vectors - expected.vectors) <= _NEAR
    facts = f"{found.items:,} items, {found.texts:,} texts, {found.terms:,} terms, vectors {found.vectors:.4f}"
    return ok, f"{'ok    ' if ok else 'MISSED'} {expected.set:<24} {facts}" + ("" if ok else f"; expected {expected}")


def tables(figures: Sequence[Expected]) -> dict[str, str]:
    """The tables of the page, by name: a row for each subject, a column for each set and figure."""
    return {name: _table([each for each in figures if each.table == name])
            for name in dict.fromkeys(each.table for each in figures)}  # fmt: skip


def _table(own: Sequence[Expected]) -> str:
    subjects = list(dict.fromkeys(each.subject for each in own))
    places = list(dict.fromkeys((each.set, each.figure) for each in own))
    cells = {
        (each.set, each.figure, each.subject): f"{each.value:.3f} [{each.low:.3f}, {each.high:.3f}]" for each in own
    }
    if len(places) > len(subjects) + 2:  # long: a row for each set
        rows = [["set", "figure", *subjects]]
        rows += [[*place, *(cells.get((*place, subject), "") for subject in subjects)] for place in places]
    else:
        rows = [["", *(f"{name}, {figure}" for name, figure in places)]]
        rows += [[subject, *(cells.get((*place, subject), "") for place in places)] for subject in subjects]
    rows.insert(1, ["---"] * len(rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def page(text: str, made: Mapping[str, str]) -> str:
    """The page with each table between its marks: ``<!-- expected: NAME -->`` and ``<!-- end -->``."""
    for name, table in made.items():
        pattern = rf"(<!-- expected: {re.escape(name)} -->\n).*?(<!-- end -->)"
        text, count = re.subn(
            pattern, lambda found, own=table: f"{found[1]}\n{own}\n\n{found[2]}", text, flags=re.DOTALL
        )
        if count != 1:
            raise SystemExit(
                f"{DOCS} has {count} places for the table {name!r}, expected one: <!-- expected: {name} -->"
            )
    return text


def _found(expected: Expected, values: Iterable[Value], searched: Iterable[Expected]) -> Expected | None:
    for each in searched:
        if (each.set, each.subject, each.figure) == (expected.set, expected.subject, expected.figure):
            return replace(expected, value=each.value, low=each.low, high=each.high)
    for value in values:
        if (value.task, value.subject, value.figure) == (expected.set, expected.subject, expected.figure):
            return replace(expected, value=value.value, low=value.low, high=value.high)
    return None


def main() -> None:
    arguments = sys.argv[1:]
    figures, known = read()
    if "--write" in arguments:
        DOCS.write_text(page(DOCS.read_text("utf-8"), tables(figures)), "utf-8")
        print(f"The tables in {DOCS} are those of {FILE}.")
        return
    sets = [each for each in arguments if not each.startswith("--")] or list(
        dict.fromkeys(each.set for each in figures)
    )
    head("regressions: the published figures again", versions("broadsheet", "openvino", "numpy", "scikit-learn"))
    chosen, _ = choices(sets, data=need_data())
    encoder = CachedEncoder.under(names.encoder(ENCODER, cache=CACHE), VECTORS)
    results = [judge_set(choice, [each for each in figures if each.set == choice.task.name], known, encoder)
               for choice in chosen]  # fmt: skip
    if "--accept" in arguments:
        fresh = {(each.set, each.subject, each.figure): each for own, _, _ in results for each in own}
        figures = [fresh.get((each.set, each.subject, each.figure), each) for each in figures]
        FILE.write_text(written(figures, known | {data.set: data for _, data, _ in results}), "utf-8")
    bad = sum(count for _, _, count in results)
    print(
        f"\n{bad} of {sum(len(own) + 1 for own, _, _ in results)} are not as expected." if bad else "\nAll as expected."
    )
    sys.exit(bool(bad))


def judge_set(
    choice: Choice, own: Sequence[Expected], known: Mapping[str, Data], encoder: Any
) -> tuple[list[Expected], Data, int]:
    """Measure the figures of a set and its texts, print a line for each; return both and how many are off."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with Runs(CACHE / "regressions.sqlite") as runs:
        subjects = list(dict.fromkeys(each.subject for each in own if each.subject not in SETTINGS))
        values = values_of([choice], subjects, runs) if subjects else []
    searched = of_search(choice, own, encoder)
    data = data_of(choice.task, encoder)
    found = [(each, _found(each, values, searched)) for each in own]
    lines = [judged(expected, actual) for expected, actual in found]
    lines.append(judged_data(known.get(data.set, data), data))
    print(*(line for _, line in lines), sep="\n", flush=True)
    return [actual for _, actual in found if actual], data, sum(not ok for ok, _ in lines)


if __name__ == "__main__":
    main()
