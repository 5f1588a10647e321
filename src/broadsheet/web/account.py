"""The settings of a reader: name and address, signed-in browsers, tokens, private feeds, deleting the account."""

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
from broadsheet.web.choices import NAMES, Choices, choices_of, remember_choices

router = APIRouter(include_in_schema=False)
SURE = "delete"
_OTHERS_LINK = "this link belongs to another person; sign in as that person to use it"


@router.get("/account")
def overview(request: Request, site: TheSite, person: AsReader) -> Response:
    """Show all settings."""
    return _shown(request, site, person)


@router.post("/account/name")
def rename(site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Change the name that is shown with the reader's comments."""
    account.rename(site.collection.store, person.number, name=form.get("name"))
    return RedirectResponse("/account", 303)


@router.post("/account/reading")
def choose(request: Request, site: TheSite, _: AsReader, form: TheForm) -> Response:
    """Remember in the browser how its reader wants pages."""
    response = RedirectResponse("/account", 303)
    remember_choices(response, request, site, Choices(**{name: bool(form.get(name)) for name in NAMES}))
    return response


@router.post("/account/address")
def readdress(request: Request, site: TheSite, person: AsReader, form: TheForm, tasks: BackgroundTasks) -> Response:
    """Email a link to the new address, because digests go only to confirmed addresses. The single reader may remove
    theirs."""
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
    """Show the page of an emailed link: its button changes the address, opening it does not."""
    try:
        whose, new = account.new_address(site.collection.store, key, now=site.now())
        if whose.number != person.number:
            raise UsageError(_OTHERS_LINK)
    except UsageError as error:
        return _shown(request, site, person, problem=error)
    return render.rendered(request, site, "account_address.html", new=new, old=person.address, key=key)


@router.post("/account/address/confirm")
def confirmed(request: Request, site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Change the address; the link works once."""
    store, key = site.collection.store, form.get("key")
    try:
        whose, _ = account.new_address(store, key, now=site.now())
        if whose.number != person.number:
            raise UsageError(_OTHERS_LINK)
        account.change_address(store, key, now=site.now())
    except UsageError as error:
        return _shown(request, site, person, problem=error)
    return RedirectResponse("/account", 303)


@router.post("/account/tokens")
def add_token(request: Request, site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Create a token and show it, this once."""
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
    """Remove a token: programs that use it are refused from then on."""
    account.remove_token(site.collection.store, person.number, number=form.number("number") or 0)
    return RedirectResponse("/account", 303)


@router.post("/account/feeds/renew")
def renew(site: TheSite, person: AsReader, _form: TheForm) -> Response:
    """Replace the links of the private feeds; the old links stop working."""
    account.renew_feeds(site.collection.store, person.number)
    return RedirectResponse("/account", 303)


@router.get("/account/export")
def export(site: TheSite, person: AsReader) -> Response:
    """Return all the reader's data as a JSON file."""
    data = account.export(site.collection.store, person, now=site.now())
    headers = {"content-disposition": 'attachment; filename="broadsheet-me.json"', "cache-control": "no-store"}
    body = json.dumps(data, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    return Response(body, headers=headers, media_type="application/json")


@router.post("/account/delete")
def delete(request: Request, site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Delete the reader's account and sign them out, once they have typed the word that confirms it."""
    _many(site)
    try:
        if form.get("sure").lower() != SURE:
            raise UsageError(f"to delete your account, type the word {SURE}; nothing was deleted")
        account.delete(site.collection.store, person)
    except UsageError as error:
        return _shown(request, site, person, problem=error)
    response = RedirectResponse("/", 303)
    forget(response, request, site)
    return response


def _shown(request: Request, site: Site, person: Person, *, problem: Exception | None = None, **more: Any) -> Response:
    """Render the page, with a problem, the address that a link was ``sent`` to, or a new ``token``."""
    store, message = site.collection.store, str(problem or "")
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
        choices=choices_of(request),
        problem=f"{message[:1].upper()}{message[1:]}." if message else "",
        sure=SURE,
        now=site.now(),
        **values,
    )


def _send(site: Site, to: str, link: str) -> None:
    letter = letters.confirm_address(to, link, sender=site.settings.mail_from, now=site.now())
    site.send_email(letter)


def _many(site: Site) -> None:
    if site.single:
        raise NotFoundError("This site has one reader and no accounts, so there is nothing to confirm or delete.")
