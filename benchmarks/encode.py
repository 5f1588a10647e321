"""Documents a second of the encoders and their rivals, agreement with the original, cold start, the static's quality.

    ./run.sh bench encode [--texts 192] [--rounds 7] [--quality]

The rivals run under the same interpreter, or under the one that BROADSHEET_TORCH_PYTHON names; without torch there only
our own encoders are measured.
Each system sits in a process of its own; in every round all of them encode the same texts, one after the other in an
order drawn anew, so that a drift of the machine touches all. Ratios are taken within rounds.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from common import CACHE, head, interval, need_data, verdict, versions

from broadsheet.core.protocols import Encoder
from broadsheet.encoders import minilm
from broadsheet.encoders.static import StaticEncoder
from broadsheet.lab.distil import distil

TORCH = os.environ.get("BROADSHEET_TORCH_PYTHON") or (sys.executable if find_spec("torch") else "")
WORKER = Path(__file__).with_name("encode_worker.py")
OURS = {"minilm", "static", "bert", "bert-f32"}
FAST = {"static", "model2vec"}
COLD = """
from pathlib import Path
from broadsheet import names
names.encoder("minilm", cache=Path({cache!r})).encode(["graph neural networks"], role="query")
"""


class Worker:
    """A system in a process of its own."""

    def __init__(self, system: str, folder: Path, texts: Path) -> None:
        python = sys.executable if system in OURS else TORCH
        command = [python, str(WORKER), system, str(folder), str(texts)]
        env = os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env
        )
        self.version, self.megabytes = self.heard()["version"], 0.0

    def ask(self, start: int, end: int, save: Path | str = "-") -> dict[str, Any]:
        """Encode a slice of the texts; what it took."""
        assert self.process.stdin
        print(start, end, save, file=self.process.stdin, flush=True)
        heard = self.heard()
        self.megabytes = max(self.megabytes, heard["megabytes"])
        return heard

    def heard(self) -> dict[str, Any]:
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith("@"):
                return json.loads(line[1:])
        raise RuntimeError(f"{self.process.args[2]} ended: run it by hand to see why")  # type: ignore[index]

    def close(self) -> None:
        self.process.communicate()


def abstracts(data: Path, n: int) -> list[str]:
    """``n`` real papers, title and abstract, drawn with a fixed seed."""
    with gzip.open(data / "papers_conf/papers.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [f"{row['title']} {row['abstract']}" for row in random.Random(1).sample(rows, n)]


def static_model(data: Path, cache: Path) -> Path:
    """The static encoder that ``distil`` makes from other papers than those that are encoded here."""
    target = cache / "static"
    if not (target / "model.safetensors").is_file():
        print("making the static encoder (half a minute) ...", flush=True)
        distil(minilm.default(cache=cache), abstracts(data, 12_000)[8_000:], target)
    return target


def speed(workers: dict[str, Worker], options: argparse.Namespace) -> dict[str, np.ndarray]:
    """Documents a second of every system in every round."""
    rates: dict[str, list[float]] = {name: [] for name in workers}
    for number in range(options.rounds):
        names = random.Random(number).sample(sorted(workers), len(workers))
        for name in names:
            count = options.static_texts if name in FAST else options.texts
            rates[name].append(count / workers[name].ask(0, count)["seconds"])
        print(f"  round {number}: " + ", ".join(f"{n} {r[-1]:.1f}" for n, r in rates.items()), flush=True)
    return {name: np.array(values) for name, values in rates.items()}


def report_speed(rates: dict[str, np.ndarray], workers: dict[str, Worker]) -> None:
    print("\ndocuments a second, median of rounds [95 % interval]")
    for name, values in rates.items():
        low, high = interval(values, np.median)
        held = f"{workers[name].megabytes:5.0f} MB  {workers[name].version}"
        print(f"{name:10} {np.median(values):9.1f} [{low:.1f}, {high:.1f}]  {held}")
    bars = (
        ("minilm", "torch", minilm_bar()), ("minilm", "onnx", 0), ("minilm", "candding", 1.0),
        ("static", "model2vec", 1.0),
    )  # fmt: skip
    for name, rival, bar in bars:
        if rival in rates:
            ratios = rates[name] / rates[rival]
            low, high = interval(ratios, np.median)
            print(f"{name} / {rival}: {np.median(ratios):.2f} [{low:.2f}, {high:.2f}], median of rounds")
            if bar:
                verdict(f"{name} / {rival}", float(np.median(ratios)), bar, most=False)


def minilm_bar() -> float:
    """Five times where the processor has AMX, one and a half elsewhere."""
    info = Path("/proc/cpuinfo")
    return 5.0 if info.exists() and "amx_bf16" in info.read_text() else 1.5


def parity(workers: dict[str, Worker], n: int, folder: Path) -> None:
    """Cosine of minilm, and of the static against model2vec, to the originals."""
    for name, original, mean_bar, least_bar in (
        ("minilm", "torch", 0.9999, 0.999),
        ("static", "model2vec", 0.9999, 0.999),
    ):
        if original not in workers:
            continue
        rows = []
        for each in (name, original):
            workers[each].ask(0, n, folder / f"{each}.npy")
            rows.append(np.load(folder / f"{each}.npy").astype(np.float64))
        cosines = (rows[0] * rows[1]).sum(1) / np.linalg.norm(rows[0], axis=1) / np.linalg.norm(rows[1], axis=1)
        print(f"\ncosine {name} to {original}, {n} abstracts: mean {cosines.mean():.7f}, least {cosines.min():.7f}")
        verdict("mean cosine", cosines.mean(), mean_bar, most=False)
        verdict("least cosine", cosines.min(), least_bar, most=False)


def cold(cache: Path, runs: int) -> None:
    """From the start of the process to its end after the first query vector, compiled model in the cache."""
    code, taken = COLD.format(cache=str(cache)), []
    for _ in range(runs + 1):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        taken.append(time.perf_counter() - began)
    values = np.array(taken[1:])
    low, high = interval(values, np.median)
    print(f"\ncold start to the first query vector: {np.median(values):.3f} s [{low:.3f}, {high:.3f}], {runs} runs")
    verdict("seconds", float(np.median(values)), 0.7, most=True)


def queries(cache: Path, texts: list[str]) -> None:
    """One short query at a time, warm, and what it holds in memory."""
    code = f"""
