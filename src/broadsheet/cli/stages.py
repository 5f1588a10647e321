"""Stages: which further looks at the first papers a search takes, what each costs, and the choice of them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import note, print_json, table
from broadsheet.collection import Collection
from broadsheet.search.stages import ABOUT, STAGES, choose, chosen
from broadsheet.search.stages.cost import costs
from broadsheet.search.stages.model import KINDS, model_of, name_model
from broadsheet.search.stages.weights import weights_of
from broadsheet.wiring.collection import open_configured

Choice = Annotated[
    str,
    typer.Argument(metavar="[STAGES]", help="default, fast (none), or names with commas, for example feedback."),
]


Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="The model of the stage sparse (splade:FOLDER) or pair (pair:FOLDER); may be repeated.",
    ),
]


def stages(choice: Choice = "", model: Models = None, data: Data = None, as_json: AsJson = False) -> None:
    """Show or choose the stages that look again at the first papers of a search.

    A stage that fails or takes longer than it may adds nothing, and a note says so. The costs are measured now, on the
    titles of your newest papers. The stages sparse and pair need a model, and are not among the default ones; `sync`
    makes what sparse reads.

    Example: broadsheet stages feedback,neighbours
    """
    with open_configured(data, create=False) as collection:
        for each in model or ():
            note(f"The stage {name_model(collection, each)} uses {each}.")
        used = choose(collection, choice) if choice else chosen(collection)
        taken = costs(collection, [name for name in STAGES if name not in KINDS or model_of(collection, name)])
        rows = [_row(collection, name, used=name in used, taken=taken.get(name)) for name in STAGES]
    if as_json:
        print_json(rows)
        return
    shown = [
        [
            each["stage"],
            "yes" if each["used"] else "",
            "" if each["milliseconds"] is None else f"{each['milliseconds']:.1f}",
            f"{each['most']:.0f}",
            each["about"] + (f" ({each['model']})" if each["model"] else ""),
        ]
        for each in rows
    ]
    table(["stage", "used", "#ms", "#at most", "what it does"], shown)
    if not taken:
        note("Nothing was timed: add papers and run `broadsheet sync`.")
    _print_weights(rows)


def _row(collection: Collection, name: str, *, used: bool, taken: float | None) -> dict[str, Any]:
    model = model_of(collection, name)
    weights = weights_of(collection) if name == "sparse" and model else None
    state = weights.snapshot() if weights and weights.ready else None
    return {
        "stage": name, "used": used, "milliseconds": taken, "most": 1_000 * STAGES[name].budget, "about": ABOUT[name],
        "model": model, "papers": state and state.count, "bytes": state and sum(state.sizes.values()),
    }  # fmt: skip


def _print_weights(rows: list[dict[str, Any]]) -> None:
    for each in rows:
        if each["papers"]:
            note(
                f"Learned weights of {each['papers']:,} papers: {each['bytes'] / 1e6:,.1f} MB, "
                f"{each['bytes'] / each['papers'] / 1e3:.1f} kB a paper."
            )
        elif each["stage"] == "sparse" and each["used"]:
            note("No learned weights are made yet: run `broadsheet sync`.")
