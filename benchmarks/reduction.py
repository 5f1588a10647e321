"""A suite cut down: does a part of each set order encoders as the whole does? The bar is Spearman 0.9 (MMTEB, 2025).

    ./run.sh bench reduction [--results FILE] [--known | --first N] [--choose] [--time SET ...]

Encoders are ordered by each whole set and by its part, `SET/reduced`; the interval draws encoders with replacement. The
share of texts is a fifth, so as to take less than a quarter of the time, and was tuned on no set so far. Another one
may be chosen on the sets `to choose on`, never on those `left out`. `--choose` measures several shares on
the first; `--time` measures how long `minilm` takes for whole sets and their parts with nothing encoded before, reading
and making the pool included. What is known in the file of results is not measured again; with `--known` nothing is
measured at all, with `--first 12` the twelve cheapest encoders alone. Those count that have results on every set.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from common import CACHE, head, need_data, versions
from order import LEAST, asked, known, measured, shared, short

from broadsheet import names
from broadsheet.lab.intervals import Sample, estimate
from broadsheet.lab.reduction import SHARE, reduced
from broadsheet.lab.runs import Runs
from broadsheet.lab.subject import Dense
from broadsheet.lab.suite import choices
from broadsheet.lab.task import Figure, Task

TO_CHOOSE_ON = ("sick", "trec", "agnews-described", "csfcube-titles", "cranfield", "stackoverflow-clusters")
LEFT_OUT = ("stsb-en", "mrpc", "banking77-described", "ws353", "xquad-en", "cacm", "trecqa", "tatoeba-deu", "scifact",
            "banking77")  # fmt: skip
SHARES = (0.1, 0.15, SHARE)
BAR = 0.9


def main() -> None:
    """Measure and print."""
    arguments = sys.argv[1:]
    path = Path(arguments[arguments.index("--results") + 1]) if "--results" in arguments else CACHE / "reduction.sqlite"
    head("reduction: the order of encoders by a part of each set", versions("broadsheet", "openvino", "numpy"),
         f"load {os.getloadavg()[0]:.1f}, share {SHARE:g} of the characters")  # fmt: skip
    if "--time" in arguments:
        print_times(arguments[arguments.index("--time") + 1 :])
        return
    with Runs(path) as runs:
        if "--choose" in arguments:
            print_shares(runs, asked(arguments))
        else:
            print_orders(runs, asked(arguments))


def whole(sets: Sequence[str]) -> list[Task]:
    """The tasks of sets."""
    chosen, _ = choices(sets, data=need_data())
    return [choice.task for choice in chosen]


def part(task: Task, share: float = SHARE) -> Task:
    """The part of a task, which must have one."""
    made = reduced(task, share)
    assert made is not None, task.name
    return made


def print_shares(runs: Runs, encoders: Sequence[str]) -> None:
    """Print Spearman of several shares on the sets to choose on."""
    tasks = whole(TO_CHOOSE_ON)
    for share in SHARES:
        parts = [part(task, share) for task in tasks]
        measured([*tasks, *parts], encoders, runs)
        print(f"share {share:g}")
        _print_sets(TO_CHOOSE_ON, tasks, parts, runs)


def print_orders(runs: Runs, encoders: Sequence[str]) -> None:
    """Print Spearman on all sets, and of the order by the mean over kinds of task."""
    for title, sets in (("to choose on", TO_CHOOSE_ON), ("left out", LEFT_OUT)):
        tasks = whole(sets)
        parts = [part(task) for task in tasks]
        measured([*tasks, *parts], encoders, runs)
        print(f"\n{title}")
        _print_sets(sets, tasks, parts, runs)


def _print_sets(sets: Sequence[str], tasks: Sequence[Task], parts: Sequence[Task], runs: Runs) -> None:
    print(f"{'set':<24} {'Spearman':>8}  95 %                      encoders")
    orders: dict[str, tuple[str, dict[str, tuple[float, float]]]] = {}
    for name, task, cut in zip(sets, tasks, parts, strict=True):
        one, other = known(task, runs), known(cut, runs)
        both = {each: (other[each], one[each]) for each in one if each in other}
        if len(both) < LEAST:
            print(f"{name:<24} {len(both)} encoders were measured; an order needs at least {LEAST}")
            continue
        orders[name] = task.kind, both
        print(f"{name:<24} {_order(np.array(list(both.values())))}  {len(both)}", flush=True)
    used = shared([both for _, both in orders.values()])
    if len(used) >= LEAST:
        pairs = means([(kind, np.array([both[each] for each in used])) for kind, both in orders.values()])
        print(
            f"{'mean of kinds':<24} {_order(pairs)}  {len(used)} on {len(orders)} sets: {', '.join(map(short, used))}"
        )


def _order(pairs: np.ndarray) -> str:
    made = estimate(Sample("", "", Figure("Spearman", "spearman"), tuple(map(str, range(len(pairs)))), pairs))
    return f"{made.value:8.3f}  [{made.low:6.3f}, {made.high:6.3f}]  {'ok    ' if made.value >= BAR else 'MISSED'}"


def means(done: Sequence[tuple[str, np.ndarray]]) -> np.ndarray:
    """The mean over kinds of task of the means over the sets of each, as the leaderboard has it, (encoders, 2); an
    error counts as 1 - error, which its negative value becomes by a constant."""
    kinds: dict[str, list[np.ndarray]] = {}
    for kind, pairs in done:
        kinds.setdefault(kind, []).append(pairs)
    return np.mean([np.mean(own, axis=0) for own in kinds.values()], axis=0)


def print_times(sets: Sequence[str]) -> None:
    """Print how long whole sets and their parts take, each read afresh."""
    print(f"{'set':<24} {'whole s':>8} {'part s':>8} {'share':>7}  by the processor, then the clock (minilm, no cache)")
    total = np.zeros((2, 2))
    for name, taken in times(sets):
        total += taken
        print(_times(name, taken), flush=True)
    print(f"{_times('all', total)}  load {os.getloadavg()[0]:.1f}")


def _times(name: str, taken: np.ndarray) -> str:
    cells = (f"{whole:8.1f} {part:8.1f} {part / whole:7.1%}" for whole, part in taken.T)
    return f"{name:<24} {'   '.join(cells)}"


def times(sets: Sequence[str]) -> Iterator[tuple[str, np.ndarray]]:
    """The seconds of each set, whole and in part (rows), of the processor and of the clock (columns)."""
    encoder = names.encoder("minilm", cache=CACHE / "models")
    encoder.encode(["ready"])
    for name in sets:
        taken = []
        for cut in (False, True):
            [task] = whole([name])
            start = np.array([time.process_time(), time.perf_counter()])
            for _ in (part(task) if cut else task).rows(Dense(encoder, "minilm")):
                pass
            taken.append(np.array([time.process_time(), time.perf_counter()]) - start)
        yield name, np.array(taken)


if __name__ == "__main__":
    main()
