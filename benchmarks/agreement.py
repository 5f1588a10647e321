"""How models differ and how corpora do: each tool of the lab on real data, next to a baseline in the same run.

./run.sh bench agreement [models depth drift duplicates like difficulty seams]

models: abstracts of papers_conf under MiniLM, its first layers, two static encoders distilled from it, hashed words,
and MiniLM after a random rotation. depth and drift: arXiv by category and year. duplicates: papers of arXiv that are in
proceedings under one title. like, difficulty: the judged sets. seams: abstracts of PubMed, ten joined to a document.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from common import CACHE, head, need_data, verdict, versions
from search import rows

from broadsheet import names
from broadsheet.core.metrics import bootstrap, spearman
from broadsheet.core.protocols import Role
from broadsheet.core.text import plain, sentences
from broadsheet.core.vectors import Vectors
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.agreement.models import agreement, sample
from broadsheet.lab.agreement.tree import groups
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.corpus import difficulty as hardness
from broadsheet.lab.corpus.depth import depths, rank_sum, shift
from broadsheet.lab.corpus.drift import classifier, drift
from broadsheet.lab.corpus.duplicates import duplicates
from broadsheet.lab.corpus.judged_texts import judged_texts, sets_by_data
from broadsheet.lab.corpus.likeness import likeness, lines
from broadsheet.lab.corpus.seams import curve, seams
from broadsheet.lab.distil import distil
from broadsheet.lab.sets import known
from broadsheet.lab.subject import Dense
from broadsheet.lab.tasks.retrieval import Retrieval

STORE = "~/.cache/broadsheet/evaluate"
LAYERS = (1, 2, 3, 4, 5)
TEXTS = 1_000  # of the comparison of models
SEEDS = 400
CHOSEN = 200  # abstracts on which the window and the cutoff of seams were chosen


class Turned:
    """An encoder after a random rotation of its space."""

    def __init__(self, encoder: Any, dim: int) -> None:
        self._encoder = encoder
        self._turn = np.linalg.qr(np.random.default_rng(7).normal(size=(dim, dim)))[0].astype(np.float32)

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        """Encode as the encoder does, and rotate."""
        turned: Vectors = self._encoder.encode(texts, role=role) @ self._turn
        return turned


def main() -> None:
    """Print the sections that were named, or all."""
    head("agreement", f"versions: {versions('broadsheet', 'numpy', 'openvino')}")
    parts: dict[str, Callable[[], None]] = {
        "models": models, "depth": depth, "drift": drifting, "duplicates": doubles, "like": like,
        "difficulty": difficulty, "seams": joins,
    }  # fmt: skip
    for name in sys.argv[1:] or parts:
        print(f"\n## {name}", flush=True)
        parts[name]()


def cached(name: str) -> CachedEncoder:
    """An encoder whose vectors are stored."""
    return CachedEncoder.under(names.encoder(name), STORE)


def content(row: dict[str, Any]) -> str:
    """Title and abstract, as encoders get them."""
    return f"{row['title']} {row['abstract']}".strip()


def arxiv() -> list[dict[str, Any]]:
    """Papers of arXiv in the order of days."""
    return list(rows(need_data() / "papers_arxiv_cs" / "papers.jsonl.gz"))


def conference(count: int) -> list[str]:
    """Papers of conferences, drawn at random, 2,000 at most."""
    every = list(rows(need_data() / "papers_conf" / "papers.jsonl.gz"))
    return [content(row) for row in random.Random(0).sample(every, 2_000)[:count]]


def static(dim: int) -> str:
    """A static encoder distilled from MiniLM, made when it is not there."""
    folder = CACHE / "agreement" / f"static-{dim}"
    if not (folder / "model.safetensors").is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        distil(names.encoder("minilm"), conference(2_000), folder, dim=dim)
    return f"static:{folder}"


def models() -> None:
    """Print all pairs of models, the tree, and whether one recipe clusters together."""
    base = cached("minilm")
    encoders: dict[str, Any] = {"minilm": base, "rotated": Turned(base, 384)}
    encoders |= {f"layers={count}": cached(f"minilm?layers={count}") for count in LAYERS}
    encoders |= {f"static-{dim}": cached(static(dim)) for dim in (256, 64)} | {"hash": HashEncoder()}
    found = agreement(conference(TEXTS), encoders, most=TEXTS, shown=1)
    for pair in found.pairs:
        values = "  ".join(f"{v.measure} {v.value:.3f} [{v.low:.3f}, {v.high:.3f}]" for v in pair.values)
        print(f"{pair.one:10} {pair.other:10} {values}", flush=True)
    chance = 10 / (2 * (found.texts - 1) - 10)
    print(f"Jaccard@10 by chance: {chance:.4f};  {found.texts} texts")
    for join in found.tree:
        print(f"join at {join.distance:.3f}: {' '.join(join.one)} + {' '.join(join.other)}")
    print("groups at 0.5:", groups(found.names, found.tree, most=0.5))
    twin = found.pairs[0]
    verdict("CKA of the rotated twin", twin.value("CKA").value, 1 - 1e-4, most=False)
    recipe = {
        frozenset(("static-256", "static-64")),
        *(frozenset((f"layers={n}", f"layers={n + 1}")) for n in LAYERS[:-1]),
    }
    rest = [p for p in found.pairs if frozenset((p.one, p.other)) not in recipe and "rotated" not in (p.one, p.other)]
    for measure in ("unbiased CKA", "Jaccard@10", "RBO"):
        same = [p.value(measure).value for p in found.pairs if frozenset((p.one, p.other)) in recipe]
        print(f"{measure}: same recipe {np.mean(same):.3f} (least {min(same):.3f}), other pairs "
              f"{np.mean([p.value(measure).value for p in rest]):.3f}")  # fmt: skip
    for couple, texts in list(found.apart.items())[-1:]:
        first = texts[0]
        print(f"{couple}: RBO {first.overlap:.2f} on {first.text[:80]!r}: {first.one[:60]!r} / {first.other[:60]!r}")


def depth() -> None:
    """Print the level and the power of the test, next to the careless form of it, and where other fields lie."""
    papers, base = arxiv(), cached("minilm")
    own, other = (
        base.encode([content(row) for row in papers if row["extra"].get("primary") == name])
        for name in ("cs.CL", "cs.CV")
    )
    print("halves of cs.CL: share of 400 seeds rejected at 5 %")
    for count in (50, 100, 250, 1_000):
        drawn = [np.random.default_rng(seed).permutation(len(own)) for seed in range(SEEDS)]
        pairs = [(own[rows[:count]], own[rows[count : 2 * count]]) for rows in drawn]
        careful = [shift(*pair).p < 0.05 for pair in pairs]
        careless = [rank_sum(depths(one, one), depths(one, two)).p < 0.05 for one, two in pairs]
        low, high = bootstrap(careful, seed=0)
        print(f"n {count:5}  {np.mean(careful):.4f} [{low:.4f}, {high:.4f}]   with each text in its own corpus: "
              f"{np.mean(careless):.4f}", flush=True)  # fmt: skip
    for count in (25, 50, 100):
        drawn = [np.random.default_rng(seed) for seed in range(100)]
        pairs = [(own[r.permutation(len(own))[:count]], other[r.permutation(len(other))[:count]]) for r in drawn]
        tests = [shift(*pair) for pair in pairs]
        guessed = [classifier(*pair, seed=seed).p < 0.05 for seed, pair in enumerate(pairs)]
        rejected, q = np.mean([test.p < 0.05 for test in tests]), np.mean([test.deeper for test in tests])
        print(f"cs.CL against cs.CV, n {count}: depth rejects {rejected:.2f}, Q {q:.3f}; classifier rejects "
              f"{np.mean(guessed):.2f}", flush=True)  # fmt: skip
    far = base.encode(judged_texts(known(need_data())["cranfield"]))
    found = []
    for seed in range(100):
        draw = np.random.default_rng(seed)
        mixed = np.concatenate([own[draw.permutation(len(own))[:500]], far[draw.permutation(len(far))[:10]]])
        found.append(np.mean(np.argsort(depths(mixed))[:10] >= 500))
    print(f"ten Cranfield abstracts among 500 of cs.CL: {np.mean(found):.3f} of the ten shallowest are theirs "
          f"{bootstrap(found, seed=0)}; by chance {10 / 510:.3f}")  # fmt: skip


def drifting() -> None:
    """Print what moved in cs.CL from 2015 and 2016 to 2019, next to two halves of 2019."""
    base = cached("minilm")
    papers = [row for row in arxiv() if row["extra"].get("primary") == "cs.CL"]
    early = [content(row) for row in papers if row["date"][:4] in ("2015", "2016")]
    late = [content(row) for row in papers if row["date"][:4] == "2019"]
    corpora = {"2015-16 against 2019": (early, late), "2019, even against odd": (late[::2], late[1::2])}
    for name, (one, other) in corpora.items():
        found = drift((one, base.encode(one)), (other, base.encode(other)))
        print(f"{name}: {found.one} and {found.other} texts")
        print(f"  depth Q {found.depth.deeper:.3f} p {found.depth.p:.3g}; "
              f"MMD {found.mmd.value:.5f} p {found.mmd.p:.2g}; "
              f"classifier {found.classifier.value:.3f} p {found.classifier.p:.3g}")  # fmt: skip
        for topic in found.topics:
            if topic.moved:
                print(f"  {topic.change:+.3f} [{topic.low:+.3f}, {topic.high:+.3f}] {' '.join(topic.words)}")
        print("  gained:", " ".join(word.word for word in found.words if word.z > 4))
        print("  lost:  ", " ".join(word.word for word in found.words if word.z < -4), flush=True)


def doubles() -> None:
    """Print how well copies and near-duplicates are the papers with one title, on the half that chose nothing."""
    papers = arxiv()
    titles: dict[str, dict[str, Any]] = {}
    for row in rows(need_data() / "papers_conf" / "papers.jsonl.gz"):
        titles.setdefault(plain(row["title"]), row)
    twice = {plain(row["title"]): row for row in reversed(papers) if plain(row["title"]) in titles}
    own = [content(each) for title, row in reversed(twice.items()) for each in (row, titles[title])]
    others = [
        content(row) for row in papers
        if row["extra"].get("primary") in ("cs.CL", "cs.CV") and plain(row["title"]) not in titles
    ]  # fmt: skip
    texts = [*own, *others]
    base = cached("minilm")
    vectors = base.encode(texts)
    for name, some in (("both halves", {0, 1}), ("the half that chose nothing", {1})):
        kept = [row for row in range(len(texts)) if row >= len(own) or (row // 2) % 2 in some]
        truth = sum(row < len(own) for row in kept) // 2
        found = duplicates([texts[row] for row in kept], vectors[kept])
        real = {(place, place + 1) for place in range(0, 2 * truth, 2)}
        for kinds in (("copy",), ("copy", "near-duplicate"), ("copy", "near-duplicate", "paraphrase")):
            pairs = [(pair.one, pair.other) in real for pair in found if pair.kind in kinds]
            print(f"{name}, {' + '.join(kinds)}: precision {np.mean(pairs):.3f} recall {sum(pairs) / truth:.3f} "
                  f"({len(pairs)} pairs, {truth} true among {len(kept)} texts)", flush=True)  # fmt: skip


def like() -> None:
    """Print which judged sets resemble four corpora, one of them half of a set itself."""
    data, base = need_data(), cached("minilm")
    sets = {name: sample(judged_texts(each), most=500)[0] for name, each in sets_by_data(data).items()}
    judged = {name: (texts, base.encode(texts)) for name, texts in sets.items() if texts}
    banking = judged_texts(known(data)["banking77"])
    mine = {
        "arXiv cs.CL": [content(row) for row in arxiv() if row["extra"].get("primary") == "cs.CL"],
        "sentences of PubMed": [sentence for text in abstracts() for sentence in text],
        "titles of hf_daily": [row["title"] for row in rows(data / "hf_daily" / "daily.jsonl.gz")],
        "other texts of banking77": [text for text in banking if text not in set(judged_of_name(sets, "banking77"))],
    }
    for name, texts in mine.items():
        some = sample(texts, most=500)[0]
        found = likeness((some, base.encode(some)), judged)
        print(f"\n{name}: {found.sentence}\ncolumns: {lines(found)[0]}")
        for row in lines(found)[1][:5]:
            print("  ", *row, sep=" | ")
        for pair in sorted(found.correlations, key=lambda each: each.value)[:3]:
            print(f"   rank correlation of {pair.one} and {pair.other}: {pair.value:+.2f}", flush=True)


def judged_of_name(sets: dict[str, list[str]], name: str) -> list[str]:
    """The texts of the group of sets that a name belongs to."""
    return next(texts for group, texts in sets.items() if name in group.split())


def difficulty() -> None:
    """Print general against domain scores before and after matching on difficulty."""
    data, base = need_data(), cached("minilm")
    sides = {}
    for name in ("xquad-en", "scifact", "cranfield", "cacm"):
        task = Retrieval(known(data)[name])
        judged, queries = hardness.judged_of(task)
        scores = {row.item: row.numbers[0] for row in task.rows(Dense(base, name)) if row.figure == "nDCG@10"}
        sides[name] = hardness.difficulty(judged), [scores[query] for query in queries]
    for one, other in combinations(sides, 2):
        try:
            found = hardness.match(sides[one], sides[other])
        except Exception as error:
            print(f"{one} against {other}: {error}")
            continue
        before, after = found.gap
        print(f"{one} {found.one[0].value:.3f} against {other} {found.other[0].value:.3f}: gap {before.value:+.3f} "
              f"[{before.low:+.3f}, {before.high:+.3f}]; {found.pairs} matched {found.one[1].value:.3f} against "
              f"{found.other[1].value:.3f}: {after.value:+.3f} [{after.low:+.3f}, {after.high:+.3f}]; balanced "
              f"{found.balanced}")  # fmt: skip
        print("  ", "; ".join(f"{b.measure} {b.before:+.2f} -> {b.after:+.2f}" for b in found.balance), flush=True)


def abstracts() -> list[list[str]]:
    """Sentences of the abstracts of PubMed."""
    every = rows(need_data() / "roles" / "pubmed_sections.jsonl.gz")
    return [[sentence for part in row["sections"] for sentence in sentences(part["text"])] for row in every]


def joins() -> None:
    """Print how many joins are found within one sentence, next to random gaps, and how alike two curves are."""
    texts = abstracts()
    order = np.random.default_rng(0).permutation(len(texts))
    documents = [[texts[row] for row in order[start : start + 10]] for start in range(CHOSEN, len(order), 10)]
    encoders: dict[str, Any] = {"minilm": cached("minilm"), "static-256": cached(static(256)), "hash": HashEncoder()}
    curves: dict[str, list[Any]] = {name: [] for name in encoders}
    shares: dict[str, float] = {}
    gold = [np.cumsum([len(text) for text in document])[:-1] - 1 for document in documents]
    for name, encoder in encoders.items():
        curves[name] = [curve(encoder.encode([s for text in document for s in text])) for document in documents]
        found = [seams(values, len(at)) for values, at in zip(curves[name], gold, strict=True)]
        shares[name] = report(name, found, gold)
    draw = np.random.default_rng(1)
    report(
        "random gaps",
        [np.sort(draw.choice(len(c), len(g), replace=False)) for c, g in zip(curves["hash"], gold, strict=True)],
        gold,
    )
    report("minilm, count not known", [seams(values) for values in curves["minilm"]], gold)
    verdict("joins within one sentence (minilm)", shares["minilm"], 0.8, most=False)
    for one, other in combinations(encoders, 2):
        alike = [spearman(a, b) for a, b in zip(curves[one], curves[other], strict=True)]
        print(f"curves of {one} and {other}: Spearman {np.mean(alike):.3f} {bootstrap(alike, seed=0)}")


def report(name: str, found: Sequence[Any], gold: Sequence[Any]) -> float:
    """Print one row, and return the share of joins within one sentence of a seam."""
    near = [[bool(len(f)) and np.abs(f - join).min() <= 1 for join in g] for f, g in zip(found, gold, strict=True)]
    exact = [[join in f for join in g] for f, g in zip(found, gold, strict=True)]
    shares = [float(np.mean(each)) for each in near]
    low, high = bootstrap(shares, seed=0)
    print(f"{name}: within one sentence {np.mean(shares):.3f} [{low:.3f}, {high:.3f}], exactly {np.mean(exact):.3f}, "
          f"{sum(map(len, found)) / sum(map(len, gold)):.2f} seams for each join", flush=True)  # fmt: skip
    return float(np.mean(shares))


if __name__ == "__main__":
    main()
