"""Filters in SQL choose what the same conditions choose in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.authors import answers
from broadsheet.core.errors import UsageError
from broadsheet.core.text import plain
from broadsheet.core.types import Document, Filters
from broadsheet.store import Store
from broadsheet.store.filters import by_source, conditions

NOW = datetime(2026, 1, 2, tzinfo=UTC)
DAYS = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 1), date(2026, 1, 1)]
AUTHORS = ["Renée Dupont", "Dupont, R.", "Wei Wang", "Wang Jing", "Wei Jing", "Juerg Brühl", "Brühl JM", "Kim Min-Ho"]
TYPED = [
    "dupont", "Renee DUPONT", "wei wang", "Wang Wei", "jing", "nobody", "R. Dupont", "Roger Dupont", "Dupont R",
    "J. Wang", "Wang, W.", "Jing W", "w", "Brühl", "J. Bruehl", "Bruhl JM", "Minho Kim", "M. Kim", "Kim M",
]  # fmt: skip
DOCUMENTS = [
    Document(
        id=f"a:{n}",
        title=f"T{n}",
        source=["arxiv:cs.IR", "arxiv:cs.CL", "bibtex:a/b", "arx:x"][n % 4],
        venue=["", "ICLR", "iclr", "ACL"][n % 4 if n % 3 else 0],
        categories=[(), ("cs.IR",), ("cs", "stat.ML"), ("CSX",), ("cs.CL", "math")][n % 5],
        authors=tuple(AUTHORS[n % 8 : n % 8 + n % 3]),
        listed=DAYS[n % 4] if n % 3 == 0 else None,
        year=2025 if n % 3 == 1 else None,
        links={"code": "https://example.org"} if n % 7 < 3 else {},
        votes=n % 6 or None,
    )
    for n in range(60)
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path: Path = tmp_path_factory.mktemp("filters") / "store.db"
    with Store.open(path) as store:
        store.papers.put(DOCUMENTS, now=NOW)
        store.papers.delete(["a:5", "a:6"], now=NOW)
        yield store


def holds(f: Filters, d: Document) -> bool:
    span = d.span
    categories = [c.casefold() for c in d.categories]
    return all(
        [
            not f.sources
            or any(d.source in (s, s.replace(":", ":a/")) or d.source.startswith(s + ":") for s in f.sources),
            not f.venues or d.venue.casefold() in [v.casefold() for v in f.venues],
            not f.categories
            or any(c == w.casefold() or c.startswith(w.casefold() + ".") for c in categories for w in f.categories),
            not f.authors or any(named(w, a) for a in d.authors for w in f.authors),
            f.since is None or (span is not None and span[1] >= f.since),
            f.until is None or (span is not None and span[0] <= f.until),
            f.has_code is None or ("code" in d.links) == f.has_code,
            f.min_votes is None or (d.votes is not None and d.votes >= f.min_votes),
        ]
    )


def named(typed: str, author: str) -> bool:
    return set(plain(typed).split()) <= set(plain(author).split()) or answers(typed, author)


def some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2).map(tuple)


@given(
    st.builds(
        Filters,
        since=st.none() | st.sampled_from(DAYS),
        until=st.none() | st.sampled_from(DAYS),
        sources=some(["arxiv", "arxiv:cs.IR", "bibtex:b", "bibtex:a/b", "bib", "bibtex:a"]),
        venues=some(["ICLR", "acl", "none"]),
        categories=some(["cs", "CS.ir", "stat", "math"]),
        authors=some(TYPED),
        has_code=st.none() | st.booleans(),
        min_votes=st.none() | st.integers(0, 6),
    )
)
def test_sql_agrees_with_python(filled: Store, filters: Filters) -> None:
    gone = {"a:5", "a:6"}
    wanted = [n for n, d in enumerate(DOCUMENTS, 1) if d.id not in gone and holds(filters, d)]
    assert filled.papers.numbers_where(filters).tolist() == wanted


@pytest.mark.parametrize(
    "filters",
    [
        Filters(venues=("",)),
        Filters(authors=("",)),
        Filters(authors=tuple("Aa-Bb Cc-Dd Ee-Ff Ää-Öö " * 9 + str(n) for n in range(200))),
        Filters(authors=("a " * 60_000,)),
        Filters(authors=(" ".join(map(str, range(3_000))),)),
        Filters(venues=("\ud800\0",)),
        Filters(sources=("\ud800",)),
        Filters(categories=("%' OR 1 --",)),
        Filters(min_votes=10**30),
    ],
)
def test_hostile_filters_find_nothing(filled: Store, filters: Filters) -> None:
    found = filled.papers.numbers_where(filters)
    assert found.dtype == "int64"
    assert found.shape == (0,)


def test_too_many_alternatives_are_refused(filled: Store) -> None:
    with pytest.raises(UsageError, match="5,000 alternatives; at most 200"):
        filled.papers.numbers_where(Filters(authors=("a",) * 5_000))


def test_no_filters_are_no_conditions_and_each_field_is_one() -> None:
    assert conditions(Filters()) == []
    asked = conditions(Filters(since=DAYS[0], authors=("Wei Wang", "Jing"), has_code=False))
    assert len(asked) == 3
    assert all(text.count("?") == len(values) for text, values in asked), "every value is bound"
    assert not any("Wei" in text or "wei" in text for text, _ in asked)


def test_a_source_by_its_scheme_or_its_files_name() -> None:
    assert by_source("arxiv")[1] == ("arxiv", "arxiv:", "arxiv;")
    assert by_source("jsonl:papers.jsonl")[1][-1] == "/papers.jsonl"
    assert by_source("jsonl:a/papers.jsonl")[1] == (
        "jsonl:a/papers.jsonl",
        "jsonl:a/papers.jsonl:",
        "jsonl:a/papers.jsonl;",
    )
