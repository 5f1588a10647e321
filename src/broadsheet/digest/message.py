"""The email to one person, made from a frozen list: the same words at each attempt, the papers as they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from urllib.parse import quote

from broadsheet.collection import Collection
from broadsheet.core import periods
from broadsheet.core.edition import Edition, Entry, PersonalEdition, Rest
from broadsheet.core.periods import Period
from broadsheet.core.status import status_in_words, status_of
from broadsheet.core.text import clipped, squeeze
from broadsheet.core.types import LEVELS, Document, Listing, Message, Strength
from broadsheet.daily.summaries import BY_ITS_SOURCE, Summary, summaries
from broadsheet.digest.editions import GONE
from broadsheet.digest.returned import message_name, return_token
from broadsheet.mail import render
from broadsheet.mail.address import tagged
from broadsheet.mail.issue import UNTITLED, Issue, Item, Section
from broadsheet.people.letters import SENDER
from broadsheet.people.subscription import leave_token
from broadsheet.store.deliveries import Delivery

_AUTHORS = 4
_LONGEST_IN_SUBJECT = 90
_LABELS: Mapping[str, str] = {each: each.label for each in (Strength.WEAK, *LEVELS)}
_MOST_CACHED = 5_000


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who sends: the ``address`` of the site without a ``/`` at its end, the ``sender``, the address for ``bounces``,
    the one for emails that ask to leave (``leaving``), a ``postal`` line, and where answers go (``reply``; empty: to
    the sender)."""

    address: str
    sender: str = SENDER
    bounces: str = ""
    leaving: str = ""
    postal: str = ""
    reply: str = ""

    @property
    def host(self) -> str:
        """The host that ends each Message-ID."""
        return self.sender.rpartition("@")[2]


@dataclass
class Composer:
    """Make the messages of one period; the papers it has read are remembered. ``draft`` takes the place of the frozen
    general edition."""

    collection: Collection
    head: Letterhead
    period: Period
    draft: Edition | None = None
    _papers: dict[str, Document] = field(default_factory=dict)
    _summaries: dict[str, Summary] = field(default_factory=dict)
    _items_made: dict[str, Item] = field(default_factory=dict)
    _days: dict[str, str] = field(default_factory=dict)

    @cached_property
    def general(self) -> Edition:
        """The general edition; an empty one when the period has none."""
        return self.draft or self.collection.store.editions.get(self.period.name) or Edition()

    def message(self, delivery: Delivery, secret: bytes) -> Message:
        """Return the email of a delivery: its list was frozen, so that a second attempt is the same. ValueError when
        the list is no longer stored."""
        edition = self.collection.store.editions.personal(self.period.name, delivery.person)
        if edition is None:
            raise ValueError("its list of papers is no longer stored")
        return self.compose(delivery, secret, edition)

    def compose(self, delivery: Delivery, secret: bytes, edition: PersonalEdition) -> Message:
        """Return the email of a delivery that holds this edition."""
        leave = f"{self.head.address}/leave/{leave_token(secret, delivery.person)}"
        drawn = render.digest(self._issue(edition, leave))
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
                archive_url=self._page(edition),
            ),
        )

    def _issue(self, edition: PersonalEdition, leave: str) -> Issue:
        mine, general = self._items(edition.papers), self._items(edition.general)
        day, more = in_words(self.period), edition.more if mine or general else 0
        return Issue(
            subject=subject(day, [each.title for each in (*mine, *general)], more=more),
            day=day,
            page_url=self._page(edition),
            reason=f"You get this email {_OFTEN[edition.cadence]} because you subscribed to it.",
            unsubscribe_url=leave,
            settings_url=f"{self.head.address}/subscribe",
            edition=("Your papers and everyone’s" if general else "Your papers") if mine else "",
            lead=self.general.line,
            sections=_sections(
                mine,
                general,
                links=[(_rest_in_words(each), f"{self.head.address}/queries/{each.alert}") for each in edition.rest],
            ),
            quiet="" if mine or general else edition.quiet or GONE,
            more=more,
            postal=self.head.postal,
        )

    def _items(self, entries: Sequence[Entry]) -> tuple[Item, ...]:
        missing = [each.id for each in entries if each.id not in self._papers]
        if missing:
            if len(self._papers) > _MOST_CACHED:
                self._papers.clear()
                self._summaries.clear()
                missing = [each.id for each in entries]
            read = self.collection.store.papers.many(missing)
            self._papers |= read
            self._summaries |= summaries(self.collection, read.values())
        return tuple(self._with_reason(each) for each in entries if each.id in self._papers)

    def _with_reason(self, entry: Entry) -> Item:
        """Return a paper with the reason why it is in this list."""
        strength, why = _LABELS.get(entry.strength or "", ""), entry.why
        return replace(self._shown(entry.id), strength=strength, why=why if strength else why[:1].upper() + why[1:])

    def _shown(self, name: str) -> Item:
        """Return a paper as all readers see it."""
        if name not in self._items_made:
            if len(self._items_made) > _MOST_CACHED:
                self._items_made.clear()
            self._items_made[name] = self._item(self._papers[name])
        return self._items_made[name]

    def _item(self, paper: Document) -> Item:
        url = f"{self.head.address}/paper/{quote(paper.id, safe='/:@,;=+!$()*~')}"
        status = status_of(paper)
        facts = (status_in_words(status) if status else "", paper.venue, *paper.categories[:1])
        others = len(paper.authors) - _AUTHORS
        names = ", ".join(paper.authors[:_AUTHORS]) + (f" and {others} more" if others > 0 else "")
        return Item(
            title=squeeze(paper.shown_title) or UNTITLED,
            url=url,
            authors=names,
            facts=", ".join(filter(None, facts)),
            passage=_said(self._summaries[paper.id]),
            vote_url=f"{url}#acts",
            save_url=f"{url}#acts",
        )

    def _page(self, edition: PersonalEdition) -> str:
        """Return the address of the day or week that lists the papers; without papers, of the page that says why."""
        name = max(edition.of, default="")
        if self.period.kind == "week" or not name:
            return f"{self.head.address}/{self.period.kind}/{self.period.name}"
        if name not in self._days:
            general = self.general if name == self.period.name else self.collection.store.editions.get(name)
            self._days[name] = general.day.isoformat() if general and general.day else name
        return f"{self.head.address}/day/{self._days[name]}"


