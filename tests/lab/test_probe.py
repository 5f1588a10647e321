"""What is measured on this machine: numbers of the right kind, whatever the machine is doing; no time is asserted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import ModelError, UsageError
from broadsheet.lab.probe import parts, probe
from site_kit import made


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    with made(tmp_path_factory.mktemp("probe")) as collection:
        yield collection


@pytest.mark.parametrize(
    ("subject", "setting", "encoder"),
    [("minilm", "semantic", "minilm"), ("hybrid:bert:X?layers=2", "hybrid", "bert:X?layers=2"),
     ("lexical", "lexical", ""), ("rrf:hash", "rrf", "hash"), ("static:256", "semantic", "static:256")],
)  # fmt: skip
def test_a_name_is_a_setting_and_an_encoder(subject: str, setting: str, encoder: str) -> None:
    assert parts(subject) == (setting, encoder)


def test_an_encoder_is_measured_in_a_process_of_its_own(collection: Collection) -> None:
    found = probe("hybrid:hash", collection)
    assert found.papers == collection.store.papers.count()
    assert found.queries > 20
    assert 0 < found.query_ms <= found.query_ms_high
    assert found.texts_a_second
    assert found.vectors_mb == pytest.approx(found.papers * 256 * 4.125 / 1e6)
    assert found.megabytes == found.model_mb + found.vectors_mb
    assert replace(found, load=10_000.0).busy
    assert not replace(found, load=0.0).busy
    assert found.queries_a_second == pytest.approx(1_000 / found.query_ms)


def test_words_alone_need_no_encoder(collection: Collection) -> None:
    found = probe("lexical", collection)
    assert found.texts_a_second is None
    assert found.megabytes == 0
    assert found.query_ms > 0


def test_an_encoder_that_cannot_be_loaded_says_so_here(collection: Collection) -> None:
    with pytest.raises(ModelError, match="nothing-of-that-name"):
        probe("static:nothing-of-that-name", collection)


def test_without_papers_nothing_can_be_measured(tmp_path: Path) -> None:
    with made(tmp_path / "empty", (), synced=False) as collection, pytest.raises(UsageError, match="no papers yet"):
        probe("hash", collection)
