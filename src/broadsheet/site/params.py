"""The parameters of an address: the query, the conditions, which part of the list. Every field is bounded."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

from broadsheet.core import query
from broadsheet.core.types import Filters, Mode, Sort, Strength
from broadsheet.near.view import View
from broadsheet.site.fields import LARGEST, LONGEST_DOCUMENT, MOST_NAMES, FirstDay, LastDay, several
from broadsheet.trending.ranking import MOST_DAYS

MOST = 100  # results at once
MOST_DAYS_WITH_PAPERS = 92
DEEPEST = 10_000  # places of a list that can be paged to
LARGEST_VECTOR = 65_536  # numbers
_LONGEST_MATCH = query.LONGEST
_LONGEST_QUERY = 4 * query.LONGEST + 1  # search reads no further, and says so


FEED_LEAST = Strength.FAIR
"""How well papers must match to be in the feed of a search that does not say: a list of all papers has no end."""


def _blank_to_none(value: Any) -> Any:
    return None if value == "" else value


def _blank_to_best(value: Any) -> Any:
    return "best" if value == "" else value


def _blank_to_zero(value: Any) -> Any:
    return 0.0 if value == "" else value


_Names = Annotated[
    list[Annotated[str, StringConstraints(max_length=500)]], Field(max_length=MOST_NAMES), AfterValidator(several)
]
_TOPIC = "A topic or field of the Collection, by its number or its name; any of several."


class SearchParams(BaseModel):
    """The parameters of a search. An empty field, as a form sends it, sets no condition."""

    q: Annotated[str, AfterValidator(lambda text: text[:_LONGEST_QUERY])] = Field(
        default="",
        description="What to look for: words, a question, a title or an identifier. It may hold conditions "
        "(`author:lee since:2024 has:code`, `like:ID`, `in:LIST`) and set operations on meanings: "
        '`("graph learning") & ("drug discovery") - (toxicity)`.',
    )
    mode: Mode = Field(default="hybrid", description="Search by words and meaning together, or by one of them.")
    k: int | None = Field(default=None, ge=1, le=MOST, description="How many results at most.")
    limit: int | None = Field(default=None, ge=1, le=MOST, description="Another name for `k`.")
    offset: int = Field(default=0, ge=0, le=DEEPEST, description="The position in the list to start at, from 0.")
    since: FirstDay = Field(default=None, description="Not before this day (or month, or year).")
    until: LastDay = Field(default=None, description="Not after this day (or month, or year).")
    source: _Names = Field(default=[], description="In full (`arxiv:cs.IR`) or its kind (`arxiv`); any of several.")
    venue: _Names = Field(default=[], description="The name of a venue; any of several.")
    category: _Names = Field(default=[], description="A category; `cs` also means `cs.IR`; any of several.")
    topic: _Names = Field(default=[], description=_TOPIC)
    author: _Names = Field(default=[], description="Words of an author's name; any of several.")
    has_code: Annotated[bool | None, BeforeValidator(_blank_to_none)] = Field(
        default=None, description="Only papers with (or without) code."
    )
    min_votes: Annotated[int | None, BeforeValidator(_blank_to_none)] = Field(
        default=None, ge=0, le=LARGEST, description="At least this many votes."
    )

    stages: Annotated[str | None, StringConstraints(max_length=200), BeforeValidator(_blank_to_none)] = Field(
        default=None,
        description="Further looks at the first papers: `default`, `fast` (none), or names with commas. By default "
        "those that the owner of the Collection chose.",
    )
    diverse: Annotated[float, BeforeValidator(_blank_to_zero)] = Field(
        default=0.0, ge=0, le=1, description="How varied the first 200 results are: 0 (as ranked) to 1 (variety alone)."
    )
    copies: Annotated[bool | None, BeforeValidator(_blank_to_none)] = Field(
        default=None,
        description="`false` lists each work once: of papers of the same work the best match alone. By default every "
        "paper in an answer for programs, each work once on the page.",
    )

    sort: Annotated[Sort, BeforeValidator(_blank_to_best)] = Field(
        default="best",
        description="The order of the papers that are likely to be relevant (above the end of the list; where nothing "
        "tells, the first 200): `best`, `newest` or `votes`. What follows them stays best first.",
    )
    relevant: Annotated[bool | None, BeforeValidator(_blank_to_none)] = Field(
        default=None,
        description="Only the papers above the end of the list, where all that could matter has been seen (`true`), or "
        "all. By default only these on the page and in a feed, and all in an answer of the API and in a file.",
    )

    def view(self, *, copies: bool) -> View:
        """Return how the list is to be seen; ``copies`` where the parameters do not say."""
        return View(diverse=self.diverse, copies=copies if self.copies is None else self.copies)

    def size(self, default: int) -> int:
        """Return the requested number of results, else ``default``."""
        return self.k or self.limit or default

    def at_offset(self, offset: int) -> SearchParams:
        """Return the same parameters with another position in the list."""
        return self.model_copy(update={"offset": offset})

    @property
    def filters(self) -> Filters:
        """Return the conditions of the fields; search reads those in the query itself."""
        return Filters(
            since=self.since,
            until=self.until,
            sources=tuple(self.source),
            venues=tuple(self.venue),
            categories=tuple(self.category),
            topics=tuple(self.topic),
            authors=tuple(self.author),
            has_code=self.has_code,
            min_votes=self.min_votes,
        )


class SearchBody(SearchParams):
    """A search by more than an address holds."""

    document: str = Field(
        default="",
        max_length=LONGEST_DOCUMENT,
        description="A text, for example an abstract; or references in BibTeX or RIS: papers like those that are here "
        "are searched for, and the titles of the others.",
    )
    vector: list[float] | None = Field(
        default=None,
        max_length=LARGEST_VECTOR,
        description="A vector of the Collection's encoder, to find papers near to it.",
    )


class DayParams(BaseModel):
    """The parameters of a day: which papers, in which order. An empty field, as a form sends it, sets no condition."""

    sort: Annotated[str, StringConstraints(max_length=100)] = Field(
        default="votes",
        description="votes, trending or newest; `for you` if you are signed in or send a token; `topic`: by votes, and "
        "under topics where a page has room for them.",
    )
    category: _Names = Field(default=[], description="A category; `cs` also means `cs.IR`; any of several.")
    without_category: _Names = Field(default=[], description="Categories to leave out.")
    topic: _Names = Field(default=[], description=_TOPIC)
    without_topic: _Names = Field(default=[], description="Topics or fields to leave out.")
    source: _Names = Field(default=[], description="In full (`arxiv:cs.IR`) or its kind (`arxiv`); any of several.")
    has_code: Annotated[bool | None, BeforeValidator(_blank_to_none)] = Field(
        default=None, description="Only papers with (or without) code."
    )
    match: Annotated[str, StringConstraints(max_length=_LONGEST_MATCH)] = Field(
        default="",
        description="Only papers that match these plain words, for example `robots in labs, not about arms`.",
    )
    least: Annotated[str, StringConstraints(max_length=20)] = Field(
        default="",
        description="How well papers must match: fair, good, strong, or a cosine, for example 0.5. By default good, "
        "or what the alert asks for.",
    )
    query: Annotated[int | None, BeforeValidator(_blank_to_none)] = Field(
        default=None,
        ge=1,
        le=LARGEST,
        description="Only papers that match your alert (`/api/queries`) with this number.",
    )
    hide: Literal["", "read", "none"] = Field(
        default="", description="`read` leaves out what you read, if you are signed in or send a token."
    )
    offset: int = Field(default=0, ge=0, le=DEEPEST, description="The position in the list to start at, from 0.")

    @property
    def narrowed(self) -> bool:
        """Tell whether they ask for less than the whole day."""
        return bool(self.filters or self.match.strip() or self.query is not None)

    @property
    def filters(self) -> Filters:
        """Return the conditions."""
        return Filters(
            categories=tuple(self.category),
            without_categories=tuple(self.without_category),
            topics=tuple(self.topic),
            without_topics=tuple(self.without_topic),
            sources=tuple(self.source),
            has_code=self.has_code,
        )


TheDayParams = Annotated[DayParams, Query()]
TheSearchParams = Annotated[SearchParams, Query()]
Least = Annotated[
    Strength | None,
    BeforeValidator(_blank_to_none),
    Query(
        description="How well papers must match: fair, good, strong, or weak for all. By default fair in a feed, and "
        "all in a file."
    ),
]
Offset = Annotated[int, Query(ge=0, le=DEEPEST, description="The position in the list to start at, from 0.")]
Diverse = Annotated[
    float,
    BeforeValidator(_blank_to_zero),
    Query(ge=0, le=1, description="How varied the first 200 papers are: 0 (nearest first) to 1 (variety alone)."),
]
Copies = Annotated[bool, Query(description="`false` lists each work once, and no copies of the paper itself.")]
Count = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]
Days = Annotated[int, Query(ge=1, le=MOST_DAYS, description="How many days back.")]
DaysWithPapers = Annotated[
    int, Query(ge=1, le=MOST_DAYS_WITH_PAPERS, description="How many of the newest days that have papers.")
]
Number = Annotated[int, Path(ge=1, le=LARGEST)]
Side = Literal["lexical", "semantic", "neighbours", "feedback", "tokens", "sparse", "pair", "aspect"]
