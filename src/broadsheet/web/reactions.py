"""A reader's acts on a paper: each is the POST of a small form, and redirects back to the button that was pressed.

A script may ask for JSON instead: it then gets the paper's new buttons, a message for the reader, and the button that
undoes it.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.daily.copies import appearances
from broadsheet.people import lists, notes
from broadsheet.people.marks import marks
from broadsheet.people.reactions import ACTS, Act, react
from broadsheet.site.auth import AsReader
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import Form, TheForm
from broadsheet.site.lookup import paper_of
from broadsheet.store.lists import SAVED
from broadsheet.web import render
from broadsheet.web.filters import acts_anchor
from broadsheet.web.marks import marked

router = APIRouter(include_in_schema=False)
# The name of a pressed button: its act, whether it undoes the act, and the message for the reader.
_PRESSED: dict[str, tuple[Act, bool, str]] = {
    "vote": ("vote", False, "Voted."),
    "unvote": ("vote", True, "Vote removed."),
    "read": ("read", False, "Marked as read."),
    "unread": ("read", True, "Marked as unread."),
    "decline": ("decline", False, "Marked as not for you. You will see fewer papers like this one."),
    "undecline": ("decline", True, "No longer marked as not for you."),
    "save": ("save", False, "Saved."),
    "unsave": ("save", True, "Removed from your list."),
}


@router.post("/act")
def press(request: Request, site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Handle a button under a paper: its name is the act, its value the paper."""
    name, id_ = next(((field, value) for field, value in form.fields if field in _PRESSED), ("", ""))
    if not name:
        raise UsageError(f"the form names no act: expected one of {', '.join(_PRESSED)}")
    act, undo, message = _PRESSED[name]
    document = paper_of(site, id_.strip()[:2_000])
    copies = [document, *appearances(site.collection, document)]
    before = marks(site.collection.store, person.number, [copies])[document.id].lists
    if act == "save" and not undo and (into := form.number("into")) is not None:
        lists.put(site.collection, person.number, papers=[document], into=into, now=site.now())
    else:
        react(site.collection, person.number, act=act, papers=[document], undo=undo, now=site.now())
    if not _wants_json(request):
        return RedirectResponse(f"{form.back.partition('#')[0]}#{acts_anchor(document.id)}", 303)
    votes = max((copy.votes for copy in copies if copy.votes is not None), default=None)
    row = render.drawn(
        request, site, "reactions.html", paper=document, votes=votes, marks=marked(request, site, [copies])
    )
    answer = {"html": row, "said": message, "undo": _undo(name, document, before)}
    return JSONResponse(answer, headers={"cache-control": "no-store"})


def _undo(name: str, paper: Document, lists_before: Sequence[int]) -> dict[str, str] | None:
    """The button that undoes a pressed one, with the list that a paper goes back to; None where several had it."""
    undoing = name.removeprefix("un") if name.startswith("un") else f"un{name}"
    if name != "unsave":
        return {"name": undoing, "value": paper.id}
    if len(lists_before) != 1:
        return None
    return {"name": undoing, "value": paper.id, "into": str(lists_before[0])}


@router.post("/act/{mark}")
def mark(site: TheSite, person: AsReader, form: TheForm, mark: str) -> Response:
    """Set a mark on papers (vote, decline, read) or, with ``undo``, remove it."""
    act = next((known for known in ACTS if known == mark), None)
    if act is None:
        raise UsageError(f"{mark[:40]!r} is not an act: expected one of {', '.join(ACTS)}")
    papers, undo = _papers(site, form), bool(form.get("undo"))
    react(site.collection, person.number, act=act, papers=papers, undo=undo, now=site.now())
    return _back(form)


@router.post("/save")
def save(site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Save papers in a list by its name (created if new) or its number (``into``); remove them from one (``outof``) or,
    with ``undo``, from one (``list``) or from all."""
    papers = _papers(site, form)
    if form.get("undo") or form.get("outof"):
        lists.take_out(
            site.collection, person.number, papers=papers, out_of=form.number("outof") or form.number("list")
        )
    else:
        number = form.number("into")
        into = (form.get("name") or SAVED) if number is None else number
        lists.put(site.collection, person.number, papers=papers, into=into, now=site.now())
    return _back(form)


@router.post("/note")
def note(request: Request, site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Write a private note on a paper; an empty text removes it. A script that saves what is typed asks for JSON."""
    site.limit("notes", str(person.number))
    (document, *_) = _papers(site, form)
    text = form.get("text", longest=4 * notes.LONGEST)
    notes.write(site.collection, person.number, paper=document, text=text, now=site.now())
    if _wants_json(request):
        return JSONResponse({"said": "Saved."}, headers={"cache-control": "no-store"})
    return _back(form)


def _papers(site: Site, form: Form) -> list[Document]:
    """Return the papers that a form names; NotFoundError for an unknown one, UsageError for none."""
    ids = form.all("paper", most=100)
    if not ids:
        raise UsageError("the form names no paper: expected the field paper")
    return [paper_of(site, name) for name in ids]


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _back(form: Form) -> Response:
    return RedirectResponse(form.back, 303)
