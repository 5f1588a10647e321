"""Checks of what is derived: ``verify``'s verdicts as findings."""

from __future__ import annotations

from collections.abc import Callable

from broadsheet.collection import Collection
from broadsheet.doctor.findings import Finding, Level, Place
from broadsheet.upkeep import verify


def check(part: Callable[..., verify.Verdict]) -> Callable[[Place], Finding]:
    """Make the check of a part. A fault is checked twice: another process may just have changed the data."""

    def look(place: Place) -> Finding:
        collection: Collection = place.collection
        verdict = part(collection, most=place.most)
        if verdict.fault:
            verdict = part(collection, most=place.most)
        level: Level = "fail" if verdict.fault else "warn" if verdict.advice else "ok"
        return Finding(level=level, said=verdict.said, advice=verdict.advice, facts=verdict.facts)

    return look
