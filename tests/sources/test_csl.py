"""CSL JSON in the forms in which programs write it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.core.kinds import KINDS
from broadsheet.core.types import BadRecord, Document
from broadsheet.sources import csl, tables
from broadsheet.testing import check_source
from fuzzing import only_records_or_errors

ITEM: dict[str, Any] = {
    "id": "roe2020",
    "type": "article-journal",
    "title": "Ponds and <i>their</i> <span class='nocase'>Reeds</span> &amp; more",
    "author": [
        {"family": "Berg", "given": "Karl", "non-dropping-particle": "van den"},
        {"family": "Lee", "given": "Bo", "suffix": "Jr."},
        {"literal": "Reed Consortium"},
    ],
    "editor": [{"family": "Doe", "given": "Cy"}],
    "issued": {"date-parts": [[2020, 3, 15]]},
    "container-title": "Pond Letters",
    "volume": 3,
    "issue": "2",
    "page": "1-9",
    "publisher": "Reed Press",
    "ISSN": "1234-567X",
    "DOI": "10.1234/Reeds",
    "PMID": "31000001",
    "URL": "https://pond.example/1",
    "abstract": "<jats:p>We count reeds.</jats:p>",
    "keyword": "reeds, ponds",
    "language": "en",
}


def one(folder: Path, item: Any) -> Document:
    (folder / "refs.json").write_text(json.dumps(item if isinstance(item, list) else [item]))
    [made] = check_source(csl.named(str(folder / "refs.json")))
    assert isinstance(made, Document), made
    return made


def test_an_item_with_everything(tmp_path: Path) -> None:
    made = one(tmp_path, ITEM)
    assert (made.id, made.aliases) == ("10.1234/reeds", ("refs:roe2020", "pmid:31000001"))
    assert made.title == "Ponds and their Reeds & more"
    assert made.text == "We count reeds."
    assert made.authors == ("Karl van den Berg", "Bo Lee Jr.", "Reed Consortium")
    assert (made.kind, made.venue, made.submitted) == ("article", "Pond Letters", date(2020, 3, 15))
    assert (made.keywords, made.links) == (("reeds", "ponds"), {"abstract": "https://pond.example/1"})
    expected = {"volume": "3", "number": "2", "pages": "1-9", "publisher": "Reed Press", "editor": ["Cy Doe"]}
    assert {key: made.extra[key] for key in expected} == expected
    assert (made.extra["issn"], made.extra["language"]) == (["1234-567X"], "en")


@pytest.mark.parametrize(
    ("issued", "day"),
    [
        ({"date-parts": [["2018", "5", "1"]]}, date(2018, 5, 1)), ({"date-parts": [2018, 5, 1]}, date(2018, 5, 1)),
        ({"date-parts": [[["2018", 5, 1]]]}, date(2018, 5, 1)), ({"date-parts": [["2018"]]}, 2018),
        ({"date-parts": [[2018, 5]]}, 2018), ({"raw": "2018-05-01"}, date(2018, 5, 1)), ({"literal": "May 2018"}, 2018),
        ({"date-parts": [[]], "raw": "2018"}, 2018), ({"date-parts": [[2018, 1, 1], [2019, 1, 1]]}, date(2018, 1, 1)),
        ("2018-05-01", date(2018, 5, 1)), ({"date-parts": [[None]]}, None), ({"date-parts": "x"}, None), ([], None),
    ],
)  # fmt: skip
def test_dates(tmp_path: Path, issued: Any, day: date | int | None) -> None:
    made = one(tmp_path, {"title": "Reeds", "type": "book", "issued": issued})
    assert (made.submitted or made.year) == day


@pytest.mark.parametrize(
    ("fields", "name", "kind"),
    [
        ({"type": "article", "number": "arXiv:2401.00001", "publisher": "arXiv"}, "2401.00001", "preprint"),
        ({"type": "article", "note": "Comment: 9 pages\narXiv:2401.00001 [cs]"}, "2401.00001", "preprint"),
        ({"type": "article", "container-title": "Nature"}, "refs:k", "article"),
        ({"type": "journal-article", "title": ["Reeds"], "container-title": ["Nature"]}, "refs:k", "article"),
        ({"type": "thesis", "publisher": "Pond University", "genre": "PhD"}, "refs:k", "thesis"),
        ({"type": "webpage"}, "refs:k", ""),
    ],
)
def test_kinds_and_preprints(tmp_path: Path, fields: dict[str, Any], name: str, kind: str) -> None:
    made = one(tmp_path, {"id": "k", "title": "Reeds", **fields})
    assert (made.id, made.kind) == (name, kind)
    if kind == "thesis":
        assert (made.extra["institution"], made.extra["type"]) == ("Pond University", "PhD")


@pytest.mark.parametrize("wrap", [lambda item: item, lambda item: {"items": [item]}, lambda item: [item]])
def test_ways_to_hold_items(tmp_path: Path, wrap: Any) -> None:
    (tmp_path / "refs.json").write_text(json.dumps(wrap(ITEM)))
    assert [record.id for record in csl.read(tmp_path / "refs.json")] == ["10.1234/reeds"]  # type: ignore[union-attr]


def test_json_of_any_name_is_known_by_its_items(tmp_path: Path) -> None:
    (tmp_path / "refs.json").write_text(json.dumps([ITEM, {"title": "A row", "year": 2020, "type": "article"}]))
    item, row = tables.jsonl(str(tmp_path / "refs.json")).fetch()
    assert isinstance(item, Document)
    assert isinstance(row, Document)
    assert (item.authors[0], item.submitted, row.year) == ("Karl van den Berg", date(2020, 3, 15), 2020)
    assert not csl.is_item({"title": "x", "type": "article", "authors": [{"name": "Ada"}]})


def test_a_broken_item_costs_itself(tmp_path: Path) -> None:
    (tmp_path / "refs.json").write_text(json.dumps([ITEM, 7, {"type": "book"}, {"title": "T", "author": {"x": [1]}}]))
    kinds = [type(record) for record in csl.read(tmp_path / "refs.json")]
    assert kinds == [Document, BadRecord, BadRecord, Document]


KEYS = ["family", "given", "literal", "suffix", "dropping-particle", "date-parts", "raw"]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([*ITEM, "note", "number", "genre"]), anything, max_size=5))
def test_any_values(tmp_path: Path, fields: dict[str, Any]) -> None:
    def read(data: bytes) -> Any:
        (tmp_path / "refs.json").write_bytes(data)
        return csl.named(str(tmp_path / "refs.json")).fetch()

    only_records_or_errors(read, json.dumps([{"title": "Reeds", **fields}]).encode())


@given(st.sampled_from(KINDS), st.booleans())
def test_every_kind_is_an_item(kind: str, dated: bool) -> None:
    item = {"title": "Reeds", "type": csl.CSL.word(kind)}
    assert csl.is_item(item | ({"issued": {"raw": "2020"}} if dated else {"author": [{"family": "Roe"}]}))
