"""Who asks: the person behind a request, by session cookie, by token, or as the one reader of this machine.

single: anyone who asks is the reader (the guard lets only this machine in)
token: ``Authorization: Bearer`` -> the person; it counts alone, whatever cookie comes with it
cookie: a random key of this browser; once signed in, the Store knows its digest
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from starlette.responses import Response

from broadsheet.people import links
from broadsheet.people.signin import SESSION
from broadsheet.site.context import Site, TheSite
from broadsheet.site.limits import host_of
from broadsheet.site.urls import is_https
from broadsheet.store.people import Person, Role

COOKIE = "broadsheet"
_LONGEST_KEY = 200
_PROGRAMS = ("/api/", "/feeds/", "/papers/", "/recommendations/", "/v1/")  # where tokens count


@dataclass(slots=True)
class Visitor:
    """Who asks. ``person`` is None for a stranger; ``key`` is the browser's own, empty when it has none yet;
    ``token`` says that a program asks with a token, ``writes`` whether that may change things."""

    person: Person | None
    key: str = ""
    token: bool = False
    writes: bool = True
    new: bool = False

    def csrf(self, secret: bytes) -> str:
        """Make the token that a form of this browser must bring along; a browser without a key gets one."""
        if not self.key:
            self.key, self.new = links.new_key(), True
        return links.derive(secret, "form", self.key)

    def may(self, role: Role) -> bool:
        """Tell whether this is a person with this role or one above it."""
        return self.person is not None and self.person.may(role)

    @property
    def number(self) -> int:
        """Give the person's number; 0, which is no one's, for a stranger."""
        return self.person.number if self.person else 0


def visiting(request: Request, site: TheSite) -> Visitor:
    """Find who asks; it is stored with the request for the page that is rendered."""
    found: Visitor | None = getattr(request.state, "visitor", None)
    if found is None:
        found = request.state.visitor = _who(request, site)
    return found


def _who(request: Request, site: Site) -> Visitor:
    authorization = request.headers.get("authorization", "")
    if authorization[:7].lower() == "bearer " and request.url.path.startswith(_PROGRAMS):
        given = authorization[7:].strip()
        known = site.holder(given)
        if known:
            return Visitor(known[0], token=True, writes=known[1])
        if not _meant_for_others(request, given):
            raise HTTPException(401, "This token is not known here: make one on your account page.")
    key = request.cookies.get(COOKIE, "")[:_LONGEST_KEY]
    if site.single:
        return Visitor(site.sole, key)
    person = site.collection.store.people.session(links.digest(key), now=site.now()) if key else None
    return Visitor(person, key)


def _meant_for_others(request: Request, token: str) -> bool:
    """Tell whether clients of other services send it anywhere: a token of Hugging Face's hub, a key for OpenAI."""
    return token.startswith("hf_") or request.url.path.startswith("/v1/")


TheVisitor = Annotated[Visitor, Depends(visiting)]


def needs(role: Role) -> Callable[[Request, TheVisitor], Person]:
    """Make a dependency that lets only persons with this role (or one above it) through, and gives the person."""

    def person(request: Request, visitor: TheVisitor) -> Person:
        if visitor.person is None:
            raise HTTPException(401, "Sign in first.", {"www-authenticate": "Bearer"})
        if not visitor.may(role):
            raise HTTPException(403, f"This needs the role {role}; you are {visitor.person.role} here.")
        if visitor.token and not visitor.writes and request.method not in ("GET", "HEAD"):
            raise HTTPException(403, "This token may only read: make one that may change things.")
        return visitor.person

    return person


AsReader = Annotated[Person, Depends(needs("reader"))]
AsEditor = Annotated[Person, Depends(needs("editor"))]


def admitted(request: Request, site: TheSite, visitor: TheVisitor) -> None:
    """Refuse strangers at a closed site, with HTTPException 401, and a network that asks without end, with 429."""
    if site.single or request.url.path == "/healthz":
        return
    site.limit("requests", host_of(request, site))
    if site.settings.people == "closed" and visitor.person is None:
        raise HTTPException(401, "This site is for its members: sign in first.", {"www-authenticate": "Bearer"})


def forget(response: Response, request: Request, site: Site) -> None:
    """Take a browser's key away, as it was given."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=is_https(request, site))


def remember(response: Response, request: Request, site: Site, key: str) -> None:
    """Give a browser its key."""
    give_cookie(response, COOKIE, key, lasting=SESSION, secure=is_https(request, site))


def give_cookie(response: Response, name: str, value: str, *, lasting: timedelta, secure: bool) -> None:
    """Give a browser a cookie. Scripts cannot read it, and other sites cannot send it along with a form."""
    age = int(lasting.total_seconds())
    response.set_cookie(name, value, max_age=age, httponly=True, samesite="lax", secure=secure)
