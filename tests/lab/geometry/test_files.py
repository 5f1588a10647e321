"""Vectors and texts of files: what each writer wrote is read, what is broken is named."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import NotFoundError, SourceError, UsageError
from broadsheet.lab.geometry import files
from broadsheet.lab.geometry.files import lines, read_vectors

MATRIX = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)


def whole(path: Path, scratch: Path) -> np.ndarray:
    return np.concatenate(list(read_vectors(path, scratch).blocks(8)))


@pytest.mark.parametrize("name", ["vector", "embedding"])
@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz"])
def test_json_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, ending: str) -> None:
    monkeypatch.setattr(files, "_BATCH", 7)
    text = "".join(json.dumps({"id": n, name: row}) + "\n" for n, row in enumerate(MATRIX.tolist()))
    path = tmp_path / f"v{ending}"
    path.write_bytes(gzip.compress(text.encode()) if ending.endswith("gz") else text.encode())
    np.testing.assert_array_equal(whole(path, tmp_path), MATRIX)


def test_npy(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", MATRIX)
    np.testing.assert_array_equal(whole(tmp_path / "v.npy", tmp_path), MATRIX)


@pytest.mark.parametrize("fixed", [True, False])
def test_parquet(tmp_path: Path, fixed: bool) -> None:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    kind = arrow.list_(arrow.float32(), 4) if fixed else arrow.list_(arrow.float64())
    column = arrow.array(MATRIX.tolist(), type=kind)
    parquet.write_table(
        arrow.table({"id": list(range(30)), "vector": column}), tmp_path / "v.parquet", row_group_size=11
    )
    np.testing.assert_allclose(whole(tmp_path / "v.parquet", tmp_path), MATRIX)
    parquet.write_table(arrow.table({"id": [1]}), tmp_path / "no.parquet")
    with pytest.raises(SourceError, match="no column vector"):
        whole(tmp_path / "no.parquet", tmp_path)
    ragged = arrow.table({"vector": arrow.array([[1.0], [1.0, 2.0]])})
    parquet.write_table(ragged, tmp_path / "ragged.parquet")
    with pytest.raises(SourceError, match="different lengths"):
        whole(tmp_path / "ragged.parquet", tmp_path)
    (tmp_path / "bad.parquet").write_text("not parquet")
    with pytest.raises(SourceError, match="as Parquet"):
        whole(tmp_path / "bad.parquet", tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [('{"vector": [1, 2]}\n{"vector": [1, 2, 3]}\n', "numbers"), ('{"id": 1}\n', "no list of numbers"), 
     ("[1]\n", "list"),     ('{"vector": ["a"]}\n', "not a number"), ("{bad\n", "not JSON"), ("", "holds no vectors"),
     ('{"vector": []}\n', "no list"), ('{"vector": [[1]]}\n', "not a number")],
)  # fmt: skip
def test_broken_lines_are_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "v.jsonl").write_text(text)
    with pytest.raises(SourceError, match=message):
        whole(tmp_path / "v.jsonl", tmp_path)


def test_vectors_of_two_sizes_in_two_batches_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_BATCH", 1)
    (tmp_path / "v.jsonl").write_text('{"vector": [1, 2]}\n{"vector": [1, 2, 3]}\n')
    with pytest.raises(SourceError, match="of 2 and of 3"):
        whole(tmp_path / "v.jsonl", tmp_path)


def test_null_is_not_a_number_and_not_an_error(tmp_path: Path) -> None:
    (tmp_path / "v.jsonl").write_text('{"vector": [1, null]}\n')
    assert np.isnan(whole(tmp_path / "v.jsonl", tmp_path)[0, 1])


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "v.txt").write_text("1 2 3")
    with pytest.raises(UsageError, match=r"expected \.npy"):
        read_vectors(tmp_path / "v.txt", tmp_path)
    with pytest.raises(NotFoundError, match="a Space's name"):
        read_vectors(tmp_path / "none.npy", tmp_path)


def test_some_lines_of_texts(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("zero\none\ntwo\r\nthree\n")
    assert lines(tmp_path / "t.txt", np.array([0, 2])) == ["zero", "two"]
    (tmp_path / "t.jsonl").write_text('{"text": "a"}\n{"text": "b"}\n')
    assert lines(tmp_path / "t.jsonl", np.array([1])) == ["b"]
    with pytest.raises(SourceError, match="ends before line 9"):
        lines(tmp_path / "t.txt", np.array([1, 8]))
    (tmp_path / "t.jsonl").write_text('{"words": "a"}\n')
    with pytest.raises(SourceError, match="no field 'text'"):
        lines(tmp_path / "t.jsonl", np.array([0]))
    with pytest.raises(NotFoundError):
        lines(tmp_path / "none.txt", np.array([0]))


@pytest.mark.parametrize("cut", [True, False])
def test_a_damaged_packed_file_is_named(tmp_path: Path, cut: bool) -> None:
    """Cut short, or with bytes in its middle that cannot be unpacked."""
    rows = "".join(json.dumps({"vector": row}) + "\n" for row in MATRIX.tolist())
    packed = gzip.compress(rows.encode())
    path = tmp_path / "v.jsonl.gz"
    path.write_bytes(packed[:40] if cut else packed[:20] + b"\xff" * 10 + packed[30:])
    with pytest.raises(SourceError, match=r"v\.jsonl\.gz cannot be read to its end"):
        read_vectors(path, tmp_path)
