"""Documents a second of each family, beside sentence-transformers on the same folder and texts in the same run.

    BROADSHEET_TORCH_PYTHON=... python benchmarks/families.py [KIND...] [--texts 32] [--rounds 5]

A KIND is a model_type of transformers; its usual base size is taken, with random weights: speed does not depend on what
they say. All have the tokenizer of MiniLM, so that each reads the same tokens. Ours runs in the precision that the
processor chooses, and once more in f32, which is sentence-transformers' own.
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

LONGEST = 256
MAKE = """
import sys, torch
from transformers import AutoConfig, AutoModel
torch.manual_seed(0)
kind, folder = sys.argv[1:]
AutoModel.from_config(AutoConfig.for_model(kind)).eval().save_pretrained(folder)
"""
SYSTEMS = ("bert", "bert-f32", "torch")


def made(kind: str) -> Path:
    """The folder of a model with random weights, made once."""
    folder = CACHE / "families" / kind
    if not (folder / "tokenizer.json").is_file():
        print(f"making a {kind} ...", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([TORCH, "-c", MAKE, kind, str(folder)], check=True, stderr=subprocess.DEVNULL)
        (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": LONGEST}))
        for name in ("tokenizer_config.json", "tokenizer.json"):  # the last tells that the folder is whole
            shutil.copy(minilm.default().facts.folder / name, folder / name)
    return folder


def compared(kind: str, texts: Path, options: argparse.Namespace) -> None:
    """Print the rates of one family, and what ours is of sentence-transformers'."""
    folder = made(kind)
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
        shown = f"{np.median(wall):7.2f} [{low:.2f}, {high:.2f}]  {np.median(processor):7.2f}"
        print(f"  {system:9} {shown}  {workers[system].version}", flush=True)
    for system in SYSTEMS[:2]:
        ratios = np.median(table[system] / table["torch"], axis=1)
        verdict(f"{kind}: {system} / sentence-transformers", float(ratios[0]), 1.0, most=False)
        print(f"  by processor time: {ratios[1]:.2f}")
    for worker in workers.values():
        worker.close()


def main() -> None:
    """Each kind, printed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", default=["bert", "distilbert", "mpnet"])
    parser.add_argument("--texts", type=int, default=32, help="a round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not TORCH:
        sys.exit("no interpreter with torch: set BROADSHEET_TORCH_PYTHON")
    head("families", versions("broadsheet", "openvino", "tokenizers", "numpy"),
         f"data: papers_conf, {options.texts} titles with abstract a round, at most {LONGEST} tokens each")  # fmt: skip
    file = CACHE / "families" / "texts.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(abstracts(need_data(), options.texts)), encoding="utf-8")
    for kind in options.kinds:
        compared(kind, file, options)


if __name__ == "__main__":
    main()
