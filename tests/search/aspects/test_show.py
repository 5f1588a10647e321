"""What was read of one paper."""

from __future__ import annotations

import pytest

from aspect_kit import DATA, METHODS, TASKS
from broadsheet.core.errors import NotFoundError
from broadsheet.search.aspects.show import read


def test_each_sentence_with_its_role(collection):
    said = read(collection, "made:022")
    assert [each.role for each in said] == ["task", "method", "data", "result"]
    assert [each.text for each in said[:3]] == [TASKS["tides"], METHODS["clocks"], DATA]
    assert all(0.25 < each.probability <= 1 for each in said)
    assert read(collection, "made:091") == []
    with pytest.raises(NotFoundError, match="made:999"):
        read(collection, "made:999")
