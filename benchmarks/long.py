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
import gzip
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from belief import lines
from common import CACHE, head, need_data, verdict, versions
from shelf_lab import gap, multilingual, told

from broadsheet import names
from broadsheet.core.metrics import parse
from broadsheet.core.vectors import best
from broadsheet.encoders.bert import BertEncoder
from broadsheet.encoders.tokenizer import read_tokenizer
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.intervals import Sample
from broadsheet.lab.task import Figure

TEXTS, ABSTRACTS = 100, 1_000
CHOOSING, REPORTED = (0, 1), (3, 4, 5)
TIMES = (1, 2, 4, 8)
BAR = 4
STRETCHED = ("stretch", "group", "repeat")
WAYS = ("cut", "whole", "pool", *STRETCHED)
FIGURES = {"accuracy@1": parse("P@1"), "nDCG@10": parse("nDCG@10")}
Grades = Mapping[str, Mapping[str, int]]


class Part(NamedTuple):
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


def passkeys(model: str, times: int, seeds: Sequence[int]) -> Iterator[Part]:
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
        yield Part(f"{times}x, seed {seed}", questions, texts, {each: {each: 1} for each in texts})


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


def needles(model: str, name: str) -> Part:
    """Abstracts joined to texts of four times the length that the model reads, and the questions that are judged."""
    judged = _judged(name)
    texts, place_of = _bundles(model, name)
    right = {question: {place_of[abstract]: 1 for abstract in own if abstract in place_of}
             for question, own in judged.items()}  # fmt: skip
    asked = {row["_id"]: row["text"] for row in lines(f"{name}/queries.jsonl.gz") if right.get(row["_id"])}
    return Part(f"{name}, joined to {BAR}x", asked, texts, right)


@cache
def _judged(name: str) -> dict[str, set[str]]:
    """The relevant abstracts of each question; of SciFact those of the claims that are judged everywhere."""
    with gzip.open(need_data() / name / "qrels.tsv.gz", "rt", encoding="utf-8") as file:
        columns, *rows = (line.rstrip("\n").split("\t") for line in file)
    found: dict[str, set[str]] = {}
    for row in (dict(zip(columns, row, strict=True)) for row in rows):
        if int(row["score"]) > 0 and row.get("split", "dev") == "dev":
            found.setdefault(row["query-id"], set()).add(row["corpus-id"])
    return found


def _abstracts(name: str) -> list[dict[str, Any]]:
    """Those that are relevant to a question, and others, in an order that is drawn."""
    relevant = set[str]().union(*_judged(name).values())
    rows = [row for row in lines(f"{name}/corpus.jsonl.gz") if row["text"].strip()]
    random.Random(0).shuffle(rows)
    rows.sort(key=lambda row: row["_id"] not in relevant)
    chosen = rows[:ABSTRACTS]
    random.Random(0).shuffle(chosen)
    return chosen


@cache
def _bundles(model: str, name: str) -> tuple[dict[str, str], dict[str, str]]:
    """Texts by id, and the text in which each abstract is."""
    rows = _abstracts(name)
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


# --- figures


def measured(model: str, way: str, parts: Sequence[Part], figure: str) -> Sample:
    """The values of all questions of some parts."""
    items, values = list[str](), list[float]()
    for part in parts:
        for question, ids in ranked(model, way, part).items():
            items.append(f"{part.name}: {question}")
            values.append(FIGURES[figure](ids, part.right[question]))
    name = parts[0].name.partition(", seed")[0]
    return Sample(way, f"{model} {name}", Figure(figure), tuple(items), np.array(values)[:, None])


_RANKED: dict[tuple[str, str, str], dict[str, list[str]]] = {}


def ranked(model: str, way: str, part: Part) -> dict[str, list[str]]:
    """The ten nearest texts of each question."""
    key = (model, way, part.name)
    if key not in _RANKED:
        start = time.perf_counter()
        encoder, ids = opened(model, way), list(part.texts)
        documents = encoder.encode(list(part.texts.values()))
        questions = encoder.encode(list(part.questions.values()), role="query")
        _RANKED[key] = {
            question: [ids[row] for row in best(documents @ vector, 10)[0]]
            for question, vector in zip(part.questions, questions, strict=True)
        }
        print(f"    ({model}, {way}, {part.name}: {time.perf_counter() - start:.0f} s)", file=sys.stderr, flush=True)
    return _RANKED[key]


def chosen(model: str) -> str:
    """The way to stretch that is best on passkeys of seeds that are not reported."""
    parts = list(passkeys(model, BAR, CHOOSING))
    found = [measured(model, way, parts, "nDCG@10") for way in STRETCHED]
    print(f"{model}: ways to stretch, passkeys of other seeds, {BAR}x, nDCG@10:",
          ", ".join(f"{each.subject} {each.value:.4f}" for each in found))  # fmt: skip
    return max(found, key=lambda each: each.value).subject


def table(model: str, parts: Sequence[Part], ways: Sequence[str]) -> dict[str, bool]:
    """Print both figures of all ways, each against cutting and against pieces; return which are above cutting by
    nDCG@10."""
    above: dict[str, bool] = {}
    for figure in FIGURES:
        found = {way: measured(model, way, parts, figure) for way in ways}
        told(*found.values())
        above = {way: gap(found[way], found["cut"]) for way in ways if way != "cut"}
        for way in ways:
            if "whole" in ways and way not in ("cut", "whole"):
                gap(found[way], found["whole"])
    return above


def unchanged(model: str, way: str) -> float:
    """How far vectors of short abstracts move, at most in one number, when they are stretched among longer texts."""
    pair = [names.encoder(named(model, each), cache=CACHE / "models") for each in ("cut", way)]
    for each in pair:
        each._engine.precision = "f32"
    texts = [row["abstract"] for row in papers()[:200]]
    fits = ~pair[0].too_long(texts)
    rows = [each.encode(texts)[fits] for each in pair]
    print(f"  {fits.sum()} abstracts that fit, encoded with {(~fits).sum()} that are longer, in f32")
    return float(np.abs(rows[0] - rows[1]).max())


def stretched() -> None:
    """S022: passkeys in texts of four times the length, cut and stretched; and short texts, which must not change"""
    way = chosen("minilm")
    parts = list(passkeys("minilm", BAR, REPORTED))
    cut, other = (measured("minilm", each, parts, "nDCG@10") for each in ("cut", way))
    told(cut, other)
    above = gap(other, cut)
    moved = unchanged("minilm", way)
    verdict("short abstracts move by", moved, 1e-6, most=True)
    print(f"  stretched above cut, with its interval: {'met' if above else 'MISSED'}")


def main() -> None:
    """Print all tables of the models named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=["minilm"])
    parser.add_argument(
        "--times", nargs="*", type=int, default=list(TIMES), help="lengths of passkeys, none: no number"
    )
    parser.add_argument("--ways", nargs="*", default=["cut", "whole", "pool", "stretch"], choices=WAYS)
    parser.add_argument("--needles", nargs="*", default=["cranfield", "scifact"])
    parser.add_argument("--seeds", nargs="*", type=int, default=list(REPORTED))
    own = parser.parse_args()
    head("long texts", f"versions: {versions('broadsheet', 'numpy', 'openvino', 'tokenizers')}")
    for model in own.models:
        parts = [list(passkeys(model, times, own.seeds)) for times in own.times]
        parts += [[needles(model, name)] for name in own.needles]
        for each in parts:
            table(model, each, own.ways)


if __name__ == "__main__":
    main()
