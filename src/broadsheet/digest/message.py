"""A frozen list made into the Message of one person: the same words at every attempt, the papers as they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import quote

from broadsheet.collection import Collection
from broadsheet.core import periods
from broadsheet.core.periods import Period
from broadsheet.core.text import clipped
from broadsheet.core.types import LEVELS, Document, Listing, Message, Strength
from broadsheet.digest.returned import message_name, return_token
from broadsheet.mail import render
from broadsheet.mail.address import tagged
from broadsheet.mail.issue import Issue, Item, Section
from broadsheet.people.letters import SENDER
from broadsheet.people.subscription import leave_token
from broadsheet.store.deliveries import Delivery

_AUTHORS, _PASSAGE = 4, 240
_LABELS: Mapping[str, str] = {each: each.label for each in (Strength.WEAK, *LEVELS)}
_MOST_CACHED = 5_000


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who sends: the site's address without a ``/`` at its end, the sender, where bounces go, where mails of those
    who leave go, a postal line, where answers go (else to the sender)."""

    address: str
    sender: str = SENDER
    bounces: str = ""
    leaving: str = ""
    postal: str = ""
    reply: str = ""

    @property
    def host(self) -> str:
        """The host that ids are made with."""
        return self.sender.rpartition("@")[2]


@dataclass
class Composer:
    """Makes messages of one period; remembers the papers it has read. ``draft`` stands in for a frozen edition."""

    collection: Collection
    head: Letterhead
    period: Period
    draft: Mapping[str, Any] | None = None
    _papers: dict[str, Document] = field(default_factory=dict)
    _items_made: dict[str, Item] = field(default_factory=dict)
    _days: dict[str, str] = field(default_factory=dict)

    @cached_property
    def general(self) -> Mapping[str, Any]:
        """The general edition; empty when there is none."""
        return (
            self.draft or self.collection.store.editions.get(self.period.name) or {"papers": [], "pool": [], "line": ""}
        )

    def message(self, delivery: Delivery, secret: bytes) -> Message:
        """The mail of a delivery: what it holds was frozen, so that a second attempt is the same. ValueError when its
        list is there no more."""
        own = self.collection.store.editions.get(self.period.name, delivery.person)
        if own is None:
            raise ValueError("its list is kept no more")
        return self.made(delivery, secret, own)

    def made(self, delivery: Delivery, secret: bytes, own: Mapping[str, Any]) -> Message:
        """The mail of a delivery that holds the list ``own``."""
        leave = f"{self.head.address}/leave/{leave_token(secret, delivery.person)}"
        drawn = render.digest(self._issue(own, leave))
        token = return_token(secret, delivery.person)
        return Message(
            to=delivery.address,
            sender=self.head.sender,
            sender_name="Broadsheet",
            reply_to=self.head.reply or self.head.sender,
            return_path=tagged(self.head.bounces, token) if self.head.bounces else "",
            subject=drawn.subject,
            text=drawn.text,
            html=drawn.html,
            message_id=f"<{message_name(secret, self.period.name, delivery.person)}@{self.head.host}>",
            date=delivery.due,
            listing=Listing(
                id=f"daily.{self.head.host}",
                unsubscribe_url=leave,
                unsubscribe_address=tagged(self.head.leaving, token) if self.head.leaving else "",
                help_url=f"{self.head.address}/subscribe",
                archive_url=self._page(own),
            ),
        )

    def _issue(self, own: Mapping[str, Any], leave: str) -> Issue:
        mine, general = (self._items(own.get(name, ())) for name in ("papers", "general"))
        quiet = own.get("quiet", "")
        return Issue(
            day=in_words(self.period),
            page_url=self._page(own),
            reason=f"You asked to get this {_OFTEN[own.get('cadence', 'daily')]}.",
            unsubscribe_url=leave,
            settings_url=f"{self.head.address}/subscribe",
            edition=("Your papers, and those for everybody" if general else "Your papers") if mine else "",
            lead=self.general.get("line", ""),
            sections=_sections(mine, general),
            quiet="" if mine or general else quiet or "No paper that was listed is there any more.",
            more=own.get("more", 0) if mine or general else 0,
            postal=self.head.postal,
        )

    def _items(self, entries: Sequence[Mapping[str, Any]]) -> tuple[Item, ...]:
        missing = [each["id"] for each in entries if each["id"] not in self._papers]
        if missing:
            if len(self._papers) > _MOST_CACHED:
                self._papers.clear()
                missing = [each["id"] for each in entries]
            self._papers |= self.collection.store.papers.many(missing)
        return tuple(self._told(each) for each in entries if each["id"] in self._papers)

    def _told(self, entry: Mapping[str, Any]) -> Item:
        """A paper, and why it is in this list."""
        strength, why = _LABELS.get(entry.get("strength", ""), ""), entry["why"]
        return replace(self._shown(entry["id"]), strength=strength, why=why if strength else why[:1].upper() + why[1:])

    def _shown(self, name: str) -> Item:
        """A paper as all readers see it."""
        if name not in self._items_made:
            if len(self._items_made) > _MOST_CACHED:
                self._items_made.clear()
            self._items_made[name] = self._item(self._papers[name])
        return self._items_made[name]

    def _item(self, paper: Document) -> Item:
        url = f"{self.head.address}/paper/{quote(paper.id, safe='/:@,;=+!$()*~')}"
        others = len(paper.authors) - _AUTHORS
        names = ", ".join(paper.authors[:_AUTHORS]) + (f" and {others} more" if others > 0 else "")
        return Item(
            title=paper.shown_title,
            url=url,
            authors=names,
            facts=", ".join(filter(None, (paper.venue, *paper.categories[:1]))),
            passage=clipped(paper.shown_text, _PASSAGE),
            vote_url=f"{url}#acts",
            save_url=f"{url}#acts",
        )

    def _page(self, own: Mapping[str, Any]) -> str:
        """Where the papers of the newest edition stand that a list was made of; of none, the page that says why."""
        name = max(own.get("of", ()), default="")
        if self.period.kind == "week" or not name:
            return f"{self.head.address}/{self.period.kind}/{self.period.name}"
        if name not in self._days:
            edition = self.general if name == self.period.name else self.collection.store.editions.get(name)
            self._days[name] = (edition or {}).get("day", name)
        return f"{self.head.address}/day/{self._days[name]}"


def _sections(mine: tuple[Item, ...], general: tuple[Item, ...]) -> tuple[Section, ...]:
    both = (
        Section(heading="For you" if general else "", items=mine),
        Section(heading="For everybody" if mine else "", items=general),
    )
    return tuple(section for section in both if section.items)


_OFTEN = {"daily": "every day", "weekdays": "on weekdays", "weekly": "every week"}


def in_words(period: Period) -> str:
    """``Tuesday, 30 September 2025``; ``Week 40 of 2025``."""
    if period.kind == "week":
        year, week, _ = period.first.isocalendar()
        return f"Week {week} of {year}"
    return day_in_words(period.first)


def day_in_words(day: date) -> str:
    """``Tuesday, 30 September 2025``."""
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def period_of(name: str) -> Period:
    """The period that an edition is named by."""
    found = periods.parse(name)
    if found is None:
        raise ValueError(f"no period is called {name!r}")
    return found
