"""Documents a second of each family, beside sentence-transformers on the same folder and texts in the same run.

    BROADSHEET_TORCH_PYTHON=... python benchmarks/families.py [KIND...] [--texts 32] [--rounds 5] [--longest 256]

A KIND is one of SIZES, or a model_type of transformers, whose usual size is then taken. Weights are random: speed does
not depend on what they say. All have the tokenizer of MiniLM, so that each reads the same tokens. Ours runs in the
precision that the processor chooses, and once more in f32, which is sentence-transformers' own. Where ``--longest`` is
more than an abstract has, several abstracts are one text; then take a few texts only.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from common import CACHE, head, interval, need_data, verdict, versions
from encode import TORCH, Worker, abstracts

from broadsheet.encoders import minilm

ABSTRACT = 200  # tokens that one has at least, nearly always
SMALL = {"hidden_size": 384, "intermediate_size": 1536, "num_hidden_layers": 12, "num_attention_heads": 12}
SIZES = {
    "granite-small": ("modernbert", SMALL | {"vocab_size": 50368}), "gte": ("gte", {"vocab_size": 30528}),
    "bert-small": ("bert", SMALL), "modernbert": ("modernbert", {}), "nomic": ("nomic_bert", {}),
}  # fmt: skip
MAKE = """
import json, sys, torch
from transformers import AutoConfig, AutoModel
torch.manual_seed(0)
kind, sizes, folder = sys.argv[1:]
AutoModel.from_config(AutoConfig.for_model(kind, **json.loads(sizes))).eval().save_pretrained(folder)
"""
SYSTEMS = ("bert", "bert-f32", "torch")


def made(kind: str, longest: int) -> Path:
    """The folder of a model with random weights, made once, that reads so many tokens of a text."""
    folder = CACHE / "families" / kind
    if not (folder / "tokenizer.json").is_file():
        print(f"making a {kind} ...", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        model_type, sizes = SIZES.get(kind, (kind, {}))
        command = [TORCH, "-c", MAKE, model_type, json.dumps(sizes), str(folder)]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        real = minilm.default().facts.folder
        shutil.copytree(real / "1_Pooling", folder / "1_Pooling", dirs_exist_ok=True)
        for name in ("modules.json", "tokenizer_config.json", "tokenizer.json"):  # the last tells that all are there
            shutil.copy(real / name, folder / name)
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": longest}))
    return folder


def compared(kind: str, texts: Path, options: argparse.Namespace) -> None:
    """Print the rates of one family, and what ours is of sentence-transformers'."""
    folder = made(kind, options.longest)
    workers = {system: Worker(system, folder, texts) for system in SYSTEMS}
    rates: dict[str, list[tuple[float, float]]] = {system: [] for system in SYSTEMS}
    for number in range(options.rounds + 1):
        for system in random.Random(number).sample(SYSTEMS, len(SYSTEMS)):
            heard = workers[system].ask(0, options.texts)
            rate = (options.texts / heard["seconds"], options.texts / heard["processor"])
            rates[system] += [rate] if number else []  # the first round warms up
    table = {system: np.array(values).T for system, values in rates.items()}
    print(f"\n{kind}: documents a second, and a second of processor time; median of {options.rounds} rounds [95 %]")
    for system, (wall, processor) in table.items():
        low, high = interval(wall, np.median)
        held = f"{workers[system].megabytes:5.0f} MB"
        shown = f"{np.median(wall):7.2f} [{low:.2f}, {high:.2f}]  {np.median(processor):7.2f}  {held}"
        print(f"  {system:9} {shown}  {workers[system].version}", flush=True)
    for system in SYSTEMS[:2]:
        ratios = table[system] / table["torch"]
        verdict(f"{kind}: {system} / sentence-transformers", float(np.median(ratios[0])), 1.0, most=False)
        spans = ["{:.2f} [{:.2f}, {:.2f}]".format(np.median(each), *interval(each, np.median)) for each in ratios]
        print(f"  {spans[0]}; by processor time {spans[1]}; least cosine {cosine(workers, system, options):.6f}")
    for worker in workers.values():
        worker.close()


def cosine(workers: dict[str, Worker], system: str, options: argparse.Namespace) -> float:
    """The least cosine of a text's vector with that of sentence-transformers."""
    rows = []
    for name in (system, "torch"):
        workers[name].ask(0, options.texts, file := CACHE / "families" / f"{name}.npy")
        rows.append(np.load(file).astype(np.float64))
    return float(((rows[0] * rows[1]).sum(1) / np.prod([np.linalg.norm(each, axis=1) for each in rows], axis=0)).min())


def long_texts(many: int, longest: int) -> list[str]:
    """So many texts, each of as many abstracts as fill ``longest`` tokens."""
    each = 1 + (longest - 1) // ABSTRACT if longest > 2 * ABSTRACT else 1
    drawn = abstracts(need_data(), many * each)
    return [" ".join(drawn[start : start + each]) for start in range(0, len(drawn), each)]


def main() -> None:
    """Each kind, printed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", default=["bert", "distilbert", "mpnet", *SIZES])
    parser.add_argument("--texts", type=int, default=32, help="a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--longest", type=int, default=256, help="tokens that are read of a text")
    options = parser.parse_args()
    if not TORCH:
        sys.exit("no interpreter with torch: set BROADSHEET_TORCH_PYTHON")
    head("families", versions("broadsheet", "openvino", "tokenizers", "numpy"),
         f"data: papers_conf, {options.texts} texts a round, each cut at {options.longest} tokens")  # fmt: skip
    file = CACHE / "families" / "texts.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(long_texts(options.texts, options.longest)), encoding="utf-8")
    for kind in options.kinds:
        compared(kind, file, options)


if __name__ == "__main__":
    main()
