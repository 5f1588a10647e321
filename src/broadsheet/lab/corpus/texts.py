"""A corpus: texts with names, from a file or from the papers of a Collection that meet conditions.

    FILE       a text on each line; of .jsonl, .csv and .tsv the field text, abstract ...: see ``text_lines``
    otherwise  conditions in the language of search: ``category:cs.CL since:2019 until:2019-12``; ``all`` for everything

The number of texts is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from broadsheet.collection import Collection
from broadsheet.core import query
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.lab.text_lines import read

MOST = 1_000_000  # texts of a corpus
ALL = "all"  # the name of every paper of a Collection
_PAPERS = 1_000  # read at a time


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts, not empty, with the ``ids`` by which to find them: of papers, of rows, or the number of a line."""

    name: str
    texts: list[str]
    ids: list[str]

    def __len__(self) -> int:
        return len(self.texts)


def read_corpus(name: str, collection: Collection | None = None) -> Corpus:
    """Read the corpus of a file or, where ``name`` is not one, of the papers of a Collection that meet its conditions.

    NotFoundError when it is neither, or no paper meets them; UsageError for a malformed file.
    """
    path = Path(name).expanduser()
    if path.is_file():
        return of_file(path)
    if collection is None or not (name == ALL or ":" in name):
        raise NotFoundError(
            f"{name!r} is neither a file nor conditions on the papers of a Collection, for example "
            f"'category:cs.CL since:2019', or {ALL}. Check the name of the file."
        )
    return of_papers(collection, "" if name == ALL else name)


def of_file(path: Path) -> Corpus:
    """Read the texts of a file, in its order; empty ones are left out. Errors are those of ``text_lines``."""
    texts, ids = [], []
    for name, text in read(path):
        if text.strip():
            texts.append(text.strip())
            ids.append(name)
        if len(texts) > MOST:
            raise UsageError(f"{path} has more than {MOST:,} texts: split the file.")
    if not texts:
        raise UsageError(f"{path} has no texts: expected one on each line, or a field text in .jsonl, .csv or .tsv.")
    return Corpus(path.name, texts, ids)


def of_papers(collection: Collection, conditions: str) -> Corpus:
    """Read the papers that meet conditions, oldest number first, title and abstract as encoders get them."""
    asked = query.ask(conditions)
    if asked.words or asked.fields:
        raise UsageError(
            f"{conditions!r} has words besides conditions ({asked.words or 'title: or abstract:'}); expected only "
            "conditions, for example 'category:cs.CL since:2019 until:2019-12'"
        )
    numbers = collection.store.papers.numbers_where(asked.filters).tolist()
    if len(numbers) > MOST:
        raise UsageError(f"{conditions or ALL!r} is met by {len(numbers):,} papers; at most {MOST:,} are compared.")
    texts, ids = [], []
    for start in range(0, len(numbers), _PAPERS):
        papers = collection.store.papers.by_numbers(numbers[start : start + _PAPERS])
        for number in sorted(papers):
            if papers[number].content.strip():
                texts.append(papers[number].content)
                ids.append(papers[number].id)
    if not texts:
        raise NotFoundError(f"No paper of the Collection meets {conditions or ALL!r}. Ingest papers, or widen it.")
    return Corpus(conditions or ALL, texts, ids)
