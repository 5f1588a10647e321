"""What the relevant papers of a list have in common, against a count of the papers that a filter leaves."""

from __future__ import annotations

from broadsheet.core.types import Filters
from broadsheet.search.facets import facets
from broadsheet.search.hybrid import search


def test_every_count_is_that_of_the_papers_that_the_condition_leaves(collection) -> None:
    papers = collection.store.papers
    every = papers.numbers_where(Filters()).tolist()
    found = {each.kind: each.choices for each in facets(collection, every)}
    assert {"year", "venue", "category", "code"} <= set(found)
    for year in found["year"]:
        from datetime import date

        span = Filters(since=date(int(year.value), 1, 1), until=date(int(year.value), 12, 31))
        assert len(papers.numbers_where(span, among=every)) == year.papers
    for kind, field in (("venue", "venues"), ("category", "categories"), ("source", "sources")):
        for choice in found.get(kind, ()):
            assert len(papers.numbers_where(Filters(**{field: (choice.value,)}), among=every)) == choice.papers
    (code,) = found["code"]
    assert code.papers == len(papers.numbers_where(Filters(has_code=True), among=every))


def test_a_facet_that_tells_no_papers_apart_is_left_out(collection) -> None:
    assert facets(collection, []) == ()
    one = collection.store.papers.newest_first(collection.store.papers.numbers_where(Filters()))[:1]
    assert {each.kind for each in facets(collection, one)} <= {"category"}


def test_a_search_counts_only_when_asked_and_only_what_is_relevant(collection) -> None:
    assert search(collection, "car").facets == ()
    found = search(collection, "", filters=Filters(venues=("RoadConf",)), with_facets=True)
    assert found.relevant == 2
    years = next(each for each in found.facets if each.kind == "year")
    assert sum(each.papers for each in years.choices) == 2
