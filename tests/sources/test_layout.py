"""Layouts: keys and paths fill fields, whatever is missing, renamed or of the wrong kind."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.types import Document
from broadsheet.sources.layout import Layout, fitting, laid_out, signature, value_at
from fuzzing import json_values

OWLS = Layout(
    name="Owls",
    signatures=(signature("Owl Title", "names"), signature("owl")),
    fields={
        "title": ("Owl Title", "titles[0]"),
        "text": ("notes[kind=abstract].words",),
        "authors": ("names[].full",),
        "venue": ("home.wood",),
        "submitted": ("seen",),
        "year": ("seen",),
    },
    ids=(("owl", r"^#(\d+)$", ("number",)), ("", r"^10\.\d+/\S+$", ("other",))),
    facts={"pages": ("from--to",), "size": ("size",)},
    clean={"size": lambda value: value if value != "?" else None},
    former=("number",),
    rest=True,
)
BIRD = {
    "owl_title": "Owls", "names": [{"full": "Ada Roe"}, {"nick": "Bo"}, {"full": "Bo Lee"}],
    "notes": [{"kind": "joke", "words": "no"}, {"kind": "Abstract", "words": "They hoot."}],
    "home": {"Wood": "Old Wood"}, "seen": "2020-05", "number": "#7", "other": "10.1000/OWL", "from": 3, "to": "5",
    "size": "?", "colour": "brown",
}  # fmt: skip


def test_paths_fill_fields_and_the_rest_are_facts() -> None:
    made = laid_out(BIRD, OWLS, prefix="wood")
    assert (made.id, made.aliases) == ("owl:7", ("10.1000/owl", "wood:#7"))
    assert (made.title, made.text, made.venue, made.year) == ("Owls", "They hoot.", "Old Wood", 2020)
    assert made.authors == ("Ada Roe", "Bo Lee")
    assert made.extra["pages"] == "3--5"
    assert made.extra["colour"] == "brown"
    assert made.extra["seen"] == "2020-05"  # it says more than the year
    assert made.extra.keys() == {"pages", "colour", "seen", "number", "other", "names", "notes", "home", "size"}


def test_without_the_rest_only_named_facts_are_kept() -> None:
    bare = Layout(name="bare", signatures=(), fields=OWLS.fields, facts=OWLS.facts)
    assert laid_out(BIRD, bare, prefix="wood").extra == {"pages": "3--5", "size": "?"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a", [1, {"b": 2}, {"b": 3}]), ("a[0]", 1), ("a[9]", None), ("a[].b", [2, 3]), ("a[b=3].b", 3), ("a.b", None),
        ("c.d.e", "x"), ("C.D", {"E": "x"}), ("c.d.e.f", None), ("z", None), ("c[].d.E", ["x"]), ("c[0]", None),
    ],
)  # fmt: skip
def test_a_path_leads_to_a_value(path: str, value: Any) -> None:
    record = {"a": [1, {"b": 2}, {"b": 3}], "c": {"d": {"E": "x"}}}
    assert value_at(record, path) == value


def test_a_layout_fits_by_any_of_its_signatures() -> None:
    assert fitting([OWLS], ["OWL-TITLE", "Names", "x"]) is OWLS
    assert fitting([OWLS], ["Owl"]) is OWLS
    assert fitting([OWLS], ["names"]) is None


@given(st.dictionaries(st.sampled_from(sorted(BIRD)), json_values))
def test_any_value_at_any_key_is_a_document_or_a_reason(changed: dict[str, Any]) -> None:
    record = {**BIRD, **changed}
    with suppress(ValueError):
        made = laid_out(record, OWLS, prefix="wood")
        assert isinstance(made, Document)
        assert made.id
