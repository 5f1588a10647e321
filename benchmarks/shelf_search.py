"""The shelf's rows on search and For you, on real data; `shelf.py` has the table of all rows."""

from __future__ import annotations

import gzip
import json
import os
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from math import log
from pathlib import Path

import numpy as np
from common import CACHE, need_data

from broadsheet import names
from broadsheet.collection import Collection, open_collection
from broadsheet.core.index.scan import ScanIndex
from broadsheet.core.metrics import Difference, Measure, TopicCoverage, difference
from broadsheet.core.types import Document, Filters, Results
from broadsheet.core.vectors import Vectors, unit
from broadsheet.foryou.interests import centre, common
from broadsheet.ingest import ingest
from broadsheet.lab import readers as lab
from broadsheet.lab.cache import CachedEncoder
from broadsheet.search.hybrid import search
from broadsheet.search.similar import similar
from broadsheet.space import Space
from broadsheet.sync import sync

SEED = 43
DEEP = 100  # places in which a related paper is looked for


def drift() -> None:
    """S064: a Space that goes on growing against one built anew, as the field drifts (papers_conf by year)"""
    papers = sorted(conference(), key=lambda paper: paper.year or 0)
    vectors, queries = encoded(papers), encoder().encode(later_titles(500), role="query")
    cut = len(papers) * 19 // 20
    print(f"  {len(papers):,} papers of {papers[0].year} to {papers[-1].year}, the last {len(papers) - cut:,} (of "
          f"{papers[cut].year} on) appended; their mean is {1 - mean_cosine(vectors[:cut], vectors[cut:]):.3f} from "
          "the others'")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        grown, anew = Space(Path(folder) / "grown"), Space(Path(folder) / "anew")
        add(grown, vectors[:cut], 0)
        grown.snapshot().index.nearest(queries[0], 10)
        append = clock(lambda: add(grown, vectors[cut:], cut))
        build = clock(lambda: add(anew, vectors, 0))
        recall = [at_ten(space.snapshot().index, vectors, queries) for space in (grown, anew)]
    print(f"  recall@10 {recall[0]:.4f} appended, {recall[1]:.4f} built anew; {append:.3f} s against {build:.3f} s: "
          f"{append / build:.1%} of the time")  # fmt: skip


def add(space: Space, vectors: Vectors, start: int) -> None:
    """Append as sync does, and make the index ready to answer."""
    if not space.exists:
        space.create(encoder().manifest)
    for at in range(0, len(vectors), 4_096):
        part = vectors[at : at + 4_096]
        numbers = range(start + at + 1, start + at + 1 + len(part))
        space.append(numbers, part, ["00" * 16] * len(part), np.zeros(len(part), dtype=np.bool_))
    space.commit(start + len(vectors))


def mean_cosine(one: Vectors, other: Vectors) -> float:
    """Of the means of two sets of vectors."""
    return float((unit(one.mean(axis=0, keepdims=True)) @ unit(other.mean(axis=0, keepdims=True)).T)[0, 0])


def at_ten(index: ScanIndex, vectors: Vectors, queries: Vectors) -> float:
    """The mean share of the exact ten nearest that the index finds."""
    exact = [np.argsort(-(vectors @ query), kind="stable")[:10] for query in queries]
    return float(np.mean([np.isin(e, index.nearest(q, 10)[0]).mean() for e, q in zip(exact, queries, strict=True)]))


def interests() -> None:
    """S222: readers of two topics who find both among 20 papers (papers_conf, the topics nothing was tuned on)"""
    documents = [paper for paper in conference() if paper.categories]
    papers = lab.papers_of(documents, encoder())
    two = [each for each in lab.make_readers(papers, 900, seed=SEED) if len(each.topics) == 2]
    methods: dict[str, lab.Method] = {
        lab.OURS: lab.ForYou(papers),
        "one vector": lab.average(papers.vectors),
        "one vector, centred": lab.average(centre(papers.vectors, common(papers.vectors))),
    }
    both = {name: np.array([finds_both(papers, each, method) for each in two]) for name, method in methods.items()}
    for name in list(both)[1:]:
        told(f"{len(two)} readers; both topics in 20", both[lab.OURS], name, both[name])


def finds_both(papers: lab.Papers, reader: lab.Reader, method: lab.Method) -> float:
    """1 when the first 20 of all other papers touch both of a reader's topics."""
    rest = np.setdiff1d(np.arange(len(papers.ids)), reader.liked)
    topics = {papers.ids[row]: (str(papers.topics[row]),) for row in rest if papers.topics[row] in reader.topics}
    return float(TopicCoverage(20)([papers.ids[row] for row in method(reader)(rest)[:20]], topics) == 1)


def disk() -> None:
    """S231: codes in memory, vectors read from the disk for the few that are looked at closely (papers_conf)"""
    vectors, queries = encoded(conference()), encoder().encode(later_titles(500), role="query")
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        add(Space(Path(folder)), vectors, 0)
        forget(next(Path(folder).glob("g*/vectors")))
        state = Space(Path(folder)).snapshot()
        index = state.index
        before, faults = read_bytes(), resource.getrusage(resource.RUSAGE_SELF).ru_majflt
        for query in queries[:100]:
            index.nearest(query, 10)
        read, faults = read_bytes() - before, resource.getrusage(resource.RUSAGE_SELF).ru_majflt - faults
        looked = np.mean([len(index._candidates(query, 2_000, None)) for query in queries])
        recall = at_ten(index, vectors, queries)
    print(f"  {len(vectors):,} papers: codes {state.codes.nbytes / 1e6:.1f} MB in memory, "
          f"{state.codes.nbytes / vectors.nbytes:.1%} of the vectors' {vectors.nbytes / 1e6:.1f} MB; recall@10 "
          f"{recall:.4f}; {looked:,.0f} vectors looked at a query; 100 queries after the file had left the memory read "
          f"{read / 1e6:.1f} MB from the disk in {faults:,} page faults")  # fmt: skip


