"""Comments on a paper: written, edited and deleted by forms; shown oldest first on the paper's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.people import comments, markdown
from broadsheet.site.auth import AsReader, Visitor
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import Form, TheForm
from broadsheet.site.lookup import paper_of
from broadsheet.store.comments import Comment
from broadsheet.web.filters import paper_address

router = APIRouter(include_in_schema=False)
_MOST = 300  # comments on a page, the newest of all
_TYPED = 4 * markdown.LONGEST


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment as a page shows it. ``own``: the visitor wrote it; ``removable``: the visitor may delete it."""

    id: int
    name: str
    at: datetime
    edited: bool
    body: Markup
    text: str
    own: bool
    removable: bool


def shown(site: Site, visitor: Visitor, papers: Sequence[Document]) -> dict[str, Any]:
    """Return the template values for the comments on a paper and its copies."""
    store = site.collection.store
    everything = store.comments.on(list(store.papers.numbers([paper.id for paper in papers]).values()))
    present = [comment for comment in everything if not comment.deleted]
    return {
        "comments": [_shown(each, site, visitor) for each in present[-_MOST:]],
        "earlier": max(0, len(present) - _MOST),
        "longest": markdown.LONGEST,
    }


def _shown(comment: Comment, site: Site, visitor: Visitor) -> Shown:
    own = comment.person is not None and comment.person == visitor.number
    return Shown(
        id=comment.id,
        name=comment.name or ("You" if own else "A reader"),
        at=comment.at.astimezone(site.zone),
        edited=comment.edited is not None,
        body=Markup(markdown.html(comment.text)),  # noqa: S704 - `markdown.html` escapes the writer's markup
        text=comment.text if own else "",
        own=own,
        removable=own or visitor.may("editor"),
    )


@router.post("/comments")
def write(site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Add a comment to a paper."""
    document = paper_of(site, form.get("paper"))
    written = comments.write(site.collection, person, paper=document, text=_text(form), now=site.now())
    return RedirectResponse(f"{paper_address(document)}#comment-{written.id}", 303)


@router.post("/comments/{comment}")
def edit(site: TheSite, person: AsReader, form: TheForm, comment: int) -> Response:
    """Change the text of one's own comment."""
    comments.edit(site.collection.store, person, comment=comment, text=_text(form), now=site.now())
    return RedirectResponse(f"{form.back}#comment-{comment}", 303)


@router.post("/comments/{comment}/delete")
def delete(site: TheSite, person: AsReader, form: TheForm, comment: int) -> Response:
    """Delete one's own comment; an editor may delete any."""
    comments.delete(site.collection, person, comment=comment, now=site.now())
    return RedirectResponse(f"{form.back}#comments", 303)


def _text(form: Form) -> str:
    text = form.get("text", longest=_TYPED)
    if len(text) >= _TYPED:
        raise UsageError(f"your comment is too long: it may have at most {markdown.LONGEST:,} characters")
    return text
