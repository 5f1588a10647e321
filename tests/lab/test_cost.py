"""What encoding takes is counted on texts that are encoded, and energy says where it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.core.types import Document
from broadsheet.encoders.hash import HashEncoder
from broadsheet.encoders.splade import SpladeEncoder
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.cost import (
    Meter,
    Metered,
    MeteredSubject,
    MeteredTerms,
    Spent,
    bytes_a_vector,
    machine,
    peak_megabytes,
)
from broadsheet.lab.subject import Dense
from broadsheet.lab.subjects.terms import Terms
from model_kit import MODELS

TEXTS = ["a rope", "a soup", "an owl"]


def test_only_texts_that_are_in_no_cache_are_counted(tmp_path: Path) -> None:
    meter = Meter()
    cached = CachedEncoder.under(Metered(HashEncoder(), meter), tmp_path)
    cached.encode(TEXTS)
    assert meter.documents.texts == 3
    cached.encode([*TEXTS, "a map"])
    assert meter.documents.texts == 4
    meter.reset()
    cached.encode(TEXTS)
    assert meter.numbers() is None


def test_queries_are_counted_where_they_are_ranked() -> None:
    meter, encoder = Meter(bytes_a_vector=bytes_a_vector(HashEncoder())), HashEncoder()
    subject = MeteredSubject(Dense(Metered(encoder, meter), "hash"), meter, counts_documents=False)
    with subject.corpus([Document(id=text, title=text, source="own") for text in TEXTS]) as ranker:
        rows, scores = ranker.rank(["rope", "owl"], 2)
    assert (rows.shape, scores.shape) == ((2, 2), (2, 2))
    assert rows[:, 0].tolist() == [0, 2]
    numbers = meter.numbers()
    assert numbers
    assert (numbers["documents"]["texts"], numbers["queries"]["texts"]) == (3, 2)
    assert numbers["bytes_a_vector"] == 1024
    assert numbers["queries"]["seconds"] > 0
    assert "5 W a core" in numbers["energy"]
    assert numbers["machine"]["cores"] >= 1


def test_the_documents_of_a_sparse_encoder_are_counted() -> None:
    meter, encoder = Meter(), SpladeEncoder(MODELS / "splade-bert", name="splade:tiny")
    metered = MeteredTerms(encoder, meter)
    subject = MeteredSubject(Terms(metered, "splade:tiny"), meter, counts_documents=False)
    with subject.corpus([Document(id=text, title=text, source="own") for text in TEXTS]) as ranker:
        ranker.rank(["rope", "owl"], 2)
    assert (meter.documents.texts, meter.queries.texts) == (3, 2)
    assert metered.manifest == encoder.manifest


def test_a_subject_without_an_encoder_counts_its_documents_itself() -> None:
    meter = Meter()
    subject = MeteredSubject(Dense(HashEncoder(), "words"), meter, counts_documents=True)
    with subject.corpus([Document(id="1", title="a rope", source="own")]):
        pass
    assert len(subject.pairs(TEXTS, TEXTS)) == len(subject.features(TEXTS)) == 3
    assert meter.documents.texts == 1 + 6 + 3


def test_energy_is_read_from_the_counters_of_packages_and_across_their_end(tmp_path: Path) -> None:
    for name, value in {"intel-rapl:0": 900, "intel-rapl:1": 100, "intel-rapl:0:0": 5}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "energy_uj").write_text(f"{value}000000\n")
        (tmp_path / name / "max_energy_range_uj").write_text("1000000000\n")
    meter, spent = Meter(power=tmp_path), Spent()
    with meter.counting(spent, 1):
        (tmp_path / "intel-rapl:0" / "energy_uj").write_text("50000000\n")  # began again at 1,000 J
        (tmp_path / "intel-rapl:1" / "energy_uj").write_text("130000000\n")
        (tmp_path / "intel-rapl:0:0" / "energy_uj").write_text("9000000\n")  # a part of package 0
    assert spent.joules == pytest.approx(150 + 30)
    meter.queries = spent
    assert (meter.numbers() or {})["energy"] == "RAPL"


def test_the_peak_of_memory_is_that_of_now() -> None:
    block = bytearray(80_000_000)
    before = peak_megabytes()
    assert before > len(block) / 2**20
    del block
    Meter().reset()
    assert 0 < peak_megabytes() <= before
    assert machine()["python"]
