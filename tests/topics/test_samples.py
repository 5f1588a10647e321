"""The papers that are shown to a reader of whom nothing is known."""

from __future__ import annotations

from pathlib import Path

from broadsheet.collection import open_collection
from broadsheet.ingest import ingest
from broadsheet.sync import sync
from broadsheet.topics.samples import varied
from fakes import NOW, WordEncoder
from foryou_kit import EACH, numbers, papers
from site_kit import Given
from topics_kit import KNOTS, LEAVES, TIDES, plant


def test_each_of_the_largest_topics_has_its_turn(tmp_path: Path) -> None:
    with open_collection(tmp_path, encoder=WordEncoder()) as collection:
        ingest(collection, Given(papers()), now=NOW)
        rows = numbers(collection, *range(10))
        plant(
            collection,
            {
                rows[0]: (LEAVES, 0.5), rows[1]: (LEAVES, 0.9), rows[2]: (LEAVES, 0.7),
                rows[3]: (TIDES, 0.6), rows[4]: (TIDES, 0.8), rows[5]: (KNOTS, 0.9),
            },
        )  # fmt: skip
        order = varied(collection, rows)
        assert order == [rows[place] for place in (1, 4, 5, 2, 3, 0, 6, 7, 8, 9)]
        assert varied(collection, rows[6:]) == rows[6:]
        assert varied(collection, []) == []


def test_without_topics_vectors_make_the_beginning_varied(tmp_path: Path) -> None:
    with open_collection(tmp_path, encoder=WordEncoder()) as collection:
        ingest(collection, Given(papers()), now=NOW)
        rows = numbers(collection, *range(3 * EACH))
        assert varied(collection, rows) == rows, "without vectors the order stays"
        sync(collection)
        order = varied(collection, rows)
        assert sorted(order) == sorted(rows)
        assert {rows.index(each) // EACH for each in order[:3]} == {0, 1, 2}
