"""The command shelf."""

from __future__ import annotations

from cli_kit import Call, asked


def test_shelf_lists_what_each_paper_is_offered_by(call: Call) -> None:
    rows = asked(call, "shelf")
    assert len(rows) == 289
    assert all(row["offer"] for row in rows)
