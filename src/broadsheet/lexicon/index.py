"""The Lexicon: full-text search (BM25) over the Store, by tantivy. Derived: if deleted, a sync makes it again.

One field, ``all`` (title and text), ranks; ``facts`` (venue, authors, comments, single characters) adds a little;
``title``, ``abstract``, ``author`` and ``venue`` serve conditions: every word of a condition must occur there. Words
are found and folded by ``Stems``. Queries are built from terms, never by a query parser, so that no input can be
malformed. BM25 as in tantivy: k1 1.2, b 0.75 (Robertson and Zaragoza 2009).

A Lexicon of the format before is moved to ``before/`` and answers, with words as they were then, until the new one has
reached as many changes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from broadsheet import files
from broadsheet.core.errors import CollectionError
from broadsheet.core.text import plain
from broadsheet.core.types import Change, Document
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.lexicon.damage import META, Links, damaged, guard, unsound
from broadsheet.lexicon.stems import Stems, analyzer

FORMAT = 2
MOST_TERMS = 256
_FEW = 3_000  # allowed numbers up to here go into the query itself; more are met by reading further down the list
_FACTS = 0.2  # what a word in the venue, an author's name or a comment counts, next to 1 in title or text
_MOST_AUTHORS = 200
_SINGLE = 0.3  # what a single letter or digit counts
_GAP = "\u00b7"  # holds the place of a stop word, so that a phrase knows how far its words are apart
_FORMER = re.compile(r"\w\w+")  # a word of format 1
_STATE = "state.json"
_BIRTH = "birth"  # random bytes written once: what tells a folder from one made in its place
_BEFORE = "before"


class State(NamedTuple):
    """What a folder's ``state.json`` says; zeros and an empty text when it is missing or damaged."""

    format: int = 0
    language: str = ""
    change: int = 0


def state_of(folder: Path) -> State:
    """Read the state of an index."""
    path = os.path.join(folder, _STATE)  # noqa: PTH118 - asked many times for each search
    try:
        facts = os.stat(path)  # noqa: PTH116
        return _state(path, facts.st_mtime_ns, facts.st_ino, facts.st_size)
    except OSError:
        return State()


