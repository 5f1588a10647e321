"""How a page is drawn: its template, its headers, and errors in the same look."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from broadsheet import __version__
from broadsheet.site.auth import remember, visitor_of
from broadsheet.site.conditional import with_etag
from broadsheet.site.context import Site
from broadsheet.site.params import SearchParams
from broadsheet.web import filters

STATIC = Path(__file__).parent / "static"


def failure(site: Site, status: int, detail: str) -> Response:
    """An error as a page; says nothing of the Collection, which may be what failed."""
    title = _FAILURES.get(status) or HTTPStatus(status).phrase
    template = _templates().get_template("error.html")
    body = template.render(title=title, detail=site.redact(detail), status=status, **_common())
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
    visitor = visitor_of(request, site)
    body = drawn(request, site, template, **values).encode("utf-8", "replace")
    response = Response(body, media_type="text/html")
    if visitor.new:
        remember(response, request, site, visitor.key)
    return with_etag(request, response)


def drawn(request: Request, site: Site, template: str, /, **values: Any) -> str:
    """The text of a page, or of a part of one."""
    visitor = visitor_of(request, site)
    ours = {"asked": SearchParams(), "reach": site.reach(), "trouble": site.redact(site.trouble), "visitor": visitor,
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
