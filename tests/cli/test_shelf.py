"""The command shelf."""

from __future__ import annotations

from broadsheet.cli import shelf as commands
from cli_kit import Call, asked
from door_kit import usage


def test_shelf_lists_what_each_paper_is_offered_by(call: Call) -> None:
    rows = asked(call, "shelf")
    assert len(rows) == 289
    assert all(row["offer"] for row in rows)


def test_its_usage_stays() -> None:
    assert usage(commands.shelf) == {"--add", "--data", "--json", "--remove"}
