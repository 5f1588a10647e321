"""What an address names: the paper with an id, the results of a query, the newest papers."""

from __future__ import annotations

from collections.abc import Iterable

from broadsheet.core.errors import NotFoundError
from broadsheet.core.topic import Named
from broadsheet.core.types import Document, Results
from broadsheet.daily.day import latest
from broadsheet.people.day import unread_on
from broadsheet.search.end import NEAREST, ended
from broadsheet.search.hybrid import search
from broadsheet.search.question import Given
from broadsheet.search.stages import stages_of
from broadsheet.site.context import Site
from broadsheet.site.params import SearchParams

_UNLISTED = ("shelf", "library")  # sources whose papers are on no list of new ones


def search_results(
    site: Site,
    asked: SearchParams,
    *,
    usual: int,
    given: Given,
    relevant: bool = False,
    nearest: int = NEAREST,
    copies: bool = True,
    with_facets: bool = False,
) -> Results:
    """Search as an address says; ``usual`` results if it does not say how many. ``given``: who asks, and what else
    came with the query. Where relevance ends, the list ends if the address or else ``relevant`` says so; of a list
    without anything relevant, the ``nearest`` papers stay. Every paper of a work is listed, or the best one alone, as
    the address or else ``copies`` says. ``with_facets`` counts what the relevant papers have in common. UsageError for
    an unknown stage."""
    results = search(
        site.collection,
        asked.q,
        k=asked.size(usual),
        mode=asked.mode,
        filters=asked.filters,
        offset=asked.offset,
        given=given,
        stages=None if asked.stages is None else stages_of(asked.stages),
        arrange=asked.view(copies=copies),
        sort=asked.sort,
        with_facets=with_facets,
    )
    return ended(results, nearest=nearest) if (relevant if asked.relevant is None else asked.relevant) else results


def newest(site: Site, count: int, offset: int) -> tuple[list[Document], bool]:
    """Find the newest papers, and whether more follow. The shelf, readers' libraries and hidden papers are left out."""
    papers = site.collection.store.papers.newest(count + 1, offset, without_sources=_UNLISTED, hidden=False)
    return papers[:count], len(papers) > count


def topics_of(site: Site, papers: Iterable[Document]) -> dict[str, Named]:
    """Find the topics of papers, by the papers' ids; a paper in no topic is left out."""
    store = site.collection.store
    numbers = store.papers.numbers([paper.id for paper in papers])
    topics = store.topics.named(list(numbers.values()))
    return {id_: topics[number] for id_, number in numbers.items() if number in topics}


def fields_of(site: Site, papers: Iterable[Document]) -> dict[str, Named]:
    """Find the fields of the papers' topics, by the papers' ids; a paper in no field is left out."""
    store = site.collection.store
    numbers = store.papers.numbers([paper.id for paper in papers])
    fields = store.topics.fields(list(numbers.values()))
    return {id_: fields[number] for id_, number in numbers.items() if number in fields}


def unread_today(site: Site, person: int) -> int:
    """Count the works of the latest day that a person has not read."""
    return unread_on(site.collection, person, latest(site.collection, site.today))


def paper_of(site: Site, id_: str) -> Document:
    """Find the paper with an id or alias; NotFoundError says how to find its id."""
    document = site.collection.store.papers.get(id_)
    if document is None:
        raise NotFoundError(f"No paper has the id {id_[:200]!r}. Search for its title to find its id.")
    return document
