"""What can be asked for in an address: the query, the conditions, which part of the list; every field is bounded."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

from broadsheet.core import query
from broadsheet.core.types import Filters, Mode
from broadsheet.site.fields import LARGEST, MOST_NAMES, FirstDay, LastDay, several
from broadsheet.trending.ranking import MOST_DAYS

MOST = 100  # results at once
DEEPEST = 10_000  # places of a list that can be paged to
_LONGEST_MATCH = query.LONGEST
_LONGEST_QUERY = 4 * query.LONGEST + 1  # search reads no further, and says that it did not


def _none(value: Any) -> Any:
    return None if value == "" else value


_Names = Annotated[
    list[Annotated[str, StringConstraints(max_length=500)]], Field(max_length=MOST_NAMES), AfterValidator(several)
]


class Asked(BaseModel):
    """A search as an address says it. An empty field, as a form sends it, asks nothing."""

    q: Annotated[str, AfterValidator(lambda text: text[:_LONGEST_QUERY])] = Field(
        default="",
        description="What to look for: words, a question, a title, an identifier. May hold conditions such as "
        "`author:lee since:2024 has:code`.",
    )
    mode: Mode = Field(default="hybrid", description="By words and meaning together, or by one alone.")
    k: int | None = Field(default=None, ge=1, le=MOST, description="How many results at most.")
    limit: int | None = Field(default=None, ge=1, le=MOST, description="Another name for `k`.")
    offset: int = Field(default=0, ge=0, le=DEEPEST, description="The place in the list to begin at, from 0.")
    since: FirstDay = Field(default=None, description="Not before this day (or month, or year).")
    until: LastDay = Field(default=None, description="Not after this day (or month, or year).")
    source: _Names = Field(default=[], description="In full (`arxiv:cs.IR`) or its kind (`arxiv`); any of several.")
    venue: _Names = Field(default=[], description="The venue's name; any of several.")
    category: _Names = Field(default=[], description="A category; `cs` also means `cs.IR`; any of several.")
    author: _Names = Field(default=[], description="Words of an author's name; any of several.")
    has_code: Annotated[bool | None, BeforeValidator(_none)] = Field(default=None, description="Has code, or not.")
    min_votes: Annotated[int | None, BeforeValidator(_none)] = Field(
        default=None, ge=0, le=LARGEST, description="At least so many votes."
    )

    def size(self, default: int) -> int:
        """Tell how many results were asked for."""
        return self.k or self.limit or default

    def moved(self, offset: int) -> Asked:
        """Ask the same from another place in the list."""
        return self.model_copy(update={"offset": offset})

    @property
    def filters(self) -> Filters:
        """Give the conditions of the fields; search reads those in the query itself."""
        return Filters(
            since=self.since,
            until=self.until,
            sources=tuple(self.source),
            venues=tuple(self.venue),
            categories=tuple(self.category),
            authors=tuple(self.author),
            has_code=self.has_code,
            min_votes=self.min_votes,
        )


class DayAsked(BaseModel):
    """What of a day is asked for, and in which order. An empty field, as a form sends it, asks nothing."""

    sort: Annotated[str, StringConstraints(max_length=100)] = Field(
        default="votes", description="votes, trending or newest; or `for you`, for who is signed in or sends a token."
    )
    category: _Names = Field(default=[], description="A category; `cs` also means `cs.IR`; any of several.")
    without_category: _Names = Field(default=[], description="Categories to leave out.")
    source: _Names = Field(default=[], description="In full (`arxiv:cs.IR`) or its kind (`arxiv`); any of several.")
    has_code: Annotated[bool | None, BeforeValidator(_none)] = Field(default=None, description="Has code, or not.")
    match: Annotated[str, StringConstraints(max_length=_LONGEST_MATCH)] = Field(
        default="", description="Only papers that match this in plain words, such as `robots in labs, not about arms`."
    )
    least: Annotated[str, StringConstraints(max_length=20)] = Field(
        default="",
        description="How well at least: fair, good, strong, or a cosine such as 0.5; without it good, or what the "
        "standing query asks for.",
    )
    query: Annotated[int | None, BeforeValidator(_none)] = Field(
        default=None,
        ge=1,
        le=LARGEST,
        description="Only papers that match the standing query of yours with this number.",
    )
    offset: int = Field(default=0, ge=0, le=DEEPEST, description="The place in the list to begin at, from 0.")

    @property
    def narrowed(self) -> bool:
        """Tell whether it asks for less than the whole day."""
        return bool(self.filters or self.match.strip() or self.query is not None)

    @property
    def filters(self) -> Filters:
        """Give the conditions."""
        return Filters(
            categories=tuple(self.category),
            without_categories=tuple(self.without_category),
            sources=tuple(self.source),
            has_code=self.has_code,
        )


AskingDay = Annotated[DayAsked, Query()]
Asking = Annotated[Asked, Query()]
Offset = Annotated[int, Query(ge=0, le=DEEPEST, description="The place in the list to begin at, from 0.")]
Count = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]
Days = Annotated[int, Query(ge=1, le=MOST_DAYS, description="How many days back.")]
Number = Annotated[int, Path(ge=1, le=LARGEST)]
Side = Literal["lexical", "semantic"]
