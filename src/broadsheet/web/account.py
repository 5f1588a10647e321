"""A reader's account: name and address, signed-in browsers, tokens, the secret feed address, leaving."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.people import account, letters
from broadsheet.site import private_feeds
from broadsheet.site.auth import AsReader, forget
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import TheForm
from broadsheet.site.limits import host_of
from broadsheet.site.urls import base_of
from broadsheet.store.people import Person
from broadsheet.web import render

router = APIRouter(include_in_schema=False)
SURE = "delete"


@router.get("/account")
def overview(request: Request, site: TheSite, person: AsReader) -> Response:
    """Everything about the account."""
    return _shown(request, site, person)


@router.post("/account/name")
def rename(site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Calls the reader so beside what they write."""
    account.rename(site.collection.store, person.number, name=form.get("name"))
    return RedirectResponse("/account", 303)


@router.post("/account/address")
def readdress(request: Request, site: TheSite, person: AsReader, form: TheForm, tasks: BackgroundTasks) -> Response:
    """Mails a link to the new address: mail goes only where somebody has shown that it arrives. The single reader may
    have none."""
    store, given = site.collection.store, form.get("address", longest=400)
    if site.single and not given:
        account.drop_address(store, person.number, now=site.now())
        return RedirectResponse("/account", 303)
    try:
        new, key = account.address_link(store, person, given, now=site.now())
    except UsageError as error:
        return _shown(request, site, person, problem=error)
    site.limit("letters from", host_of(request, site))
    site.limit("letters", new)
    tasks.add_task(_send, site, new, f"{base_of(request, site)}/account/address?{urlencode({'key': key})}")
    return _shown(request, site, person, sent=new)


@router.get("/account/address")
def confirm(request: Request, site: TheSite, person: AsReader, key: str = "") -> Response:
    """The page of a mailed link: its button changes the address, opening it does not."""
    try:
        whose, new = account.new_address(site.collection.store, key, now=site.now())
        if whose.number != person.number:
            raise UsageError("this link is for another person than the one who is signed in here")
    except UsageError as error:
        return _shown(request, site, person, problem=error)
    return render.rendered(request, site, "account_address.html", new=new, old=person.address, key=key)


@router.post("/account/address/confirm")
def confirmed(request: Request, site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Uses the link up."""
    store, key = site.collection.store, form.get("key")
    try:
        whose, _ = account.new_address(store, key, now=site.now())
        if whose.number != person.number:
            raise UsageError("this link is for another person than the one who is signed in here")
        account.change_address(store, key, now=site.now())
    except UsageError as error:
        return _shown(request, site, person, problem=error)
    return RedirectResponse("/account", 303)


@router.post("/account/tokens")
def add_token(request: Request, site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Makes a token and shows it this once."""
    writes = form.get("writes") == "yes"
    try:
        made = account.make_token(site.collection.store, person, form.get("name"), writes=writes, now=site.now())
    except UsageError as error:
        return _shown(request, site, person, problem=error)
    response = _shown(request, site, person, token=made)
    response.headers["cache-control"] = "no-store"
    return response


@router.post("/account/tokens/remove")
def remove_token(site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Takes a token away: programs that have it are let in no more."""
    account.remove_token(site.collection.store, person.number, number=form.number("number") or 0)
    return RedirectResponse("/account", 303)


@router.post("/account/feeds/renew")
def renew(site: TheSite, person: AsReader, _form: TheForm) -> Response:
    """Makes the secret feed address another one; the old one is worth nothing from then on."""
    account.renew_feeds(site.collection.store, person.number)
    return RedirectResponse("/account", 303)


@router.get("/account/export")
def export(site: TheSite, person: AsReader) -> Response:
    """All that is kept of the reader, as a file."""
    told = account.export(site.collection.store, person, now=site.now())
    headers = {"content-disposition": 'attachment; filename="broadsheet-me.json"', "cache-control": "no-store"}
    body = json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    return Response(body, headers=headers, media_type="application/json")


@router.post("/account/delete")
def delete(request: Request, site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Forgets the reader and signs them out, when they have typed that they are sure."""
    _many(site)
    try:
        if form.get("sure").lower() != SURE:
            raise UsageError(f"type the word {SURE} to delete your account; nothing was deleted")
        account.delete(site.collection.store, person)
    except UsageError as error:
        return _shown(request, site, person, problem=error)
    response = RedirectResponse("/", 303)
    forget(response, request, site)
    return response


def _shown(request: Request, site: Site, person: Person, *, problem: Exception | None = None, **more: Any) -> Response:
    """The page, with what went wrong, an address that a link was ``sent`` to, or a new ``token``."""
    store, told = site.collection.store, str(problem or "")
    person = store.people.get(person.number) or person
    values: dict[str, Any] = {"sent": "", "token": "", **more}
    return render.rendered(
        request,
        site,
        "account.html",
        person=person,
        sessions=[] if site.single else store.people.sessions(person.number, now=site.now()),
        tokens=store.people.tokens(person.number),
        feeds=private_feeds.addresses(request, site, person),
        problem=f"{told[:1].upper()}{told[1:]}." if told else "",
        sure=SURE,
        now=site.now(),
        **values,
    )


def _send(site: Site, to: str, link: str) -> None:
    letter = letters.confirm_address(to, link, sender=site.settings.mail_from, now=site.now())
    site.send_email(letter)


def _many(site: Site) -> None:
    if site.single:
        raise NotFoundError("This site has one reader, who has no account to confirm or delete.")
