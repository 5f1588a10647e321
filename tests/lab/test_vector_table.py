"""Vectors in one file: whole, growing, and never mixed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import CollectionError, ModelError, NotFoundError, UsageError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab import vector_table
from broadsheet.lab.vector_table import VectorTable, read_facts
from broadsheet.locks import held

TEXTS = [(f"id {i}", f"text number {i} about bees") for i in range(50)]
ROWS = HashEncoder(16).encode([text for _, text in TEXTS])


class Counting(HashEncoder):
    """Counts the texts that it encodes, and stops like a killed process at one of them."""

    def __init__(self, fatal: str = "") -> None:
        super().__init__(16)
        self.fatal, self.count = fatal, 0

    def encode(self, texts: list[str], *, role: str = "document") -> np.ndarray:  # type: ignore[override]
        if self.fatal in texts:
            raise KeyboardInterrupt
        self.count += len(texts)
        return super().encode(texts)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is saved, in small batches."""
    monkeypatch.setattr(vector_table, "_BATCH", 8)
    monkeypatch.setattr(vector_table, "_BLOCK", 7)
    monkeypatch.setattr(vector_table, "_SECONDS", -1)


def filled(path: Path, texts: list[tuple[str, str]] = TEXTS) -> Path:
    facts = VectorTable(path, HashEncoder(16)).fill(texts)
    assert (facts.rows, facts.done) == (len(texts), True)
    return path


def test_a_matrix_for_numpy(tmp_path: Path) -> None:
    path = filled(tmp_path / "v.npy")
    np.testing.assert_array_equal(np.load(path), ROWS)
    assert [json.loads(line) for line in (tmp_path / "v.npy.ids").read_text().splitlines()] == [i for i, _ in TEXTS]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["v.npy", "v.npy.ids", "v.npy.json"]


