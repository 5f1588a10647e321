"""What a reader does with a paper: every act is the POST of a small form, and leads back to where it was pressed.

A script may ask for JSON instead: then it gets the paper's row of buttons anew, and what to tell the reader.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from broadsheet import trending
from broadsheet.api.posting import Form, Posted
from broadsheet.api.routes import paper_of
from broadsheet.api.site import Site, TheSite
from broadsheet.api.visitor import AsReader
from broadsheet.errors import NotFoundError, UsageError
from broadsheet.feed.joining import appearances
from broadsheet.store.opinions import Mark
from broadsheet.text import squeeze
from broadsheet.types import Document
from broadsheet.web import pages
from broadsheet.web.marks import marked

router = APIRouter(include_in_schema=False)
SAVED = "Saved"
LONGEST_NOTE = 10_000
_LONGEST_NAME = 100
_MARKS: dict[str, Mark] = {"vote": "votes", "decline": "declined", "read": "read_papers"}
# The name of a pressed button: what it does, and what the reader is told.
_PRESSED = {
    "vote": ("vote", "Voted."),
    "unvote": ("vote", "Vote taken back."),
    "read": ("read", "Marked as read."),
    "unread": ("read", "Marked as unread."),
    "decline": ("decline", "Not for you: fewer like it will be picked for you."),
    "undecline": ("decline", "No longer turned away."),
    "save": ("save", f"Saved in {SAVED}."),
    "unsave": ("save", "Taken out."),
}


@router.post("/act")
def press(request: Request, site: TheSite, person: AsReader, form: Posted) -> Response:
    """One of the buttons beside a paper: its name is the act, its value the paper."""
    name, id_ = next(((field, value) for field, value in form.fields if field in _PRESSED), ("", ""))
    if not name:
        raise UsageError(f"no act is asked for: expected one of {', '.join(_PRESSED)}")
    act, said = _PRESSED[name]
    document = paper_of(site, id_.strip()[:2_000])
    copies = [document, *appearances(site.collection, document)]
    change(site, person.number, act, copies if name.startswith("un") else copies[:1], undo=name.startswith("un"))
    if "application/json" not in request.headers.get("accept", ""):
        return _back(form)
    votes = max((copy.votes for copy in copies if copy.votes is not None), default=None)
    row = pages.drawn(request, site, "act.html", paper=document, votes=votes, marks=marked(request, site, [copies]))
    return JSONResponse({"html": row, "said": said}, headers={"cache-control": "no-store"})


def change(site: Site, person: int, act: str, papers: list[Document], *, undo: bool) -> None:
    """Set a mark on papers or take it back: vote, decline, read, or save (into the list that is there by itself)."""
    store = site.collection.store
    numbers = list(store.numbers([paper.id for paper in papers]).values())
    if act == "save":
        if undo:
            store.unsave(person, numbers)
        else:
            store.save(person, store.list_named(person, SAVED, now=site.now()), numbers, now=site.now())
    elif undo:
        store.unmark(_MARKS[act], person, numbers)
    else:
        store.mark(_MARKS[act], person, numbers, now=site.now())
    trending.touch(site.collection, numbers)


@router.post("/act/{mark}")
def mark(site: TheSite, person: AsReader, form: Posted, mark: str) -> Response:
    """Sets a mark on papers (vote, decline, read), or takes it back with ``undo``."""
    if mark not in _MARKS:
        raise UsageError(f"{mark[:40]!r} is no act: expected {', '.join(_MARKS)}")
    change(site, person.number, mark, _papers(site, form), undo=bool(form.get("undo")))
    return _back(form)


@router.post("/save")
def save(site: TheSite, person: AsReader, form: Posted) -> Response:
    """Puts papers into a list by its name (new ones are made) or its number, ``into``; takes them ``outof`` one, or
    with ``undo`` out of one (``list``) or of all."""
    papers, store = _papers(site, form), site.collection.store
    numbers = list(store.numbers([paper.id for paper in papers]).values())
    if form.get("undo") or form.get("outof"):
        store.unsave(person.number, numbers, form.number("outof") or form.number("list"))
        trending.touch(site.collection, numbers)
        return _back(form)
    into = form.number("into")
    if into is None:
        into = store.list_named(person.number, list_name(form.get("name") or SAVED), now=site.now())
    elif into not in [each.number for each in store.lists(person.number)]:
        raise NotFoundError("No list of yours has this number.")
    store.save(person.number, into, numbers, now=site.now())
    trending.touch(site.collection, numbers)
    return _back(form)


@router.post("/note")
def note(site: TheSite, person: AsReader, form: Posted) -> Response:
    """Writes a private note on a paper; an empty one is taken away."""
    (document, *_) = _papers(site, form)
    write_note(site, person.number, document, form.get("text", longest=LONGEST_NOTE))
    return _back(form)


def write_note(site: Site, person: int, document: Document, text: str) -> None:
    """Keep a note on a paper, in the place of one on any copy of it."""
    store = site.collection.store
    copies = [document, *appearances(site.collection, document)]
    number, *others = [store.number(copy.id) for copy in copies]
    for other in others:
        if other is not None:
            store.write_note(person, other, "", now=site.now())
    if number is not None:
        store.write_note(person, number, text, now=site.now())


def list_name(text: str) -> str:
    """A list's name as it is kept; UsageError when nothing is left of it."""
    name = squeeze(text)[:_LONGEST_NAME]
    if not name:
        raise UsageError("a list needs a name")
    return name


def _papers(site: Site, form: Form) -> list[Document]:
    """The papers that a form names; NotFoundError for one that is not there."""
    ids = form.all("paper", most=100)
    if not ids:
        raise UsageError("which paper? The form names none")
    return [paper_of(site, name) for name in ids]


def _back(form: Form) -> Response:
    return RedirectResponse(form.back, 303)