def forget(path: Path) -> None:
    """Ask the system to drop a file from its memory."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read_bytes() -> int:
    """What this process had read from storage."""
    facts = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(facts["read_bytes"])


def whole_documents() -> None:
    """S265: a paper as the query, for papers that experts found related, against its best words (CSFCube)"""
    with tempfile.TemporaryDirectory() as folder, open_collection(folder, encoder=encoder()) as collection:
        papers = {str(row["_id"]): row for row in lines("csfcube/corpus.jsonl.gz")}
        made = [Document(id=f"csfcube:{name}", title=row["title"], text=row["text"], year=year(row))
                for name, row in papers.items() if row["title"].strip()]  # fmt: skip
        ingest(collection, made, now=datetime.now(UTC), name="csfcube")
        sync(collection)
        judged = related({each.id for each in made})
        by_id = {each.id: each for each in made}
        counts = Counter(word for each in made for word in set(collection.lexicon.terms(each.content)))
        ways: dict[str, Callable[[str], Results]] = {
            "similar": lambda name: similar(collection, name, k=DEEP),
            "whole text, hybrid": lambda name: search(collection, by_id[name].content, k=DEEP, pins=False),
            "its 20 best words": lambda name: search(
                collection, best_words(collection, by_id[name], counts, len(made)), k=DEEP, mode="lexical", pins=False
            ),
        }
        values = {
            way: np.array([rank(find(name), name, right) for name, right in judged]) for way, find in ways.items()
        }
        for way in list(values)[:2]:
            told(f"{way}: {len(judged)} questions; MRR", values[way], "its 20 best words", values["its 20 best words"])
        dated(collection, by_id, judged)


def year(row: dict) -> int | None:
    """The year of a paper, where one is known."""
    return int(row["year"]) if str(row["year"]).isdecimal() else None


def dated(collection: Collection, papers: dict[str, Document], judged: list[tuple[str, dict[str, int]]]) -> None:
    """Only papers up to a paper's own year are wanted: asked for with and without the filter."""
    plain, filtered = list[float](), list[float]()
    for name, right in judged:
        own = papers[name].year
        wanted = {each: grade for each, grade in right.items() if (papers[each].year or 9999) <= (own or 0)}
        if wanted:
            plain.append(rank(similar(collection, name, k=DEEP), name, wanted))
            until = Filters(until=date(own or 1, 12, 31))
            filtered.append(rank(similar(collection, name, k=DEEP, filters=until), name, wanted))
    gaps = np.subtract(filtered, plain)
    told(f"up to its own year: {len(gaps)} questions; MRR", np.array(filtered), "without the filter", np.array(plain))
    print(f"  lowered for {(gaps < -1e-9).sum()} questions, raised for {(gaps > 1e-9).sum()}")


def related(known: set[str]) -> list[tuple[str, dict[str, int]]]:
    """For each paper and facet, the papers graded 2 or 3 of 3."""
    with gzip.open(need_data() / "csfcube" / "qrels.tsv.gz", "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    found: dict[str, dict[str, int]] = {}
    for query, paper, grade, *_ in rows:
        if int(grade) >= 2 and f"csfcube:{paper}" in known:
            found.setdefault(query, {})[f"csfcube:{paper}"] = int(grade)
    asked = ((f"csfcube:{query.split('_')[0]}", right) for query, right in sorted(found.items()))
    return [(own, right) for own, right in asked if own in known]


def best_words(collection: Collection, paper: Document, counts: Counter[str], of: int) -> str:
    """The 20 words of a paper with the highest tf-idf."""
    own = Counter(collection.lexicon.terms(paper.content))
    return " ".join(sorted(own, key=lambda word: -own[word] * log(of / counts[word]))[:20])


def rank(found: Results, own: str, right: dict[str, int]) -> float:
    """The reciprocal rank of the first right paper, the question itself left out."""
    return Measure("RR", DEEP - 1)([each.document.id for each in found.items if each.document.id != own], right)


@cache
def encoder() -> CachedEncoder:
    """MiniLM, its vectors kept."""
    return CachedEncoder(names.encoder("minilm", cache=CACHE / "models"), CACHE)


@cache
def conference() -> list[Document]:
    """All papers of papers_conf."""
    source = names.source(f"jsonl:{need_data() / 'papers_conf' / 'papers.jsonl.gz'}")
    return [each for each in source.fetch(None) if isinstance(each, Document)]


def encoded(papers: Sequence[Document]) -> Vectors:
    """Their vectors."""
    return encoder().encode([paper.content for paper in papers])


def lines(name: str) -> list[dict]:
    """The rows of a gzipped file of JSON lines."""
    with gzip.open(need_data() / name, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def later_titles(count: int) -> list[str]:
    """Titles of papers that are not in papers_conf."""
    rows = [row["title"] for row in lines("papers_conf/titles_only.jsonl.gz")]
    return [rows[place] for place in np.random.default_rng(SEED).choice(len(rows), count, replace=False)]


def clock(call: Callable[[], object]) -> float:
    """Seconds of a call."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def told(what: str, ours: np.ndarray, against: str, theirs: np.ndarray) -> None:
    """Two means and how far ours is above, with its interval."""
    gap: Difference = difference(ours, theirs, seed=0)
    print(f"  {what} {ours.mean():.3f}; {against} {theirs.mean():.3f}; above by {gap.mean:+.3f} "
          f"[{gap.low:+.3f}, {gap.high:+.3f}]", flush=True)  # fmt: skip
