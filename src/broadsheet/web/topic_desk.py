"""The editor's forms about a topic or a field: its name, its pin, merging it, separating what was merged, splitting it.

``_topic_desk.html`` holds the forms. A page that shows a topic includes it, with the ``topic`` and with what was
``merged`` into it.
"""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from broadsheet.people import topics
from broadsheet.site.auth import AsEditor
from broadsheet.site.context import TheSite
from broadsheet.site.forms import TheForm

router = APIRouter(include_in_schema=False)


@router.post("/topics/rename")
def rename(site: TheSite, _: AsEditor, form: TheForm) -> Response:
    """Give a topic a name or, with ``undo``, the one that the program found."""
    undo = bool(form.get("undo"))
    topics.rename(site.collection, topic=form.get("topic"), name=form.get("name"), undo=undo)
    return RedirectResponse(form.back, 303)


@router.post("/topics/pin")
def pin(site: TheSite, _: AsEditor, form: TheForm) -> Response:
    """Pin a topic or, with ``undo``, let it go."""
    topics.pin(site.collection, topic=form.get("topic"), undo=bool(form.get("undo")))
    return RedirectResponse(form.back, 303)


@router.post("/topics/merge")
def merge(site: TheSite, _: AsEditor, form: TheForm) -> Response:
    """Merge a topic into another one, and redirect to that."""
    home = topics.merge(site.collection, topic=form.get("topic"), into=form.get("into"))
    return RedirectResponse(f"/topic/{home.id}", 303)


@router.post("/topics/separate")
def separate(site: TheSite, _: AsEditor, form: TheForm) -> Response:
    """Separate a topic that was merged, and redirect to it."""
    topic = topics.separate(site.collection, topic=form.get("topic"))
    return RedirectResponse(f"/topic/{topic.id}", 303)


@router.post("/topics/split")
def split(site: TheSite, _: AsEditor, form: TheForm) -> Response:
    """Split a topic in two, and redirect to the new one."""
    young = topics.split(site.collection, topic=form.get("topic"), now=site.now())
    return RedirectResponse(f"/topic/{young.id}", 303)
