"""Duplicate detection: which text of one list is in another list too, in other words? Dolan and Brockett 2005,
"Automatically Constructing a Corpus of Sentential Paraphrases"; Köpcke, Thor and Rahm 2010, "Evaluation of Entity
Resolution Approaches" (two lists, and each with what the other has not).

pairs with a label, or two files whose rows share a key -> the texts of one list as queries, of the other as documents
each query -> the score of its duplicate, and that of the best other text -> AP: does one threshold part them?
-> Success@1: is the duplicate first?
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from broadsheet.core.errors import SourceError
from broadsheet.core.types import Document
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.entities import record_text
from broadsheet.lab.tasks.judged import Judged

_AT_ONCE = 64
_DEEPEST = 1_000  # places in which the duplicate is looked for; further down it gets the score of the last one


class Lists(NamedTuple):
    """Two lists: ``queries`` and ``documents``, texts by id, and the ids of the ``twins`` of queries that have some."""

    queries: Mapping[str, str]
    documents: Mapping[str, str]
    twins: Mapping[str, frozenset[str]]


class Duplicates(Judged):
    """Columns: ``one``, ``other`` and ``label`` (1: duplicates); or, with the option ``key``, two files whose rows are
    duplicates where this field is equal, apart from case and punctuation, and whose field ``text`` is compared;
    ``background`` rows of each file without a duplicate are added, chosen by a hash."""

    kind = "duplicates"
    figures: tuple[Figure, ...] = (Figure("AP", "ap"), Figure("Success@1"))
    needs: Ability = "corpus"

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield (score, 1) of each duplicate and (score, 0) of the best other text; a query is a group."""
        lists = self._lists
        wanted = [item for item in lists.queries if item not in known]
        names = list(lists.documents)
        with subject.corpus(
            [Document(id=each, title="", text=lists.documents[each]) for each in names], role="document"
        ) as corpus:
            for start in range(0, len(wanted), _AT_ONCE):
                part = wanted[start : start + _AT_ONCE]
                found = corpus.rank([lists.queries[item] for item in part], min(_DEEPEST, len(names)))
                for item, rows, scores in zip(part, *found, strict=True):
                    pairs = [(names[row], float(score)) for row, score in zip(rows, scores, strict=True) if row >= 0]
                    yield from _rows(item, pairs, lists.twins.get(item, frozenset()))

    def read(self) -> list[str]:
        """Return the names of the queries."""
        return list(self._lists.queries)

    @cached_property
    def _lists(self) -> Lists:
        lists = self._joined() if "key" in self._set.options else self._labelled()
        if not lists.twins or len(lists.documents) < 2:
            raise SourceError(f"{self.name} has {len(lists.twins)} duplicates in {len(lists.documents)} documents.")
        return lists

    def _labelled(self) -> Lists:
        queries, documents, twins = dict[str, str](), dict[str, str](), dict[str, set[str]]()
        for row in self._set.rows():
            one, other = record_text(row["one"]), record_text(row["other"])
            queries[_id(one)], documents[_id(other)] = one, other
            if int(row["label"]) == 1:
                twins.setdefault(_id(one), set()).add(_id(other))
        return Lists(queries, documents, {item: frozenset(each) for item, each in twins.items()})

    def _joined(self) -> Lists:
        key, text, extra = (self._set.options.get(each) for each in ("key", "text", "background"))
        one, other = (self._by_key(name, str(key), str(text)) for name in self._set.files)
        shared = {each for each in one.keys() & other.keys() if one[each] and other[each]}
        documents, queries = (
            {_id(each): table[each] for each in (*sorted(shared), *_some(table, shared, int(extra or 0)))}
            for table in (one, other)
        )
        return Lists(queries, documents, {_id(each): frozenset({_id(each)}) for each in shared})

    def _by_key(self, name: str, key: str, text: str) -> dict[str, str]:
        """The text of each row by its key; a key of two rows does not count."""
        seen, texts = set[str](), dict[str, str]()
        for row in self._set.table(name):
            folded = re.sub(r"\W+", " ", str(row.get(key) or "").casefold()).strip()
            if folded in seen:
                texts.pop(folded, None)
            elif folded and _text(row, text):
                texts[folded] = _text(row, text)
            seen.add(folded)
        return texts


def _rows(item: str, pairs: list[tuple[str, float]], twins: frozenset[str]) -> Iterator[Row]:
    if not pairs:
        return
    other = next((score for name, score in pairs if name not in twins), None)
    if other is not None:
        yield Row("AP", f"{item} other", (other, 0), item)
    if twins:
        own = next((score for name, score in pairs if name in twins), pairs[-1][1])
        yield Row("AP", item, (own, 1), item)
        yield Row("Success@1", item, (float(pairs[0][0] in twins),), item)


def _some(table: Mapping[str, str], shared: set[str], count: int) -> list[str]:
    return sorted(table.keys() - shared, key=_id)[:count]


def _text(row: Mapping[str, Any], name: str) -> str:
    return " ".join(str(row.get(name) or "").split())


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
