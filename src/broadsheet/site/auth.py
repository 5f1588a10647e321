"""Who asks: the person behind a request, by session cookie, by token, or as the one reader of this machine.

single: every request is the reader's (the guard lets only this machine in)
token: ``Authorization: Bearer`` -> the person; a cookie in the same request is ignored
cookie: a random key of this browser; after signing in, the Store knows its digest
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
from broadsheet.search.question import Given
from broadsheet.site.context import Site, TheSite
from broadsheet.site.limits import host_of
from broadsheet.site.urls import is_https
from broadsheet.store.people import Person, Role

COOKIE = "broadsheet"
READ_ONLY = "This token may only read. To change things, make one with write access on your account page."
_LONGEST_KEY = 200
_PROGRAMS = ("/api/", "/feeds/", "/papers/", "/recommendations/", "/v1/")  # where tokens count


@dataclass(slots=True)
class Visitor:
    """Who sends the request. ``person`` is None for a stranger; ``key`` is the browser's own, empty if it has none yet;
    ``token`` says that a program sends a token, ``writes`` whether that token may change things."""

    person: Person | None
    key: str = ""
    token: bool = False
    writes: bool = True
    new: bool = False

    def csrf(self, secret: bytes) -> str:
        """Make the token that every form of this browser must send; a browser without a key gets one."""
        if not self.key:
            self.key, self.new = links.new_key(), True
        return links.derive(secret, "form", self.key)

    def may(self, role: Role) -> bool:
        """Tell whether this person has this role or one above it."""
        return self.person is not None and self.person.may(role)

    @property
    def given(self) -> Given:
        """Return what a search learns of who asks."""
        return Given(reader=self.person.number if self.person else None)

    @property
    def number(self) -> int:
        """Return the person's number; 0, which no person has, for a stranger."""
        return self.person.number if self.person else 0


def visitor_of(request: Request, site: TheSite) -> Visitor:
    """Find who sends the request, and store it with the request for the page that is rendered.

    HTTPException 401 for an unknown token.
    """
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    if visitor is None:
        visitor = request.state.visitor = _who(request, site)
    return visitor


def _who(request: Request, site: Site) -> Visitor:
    authorization = request.headers.get("authorization", "")
    if authorization[:7].lower() == "bearer " and request.url.path.startswith(_PROGRAMS):
        token = authorization[7:].strip()
        holder = site.holder(token)
        if holder:
            return Visitor(holder[0], token=True, writes=holder[1])
        if not _meant_for_others(request, token):
            raise HTTPException(401, "This site does not know this token: make one on your account page.")
    key = request.cookies.get(COOKIE, "")[:_LONGEST_KEY]
    if site.single:
        return Visitor(site.sole, key)
    person = site.collection.store.people.session(links.digest(key), now=site.now()) if key else None
    return Visitor(person, key)


def _meant_for_others(request: Request, token: str) -> bool:
    """Tell whether a client sends it to every server: a token of Hugging Face's hub, a key for OpenAI."""
    return token.startswith("hf_") or request.url.path.startswith("/v1/")


TheVisitor = Annotated[Visitor, Depends(visitor_of)]


def needs(role: Role) -> Callable[[Request, TheVisitor], Person]:
    """Make a dependency that returns the person if they have this role or one above it.

    It raises HTTPException 401 for a stranger and 403 for others, or for a change with a token that may only read.
    """

    def person(request: Request, visitor: TheVisitor) -> Person:
        if visitor.person is None:
            raise HTTPException(401, "Sign in first.", {"www-authenticate": "Bearer"})
        if not visitor.may(role):
            raise HTTPException(403, role_needed(role, visitor.person))
        if visitor.token and not visitor.writes and request.method not in ("GET", "HEAD"):
            raise HTTPException(403, READ_ONLY)
        return visitor.person

    return person


def role_needed(role: Role, person: Person) -> str:
    """Word that a person lacks a role."""
    return f"You need the role {role} for this; your role is {person.role}."


AsReader = Annotated[Person, Depends(needs("reader"))]
AsEditor = Annotated[Person, Depends(needs("editor"))]


def admit(request: Request, site: TheSite, visitor: TheVisitor) -> None:
    """Refuse strangers at a closed site with HTTPException 401, and a network that sends too many requests with 429."""
    if site.single or request.url.path == "/healthz":
        return
    site.limit("pictures" if request.url.path.startswith("/picture/") else "requests", host_of(request, site))
    if site.settings.people == "closed" and visitor.person is None:
        raise HTTPException(401, "This site is for its members: sign in first.", {"www-authenticate": "Bearer"})


def forget(response: Response, request: Request, site: Site) -> None:
    """Delete a browser's key, with the attributes it was set with."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=is_https(request, site))


def remember(response: Response, request: Request, site: Site, key: str) -> None:
    """Set a browser's key as a cookie that lasts as long as a session."""
    give_cookie(response, COOKIE, key, lasting=SESSION, secure=is_https(request, site))


def give_cookie(
    response: Response, name: str, value: str, *, lasting: timedelta, secure: bool, scripts: bool = False
) -> None:
    """Set a cookie in a browser. Only with ``scripts`` can those of our pages read it, and forms of other sites do not
    send it."""
    age = int(lasting.total_seconds())
    response.set_cookie(name, value, max_age=age, httponly=not scripts, samesite="lax", secure=secure)