import json, sys, time
from pathlib import Path
from broadsheet import names
encoder = names.encoder("minilm", cache=Path({str(cache)!r}))
texts = json.loads(sys.stdin.read())
encoder.encode(texts[:1], role="query")
taken = []
for text in texts:
    began = time.perf_counter(); encoder.encode([text], role="query"); taken.append(time.perf_counter() - began)
rss = [l.split()[1] for l in open("/proc/self/status") if l.startswith("VmRSS")] if sys.platform == "linux" else ["0"]
print(json.dumps([taken, int(rss[0]) / 1024]))
"""
    titles = json.dumps([text[:80] for text in texts])
    done = subprocess.run([sys.executable, "-c", code], input=titles, capture_output=True, text=True, check=True)
    taken, megabytes = json.loads(done.stdout)
    low, high = interval(np.array(taken), np.median)
    p50, p99 = np.quantile(taken, [0.5, 0.99])
    print(
        f"one query of 80 characters: p50 {p50 * 1e3:.2f} ms [{low * 1e3:.2f}, {high * 1e3:.2f}], p99 {p99 * 1e3:.2f}"
    )
    print(f"resident memory of a process that encodes queries: {megabytes:.0f} MB")


def quality(data: Path, encoders: dict[str, Encoder]) -> None:
    """Spearman on STS-B's dev set and nDCG@10 on SciFact's train queries: splits that no bar counts."""
    pairs = [row for row in rows_of(data / "stsb/en.jsonl.gz") if row["split"] == "dev"]
    for name, encoder in encoders.items():
        left, right = (encoder.encode([row[side] for row in pairs]) for side in ("s1", "s2"))
        rank = spearman((left * right).sum(1), np.array([row["score"] for row in pairs]))
        print(
            f"{name:8} STS-B dev (en) Spearman {rank:.4f}   SciFact train nDCG@10 {scifact(data, encoder):.4f}",
            flush=True,
        )


def scifact(data: Path, encoder: Encoder) -> float:
    corpus = rows_of(data / "scifact/corpus.jsonl.gz")
    judged: dict[str, set[str]] = {}
    with gzip.open(data / "scifact/qrels.tsv.gz", "rt") as file:
        for query, document, score, split, *_ in (line.rstrip("\n").split("\t") for line in list(file)[1:]):
            if split == "train" and int(score) > 0:
                judged.setdefault(query, set()).add(document)
    asked = [row for row in rows_of(data / "scifact/queries.jsonl.gz") if row["_id"] in judged]
    scores = (
        encoder.encode([row["text"] for row in asked], role="query")
        @ encoder.encode([f"{row['title']} {row['text']}" for row in corpus]).T
    )
    found = [[corpus[i]["_id"] for i in row] for row in np.argsort(-scores, axis=1)[:, :10]]
    return float(np.mean([ndcg(ids, judged[row["_id"]]) for ids, row in zip(found, asked, strict=True)]))


def ndcg(found: list[str], wanted: set[str]) -> float:
    gains = 1 / np.log2(np.arange(10) + 2)
    return float(
        sum(gain for gain, each in zip(gains, found, strict=True) if each in wanted) / gains[: len(wanted)].sum()
    )


def spearman(left: np.ndarray, right: np.ndarray) -> float:
    def ranks(values: np.ndarray) -> np.ndarray:
        _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
        return (np.cumsum(counts) - (counts - 1) / 2)[inverse]

    return float(np.corrcoef(ranks(left), ranks(right))[0, 1])


def rows_of(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=192, help="a round, for the transformers")
    parser.add_argument("--static-texts", type=int, default=4096, help="a round, for the static encoders")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--parity", type=int, default=2000, help="abstracts to compare with the originals; 0: none")
    parser.add_argument(
        "--quality", action="store_true", help="also the static's quality beside its teacher's (minutes)"
    )
    return parser.parse_args()


def main() -> None:
    """All of it, printed."""
    options, data, cache = parsed(), need_data(), CACHE / "encode"
    cache.mkdir(parents=True, exist_ok=True)
    static, texts = static_model(data, cache), abstracts(data, max(options.static_texts, options.parity))
    head(
        "encode",
        versions("broadsheet", "openvino", "tokenizers", "numpy"),
        f"data: papers_conf, {options.texts} titles with abstract a round ({options.static_texts} for static encoders)",
    )
    systems = ["minilm", "static", *(["torch", "onnx", "candding", "model2vec"] if TORCH else [])]
    with TemporaryDirectory() as folder:
        (file := Path(folder) / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
        weights = minilm.default().facts.folder
        models = {"minilm": static, "static": static, "model2vec": static}
        workers = {name: Worker(name, models.get(name, weights), file) for name in systems}
        report_speed(speed(workers, options), workers)
        if options.parity:
            parity(workers, options.parity, Path(folder))
        for worker in workers.values():
            worker.close()
    cold(cache / "cache", 15)
    queries(cache / "cache", texts[:300])
    if options.quality:
        quality(data, {"static": StaticEncoder(static, name="static"), "minilm": minilm.default(cache=cache / "cache")})


if __name__ == "__main__":
    main()