def _said(summary: Summary) -> str:
    """What a paper does, and whether its source wrote that."""
    return f"{summary.text} ({BY_ITS_SOURCE})" if summary.by == "source" else summary.text


def subject(day: str, titles: Sequence[str], *, more: int) -> str:
    """Return the subject of a digest: the day in words, the title of its first paper, and how many papers follow in
    the email or are ``more`` on the page; or that it has no papers."""
    if not titles:
        return f"{day}: no papers"
    others = len(titles) - 1 + more
    rest = f" and {others:,} more" if others else ""
    return f"{day}: {clipped(titles[0], _LONGEST_IN_SUBJECT)}{rest}"


def _rest_in_words(rest: Rest) -> str:
    papers = "1 more paper matches" if rest.more == 1 else f"{rest.more:,} more papers match"
    return f"{papers} your alert “{rest.name}”"


def _sections(
    mine: tuple[Item, ...], general: tuple[Item, ...], *, links: Sequence[tuple[str, str]] = ()
) -> tuple[Section, ...]:
    both = (
        Section(heading="For you" if general else "", items=mine, links=tuple(links)),
        Section(heading="For everyone" if mine else "", items=general),
    )
    return tuple(section for section in both if section.items)


_OFTEN = {"daily": "every day", "weekdays": "on weekdays", "weekly": "every week"}


def in_words(period: Period) -> str:
    """Return ``Tuesday, 30 September 2025`` or ``Week 40 of 2025``."""
    if period.kind == "week":
        year, week, _ = period.first.isocalendar()
        return f"Week {week} of {year}"
    return day_in_words(period.first)


def day_in_words(day: date) -> str:
    """Return ``Tuesday, 30 September 2025``."""
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def period_of(name: str) -> Period:
    """Return the period of this name; ValueError for a name that is not a day, a week or a month."""
    period = periods.parse(name)
    if period is None:
        raise ValueError(f"{name!r} is not a period: expected a name like 2025-09-30 or 2025-W40")
    return period
