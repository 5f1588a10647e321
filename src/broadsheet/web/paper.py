"""The page of a paper: what it says, how it is cited, its neighbours, similar papers, its topic, and its comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.core.aspects import ASPECTS
from broadsheet.core.errors import CollectionError, NotFoundError
from broadsheet.core.topic import Named
from broadsheet.core.types import Document, Result
from broadsheet.daily.copies import appearances
from broadsheet.daily.neighbours import neighbours
from broadsheet.exports.citations import CITATIONS
from broadsheet.labels.lists import suggest
from broadsheet.near.about import about
from broadsheet.near.view import View
from broadsheet.people import alerts, notes
from broadsheet.search.aspects.show import Said, read
from broadsheet.search.similar import similar
from broadsheet.site.auth import visitor_of
from broadsheet.site.context import Site, TheSite
from broadsheet.site.lookup import paper_of
from broadsheet.topics.place import Place, place
from broadsheet.web import comments, filters, render
from broadsheet.web.desk import decided, set_apart
from broadsheet.web.marks import marked
from broadsheet.web.topics import bars

_AKIN = 8  # similar papers that are shown
_LOOKED_AT = 24  # the nearest ones, of which the newest are shown
_REVISIONS = 3  # changes of the text that are shown

Akin = Literal["nearest", "newest", "task", "method", "data", "result"]
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _Similar:
    """Similar papers in an order, the orders that there are, and why there are none."""

    items: Sequence[Result]
    order: Akin
    orders: Sequence[str]
    note: str = ""


@router.get("/paper/{id:path}")
def paper(request: Request, site: TheSite, id: str, akin: Akin = "nearest") -> Response:
    """Show one paper; another of its identifiers redirects to its id. ``akin`` is the order of similar papers."""
    document = paper_of(site, id)
    if document.id != id:
        return RedirectResponse(filters.paper_address(document), 307)
    others = appearances(site.collection, document)
    visitor = visitor_of(request, site)
    near_it = about(site.collection, document)
    marks = marked(request, site, [(document, *others)])
    return render.rendered(
        request,
        site,
        "paper.html",
        paper=document,
        citations=[(name, form, form.write([document])) for name, form in CITATIONS.items()],
        akin=_similar(site, document, akin),
        neighbours=neighbours(site.collection, [document, *others], now=site.now(), zone=site.zone),
        others=others,
        perhaps=[each for each in near_it.copies if each.document.id not in {other.id for other in others}],
        sure={each.document.id: each.confidence for each in near_it.copies},
        novelty=near_it.novelty,
        revisions=near_it.revisions[:_REVISIONS],
        sentences=_sentences(site, document),
        marks=marks,
        lists=site.collection.store.lists.of(visitor.number),
        following=alerts.for_paper(site.collection.store, visitor.number, document) if visitor.person else None,
        suggested=suggest(site.collection, visitor.number, document),
        longest_note=notes.LONGEST,
        decided=decided(site, [document, *others]),
        apart=set_apart(site, document) if visitor.may("editor") else (),
        **_in_topic(site, document, marks.topic(document)),
        **comments.shown(site, visitor, [document, *others]),
    )


def _similar(site: Site, document: Document, order: Akin) -> _Similar:
    """Find similar papers, or a note on why there are none."""
    orders = ["nearest", "newest", *(ASPECTS if site.collection.sentences.exists else ())]
    aspect, k = (order, _AKIN) if order in ASPECTS else ("", _LOOKED_AT if order == "newest" else _AKIN)
    try:
        answer = similar(site.collection, document.id, aspect=aspect, k=k, arrange=View())
    except (CollectionError, NotFoundError) as error:  # nothing has been synced, or no sentences were read
        return _Similar((), order, orders, site.redact(str(error)))
    items = list(answer.items)
    if order == "newest":
        items.sort(key=lambda each: each.document.latest.toordinal() if each.document.latest else 0, reverse=True)
    return _Similar(items[:_AKIN], order, orders, site.redact(answer.note))


def _sentences(site: Site, document: Document) -> dict[str, Said]:
    """The sentence of each aspect that says it most clearly; empty where sentences were not read."""
    if not site.collection.sentences.exists:
        return {}
    said = sorted(read(site.collection, document.id), key=lambda each: each.probability)
    best = {each.role: each for each in said}
    return {aspect: best[aspect] for aspect in ASPECTS if aspect in best}


def _in_topic(site: Site, document: Document, topic: Named | None) -> dict[str, Any]:
    """The place of a paper in its topic, the first paper of those before it, and the weeks as a drawing."""
    store = site.collection.store
    number = store.papers.number(document.id)
    found: Place | None = place(site.collection, number, topic.id) if topic and number is not None else None
    first = store.papers.by_numbers([found.first]).get(found.first) if found else None
    return {"in_topic": found, "first_in_topic": first, "drawing": bars(found.weeks) if found else ""}
