"""The benchmark of hostile input: the same seed gives the same inputs, and what goes wrong is counted."""

from __future__ import annotations

import random
import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
import fuzz

from broadsheet import names
from broadsheet.core.errors import SourceError
from broadsheet.sources import answers, columns
from broadsheet.sources.recognise import kind_of

PART = (7, 0, 40)


@pytest.fixture(autouse=True)
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests have filled this process: only a worker of the benchmark is measured by its memory."""
    monkeypatch.setattr(fuzz, "MOST", 1e9)


@pytest.mark.parametrize("kind", [*fuzz.SEEDS, *fuzz.PLAIN])
def test_changed_files_are_read_or_refused(kind: str) -> None:
    tally = fuzz.records(kind, fuzz.SEEDS.get(kind, ("", fuzz.SEEDS["csv"][1])), PART)
    assert tally.faults == {}
    assert sum(tally.counts.values()) == 40
    assert tally.counts["papers"] or tally.counts["none"] or tally.counts["read"]


def test_every_registered_reader_has_seeds() -> None:
    assert set(names.known(names.SOURCES)) <= set(fuzz.SEEDS)


@pytest.mark.parametrize("kind", fuzz.SEEDS)
def test_an_unchanged_seed_is_read(kind: str, tmp_path: Path) -> None:
    title, texts = fuzz.SEEDS[kind]
    read = fuzz._reader(kind, tmp_path / title)
    outcomes = [read(text, title) for text in texts if b"<error" not in text]
    assert outcomes == ["papers"] * len(outcomes)


def test_every_layout_of_a_table_or_an_answer_has_a_seed() -> None:
    tables = [kind_of(text) for text in fuzz.SEEDS["csv"][1]]
    answered = [kind_of(text) for text in fuzz.SEEDS["jsonl"][1]]
    assert {f"a table of {layout.name}" for layout in columns.LAYOUTS} <= {kind.name for kind in tables if kind}
    assert {f"JSON of {layout.name}" for layout in answers.LAYOUTS} <= {kind.name for kind in answered if kind}


def test_changed_model_folders_are_read_or_refused(tmp_path: Path) -> None:
    fuzz.make_models(tmp_path)
    tally = fuzz.folders(str(tmp_path), PART)
    assert tally.faults == {}
    assert tally.counts["read"]
    assert tally.counts["refused"]


def test_the_same_seed_gives_the_same_inputs_whatever_the_parts() -> None:
    seeds = fuzz.SEEDS["ris"][1]

    def inputs(*parts: tuple[int, int, int]) -> list[bytes]:
        return [fuzz.mutated(chance, seeds) for part in parts for _, chance in fuzz._numbers(part, "ris")]

    assert inputs((1, 0, 30)) == inputs((1, 0, 10), (1, 10, 30))
    assert inputs((1, 0, 30)) != inputs((2, 0, 30))
    assert fuzz.parts(1, 1_200) == [(1, 0, 500), (1, 500, 1_000), (1, 1_000, 1_200)]


def test_what_goes_wrong_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    tally = fuzz.Tally()

    def fail(error: BaseException) -> str:
        raise error

    fuzz.judged(tally, "ris 1", lambda: fail(SourceError("no")))
    fuzz.judged(tally, "ris 2", lambda: fail(KeyError("x")))
    fuzz.judged(tally, "ris 3", lambda: fail(BaseException("a panic")))
    monkeypatch.setattr(fuzz, "SLOW", -1.0)
    fuzz.judged(tally, "ris 4", lambda: "papers")
    assert tally.counts == {"refused": 1, "crashes": 2, "papers": 1, "hangs": 1}
    assert any(fault.startswith("crashes: KeyError at test_fuzz.py:") for fault in tally.faults)
    total = fuzz.Tally()
    total.add(tally)
    total.add(tally)
    assert total.counts["crashes"] == 4
    with pytest.raises(KeyboardInterrupt):
        fuzz.judged(tally, "ris 5", lambda: fail(KeyboardInterrupt()))
    timers = (signal.ITIMER_PROF, signal.ITIMER_VIRTUAL)
    assert [signal.getitimer(timer) for timer in timers] == [(0.0, 0.0)] * 2, "no timer is left to end other work"


def test_changes_keep_within_their_bound() -> None:
    chance = random.Random(3)
    assert max(len(fuzz.mutated(chance, [b"x" * 190_000])) for _ in range(50)) <= fuzz.LONGEST
