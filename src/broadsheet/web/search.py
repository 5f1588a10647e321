"""The search page: what a query names, its results under their strengths, what they have in common, where they end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.datastructures import QueryParams

from broadsheet.core.facets import Facet
from broadsheet.core.recognition import Writer
from broadsheet.core.types import Document, Result, Results
from broadsheet.people.submit import can_submit
from broadsheet.search.end import answered, ended, matters
from broadsheet.search.similar import similar
from broadsheet.search.spelling import unknown
from broadsheet.site.auth import TheVisitor, Visitor
from broadsheet.site.context import Site, TheSite
from broadsheet.site.fields import expectation
from broadsheet.site.lookup import search_results
from broadsheet.site.params import SearchParams
from broadsheet.web import render
from broadsheet.web.filters import search_address
from broadsheet.web.marks import singly
from broadsheet.web.render import A_PAGE
from broadsheet.web.watch import watch_of

router = APIRouter(include_in_schema=False)
MOST_TOPICS = 10
"""Topics that are counted among the papers of a list."""
NEAR = 8
"""Papers like a paper that the query names, which are shown after it."""
_EXPECTED = {
    "since": "is not a date. Use 2024-05-31, 2024-05 or 2024.",
    "until": "is not a date. Use 2024-05-31, 2024-05 or 2024.",
    "min_votes": "is not a number of votes. Use a whole number, for example 10.",
    "diverse": "is not a variety. Use a number from 0 (best first) to 1.",
    "sort": "is not an order. Use best, newest or votes.",
    "mode": "is not a way to search. Use hybrid, lexical or semantic.",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """The parameters of a search as they were typed: what could be read (``asked``), the text of each field, and, in
    words, what is wrong with a field."""

    asked: SearchParams
    fields: dict[str, str]
    wrong: dict[str, str]

    @classmethod
    def of(cls, query: QueryParams) -> Typed:
        """Read the parameters of an address; one that cannot be read is left out, and said to be wrong."""
        several = {name for name, field in SearchParams.model_fields.items() if isinstance(field.default, list)}
        known = [name for name in SearchParams.model_fields if name in query]
        values = {name: query.getlist(name) if name in several else query[name] for name in known}
        fields = {name: "; ".join(query.getlist(name))[:2_000] for name in known}
        try:
            return cls(SearchParams.model_validate(values), fields, {})
        except ValidationError as error:
            wrong = {str(each["loc"][0]): _mistake(str(each["loc"][0]), each) for each in error.errors()}
        left = {name: value for name, value in values.items() if name not in wrong}
        return cls(SearchParams.model_validate(left), fields, wrong)


def _mistake(name: str, error: object) -> str:
    """What is wrong with a field, as it is shown next to it."""
    value = str(error["input"])[:60]  # type: ignore[index]
    if name in _EXPECTED:
        return f"“{value}” {_EXPECTED[name]}"
    said = expectation(error)
    return f"{said[:1].upper()}{said[1:]}."


@dataclass(frozen=True, slots=True)
class Part:
    """Results under one heading; ``ends`` where what follows is no longer likely to be relevant."""

    heading: str
    results: tuple[Result, ...]
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows of a list: its ``parts``, whether anything ``answers`` the query, how many ``weaker`` papers
    follow on this page, and whether any follow at all (``more_weaker``)."""

    parts: tuple[Part, ...]
    answers: bool
    weaker: int
    more_weaker: bool


@router.get("/search")
def results(request: Request, site: TheSite, visitor: TheVisitor) -> Response:
    """Show the form and, once it is filled in, what was recognised and the results."""
    typed = Typed.of(request.query_params)
    asked = typed.asked
    if typed.wrong or not (asked.q.strip() or asked.filters):
        shown = render.rendered(request, site, "search.html", asked=asked, typed=typed, results=None)
        if typed.wrong:
            shown.status_code = 422
        return shown
    whole = search_results(
        site, asked.model_copy(update={"relevant": False}), usual=A_PAGE, given=visitor.given, copies=False,
        with_facets=True,
    )  # fmt: skip
    answer = whole if asked.relevant is False else ended(whole)
    answer = replace(answer, items=tuple(replace(each, passage="") if each.pinned else each for each in answer.items))
    near = _near(site, asked, answer)
    if near is not None:
        answer = replace(answer, items=_alone(answer), more=False)
    shown_ = _shown(answer, whole) if near is None else Shown((Part("", answer.items),), True, 0, False)
    documents = [*(each.document for each in answer.items), *(near or ())]
    return render.rendered(
        request,
        site,
        "search.html",
        asked=asked,
        typed=typed,
        results=answer,
        shown=shown_,
        near=near,
        writers=_followed(site, visitor, answer.named.writers),
        subjects=[(each, each.id in _topics(site, visitor)) for each in answer.named.topics],
        wanted=[(each, can_submit(each)) for each in answer.missing],
        facets=list(_facets(asked, answer.facets)),
        counts=_counts(answer),
        watch=watch_of(site, visitor.number, asked, answer),
        unknown=_unknown(site, answer),
        foreign=_foreign(asked.q),
        marks=singly(request, site, documents),
        note=site.redact(_note(answer)),
        size=asked.size(A_PAGE),
    )


