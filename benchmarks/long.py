"""Long texts: cut, in pieces, in chunks that are pooled together, or with the places of tokens stretched.

    ./run.sh bench long                       (minilm, all lengths; vectors are stored, so a second run is quick)
    ./run.sh bench long minilm e5-small --times 1 2 4

Passkeys, as in Zhu et al. 2024, "LongEmbed": 100 texts of the same abstracts, equal but for one sentence at an evenly
drawn place, "The pass key for NAME is NUMBER."; 100 questions, one for each name. Lengths are multiples of what a model
reads at once. Needles of real data: abstracts joined to texts of four times that length, and the claims of SciFact and
the questions of Cranfield; a text is relevant if an abstract in it is. What is chosen (which way to stretch) is chosen
on seeds and questions of its own; what is printed as a result is from the others.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from belief import lines
from common import CACHE, head, versions
from shelf_lab import gap, multilingual, told

from broadsheet import names
from broadsheet.core.metrics import parse
from broadsheet.core.vectors import best
from broadsheet.encoders.bert import BertEncoder
from broadsheet.encoders.tokenizer import read_tokenizer
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.intervals import Sample
from broadsheet.lab.task import Figure

TEXTS, SEEDS = 100, 3
TIMES = (1, 2, 4, 8)
BAR = 4
STRETCHED = ("stretch", "group", "repeat")
WAYS = ("cut", "whole", "pool", *STRETCHED)
FIGURES = {"accuracy@1": parse("P@1"), "nDCG@10": parse("nDCG@10")}
Grades = Mapping[str, Mapping[str, int]]


class Half(NamedTuple):
    """Questions by id, texts by id, and which texts are right for each question."""

    name: str
    questions: Mapping[str, str]
    texts: Mapping[str, str]
    right: Grades


def named(model: str, way: str) -> str:
    """The name of an encoder that reads long texts in one way."""
    base = model if model == "minilm" else multilingual()
    if way == "whole":
        return "minilm:whole" if model == "minilm" else base.replace("bert:", "bert:whole:", 1)
    return base if way == "cut" else f"{base}?long={way}"


@cache
def plain(model: str) -> BertEncoder:
    """The encoder that cuts."""
    made = names.encoder(named(model, "cut"), cache=CACHE / "models")
    assert isinstance(made, BertEncoder)
    return made


@cache
def opened(model: str, way: str) -> CachedEncoder:
    """An encoder whose vectors are stored."""
    return CachedEncoder.under(names.encoder(named(model, way), cache=CACHE / "models"), CACHE.parent / "evaluate")


@cache
def tokenizer(model: str) -> Any:
    """The model's tokenizer, which cuts nothing."""
    return read_tokenizer(plain(model).tokenizer_file)


# --- passkeys


@cache
def papers() -> list[dict[str, Any]]:
    """Papers of conferences with an abstract."""
    return [row for row in lines("papers_conf/papers.jsonl.gz") if row["abstract"] and row["authors"]]


def passkeys(model: str, times: int, seeds: Sequence[int]) -> Iterator[Half]:
    """For each seed 100 texts of ``times`` the length that the model reads."""
    for seed in seeds:
        draw = random.Random(seed)
        hay = _hay(model, times * plain(model).facts.max_length - 40, draw)  # 40: marks, a prompt, the sentence
        people = _people(draw)
        ends = [place + 2 for place in range(len(hay)) if hay.startswith(". ", place)]
        keys = [draw.randrange(10_000, 100_000) for _ in people]
        texts = {str(place): _hidden(hay, ends, f"The pass key for {name} is {key}. ", draw)
                 for place, (name, key) in enumerate(zip(people, keys, strict=True))}  # fmt: skip
        questions = {str(place): f"What is the pass key for {name}?" for place, name in enumerate(people)}
        yield Half(f"{times}x, seed {seed}", questions, texts, {each: {each: 1} for each in texts})


