"""The arguments of the tools, with their descriptions and bounds. Unknown arguments are refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from broadsheet.core import query
from broadsheet.core.text import squeeze
from broadsheet.core.types import Filters, Mode, Sort
from broadsheet.foryou.person import DAYS
from broadsheet.near.novelty import DAYS as DAYS_BEFORE
from broadsheet.near.novelty import MOST_DAYS as MOST_DAYS_BEFORE
from broadsheet.near.pairs import LEAST, LOWEST
from broadsheet.near.view import View
from broadsheet.site.fields import LARGEST, LONGEST_DOCUMENT, MOST_NAMES, FirstDay, LastDay, several
from broadsheet.store.lists import SAVED
from broadsheet.trending.ranking import MOST_DAYS

MOST = 50  # papers at once
DEEPEST = 5_000  # the last position in a list that can be paged to
MOST_PICKED = 100  # papers of a reader's own feed
LONGEST = 20_000  # characters of a text at once


_Id = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
_Names = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=200)]],
    Field(max_length=MOST_NAMES),
    AfterValidator(several),
]
_TOPICS = "Any of these topics or fields, by number or name as `list_topics` gives them."
_ListName = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(squeeze)]


class Arguments(BaseModel):
    """The base of all arguments: it refuses unknown ones, and takes null for an optional one as its default."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        optional = {name for name, field in cls.model_fields.items() if not field.is_required()}
        return {name: value for name, value in given.items() if value is not None or name not in optional}


class Paged(Arguments):
    """A part of a list."""

    limit: int = Field(default=10, ge=1, le=MOST, description="How many papers at most.")
    offset: int = Field(default=0, ge=0, le=DEEPEST, description="Where to start: `next_offset` of the last answer.")


class Seen(Paged):
    """A part of a ranked list, and how it is seen."""

    diverse: float = Field(
        default=0.0, ge=0, le=1, description="How varied the first 200 papers are: 0 (as ranked) to 1 (variety alone)."
    )
    copies: bool = Field(default=False, description="List every paper of a work, not the best one alone.")

    @property
    def view(self) -> View:
        """Return how the list is to be seen."""
        return View(diverse=self.diverse, copies=self.copies)


class Search(Seen):
    """A search."""

    query: str = Field(
        min_length=1,
        max_length=query.LONGEST_TYPED,
        description="Words, a question, a title, an identifier or a whole abstract; also conditions (`author:lee "
        "venue:acl has:code`, `like:ID`, `unlike:ID`, `in:LIST` of the person's) and set operations on meanings: "
        '`("graph learning") & ("drug discovery") - (toxicity)`.',
    )
    document: str = Field(
        default="",
        max_length=LONGEST_DOCUMENT,
        description="A longer text, or references in BibTeX or RIS, to find papers for together with the query.",
    )
    mode: Mode = Field(default="hybrid", description="Search by words and meaning together, or by one of them.")
    since: FirstDay = Field(default=None, description="Not before this day, month or year.")
    until: LastDay = Field(default=None, description="Not after this day, month or year.")
    categories: _Names = Field(default=[], description="Any of these; `cs` also means `cs.IR`.")
    topics: _Names = Field(default=[], description=_TOPICS)
    authors: _Names = Field(default=[], description="Words of an author's name; any of several.")
    venues: _Names = Field(default=[], description="Any of these venues.")
    has_code: bool | None = Field(default=None, description="Only papers with (or without) linked code.")
    min_votes: int | None = Field(default=None, ge=0, le=LARGEST, description="At least this many votes.")
    sort: Sort = Field(
        default="best", description="The order of the papers that are likely to be relevant; the others follow them."
    )
    relevant: bool = Field(
        default=False, description="Only papers above the end of the list, where all that could matter has been seen."
    )

    @property
    def filters(self) -> Filters:
        """Return the conditions that have their own arguments."""
        return Filters(
            since=self.since,
            until=self.until,
            categories=tuple(self.categories),
            topics=tuple(self.topics),
            authors=tuple(self.authors),
            venues=tuple(self.venues),
            has_code=self.has_code,
            min_votes=self.min_votes,
        )


class Paper(Arguments):
    """One paper, with its text from a position on."""

    id: _Id = Field(description="The paper's id or another of its identifiers.")
    start: int = Field(default=0, ge=0, le=10**9, description="Where in the text to start: `next_start` of the last.")
    max_chars: int = Field(default=4_000, ge=1, le=LONGEST, description="How many characters of the text at most.")


