"""OpenVINO at work: it comes late, and what it compiled is kept in a file that may be damaged or missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from bert_kit import TEXTS, open_tiny, token_ids
from broadsheet.encoders.engine import Batch, Engine
from broadsheet.encoders.quiet import op, ov
from tinybert import CONFIG, forward


def test_this_processors_own_precision_stays_near(folder: Path) -> None:
    rows = open_tiny(folder).encode(TEXTS)
    near = [row @ forward(CONFIG, token_ids(text)) for row, text in zip(rows, TEXTS, strict=True)]
    assert min(near) > 0.999


def test_the_compiled_model_is_kept_and_made_again_when_damaged(folder: Path, tmp_path: Path) -> None:
    rows = open_tiny(folder).encode(TEXTS)
    cache = tmp_path / "cache"
    np.testing.assert_allclose(open_tiny(folder, cache=cache).encode(TEXTS), rows, atol=1e-6)
    (blob,) = cache.iterdir()
    kept = blob.stat().st_mtime_ns
    np.testing.assert_allclose(open_tiny(folder, cache=cache).encode(TEXTS), rows, atol=1e-6)
    assert blob.stat().st_mtime_ns == kept
    for damage in (b"", b"nonsense" * 100):
        blob.write_bytes(damage)
        np.testing.assert_allclose(open_tiny(folder, cache=cache).encode(TEXTS), rows, atol=1e-6)
        assert blob.stat().st_size > 10_000


def test_a_cache_that_cannot_be_written_costs_no_answer(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert open_tiny(folder, cache=tmp_path / "file").encode(["a"]).shape == (1, 16)


def test_other_weights_have_another_blob(folder: Path, tmp_path: Path) -> None:
    open_tiny(folder, cache=tmp_path / "cache").encode(["a"])
    tensors = {name: value * 1.1 for name, value in load_file(folder / "model.safetensors").items()}
    save_file(tensors, folder / "model.safetensors")
    open_tiny(folder, cache=tmp_path / "cache").encode(["a"])
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_openvino_comes_late_and_without_telemetry(folder: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from broadsheet.encoders.bert import BertEncoder
encoder = BertEncoder(Path({str(folder)!r}), name="tiny", version="1")
assert "openvino" not in sys.modules
encoder.encode(["a"])
assert "openvino" in sys.modules
assert not [name for name in sys.modules if "telemetry" in name]
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stderr


def doubling() -> Any:
    ids, mask = op.parameter([-1, -1], np.int32), op.parameter([-1, -1], np.float32)
    return ov.Model([op.multiply(op.convert(ids, "f32"), mask)], [ids, mask], "product")


def batch(number: int) -> Batch:
    return np.full((2, 3), number, np.int32), np.full((2, 3), 2, np.float32)


@pytest.mark.usefixtures("exact")
def test_one_batch_and_many_give_the_same_rows_in_order() -> None:
    built: list[int] = []
    engine = Engine(lambda: built.append(1) or doubling(), "product")
    np.testing.assert_allclose(engine.one(batch(4)), np.full((2, 3), 8.0))
    rows = list(engine.many((batch(number), f"tag {number}") for number in range(40)))
    assert [tag for _, tag in rows] == [f"tag {number}" for number in range(40)]
    assert [float(made[0, 0]) for made, _ in rows] == [2.0 * number for number in range(40)]
    assert len(built) == 2, "each way of running is compiled once"


def test_a_graph_of_another_identity_has_a_file_of_its_own(tmp_path: Path) -> None:
    for identity in ("one", "two", "one"):
        Engine(doubling, identity, tmp_path).one(batch(1))
    assert len(list(tmp_path.glob("*.blob"))) == 2
    assert list(tmp_path.glob("*.part")) == []
