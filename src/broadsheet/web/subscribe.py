"""The pages of the email digest: subscribing with a confirmed opt-in, and unsubscribing without signing in."""

from __future__ import annotations

from itertools import groupby
from urllib.parse import urlencode
from zoneinfo import available_timezones

from fastapi import APIRouter, BackgroundTasks, HTTPException, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.people import letters, signin, subscription
from broadsheet.site.auth import TheVisitor, Visitor
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import Form, TheForm
from broadsheet.site.limits import host_of
from broadsheet.site.urls import base_of
from broadsheet.store.mail import Choice
from broadsheet.web import render

router = APIRouter(include_in_schema=False)
_LONGEST_BODY = 4_096


@router.get("/subscribe")
def form(request: Request, site: TheSite, visitor: TheVisitor, address: str = "") -> Response:
    """Show the form, with the choices the person made before."""
    return _asking(request, site, visitor, address=address[:254])


@router.post("/subscribe")
def subscribe(request: Request, site: TheSite, visitor: TheVisitor, form: TheForm, tasks: BackgroundTasks) -> Response:
    """Start or change the subscription of a person with a confirmed address. Any other address gets a link by email; so
    does an address whose email bounced, and pressing the button of that link ends the suspension."""
    store, person = site.collection.store, visitor.person
    given = form.get("address", longest=400)
    if form.get("end") and person:
        subscription.unsubscribe(store, person.number, now=site.now())
        return RedirectResponse("/subscribe", 303)
    chosen = _chosen(form)
    try:
        subscription.check_choice(chosen)
        who = signin.address(given or (person.address if person else ""))
    except UsageError as error:
        return _asking(request, site, visitor, address=given, problem=error, typed=chosen)
    if person and who == person.address and not store.mail.suppressed(who):
        subscription.subscribe(store, person, choice=chosen, now=site.now())
        return RedirectResponse("/subscribe", 303)
    site.limit("letters from", host_of(request, site))
    site.limit("letters", who)
    tasks.add_task(_send, site, who, chosen, base_of(request, site))
    return render.rendered(request, site, "subscribe.html", step="sent", address=who)


@router.get("/subscribe/confirm")
def button(request: Request, site: TheSite, visitor: TheVisitor, key: str = "") -> Response:
    """Show the page of an emailed link: its button, which a script presses if it can, starts the subscription."""
    try:
        who, chosen = subscription.join_request(site.collection.store, key, now=site.now())
    except UsageError as error:
        return _asking(request, site, visitor, problem=error)
    return render.rendered(request, site, "subscribe.html", step="confirm", address=who, key=key, chosen=chosen)


@router.post("/subscribe/confirm")
def confirm(request: Request, site: TheSite, visitor: TheVisitor, form: TheForm) -> Response:
    """Start the subscription."""
    store, key = site.collection.store, form.get("key")
    try:
        who, chosen = subscription.join_request(store, key, now=site.now())
        subscription.join(
            store, key, access=site.settings.access, now=site.now(), person=site.sole if site.single else None
        )
    except UsageError as error:
        return _asking(request, site, visitor, problem=error)
    return render.rendered(request, site, "subscribe.html", step="joined", address=who, chosen=chosen)


@router.get("/leave/{token}")
def leave_page(request: Request, site: TheSite, token: str) -> Response:
    """Show a page with a button; opening it changes nothing."""
    return _left(request, site, _person(site, token), token)


@router.post("/leave/{token}")
async def leave(request: Request, site: TheSite, token: str) -> Response:
    """End the subscription, by the one click of an email program (RFC 8058) or the button of the page."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            raise HTTPException(413, "The request is too long. Expected the body List-Unsubscribe=One-Click.")
    if b"List-Unsubscribe=One-Click" not in body and b'name="List-Unsubscribe"' not in body:
        raise HTTPException(400, "Expected the body List-Unsubscribe=One-Click.")
    person = _person(site, token)
    subscription.unsubscribe(site.collection.store, person, now=site.now())
    if b"page=" in body:
        return RedirectResponse(f"/leave/{token}", 303)
    return PlainTextResponse("Unsubscribed.\n")


@router.post("/leave/{token}/again")
def again(site: TheSite, token: str, _form: TheForm) -> Response:
    """Subscribe again with the same settings, for a reader who pressed the wrong button."""
    subscription.subscribe_again(site.collection.store, _person(site, token), now=site.now())
    return RedirectResponse(f"/leave/{token}", 303)


def _person(site: Site, token: str) -> int:
    person = subscription.leaver(site.collection.store, token)
    if person is None:
        raise NotFoundError("This link is incomplete. Copy all of it from the email.")
    return person


def _left(request: Request, site: Site, person: int, token: str) -> Response:
    known = site.collection.store.mail.choice(person)
    inside = known is not None and known[1]
    return render.rendered(request, site, "unsubscribe.html", inside=inside, known=known is not None, key=token)


def _chosen(form: Form) -> Choice:
    usual = Choice()
    hour, most = form.number("hour"), form.number("most")
    return Choice(
        cadence=form.get("cadence", usual.cadence),  # type: ignore[arg-type]
        zone=form.get("zone", usual.zone) or usual.zone,
        hour=usual.hour if hour is None else hour,
        most=usual.most if most is None else most,
        least=form.get("least", usual.least),
        quiet=form.get("quiet", usual.quiet),  # type: ignore[arg-type]
        contents=form.get("contents", usual.contents),  # type: ignore[arg-type]
    )


def _asking(
    request: Request,
    site: Site,
    visitor: Visitor,
    *,
    address: str = "",
    problem: Exception | None = None,
    typed: Choice | None = None,
) -> Response:
    known = site.collection.store.mail.choice(visitor.number) if visitor.person else None
    message = str(problem or "")
    wanted = typed or (known[0] if known else Choice(zone=site.settings.zone or "UTC"))
    return render.rendered(
        request,
        site,
        "subscribe.html",
        step="ask",
        address=address or (visitor.person.address if visitor.person else ""),
        problem=f"{message[:1].upper()}{message[1:]}." if message else "",
        chosen=wanted,
        guessing=not typed and not known,
        inside=known is not None and known[1],
        stopped=site.collection.store.mail.suppressed(visitor.person.address) if visitor.person else "",
        zones=_zones(wanted.zone),
    )


def _zones(chosen: str) -> list[tuple[str, list[str]]]:
    """Return the known time zones by their regions, UTC first, and the chosen one if it is missing."""
    named = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    regions = {region: list(names) for region, names in groupby(named, lambda name: name.partition("/")[0])}
    others = ["UTC", *([chosen] if chosen != "UTC" and chosen not in named else [])]
    return [("Universal", others), *regions.items()]


def _send(site: Site, who: str, chosen: Choice, base: str) -> None:
    """Send the email with the link, after the response; on a closed site only to known addresses."""
    store, now, access = site.collection.store, site.now(), site.settings.access
    if access != "single" and signin.role_of(store, who, access) is None:
        return
    link = f"{base}/subscribe/confirm?{urlencode({'key': subscription.join_token(store, who, chosen, now=now)})}"
    site.send_email(letters.confirm(who, link, sender=site.settings.mail_from, now=now))
