"""Comments on papers, for programs.

Ids may hold `/`, so these addresses are tried before that of a paper alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.api.tokens import Bounded, Writer
from broadsheet.daily.copies import appearances
from broadsheet.people import comments as acts
from broadsheet.people import markdown
from broadsheet.site.auth import TheVisitor
from broadsheet.site.context import TheSite
from broadsheet.site.lookup import paper_of
from broadsheet.site.problems import responses
from broadsheet.store.comments import Comment

router = APIRouter(tags=["people"], route_class=Bounded)
_CHANGED = responses(400, 401, 403, 404, 413, 429)
_GONE: dict[str, Any] = {"status_code": 204, "response_class": Response, "responses": _CHANGED}


class CommentText(BaseModel):
    """A comment as it is typed, in Markdown."""

    text: Annotated[str, StringConstraints(max_length=4 * markdown.LONGEST)]


class ReaderComment(BaseModel):
    """A comment by a reader."""

    id: int
    name: str = Field(description="Its writer's name; may be empty.")
    own: bool = Field(description="Whether you wrote it.")
    text: str = Field(description="As it was typed, in Markdown.")
    html: str = Field(description="As the page shows it, with harmless tags only.")
    at: datetime
    edited: datetime | None


@router.get("/api/papers/{id:path}/comments", responses=responses(404), summary="List the comments on a paper")
def comments(site: TheSite, visitor: TheVisitor, id: str) -> list[ReaderComment]:
    """Return the comments, oldest first, including those on other copies of the same work."""
    document, store = paper_of(site, id), site.collection.store
    papers = [document, *appearances(site.collection, document)]
    written = store.comments.on(list(store.papers.numbers([paper.id for paper in papers]).values()))
    return [_comment(each, visitor.number) for each in written if not each.deleted]


@router.post("/api/papers/{id:path}/comments", status_code=201, responses=_CHANGED, summary="Comment on a paper")
def write(site: TheSite, person: Writer, id: str, body: CommentText) -> ReaderComment:
    """Add a comment."""
    written = acts.write(site.collection, person, paper=paper_of(site, id), text=body.text, now=site.now())
    return _comment(written, person.number)


@router.patch("/api/comments/{comment}", responses=_CHANGED, summary="Edit a comment")
def edit(site: TheSite, person: Writer, comment: int, body: CommentText) -> ReaderComment:
    """Replace the text of your own comment."""
    edited = acts.edit(site.collection.store, person, comment=comment, text=body.text, now=site.now())
    return _comment(edited, person.number)


@router.delete("/api/comments/{comment}", summary="Delete a comment", **_GONE)
def delete(site: TheSite, person: Writer, comment: int) -> None:
    """Delete your own comment. An editor may delete any comment."""
    acts.delete(site.collection, person, comment=comment, now=site.now())


def _comment(comment: Comment, person: int) -> ReaderComment:
    return ReaderComment(
        id=comment.id,
        name=comment.name,
        own=comment.person is not None and comment.person == person,
        text=comment.text,
        html=markdown.html(comment.text),
        at=comment.at,
        edited=comment.edited,
    )
