"""Standing queries: what the strengths mean on papers filed under topics, what exclusions do, and how fast it all is.

./run.sh bench standing            quality on the IJCAI papers of papers_conf
./run.sh bench standing FOLDER     the speed over the papers of a Collection, given a day by their numbers in memory

Topics are cut in two by a hash of their names: the rule and the default were chosen on the half `chosen on`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime

import alerts
import numpy as np
from common import CACHE, head, latency, need_data, timed, versions

from broadsheet import names
from broadsheet.alerts.alert import Alert
from broadsheet.alerts.match import Prepared, gather, prepare
from broadsheet.alerts.scale import by_bands, by_relevance
from broadsheet.collection import Collection, open_collection
from broadsheet.core.types import Document, Filters
from broadsheet.core.vectors import unit
from broadsheet.ingest import ingest
from broadsheet.lab.cache import CachedEncoder
from broadsheet.sync import sync

FOREIGN = (
    "medieval poetry", "soil microbiology", "quilting patterns", "wine fermentation", "coral reef ecology",
    "opera singing technique", "tax law for farmers", "volcanic eruptions of Iceland", "roman pottery",
    "recovery after knee surgery", "bird migration", "church organs", "maternity leave policy", "steel corrosion",
    "cheese making", "gamma ray bursts", "superconducting magnets", "football transfers", "gothic cathedrals",
    "vaccines for measles",
)  # fmt: skip


def main() -> None:
    """Print quality, or speed for a folder."""
    head("standing queries", f"versions: {versions('broadsheet', 'numpy', 'openvino', 'tantivy')}")
    if len(sys.argv) > 1:
        with open_collection(sys.argv[1], create=False) as collection:
            speed(collection)
        return
    source = names.source(f"jsonl:{need_data() / 'papers_conf' / 'papers.jsonl.gz'}")
    papers = [each for each in source.fetch(None) if isinstance(each, Document) and each.venue == "ijcai"]
    papers = [each for each in papers if each.keywords]
    with tempfile.TemporaryDirectory() as folder:
        encoder = CachedEncoder(names.encoder("minilm", cache=CACHE / "models"), CACHE)
        with open_collection(folder, encoder=encoder) as collection:
            ingest(collection, papers, now=datetime.now(UTC), name="papers_conf")
            sync(collection)
            quality(collection)


def quality(collection: Collection) -> None:
    """Print the tables of both halves."""
    numbers = collection.store.papers.numbers_where(Filters()).tolist()
    judged = alerts.topics(collection.store.papers.by_numbers(numbers))
    print(f"data: papers_conf, {len(numbers):,} IJCAI papers, {len(judged.papers)} topics of at least "
          f"{alerts.LEAST} papers; mean over topics [95 % bootstrap]\n")  # fmt: skip
    for which, title in ((0, "chosen on"), (1, "reported on")):
        half = judged.half(which)
        for row in [
            *alerts.measure_matching(collection, half, numbers),
            *alerts.measure_exclusions(collection, half, numbers),
        ]:
            print(f"{title:12} {row.setting:16} {row.measure:22} {row.value:6.3f} [{row.low:.3f}, {row.high:.3f}]  "
                  f"n = {row.cases}", flush=True)  # fmt: skip
        for word, count, mean, share in alerts.measure_reliability(collection, half, numbers):
            print(
                f"{title:12} {word:16} {count:,} papers, mean probability {mean:.3f}, filed under the topic {share:.3f}"
            )
    for rule, measure in (("by probability", by_relevance), ("by bands", by_bands)):
        shares = alerts.measure_silence(collection, FOREIGN, numbers, measure=measure)
        print(f"\n{len(FOREIGN)} queries about something else, {rule}: papers matched of 1,000: "
              + ", ".join(f"{level} {share:.3f}" for level, share in shares.items()))  # fmt: skip


def speed(collection: Collection) -> None:
    """Print how long a day's matching, and one query over all papers, takes."""
    numbers = collection.store.papers.numbers_where(Filters()).tolist()
    day = numbers[-200:]
    texts = [
        paper.shown_title for paper in collection.store.papers.by_numbers(numbers[:: len(numbers) // 1_000]).values()
    ]
    queries = [Alert(text[:100], (texts[place - 1][:100],) * (place % 3 == 0)) for place, text in enumerate(texts)]
    began = time.perf_counter()
    prepared = prepare(collection, queries)
    print(f"{len(numbers):,} papers; {len(queries):,} queries prepared in {time.perf_counter() - began:.1f} s")
    latency("gather a day of 200", timed(lambda _: gather(collection, day, prepared), range(20)))
    papers = gather(collection, day, prepared)
    latency(f"match it with {len(queries):,} queries", timed(lambda _: prepared.hits(papers), range(20)))
    for text in ("agents for lab automation", "graph neural networks"):
        one = prepare(collection, [Alert(text, ("chemistry benchmarks",))])
        latency(f"'{text}', all papers", timed(lambda _, one=one: _past(collection, one, numbers), range(10)))
        latency("  with a day of 200", timed(lambda _, one=one: one.matching(collection, day), range(20)))
    many(collection)
    latency("prepare one query", timed(lambda n: prepare(collection, [Alert(f"knots {n}")]), range(20)))


def many(collection: Collection, count: int = 10_000) -> None:
    """Print what it costs to say where the words begin for 10,000 alerts: by bands, by probability, once more."""
    space = collection.space.snapshot()
    rng = np.random.default_rng(0)
    rows = rng.choice(np.flatnonzero(space.live), count)
    noise = rng.standard_normal((count, space.manifest.dim)).astype(np.float32)
    vectors = unit(np.asarray(space.vectors[rows]) + 0.05 * noise)
    texts = [f"wish {rng.integers(2**60)} {place}" for place in range(count)]
    for name, measure in (
        ("bands", by_bands),
        ("probability, first", by_relevance),
        ("probability, again", by_relevance),
    ):
        began, busy = time.perf_counter(), time.process_time()
        measure(collection, texts, vectors)
        print(
            f"{count:,} alerts by {name}: {time.perf_counter() - began:.1f} s, {time.process_time() - busy:.1f} s busy"
        )


def _past(collection: Collection, prepared: Prepared, numbers: list[int]) -> int:
    found = 0
    for start in range(0, len(numbers), 32_768):
        papers = gather(collection, numbers[start : start + 32_768], prepared, words=False)
        found += sum(map(len, prepared.hits(papers)))
    return found


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    main()
