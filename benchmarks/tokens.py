"""Late interaction on the encoder's own token vectors: how good it is in few bits, and what it costs.

    ./run.sh bench tokens [quality SET ...] [speed] [look] [matches]     (all without arguments)

quality: nDCG@10 of the first 100 papers by meaning, in the order of MiniLM's cosine, and of late interaction on its
tokens (float16, 8, 4, 1 bit; with and without weights), and of the sum of z-scores; paired intervals over the queries.
speed: texts a second with and without token vectors. look: the time of the second look at 100 candidates; codes of
100,000 papers are random there, of real lengths, which serves for time alone. matches: on a Collection of 300 papers of
Cranfield, how far the parts of pairs of tokens are from the score that they sum to, and the bytes on the disk.

Token vectors of the sets are kept in ``evaluate-tokens`` next to the cache of benchmarks, float16, ~160 kB a text.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from common import CACHE, head, interval, need_data, timed, verdict, versions
from numpy.typing import NDArray

from broadsheet import names
from broadsheet.collection import open_collection
from broadsheet.core.codes import Codes, packed, unpacked, width
from broadsheet.core.fusion import z_scores
from broadsheet.core.maxsim import coded_max_sims, max_sims, of_words, stacked
from broadsheet.core.metrics import difference, parse
from broadsheet.core.protocols import TokenVectors
from broadsheet.core.rotation import rotated
from broadsheet.core.vectors import Rows, Vectors, unit
from broadsheet.encoders.bert import BertEncoder
from broadsheet.lab.beir import RetrievalTask, read_task
from broadsheet.lab.cache import CachedEncoder
from broadsheet.search.hybrid import search
from broadsheet.search.stages import STAGES
from broadsheet.search.stages.tokens import _FIRST, _WEIGHT, token_matches
from broadsheet.space.pointer import TokenManifest
from broadsheet.space.tokens import TokenSnapshot, TokenSpace
from broadsheet.sync import sync
from broadsheet.tokens import holding

SETS = ("scifact", "cranfield", "cacm")
BAR = 0.70  # of late interaction on SciFact
LEAST = 0.645  # of dense alone there
BYTES = 11_000  # of a paper
KEPT = CACHE.parent / "evaluate-tokens"
_AT_ONCE = 256
_DIM = 384


@dataclass(frozen=True)
class Texts:
    """Token vectors of n texts, float16 and one below the other, only tokens that are parts of words."""

    ids: list[str]
    rows: NDArray[np.float16]
    starts: Rows
    names: list[str]

    def of(self, place: int) -> tuple[Vectors, list[str]]:
        """The unit vectors and the names of one text's tokens."""
        part = slice(int(self.starts[place]), int(self.starts[place + 1]))
        return unit(np.asarray(self.rows[part])), self.names[part]


def read(encoder: BertEncoder, folder: Path, texts: dict[str, str], *, prefix: str, query: bool) -> Texts:
    """The token vectors of texts by id, from the files of a folder, which are made first where they are missing."""
    if not (folder / f"{prefix}ids.json").exists():
        _make(encoder, folder, texts, prefix=prefix, query=query)
    ids = json.loads((folder / f"{prefix}ids.json").read_text())
    rows = np.load(folder / f"{prefix}rows.npy", mmap_mode="r")
    starts, spans = np.load(folder / f"{prefix}starts.npy"), np.load(folder / f"{prefix}spans.npy")
    tokens = (folder / f"{prefix}tokens.txt").read_text().split("\n")
    if set(texts) - set(ids) or len(tokens) != len(rows):
        sys.exit(f"{folder} holds token vectors of other texts: delete it")
    words = np.array([end > start and any(map(str.isalnum, name))
                      for name, (start, end) in zip(tokens, spans.tolist(), strict=True)])  # fmt: skip
    counts = np.add.reduceat(words.astype(np.int64), starts[:-1])
    left = np.flatnonzero(words)
    return Texts(ids, np.asarray(rows[left]), np.concatenate([[0], np.cumsum(counts)]), [tokens[each] for each in left])