def test_json_lines_give_each_number_back(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in filled(tmp_path / "v.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == [name for name, _ in TEXTS]
    np.testing.assert_array_equal(np.array([row["embedding"] for row in rows], np.float32), ROWS)


def test_parquet_with_the_encoder_in_its_metadata(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow (extra lab) is not installed")
    made = parquet.read_table(filled(tmp_path / "v.parquet"))
    assert made["id"].to_pylist() == [name for name, _ in TEXTS]
    np.testing.assert_array_equal(np.array(made["embedding"].to_pylist(), np.float32), ROWS)
    assert made.schema.metadata[b"encoder"] == b"hash:16"


def test_parquet_without_its_library_is_refused_before_anything_is_encoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"broadsheet\[lab\]"):
        VectorTable(tmp_path / "v.parquet", HashEncoder())


@pytest.mark.parametrize("name", ["v.npy", "v.jsonl"])
def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path: Path, name: str) -> None:
    first, second = Counting(fatal=TEXTS[30][1]), Counting()
    with pytest.raises(KeyboardInterrupt):
        VectorTable(tmp_path / name, first).fill(TEXTS)
    assert not (tmp_path / name).exists()
    assert read_facts(tmp_path / name).rows == first.count == 24
    for part in ("part", "ids.part"):  # what was written after the last count does not exist
        with (tmp_path / f"{name}.{part}").open("ab") as file:
            file.write(b"half a row")
    VectorTable(tmp_path / name, second).fill(TEXTS)
    assert second.count == len(TEXTS) - first.count
    assert (tmp_path / name).read_bytes() == filled(tmp_path / f"other-{name}").read_bytes()


def test_texts_that_were_added_since_are_encoded_too(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        VectorTable(tmp_path / "v.npy", Counting(fatal=TEXTS[20][1])).fill(TEXTS[:30])
    assert VectorTable(tmp_path / "v.npy", Counting()).fill(TEXTS).rows == 50
    np.testing.assert_array_equal(np.load(tmp_path / "v.npy"), ROWS)


def test_parts_that_are_gone_are_made_again(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        VectorTable(tmp_path / "v.npy", Counting(fatal=TEXTS[30][1])).fill(TEXTS)
    (tmp_path / "v.npy.part").write_bytes(b"")
    filled(tmp_path / "v.npy")
    np.testing.assert_array_equal(np.load(tmp_path / "v.npy"), ROWS)


def test_a_whole_file_is_not_made_again(tmp_path: Path) -> None:
    path, encoder = filled(tmp_path / "v.npy"), Counting()
    before = path.stat().st_mtime_ns
    assert VectorTable(path, encoder).fill(TEXTS).rows == 50
    assert (encoder.count, path.stat().st_mtime_ns) == (0, before)
    path.unlink()
    filled(path)


@pytest.mark.parametrize(
    ("texts", "part"),
    [
        (TEXTS[:20], "input has only 20"),
        ([*TEXTS, ("x", "y")], "input has more"),
        ([("other", TEXTS[0][1]), *TEXTS[1:]], "other texts or ids"),
        ([*TEXTS[:-1], ("id 49", "other")], "other texts or ids"),
    ],
)
def test_other_texts_are_refused(tmp_path: Path, texts: list[tuple[str, str]], part: str) -> None:
    path = filled(tmp_path / "v.npy")
    with pytest.raises(UsageError, match=part):
        VectorTable(path, HashEncoder(16)).fill(texts)
    np.testing.assert_array_equal(np.load(path), ROWS)


def test_another_encoder_or_role_is_refused_even_where_the_file_is_not_whole(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        VectorTable(tmp_path / "v.npy", Counting(fatal=TEXTS[30][1])).fill(TEXTS)
    with pytest.raises(UsageError, match="of the encoder hash:16"):
        VectorTable(tmp_path / "v.npy", HashEncoder(32)).fill(TEXTS)
    with pytest.raises(UsageError, match="as documents"):
        VectorTable(tmp_path / "v.npy", HashEncoder(16), role="query").fill(TEXTS)


def test_a_file_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "v.npy").write_bytes(b"mine")
    with pytest.raises(UsageError, match="nothing is known"):
        VectorTable(tmp_path / "v.npy", HashEncoder(16)).fill(TEXTS)
    (tmp_path / "v.npy.json").write_text("{}")
    with pytest.raises(UsageError, match="does not say"):
        VectorTable(tmp_path / "v.npy", HashEncoder(16)).fill(TEXTS)
    assert (tmp_path / "v.npy").read_bytes() == b"mine"


@pytest.mark.parametrize("change", [{"rows": -1}, {"id_bytes": "7"}, {"dim": 0}, {"format": 2}, {"other": 1}])
def test_facts_that_cannot_be_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    about = filled(tmp_path / "v.npy").with_name("v.npy.json")
    about.write_text(json.dumps(json.loads(about.read_text()) | change))
    with pytest.raises(UsageError, match="does not say"):
        read_facts(tmp_path / "v.npy")


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    with held(tmp_path / ".v.npy.lock"), pytest.raises(CollectionError, match="another process"):
        VectorTable(tmp_path / "v.npy", HashEncoder(16)).fill(TEXTS)
    assert (tmp_path / ".v.npy.lock").exists()


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ends with '.txt'; expected one of .npy, .parquet, .jsonl"):
        VectorTable(tmp_path / "v.txt", HashEncoder())
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        VectorTable(tmp_path / "file" / "v.npy", HashEncoder()).fill(TEXTS)
    with pytest.raises(UsageError, match="no texts"):
        VectorTable(tmp_path / "v.npy", HashEncoder()).fill([])
    with pytest.raises(NotFoundError, match="made by `broadsheet encode`"):
        read_facts(tmp_path / "w.npy")


def test_an_encoder_that_breaks_its_promise(tmp_path: Path) -> None:
    class Broken(HashEncoder):
        def encode(self, texts: list[str], *, role: str = "document") -> np.ndarray:  # type: ignore[override]
            return np.full((len(texts), self.dim), np.nan, np.float32)

    with pytest.raises(ModelError, match="not finite"):
        VectorTable(tmp_path / "v.npy", Broken(16)).fill(TEXTS)
    with pytest.raises(ModelError, match="no manifest"):
        VectorTable(tmp_path / "v.npy", object())  # type: ignore[arg-type]


def test_memory_is_that_of_a_batch(tmp_path: Path) -> None:
    """The texts are taken from the stream as they are encoded, not before."""
    ahead: list[int] = []
    encoder = Counting()

    def stream() -> Iterator[tuple[str, str]]:
        for number, item in enumerate(TEXTS):
            ahead.append(number - encoder.count)
            yield item

    VectorTable(tmp_path / "v.npy", encoder).fill(stream())
    assert max(ahead) < 8


def test_empty_and_cut_texts_are_counted(tmp_path: Path) -> None:
    class Short(HashEncoder):
        def too_long(self, texts: list[str]) -> np.ndarray:  # type: ignore[override]
            return np.array([len(text) > 3 for text in texts])

    facts = VectorTable(tmp_path / "v.npy", Short(16)).fill([("1", ""), ("2", "four"), ("3", " ")])
    assert (facts.empty, facts.cut) == (2, 1)
