"""The words of the design as plain frozen data that all layers share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from broadsheet.core.errors import UsageError
from broadsheet.core.facets import Facet
from broadsheet.core.recognition import Recognition
from broadsheet.core.topic import Counted

Mode = Literal["hybrid", "lexical", "semantic"]
Sort = Literal["best", "newest", "votes"]
"""In which order the papers of a search that are likely to be relevant are listed."""
Access = Literal["single", "closed", "open"]
"""Who may read and sign in: the one reader of this machine; invited addresses; everyone."""


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
"""The strengths that a reader can choose; each begins at a band of the Space."""


StatusKind = Literal["retracted", "removed", "withdrawn", "rejected", "superseded", "erratum"]


@dataclass(frozen=True, slots=True)
class Status:
    """What a source states about the standing of a paper: the kind, which source, since when (None: not known)."""

    kind: StatusKind
    source: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """An author's name in parts, as the source told them apart; ``Name()`` when it did not.

    ``particle`` belongs to the family name (``van den``) and ``suffix`` follows it (``Jr.``). ``literal`` is the whole
    name of a body, for example of a collaboration; its other parts are empty.
    """

    given: str = ""
    family: str = ""
    particle: str = ""
    suffix: str = ""
    literal: str = ""

    @property
    def shown(self) -> str:
        """The name as a reader sees it: ``Anna van den Berg Jr.``"""
        return self.literal or " ".join(filter(None, (self.given, self.surname, self.suffix)))

    @property
    def surname(self) -> str:
        """The family name with its particle: ``van den Berg``."""
        return f"{self.particle} {self.family}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One paper as one source described it or, from the Store, as all its sources together do.

    ``title`` and ``text`` are as the source gave them; ``readable_title`` and ``readable_text`` are their cleaned
    forms, empty where cleaning changes nothing. ``id`` identifies the paper whatever its text (see ``identity``).
    ``names`` are the parts of the ``authors``' names, one for each of them, or empty if no source told them apart.
    ``submitted`` and ``updated`` are the authors' dates, ``announced`` is the archive's, ``listed`` is the day on which
    a daily list showed it; for many papers only ``year`` is known. ``estimated`` is the day by the calendar of its
    archive, while no one said when it was announced; ``first_seen`` is the day on which a live source that did not say
    either first brought it. ``links`` has the keys ``abstract``, ``pdf``, ``code``, ``project``. ``status`` is None for
    a paper in good standing. ``aliases`` are further identifiers in the form of ``identity``. ``kind`` is one of
    ``core.kinds.KINDS``, or empty where the source says none. ``extra`` holds any other facts as JSON values; those of
    the print (volume, pages ...) have the keys of ``core.imprint``.
    """

    id: str
    title: str
    text: str = ""
    readable_title: str = ""
    readable_text: str = ""
    authors: tuple[str, ...] = ()
    names: tuple[Name, ...] = ()
    venue: str = ""
    kind: str = ""
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    submitted: date | None = None
    updated: date | None = None
    announced: date | None = None
    listed: date | None = None
    estimated: date | None = None
    first_seen: date | None = None
    year: int | None = None
    version: int | None = None
    votes: int | None = None
    comments: int | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    source: str = ""
    status: Status | None = None
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
        """The text that encoders and the ranking field of the Lexicon read: title, a space, text."""
        return f"{self.shown_title} {self.shown_text}".strip()

    @property
    def content_key(self) -> str:
        """16 bytes of BLAKE2b over ``content`` as hex: texts with equal keys need to be encoded only once."""
        return hashlib.blake2b(self.content.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    @property
    def day(self) -> date | None:
        """The day on which it is listed: announced, else listed, else estimated, else first seen; None when it is not
        on any day."""
        return self.announced or self.listed or self.estimated or self.first_seen

    @property
    def on_estimate(self) -> bool:
        """Whether the day on which it is listed is an estimate."""
        return self.estimated is not None and not (self.announced or self.listed)

    @property
    def is_late(self) -> bool:
        """Whether it was brought after the day that was estimated for it. Such a paper fills its day, and it is not
        news: it is in no email, alert or trend."""
        seen, day = self.first_seen, self.estimated
        return self.on_estimate and not (seen and day and seen <= day)

    @property
    def dated(self) -> date | None:
        """The best single date: announced, listed, submitted, updated or first seen, in this order."""
        return self.announced or self.listed or self.submitted or self.updated or self.first_seen

    @property
    def span(self) -> tuple[date, date] | None:
        """The first and last day on which it may have appeared; a bare year spans the whole year."""
        if self.dated:
            return self.dated, self.dated
        return (date(self.year, 1, 1), date(self.year, 12, 31)) if self.year and 1 <= self.year <= 9999 else None

    @property
    def latest(self) -> date | None:
        """The last day that it may be of: the day on which it is listed, else the end of its span."""
        return self.day or (self.span[1] if self.span else None)


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that could not become a Document: its place, the reason, its beginning (at most 2,000 characters)."""

    where: str
    reason: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A change in the Store: ``document`` is None when it was deleted; ``number`` is its lasting row number."""

    sequence: int
    number: int
    document: Document | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions that must all hold. Empty fields set no condition; several values of one field are alternatives.

    ``topics`` are numbers or names of the Collection's own topics and fields. ``without_categories`` and
    ``without_topics``: papers in any of these are left out. UsageError for a field of another kind, for example one
    text where several are expected.
    """

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    venues: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    without_categories: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    without_topics: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    has_code: bool | None = None
    min_votes: int | None = None

    def __post_init__(self) -> None:
        for name in ("since", "until"):
            _require(name, getattr(self, name), date, "a date, for example date(2024, 1, 1)")
        for name in ("sources", "venues", "categories", "without_categories", "topics", "without_topics", "authors"):
            values = getattr(self, name)
            if isinstance(values, str) or not all(isinstance(each, str) for each in values):
                raise UsageError(f"Filters: {name} is {values!r:.80}; expected several texts, for example ('Meyer',)")
        _require("has_code", self.has_code, bool, "True, False or None")
        _require("min_votes", self.min_votes, int, "a whole number")

    def __bool__(self) -> bool:
        return self != Filters()


def _require(name: str, value: object, kind: type, expected: str) -> None:
    if value is not None and not isinstance(value, kind):
        raise UsageError(f"Filters: {name} is {value!r:.80}; expected {expected}")


@dataclass(frozen=True, slots=True)
class Part:
    """One side's part in a match: its raw score, its rank there (1 is best, None outside its list), what it added."""

    score: float | None
    rank: int | None
    contribution: float


@dataclass(frozen=True, slots=True)
class Alike:
    """Two sentences that match: one of the paper that was asked about, one of the paper that was found, and the cosine
    of their vectors."""

    asked: str
    found: str
    cosine: float


@dataclass(frozen=True, slots=True)
class MeaningPart:
    """What one meaning of a query with set operations (see ``core.meanings``) says about a paper: its text, whether it
    is wanted, the cosine (None: no vector), the BM25 of its words, and what it added to the score."""

    text: str
    wanted: bool
    cosine: float | None
    words: float
    contribution: float


@dataclass(frozen=True, slots=True)
class Same:
    """Another paper of the same work: its id, and the probability, 0 to 1, that it is, by what both say."""

    id: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One paper in a ranked list. ``rank`` counts from 1 over the whole list; ``strength`` is the match in words.

    ``parts`` has the keys ``lexical`` and ``semantic``, and one for each stage of the search that added to the score,
    which is the sum of their contributions. ``relevance`` is the probability that it is relevant, never higher than
    that of the paper before it; None where nothing tells. ``alike`` are sentences that match, where papers were
    compared in an aspect. ``pinned`` says why it comes first whatever its score:
    ``identifier``, ``title`` or ``author``. ``passage`` is the sentence that matches best; ``matched`` gives the
    query's words in it as character ranges. ``meanings`` is filled for a query with set operations alone.
    """

    # the JSON of the command line and of the REST API, and the reference, use these fields and their descriptions

    document: Document
    rank: int = field(metadata={"description": "The position in the whole list, from 1."})
    score: float = field(metadata={"description": "The value that the list is ranked by."})
    strength: Strength = field(metadata={"description": "The match in words."})
    pinned: Literal["", "identifier", "title", "author"] = field(
        default="", metadata={"description": "Why it comes first whatever its score."}
    )
    passage: str = field(default="", metadata={"description": "The sentence that matches best."})
    matched: tuple[tuple[int, int], ...] = field(
        default=(), metadata={"description": "Where the query's words are in `passage`: character ranges."}
    )
    parts: Mapping[str, Part] = field(
        default_factory=dict,
        metadata={
            "description": "`lexical`, `semantic` and the stages of the search, each with `score`, `rank` and "
            "`contribution`."
        },
    )
    relevance: float | None = field(
        default=None,
        metadata={"description": "The probability that it is relevant, 0 to 1; null where nothing tells."},
    )
    alike: tuple[Alike, ...] = field(
        default=(),
        metadata={
            "description": "Sentences that match, each once, nearest first, where papers were compared in an aspect: "
            "`asked` of the paper asked about, `found` of this one, and the `cosine` of their vectors."
        },
    )
    meanings: tuple[MeaningPart, ...] = field(
        default=(),
        metadata={
            "description": "For a query with set operations, what each of its meanings says: `text`, `wanted`, "
            "`cosine`, `words` (BM25) and `contribution`."
        },
    )
    same: tuple[Same, ...] = field(
        default=(),
        metadata={
            "description": "Papers of the same work that match less well and are not listed themselves: `id` and "
            "`confidence`, the probability that they are the same work."
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A page of a ranked list. ``mode`` is the mode actually used; ``note`` says why when it is not the requested one,
    or why there are no results. ``more`` is true when results follow at ``offset + len(items)``.

    ``searched`` is the corrected query that these results are for, empty when it is ``query`` itself; ``suggestion``
    one that was not searched; ``missing`` the identifiers in the query that are not in the Collection. ``topics`` are
    those of the first hundred papers of the whole list, the most frequent first. ``cutoff`` is how many places of the
    whole list hold all that could matter, missing at most one relevant paper in ten; ``answerable`` the probability
    that any paper is about the query; both are None where nothing tells. ``relevant`` is how many places are above the
    end of the list, counted among its first thousand; None where nothing tells. ``sort`` is the order of these places,
    ``facets`` what they have in common if that was asked for, and ``named`` the authors and topics that the query
    names. ``restated`` are the sentences of ``note`` that say what ``searched``, ``suggestion``, ``missing`` and
    ``named`` say as well."""

    query: str
    mode: Mode
    items: tuple[Result, ...]
    offset: int = 0
    more: bool = False
    note: str = ""
    searched: str = ""
    suggestion: str = ""
    missing: tuple[str, ...] = ()
    topics: tuple[Counted, ...] = ()
    cutoff: int | None = None
    answerable: float | None = None
    relevant: int | None = None
    sort: Sort = "best"
    facets: tuple[Facet, ...] = ()
    named: Recognition = field(default_factory=Recognition)
    restated: tuple[str, ...] = ()

    def __iter__(self) -> Any:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The facts that must be equal for two vectors to be comparable, and what else is known about them.

    ``precision`` is recorded, but ``f32`` and ``bf16`` of the same weights count as equal. ``rotation`` is about the
    codes of a Space alone: the seed of the axes that they are made in (``core.rotation``), 0 for those of the vectors;
    ``turns`` is how many rotations stand side by side.
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
    rotation: int = 0
    turns: int = 1

    @property
    def key(self) -> str:
        """Twelve hex digits over all but precision and what codes are made of: vectors with different keys are never
        compared."""
        facts = (self.encoder, self.version, self.weights, self.dim, self.pooling, sorted(self.prompts.items()),
                 self.max_length, self.input_format)  # fmt: skip
        return hashlib.blake2b(repr(facts).encode(), digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One ingest of one source: counts, and the error that ended it early (empty on success).

    ``clashes``: records whose identifier is another paper's; each is stored as a paper of its own.
    """

    source: str
    started: datetime
    ended: datetime | None = None
    new: int = 0
    changed: int = 0
    same: int = 0
    bad: int = 0
    clashes: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The mailing list that a Message belongs to, and how to leave it (RFC 2369, 2919, 8058).

    ``id`` is a dotted name: ``daily.example.org``. ``unsubscribe_url`` takes the POST of one click,
    ``unsubscribe_address`` an email. The help and the archive are pages. ``feedback_id`` is up to four names with
    colons between them.
    """

    id: str
    unsubscribe_url: str
    unsubscribe_address: str = ""
    help_url: str = ""
    archive_url: str = ""
    feedback_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One email to one recipient. ``message_id`` and ``date`` (with its time zone) are the same at every attempt.

    Bounces go to ``return_path``, else to ``sender``. Without ``listing`` it is a message that its reader requested,
    for example a sign-in link, and has no list headers.
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
    """The result of sending a Message: ``accepted``; ``refused`` for good; ``deferred``, to be sent again later; or
    ``unknown``, when the connection was lost after its end was sent: it may have arrived and is not sent again.

    ``reason`` is the server's line, ``status`` its enhanced status code (``5.1.1``) or empty. ``hard``: the address
    does not exist, and nothing more should be sent to it. ``soft``: its mailbox was refused, which may pass.
    """

    kind: Literal["accepted", "refused", "deferred", "unknown"]
    reason: str = ""
    status: str = ""
    hard: bool = False
    soft: bool = False
