"""How a page is rendered: its template, its headers, and errors in the same look."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from broadsheet import __version__
from broadsheet.core.recent import Recent
from broadsheet.core.types import Document
from broadsheet.people import links
from broadsheet.site.auth import remember, visitor_of
from broadsheet.site.conditional import with_etag
from broadsheet.site.context import Site
from broadsheet.site.lookup import unread_today
from broadsheet.site.params import SearchParams
from broadsheet.site.urls import base_of
from broadsheet.web import filters

STATIC = Path(__file__).parent / "static"
_LINK = re.compile(r'(<[a-z][^<>]*?\s(?:href|src|action|formaction)=")/(?!/)')  # texts hold no < or " unescaped
_HOLE = secrets.token_hex(16)  # where the token of the forms goes, when the rest of the page is there
_PARTS, _PARTS_BYTES = 20_000, 16_000_000  # of cards, that are remembered
A_PAGE = 20
"""Papers on one page of a list."""


def failure(site: Site, status: int, detail: str) -> Response:
    """Render an error as a page. It reads nothing from the Collection, which may be what failed."""
    title = _FAILURES.get(status) or HTTPStatus(status).phrase
    template = _templates().get_template("error.html")
    body = template.render(title=title, detail=site.redact(detail), status=status, **_common())
    return Response(_placed(body, site), status, media_type="text/html")


_FAILURES = {
    400: "This request has an error",
    401: "Please sign in",
    403: "You do not have access",
    404: "Not found",
    421: "Wrong site name",
    413: "Too large",
    422: "This request has an error",
    429: "Too many requests",
    500: "Something went wrong",
    503: "Not ready yet",
}


def rendered(request: Request, site: Site, template: str, /, **values: Any) -> Response:
    """Render a page; a browser that has the same page already gets a 304."""
    visitor = visitor_of(request, site)
    body = drawn(request, site, template, **values).encode("utf-8", "replace")
    response = Response(body, media_type="text/html")
    if visitor.new:
        remember(response, request, site, visitor.key)
    return with_etag(request, response)


def drawn(request: Request, site: Site, template: str, /, **values: Any) -> str:
    """Return the HTML of a page, or of a part of one."""
    visitor = visitor_of(request, site)
    ours = {"asked": SearchParams(), "reach": site.reach(), "trouble": site.redact(site.trouble), "visitor": visitor,
            "admitted": site.settings.people != "closed" or visitor.person is not None,
            "site": site, "here": here(request), "base": base_of(request, site),
            "unread": lambda: unread_today(site, visitor.number), "once": _once(site),
            "form_token": lambda: _HOLE}  # fmt: skip
    page = _placed(_templates().get_template(template).render({**ours, **_common(), **values}), site)
    around = page.split(_HOLE)
    if len(around) == 1:
        return page
    return links.mask(site.secret, visitor.csrf(site.secret), "".join(around)).join(around)


def _once(site: Site) -> Callable[[str, Document, Callable[[Document], str]], str]:
    """Return what draws a part of a paper's card that depends on the paper alone, or finds it as it was drawn before:
    by its name and the paper's id, until any paper changes."""
    change = site.collection.store.papers.last_change()
    drawn_before: Recent[tuple[str, str, int], str]
    drawn_before = site.collection.memory("parts of cards", lambda: Recent(_PARTS, size=_PARTS_BYTES))

    def once(name: str, paper: Document, draw: Callable[[Document], str]) -> str:
        key = (name, paper.id, change)
        part = drawn_before.get(key)
        if part is None:
            part = draw(paper)
            drawn_before.keep(key, part, size=2 * len(part) + 200)
        return part

    return once


def _placed(page: str, site: Site) -> str:
    """Put the path of the site's address in front of the links of a page, which begin at ``/``."""
    path = site.settings.subpath
    return _LINK.sub(rf"\g<1>{path}/", page) if path else page


def here(request: Request) -> str:
    """Return the address of the page, for forms that lead back to it."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _common() -> dict[str, Any]:
    return {"version": __version__, "assets": _assets()}


@lru_cache(maxsize=1)
def _assets() -> str:
    """Name the present state of our own CSS and JavaScript, so that browsers may cache them for ever."""
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
