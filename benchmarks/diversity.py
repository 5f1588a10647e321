"""What variety costs and gains: maximal marginal relevance over the first 200 of a list.

    ./run.sh bench diversity

cost: nDCG@10 of the search's setting `hybrid` with MiniLM on SciFact, Cranfield and CACM, as it is and with more and
more variety, as paired differences. gain: queries are author keywords of papers_conf that 15 to 150 papers have, the
papers that have one are relevant, and what they are filed under (primary area or session) are its subtopics; STREC@10
is the share of the subtopics that the first ten cover (Zhai, Cohen and Lafferty 2003), P@10 the share of relevant ones,
both by cosine alone. The values of `diverse` were fixed before the run; no value is chosen here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from agreement import cached, content
from common import head, need_data, versions
from search import rows

from broadsheet.collection import Collection, open_collection
from broadsheet.core.diversity import HEAD, spread
from broadsheet.core.metrics import ListDiversity, TopicCoverage, bootstrap, difference, parse
from broadsheet.core.vectors import Vectors
from broadsheet.lab.sets import known
from broadsheet.lab.setting import fill
from broadsheet.lab.tasks.retrieval import Retrieval
from broadsheet.near.view import View
from broadsheet.search.hybrid import search

DIVERSE = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7)
SETS = ("scifact", "cranfield", "cacm")
LEAST, MOST, PLACES = 15, 150, 10
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Print both sides."""
    head("diversity", f"versions: {versions('broadsheet', 'numpy', 'openvino')}")
    gain()
    for name in SETS:
        cost(name)


def gain() -> None:
    """Print how many subtopics the first ten cover, how many of them are relevant, and how unlike they are."""
    papers = [row for row in rows(need_data() / "papers_conf" / "papers.jsonl.gz") if row["keywords"]]
    vectors = cached("minilm").encode([content(row) for row in papers])
    having = defaultdict(list)
    for place, row in enumerate(papers):
        for word in {each.lower().strip() for each in row["keywords"]}:
            having[word].append(place)
    queries = sorted(
        word for word, some in having.items()
        if LEAST <= len(some) <= MOST and len(_subtopics(papers, some)) >= PLACES // 2
    )  # fmt: skip
    asked = cached("minilm").encode(queries, role="query")
    print(f"gain: {len(queries)} keywords, {len(papers):,} papers; subtopics of a keyword: median "
          f"{np.median([len(_subtopics(papers, having[word])) for word in queries]):.0f}")  # fmt: skip
    table: dict[float, dict[str, list[float]]] = {each: defaultdict(list) for each in DIVERSE}
    for word, vector in zip(queries, asked, strict=True):
        relevant = {str(place): set(papers[place]["topics"]) for place in having[word]}
        scores = vectors @ vector
        top = np.argsort(-scores, kind="stable")[:HEAD]
        for diverse in DIVERSE:
            order = top[spread(scores[top].astype(np.float64), vectors[top], diverse)]
            ranked = [str(place) for place in order]
            table[diverse]["STREC@10"].append(TopicCoverage(PLACES)(ranked, relevant))
            table[diverse]["P@10"].append(parse("P@10")(ranked, dict.fromkeys(relevant, 1)))
            table[diverse]["ILD@10"].append(ListDiversity(PLACES)(vectors[order]))
    show(table)


def _subtopics(papers: Sequence[dict[str, Any]], places: Sequence[int]) -> Counter[str]:
    return Counter(topic for place in places for topic in papers[place]["topics"])


def cost(name: str) -> None:
    """Print what variety costs on a judged set."""
    task = Retrieval(known(need_data())[name])
    queries = dict(zip(task.read(), task.texts[0], strict=True))
    table: dict[float, dict[str, list[float]]] = {each: defaultdict(list) for each in DIVERSE}
    with TemporaryDirectory() as folder, open_collection(folder, encoder=cached("minilm")) as collection:
        fill(collection, task.documents, now=NOW)
        print(f"\ncost on {name}: {len(queries)} queries, {len(task.documents):,} papers", flush=True)
        for query, text in queries.items():
            for diverse in DIVERSE:
                view = View(diverse=diverse, copies=True)
                found = search(collection, text, k=PLACES, pins=False, arrange=view)
                ranked = [result.document.id for result in found.items]
                table[diverse]["nDCG@10"].append(parse("nDCG@10")(ranked, task.judged[query]))
                table[diverse]["ILD@10"].append(ListDiversity(PLACES)(_vectors(collection, ranked)))
        for query, text in queries.items():
            found = search(collection, text, k=PLACES, pins=False, arrange=View())
            ranked = [result.document.id for result in found.items]
            table[0.0]["each work once"].append(parse("nDCG@10")(ranked, task.judged[query]))
    show(table)
    once, plain = table[0.0]["each work once"], table[0.0]["nDCG@10"]
    gap = difference(once, plain, seed=0)
    print(f"each work once: nDCG@10 {np.mean(once):.4f}, {gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}]", flush=True)


def _vectors(collection: Collection, ids: Sequence[str]) -> Vectors:
    numbers = collection.store.papers.numbers(ids)
    return collection.space.snapshot().of(np.array([numbers[each] for each in ids]))


def show(table: dict[float, dict[str, list[float]]]) -> None:
    """Print the mean of each measure with its interval, and its paired difference from the list as it is."""
    for measure in table[DIVERSE[-1]]:
        plain = table[0.0][measure]
        for diverse in DIVERSE:
            values = table[diverse][measure]
            low, high = bootstrap(values, seed=0)
            gap = difference(values, plain, seed=0)
            print(f"  {measure:<9} diverse {diverse:.1f}: {np.mean(values):.4f} [{low:.4f}, {high:.4f}]   "
                  f"{gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}]", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
