"""A site with people, and browsers that are signed in."""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import policy

from fastapi.testclient import TestClient

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.people import signin
from broadsheet.server import create_app
from broadsheet.site.auth import COOKIE
from broadsheet.store.people import Person, Role
from site_kit import NOW

BASE = "http://localhost"
OWN = {"origin": BASE}
_TOKEN = re.compile(r'name="token" value="([^"]+)"')


@dataclass
class Clock:
    """The time, which tests move."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, span: timedelta) -> None:
        self.now += span


class Browser(TestClient):
    """A browser at the site: it has cookies, goes nowhere by itself, and presses buttons."""

    def press(self, path: str, page: str = "", **fields: object) -> object:
        """Send a form as our own page would: with the token of ``page`` (else of this browser)."""
        token = self.token(page) if page else self.csrf
        data = {"token": token, **{name: value for name, value in fields.items() if value is not None}}
        return self.post(path, data=data, headers=OWN, follow_redirects=False)

    def token(self, page: str) -> str:
        """The token in the forms of a page."""
        found = _TOKEN.search(self.get(page).text)
        assert found, f"no form on {page}"
        return found[1]

    @property
    def csrf(self) -> str:
        """The token that this browser's forms bring along."""
        from broadsheet.people import links
        from broadsheet.site.auth import Visitor

        site = self.app.state.site  # type: ignore[attr-defined]
        token = Visitor(None, self.cookies.get(COOKIE, "")).csrf(site.secret)
        return links.mask(site.secret, token, "a page")


def site(collection: Collection, clock: Clock | None = None, **settings: object) -> object:
    """The application over a Collection, open to everybody unless said otherwise."""
    return create_app(collection, Settings(**{"people": "open", **settings}), now=clock or Clock())  # type: ignore[arg-type]


def browser(app: object, person: Person | None = None) -> Browser:
    """A browser, signed in when a person is given."""
    made = Browser(app, base_url=BASE)  # type: ignore[arg-type]
    key = "k" * 43
    if person:
        where = app.state.site  # type: ignore[attr-defined]
        key = signin.begin(where.collection.store, person, now=where.now())
    made.cookies.set(COOKIE, key, domain="localhost.local")  # as the client itself names it
    return made


def member(collection: Collection, role: Role = "reader", address: str = "") -> Person:
    """A person with a role."""
    return collection.store.people.add(address or f"{role}@example.org", role, now=NOW)


def letters(collection: Collection) -> list[str]:
    """The links in the outbox, oldest first."""
    found = []
    for path in sorted((collection.path / "outbox").glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body
        found += re.findall(r"http://\S+", body.get_content())
    return found
