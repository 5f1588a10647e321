"""How well papers of two sources are known to be one work: python benchmarks/same_work.py [--sample N].

Takes `papers_arxiv_cs` and `papers_conf` with the candidates that the Store would name (a title, or a mark of the
text, that at most 20 papers share), alters the conference titles of the works that stand in both, and counts how many
are still joined; then prints what is joined and nearly joined beyond equal titles, for a person to judge.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from common import head, need_data

from broadsheet import __version__
from broadsheet.core import works
from broadsheet.core.text import plain
from broadsheet.core.types import Document
from broadsheet.names import source

SETS = ("papers_arxiv_cs", "papers_conf")
SEED, COMMON = 7, 20
Pair = tuple[Document, Document]


def papers(name: str) -> list[Document]:
    """All documents of a set."""
    read = source(f"jsonl:{need_data() / name / 'papers.jsonl.gz'}").fetch(None)
    return [replace(record, source=name) for record in read if isinstance(record, Document)]


def typo(title: str, chance: random.Random) -> str:
    """Two neighbouring letters of the longest word change places."""
    words = title.split()
    place = max(range(len(words)), key=lambda i: len(words[i]))
    at = chance.randrange(1, max(2, len(words[place]) - 2))
    letters = list(words[place])
    letters[at : at + 2] = reversed(letters[at : at + 2])
    words[place] = "".join(letters)
    return " ".join(words)


ALTERED: dict[str, Callable[[str, random.Random], str]] = {
    "as they are": lambda title, _: title,
    "other case and punctuation": lambda title, _: re.sub(r"[:,-]", " - ", title.upper()) + ".",
    "LaTeX": lambda title, _: re.sub(r"\b(\w)(\w+)$", r"\\textbf{\1}{\2}", title),
    "a typo": typo,
    "subtitle dropped": lambda title, _: re.split(r"[:?] ", title)[0],
    "hidden": lambda title, chance: f"Untitled manuscript {chance.randrange(10**9)}",
}


class Known:
    """Papers by their titles and by the marks of their texts."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.titles: dict[str, list[Document]] = defaultdict(list)
        self.marks: dict[int, list[Document]] = defaultdict(list)
        for document in documents:
            self.titles[plain(document.title)].append(document)
            for mark in works.sketch(document.shown_text):
                self.marks[mark].append(document)

    def candidates(self, document: Document) -> dict[str, Document]:
        """By id, the papers that share a title or a mark that is not common."""
        shared = [self.titles.get(plain(document.title), [])]
        shared += [self.marks.get(mark, []) for mark in works.sketch(document.shown_text)]
        return {other.id: other for some in shared if len(some) <= COMMON for other in some}


def main() -> None:
    """Print recall by alteration, then counts and samples of what is joined and nearly joined."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int, default=40)
    sample = parser.parse_args().sample
    head("The same work", f"data: {' and '.join(SETS)}", f"broadsheet {__version__}, seed {SEED}")
    ones, others = papers(SETS[0]), papers(SETS[1])
    known = Known(ones)
    pairs = [(one, other) for other in others for one in known.titles.get(plain(other.title), [])]
    count = len({plain(one.title) for one, _ in pairs})
    print(f"{len(ones):,} and {len(others):,} papers; {count} titles in both, {len(pairs)} pairs of papers\n")
    recall(pairs, known)
    repeated(others)
    precision(others, known, sample)


def recall(pairs: Sequence[Pair], known: Known) -> None:
    """The share of pairs still joined when the second paper's title is altered."""
    print("| titles of the second paper | altered | pairs joined |", "|---|---|---|", sep="\n")
    for name, alter in ALTERED.items():
        chance = random.Random(SEED)
        changed = [(one, replace(o, title=alter(o.title, chance), readable_title="")) for one, o in pairs]
        hits = sum(one.id in known.candidates(other) and bool(works.tie(one, other)) for one, other in changed)
        different = sum(other.title != before.title for (_, other), (_, before) in zip(changed, pairs, strict=True))
        print(f"| {name} | {different} | {hits} of {len(pairs)} = {hits / len(pairs):.3f} |", flush=True)


def repeated(others: Sequence[Document]) -> None:
    """Titles that one source has more than once stay apart, also when the copies come from two sources."""
    same = [some for some in Known(others).titles.values() if len(some) > 1]
    joined = sum(bool(works.tie(*pair)) for some in same for pair in product(some, some))
    print(f"\n{len(same)} titles that {SETS[1]} has more than once; pairs of them joined: {joined}\n")


def precision(others: Sequence[Document], known: Known, sample: int) -> None:
    """What is joined across the two sets, by kind of tie, with samples of what is new and of what came near."""
    looked = [(one, other) for other in others for one in known.candidates(other).values()]
    ties = [(works.tie(one, other), one, other) for one, other in looked]
    print(f"pairs looked at: {len(looked):,}; joined by {dict(Counter(kind for kind, _, _ in ties if kind))}\n")
    told = [(one, other) for kind, one, other in ties if kind == "text"]
    near = [(one, other) for kind, one, other in ties if not kind and _near(one, other)]
    for words, some in (("joined by their texts under other titles", told), ("nearly joined", near)):
        print(f"## {words}: {len(some)}\n", *shown(random.Random(SEED).sample(some, min(sample, len(some)))), sep="\n")


def _near(one: Document, other: Document) -> bool:
    return plain(one.title) == plain(other.title) or works.alike(one.shown_text, other.shown_text) >= 0.15


def shown(pairs: Sequence[Pair]) -> Iterator[str]:
    """Pairs for a person to judge: likeness, people in common, authors of each, ids, years, titles."""
    for a, b in pairs:
        likeness, people = works.alike(a.shown_text, b.shown_text), works.in_common(a.authors, b.authors)
        yield f"{likeness:.2f} {people}/{len(a.authors)},{len(b.authors)} {a.id} {a.span} | {b.id} {b.year}"
        yield f"    {a.shown_title[:150]}\n    {b.shown_title[:150]}"


if __name__ == "__main__":
    main()
