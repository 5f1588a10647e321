"""Any list of papers in any form of ``exports.formats``: one call, so that a new list has all forms at once.

return list_response(request, site, form, title="Saved by Ada", page="/lists/7", papers=with_own_days(documents))
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from broadsheet.core.errors import NotFoundError, nearest
from broadsheet.core.types import Document
from broadsheet.daily.counts import with_local_counts
from broadsheet.exports.bibtex import key
from broadsheet.exports.citations import CITATIONS
from broadsheet.exports.formats import FORMATS, Format
from broadsheet.exports.listing import Entry, Listing
from broadsheet.site.conditional import conditional_response
from broadsheet.site.context import Site
from broadsheet.site.urls import authority, base_of, next_link, paper_page, request_path

Paper = tuple[Document, date | None]  # and its day in the list
_POSITION = {"offset": None, "limit": None, "k": None, "cursor": None}


def list_response(
    request: Request,
    site: Site,
    form: str,
    *,
    title: str,
    page: str,
    papers: Sequence[Paper],
    next_offset: int | None = None,
    name: str = "",
) -> Response:
    """Answer with a list in a ``form`` (an ending, for example ``atom``), with ETag and Last-Modified, or with 304.

    ``page`` is the path that shows it to readers. ``next_offset`` is where its next part begins, as the parameter
    ``offset`` of the same address. ``name`` makes its permanent id, which readers of the feed see, so a list at a
    secret address must be given one; if empty, it is the address without its position and form. NotFoundError for an
    unknown form.
    """
    written = form_of(form)
    base = base_of(request, site)
    listing = Listing(
        title=title,
        address=base + page,
        own=base + request_path(request),
        authority=authority(site),
        name=name or _name(request, form),
        entries=tuple(_entries(site, papers, base)),
        next="" if next_offset is None else base + request_path(request, offset=next_offset),
    )
    leads_on = next_link(listing.next) if listing.next else {}
    headers = {"content-type": written.media, **_saved_as(written, title, form), **leads_on}
    return conditional_response(request, written.write(listing), now=site.now(), headers=headers)


def _entries(site: Site, papers: Sequence[Paper], base: str) -> Iterator[Entry]:
    """Yield the papers with the votes of readers here added to those that a source counts, as on the pages."""
    counted = with_local_counts(site.collection, [[paper] for paper, _ in papers])
    for document, (_, day) in zip(counted, papers, strict=True):
        yield Entry(document=document, address=base + paper_page(document.id), day=day)


def form_of(form: str) -> Format:
    """Find the form with this ending; NotFoundError names the known ones."""
    if form not in FORMATS:
        raise NotFoundError(f"{form[:40]!r} is not a known format. {nearest(form, FORMATS)}")
    return FORMATS[form]


def citation_response(request: Request, site: Site, paper: Document, form: str) -> Response:
    """Answer with one paper in a ``form`` of ``exports.citations``, with ETag and Last-Modified, or with 304.

    NotFoundError for an unknown form.
    """
    if form not in CITATIONS:
        raise NotFoundError(f"{form[:40]!r} is not a known style. {nearest(form, CITATIONS)}")
    known = CITATIONS[form]
    headers = {"content-type": known.media}
    if not known.text:
        headers["content-disposition"] = f'inline; filename="{key(paper)}.{known.saved}"'
    body = known.write([paper]).encode("utf-8", "replace")
    return conditional_response(request, body, now=site.now(), headers=headers)


def with_own_days(documents: Iterable[Document]) -> list[Paper]:
    """Pair each paper with its own day."""
    return [(document, document.day) for document in documents]


def media() -> dict[int | str, dict[str, Any]]:
    """Describe the answers of such an address for the OpenAPI document."""
    kinds: dict[str, Any] = {form.media.partition(";")[0]: {} for form in FORMATS.values()}
    return {200: {"description": "The list", "content": kinds}, 304: {"description": "Unchanged since"}}


def _name(request: Request, form: str) -> str:
    path, mark, query = request_path(request, **_POSITION).partition("?")
    return path.removesuffix(f".{form}").lstrip("/") + mark + query


def _saved_as(written: Format, title: str, form: str) -> dict[str, str]:
    """Name the file after its list; feeds are read where they are."""
    if written.feed:
        return {}
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "papers"
    return {"content-disposition": f'attachment; filename="{name}.{written.saved or form}"'}
