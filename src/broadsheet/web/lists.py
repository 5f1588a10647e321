"""The library: saved papers and lists, papers that were read, voted for or declined, private notes, and search within
saved papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.core.errors import BroadsheetError, CollectionError, ModelError, NotFoundError, UsageError
from broadsheet.core.types import Document, Result
from broadsheet.people import lists, notes
from broadsheet.people.library import Imported
from broadsheet.search.hybrid import search
from broadsheet.search.question import Given
from broadsheet.site import private_feeds
from broadsheet.site.auth import AsReader
from broadsheet.site.context import Site, TheSite
from broadsheet.site.download import form_of, list_response, with_own_days
from broadsheet.site.forms import TheForm
from broadsheet.site.params import Number, Offset
from broadsheet.store import Store
from broadsheet.store.lists import SAVED, SavedList
from broadsheet.store.people import Person
from broadsheet.store.reactions import Mark
from broadsheet.web import render
from broadsheet.web.filters import sentence
from broadsheet.web.marks import singly
from broadsheet.web.render import A_PAGE

router = APIRouter(include_in_schema=False)
MOST = 1_000  # papers of a list as a file
_BAD_SHOWN = 50  # records of a file that could not be imported
Words = Annotated[str, Query(max_length=2_000)]
State = Literal["all", "unread", "read", "voted", "declined", "notes"]
STATES: dict[State, str] = {
    "all": "All saved",
    "unread": "Saved, not read",
    "read": "Read",
    "voted": "Voted for",
    "declined": "Not for me",
    "notes": "With a note",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One page of papers, with the reason for each if a search found it; a search does not know its ``total``."""

    rows: Sequence[tuple[Document, Result | None]]
    offset: int = 0
    more: bool = False
    total: int | None = None
    note: str = ""


@router.get("/lists")
def overview(
    request: Request, site: TheSite, person: AsReader, q: Words = "", show: State = "all", offset: Offset = 0
) -> Response:
    """Show the lists and all saved papers, newest first; or the results of a search; or the papers in a state."""
    if q.strip():
        noted = () if offset else notes.find(site.collection.store, person.number, words=q)[:A_PAGE]
        return _shown(request, site, person, _search(site, person, q, None, offset), q=q, noted=part_of(site, noted))
    part = part_of(site, _in_state(site.collection.store, person, show), offset)
    return _shown(request, site, person, part, show=show)


