"""Every kind of task says what it reports, and what it needs."""

from __future__ import annotations

from broadsheet.lab.task import Figure
from broadsheet.lab.tasks import KINDS


def test_each_kind_is_named_after_its_place_in_the_table_and_reports_something() -> None:
    for name, kind in KINDS.items():
        assert getattr(kind, "kind", name) == name
        assert all(isinstance(figure, Figure) for figure in getattr(kind, "figures", ()))