def _alone(answer: Results) -> tuple[Result, ...]:
    return tuple(each for each in answer.items if each.pinned in ("identifier", "title"))


def _near(site: Site, asked: SearchParams, answer: Results) -> tuple[Document, ...] | None:
    """The papers like the one that a query names by its identifier or title, on the first page; None for others."""
    named = _alone(answer)
    if not named or asked.offset or asked.relevant is False:
        return None
    found = similar(site.collection, named[0].document.id, k=NEAR + len(named), arrange=asked.view(copies=False))
    known = {each.document.id for each in named}
    return tuple(each.document for each in found if each.document.id not in known)[:NEAR]


def _shown(answer: Results, whole: Results) -> Shown:
    """Put results under headings: each strength where it begins, if they are best first and their relevance is
    known."""
    answers = answered(answer)
    told = answer.sort == "best" and answers and any(each.relevance is not None for each in answer.items)
    parts = []
    for (heading, above), group in groupby(answer.items, key=lambda each: _under(each, answer, told=told)):
        parts.append(Part(heading, tuple(group), ends=not above))
    weaker = len(whole.items) - len(answer.items)
    return Shown(tuple(parts), answers, weaker, weaker > 0 or (whole.more and not answer.more))


def _under(result: Result, answer: Results, *, told: bool) -> tuple[str, bool]:
    """The heading of a result, and whether it is above the end of the list."""
    above = matters(result, answer)
    if result.pinned == "author":
        return "By this author", True
    if not told or not above:
        return "", above or not answered(answer)
    return f"{result.strength.label}es", True


def _counts(answer: Results) -> str:
    """How many papers there are above the end, in words."""
    count = answer.relevant
    if count is None:
        return ""
    many = f"{count:,}+" if count >= 1_000 else f"{count:,}"
    return f"{many} match{'' if count == 1 else 'es'}"


def _facets(asked: SearchParams, facets: Sequence[Facet]) -> Iterator[tuple[str, list[tuple[str, int, str]]]]:
    """Each facet by its label, with the name, the count and the address of each value."""
    for facet in facets:
        rows = [
            (each.name, each.papers, search_address(asked, offset=0, **_condition(facet.kind, each.value)))
            for each in facet.choices
        ]
        yield _LABELS[facet.kind], rows


_LABELS = {
    "year": "Year", "topic": "Topic", "source": "Source", "venue": "Venue", "category": "Category", "code": "Code",
}  # fmt: skip


def _condition(kind: str, value: str) -> dict[str, object]:
    if kind == "year":
        return {"since": value, "until": value}
    return {"has_code": "true"} if kind == "code" else {kind: [value]}


def _followed(site: Site, visitor: Visitor, writers: Sequence[Writer]) -> list[tuple[Writer, bool]]:
    """The authors that were recognised, and whether the reader follows them."""
    own = site.collection.store.follows.of(visitor.number) if writers and visitor.person else ()
    return [(each, each.name in own) for each in writers]


def _topics(site: Site, visitor: Visitor) -> Sequence[int]:
    return site.collection.store.follows.topics_of(visitor.number) if visitor.person else ()


def _note(answer: Results) -> str:
    """What there is to say of a list, without what the page shows in another form."""
    note = answer.note
    for each in answer.restated:
        note = note.replace(each, "", 1)
    return " ".join(note.split())


def _unknown(site: Site, answer: Results) -> list[str]:
    """The words of a query that no paper has, where nothing answers it."""
    return unknown(site.collection, answer.query) if not answered(answer) or not answer.items else []


def _foreign(query: str) -> bool:
    """Tell whether most letters of a query are from another script than Latin."""
    letters = [each for each in query if each.isalpha()]
    return bool(letters) and sum(ord(each) > 0x24F for each in letters) > len(letters) / 2
