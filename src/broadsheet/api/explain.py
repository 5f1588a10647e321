"""Why papers match, for programs: a query and a paper, two papers, a query by its concepts, a list's outliers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from broadsheet.api import models
from broadsheet.core import query
from broadsheet.core.types import Document
from broadsheet.explain.concepts import Turns
from broadsheet.explain.group import group
from broadsheet.explain.match import match, said
from broadsheet.explain.pair import compare
from broadsheet.site.auth import AsReader
from broadsheet.site.conditional import ETagRoute
from broadsheet.site.context import Site, TheSite
from broadsheet.site.fields import several
from broadsheet.site.lookup import paper_of, topics_of
from broadsheet.site.params import Count
from broadsheet.site.problems import responses
from broadsheet.store.people import Person

MOST_IDS = 100
USUAL = 10
_Asked = Annotated[str, StringConstraints(min_length=1, max_length=query.LONGEST)]
_Id = Annotated[str, StringConstraints(min_length=1, max_length=500)]
_Concepts = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=200)]],
    Query(max_length=20),
    AfterValidator(several),
]

router = APIRouter(tags=["explain"], route_class=ETagRoute)


class _Read(BaseModel):
    """The base of all shapes: read from the fields of what was found."""

    model_config = ConfigDict(from_attributes=True)


class Named(_Read):
    """A paper by its id and title."""

    id: str
    title: str


class Weight(_Read):
    """A concept, and how much is said of it, or what it adds."""

    concept: str
    weight: float


class Shares(_Read):
    """What makes up a cosine; the parts sum to it."""

    cosine: float
    common: float = Field(description="What all papers share.")
    concepts: list[Weight] = Field(description="What each concept adds, the largest first.")
    others: float = Field(description="What all other concepts add.")
    rest: float = Field(description="What no concept says.")


class Term(_Read):
    """A word, its part of the score by words (or how much it says), and how many papers have it."""

    word: str
    score: float
    papers: int


class WordPair(_Read):
    """A word of the one text, a word of the other, and what all their occurrences add to the cosine."""

    one: str
    other: str
    part: float


class Meaning(_Read):
    """The cosine of two texts among pairs of their words; the parts and the others sum to it."""

    cosine: float
    pairs: list[WordPair]
    others: float
    words: list[tuple[str, float]] = Field(description="What each word of the second text adds, at most twelve.")


class TokenPair(_Read):
    """A token of the query and the token of the paper that answers it best, where both are, and what they add."""

    asked: str
    asked_at: tuple[int, int]
    answer: str
    answer_at: tuple[int, int]
    adds: float


class Lost(_Read):
    """A word, and how far the similarity falls without it."""

    word: str
    fall: float


class MatchExplained(BaseModel):
    """Why a paper matches a query. What cannot be said is null or empty, and `notes` say why."""

    query: str
    paper: Named
    result: models.Match | None = Field(description="Its place and its score's parts; null beyond the first 200.")
    terms: list[Term] = Field(description="What each word of the query adds to BM25; they sum to it.")
    meaning: Meaning | None
    shares: Shares | None
    sentence: str = Field(description="The paper's sentence nearest to the query.")
    sentence_cosine: float | None
    tokens: list[TokenPair] = Field(description="They sum to the late interaction; empty without token vectors.")
    lost: list[Lost] = Field(
        description="How far the cosine falls without each word of the paper; empty unless `deep`."
    )
    notes: list[str]


class Aligned(_Read):
    """A sentence of the one paper, the nearest of the other, and their cosine."""

    one: str
    other: str
    cosine: float


class Alone(BaseModel):
    """What one of two papers has that the other has not."""

    paper: Named
    sentences: list[str]
    terms: list[Term]
    concepts: list[Weight]


class PairExplained(BaseModel):
    """How two papers are alike, and how they differ."""

    cosine: float | None
    shares: Shares | None
    meaning: Meaning | None
    aligned: list[Aligned] = Field(description="Sentences that say the same in other words.")
    one: Alone
    other: Alone
    notes: list[str]


class QueryExplained(BaseModel):
    """A query by its concepts, and the papers nearest to what it says once concepts are turned."""

    concepts: list[Weight]
    page: models.Page
    notes: list[str]


class Outlier(BaseModel):
    """A paper that does not belong to its list."""

    paper: Named
    nearness: float = Field(description="The cosine with the mean of the others.")
    distance: float = Field(description="How far that is below the list's median, in usual distances.")
    more: list[Weight] = Field(description="Concepts of which it says more than the list.")
    less: list[Weight]


class ListExplained(BaseModel):
    """What a list of papers is about, and which of them do not belong to it."""

    papers: int = Field(description="How many of them have a vector.")
    concepts: list[Weight]
    nearness: float = Field(description="The median over the papers of the cosine with the mean of the others.")
    outliers: list[Outlier]
    notes: list[str]


@router.get("/api/explain/match", responses=responses(400, 404, 429, 503), summary="Explain why a paper matches")
def explain_match(
    site: TheSite,
    person: AsReader,
    q: Annotated[_Asked, Query(description="The query.")],
    id: Annotated[_Id, Query(description="The paper's id, or another of its identifiers.")],
    deep: Annotated[bool, Query(description="Also leave words of the paper out, which takes longer.")] = False,
) -> MatchExplained:
    """Split a match into parts that sum to its scores: words, pairs of words, concepts."""
    _count(site, person)
    found = match(site.collection, q, paper_of(site, id), deep=deep)
    sentence, cosine = found.sentence or ("", None)
    return MatchExplained(
        query=found.query,
        paper=_named(found.document),
        result=models.match_of(found.result) if found.result else None,
        terms=_list(Term, found.terms),
        meaning=Meaning.model_validate(found.meaning) if found.meaning else None,
        shares=Shares.model_validate(found.shares) if found.shares else None,
        sentence=sentence,
        sentence_cosine=cosine,
        tokens=_list(TokenPair, found.tokens),
        lost=_list(Lost, found.lost),
        notes=_notes(site, found.notes),
    )


@router.get("/api/explain/pair", responses=responses(400, 404, 429, 503), summary="Explain how two papers are alike")
def explain_pair(
    site: TheSite,
    person: AsReader,
    one: Annotated[_Id, Query(description="The id of a paper.")],
    other: Annotated[_Id, Query(description="The id of another paper.")],
) -> PairExplained:
    """Say what two papers share, which sentences say the same, and what each has alone."""
    _count(site, person)
    found = compare(site.collection, paper_of(site, one), paper_of(site, other))
    alone = [
        Alone(
            paper=_named(each.document), sentences=list(each.sentences), terms=_list(Term, each.terms),
            concepts=_list(Weight, each.concepts),
        )
        for each in (found.one, found.other)
    ]  # fmt: skip
    return PairExplained(
        cosine=found.cosine,
        shares=Shares.model_validate(found.shares) if found.shares else None,
        meaning=Meaning.model_validate(found.meaning) if found.meaning else None,
        aligned=_list(Aligned, found.aligned),
        one=alone[0],
        other=alone[1],
        notes=_notes(site, found.notes),
    )


@router.get("/api/explain/query", responses=responses(400, 429, 503), summary="Explain a query, and turn its concepts")
def explain_query(
    site: TheSite,
    person: AsReader,
    q: Annotated[_Asked, Query(description="The query.")],
    more: _Concepts = [],  # noqa: B006 - FastAPI copies it
    less: _Concepts = [],  # noqa: B006
    without: _Concepts = [],  # noqa: B006
    k: Count = USUAL,
) -> QueryExplained:
    """Describe a query by concepts. Those in `more` are turned up, in `less` down, in `without` off: the papers come in
    another order."""
    _count(site, person)
    turns = Turns(more=tuple(more), less=tuple(less), without=tuple(without))
    found = said(site.collection, q, turns, k=k)
    topics = topics_of(site, [each.document for each in found.results])
    page = models.page(found.results, topics, note=site.redact(found.results.note))
    return QueryExplained(concepts=_list(Weight, found.concepts), page=page, notes=_notes(site, found.notes))


@router.get("/api/explain/list", responses=responses(400, 404, 429, 503), summary="Explain a list of papers")
def explain_list(
    site: TheSite,
    person: AsReader,
    id: Annotated[list[_Id], Query(description="The id of a paper; repeat it.", max_length=MOST_IDS)],
) -> ListExplained:
    """Say what papers are about together, and which of them do not belong."""
    _count(site, person)
    found = group(site.collection, [paper_of(site, each) for each in dict.fromkeys(id)])
    outliers = [
        Outlier(
            paper=_named(each.document), nearness=each.nearness, distance=each.distance,
            more=_list(Weight, each.more), less=_list(Weight, each.less),
        )
        for each in found.outliers
    ]  # fmt: skip
    return ListExplained(
        papers=found.papers, concepts=_list(Weight, found.concepts), nearness=found.nearness, outliers=outliers,
        notes=_notes(site, found.notes),
    )  # fmt: skip


def _count(site: Site, person: Person) -> None:
    """Count one more of a person's explanations, each of which encodes a few texts."""
    site.limit("explanations", str(person.number))


def _named(document: Document) -> Named:
    return Named(id=document.id, title=document.shown_title)


def _list(shape: type[Any], values: Any) -> list[Any]:
    return [shape.model_validate(each) for each in values]


def _notes(site: Site, notes: tuple[str, ...]) -> list[str]:
    return [site.redact(each) for each in notes]
