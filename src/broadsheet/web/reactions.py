"""What a reader does with a paper: every act is the POST of a small form, and leads back to where it was pressed.

A script may ask for JSON instead: then it gets the paper's row of buttons anew, and what to tell the reader.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.daily.copies import appearances
from broadsheet.people import lists, notes
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
# The name of a pressed button: what it does, whether it takes that back, and what the reader is told.
_PRESSED: dict[str, tuple[Act, bool, str]] = {
    "vote": ("vote", False, "Voted."),
    "unvote": ("vote", True, "Vote taken back."),
    "read": ("read", False, "Marked as read."),
    "unread": ("read", True, "Marked as unread."),
    "decline": ("decline", False, "Not for you: fewer like it will be picked for you."),
    "undecline": ("decline", True, "No longer turned away."),
    "save": ("save", False, f"Saved in {SAVED}."),
    "unsave": ("save", True, "Taken out."),
}


@router.post("/act")
def press(request: Request, site: TheSite, person: AsReader, form: TheForm) -> Response:
    """One of the buttons beside a paper: its name is the act, its value the paper."""
    name, id_ = next(((field, value) for field, value in form.fields if field in _PRESSED), ("", ""))
    if not name:
        raise UsageError(f"no act is asked for: expected one of {', '.join(_PRESSED)}")
    wanted, undo, said = _PRESSED[name]
    id_ = id_.strip()[:2_000]
    document = paper_of(site, id_)
    react(site.collection, person.number, act=wanted, papers=[document], undo=undo, now=site.now())
    if "application/json" not in request.headers.get("accept", ""):
        return RedirectResponse(f"{form.back.partition('#')[0]}#{acts_anchor(id_)}", 303)
    copies = [document, *appearances(site.collection, document)]
    votes = max((copy.votes for copy in copies if copy.votes is not None), default=None)
    row = render.drawn(
        request, site, "reactions.html", paper=document, votes=votes, marks=marked(request, site, [copies])
    )
    return JSONResponse({"html": row, "said": said}, headers={"cache-control": "no-store"})


@router.post("/act/{mark}")
def mark(site: TheSite, person: AsReader, form: TheForm, mark: str) -> Response:
    """Sets a mark on papers (vote, decline, read), or takes it back with ``undo``."""
    wanted = next((known for known in ACTS if known == mark), None)
    if wanted is None:
        raise UsageError(f"{mark[:40]!r} is no act: expected {', '.join(ACTS)}")
    papers, undo = _papers(site, form), bool(form.get("undo"))
    react(site.collection, person.number, act=wanted, papers=papers, undo=undo, now=site.now())
    return _back(form)


@router.post("/save")
def save(site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Puts papers into a list by its name (new ones are made) or its number, ``into``; takes them ``outof`` one, or
    with ``undo`` out of one (``list``) or of all."""
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
def note(site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Writes a private note on a paper; an empty one is taken away."""
    (document, *_) = _papers(site, form)
    text = form.get("text", longest=4 * notes.LONGEST)
    notes.write(site.collection, person.number, paper=document, text=text, now=site.now())
    return _back(form)


def _papers(site: Site, form: Form) -> list[Document]:
    """The papers that a form names; NotFoundError for one that is not there."""
    ids = form.all("paper", most=100)
    if not ids:
        raise UsageError("which paper? The form names none")
    return [paper_of(site, name) for name in ids]


def _back(form: Form) -> Response:
    return RedirectResponse(form.back, 303)