class Similar(Seen):
    """Papers to find similar ones to."""

    ids: list[_Id] = Field(
        min_length=1, max_length=20, description="The id of one paper, or of several that are combined."
    )
    aspect: str = Field(
        default="",
        max_length=20,
        description="Of one paper: like it in its `task`, `method`, `data` or `result`.",
    )


class Near(Arguments):
    """A paper that others may be near."""

    id: _Id = Field(description="The paper's id or another of its identifiers.")
    days: int = Field(default=DAYS_BEFORE, ge=1, le=MOST_DAYS_BEFORE, description="How many days back to look.")


class NearPairs(Arguments):
    """Pairs of papers."""

    least: float = Field(default=LEAST, ge=LOWEST, le=1, description="The cosine from which two papers are near.")
    since: FirstDay = Field(default=None, description="Only papers not before this day, month or year.")
    until: LastDay = Field(default=None, description="Only papers not after this day, month or year.")
    limit: int = Field(default=10, ge=1, le=MOST, description="How many pairs at most.")

    @property
    def filters(self) -> Filters:
        """Return the conditions."""
        return Filters(since=self.since, until=self.until)


class Explain(Arguments):
    """A paper, and the query or the other paper that it is explained against."""

    id: _Id = Field(description="The paper's id or another of its identifiers.")
    query: str = Field(default="", max_length=query.LONGEST, description="Explain why the paper matches this query.")
    other_id: str = Field(default="", max_length=500, description="Explain what the paper shares with this other one.")


class Today(Paged):
    """A day."""

    period: str = Field(
        default="latest",
        max_length=20,
        description="`latest` (the newest day that has papers), or a day, week or month: 2025-09-30, 2025-W40, 2025-09",
    )
    sort: str = Field(default="votes", max_length=20, description="votes, trending or newest.")
    categories: _Names = Field(default=[], description="Any of these; `cs` also means `cs.IR`.")
    without_categories: _Names = Field(default=[], description="None of these.")
    topics: _Names = Field(default=[], description=_TOPICS)
    without_topics: _Names = Field(default=[], description="None of these.")
    has_code: bool | None = Field(default=None, description="Only papers with (or without) linked code.")

    @property
    def filters(self) -> Filters:
        """Return the conditions."""
        return Filters(
            categories=tuple(self.categories),
            without_categories=tuple(self.without_categories),
            topics=tuple(self.topics),
            without_topics=tuple(self.without_topics),
            has_code=self.has_code,
        )


class Trending(Paged):
    """The last days."""

    days: int = Field(default=7, ge=1, le=MOST_DAYS, description="How many days, up to today.")


class Topics(Paged):
    """Topics and fields."""

    field: str = Field(default="", max_length=200, description="Only the topics of this field, by its number or name.")
    limit: int = Field(default=20, ge=1, le=MOST, description="How many topics at most.")


class Topic(Paged):
    """One topic or field, with a part of its papers."""

    id: _Id = Field(description="The number or the name of a topic or field.")
    sort: Literal["nearest", "newest", "votes"] = Field(
        default="nearest", description="The order of its papers: nearest to what is typical of it, newest, or votes."
    )


class Mine(Arguments):
    """The feed of one reader."""

    days: int = Field(default=DAYS, ge=1, le=90, description="How many of the newest days that have papers.")
    limit: int = Field(default=10, ge=1, le=MOST, description="How many papers at most.")
    offset: int = Field(
        default=0, ge=0, le=MOST_PICKED - 1, description="Where to start: `next_offset` of the last answer."
    )


class Suggest(Arguments):
    """A paper that may belong to a list."""

    id: _Id = Field(description="The paper's id or another of its identifiers.")


class Vote(Arguments):
    """A vote."""

    id: _Id = Field(description="The paper's id or another of its identifiers.")
    undo: bool = Field(default=False, description="Take the vote back.")


class Follow(Arguments):
    """A paper to follow."""

    id: _Id = Field(description="The paper's id or another of its identifiers.")
    undo: bool = Field(default=False, description="Stop following the paper.")


class Save(Arguments):
    """A paper and a list."""

    id: _Id = Field(description="The paper's id or another of its identifiers.")
    list: _ListName = Field(
        default=SAVED, description="The name of the reader's list; a list that does not exist is made."
    )
    undo: bool = Field(default=False, description="Remove the paper from that list.")
