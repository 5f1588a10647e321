"""The choice of an encoder on the terminal: the candidates, the sentence, and the line for the settings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from broadsheet.cli.lab import runs_of
from broadsheet.cli.suite import Request, measured
from broadsheet.cli.terminal import bars, note, print_json, table
from broadsheet.collection import Collection
from broadsheet.core.errors import ModelError, NotFoundError, UsageError
from broadsheet.lab.choice import Candidate, Choice, Limits, Samples, choose, newest
from broadsheet.lab.probe import Probe, parts, probe
from broadsheet.lab.results import Results
from broadsheet.lab.runs import Run, Runs
from broadsheet.lab.subjects import CONTROLS
from broadsheet.lab.suite import TWIN
from broadsheet.lab.tasks.mine import MINE
from broadsheet.wiring.collection import open_configured

Choose = Annotated[
    bool,
    typer.Option("--choose", help="Say which encoder and setting to take for this Collection on this machine."),
]
WithinMs = Annotated[
    float | None,
    typer.Option("--within-ms", metavar="MS", min=0, help="At most this many milliseconds for 19 of 20 queries."),
]
WithinMb = Annotated[
    float | None,
    typer.Option("--within-mb", metavar="MB", min=0, help="At most this many megabytes for encoder and vectors."),
]
Rate = Annotated[
    float | None,
    typer.Option(
        "--queries-a-second", metavar="N", min=0, help="At least this many queries a second, one after another."
    ),
]
_KIND = "retrieval"  # searching is what an encoder is for here
_NO_SETS = "No encoder was measured on a set of the kind retrieval yet. Name sets: broadsheet evaluate scifact --choose"


def print_choice(
    request: Request,
    limits: Limits,
    *,
    results: Path | None,
    cache: Path | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Choose and print it: on the sets that were requested, after measuring what is missing there; without any, on the
    tasks of the Collection's own papers if they were measured, else on all sets for retrieval in the file of results.
    Other encoders that were measured on the same sets are candidates too, unless encoders were named."""
    with runs_of(results, data) as runs, open_configured(data, create=False) as collection:
        tasks = set()
        if request.names or request.suite or request.mine:
            tasks = {run.task for run in measured(request, runs, cache=cache, data=data)}
        stored = [run for run in newest(runs.all()) if not request.encoders or run.subject in request.encoders]
        kind = MINE if any(run.kind == MINE for run in stored) else _KIND
        chosen = [run for run in stored if (run.task in tasks if tasks else run.kind == kind)]
        found = _choice(runs, chosen, collection, limits, request.seed)
    if as_json:
        print_json(found.to_json())
        return
    _print_table(found)
    _print_words(found)


def _choice(runs: Runs, chosen: Sequence[Run], collection: Collection, limits: Limits, seed: int) -> Choice:
    results = Results(runs, chosen, seed=seed)
    samples: dict[str, Samples] = {}
    left_out: list[tuple[str, str]] = []
    for subject in results.subjects():
        missing = [name for name in results.tasks if subject not in results.subjects(name)]
        if subject in CONTROLS or subject.startswith(TWIN):
            continue
        if parts(subject)[0] == "rrf":
            left_out.append((subject, "it is there for comparison; readers cannot choose it"))
        elif missing:
            left_out.append((subject, f"not measured on {', '.join(missing)}"))
        else:
            samples[subject] = {name: results.of(name, subject) for name in results.tasks}
    if not samples:
        raise NotFoundError(_NO_SETS)
    probes = _probes(list(samples), collection, left_out)
    own = {subject: each for subject, each in samples.items() if subject in probes}
    found = choose(own, probes, limits, left_out=left_out, seed=seed)
    return replace(found, controls=tuple(_controls(results)))


def _controls(results: Results) -> Iterator[tuple[str, float]]:
    """The means of the controls that were measured on all sets."""
    for name in CONTROLS:
        if all(name in results.subjects(task) for task in results.tasks):
            yield name, float(np.mean([results.of(task, name).value for task in results.tasks]))


