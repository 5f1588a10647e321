"""How often a fact occurs among papers, counted here and, independently, from the papers themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from broadsheet.store import Store
from broadsheet.store.tally import Tally
from fakes import NOW, paper

CODE = {"code": "https://example.org/c"}
PAPERS = [
    replace(paper(1, "Eels 1", venue="EelConf", votes=3, submitted=date(2024, 5, 6)), categories=("cs.IR", "cs.CL")),
    replace(paper(2, "Eels 2", venue="eelconf", votes=9, year=2023, links=CODE), categories=("cs.IR",)),
    paper(3, "Eels 3", venue="Rivers", year=2023, votes=9),
    replace(paper(4, "Eels 4", announced=date(2025, 1, 2)), source="csv:other.csv"),
    paper(5, "Eels 5"),
]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as made:
        made.papers.put(PAPERS, now=NOW)
        yield made


def numbers(store: Store) -> dict[str, int]:
    return store.papers.numbers([each.id for each in PAPERS])


def test_years_are_those_of_the_papers_newest_first(store: Store) -> None:
    every = list(numbers(store).values())
    expected = Counter(each.span[0].year for each in PAPERS if each.span)
    assert store.tally.years(every) == sorted(expected.items(), reverse=True)
    assert Tally(store).years([]) == []


def test_venues_are_one_whatever_their_case_and_as_a_paper_writes_them(store: Store) -> None:
    (first, most), second = store.tally.venues(list(numbers(store).values()), 8)
    assert (first.lower(), most) == ("eelconf", 2)
    assert first in {each.venue for each in PAPERS}
    assert second == ("Rivers", 1)
    assert store.tally.venues(list(numbers(store).values()), 1) == [(first, 2)]


def test_categories_and_sources_count_each_paper_once(store: Store) -> None:
    every = list(numbers(store).values())
    expected = Counter(name for each in PAPERS for name in each.categories)
    assert dict(store.tally.categories(every, 8)) == expected
    assert store.tally.categories(every, 8)[0] == ("cs.IR", 2)
    told = Counter(source for _, source in store.tally.sources(every))
    assert told == Counter(each.source for each in PAPERS)
    assert store.tally.with_code(every) == 1


def test_votes_here_count_with_those_of_the_sources(store: Store) -> None:
    known = numbers(store)
    ids = [each.id for each in PAPERS]
    order = store.tally.by_votes(list(known.values()))
    # nine votes each: the one whose year begins no later comes by its number
    assert order == [known[ids[2]], known[ids[1]], known[ids[0]], known[ids[3]], known[ids[4]]]
    person = store.people.sole() or store.people.add("ada@example.org", "reader", now=NOW)
    store.reactions.mark("votes", person.number, [known[ids[0]], known[ids[4]]], now=NOW)
    after = store.tally.by_votes(list(known.values()))
    assert after.index(known[ids[4]]) < after.index(known[ids[3]])
    store.papers.delete([ids[2]], now=NOW)
    assert known[ids[2]] not in store.tally.by_votes(list(known.values()))
