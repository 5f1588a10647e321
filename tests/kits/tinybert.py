"""A BERT of a few thousand numbers, written to a folder as the real ones are, and the same network in plain numpy."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,-"
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *LETTERS, *(f"##{c}" for c in LETTERS), "graph", "paper", "##ing", "word"]
CONFIG: dict[str, Any] = {
    "model_type": "bert", "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 4,
    "intermediate_size": 32, "vocab_size": len(WORDS), "max_position_embeddings": 40, "type_vocab_size": 2,
    "hidden_act": "gelu", "layer_norm_eps": 1e-12, "pad_token_id": 0,
}  # fmt: skip


def write_tiny(
    folder: Path, *, config: dict[str, Any] | None = None, pooling: str = "mean", prefix: str = "", dtype: Any = "f4"
) -> dict[str, Any]:
    """Write the folder; returns the config. ``config`` overrides CONFIG; weights depend on nothing but the shapes."""
    merged = CONFIG | (config or {})
    (folder / "1_Pooling").mkdir(parents=True)
    tensors = {prefix + k: v.astype(dtype) for k, v in random_tensors(merged).items()}
    save_file(tensors, folder / "model.safetensors")
    tiny_tokenizer().save(str(folder / "tokenizer.json"))
    modes = {"pooling_mode_cls_token": pooling == "cls", "pooling_mode_mean_tokens": pooling == "mean"}
    kinds = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    modules = [{"path": path, "type": f"sentence_transformers.models.{kind}"} for path, kind in kinds]
    for name, value in {
        "config.json": merged, "1_Pooling/config.json": modes, "modules.json": modules,
        "sentence_bert_config.json": {"max_seq_length": 12},
    }.items():  # fmt: skip
        (folder / name).write_text(json.dumps(value))
    return merged


def tiny_tokenizer() -> Tokenizer:
    """Padding to 128 and cutting at 8, as careless files do: the reader must undo both."""
    vocab = {word: i for i, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.enable_padding(length=128)
    tokenizer.enable_truncation(8)
    return tokenizer


def random_tensors(config: dict[str, Any]) -> dict[str, np.ndarray]:
    random = np.random.default_rng(7)
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (config["vocab_size"], hidden),
        "embeddings.position_embeddings.weight": (config["max_position_embeddings"], hidden),
        "embeddings.token_type_embeddings.weight": (config["type_vocab_size"], hidden),
        "embeddings.LayerNorm.weight": (hidden,), "embeddings.LayerNorm.bias": (hidden,),
    }  # fmt: skip
    for layer in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{layer}."
        names = [(f"attention.self.{n}", hidden, hidden) for n in ("query", "key", "value")]
        names += [("attention.output.dense", hidden, hidden), ("intermediate.dense", inner, hidden)]
        for name, rows, columns in [*names, ("output.dense", hidden, inner)]:
            shapes |= {f"{at}{name}.weight": (rows, columns), f"{at}{name}.bias": (rows,)}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{at}{name}.weight": (hidden,), f"{at}{name}.bias": (hidden,)}
    return {name: random.normal(0, 0.3, shape).astype("f4") for name, shape in shapes.items()}


def forward(
    config: dict[str, Any], ids: list[int], *, pooling: str = "mean", offset: int = 0, layers: tuple[int, ...] = ()
) -> np.ndarray:
    """The unit vector of one text by the formulas of the papers, in float64."""
    pooled = _POOLS[pooling](token_states(config, ids, offset=offset, layers=layers))
    return pooled / np.linalg.norm(pooled)


def forward_with(tensors: dict[str, np.ndarray], config: dict[str, Any], ids: list[int]) -> np.ndarray:
    """The unit vector of the mean by other weights."""
    pooled = _states(tensors, config, ids, 0, ()).mean(0)
    return pooled / np.linalg.norm(pooled)


def token_states(
    config: dict[str, Any], ids: list[int], *, offset: int = 0, layers: tuple[int, ...] = ()
) -> np.ndarray:
    """The states of its tokens, the mean of several layers if ``layers`` names them, else of the last."""
    return _states(random_tensors(config), config, ids, offset, layers)


def _states(
    tensors: dict[str, np.ndarray], config: dict[str, Any], ids: list[int], offset: int, layers: tuple[int, ...]
) -> np.ndarray:
    w = {k: v.astype("f8") for k, v in tensors.items()}
    places = w["embeddings.position_embeddings.weight"][offset : offset + len(ids)]
    x = w["embeddings.word_embeddings.weight"][ids] + places + w["embeddings.token_type_embeddings.weight"][0]
    x = _norm(w, "embeddings.LayerNorm", x, config)
    states = [x]
    for layer in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{layer}."
        x = _norm(w, at + "attention.output.LayerNorm", x + _attend(w, at, x, config), config)
        middle = _ACTIVATIONS[config["hidden_act"]](_linear(w, at + "intermediate.dense", x))
        x = _norm(w, at + "output.LayerNorm", x + _linear(w, at + "output.dense", middle), config)
        states.append(x)
    return np.mean([states[layer] for layer in layers or (-1,)], axis=0)


def _attend(w: dict[str, np.ndarray], at: str, x: np.ndarray, config: dict[str, Any]) -> np.ndarray:
    heads, parts = config["num_attention_heads"], []
    q, k, v = (np.split(_linear(w, f"{at}attention.self.{n}", x), heads, axis=1) for n in ("query", "key", "value"))
    for i in range(heads):
        scores = np.exp(q[i] @ k[i].T / math.sqrt(q[i].shape[1]))
        parts.append(scores / scores.sum(1, keepdims=True) @ v[i])
    return _linear(w, at + "attention.output.dense", np.concatenate(parts, axis=1))


def _linear(w: dict[str, np.ndarray], name: str, x: np.ndarray) -> np.ndarray:
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def _norm(w: dict[str, np.ndarray], name: str, x: np.ndarray, config: dict[str, Any]) -> np.ndarray:
    centred = x - x.mean(1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(1, keepdims=True) + config["layer_norm_eps"])
    return scaled * w[f"{name}.weight"] + w[f"{name}.bias"]


_POOLS = {
    "mean": lambda x: x.mean(0), "cls": lambda x: x[0], "last": lambda x: x[-1], "max": lambda x: x.max(0),
    "weighted": lambda x: np.average(x, axis=0, weights=np.arange(1, len(x) + 1)),
}  # fmt: skip
_ERF = np.vectorize(math.erf)
_ACTIVATIONS = {
    "gelu": lambda x: x * 0.5 * (1 + _ERF(x / math.sqrt(2))),
    "gelu_new": lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "relu": lambda x: np.maximum(x, 0),
    "silu": lambda x: x / (1 + np.exp(-x)),
}
