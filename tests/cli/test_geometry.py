"""The command geometry: on files, on a Space, with repairs that are kept only when they help."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from broadsheet.cli import geometry as commands
from broadsheet.core.vectors import unit
from broadsheet.encoders.mapped import read_map
from broadsheet.lab.geometry.trial import Pool, fitted
from cli_kit import Call, asked

WORDS = ["owl", "rope", "soup", "map", "tide", "fig", "glue", "hill", "ink", "jar"]


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    path = tmp_path / "v.npy"
    np.save(path, unit(np.random.default_rng(0).normal(size=(400, 12)) + 0.2))
    return path


@pytest.fixture
def filled(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Collection of 60 papers under ``hash``; vectors are cached next to it."""
    monkeypatch.setattr(commands, "_VECTORS", tmp_path / "cache")
    papers = [
        {"id": f"p{n}", "title": f"On {a} and {b}", "abstract": f"We study {a} with {b}, and each {a} of {n}. " * 8}
        for n, (a, b) in enumerate((a, b) for a in WORDS for b in WORDS if a < b)
    ]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(paper) + "\n" for paper in papers))
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "broadsheet.toml").write_text('encoder = "hash"\n')
    assert call("ingest", f"jsonl:{tmp_path / 'p.jsonl'}", "--data", str(folder))[0] == 0
    assert call("sync", "--data", str(folder))[0] == 0
    return folder


def test_a_file(call: Call, vectors: Path, tmp_path: Path) -> None:
    code, out, err = call("geometry", str(vectors), "--sample", "100")
    assert code == 0
    assert "400 vectors of 12 numbers" in out
    assert "IsoScore" in out
    assert "a sample of 100 rows" in err
    found = asked(call, "geometry", str(vectors))
    assert found["sample"] == 400
    assert {each["name"]: each["verdict"] for each in found["findings"]}["length, words, source"] == "absent"


def test_all_rows_say_their_time_first(call: Call, vectors: Path) -> None:
    code, _, err = call("geometry", str(vectors), "--exact")
    assert code == 0
    assert err.index("All 400 rows take about") < err.index("for all rows")


def test_texts_and_pairs_of_a_file(call: Call, vectors: Path, tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("".join(f"text {'long ' * (n % 9)}\n" for n in range(400)))
    found = asked(call, "geometry", str(vectors), "--texts", str(tmp_path / "t.txt"), "--pairs", str(vectors))
    values = {each["name"]: each for each in found["findings"]}
    assert values["alignment"]["value"] == pytest.approx(0, abs=1e-9)
    assert "length: similarity to everything" in values
    (tmp_path / "t.txt").write_text("one\n")
    code, _, err = call("geometry", str(vectors), "--texts", str(tmp_path / "t.txt"))
    assert code == 4
    assert "ends before line" in err


def test_a_space(call: Call, filled: Path) -> None:
    found = asked(call, "geometry", "--data", str(filled))
    assert (found["rows"], found["dim"], found["name"]) == (45, 256, "the Space of hash")
    names = {each["name"] for each in found["findings"]}
    assert "frequency of words: being a neighbour of many" in names
    assert asked(call, "geometry", "hash", "--data", str(filled))["rows"] == 45
    code, _, err = call("geometry", "minilm", "--data", str(filled))
    assert code == 5
    assert "run sync" in err


def test_what_is_missing_is_named(call: Call, tmp_path: Path) -> None:
    code, _, err = call("geometry", str(tmp_path / "none.npy"))
    assert code == 3
    assert "is not a file" in err


def test_repairs_are_tried_on_titles(call: Call, filled: Path) -> None:
    code, out, err = call("geometry", "--try", "--data", str(filled), "--keep", "better")
    assert code == 0
    assert "titles for their abstracts: 45 queries" in out
    assert "held-out queries" in out
    found = asked(call, "geometry", "--try", "--data", str(filled), "--keep", "better")
    stored = filled / "models" / "maps" / "better.npz"
    maps = [each["name"] for each in found["chosen"] if each["map"] and each["name"] in found["kept"]]
    assert stored.exists() == bool(maps)
    assert ("Stored" if maps else "Nothing was stored") in err


def test_a_map_that_helps_is_stored(call: Call, filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    documents, queries = random.normal(size=(200, 24)), np.empty((200, 24))
    queries[:] = documents + 1.2 * random.normal(size=(200, 24))
    for side in (documents, queries):
        side[:, 0] += 12 * random.normal(size=200)  # an axis that chance fills
    pool = Pool("made", unit(queries), unit(documents), [{n: 1} for n in range(200)])
    monkeypatch.setattr(commands, "title_pool", lambda *_, **__: pool)
    code, out, err = call("geometry", "--keep", "better", "--data", str(filled))
    assert code == 0
    assert "it helps" in out
    assert 'encoder = "hash?map=better" in broadsheet.toml' in err
    stored = read_map(filled / "models", "better")
    assert stored.digest == fitted(pool, stored.recipe).digest
    code, _, err = call("geometry", "--keep", "../x", "--data", str(filled))
    assert code == 2
    assert "cannot be called" in err
