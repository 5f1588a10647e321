"""JSON values out of a file too large to load, and values that are not JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.core.errors import SourceError
from broadsheet.core.types import BadRecord
from broadsheet.sources import stream, tables


def test_values_that_are_not_json_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_BROKEN", 3)
    path = tmp_path / "broken.json"
    path.write_text('{\n"title": "Owls"}' + "\n{\n x}" * 4)
    with pytest.raises(SourceError, match="more than 3 values that are not JSON"):
        list(tables.jsonl(str(path)).fetch())


def test_an_error_in_json_has_little_before_it_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python counts the lines before each error: with all of a file in memory that is quadratic."""
    longest: list[int] = []
    broken = stream._Buffer._broken
    monkeypatch.setattr(
        stream._Buffer, "_broken", lambda self, *given: (longest.append(len(self._text)), broken(self, *given))[1]
    )
    path = tmp_path / "broken.json"
    path.write_text("[" + '{"a": x},\n' * 9_000 + ' {"a": 1}]')
    assert sum(isinstance(record, BadRecord) for record in tables.jsonl(str(path)).fetch()) >= 9_000
    assert max(longest) <= 2 * stream._STEP + 100