def _hay(model: str, tokens: int, draw: random.Random) -> str:
    """Abstracts in one row, of about so many tokens."""
    chosen = draw.sample(papers(), tokens // 50)
    text = " ".join(row["abstract"].strip() for row in chosen)
    offsets = tokenizer(model).encode(text, add_special_tokens=False).offsets
    return text[: offsets[tokens][0]]


def _people(draw: random.Random) -> list[str]:
    known = {name for row in papers()[:5_000] for name in row["authors"]}
    return draw.sample(sorted(name for name in known if name.isascii() and name.count(" ") == 1), TEXTS)


def _hidden(hay: str, ends: Sequence[int], sentence: str, draw: random.Random) -> str:
    """The sentence between two others, where the drawn place is nearest."""
    drawn = draw.random() * len(hay)
    place = min([0, *ends], key=lambda end: abs(end - drawn))
    return hay[:place] + sentence + hay[place:]


# --- needles


def needles(model: str, name: str, half: int) -> Half:
    """Abstracts joined to texts of four times the length that the model reads; questions of one half: of SciFact the
    claims to train with (0) or those that are judged (1), of Cranfield every second."""
    texts, place_of = _bundles(model, name)
    judged: dict[str, dict[str, int]] = {}
    for row in _judgements(name):
        if int(row["score"]) > 0 and row["corpus-id"] in place_of:
            judged.setdefault(row["query-id"], {})[place_of[row["corpus-id"]]] = 1
    rows = [row for row in lines(f"{name}/queries.jsonl.gz") if row["_id"] in judged]
    part = [row for place, row in enumerate(rows)
            if (row["split"] == ("train", "dev")[half] if name == "scifact" else place % 2 == half)]  # fmt: skip
    return Half(f"{name}, joined to {BAR}x", {row["_id"]: row["text"] for row in part}, texts,
                {row["_id"]: judged[row["_id"]] for row in part})  # fmt: skip


@cache
def _bundles(model: str, name: str) -> tuple[dict[str, str], dict[str, str]]:
    """Texts by id, and the text in which each abstract is."""
    rows = [row for row in lines(f"{name}/corpus.jsonl.gz") if row["text"].strip()]
    random.Random(0).shuffle(rows)
    whole = [f"{row['title']} {row['text']}".strip() for row in rows]
    sizes = [len(each.ids) for each in tokenizer(model).encode_batch_fast(whole, add_special_tokens=False)]
    most, bundles, room = BAR * plain(model).facts.max_length - 8, list[list[int]](), 0
    for row, size in enumerate(sizes):
        if size > room:
            bundles.append([])
            room = most
        bundles[-1].append(row)
        room -= size
    texts = {str(place): "\n".join(whole[row] for row in bundle) for place, bundle in enumerate(bundles)}
    return texts, {str(rows[row]["_id"]): str(place) for place, bundle in enumerate(bundles) for row in bundle}


def _judgements(name: str) -> list[dict[str, str]]:
    import gzip

    from common import need_data

    with gzip.open(need_data() / name / "qrels.tsv.gz", "rt", encoding="utf-8") as file:
        columns, *rows = (line.rstrip("\n").split("\t") for line in file)
    return [dict(zip(columns, row, strict=True)) for row in rows]


# --- figures


def measured(model: str, way: str, halves: Sequence[Half], figure: str) -> Sample:
    """The values of all questions of some halves."""
    items, values = list[str](), list[float]()
    for half in halves:
        for question, ids in ranked(model, way, half).items():
            items.append(f"{half.name}: {question}")
            values.append(FIGURES[figure](ids, half.right[question]))
    name = halves[0].name.partition(", seed")[0]
    return Sample(way, f"{model} {name}", Figure(figure), tuple(items), np.array(values)[:, None])


_RANKED: dict[tuple[str, str, int], dict[str, list[str]]] = {}


def ranked(model: str, way: str, half: Half) -> dict[str, list[str]]:
    """The ten nearest texts of each question."""
    key = (model, way, id(half))
    if key not in _RANKED:
        start = time.perf_counter()
        encoder, ids = opened(model, way), list(half.texts)
        documents = encoder.encode(list(half.texts.values()))
        questions = encoder.encode(list(half.questions.values()), role="query")
        _RANKED[key] = {
            question: [ids[row] for row in best(documents @ vector, 10)[0]]
            for question, vector in zip(half.questions, questions, strict=True)
        }
        print(f"    ({model}, {way}, {half.name}: {time.perf_counter() - start:.0f} s)", file=sys.stderr, flush=True)
    return _RANKED[key]


def chosen(model: str, halves: Sequence[Half]) -> str:
    """The way to stretch that is best on some halves, which are not reported."""
    found = [measured(model, way, halves, "nDCG@10") for way in STRETCHED]
    print("  chosen among", *(f"{each.subject} {each.value:.4f}" for each in found))
    return max(found, key=lambda each: each.value).subject


def table(model: str, halves: Sequence[Half], ways: Sequence[str] = WAYS) -> dict[str, bool]:
    """Print both figures of all ways, each against cutting and against pieces; which are above cutting, by nDCG@10."""
    above = {}
    for figure in FIGURES:
        found = {way: measured(model, way, halves, figure) for way in ways}
        told(*found.values())
        for way in ways[1:]:
            above[way] = gap(found[way], found["cut"])
        for way in ways[2:]:
            gap(found[way], found["whole"])
    return above


def main() -> None:
    """Print all tables of the models named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=["minilm"])
    parser.add_argument("--times", nargs="*", type=int, default=list(TIMES))
    parser.add_argument("--ways", nargs="*", default=list(WAYS))
    parser.add_argument("--no-needles", action="store_true")
    own = parser.parse_args()
    head("long texts", f"versions: {versions('broadsheet', 'numpy', 'openvino', 'tokenizers')}")
    for model in own.models:
        for times in own.times:
            first = list(passkeys(model, times, range(SEEDS)))
            print(f"{model}: passkeys, {times}x, choosing")
            chosen(model, first)
            table(model, list(passkeys(model, times, range(SEEDS, 2 * SEEDS))), own.ways)
        if not own.no_needles:
            for name in ("scifact", "cranfield"):
                chosen(model, [needles(model, name, 0)])
                table(model, [needles(model, name, 1)], own.ways)


if __name__ == "__main__":
    main()
