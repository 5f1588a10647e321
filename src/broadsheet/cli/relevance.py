"""Relevance: fit the probabilities of a Collection, and show what they come from."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from broadsheet.cli.agreement import VECTORS
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import note, out, print_json, table
from broadsheet.core.conformal import ALARM
from broadsheet.core.errors import UsageError
from broadsheet.core.relevance import EDGES
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.relevance import own
from broadsheet.lab.tasks import tasks_of
from broadsheet.lab.tasks.retrieval import Retrieval
from broadsheet.wiring.collection import configured_encoder, open_configured

Names = Annotated[
    list[str] | None, typer.Argument(metavar="SET...", help="Judged retrieval sets, for example scifact, or folders.")
]
MyOwn = Annotated[bool, typer.Option("--mine", help="Fit to what your Collection knows of its papers.")]
Cache = Annotated[Path, typer.Option("--cache", metavar="DIR", help="Folder that keeps the vectors of the texts.")]
Sets = Annotated[Path | None, typer.Option("--sets", metavar="DIR", help="Folder of the judged sets.")]


def fit(
    names: Names = None,
    mine: MyOwn = False,
    sets: Sets = None,
    cache: Cache = VECTORS,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Fit the probability of relevance to judged sets, or to your own papers.

    It is stored with its data and its date, and used until another model makes the vectors. A calibration of your own
    also knows at which place all that could matter has been seen.

    Example: broadsheet relevance fit --mine
    """
    if not names and not mine:
        raise UsageError("Say what to fit to: `--mine` for your own papers, or the names of judged sets.")
    folder = sets or Path(os.environ.get("BROADSHEET_DATA") or ".")
    tasks = [_retrieval(name, folder) for name in names or []]
    encoder = CachedEncoder.under(configured_encoder(None, data), cache)
    with open_configured(data, create=False) as collection:
        tasks += own.mined(collection) if mine else []
        own.fit(collection, tasks, encoder, now=datetime.now(UTC))
        _show(own.state(collection), as_json)


def show(data: Data = None, as_json: AsJson = False) -> None:
    """Show which calibration is used, what it was fitted to, and how far it can be believed.

    Example: broadsheet relevance show
    """
    with open_configured(data, create=False) as collection:
        _show(own.state(collection), as_json)


def _retrieval(name: str, folder: Path) -> Retrieval:
    tasks = [each for each in tasks_of(name, folder.expanduser()) if isinstance(each, Retrieval)]
    if len(tasks) != 1:
        raise UsageError(f"{name!r} is not one retrieval set; expected a name such as scifact, or a folder.")
    return tasks[0]


def _show(state: own.State, as_json: bool) -> None:
    made = state.made
    if as_json:
        print_json({**made.to_json(), "own": state.fitted, "stale": state.stale})
        return
    whose = "Your own calibration" if state.fitted else "The calibration that Broadsheet ships"
    about = "any vectors" if made.scale is None and not state.fitted else "these vectors"
    out().print(f"{whose} for {about}, of {made.made}: {made.queries:,} queries of {', '.join(made.data)}.")
    fair, good, strong = EDGES
    out().print(
        f"A match is called strong from a probability of {strong:.0%}, good from {good:.0%}, fair from {fair:.0%}."
    )
    rows = [[name, *_weights(curve)] for name, curve in made.to_json().items() if name in ("meaning", "both", "answer")]
    table(["curve", "#constant", "weights"], rows)
    facts: dict[str, Any] = dict(made.facts)
    known = {"error": "Mean gap between promise and result on queries that it was not fitted to",
             "error_left_out": "Mean gap between promise and result on a set that it was not fitted to, of seven",
             "worst_left_out": "The largest of the seven gaps", "brier": "Brier score on the same queries"}  # fmt: skip
    for key, words in known.items():
        if key in facts:
            out().print(f"{words}: {facts[key]:.3f}.")
    if made.cutoff is None:
        out().print("It does not know where a list may end: fit it to at least 40 queries of your own.")
    else:
        out().print(f"Lists end where at most {made.missed:.0%} of what is relevant is missed, for queries like these.")
    if facts.get("drift", 0) >= ALARM:
        note(f"Later queries differ from earlier ones (evidence {facts['drift']:.0f}): the promises may not hold.")
    if state.stale:
        note(f"{state.stale} Run `broadsheet relevance fit` again.")


def _weights(curve: dict[str, float]) -> tuple[str, str]:
    rest = ", ".join(f"{name} {value:+.2f}" for name, value in curve.items() if name != "constant")
    return f"{curve['constant']:.2f}", rest
