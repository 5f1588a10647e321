"""Signing in and out: a form, an email with a link, a page with a button. No response reveals who has an account."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.people import letters, signin
from broadsheet.site.auth import AsReader, TheVisitor, forget, remember
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import TheForm, local
from broadsheet.site.limits import host_of
from broadsheet.site.urls import base_of
from broadsheet.web import render

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
def form(request: Request, site: TheSite, visitor: TheVisitor, next: str = "/") -> Response:
    """Show the form that asks for an address."""
    _many(site)
    if visitor.person:
        return RedirectResponse(local(next), 303)
    return _asking(request, site, local(next))


@router.post("/sign-in")
def ask(request: Request, site: TheSite, form: TheForm, tasks: BackgroundTasks) -> Response:
    """Email a link to an address that may sign in; the response is the same, and as quick, for every address."""
    _many(site)
    given = form.get("address", longest=400)
    try:
        who = signin.address(given)
    except UsageError as error:
        return _asking(request, site, form.back, address=given, problem=error)
    site.limit("letters from", host_of(request, site))
    site.limit("letters", who)
    tasks.add_task(_send, site, who, base_of(request, site), form.back)
    return render.rendered(request, site, "signin.html", step="sent", next=form.back, address=who, problem="")


@router.get("/sign-in/link")
def button(request: Request, site: TheSite, key: str = "", next: str = "/") -> Response:
    """Show the page of an emailed link: its button signs in, opening it does not."""
    _many(site)
    try:
        who = signin.addressee(site.collection.store, key, now=site.now())
    except UsageError as error:
        return _asking(request, site, local(next), problem=error)
    values = {"next": local(next), "address": who, "key": key, "problem": ""}
    return render.rendered(request, site, "signin.html", step="enter", **values)


@router.post("/sign-in/link")
def enter(request: Request, site: TheSite, form: TheForm) -> Response:
    """Sign in; the link works once. The browser gets a new key, so that a key planted before is worthless."""
    _many(site)
    store, browser = site.collection.store, request.headers.get("user-agent", "")
    try:
        entry = signin.enter(store, form.get("key"), access=site.settings.access, now=site.now(), browser=browser)
    except UsageError as error:
        return _asking(request, site, form.back, problem=error)
    response = RedirectResponse(form.back, 303)
    remember(response, request, site, entry.key)
    return response


@router.post("/sign-out")
def leave(request: Request, site: TheSite, form: TheForm, visitor: TheVisitor, person: AsReader) -> Response:
    """Sign out this browser, or every browser of the person."""
    _many(site)
    if form.get("everywhere"):
        signin.sign_out_everywhere(site.collection.store, person.number)
    else:
        signin.sign_out(site.collection.store, visitor.key)
    response = RedirectResponse("/", 303)
    forget(response, request, site)
    return response


def _asking(
    request: Request, site: Site, next_: str, *, address: str = "", problem: Exception | None = None
) -> Response:
    """Render the form that asks for an address, below the last problem."""
    message = str(problem or "")
    message = f"{message[:1].upper()}{message[1:]}." if message else ""
    return render.rendered(request, site, "signin.html", step="ask", next=next_, address=address, problem=message)


def _send(site: Site, who: str, base: str, next_: str) -> None:
    """Send the email with the link, after the response; an address that may not sign in gets none."""
    store, now = site.collection.store, site.now()
    if signin.role_of(store, who, site.settings.access) is None:
        return
    key = signin.token(store, who, now=now)
    query = urlencode({"key": key, **({"next": next_} if next_ != "/" else {})})
    letter = letters.sign_in(
        who, f"{base}/sign-in/link?{query}", sender=site.settings.mail_from, now=now, minutes=signin.LINK // _MINUTE
    )
    site.send_email(letter)


_MINUTE = timedelta(minutes=1)


def _many(site: Site) -> None:
    if site.single:
        raise NotFoundError("This site has one reader, so you do not need to sign in.")
