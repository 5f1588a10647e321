"""Checks: one list of what can be well or ill. ``status`` shows the Collection, ``doctor`` the machine too, ``verify``
whether what is derived from the Store agrees with it.

for each check: look -> ok, warn or fail, what was found, what to do about it, and the bare facts
a check that cannot be made is itself a finding
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from broadsheet.checks import holdings, machine
from broadsheet.checks.findings import Area, Checked, Finding, Place
from broadsheet.checks.holdings import job_words
from broadsheet.errors import BroadsheetError

__all__ = ["CHECKS", "Area", "Checked", "Finding", "Place", "examine", "job_words"]


def examine(place: Place, *areas: Area) -> Iterator[Checked]:
    """What the checks of these areas (of all, when none is named) find, one after another."""
    for area, name, check in CHECKS:
        if not areas or area in areas:
            try:
                found = check(place)
            except (BroadsheetError, OSError) as error:
                found = Finding(said=str(error), level="fail")
            yield Checked(area, name, found)
            if name == "collection" and "papers" not in found.facts:
                return  # there is none, or none that can be opened: nothing more can be looked at


CHECKS: tuple[tuple[Area, str, Callable[[Place], Finding]], ...] = (
    ("installation", "version", machine.python),
    ("installation", "packages", machine.packages),
    ("installation", "plug-ins", machine.plugins),
    ("installation", "sqlite", machine.sqlite),
    ("machine", "processor", machine.processor),
    ("machine", "disk", machine.disk),
    ("machine", "encoder", machine.encoder),
    ("collection", "collection", holdings.collection),
    ("collection", "lexicon", holdings.lexicon),
    ("collection", "space", holdings.spaces),
    ("collection", "sources", holdings.sources),
    ("collection", "jobs", holdings.jobs),
    ("collection", "bad records", holdings.bad),
)
