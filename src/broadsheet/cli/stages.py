"""Stages: which further looks at the first papers a search takes, what each costs, and the choice of them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import note, print_json, table
from broadsheet.search.stages import ABOUT, STAGES, choose, chosen
from broadsheet.search.stages.cost import costs
from broadsheet.wiring.collection import open_configured

Choice = Annotated[
    str,
    typer.Argument(metavar="[STAGES]", help="default, fast (none), or names with commas, for example feedback."),
]


def stages(choice: Choice = "", data: Data = None, as_json: AsJson = False) -> None:
    """Show or choose the stages that look again at the first papers of a search.

    A stage that fails or takes longer than it may adds nothing, and a note says so. The costs are measured now, on the
    titles of your newest papers.

    Example: broadsheet stages fast
    """
    with open_configured(data, create=False) as collection:
        used = choose(collection, choice) if choice else chosen(collection)
        taken = costs(collection, list(STAGES))
    rows: list[dict[str, Any]] = [
        {"stage": name, "used": name in used, "milliseconds": taken.get(name), "most": 1_000 * each.budget,
         "about": ABOUT[name]}
        for name, each in STAGES.items()
    ]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    table(
        ["stage", "used", "#ms", "#at most", "what it does"],
        [
            [
                each["stage"],
                "yes" if each["used"] else "",
                "" if each["milliseconds"] is None else f"{each['milliseconds']:.1f}",
                f"{each['most']:.0f}",
                each["about"],
            ]
            for each in rows
        ],
    )
    if not taken:
        note("Nothing was timed: add papers and run `broadsheet sync`.")
