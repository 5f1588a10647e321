"""What a reader does with a paper: every act is the POST of a small form, and leads back to where it was pressed."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from broadsheet.api.posting import Form, Posted
from broadsheet.api.routes import paper_of
from broadsheet.api.site import Site, TheSite
from broadsheet.api.visitor import AsReader
from broadsheet.errors import UsageError
from broadsheet.store.opinions import Mark
from broadsheet.text import squeeze

router = APIRouter(include_in_schema=False)
SAVED = "Saved"
_LONGEST_NAME = 100
_MARKS: dict[str, Mark] = {"vote": "votes", "decline": "declined", "read": "read_papers"}


@router.post("/act/{mark}")
def mark(site: TheSite, person: AsReader, form: Posted, mark: str) -> Response:
    """Sets a mark on a paper (vote, decline, read), or takes it back with ``undo``."""
    if mark not in _MARKS:
        raise UsageError(f"{mark[:40]!r} is no act: expected {', '.join(_MARKS)}")
    numbers, store = _papers(site, form), site.collection.store
    if form.get("undo"):
        store.unmark(_MARKS[mark], person.number, numbers)
    else:
        store.mark(_MARKS[mark], person.number, numbers, now=site.now())
    return _back(form)


@router.post("/save")
def save(site: TheSite, person: AsReader, form: Posted) -> Response:
    """Puts papers into a list by its name (new ones are made), or with ``undo`` takes them out of one or of all."""
    numbers, store = _papers(site, form), site.collection.store
    if form.get("undo"):
        store.unsave(person.number, numbers, form.number("list"))
        return _back(form)
    name = list_name(form.get("name") or SAVED)
    store.save(person.number, store.list_named(person.number, name, now=site.now()), numbers, now=site.now())
    return _back(form)


@router.post("/note")
def note(site: TheSite, person: AsReader, form: Posted) -> Response:
    """Writes a private note on a paper; an empty one is taken away."""
    (number, *_) = _papers(site, form)
    site.collection.store.write_note(person.number, number, form.get("text", longest=10_000), now=site.now())
    return _back(form)


def list_name(text: str) -> str:
    """A list's name as it is kept; UsageError when nothing is left of it."""
    name = squeeze(text)[:_LONGEST_NAME]
    if not name:
        raise UsageError("a list needs a name")
    return name


def _papers(site: Site, form: Form) -> list[int]:
    """The row numbers of the papers that a form names; NotFoundError for one that is not there."""
    ids = form.all("paper", most=100)
    if not ids:
        raise UsageError("which paper? The form names none")
    documents = [paper_of(site, name) for name in ids]
    return list(site.collection.store.numbers([document.id for document in documents]).values())


def _back(form: Form) -> Response:
    return RedirectResponse(form.back, 303)
