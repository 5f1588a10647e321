"""Filters as SQL: every condition is answered from an index, and all of them by one statement."""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from broadsheet.core.authors import Reading, is_initial, readings
from broadsheet.core.errors import UsageError
from broadsheet.core.records import clean
from broadsheet.core.text import plain
from broadsheet.core.types import Filters
from broadsheet.store.derived import BODY, folded
from broadsheet.store.topics import by_topic

_MOST_ALTERNATIVES = 200  # of one filter; SQLite joins 64 tables and nests 1,000 expressions at most
_MOST_WORDS = 20
_MOST_VALUES = 100  # of one name; a longer one than any person has is found by its words alone
_LONGEST_NAME = 500
_MOST_VOTES = 2**53
# As a source counts them; or with those that people here gave, looked up for the few papers that have some.
_VOTES = (
    "(votes >= ? OR number IN (SELECT b.number FROM votes AS b JOIN documents AS d ON d.number = b.number"
    " GROUP BY b.number HAVING count(*) + coalesce(d.votes, 0) >= ?))"
)

Condition = tuple[str, tuple[Any, ...]]


def by_source(source: str) -> Condition:
    """Select ``records`` of a source named in full (``arxiv:cs.IR``), by its scheme (``arxiv``), or, for a file, as
    readers are told it, without its folders (``jsonl:papers.jsonl``)."""
    source = clean(source)
    named, values = "source = ? OR (source >= ? AND source < ?)", (source, f"{source}:", f"{source};")
    kind, _, file = source.partition(":")
    if not file or "/" in file:
        return f"({named})", values
    within = "(source >= ? AND source < ? AND substr(source, -length(?)) = ?)"
    return f"({named} OR {within})", (*values, f"{kind}:", f"{kind};", f"/{file}", f"/{file}")


def conditions(filters: Filters) -> list[Condition]:
    """Return the conditions on rows of ``documents``; all must hold."""
    asked = [
        _any("number IN (SELECT number FROM records WHERE {})", [by_source(s) for s in filters.sources]),
        _any("{}", [("(venue = ? AND venue <> '')", (folded(v),)) for v in filters.venues]),
        _any("number IN (SELECT number FROM categories WHERE {})", [_by_category(c) for c in filters.categories]),
        _any(
            "number NOT IN (SELECT number FROM categories WHERE {})",
            [_by_category(c) for c in filters.without_categories],
        ),
        _any("{}", [by_topic(each) for each in filters.topics]),
        _any("NOT {}", [by_topic(each) for each in filters.without_topics]),
        _any("{}", [by_author(a) for a in filters.authors]),
        ("last >= ?", (filters.since.toordinal(),)) if filters.since else None,
        ("first <= ?", (filters.until.toordinal(),)) if filters.until else None,
        None if filters.has_code is None else ("has_code = ?", (int(filters.has_code),)),
        None if filters.min_votes is None else (_VOTES, (min(filters.min_votes, _MOST_VOTES),) * 2),
    ]
    return [condition for condition in asked if condition]


def _any(form: str, alternatives: Sequence[Condition]) -> Condition | None:
    if not alternatives:
        return None
    if len(alternatives) > _MOST_ALTERNATIVES:
        raise UsageError(f"a filter has {len(alternatives):,} alternatives; at most {_MOST_ALTERNATIVES} are possible")
    joined = " OR ".join(text for text, _ in alternatives)
    return form.format(f"({joined})"), tuple(value for _, values in alternatives for value in values)


def _by_category(category: str) -> Condition:
    """``cs`` also means ``cs.IR``: what follows a point lies between ``cs.`` and ``cs/``."""
    name = folded(category)
    return "(category = ? OR (category >= ? AND category < ?))", (name, f"{name}.", f"{name}/")


def by_author(author: str) -> Condition:
    """Return the condition that every word of ``author`` is a word of one and the same author's name, or that it can be
    that of the same person."""
    author = author[:_LONGEST_NAME]
    words = tuple(dict.fromkeys(plain(author).split()))[:_MOST_WORDS]
    if not words:
        return "0", ()
    near = [_near(author, *pair) for each in readings(author) for pair in _apart(each)]
    if sum(len(values) for _, values in near) > _MOST_VALUES:
        near = []
    known = [_with_all(words), *near]
    selects = " UNION ".join(text for text, _ in known)
    return f"number IN ({selects})", tuple(value for _, values in known for value in values)


def pairs_of(author: str) -> frozenset[tuple[str, str]]:
    """Return pairs of words: each name that ``by_author`` selects has both words of one. A word twice stands alone."""
    words = tuple(dict.fromkeys(plain(author[:_LONGEST_NAME]).split()))[:2]
    near = (pair for each in readings(author[:_LONGEST_NAME]) for pair in _apart(each))
    apart = {(word, other) for word, others in near for other in others or [word]}
    return frozenset({(words[0], words[-1]), *apart} if words else ())


def _with_all(words: Sequence[str]) -> Condition:
    joins = " ".join(f"JOIN author_words AS w{i} USING (number, author)" for i in range(1, len(words)))
    where = " AND ".join(f"w{i}.word = ?" for i in range(len(words)))
    return f"SELECT w0.number FROM author_words AS w0 {joins} WHERE {where}", tuple(words)


def _apart(reading: Reading) -> Iterator[tuple[str, list[str]]]:
    """Yield each word that may be a family name in common, and the words and initials of which such a name has one,
    too; or, for an initial, the one word that stands for names which begin with it: see ``index_words``."""
    words = reading.words[:_MOST_WORDS]
    for word in dict.fromkeys(reading.full[:_MOST_WORDS]):
        others = [each for each in words if each != word]
        twice = words.count(word) > 1
        if others or twice:
            yield word, list(dict.fromkeys([*others, *(each[0] for each in [*others, *([word] if twice else [])])]))
    if is_initial(words[0]) and len(words) > 1:
        yield f"{words[-1]} {words[0]}", []


def _near(author: str, word: str, others: Sequence[str]) -> Condition:
    """Select the papers with an author who can be the same person, by a word of the name and one of the others."""
    one_of = f" AND w1.word IN ({', '.join('?' * len(others))})" if others else ""
    join = " CROSS JOIN author_words AS w1 USING (number, author)" if others else ""
    name = f"coalesce(json_extract({BODY}, '$.authors[' || w0.author || ']'), '')"
    return (
        f"SELECT w0.number FROM author_words AS w0{join} CROSS JOIN documents USING (number)"
        f" WHERE w0.word = ?{one_of} AND answers(?, {name})",
        (word, *others, author),
    )