def _make(encoder: BertEncoder, folder: Path, texts: dict[str, str], *, prefix: str, query: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    made: list[TokenVectors] = []
    for start in range(0, len(texts), _AT_ONCE):
        print(f"  token vectors of {folder.name}: {start:,} of {len(texts):,}", file=sys.stderr, flush=True)
        part = encoder.token_vectors(
            list(texts.values())[start : start + _AT_ONCE], role="query" if query else "document"
        )
        made += [each._replace(vectors=each.vectors.astype(np.float16)) for each in part]
    np.save(folder / f"{prefix}rows.npy", np.concatenate([each.vectors for each in made]))
    np.save(folder / f"{prefix}starts.npy", np.cumsum([0, *(len(each.tokens) for each in made)]))
    np.save(folder / f"{prefix}spans.npy", np.concatenate([each.spans for each in made]).astype(np.int32))
    (folder / f"{prefix}tokens.txt").write_text("\n".join(name for each in made for name in each.tokens))
    (folder / f"{prefix}ids.json").write_text(json.dumps(list(texts)))


class Trial:
    """One judged set: the first hundred by meaning of each query, and what re-orders them."""

    def __init__(self, encoder: BertEncoder, task: RetrievalTask) -> None:
        documents = {each.id: each.content for each in task.documents()}
        self.task, self.papers = task, read(encoder, KEPT / task.name, documents, prefix="", query=False)
        every = read(encoder, KEPT / task.name, dict(task.queries), prefix="queries-", query=True)
        self.queries = list(task.queries)
        place = {name: row for row, name in enumerate(every.ids)}
        self.asked = [every.of(place[name]) for name in self.queries]
        cached = CachedEncoder.under(encoder, CACHE.parent / "evaluate")
        vectors = cached.encode([documents[name] for name in self.papers.ids])
        cosines = cached.encode(list(task.queries.values()), role="query") @ vectors.T
        self.first = np.argsort(-cosines, axis=1, kind="stable")[:, :_FIRST]
        self.dense = np.take_along_axis(cosines, self.first, axis=1)
        counts: Counter[str] = Counter()
        for row in range(len(self.papers.ids)):
            counts.update(set(self.papers.names[self.papers.starts[row] : self.papers.starts[row + 1]]))
        self.counts, self.distinct = counts, sum(counts.values()) / len(self.papers.ids)

    def weighted(self, place: int, *, idf: bool) -> Vectors:
        """The rows of one query's tokens, each as long as it is rare."""
        vectors, tokens = self.asked[place]
        papers = len(self.papers.ids)
        weights = [np.log((papers + 1) / (self.counts[name] + 1)) if idf else 1.0 for name in tokens]
        return vectors * np.array(weights, np.float32)[:, None]

    def late(self, bits: int, *, idf: bool, seed: int = 0) -> NDArray[np.float64]:
        """The late interaction of the first hundred, (queries, 100); 0 bits: float16."""
        rows, starts = self.papers.rows, self.papers.starts
        codes = None if not bits else _packed(rows, bits, seed)
        scores = np.zeros(self.first.shape)
        for place, papers in enumerate(self.first):
            query = rotated(self.weighted(place, idf=idf), seed)
            spans = [slice(int(starts[each]), int(starts[each + 1])) for each in papers]
            if codes is None:
                scores[place] = max_sims(query, stacked([unit(np.asarray(rows[span])) for span in spans], _DIM))
                continue
            ends = np.cumsum([0, *(span.stop - span.start for span in spans)])
            held = np.concatenate([codes[span] for span in spans])
            scores[place] = coded_max_sims(query, held, ends, lambda part: unpacked(part, _DIM, bits))
        return scores

    def ndcg(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """nDCG@10 of each query when its first hundred are in the order of these scores."""
        metric, ids = parse("nDCG@10"), self.papers.ids
        return np.array([
            metric([ids[self.first[place][each]] for each in np.argsort(-row, kind="stable")],
                   self.task.judged[name])
            for place, (name, row) in enumerate(zip(self.queries, scores, strict=True))
        ])  # fmt: skip


def _packed(rows: NDArray[np.float16], bits: int, seed: int) -> Codes:
    parts = [rotated(unit(np.asarray(rows[start : start + 65_536])), seed) for start in range(0, len(rows), 65_536)]
    return np.concatenate([packed(part, bits) for part in parts])


def quality(encoder: BertEncoder, sets: Sequence[str]) -> None:
    """Print nDCG@10 of each order of the first hundred."""
    for name in sets:
        trial = Trial(encoder, read_task(need_data() / name))
        tokens = len(trial.papers.rows) / len(trial.papers.ids)
        size = tokens * width(_DIM, 1) + 4 * trial.distinct + 32
        print(f"\n{name}: {len(trial.queries)} queries, {len(trial.papers.ids):,} papers, {tokens:.1f} tokens and "
              f"{trial.distinct:.1f} different ones a paper, {size:,.0f} bytes a paper in one bit")  # fmt: skip
        verdict(f"{name} bytes a paper", size, BYTES, most=True)
        plain = trial.ndcg(trial.dense)
        _line("dense alone", plain, None)
        added = np.array([0.5 * z_scores(row) for row in trial.dense])
        for label, bits, idf, seed in (
            ("float16", 0, True, 0), ("8 bits", 8, True, 0), ("4 bits", 4, True, 0), ("1 bit", 1, True, 0),
            ("1 bit, rotated", 1, True, 1), ("float16, unweighted", 0, False, 0), ("1 bit, unweighted", 1, False, 0),
        ):  # fmt: skip
            late = trial.late(bits, idf=idf, seed=seed)
            values = trial.ndcg(late)
            _line(f"late interaction, {label}", values, plain)
            _line(f"  dense and {_WEIGHT} of it", trial.ndcg(added + [_WEIGHT * z_scores(row) for row in late]), plain)
            if name == "scifact" and label == "1 bit":
                verdict("scifact nDCG@10 late interaction, 1 bit", float(values.mean()), BAR, most=False)


def _line(label: str, values: NDArray[np.float64], plain: NDArray[np.float64] | None) -> None:
    gap = None if plain is None else difference(values, plain, seed=0)
    shown = f"  {gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}] p {gap.p:.4f} against dense" if gap else ""
    print(f"{label:<40} {values.mean():.4f}{shown}", flush=True)


def speed(encoder: BertEncoder, *, texts: int = 768, rounds: int = 5) -> None:
    """Print texts a second of ``encode`` and of ``encode_both``, and of packing, alternating."""
    documents = [each.content for each in read_task(need_data() / "scifact").documents()][:texts]

    def packing(some: list[str]) -> None:
        for each in encoder.encode_both(some)[1]:
            packed(unit(of_words(each).vectors), 1)

    ways: dict[str, Callable[[list[str]], object]] = {
        "document vectors": encoder.encode, "both": encoder.encode_both, "both, and codes": packing,
    }  # fmt: skip
    parts = [documents[start : start + _AT_ONCE] for start in range(0, texts, _AT_ONCE)]
    taken = {way: np.array([], np.float64) for way in ways}
    for call in ways.values():
        call(documents[:8])
    for _ in range(rounds):
        for way, call in ways.items():
            taken[way] = np.append(taken[way], timed(call, parts).sum() / 1e3)
    for way, seconds in taken.items():
        rates = texts / seconds
        low, high = interval(rates, np.median)
        print(f"{way:<20} {np.median(rates):7.1f} texts/s [{low:.1f}, {high:.1f}], best {rates.max():.1f}")


def look(encoder: BertEncoder, *, papers: int = 102_289, queries: int = 300) -> None:
    """Print the time of each step of the second look, on random codes of real lengths."""
    task = read_task(need_data() / "scifact")
    trial = read(
        encoder, KEPT / "scifact", {each.id: each.content for each in task.documents()}, prefix="", query=False
    )
    lengths, rng = np.diff(trial.starts), np.random.default_rng(0)
    texts = list(task.queries.values())[:queries]
    with TemporaryDirectory(dir=CACHE) as folder:
        space = TokenSpace(Path(folder) / "tokens")
        space.create(TokenManifest("random", "random", _DIM))
        _fill(space, rng.choice(lengths, papers), rng)
        state = space.snapshot()
        said = sum(state.sizes.values()) / papers
        print(f"{state.count:,} papers, {state.tokens / state.count:.0f} tokens a paper, {said:,.0f} bytes a paper")
        chosen = [rng.choice(np.arange(1, papers + 1), _FIRST, replace=False) for _ in texts]
        asked = [of_words(each) for each in encoder.token_vectors(texts, role="query")]
        steps: dict[str, Callable[[int], object]] = {
            "token vectors of the query": lambda each: encoder.token_vectors([texts[each]], role="query"),
            "codes from the disk's cache": lambda each: state.of(chosen[each]),
            "late interaction of 100 papers": lambda each: _sums(state, unit(asked[each].vectors), chosen[each]),
        }
        for step, call in steps.items():
            times, own = _times(call, len(texts))
            low, high = interval(times, np.median)
            shown = f"p50 {np.median(times):6.2f} ms [{low:.2f}, {high:.2f}], p95 {np.quantile(times, 0.95):6.2f}"
            print(f"{step:<32} {shown}; of the processor p50 {np.median(own):.2f}, p95 {np.quantile(own, 0.95):.2f}")


def _times(call: Callable[[int], object], rounds: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Milliseconds of each call by the clock and of the processor, which other programs do not lengthen as much."""
    wall, own = [], []
    for each in range(rounds):
        start, used = time.perf_counter(), time.process_time()
        call(each)
        wall.append(1e3 * (time.perf_counter() - start))
        own.append(1e3 * (time.process_time() - used))
    return np.array(wall), np.array(own)


def _sums(state: TokenSnapshot, query: Vectors, numbers: Rows) -> Vectors:
    codes, starts = state.of(numbers)
    return coded_max_sims(query, codes, starts, state.unpacked)


def _fill(space: TokenSpace, lengths: Rows, rng: np.random.Generator) -> None:
    """Random codes for papers of these lengths, thousands at a time."""
    pool = rng.integers(0, 256, (1 << 16, width(_DIM, 1)), dtype=np.uint8)
    for start in range(0, len(lengths), 4_096):
        part = lengths[start : start + 4_096].tolist()
        codes = [pool[at : at + length] for at, length in zip(rng.integers(0, 60_000, len(part)), part, strict=True)]
        terms = [np.arange(each % 500, each % 500 + min(length, 122), dtype="<u4") for each, length in enumerate(part)]
        numbers = range(start + 1, start + 1 + len(part))
        space._write(numbers, ["00" * 16] * len(part), codes, terms)
        space.commit(start + len(part))


def matches(encoder: BertEncoder, *, papers: int = 300, queries: int = 20) -> None:
    """Print how far the parts of token pairs are from their paper's score, and how long they take."""
    task = read_task(need_data() / "cranfield")
    documents = list(task.documents())[:papers]
    with TemporaryDirectory(dir=CACHE) as folder, open_collection(folder, encoder=encoder) as collection:
        collection.store.papers.put(documents, now=datetime.now(UTC))
        sync(collection)
        print(holding(collection).words)
        STAGES["tokens"].budget = 60.0  # here it is not the time that counts
        gaps, taken = [], []
        for text in list(task.queries.values())[:queries]:
            first = search(collection, text, k=1, pins=False, stages=("tokens",)).items[0]
            number = collection.store.papers.number_of(first.document)
            score = first.parts["tokens"].score or 0.0
            start = time.perf_counter()
            pairs = token_matches(collection, text, number)
            taken.append(1e3 * (time.perf_counter() - start))
            gaps.append(abs(sum(each.adds for each in pairs) - score) / score)
        print(f"{queries} queries: token_matches p50 {np.median(taken):.1f} ms")
        verdict("largest relative gap of parts and score", max(gaps), 1e-6, most=True)


def main() -> None:
    """Run the parts that are named."""
    wanted = sys.argv[1:] or ["quality", "speed", "look", "matches"]
    encoder = names.encoder("minilm", cache=CACHE)
    head(
        "tokens: late interaction",
        versions("broadsheet", "openvino", "numpy", "tokenizers"),
        f"encoder: {encoder.manifest.encoder}, weights {encoder.manifest.weights[:12]}, {encoder.manifest.precision}",
    )
    sets = [each for each in wanted if each in SETS] or SETS
    if "quality" in wanted:
        quality(encoder, sets)
    if "speed" in wanted:
        speed(encoder)
    if "look" in wanted:
        look(encoder)
    if "matches" in wanted:
        matches(encoder)


if __name__ == "__main__":
    main()
