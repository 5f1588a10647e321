"""The commands encode and similarity."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from io import BytesIO, TextIOWrapper
from pathlib import Path

import numpy as np
import pytest

from broadsheet.cli import vectors as commands
from broadsheet.encoders.hash import HashEncoder
from cli_kit import Call, asked, started
from door_kit import usage


def lines(path: Path, *texts: str) -> str:
    path.write_text("".join(f"{text}\n" for text in texts))
    return str(path)


def test_the_papers_of_the_collection_are_encoded(filled: Call) -> None:
    assert filled("encode", "--out", "v.npy")[0] == 0
    names = [json.loads(line) for line in Path("v.npy.ids").read_text().splitlines()]
    assert len(names) == len(np.load("v.npy")) == 3
    assert filled("similarity", "v.npy", "v.npy", "--matrix")[0] == 0


def test_a_file_is_encoded_and_said_to_be(call: Call, tmp_path: Path) -> None:
    file = lines(tmp_path / "a.txt", "one cat", "", "two cats")
    made = asked(call, "encode", file, "--encoder", "hash:64")
    assert (made["file"], made["rows"], made["dim"], made["empty"]) == ("vectors.npy", 3, 64, 1)
    np.testing.assert_array_equal(np.load("vectors.npy"), HashEncoder(64).encode(["one cat", "", "two cats"]))
    code, _, err = call("encode", file, "--encoder", "hash:64")
    assert (code, "3 vectors in 64 dimensions by hash:64" in err, "1 text is empty" in err) == (0, True, True)
    code, _, err = call("encode", file)
    assert code != 0
    assert "of the encoder hash:64" in err


def test_fields_and_standard_input(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(call, "encode", "papers.jsonl", "--field", "title", "--out", "v.jsonl")["rows"] == 3
    assert json.loads(Path("v.jsonl").read_text().splitlines()[0])["id"] == "m1"
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"one\ntwo\n")))
    assert asked(call, "encode", "-", "--out", "w.npy", "--role", "query")["role"] == "query"


def test_a_killed_run_goes_on_where_it_was(call: Call, tmp_path: Path) -> None:
    texts = [f"text {i} of bees" for i in range(700)]
    process = started("encode", "-", "--out", "v.npy", cwd=tmp_path, stdin=subprocess.PIPE)
    assert process.stdin
    process.stdin.write("\n".join(texts[:600]).encode())
    process.stdin.flush()
    about, end = tmp_path / "v.npy.json", time.monotonic() + 60
    while not about.exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert json.loads(about.read_text())["rows"] == 512
    assert asked(call, "encode", lines(tmp_path / "a.txt", *texts), "--out", "v.npy")["rows"] == 700
    np.testing.assert_array_equal(np.load(tmp_path / "v.npy"), HashEncoder().encode(texts))


def test_two_texts_have_a_cosine(call: Call) -> None:
    code, out, _ = call("similarity", "a cat sat", "a cat stood")
    rows = HashEncoder().encode(["a cat sat", "a cat stood"])
    assert code == 0
    assert f"{rows[0] @ rows[1]:.4f}" in out
    made = asked(call, "similarity", "a cat", "a cat")
    assert (made["encoder"], made["pairs"]) == ("hash", [pytest.approx(1)])


def test_files_are_compared_line_by_line_or_as_a_matrix(call: Call, tmp_path: Path) -> None:
    a, b = lines(tmp_path / "a.txt", "one cat", "two dogs"), lines(tmp_path / "b.txt", "one cat", "dogs")
    code, out, err = call("similarity", a, b)
    assert code == 0
    assert "1.0000" in out
    assert "over 2 pairs" in err
    matrix = asked(call, "similarity", a, b, "--matrix")["matrix"]
    expected = HashEncoder().encode(["one cat", "two dogs"]) @ HashEncoder().encode(["one cat", "dogs"]).T
    np.testing.assert_allclose(matrix, expected, atol=1e-6)
    assert "two dogs" in call("similarity", a, b, "--matrix")[1]


def test_what_cannot_be_compared(call: Call, tmp_path: Path) -> None:
    a, many = lines(tmp_path / "a.txt", "one", "two"), lines(tmp_path / "b.txt", *map(str, range(30)))
    empty = lines(tmp_path / "c.txt")
    np.save(tmp_path / "n.npy", np.array([[1.0, np.nan]]))
    np.save(tmp_path / "m.npy", np.ones((2, 3)))
    np.save(tmp_path / "o.npy", np.ones((2, 2)))
    (tmp_path / "bad.npy").write_bytes(b"not numpy")
    for arguments, part in [
        ((a, many), "--matrix"),
        ((a, many, "--matrix"), "too many for the columns"),
        ((a, empty), "has no texts"),
        (("", "b"), "is empty"),
        (("n.npy", "n.npy"), "not finite"),
        (("m.npy", "o.npy", "--matrix"), "3 dimensions and b has 2"),
        (("m.npy", "m.npy", "--encoder", "hash"), "vectors already"),
        (("bad.npy", "m.npy"), "not a matrix of numpy"),
        (("nowhere.npy", "m.npy"), "not a file"),
    ]:
        code, _, err = call("similarity", *arguments)
        assert (code != 0, part in err) == (True, True), (arguments, err)


def test_matrices_of_two_encoders_are_refused(call: Call, tmp_path: Path) -> None:
    file = lines(tmp_path / "a.txt", "one", "two")
    for name, encoder in (("a.npy", "hash:64"), ("b.npy", "hash:32")):
        assert call("encode", file, "--out", name, "--encoder", encoder)[0] == 0
    code, _, err = call("similarity", "a.npy", "b.npy")
    assert code != 0
    assert "a.npy is by hash:64 and b.npy by hash:32" in err


def test_a_wrong_role_and_a_field_without_a_file(call: Call) -> None:
    assert "document or query" in call("encode", "--role", "title")[2]
    assert "are for files" in call("encode", "--field", "title")[2]


def test_its_usage_stays() -> None:
    assert usage(commands.encode) == {"FILE", "--out", "--encoder", "--role", "--field", "--id", "--data", "--json"}
    assert usage(commands.similarity) == {"A", "B", "--matrix", "--encoder", "--data", "--json"}
