"""What a plug-in must keep: each broken promise is found, and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pytest

from broadsheet.core.types import BadRecord, Document, Manifest
from broadsheet.encoders.hash import HashEncoder
from broadsheet.testing import check_encoder, check_source

PAPER = Document(id="a:1", title="Kites", listed=date(2026, 3, 2), source="x:a", links={"pdf": "https://example.org/1"})
OLD = replace(PAPER, id="a:2", listed=date(2020, 1, 1))
Make = Callable[..., Any]


class Given:
    """A source that brings what it was given."""

    def __init__(self, *records: Any, heeds: bool = True) -> None:
        self.records, self.heeds, self.fetches = records, heeds, 0

    def fetch(self, since: date | None = None) -> Iterator[Any]:
        self.fetches += 1
        for each in self.records:
            if (
                since is None
                or not self.heeds
                or not isinstance(each, Document)
                or each.span is None
                or each.span[1] >= since
            ):
                yield each


def test_a_source_that_keeps_its_promises_passes() -> None:
    bad = BadRecord("line 3", "no title", "{")
    assert check_source(Given(PAPER, OLD, bad), least=2) == [PAPER, OLD, bad]


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ((), "expected at least 1"),
        ((PAPER, "text"), "neither Document nor BadRecord"),
        ((replace(PAPER, id=""),), "no id"),
        ((replace(PAPER, title=" "),), "no title"),
        ((replace(PAPER, source=""),), "no source"),
        ((replace(PAPER, authors=["Ada"]),), "authors is a list"),  # type: ignore[arg-type]
        ((replace(PAPER, keywords=("",)),), "keywords holds"),
        ((replace(PAPER, listed=datetime(2026, 3, 2)),), "listed"),
        ((replace(PAPER, links={"movie": "https://example.org"}),), "unknown kind of link"),
        ((replace(PAPER, links={"pdf": "ftp://example.org"}),), "link 'ftp"),
        ((replace(PAPER, readable_title="Kites"),), "readable_title repeats"),
        ((replace(PAPER, aliases=("a:1",)),), "its own alias"),
        ((replace(PAPER, title="Ki\x00tes"),), "cannot be stored"),
        ((PAPER, BadRecord("", "why")), "where it was"),
        ((PAPER, BadRecord("line 1", "")), "say why"),
        ((PAPER, BadRecord("line 1", "why", "x" * 2_001)), "2001 characters"),
    ],
)
def test_each_broken_promise_of_a_source_is_named(records: tuple[Any, ...], said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        check_source(Given(*records))


def test_since_takes_away_and_a_second_fetch_is_the_same() -> None:
    with pytest.raises(AssertionError, match="since lets older ones through"):
        check_source(Given(PAPER, OLD, heeds=False))

    class Adding(Given):
        def fetch(self, since: date | None = None) -> Iterator[Any]:
            yield from super().fetch(since)
            if since:
                yield replace(PAPER, id="a:9")

    class Changing(Given):
        def fetch(self, since: date | None = None) -> Iterator[Any]:
            yield from super().fetch(since)
            yield replace(PAPER, id=f"b:{self.fetches}")

    with pytest.raises(AssertionError, match="since adds"):
        check_source(Adding(PAPER))
    with pytest.raises(AssertionError, match="second fetch"):
        check_source(Changing(PAPER))


class Spoiled(HashEncoder):
    """An encoder whose rows are changed before they are given out."""

    def __init__(self, change: Callable[[Any], Any]) -> None:
        super().__init__()
        self._change = change

    def encode(self, texts: Sequence[str], *, role: str = "document") -> Any:
        return self._change(super().encode(texts, role=role))  # type: ignore[arg-type]


def test_an_encoder_that_keeps_its_promises_passes() -> None:
    rows = check_encoder(HashEncoder(), ["a kite", "two kites"])
    assert rows.shape == (2, 256)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows.tolist(), "returns a list"),
        (lambda rows: rows.astype("f8"), "float64"),
        (lambda rows: rows * 2, "length 1"),
        (lambda rows: rows[:1] if len(rows) else rows, "rows"),
        (lambda rows: rows[..., None], "axes"),
    ],
)
def test_each_broken_promise_of_an_encoder_is_named(change: Callable[[Any], Any], said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        check_encoder(Spoiled(change), ["a kite", "two kites"])


def test_the_same_text_has_the_same_vector_the_second_time() -> None:
    random = np.random.default_rng(1)

    def shaken(rows: Any) -> Any:
        rows = rows + random.normal(size=rows.shape).astype("f4") * 0.1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9) if len(rows) else rows

    with pytest.raises(AssertionError, match="second time"):
        check_encoder(Spoiled(shaken), ["a kite"])


def test_a_manifest_that_does_not_fit_the_vectors_is_named() -> None:
    encoder = HashEncoder()
    encoder.manifest = Manifest(encoder="hash", version="1", weights="", dim=9)
    with pytest.raises(AssertionError, match="9"):
        check_encoder(encoder, ["a kite"])
