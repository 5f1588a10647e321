"""Find the paper that a tool's argument names, or the nearest ids."""

from __future__ import annotations

import difflib

from broadsheet.core.addresses import lookup
from broadsheet.core.errors import BroadsheetError, NotFoundError
from broadsheet.core.types import Document
from broadsheet.mcp.untrusted import visible
from broadsheet.search.hybrid import search
from broadsheet.site.instance import Instance

_NEAR = 3  # papers that the message about an unknown id names


def paper_of(site: Instance, id_: str) -> Document:
    """Find the paper with an id or alias; NotFoundError names the nearest ids, by spelling and by words."""
    document = site.collection.store.papers.get(id_)
    if document is None:
        near = _near(site, id_)
        hint = f"Nearest: {', '.join(near)}" if near else "Find ids with search_papers"
        raise NotFoundError(f"no paper has the id {visible(id_)[:100]!r}. {hint}.")
    return document


def _near(site: Instance, id_: str) -> list[str]:
    spelled = lookup(id_) or id_
    starts = (spelled[:-cut] for cut in (1, 2, 3) if len(spelled) > cut)
    around = dict.fromkeys(each.id for start in starts for each in site.collection.store.papers.records(start, 10))
    close = difflib.get_close_matches(spelled[:100], around, n=_NEAR, cutoff=0.8)
    try:
        hits = search(site.collection, id_, k=_NEAR, mode="lexical").items
    except BroadsheetError:  # nothing was synced yet
        hits = ()
    near = dict.fromkeys([*close, *(each.document.id for each in hits)])
    return [visible(each) for each in near][:_NEAR]