def _probes(subjects: Sequence[str], collection: Collection, left_out: list[tuple[str, str]]) -> dict[str, Probe]:
    found = {}
    with bars() as begin:
        progress = begin("Measuring on this machine")
        for done, subject in enumerate(subjects):
            progress(done, len(subjects))
            try:
                found[subject] = probe(subject, collection)
            except (ModelError, UsageError) as error:
                left_out.append((subject, str(error)))
    return found


def _print_table(found: Choice) -> None:
    table(
        ["measured", f"#{found.figure}", "#95 % interval", "#chance of being best", "#ms a query", "#ms, 1 of 20 above",
         "#texts/s", "#MB", "note"],
        [_row(each) for each in found.candidates],
    )  # fmt: skip


def _row(each: Candidate) -> list[str]:
    cost = each.probe
    remark = "; ".join(each.breaks) or ("cannot be told from the best" if each.tied else "")
    return [
        each.subject, f"{each.value:.3f}", f"{each.low:.3f} – {each.high:.3f}",
        "" if each.chance is None else f"{each.chance:.0%}", f"{cost.query_ms:.3g}", f"{cost.query_ms_high:.3g}",
        "" if cost.texts_a_second is None else f"{cost.texts_a_second:,.0f}", f"{cost.megabytes:,.0f}", remark,
    ]  # fmt: skip


def _print_words(found: Choice) -> None:
    for subject, reason in found.left_out:
        note(f"Left out: {subject}: {reason}")
    cost = found.candidates[0].probe
    note(
        f"The mean over {', '.join(found.sets)} ({found.items:,} items); time and memory for {cost.papers:,} papers on "
        f"this machine (load {cost.load}), from {cost.queries} titles as queries, one after another. Memory is that of "
        "encoder and vectors."
    )
    if found.controls:
        note(f"Controls: {', '.join(f'{name} {value:.3f}' for name, value in found.controls)}.")
    if any(each.probe.busy for each in found.candidates):
        note("The machine was busy, so these times are longer than at rest: choose again when it is idle.")
    best = found.best
    if best is None:
        print(f"None of the {len(found.candidates)} fits within {found.limits}.")
        return
    print(sentence(found, best))
    print(line(best.subject))


def sentence(found: Choice, best: Candidate) -> str:
    """Say what to take, how sure that is, and what else would do."""
    fitting = sum(not each.breaks for each in found.candidates)
    words = [
        f"Take {best.subject}: {found.figure} {best.value:.3f} ({best.low:.3f} – {best.high:.3f}), "
        f"{best.probe.query_ms:.3g} ms a query and {best.probe.megabytes:,.0f} MB."
    ]
    if fitting == 1:
        words.append(f"It is the only one that fits within {found.limits}.")
    else:
        words.append(
            f"Of the {fitting} that fit within {found.limits} it is the best with a chance of {best.chance:.0%}."
        )
    if found.tied:
        others = ", ".join(f"{each.subject} ({each.probe.query_ms:.3g} ms a query)" for each in found.tied)
        words.append(f"These cannot be told from it: {others}.")
    elif fitting > 1:
        words.append("All others that fit are worse.")
    above = [name for name, value in found.controls if value > best.value]
    if above:
        words.append(f"{' and '.join(above)} did better: measure lexical and hybrid:{parts(best.subject)[1]}, too.")
    return " ".join(words)


def line(subject: str) -> str:
    """Return the line for broadsheet.toml, and how to search with the setting."""
    setting, encoder = parts(subject)
    flag = "" if setting == "hybrid" else f"  # search with --mode {setting}"
    if not encoder:
        return f"No encoder is needed{flag.replace('  #', ':')}"
    return f"broadsheet.toml: encoder = {json.dumps(encoder)}{flag}"
