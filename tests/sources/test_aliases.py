"""Records of no known layout."""

from __future__ import annotations

from broadsheet.core.records import to_dict
from broadsheet.core.types import Document
from broadsheet.sources.aliases import has_title, record


def test_a_key_that_is_no_identifier_is_a_fact() -> None:
    values = {"id": "SLEEP; HEAT", "title": "Naps", "doi": ""}
    assert record(values, prefix="naps").id == "naps:SLEEP;_HEAT"
    other = record(values, prefix="naps", own=False)
    assert other.id.startswith("title:")
    assert other.extra["id"] == "SLEEP; HEAT"


def test_an_export_is_its_document_again() -> None:
    made = Document(id="made:1", title="Naps")
    assert record({"broadsheet": 1, **to_dict(made)}, prefix="x") == made


def test_names_for_titles() -> None:
    assert has_title(["Paper Title", "x"])
    assert not has_title(["subtitle", "x"])
