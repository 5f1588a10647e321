"""The words of the design as plain frozen data: what travels between the floors."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

Mode = Literal["hybrid", "lexical", "semantic"]
Access = Literal["single", "closed", "open"]
"""Who may read and sign in: the one reader of this machine; invited addresses; everybody."""


class Strength(StrEnum):
    """How well a paper matches, in a word. Stored and sent as the word, compared by how strong it is."""

    WEAK = "weak"
    FAIR = "fair"
    GOOD = "good"
    STRONG = "strong"
    EXACT = "exact"

    @classmethod
    def of(cls, score: float, bands: Iterable[float], *, raised: int = 0) -> Strength:
        """Return the strength of a score by where fair, good and strong begin (``bands``), ``raised`` by so many steps;
        strong at most."""
        return _STEPS[min(3, sum(score >= edge for edge in bands) + raised)]

    @property
    def label(self) -> str:
        """The word as a reader sees it next to a paper: ``Good match``."""
        return f"{self.value.capitalize()} match"

    def __repr__(self) -> str:
        return repr(self.value)

    def __lt__(self, other: str) -> bool:
        return _PLACE[self] < _PLACE[other]

    def __le__(self, other: str) -> bool:
        return _PLACE[self] <= _PLACE[other]

    def __gt__(self, other: str) -> bool:
        return _PLACE[self] > _PLACE[other]

    def __ge__(self, other: str) -> bool:
        return _PLACE[self] >= _PLACE[other]


_STEPS = tuple(Strength)
_PLACE: Mapping[str, int] = {each: place for place, each in enumerate(Strength)}
LEVELS = (Strength.FAIR, Strength.GOOD, Strength.STRONG)
"""What can be asked for: each begins at a band of the Space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One paper as one source described it, or (out of the Store) as all its sources together do.

    ``title`` and ``text`` are as they came; ``readable_title`` and ``readable_text`` are their cleaned forms, empty
    where cleaning changes nothing. ``id`` says who, never what (see ``identity``). Dates are dates: ``submitted`` and
    ``updated`` are the authors', ``announced`` the archive's, ``listed`` the day a daily list showed it; ``year`` alone
    is known for many. ``links`` has the keys ``abstract``, ``pdf``, ``code``, ``project``. ``aliases`` are further
    identifiers in the form of ``identity``. ``extra`` holds open facts as JSON values.
    """

    id: str
    title: str
    text: str = ""
    readable_title: str = ""
    readable_text: str = ""
    authors: tuple[str, ...] = ()
    venue: str = ""
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    submitted: date | None = None
    updated: date | None = None
    announced: date | None = None
    listed: date | None = None
    year: int | None = None
    version: int | None = None
    votes: int | None = None
    comments: int | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    source: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shown_title(self) -> str:
        """The title to show and index."""
        return self.readable_title or self.title

    @property
    def shown_text(self) -> str:
        """The text to show and index."""
        return self.readable_text or self.text

    @property
    def content(self) -> str:
        """What encoders and the ranking field of the Lexicon read: title, a space, text."""
        return f"{self.shown_title} {self.shown_text}".strip()

    @property
    def content_key(self) -> str:
        """16 bytes of BLAKE2b over ``content`` as hex: equal keys need no second encoding."""
        return hashlib.blake2b(self.content.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    @property
    def day(self) -> date | None:
        """The day it stands on: announced, else listed. Without one it is on no day."""
        return self.announced or self.listed

    @property
    def dated(self) -> date | None:
        """The best single date: announced, listed, submitted or updated, in this order."""
        return self.announced or self.listed or self.submitted or self.updated

    @property
    def span(self) -> tuple[date, date] | None:
        """First and last day on which it may have appeared; a bare year is its whole year."""
        if self.dated:
            return self.dated, self.dated
        return (date(self.year, 1, 1), date(self.year, 12, 31)) if self.year and 1 <= self.year <= 9999 else None


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that could not become a Document: where it stood, why, and its beginning (at most 2,000 characters)."""

    where: str
    reason: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What the Store says changed: ``document`` is None where it was deleted. ``number`` is its lasting row number."""

    sequence: int
    number: int
    document: Document | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions that all must hold. Empty fields ask nothing; several values of one field are alternatives.

    ``without_categories``: none of these.
    """

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    venues: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    without_categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    has_code: bool | None = None
    min_votes: int | None = None

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Part:
    """One side's say in a match: its raw score, its rank there (1 is best, None outside its list), what it added."""

    score: float | None
    rank: int | None
    contribution: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One paper found. ``rank`` counts from 1 over the whole list; ``strength`` is the match in words.

    ``parts`` has the keys ``lexical`` and ``semantic``. ``pinned`` says why it stands on top whatever its score:
    ``identifier`` or ``title``. ``passage`` is the sentence that answers best, ``matched`` the query's words in it
    (as character ranges in ``passage``).
    """

    # the JSON of the command line and of the REST API, and the reference, follow these fields and their descriptions

    document: Document
    rank: int = field(metadata={"description": "The place in the whole list, from 1."})
    score: float = field(metadata={"description": "What the list is ranked by."})
    strength: Strength = field(metadata={"description": "The match in words."})
    pinned: Literal["", "identifier", "title"] = field(
        default="", metadata={"description": "Why it stands on top whatever its score."}
    )
    passage: str = field(default="", metadata={"description": "The sentence that answers best."})
    matched: tuple[tuple[int, int], ...] = field(
        default=(), metadata={"description": "Where the query's words are in `passage`: character ranges."}
    )
    parts: Mapping[str, Part] = field(
        default_factory=dict,
        metadata={"description": "`lexical` and `semantic`, each with `score`, `rank` and `contribution`."},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A page of a ranked list. ``mode`` is what was really done; ``note`` says why when it is not what was asked,
    or why there is nothing. ``more`` is true when results follow at ``offset + len(items)``."""

    query: str
    mode: Mode
    items: tuple[Result, ...]
    offset: int = 0
    more: bool = False
    note: str = ""

    def __iter__(self) -> Any:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What must be equal for two vectors to be comparable, and what should be known about them.

    ``precision`` is recorded but declared equal across ``f32`` and ``bf16`` of the same weights.
    """

    encoder: str
    version: str
    weights: str
    dim: int
    pooling: str = ""
    prompts: Mapping[str, str] = field(default_factory=dict)
    max_length: int | None = None
    input_format: str = "title text"
    precision: str = "f32"

    @property
    def key(self) -> str:
        """Twelve hex digits naming everything but the precision: spaces with another key never meet."""
        facts = (self.encoder, self.version, self.weights, self.dim, self.pooling, sorted(self.prompts.items()),
                 self.max_length, self.input_format)  # fmt: skip
        return hashlib.blake2b(repr(facts).encode(), digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One ingest of one source: counts, and the error that ended it early (empty when it ended well)."""

    source: str
    started: datetime
    ended: datetime | None = None
    new: int = 0
    changed: int = 0
    same: int = 0
    bad: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What makes a Message one of a list that can be left (RFC 2369, 2919, 8058).

    ``id`` is a dotted name such as ``daily.example.org``. ``unsubscribe_url`` takes the POST of one click; the
    ``unsubscribe_address`` a mail. The help and the archive are pages. ``feedback_id`` is up to four names, by colons.
    """

    id: str
    unsubscribe_url: str
    unsubscribe_address: str = ""
    help_url: str = ""
    archive_url: str = ""
    feedback_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail to one recipient. ``message_id`` and ``date`` (with its time zone) are the same at every attempt.

    ``return_path`` is where bounces go, else to ``sender``. Without ``listing`` it is a letter that somebody asked for,
    such as a sign-in link, and says nothing of lists.
    """

    to: str
    sender: str
    subject: str
    text: str
    message_id: str
    date: datetime
    html: str = ""
    sender_name: str = ""
    reply_to: str = ""
    return_path: str = ""
    listing: Listing | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a Message: ``accepted``; ``refused`` for good; ``deferred``, so that it may be sent again; or
    ``unknown``, when the connection was lost after its end was sent: it may have arrived, and is not sent again.

    ``reason`` is the server's line, ``status`` its enhanced status code (``5.1.1``) or empty. ``hard``: the address
    itself was refused for good, and nothing should go there again.
    """

    kind: Literal["accepted", "refused", "deferred", "unknown"]
    reason: str = ""
    status: str = ""
    hard: bool = False
