"""Compare two texts: the cosine of their vectors, what it means here, and the words and sentences that make it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from broadsheet.core.errors import CollectionError, ModelError, UsageError
from broadsheet.lab.alignment import LONGEST, Comparison, Word
from broadsheet.site.auth import AsReader
from broadsheet.site.compare import compare_here
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import TheForm
from broadsheet.web import render

router = APIRouter(include_in_schema=False)
_STEPS = (0.66, 0.33, 0.15)  # of the largest part: from where a word is marked strongly, clearly, faintly


@router.get("/compare")
def form(request: Request, site: TheSite, _person: AsReader) -> Response:
    """Show the form."""
    return _shown(request, site, "", "")


@router.post("/compare")
def compare(request: Request, site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Compare the two texts of the form. Nothing is stored."""
    a, b = (form.get(name, longest=LONGEST + 1) for name in ("a", "b"))
    try:
        made = compare_here(site, person, a, b)
    except (UsageError, ModelError, CollectionError) as error:
        return _shown(request, site, a, b, problem=site.redact(str(error)))
    return _shown(request, site, a, b, made=made)


def _shown(
    request: Request, site: Site, a: str, b: str, *, made: Comparison | None = None, problem: str = ""
) -> Response:
    return render.rendered(
        request,
        site,
        "compare.html",
        a=a,
        b=b,
        made=made,
        marked=[_marked(side.words) for side in (made.a, made.b)] if made else [],
        encoder=site.collection.encoder_name,
        longest=LONGEST,
        problem=f"{problem[:1].upper()}{problem[1:].rstrip('.')}." if problem else "",
    )


def _marked(words: tuple[Word, ...]) -> list[tuple[Word, int]]:
    """Each word with how strongly it is marked, from 0 to 3."""
    most = max((word.part for word in words), default=0.0)
    return [(word, sum(word.part >= step * most for step in _STEPS) if word.part > 0 else 0) for word in words]
