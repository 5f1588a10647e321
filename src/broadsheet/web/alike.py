"""Why two papers are alike: what both are about, sentences that say the same, and what each has alone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from broadsheet.explain.pair import compare
from broadsheet.site.auth import AsReader
from broadsheet.site.context import TheSite
from broadsheet.site.lookup import paper_of
from broadsheet.web import render

router = APIRouter(include_in_schema=False)
_CONCEPTS, _SENTENCES = 5, 2  # at most
Id = Annotated[str, Query(min_length=1, max_length=500)]


@router.get("/alike")
def alike(request: Request, site: TheSite, person: AsReader, one: Id, other: Id) -> Response:
    """Compare two papers. It encodes their sentences, so each person may do it only so often."""
    site.limit("explanations", str(person.number))
    found = compare(site.collection, paper_of(site, one), paper_of(site, other))
    return render.rendered(
        request,
        site,
        "alike.html",
        found=found,
        shared=found.shares.concepts[:_CONCEPTS] if found.shares else (),
        aligned=found.aligned[:_SENTENCES],
        notes=[site.redact(each) for each in found.notes],
    )
