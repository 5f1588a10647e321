"""Are the reasons of a match true of the model? Deletion, insertion, comprehensiveness and sufficiency against random.

    ./run.sh bench faithfulness            (40 pairs of each set; about 10 minutes on two cores at the first run)
    ./run.sh bench faithfulness 100        (more pairs)
    ./run.sh bench faithfulness 12 gradients   (with integrated gradients, which cost 20 times as much, by torch)

Pairs of a query and a relevant text: claims and abstracts of SciFact (dev), and papers that CSFCube's experts call
similar (grade 2 or 3), by MiniLM; of each text the first 100 words. Each method says how important each word of the
text is for the cosine; then the most important words, 5, 10, 20 and 50 % of the words, are taken out, or left alone
(DeYoung et al. 2020, "ERASER"; Petsiuk et al. 2018, "RISE"). Against random words: the mean of three draws for each
pair. Integrated gradients (Sundararajan et al. 2017) need torch. Sampled Shapley values are those of 16 stretches of
the text, each shared by its words, or of the words that are first by pairs of tokens, 16 of them.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from math import log
from pathlib import Path
from typing import NamedTuple

import numpy as np
from common import CACHE, head, need_data, versions

from broadsheet import names
from broadsheet.core.attribution import gathered, pair_parts, shapley
from broadsheet.core.metrics import difference
from broadsheet.core.units import Units, units
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.faithfulness import SHARES, Faithfulness, chosen, measured
from broadsheet.lexicon.stems import Stems

DRAWS = 3
LONGEST = 100  # words of a text that are read
STRETCHES = 16  # of a text, which are left out one after the other
GROUP = 0.1  # of the words: the group that S125 takes out
STEPS = 20  # of integrated gradients
STEMS = Stems("english")


class Pair(NamedTuple):
    """A query and a text that answers it."""

    name: str
    query: str
    text: str


def key(word: str) -> str:
    """What forms of a word have in common."""
    return " ".join(STEMS[word]).strip() or word.casefold()


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def pairs(data: Path, name: str, count: int) -> list[Pair]:
    """Pairs of a set, one for each query or paper, drawn once."""
    corpus = {row["_id"]: f"{row['title']} {row['text']}" for row in rows(data / name / "corpus.jsonl.gz")}
    with gzip.open(data / name / "qrels.tsv.gz", "rt") as file:
        _, *judged = [line.rstrip("\n").split("\t") for line in file]
    if name == "scifact":
        queries = {row["_id"]: row["text"] for row in rows(data / name / "queries.jsonl.gz") if row["split"] == "dev"}
    else:
        queries = {row["_id"]: corpus[row["doc_id"]] for row in rows(data / name / "queries.jsonl.gz")}
    least = 1 if name == "scifact" else 2
    drawn = [(row[0], row[1]) for row in judged if row[0] in queries and int(row[2]) >= least]
    random.Random(0).shuffle(drawn)
    drawn = [each for each in drawn if corpus[each[1]] != queries[each[0]]]
    return [Pair(f"{one} {other}", queries[one], beginning(corpus[other])) for one, other in drawn[:count]]


def beginning(text: str) -> str:
    """The first words of a text."""
    spans = units(text).spans[:LONGEST]
    return text[: spans[-1, 1]] if len(spans) else text


class Judge:
    """The similarity of texts with one query, under an encoder."""

    def __init__(self, encoder: CachedEncoder, query: str) -> None:
        self.encoder, self.vector = encoder, encoder.encode([query], role="query")[0]

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        return (self.encoder.encode(list(texts)) @ self.vector).astype(np.float64)


def by_pairs(judge: Judge, pair: Pair, own: Units) -> np.ndarray:
    """What each word adds in the sum over pairs of tokens."""
    one, other = judge.encoder.token_vectors([pair.query], role="query")[0], judge.encoder.token_vectors([pair.text])[0]
    parts = pair_parts(one.vectors, other.vectors)
    return gathered(parts, np.zeros(len(parts), np.int64), own.at(other.spans))[0][: len(own.names)]


def by_content(judge: Judge, pair: Pair, own: Units) -> np.ndarray:
    """The same for words that say something; stop words come last."""
    stops = np.array([not any(STEMS[name]) for name in own.names])
    return np.where(stops, -1.0, by_pairs(judge, pair, own))


def by_words_left_out(judge: Judge, pair: Pair, own: Units) -> np.ndarray:
    """What each of the 16 words that are first by pairs adds on average over an order of leaving them out, and its
    reverse; the other words come after them, by pairs."""
    first = by_content(judge, pair, own)
    players = np.argsort(-first, kind="stable")[:STRETCHES]

    def value(masks: np.ndarray) -> np.ndarray:
        stays = np.ones((len(masks), len(own.names)), dtype=bool)
        stays[:, players] = masks
        return judge([own.only(mask) for mask in stays])

    out = first - 10.0
    out[players] = shapley(value, len(players), rounds=1)
    return out


def by_shapley(judge: Judge, _: Pair, own: Units) -> np.ndarray:
    """What each stretch of the text adds on average over an order of leaving them out, and its reverse."""
    stretch = np.arange(len(own.of)) * STRETCHES // max(len(own.of), 1)
    size = np.bincount(stretch, minlength=STRETCHES)
    value = lambda masks: judge([own.words_only(mask[stretch]) for mask in masks])  # noqa: E731
    worth = shapley(value, STRETCHES, rounds=1) / np.maximum(size, 1)
    return np.bincount(own.of, weights=worth[stretch], minlength=len(own.names))


def by_rarity(frequency: Counter[str], papers: int, _: Judge, __: Pair, own: Units) -> np.ndarray:
    """How rare each word is in the set."""
    return np.array([log((papers + 1) / (frequency[key(name)] + 0.5)) for name in own.names])


def by_shared(frequency: Counter[str], papers: int, judge: Judge, pair: Pair, own: Units) -> np.ndarray:
    """Words of the query, the rarest first; then the other words as they come."""
    asked = {key(name) for name in units(pair.query, key).names}
    return by_rarity(frequency, papers, judge, pair, own) * np.array([key(name) in asked for name in own.names])


def integrated(folder: Path) -> Callable[[Judge, Pair, Units], np.ndarray]:
    """Integrated gradients of the cosine in the input embeddings, from those of [PAD], by torch."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    torch.set_num_threads(1)
    model, tokenizer = AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    model.eval()

    def by_gradients(judge: Judge, pair: Pair, own: Units) -> np.ndarray:
        made = tokenizer(pair.text, truncation=True, max_length=256, return_tensors="pt", return_offsets_mapping=True)
        spans, mask = made.pop("offset_mapping")[0].numpy(), made["attention_mask"]
        embed, query = model.get_input_embeddings(), torch.tensor(judge.vector)
        words, empty = embed(made["input_ids"]).detach(), embed(torch.tensor([tokenizer.pad_token_id])).detach()
        total = torch.zeros_like(words)
        for step in range(STEPS):
            at = (empty + (words - empty) * (step + 0.5) / STEPS).requires_grad_()
            states = model(inputs_embeds=at, attention_mask=mask).last_hidden_state.mean(1)[0]
            torch.nn.functional.cosine_similarity(states, query, dim=0).backward()
            total += at.grad
        parts = ((words - empty) * total / STEPS).sum(-1)[0].detach().numpy().astype(np.float64)
        return gathered(parts[None], np.zeros(1, np.int64), own.at(spans))[0][: len(own.names)]

    return by_gradients