@router.post("/lists")
def make(request: Request, site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Create a list and redirect to it; if the name exists already, say so."""
    try:
        number = lists.create(site.collection.store, person.number, name=form.get("name"), now=site.now())
    except UsageError as error:
        part = part_of(site, site.collection.store.lists.saved(person.number))
        return _shown(request, site, person, part, problem=error)
    return RedirectResponse(f"/lists/{number}", 303)


@router.get("/lists/{number}.{form}")
def file(request: Request, site: TheSite, person: AsReader, number: Number, form: str) -> Response:
    """Return a list as a file for a reference manager, or as a feed."""
    form_of(form)
    saved_list = lists.own(site.collection.store, person.number, number)
    return _written(request, site, form, person, saved_list)


@router.get("/lists.{form}")
def whole(request: Request, site: TheSite, person: AsReader, form: str, show: State = "all") -> Response:
    """Return all saved papers, or the papers in a state, as a file for a reference manager, or as a feed."""
    form_of(form)
    return _written(request, site, form, person, None, show=show)


@router.get("/lists/{number}")
def one(
    request: Request, site: TheSite, person: AsReader, number: Number, q: Words = "", offset: Offset = 0
) -> Response:
    """Show one list, the newest saves first; or the results of a search in it."""
    saved_list = lists.own(site.collection.store, person.number, number)
    if q.strip():
        return _shown(request, site, person, _search(site, person, q, number, offset), saved_list, q=q)
    part = part_of(site, site.collection.store.lists.saved(person.number, number), offset)
    return _shown(request, site, person, part, saved_list)


@router.post("/lists/{number}/rename")
def rename(request: Request, site: TheSite, person: AsReader, number: Number, form: TheForm) -> Response:
    """Rename a list."""
    saved_list = lists.own(site.collection.store, person.number, number)
    try:
        lists.rename(site.collection.store, person.number, number=number, name=form.get("name"))
    except UsageError as error:
        part = part_of(site, site.collection.store.lists.saved(person.number, number))
        return _shown(request, site, person, part, saved_list, problem=error)
    return RedirectResponse(f"/lists/{number}", 303)


@router.post("/lists/{number}/delete")
def delete(site: TheSite, person: AsReader, number: Number, _form: TheForm) -> Response:
    """Delete a list; papers that are in no other list are no longer saved. It can be restored until another one is
    deleted, or the server ends."""
    site.remember_removed(person.number, lists.remove(site.collection, person.number, number=number))
    return RedirectResponse(f"/lists?removed={number}", 303)


@router.post("/lists/{number}/restore")
def restore(request: Request, site: TheSite, person: AsReader, number: Number, _form: TheForm) -> Response:
    """Restore the list that was deleted last, with its number, name and papers."""
    removed = site.removed.get(person.number)
    if removed is None or removed.number != number:
        raise NotFoundError("This list can no longer be restored.")
    try:
        lists.put_back(site.collection, person.number, removed)
    except UsageError as error:
        part = part_of(site, site.collection.store.lists.saved(person.number))
        return _shown(request, site, person, part, problem=error)
    del site.removed[person.number]
    return RedirectResponse(f"/lists/{number}", 303)


def _in_state(store: Store, person: Person, show: State) -> list[int]:
    """Return the row numbers of the papers in a state, newest mark first."""
    if show == "notes":
        return store.papers.newest_first(list(store.reactions.notes(person.number)))
    if show in ("all", "unread"):
        saved = store.lists.saved(person.number)
        read = set(store.reactions.marked("read_papers", person.number, saved)) if show == "unread" else set[int]()
        return [number for number in saved if number not in read]
    marks: dict[State, Mark] = {"read": "read_papers", "voted": "votes", "declined": "declined"}
    return store.reactions.marked(marks[show], person.number)


def part_of(site: Site, numbers: Sequence[int], offset: int = 0) -> Part:
    """Return one page of papers by row number, in their order."""
    shown = numbers[offset : offset + A_PAGE]
    papers = site.collection.store.papers.by_numbers(shown)
    rows = [(papers[number], None) for number in shown if number in papers]
    return Part(rows, offset, offset + A_PAGE < len(numbers), len(numbers))


def _search(site: Site, person: Person, q: str, number: int | None, offset: int) -> Part:
    """Search the saved papers (of one list, or of all), best match first."""
    among = site.collection.store.lists.saved(person.number, number)
    try:
        results = search(site.collection, q, k=A_PAGE, offset=offset, among=among, given=Given(person.number))
    except (CollectionError, ModelError) as error:  # nothing has been synced yet
        return Part((), offset, note=site.redact(str(error)))
    rows = [(result.document, result) for result in results.items]
    return Part(rows, offset, results.more, note=site.redact(results.note))


def _shown(
    request: Request,
    site: Site,
    person: Person,
    part: Part,
    saved_list: SavedList | None = None,
    *,
    q: str = "",
    show: State = "all",
    noted: Part | None = None,
    problem: BroadsheetError | None = None,
    imported: Imported | None = None,
) -> Response:
    """Render the page of a list or, without one, of the Library: with the ``noted`` papers that a search found, what is
    wrong, or what was ``imported``."""
    store, message = site.collection.store, site.redact(str(problem)) if problem else ""
    owned = store.lists.of(person.number)
    rows = [*(noted.rows if noted else ()), *part.rows]
    removed = site.removed.get(person.number)
    return render.rendered(
        request,
        site,
        "list.html" if saved_list else "lists.html",
        q=q,
        show=show,
        part=part,
        saved_list=saved_list,
        lists=owned,
        names={each.number: each.name for each in owned},
        noted=noted,
        marks=singly(request, site, [document for document, _ in rows]),
        problem=sentence(f"{message[:1].upper()}{message[1:]}") if message else "",
        taken=problem.number if isinstance(problem, lists.NameTakenError) else 0,
        removed=removed if removed and not saved_list and request.query_params.get("removed") else None,
        brought=imported,
        bad=imported.taken.bad[:_BAD_SHOWN] if imported else (),
        counts={} if saved_list else {state: len(_in_state(store, person, state)) for state in STATES},
        feeds=private_feeds.addresses(request, site, person),
        feed=private_feeds.address(request, site, person, f"list/{saved_list.number}" if saved_list else "saved"),
        states=STATES,
        usual=SAVED,
        size=A_PAGE,
    )


def library(
    request: Request, site: Site, person: Person, *, problem: BroadsheetError | None, imported: Imported | None
) -> Response:
    """Render the Library with the result of an upload."""
    part = part_of(site, site.collection.store.lists.saved(person.number))
    return _shown(request, site, person, part, problem=problem, imported=imported)


def _written(
    request: Request, site: Site, form: str, person: Person, saved_list: SavedList | None, *, show: State = "all"
) -> Response:
    store, number = site.collection.store, saved_list.number if saved_list else None
    kept = store.lists.saved(person.number, number) if number else _in_state(store, person, show)
    numbers = kept[:MOST]
    name = saved_list.name if saved_list else "saved" if show == "all" else STATES[show].lower()
    papers = store.papers.by_numbers(numbers)
    return list_response(
        request,
        site,
        form,
        title=f"Broadsheet: {name}",
        page=f"/lists/{number}" if number else "/lists" if show == "all" else f"/lists?show={show}",
        papers=with_own_days(papers[each] for each in numbers if each in papers),
        name=f"own/{person.number}/{number or ('saved' if show == 'all' else show)}",
    )
