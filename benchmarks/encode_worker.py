"""One encoder in a process of its own, for encode.py: reads ``START END SAVE`` lines, encodes that slice, answers.

    PYTHON encode_worker.py SYSTEM MODEL_FOLDER TEXTS.json

Runs under any interpreter that has the library; answers a JSON line: seconds, processor (seconds), megabytes, version.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Encode = Callable[[list[str]], np.ndarray]


def ours(name: str, folder: str) -> tuple[Encode, str]:
    """``minilm``, or ``static``, ``bert`` and ``bert-f32`` (which never takes bf16) from ``folder``."""
    from importlib.metadata import version

    from broadsheet import names
    from broadsheet.encoders.engine import Engine

    if name == "bert-f32":
        Engine.precision = "f32"  # type: ignore[misc]
    cache = Path(folder).parent / "cache"
    encoder = names.encoder(name if name == "minilm" else f"{name.removesuffix('-f32')}:{folder}", cache=cache)
    return encoder.encode, f"broadsheet, {encoder.manifest.precision}, OpenVINO {version('openvino')}"


def torch_fp32(_: str, folder: str) -> tuple[Encode, str]:
    """sentence-transformers as it comes, in float32."""
    import sentence_transformers
    import torch

    model = sentence_transformers.SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": torch.float32})

    def encode(texts: list[str]) -> np.ndarray:
        return model.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    return encode, f"sentence-transformers {sentence_transformers.__version__}, torch {torch.__version__}"


def onnx_fp32(_: str, folder: str) -> tuple[Encode, str]:
    """ONNX Runtime on the exported graph: sorted batches of 32, mean, as sentence-transformers does it."""
    import onnxruntime
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.enable_truncation(256)
    tokenizer.enable_padding()
    session = onnxruntime.InferenceSession(exported(folder), providers=["CPUExecutionProvider"])

    def encode(texts: list[str]) -> np.ndarray:
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        rows = np.empty((len(texts), 384), np.float32)
        for start in range(0, len(order), 32):
            part = order[start : start + 32]
            tokens = tokenizer.encode_batch([texts[i] for i in part])
            ids, mask = (np.array([getattr(t, n) for t in tokens], np.int64) for n in ("ids", "attention_mask"))
            states = session.run(None, {"ids": ids, "mask": mask})[0] * mask[:, :, None]
            rows[part] = states.sum(1) / mask.sum(1, keepdims=True)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    return encode, f"onnxruntime {onnxruntime.__version__}"


def exported(folder: str) -> bytes:
    """The model as ONNX, by torch's own exporter."""
    import io

    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()

    class States(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, mask: Any) -> Any:
            return self.model(input_ids=ids, attention_mask=mask).last_hidden_state

    axes, sample, out = {0: "texts", 1: "tokens"}, torch.ones(2, 9, dtype=torch.int64), io.BytesIO()
    torch.onnx.export(States(), (sample, sample), out, input_names=["ids", "mask"], output_names=["states"],
                      dynamic_axes={"ids": axes, "mask": axes, "states": axes}, dynamo=False)  # fmt: skip
    return out.getvalue()


def candding(_: str, folder: str) -> tuple[Encode, str]:
    """candding on Rust's candle, in float32; it takes a model by its hub name, so the folder plays the hub's cache."""
    import os
    from importlib.metadata import version
    from tempfile import mkdtemp

    name, commit = "sentence-transformers/all-MiniLM-L6-v2", "0" * 40
    home = Path(mkdtemp(prefix="candding-"))
    cache = home / "hub" / f"models--{name.replace('/', '--')}"
    (cache / "refs").mkdir(parents=True)
    (cache / "refs" / "main").write_text(commit)
    (cache / "snapshots").mkdir()
    (cache / "snapshots" / commit).symlink_to(folder, target_is_directory=True)
    os.environ["HF_HOME"] = str(home)
    from candding import TextEmbedding

    return TextEmbedding(name, device="cpu").embed, f"candding {version('candding')}"


def model2vec(_: str, folder: str) -> tuple[Encode, str]:
    """model2vec's own encoder on the static model that broadsheet made."""
    from importlib.metadata import version

    from model2vec import StaticModel

    return StaticModel.from_pretrained(folder, force_download=False).encode, f"model2vec {version('model2vec')}"


SYSTEMS = {
    "minilm": ours,
    "static": ours,
    "bert": ours,
    "bert-f32": ours,
    "torch": torch_fp32,
    "onnx": onnx_fp32,
    "candding": candding,
    "model2vec": model2vec,
}


def main(system: str, folder: str, texts_file: str) -> None:
    """Load, warm up, answer until the input ends."""
    texts = json.loads(Path(texts_file).read_text(encoding="utf-8"))
    encode, version = SYSTEMS[system](system, folder)
    encode(texts[:16])
    answer(version=version)
    for line in sys.stdin:
        start, end, save = line.split()
        began, busy = time.perf_counter(), time.process_time()
        rows = encode(texts[int(start) : int(end)])
        seconds, processor = time.perf_counter() - began, time.process_time() - busy
        if save != "-":
            np.save(save, rows)
        answer(seconds=seconds, processor=processor, megabytes=megabytes())


def megabytes() -> float:
    """Resident memory of this process."""
    lines = Path("/proc/self/status").read_text().splitlines() if Path("/proc/self/status").exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def answer(**facts: Any) -> None:
    """One line to the parent, past whatever libraries print."""
    print(f"@{json.dumps(facts)}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