def main(count: int, gradients: bool) -> None:
    """Measure all methods on both sets."""
    data = need_data()
    encoder = CachedEncoder.under(names.encoder("minilm"), CACHE / "faithfulness")
    head(
        "faithfulness of reasons", f"versions: {versions('broadsheet', 'numpy', 'openvino', 'torch', 'transformers')}",
        f"encoder: minilm ({encoder.manifest.precision}); shares of words {SHARES}; {DRAWS} random draws a pair",
    )  # fmt: skip
    for name in ("scifact", "csfcube"):
        judge_set(data, name, count, encoder, gradients=gradients)


def judge_set(data: Path, name: str, count: int, encoder: CachedEncoder, *, gradients: bool) -> None:
    """Print the table of one set."""
    drawn = pairs(data, name, count)
    texts = [f"{row['title']} {row['text']}" for row in rows(data / name / "corpus.jsonl.gz")]
    frequency = Counter(each for text in texts for each in {key(word) for word in units(text).names})
    methods: dict[str, Callable[[Judge, Pair, Units], np.ndarray]] = {
        "pairs of tokens": by_pairs, "pairs of tokens, stop words last": by_content,
        "Shapley values of the first 16 words by pairs": by_words_left_out, "Shapley values of stretches": by_shapley,
        "words of the query, rarest first": partial(by_shared, frequency, len(texts)),
        "rarest words": partial(by_rarity, frequency, len(texts)),
    }  # fmt: skip
    if gradients:
        methods["integrated gradients"] = integrated(encoder.facts.folder)
    values: dict[str, list[Faithfulness]] = {method: [] for method in [*methods, "random"]}
    falls: dict[str, list[tuple[float, np.ndarray]]] = {method: [] for method in methods}
    error, spent = [], Counter[str]()
    for pair in drawn:
        own, judge = units(pair.text, key), Judge(encoder, pair.query)
        rng = np.random.default_rng(0)
        chance = [rng.random(len(own.names)) for _ in range(DRAWS)]
        each = np.array([measured(judge, own, order) for order in chance])
        values["random"].append(Faithfulness(*each.mean(axis=0)))
        whole = judge([own.text])[0]
        groups = whole - judge([own.only(~chosen(own, order, GROUP)) for order in chance])
        for method, call in methods.items():
            start = time.perf_counter()
            importance = call(judge, pair, own)
            spent[method] += time.perf_counter() - start
            values[method].append(measured(judge, own, importance))
            top = whole - judge([own.only(~chosen(own, importance, GROUP))])[0]
            falls[method].append((float(top), groups))
        one, other = (encoder.token_vectors([text])[0] for text in (pair.query, pair.text))
        error.append(abs(pair_parts(one.vectors, other.vectors).sum() - whole) / abs(whole))
    print(f"## {name}: {len(drawn)} pairs")
    print(f"  sum of the pairs of tokens against the cosine: off by {np.mean(error):.4%} on average, at most "
          f"{np.max(error):.4%}")  # fmt: skip
    for method, own_values in values.items():
        show(method, own_values, values["random"], falls.get(method, []), spent[method] / len(drawn))


def show(
    method: str, own: list[Faithfulness], chance: list[Faithfulness], falls: list[tuple[float, np.ndarray]], took: float
) -> None:
    """A method's row: each measure, its gain on random with a paired interval, and how often its first words count."""
    print(f"  {method} ({took:.2f} s a pair)")
    for place, measure in enumerate(Faithfulness._fields):
        mine, theirs = (np.array([each[place] for each in several]) for several in (own, chance))
        if method == "random":
            print(f"    {measure:<18} {mine.mean():.4f}")
            continue
        sign = 1 if measure in ("comprehensiveness", "insertion") else -1
        gain = difference(sign * mine, sign * theirs, seed=0)
        word = "better than random" if gain.low > 0 else "NOT better than random"
        print(f"    {measure:<18} {mine.mean():.4f}  gain {gain.mean:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}] {word}")
    if falls:
        more = np.array([top > groups.mean() for top, groups in falls])
        most = np.array([top > groups.max() for top, groups in falls])
        print(f"    first {GROUP:.0%} of the words out: falls more than the mean of random groups in {more.mean():.1%}"
              f" of pairs, than each of {DRAWS} in {most.mean():.1%}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 40, "gradients" in sys.argv[2:])