@lru_cache(maxsize=64)
def _state(path: str, *_version: int) -> State:
    """Read a state from one version of its file."""
    text = Path(path).read_bytes()
    try:
        state = json.loads(text)
        format_, language, change = state["format"], state["language"], state["change"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return State()
    counts = all(type(each) is int and 0 <= each < 2**53 for each in (format_, change))
    return State(format_, language, change) if counts and isinstance(language, str) else State()


class Lexicon:
    """Search and update the index. Readers see every commit at once; one writer at a time (the Collection's lock)."""

    def __init__(self, folder: Path, *, language: str = "english") -> None:
        self.folder = folder
        self._before = folder / _BEFORE
        self.language = language
        self.stems = Stems(language)
        self._index: Any = None
        self._seen: tuple[Path, bytes] | None = None
        self._read: tuple[int, int] | None = None
        self._opening = threading.Lock()
        self._format = 0  # of the index that is open
        self._former: Any = None
        self._links = Links()

    @property
    def change(self) -> int:
        """Return the Store's change number that the Lexicon reached; 0 when missing, damaged, older or in another
        language."""
        state = state_of(self.folder)
        return state.change if state.format == FORMAT and state.language == self.language else 0

    @property
    def reached(self) -> int:
        """Return the change number that the index which answers has reached, be it of an older format; 0: none."""
        folder, format_ = self._serving()
        return state_of(folder).change if format_ else 0

    @property
    def newer(self) -> bool:
        """Return whether a newer version of this program wrote it."""
        return state_of(self.folder).format > FORMAT

    def _serving(self) -> tuple[Path, int]:
        """Return the folder of the index that answers, and its format; 0 when there is none."""
        own, former = state_of(self.folder), state_of(self._before)
        reached = own.change if own.language == self.language and own.format <= FORMAT else 0
        if former.language == self.language and 0 < former.format < FORMAT and former.change > reached:
            return self.folder / _BEFORE, former.format
        return self.folder, own.format if reached else 0

    @property
    def count(self) -> int:
        """Count the documents in the Lexicon."""
        searcher = self._searcher()
        with self._damage():
            return int(searcher.num_docs)

    def check(self) -> None:
        """Compare every byte with tantivy's checksums; CollectionError when the Lexicon is missing or damaged."""
        self._searcher()
        folder, _ = self._serving()
        if name := unsound(folder):
            raise damaged(self.folder, f"{name} is not as it was written")

    def terms(self, text: str) -> list[str]:
        """Return a text's words as indexed: folded and stemmed, no stop words. See ``Stems``."""
        return self.terms_of([text])[0]

    def terms_of(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the words of each text as indexed: see ``terms``."""
        if self._serving()[1] == 1:
            return [list(self._words_before().analyze(text)) for text in texts]
        return [self.stems.of(text) for text in texts]

    def update(self, changes: Sequence[Change], *, change: int) -> None:
        """Add changed documents, remove deleted ones and record ``change`` as reached. Repeating is harmless."""
        index = self._writable()
        try:
            with self._damage(panics=True):
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
        files.write(self.folder / _STATE, json.dumps(State(FORMAT, self.language, change)._asdict()))
        if (former := self.folder / _BEFORE).exists() and change >= state_of(former).change:
            shutil.rmtree(former, ignore_errors=True)

    def close(self) -> None:
        """Remove the temporary files by which a folder that cannot be written is read."""
        self._index = None
        self._links.close()

    def clear(self) -> None:
        """Remove everything: the next update starts from the beginning."""
        self._index = None
        files.remove(self.folder)

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
        with self._damage():
            return self._best(searcher, query, k, allowed)

    def having(self, phrases: Sequence[str]) -> Rows:
        """Return the numbers, ascending, of the documents that contain any of these words or phrases, in any form with
        the same stems. CollectionError when the Lexicon is missing or damaged."""
        searcher, kinds = self._searcher(), self._tantivy()
        wanted = [(kinds.Occur.Should, query) for query in map(self._phrase, phrases) if query is not None]
        if not wanted:
            return np.empty(0, dtype=np.int64)
        return self._all(searcher, self._quiet(kinds.Query.boolean_query(wanted)), searcher.num_docs)

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """Count the documents that contain each of these words as indexed (see ``terms``)."""
        searcher = self._searcher()
        with self._damage():
            fields = ("facts" if _is_single(term) and self._format > 1 else "all" for term in terms)
            return [int(searcher.doc_freq(field, term)) for field, term in zip(fields, terms, strict=True)]

    def near(self, term: str, edits: int, most: int) -> Rows:
        """Return the numbers of at most ``most`` documents with a word, as indexed, that 1 or 2 ``edits`` turn into
        ``term``."""
        searcher = self._searcher()
        query = self._tantivy().Query.fuzzy_term_query(self._schema, "all", term, distance=edits)
        return self._all(searcher, query, most)

    def _all(self, searcher: Any, query: Any, most: int) -> Rows:
        with self._damage():
            hits = searcher.search(query, max(most, 1), count=False).hits
            numbers = searcher.fast_field_values("number", [at for _, at in hits])
        return np.sort(np.array(numbers, dtype=np.int64))

    def _phrase(self, text: str) -> Any:
        """The query for a word or phrase; None when nothing of it is indexed."""
        kinds = self._tantivy()
        placed = [(place, term) for place, term in enumerate(self._in_order(text)) if term]
        if self._format == 1:  # an index without places
            apart, together = [term for _, term in placed], []
        else:
            apart = [term for _, term in placed if _is_single(term)]
            together = [(place, term) for place, term in placed if not _is_single(term)]
        queries = [self._word(term) for term in (*apart, *(term for _, term in together[:1] if len(together) == 1))]
        if len(together) > 1:
            start = together[0][0]
            phrase = [(place - start, term) for place, term in together]
            queries.append(kinds.Query.phrase_query(self._schema, "all", phrase))
        return kinds.Query.boolean_query([(kinds.Occur.Must, query) for query in queries]) if queries else None

    def _in_order(self, text: str) -> list[str]:
        """The words of a text as the index that answers has them, an empty one for each stop word."""
        if self._serving()[1] == 1:
            return ["".join(self._words_before().analyze(word)) for word in _FORMER.findall(text)]
        return self.stems.all(text)

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
        should = [(kinds.Occur.Should, self._ranked(word, count)) for word, count in words]
        query = kinds.Query.boolean_query(should) if should else None
        for field, wanted in fields.items():
            for word in wanted:
                condition = self._quiet(self._term(field, word))
                query = condition if query is None else self._both(query, condition)
        return query

    def _ranked(self, word: str, count: int) -> Any:
        """The query for a word that is typed ``count`` times."""
        kinds = self._tantivy()
        one = self._word(word)
        query = one if count == 1 else kinds.Query.boost_query(one, float(count))
        if self._format == 1 or _is_single(word):
            return query
        facts = kinds.Query.boost_query(self._term("facts", word), _FACTS * count)
        return kinds.Query.boolean_query([(kinds.Occur.Should, query), (kinds.Occur.Should, facts)])

    def _word(self, word: str) -> Any:
        """The query for a word in title and text."""
        if self._format == 1 or not _is_single(word):
            return self._term("all", word)
        return self._tantivy().Query.boost_query(self._term("facts", word), _SINGLE)

    def _term(self, field: str, word: str) -> Any:
        return self._tantivy().Query.term_query(self._schema, field, word, "freq")

    def _both(self, one: Any, other: Any) -> Any:
        kinds = self._tantivy()
        return kinds.Query.boolean_query([(kinds.Occur.Must, one), (kinds.Occur.Must, other)])

    def _quiet(self, query: Any) -> Any:
        return self._tantivy().Query.const_score_query(query, 0.0)

    def _indexed(self, number: int, document: Document) -> Any:
        made = self._tantivy().Document()
        title, text = self.stems.all(document.shown_title), self.stems.all(document.shown_text)
        letters = [stem for stem in (*title, *text) if _is_single(stem)]
        facts = [stem for fact in _facts(document) for stem in self.stems.of(fact) if not _is_single(stem)]
        made.add_integer("number", number)
        made.add_text("all", _spelled("" if _is_single(stem) else stem for stem in (*title, *text)))
        made.add_text("title", _spelled(title))
        made.add_text("abstract", _spelled(text))
        made.add_text("facts", _spelled((*letters, *facts)))
        for author in document.authors:
            made.add_text("author", plain(author))
        made.add_text("venue", plain(document.venue))
        return made

    @staticmethod
    def _tantivy() -> Any:
        import tantivy

        return tantivy

    def _words_before(self) -> Any:
        if self._former is None:
            self._former = analyzer(self.language, _FORMER.pattern)
        return self._former

    def _words(self) -> Any:
        """What cuts the words that ``_spelled`` has put together."""
        kinds = self._tantivy()
        builder = kinds.TextAnalyzerBuilder(kinds.Tokenizer.whitespace())
        return builder.filter(kinds.Filter.custom_stopword([_GAP])).build()

    def _made_schema(self) -> Any:
        builder = self._tantivy().SchemaBuilder()
        builder.add_integer_field("number", stored=False, indexed=True, fast=True)
        for name in ("all", "title", "abstract"):
            builder.add_text_field(name, tokenizer_name="words", index_option="position" if name == "all" else "freq")
        for name in ("author", "venue"):
            builder.add_text_field(name, tokenizer_name="default", index_option="basic")
        builder.add_text_field("facts", tokenizer_name="words", index_option="freq")
        return builder.build()

    def _refuse_newer(self) -> None:
        if self.newer:
            raise CollectionError(
                f"{self.folder} was written by a newer Broadsheet: run `pip install --upgrade broadsheet`"
            )

    def _open(self) -> Any:
        """Return the tantivy index that answers, opened again when it has been made again or another one answers."""
        with self._opening:
            self._refuse_newer()
            folder, format_ = self._serving()
            if not format_ or not os.path.exists(os.path.join(folder, META)):  # noqa: PTH110, PTH118
                raise CollectionError(f"{self.folder} does not contain a Lexicon yet: run sync")
            seen = (folder, _birth(folder))
            if self._index is None or seen != self._seen or self._links.stale:
                index = self._opened(folder, format_)
                self._index, self._seen, self._read = index, seen, None
                self._schema, self._format = index.schema, format_
            return self._index

    def _writable(self) -> Any:
        """Return the tantivy index to write to, made when it is missing; one of an older format goes on answering."""
        self._refuse_newer()
        if not self.change or not (self.folder / META).exists():
            self._begin()
        return self._opened(self.folder, FORMAT)

    def _opened(self, folder: Path, format_: int) -> Any:
        with self._damage():
            index = self._tantivy().Index.open(str(self._links.place(folder)))
        index.register_tokenizer("words", self._words_before() if format_ == 1 else self._words())
        return index

    def _begin(self) -> None:
        """Make an empty index; one of an older format that answers goes into it, under ``before``."""
        made = self.folder.with_name(f"{self.folder.name}.tmp")
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        (made / _BIRTH).write_bytes(os.urandom(16))
        self._tantivy().Index(self._made_schema(), str(made))
        folder, format_ = self._serving()
        if 0 < format_ < FORMAT:
            folder.rename(made / _BEFORE)
        self.clear()
        made.rename(self.folder)

    def _searcher(self) -> Any:
        index = self._open()
        with self._damage():
            facts = os.stat(os.path.join(self._seen[0], META)) if self._seen else None  # noqa: PTH116, PTH118
            if facts and (seen := (facts.st_mtime_ns, facts.st_ino)) != self._read:
                index.reload()
                self._read = seen
            return index.searcher()

    @contextmanager
    def _damage(self, *, panics: bool = False) -> Iterator[None]:
        """Turn tantivy's errors, or only its ``panics``, into a CollectionError; then the index is opened again."""
        try:
            with guard(self.folder, panics=panics):
                yield
        except CollectionError:
            self._index = None
            raise


def _spelled(stems: Iterable[str]) -> str:
    """Return words with spaces between them, as they are indexed."""
    return " ".join([stem or _GAP for stem in stems])


def _is_single(stem: str) -> bool:
    """Return whether a word is a single letter or digit: most are formulas, initials and remnants."""
    return len(stem) == 1 and stem < "\u0e00"


def _birth(folder: Path) -> bytes:
    """Return bytes that change when the folder is made again, and stay the same when a commit adds to it."""
    try:
        with open(os.path.join(folder, _BIRTH), "rb", buffering=0) as file:  # noqa: PTH118, PTH123 - for each search
            return file.read()
    except OSError:
        return b""


def _facts(document: Document) -> Iterable[str]:
    """Return what is searched besides title and text: venue, authors and their comment."""
    comments = (document.extra.get(key) for key in ("comment", "comments"))
    return [document.venue, *document.authors[:_MOST_AUTHORS], *(each for each in comments if isinstance(each, str))]
