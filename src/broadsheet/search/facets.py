"""What the relevant papers of a list have in common: years, topics, sources, venues, categories, code.

the row numbers of the places above the end of the list -> one statement of the Store for each facet
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from broadsheet.collection import Collection
from broadsheet.core.facets import Choice, Facet
from broadsheet.core.topic import slug
from broadsheet.sources.payload import without_folders

MOST = 8
"""Values of a facet; years are all listed."""
READ = 500
"""Papers whose facets are counted at most, the first ones of the list."""


def facets(collection: Collection, numbers: Sequence[int]) -> tuple[Facet, ...]:
    """Return the facets of the first 500 of these papers, each with at most eight values; one that tells no papers
    apart is left out."""
    return tuple(each for each in _facets(collection, numbers[:READ]) if each.choices) if numbers else ()


def _facets(collection: Collection, numbers: Sequence[int]) -> Iterator[Facet]:
    tally, papers = collection.store.tally, len(numbers)
    years = tuple(Choice(str(year), str(year), count) for year, count in tally.years(numbers))
    yield Facet("year", years if len(years) > 1 else ())
    topics = collection.store.topics.counted(numbers)[:MOST]
    yield Facet(
        "topic", _telling([Choice(slug(each.id, each.name), each.name, each.papers) for each in topics], papers)
    )
    yield Facet("source", _telling(_sources(collection, numbers), papers))
    yield Facet("venue", _telling(_named(tally.venues(numbers, MOST)), papers))
    yield Facet("category", _telling(_named(tally.categories(numbers, MOST)), papers))
    code = tally.with_code(numbers)
    yield Facet("code", (Choice("true", "with code", code),) if 0 < code < papers else ())


def _telling(choices: Sequence[Choice], papers: int) -> tuple[Choice, ...]:
    """The values, unless there is one that all papers have, which narrows nothing."""
    return tuple(choices) if len(choices) > 1 or (choices and choices[0].papers < papers) else ()


def _named(counts: Iterable[tuple[str, int]]) -> list[Choice]:
    """Values that are written as conditions take them."""
    return [Choice(name, name, papers) for name, papers in counts]


def _sources(collection: Collection, numbers: Sequence[int]) -> list[Choice]:
    """The most frequent sources, those of files without their folders."""
    rows = collection.store.tally.sources(numbers)
    names = {source: without_folders(source) for source in {source for _, source in rows}}
    counts = Counter(source for _, source in {(number, names[source]) for number, source in rows})
    return _named(sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:MOST])
