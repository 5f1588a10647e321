"""OpenVINO at work: it comes late, and what it compiled is kept in a file that may be damaged or missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from bert_kit import TEXTS, open_tiny, token_ids
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
