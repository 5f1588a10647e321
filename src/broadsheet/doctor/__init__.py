"""Checks: one list of everything that can be right or wrong.

``status`` shows the checks of the Collection, ``doctor`` those of the machine too, ``verify`` whether everything that
is derived from the Store agrees with it, which takes longer.

for each check: look -> ok, warn or fail, the finding in words, what to do about it, and the bare facts
a check that cannot be made is a finding too
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from broadsheet.core.errors import BroadsheetError
from broadsheet.doctor import derived, holdings, machine
from broadsheet.doctor.findings import Area, Checked, Finding, Place
from broadsheet.doctor.holdings import job_words
from broadsheet.upkeep import verify

__all__ = ["CHECKS", "Area", "Checked", "Finding", "Place", "examine", "job_words"]

USUAL: tuple[Area, ...] = ("installation", "machine", "collection")


def examine(place: Place, *areas: Area) -> Iterator[Checked]:
    """Run the checks of these areas one after another; by default of all areas but ``derived``."""
    for area, name, check in CHECKS:
        if area in (areas or USUAL):
            try:
                finding = check(place)
            except (BroadsheetError, OSError) as error:
                finding = Finding(said=str(error), level="fail")
            yield Checked(area, name, finding)
            if name == "collection" and "papers" not in finding.facts:
                return  # no Collection can be opened: the other checks would fail too


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
    ("collection", "tokens", holdings.tokens),
    ("collection", "sparse", holdings.sparse),
    ("collection", "topics", holdings.topics),
    ("collection", "pictures", holdings.pictures),
    ("collection", "sources", holdings.sources),
    ("collection", "jobs", holdings.jobs),
    ("collection", "mail", holdings.mail),
    ("collection", "bad records", holdings.bad),
    ("derived", "store", derived.check(verify.file)),
    ("derived", "tables", derived.check(verify.tables)),
    ("derived", "trends", derived.check(verify.trends)),
    ("derived", "lexicon", derived.check(verify.lexicon)),
    ("derived", "space", derived.check(verify.space)),
    ("derived", "tokens", derived.check(verify.tokens)),
    ("derived", "sparse", derived.check(verify.sparse)),
    ("derived", "topics", derived.check(verify.topics)),
)
