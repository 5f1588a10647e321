"""The pages: the newest papers, results, one paper, its BibTeX entry, and errors in the same look."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from broadsheet import __version__, shelf
from broadsheet.core.errors import CollectionError
from broadsheet.core.types import Document, Results
from broadsheet.daily.copies import appearances
from broadsheet.exports.bibtex import bibtex
from broadsheet.search.similar import similar
from broadsheet.site.auth import remember, visiting
from broadsheet.site.context import Site, TheSite
from broadsheet.site.lookup import found, paper_of
from broadsheet.site.params import Asked, Asking, Offset
from broadsheet.web import comments, filters
from broadsheet.web.decided import decided, parted
from broadsheet.web.marks import marked, singly

STATIC = Path(__file__).parent / "static"
_A_PAGE = 20
_AKIN = 6

router = APIRouter(include_in_schema=False)


@router.get("/newest")
def newest_papers(request: Request, site: TheSite, offset: Offset = 0) -> Response:
    """The newest papers, whether they stand on a day or not. The shelf and readers' libraries stay off."""
    newest = site.collection.store.newest(_A_PAGE + 1, offset, without_sources=("shelf", "library"), hidden=False)
    today = site.today
    return rendered(
        request,
        site,
        "newest.html",
        groups=list(filters.by_day(newest[:_A_PAGE])),
        marks=singly(request, site, newest[:_A_PAGE]),
        offset=offset,
        more=len(newest) > _A_PAGE,
        size=_A_PAGE,
        today=today,
        examples=() if newest or offset or not site.papers else shelf.EXAMPLES,
    )


@router.get("/search")
def results(request: Request, site: TheSite, asked: Asking) -> Response:
    """A ranked list, and the form that made it."""
    if not (asked.q.strip() or asked.filters):
        return rendered(request, site, "search.html", asked=asked, results=None, note="", size=_A_PAGE)
    answer = found(site, asked, usual=_A_PAGE)
    return rendered(
        request,
        site,
        "search.html",
        asked=asked,
        results=answer,
        marks=singly(request, site, [result.document for result in answer.items]),
        note=site.told(answer.note),
        size=asked.size(_A_PAGE),
    )


@router.get("/paper/{id:path}.bib")
def entry(site: TheSite, id: str) -> Response:
    """The paper as BibTeX."""
    return PlainTextResponse(bibtex(paper_of(site, id)))


@router.get("/paper/{id:path}")
def paper(request: Request, site: TheSite, id: str) -> Response:
    """One paper, whole; another of its identifiers leads to its id."""
    document = paper_of(site, id)
    if document.id != id:
        return RedirectResponse(filters.paper_address(document), 307)
    akin, note = _akin(site, document)
    others = appearances(site.collection, document)
    visitor = visiting(request, site)
    near = [(result.document,) for result in akin.items] if akin else []
    return rendered(
        request,
        site,
        "paper.html",
        paper=document,
        entry=bibtex(document),
        akin=akin,
        note=note,
        others=others,
        marks=marked(request, site, [(document, *others), *near]),
        lists=site.collection.store.lists(visitor.number),
        decided=decided(site, [document, *others]),
        apart=parted(site, document) if visitor.may("editor") else (),
        **comments.shown(site, visitor, [document, *others]),
    )


def _akin(site: Site, document: Document) -> tuple[Results | None, str]:
    """Similar papers, or why there are none."""
    try:
        answer = similar(site.collection, document.id, k=_AKIN)
    except CollectionError as error:
        return None, site.told(str(error))
    return answer, site.told(answer.note)


def failure(site: Site, status: int, detail: str) -> Response:
    """An error as a page; says nothing of the Collection, which may be what failed."""
    title = _FAILURES.get(status) or HTTPStatus(status).phrase
    template = _templates().get_template("error.html")
    body = template.render(title=title, detail=site.told(detail), status=status, **_common())
    return Response(body, status, media_type="text/html")


_FAILURES = {
    400: "This was not understood",
    401: "Sign in first",
    403: "This is not for you",
    404: "Not here",
    421: "Not this site",
    413: "That is too much",
    422: "This was not understood",
    429: "Too often",
    500: "Something failed",
    503: "Not ready yet",
}


def rendered(request: Request, site: Site, template: str, /, **values: Any) -> Response:
    """A rendered page; a browser that has it already is told so."""
    visitor = visiting(request, site)
    body = drawn(request, site, template, **values).encode("utf-8", "replace")
    headers = {"etag": f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"', "cache-control": "private, no-cache"}
    if request.headers.get("if-none-match", "").removeprefix("W/") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    response = Response(body, headers=headers, media_type="text/html")
    if visitor.new:
        remember(response, request, site, visitor.key)
    return response


def drawn(request: Request, site: Site, template: str, /, **values: Any) -> str:
    """The text of a page, or of a part of one."""
    visitor = visiting(request, site)
    ours = {"asked": Asked(), "reach": site.reach(), "trouble": site.told(site.trouble), "visitor": visitor,
            "admitted": site.settings.people != "closed" or visitor.person is not None,
            "site": site, "here": here(request), "form_token": lambda: visitor.csrf(site.secret)}  # fmt: skip
    return _templates().get_template(template).render({**ours, **_common(), **values})


def here(request: Request) -> str:
    """The address of the page, for forms that lead back to it."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _common() -> dict[str, Any]:
    return {"version": __version__, "assets": _assets()}


@lru_cache(maxsize=1)
def _assets() -> str:
    """A name for the present state of our own CSS and JavaScript, so that browsers may keep them for ever."""
    state = hashlib.blake2b(digest_size=6)
    for path in sorted(STATIC.iterdir()):
        state.update(path.read_bytes())
    return state.hexdigest()


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=filters.shown,
    )
    environment.globals["view"] = filters
    return environment
