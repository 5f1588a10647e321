"""The followed sources: an editor adds one, removes one, or fetches from all of them."""

from __future__ import annotations

from fastapi import APIRouter, BackgroundTasks, Depends, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.core.errors import BroadsheetError
from broadsheet.site.auth import AsEditor
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import TheForm, read_form
from broadsheet.site.jobs import run_after
from broadsheet.sources.arxiv_groups import GROUPS
from broadsheet.sources.payload import is_file, without_folders
from broadsheet.upkeep.sources import follow, unfollow
from broadsheet.web import render

router = APIRouter(include_in_schema=False)
ARXIV, HF = "arxiv:", "hf:daily"
_LONGEST_NAME = 300


@router.get("/sources")
def sources(request: Request, site: TheSite, _person: AsEditor) -> Response:
    """Show the followed sources."""
    return _shown(request, site)


@router.post("/sources/add")
def add(request: Request, site: TheSite, _person: AsEditor, form: TheForm) -> Response:
    """Follow a source."""
    name = form.get("name", longest=_LONGEST_NAME)
    try:
        follow(site.collection.store, name, now=site.now(), afar=True)
    except BroadsheetError as error:
        return _shown(request, site, typed=name, problem=site.redact(str(error)))
    return RedirectResponse("/sources", 303)


@router.post("/sources/remove")
def remove(site: TheSite, _person: AsEditor, form: TheForm) -> Response:
    """Unfollow a source; its papers stay."""
    unfollow(site.collection.store, form.get("name", longest=_LONGEST_NAME))
    return RedirectResponse("/sources", 303)


@router.post("/sources/fetch", dependencies=[Depends(read_form)])
def fetch(site: TheSite, _person: AsEditor, tasks: BackgroundTasks) -> Response:
    """Fetch from all sources and sync, after the response; the status page shows the result."""
    run_after(site, tasks, "fetch")
    return RedirectResponse("/status", 303)


def followed(site: Site) -> list[dict[str, object]]:
    """Return the followed sources with their last runs and current outages."""
    store = site.collection.store
    return [
        {
            "name": each.name,
            "label": label_of(each.name),
            "last": each.last_run,
            "outage": store.journal.outage_of(each.name),
        }
        for each in store.journal.sources()
    ]


def label_of(name: str) -> str:
    """Return the name of a source in words: the group of arXiv, Hugging Face, or the address of a feed."""
    if name == HF:
        return "Hugging Face, daily papers"
    code = name.removeprefix(ARXIV)
    if code in GROUPS:
        return f"arXiv, {GROUPS[code]} ({code})"
    return without_folders(name) if is_file(name) else name.removeprefix("feed:")


def _shown(request: Request, site: Site, *, typed: str = "", problem: str = "") -> Response:
    return render.rendered(
        request, site, "sources.html", sources=followed(site), typed=typed, problem=problem, now=site.now()
    )
