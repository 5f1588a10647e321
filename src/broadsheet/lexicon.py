"""The Lexicon: full-text search (BM25) over the Store, by tantivy. Derived: if deleted, a sync makes it again.

One field, ``all`` (title, a space, text), ranks; ``title``, ``abstract``, ``author`` and ``venue`` serve conditions:
every word of a condition must occur there. Queries are built from terms, never by a query parser, so that no input can
be malformed. BM25 as in tantivy: k1 1.2, b 0.75 (Robertson and Zaragoza 2009).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from broadsheet import files
from broadsheet.core.errors import CollectionError, UsageError, nearest
from broadsheet.core.text import plain
from broadsheet.core.types import Change, Document
from broadsheet.core.vectors import Rows, Vectors

FORMAT = 1
MOST_TERMS = 256
_LANGUAGES = (
    "arabic danish dutch english finnish french german greek hungarian italian norwegian portuguese romanian russian "
    "spanish swedish tamil turkish"
)
LANGUAGES = tuple(_LANGUAGES.split(" "))
_STOP = (
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this "
    "to was will with"
)
_FEW = 3_000  # allowed numbers up to here go into the query itself; more are met by reading further down the list
_WORDS = re.compile(r"\w\w+")
_STATE = "state.json"
_BIRTH = "birth"  # random bytes written once: what tells a folder from one made in its place


class Lexicon:
    """Search and update the index. Readers see every commit at once; one writer at a time (the Collection's lock)."""

    def __init__(self, folder: Path, *, language: str = "english") -> None:
        if language not in LANGUAGES:
            raise UsageError(f"the Lexicon does not support the language {language!r}. {nearest(language, LANGUAGES)}")
        self.folder = folder
        self.language = language
        self._index: Any = None
        self._seen: bytes | None = None
        self._read: tuple[int, int] | None = None
        self._opening = threading.Lock()
        self._analyzer: Any = None

    @property
    def change(self) -> int:
        """Return the Store's change number that the Lexicon reached; 0 when missing, damaged or in another language."""
        format_, language, change = self._state()
        return change if format_ == FORMAT and language == self.language else 0

    @property
    def newer(self) -> bool:
        """Return whether a newer version of this program wrote it."""
        return self._state()[0] > FORMAT

    def _state(self) -> tuple[int, str, int]:
        """Return format, language and change; zeros and an empty text when the file is missing or damaged."""
        try:
            state = json.loads((self.folder / _STATE).read_text("utf-8"))
            return int(state["format"]), str(state["language"]), int(state["change"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0, "", 0

    @property
    def count(self) -> int:
        """Count the documents in the Lexicon."""
        return int(self._searcher().num_docs)

    def terms(self, text: str) -> list[str]:
        """Return a text's words as indexed: lower case, at least two letters or digits, no stop words, stemmed."""
        return list(self._words().analyze(text))

    def update(self, changes: Sequence[Change], *, change: int) -> None:
        """Add changed documents, remove deleted ones and record ``change`` as reached. Repeating is harmless."""
        index = self._open(create=True)
        try:
            writer = index.writer(64_000_000, 1)
            for each in changes:
                writer.delete_documents_by_term("number", each.number)
                if each.document is not None:
                    writer.add_document(self._indexed(each.number, each.document))
            writer.commit()
            writer.wait_merging_threads()
        except ValueError as error:
            raise CollectionError(
                f"the Lexicon in {self.folder} could not be written ({error}): free some space, check that you "
                "can write to the folder, and run sync again"
            ) from error
        state = json.dumps({"format": FORMAT, "language": self.language, "change": change})
        files.write(self.folder / _STATE, state)

    def clear(self) -> None:
        """Remove everything: the next update starts from the beginning."""
        self._index = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def search(
        self,
        terms: Sequence[str],
        k: int,
        *,
        allowed: Rows | None = None,
        fields: Mapping[str, Sequence[str]] | None = None,
    ) -> tuple[Rows, Vectors]:
        """Return numbers and BM25 scores of the at most k best documents with any of ``terms``, best first.

        A repeated term counts each time. ``allowed`` numbers (ascending) restrict; every word of ``fields`` must occur.
        Ties by number. CollectionError when the Lexicon is missing or damaged.
        """
        searcher, words = self._searcher(), Counter(list(terms)[: 4 * MOST_TERMS]).most_common(MOST_TERMS)
        query = self._query(words, fields or {})
        if query is None:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        if allowed is not None and len(allowed) <= _FEW:
            query = self._both(
                query, self._quiet(self._tantivy().Query.term_set_query(self._schema, "number", allowed.tolist()))
            )
            allowed = None
        try:
            return self._best(searcher, query, k, allowed)
        except ValueError as error:
            raise self._damaged(error) from error

    def having(self, phrases: Sequence[str]) -> Rows:
        """Return the numbers, ascending, of the documents that contain any of these words or phrases, in any form with
        the same stems. CollectionError when the Lexicon is missing or damaged."""
        searcher, kinds = self._searcher(), self._tantivy()
        wanted = [(kinds.Occur.Should, query) for query in map(self._phrase, phrases) if query is not None]
        if not wanted:
            return np.empty(0, dtype=np.int64)
        return self._all(searcher, self._quiet(kinds.Query.boolean_query(wanted)), searcher.num_docs)

    def frequency(self, term: str) -> int:
        """Count the documents that contain a word as indexed (see ``terms``)."""
        return int(self._searcher().doc_freq("all", term))

    def near(self, term: str, edits: int, most: int) -> Rows:
        """Return the numbers of at most ``most`` documents with a word, as indexed, that 1 or 2 ``edits`` turn into
        ``term``."""
        searcher = self._searcher()
        query = self._tantivy().Query.fuzzy_term_query(self._schema, "all", term, distance=edits)
        return self._all(searcher, query, most)

    def _all(self, searcher: Any, query: Any, most: int) -> Rows:
        try:
            hits = searcher.search(query, max(most, 1), count=False).hits
            numbers = searcher.fast_field_values("number", [at for _, at in hits])
        except ValueError as error:
            raise self._damaged(error) from error
        return np.sort(np.array(numbers, dtype=np.int64))

    def _phrase(self, text: str) -> Any:
        """The query for a word or phrase; None when nothing of it is indexed."""
        placed = [(place, term) for place, word in enumerate(_WORDS.findall(text)) for term in self.terms(word)]
        if not placed:
            return None
        if len(placed) == 1:
            return self._term("all", placed[0][1])
        start = placed[0][0]
        return self._tantivy().Query.phrase_query(
            self._schema, "all", [(place - start, term) for place, term in placed]
        )

    def _best(self, searcher: Any, query: Any, k: int, allowed: Rows | None) -> tuple[Rows, Vectors]:
        """Reads down the list, further each time, until k allowed ones are found or it ends."""
        limit = (k + 32) if allowed is None else min(4 * k + 32, searcher.num_docs + 1)
        while True:
            hits = searcher.search(query, limit, count=False).hits
            numbers = np.array(searcher.fast_field_values("number", [at for _, at in hits]), dtype=np.int64)
            scores = np.array([score for score, _ in hits], dtype=np.float32)
            if allowed is not None:
                kept = np.isin(numbers, allowed, assume_unique=True)
                numbers, scores = numbers[kept], scores[kept]
            if len(numbers) >= k or len(hits) < limit:
                order = np.lexsort((numbers, -scores))[:k]
                return numbers[order], scores[order]
            limit *= 8

    def _query(self, words: Iterable[tuple[str, int]], fields: Mapping[str, Sequence[str]]) -> Any:
        kinds = self._tantivy()
        should = [
            (
                kinds.Occur.Should,
                self._term("all", word)
                if count == 1
                else kinds.Query.boost_query(self._term("all", word), float(count)),
            )
            for word, count in words
        ]
        query = kinds.Query.boolean_query(should) if should else None
        for field, wanted in fields.items():
            for word in wanted:
                condition = self._quiet(self._term(field, word))
                query = condition if query is None else self._both(query, condition)
        return query

    def _term(self, field: str, word: str) -> Any:
        return self._tantivy().Query.term_query(self._schema, field, word, "freq")

    def _both(self, one: Any, other: Any) -> Any:
        kinds = self._tantivy()
        return kinds.Query.boolean_query([(kinds.Occur.Must, one), (kinds.Occur.Must, other)])

    def _quiet(self, query: Any) -> Any:
        return self._tantivy().Query.const_score_query(query, 0.0)

    def _indexed(self, number: int, document: Document) -> Any:
        made = self._tantivy().Document()
        made.add_integer("number", number)
        made.add_text("all", document.content)
        made.add_text("title", document.shown_title)
        made.add_text("abstract", document.shown_text)
        for author in document.authors:
            made.add_text("author", plain(author))
        made.add_text("venue", plain(document.venue))
        return made

    @staticmethod
    def _tantivy() -> Any:
        import tantivy

        return tantivy

    def _words(self) -> Any:
        if self._analyzer is None:
            kinds = self._tantivy()
            builder = kinds.TextAnalyzerBuilder(kinds.Tokenizer.regex(r"\w\w+"))
            builder = builder.filter(kinds.Filter.remove_long(100)).filter(kinds.Filter.lowercase())
            stop = (
                kinds.Filter.custom_stopword(_STOP.split(" "))
                if self.language == "english"
                else kinds.Filter.stopword(self.language)
            )
            self._analyzer = builder.filter(stop).filter(kinds.Filter.stemmer(self.language)).build()
        return self._analyzer

    def _made_schema(self) -> Any:
        builder = self._tantivy().SchemaBuilder()
        builder.add_integer_field("number", stored=False, indexed=True, fast=True)
        for name in ("all", "title", "abstract"):
            builder.add_text_field(name, tokenizer_name="words", index_option="position" if name == "all" else "freq")
        for name in ("author", "venue"):
            builder.add_text_field(name, tokenizer_name="default", index_option="basic")
        return builder.build()

    def _open(self, *, create: bool = False) -> Any:
        """Return the tantivy index, opened again when another process has rebuilt it."""
        kinds, meta = self._tantivy(), self.folder / "meta.json"
        with self._opening:
            if self._index is not None and meta.exists() and self._identity() == self._seen:
                return self._index
            if self.newer:
                raise CollectionError(
                    f"{self.folder} was written by a newer Broadsheet: run `pip install --upgrade broadsheet`"
                )
            try:
                if meta.exists() and self.change:
                    index = kinds.Index.open(str(self.folder))
                elif create:
                    self.clear()
                    self.folder.mkdir(parents=True, exist_ok=True)
                    (self.folder / _BIRTH).write_bytes(os.urandom(16))
                    index = kinds.Index(self._made_schema(), str(self.folder))
                else:
                    raise CollectionError(f"{self.folder} does not contain a Lexicon yet: run sync")
            except ValueError as error:
                raise self._damaged(error) from error
            index.register_tokenizer("words", self._words())
            self._schema = index.schema
            self._index, self._seen, self._read = index, self._identity(), None
            return index

    def _identity(self) -> bytes:
        """Return bytes that change when the folder is made again, and stay the same when a commit adds to it."""
        try:
            return (self.folder / _BIRTH).read_bytes()
        except OSError:
            return b""

    def _searcher(self) -> Any:
        index = self._open()
        if not self.change:  # cleared, and not yet filled for the first time
            raise CollectionError(f"{self.folder} does not contain a Lexicon yet: run sync")
        try:
            facts = (self.folder / "meta.json").stat()
            if (seen := (facts.st_mtime_ns, facts.st_ino)) != self._read:
                index.reload()
                self._read = seen
            return index.searcher()
        except ValueError as error:
            raise self._damaged(error) from error

    def _damaged(self, error: ValueError) -> CollectionError:
        return CollectionError(f"the Lexicon in {self.folder} is damaged ({error}): run sync to rebuild it")
