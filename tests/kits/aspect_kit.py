"""Papers of two tasks and two methods, every pair of them twice, one without an abstract and one of one sentence."""

from __future__ import annotations

from fakes import paper

TASKS = {
    "tides": "However, harbour tides remain hard to forecast, which is an important problem.",
    "leaves": "However, pressed leaves remain hard to name, which is an important problem.",
}
METHODS = {
    "graphs": "We propose a method based on walks over sparse graphs.",
    "clocks": "We propose a method based on pendulum clocks and gears.",
}
DATA = "We collected a data set of 300 annotated samples."
RESULT = "Experiments show that it improves accuracy by {}%."
PAPERS = [
    paper(
        10 * (1 + place) + copy, f"Paper {task} {method} {copy}",
        f"{TASKS[task]} {METHODS[method]} {DATA} {RESULT.format(7 + place + copy)}",
    )
    for place, (task, method) in enumerate((task, method) for task in TASKS for method in METHODS)
    for copy in (1, 2)
]  # fmt: skip
PAPERS += [paper(91, "Tides of graphs", ""), paper(92, "Gears", METHODS["clocks"])]
"""made:011 and made:012 are of tides and graphs, 021 and 022 of tides and clocks, 031 and 032 of leaves and graphs, 041
and 042 of leaves and clocks."""
