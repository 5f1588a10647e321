"""A Document survives the way to JSON and back; what no file or index can hold is cleaned or refused with a reason."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core import records
from broadsheet.core.types import Document, Part, Result

anything = st.text(st.characters(codec=None), max_size=30)
days = st.none() | st.dates()
numbers = st.none() | st.integers(-(2**53), 2**53)
strings = st.lists(anything, max_size=4).map(tuple)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | anything,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(anything, inner, max_size=3),
    max_leaves=8,
)
documents = st.builds(
    Document,
    id=st.from_regex(r"[a-z]{1,8}:[a-zA-Z0-9/.]{1,20}", fullmatch=True),
    title=anything.map(lambda t: "A" + t),
    text=anything,
    readable_title=anything,
    readable_text=anything,
    authors=strings,
    venue=anything,
    categories=strings,
    keywords=strings,
    submitted=days,
    updated=days,
    announced=days,
    listed=days,
    year=numbers,
    version=numbers,
    votes=numbers,
    comments=numbers,
    links=st.dictionaries(anything, anything, max_size=3),
    aliases=strings,
    source=anything,
    extra=st.dictionaries(anything, json_values, max_size=3),
)


@given(documents)
def test_a_checked_document_survives_json(document: Document) -> None:
    kept = records.checked(document)
    line = json.dumps(records.to_dict(kept), ensure_ascii=False, allow_nan=False).encode()
    assert records.from_dict(json.loads(line)) == kept
    assert records.checked(kept) == kept


def test_only_what_is_there_is_written() -> None:
    document = Document(id="2401.00001", title="Tea", votes=0, listed=date(2024, 1, 3))
    assert records.to_dict(document) == {"id": "2401.00001", "title": "Tea", "votes": 0, "listed": "2024-01-03"}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"id": "a:1", "titel": "x"}, "'titel'. Did you mean title"),
        ({"title": "x"}, "'id' is missing"),
        ({"id": "a:1", "title": None}, "'title': expected a string, got NoneType"),
        ({"id": "a:1", "authors": "Ada"}, "'authors': expected a list of strings, got str 'Ada'"),
        ({"id": "a:1", "listed": "01/02/2026"}, "'listed': expected a date like 2026-01-31"),
        ({"id": "a:1", "votes": True}, "'votes': expected a whole number, got bool"),
        ({"id": "a:1", "year": 2026.5}, "'year': expected a whole number, got float"),
        ({"id": "a:1", "links": {"pdf": 3}}, "'links': expected an object of strings"),
        ({"id": "a:1", "extra": []}, "'extra': expected an object"),
        ({"id": "a:1", "names": [{"middle": "A."}]}, "unknown part 'middle'"),
        ({"id": "a:1", "names": [{"given": 3}]}, "'names': expected an object of strings"),
        ({"id": "a:1", "names": {}}, "'names': expected a list of objects"),
        ({"id": "a:1", "broadsheet": 3}, "newer than this Broadsheet reads"),
        ([], "expected an object, got list"),
    ],
)
def test_what_is_not_a_record_says_why(values: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=r"^") as caught:
        records.from_dict(values)
    assert reason in str(caught.value)


def test_an_export_is_known_by_its_mark() -> None:
    assert records.is_export({"broadsheet": 1, "id": "a:1", "title": "x"})
    assert not records.is_export({"id": "a:1", "title": "x"})
    assert records.from_dict({"broadsheet": 1, "id": "a:1", "title": "x"}) == Document(id="a:1", title="x")


def test_strings_are_made_fit_to_keep() -> None:
    document = Document(id="a:1", title="T\0ea \ud83d\ude00 \ud800!", extra={"k\0": ["\udfff"]})
    kept = records.checked(document)
    assert kept.title == "Tea 😀 \ufffd!"
    assert kept.extra == {"k": ["\ufffd"]}
    assert records.checked(replace(document, listed=datetime(2026, 1, 2, 3, tzinfo=UTC))).listed == date(2026, 1, 2)


def nested(depth: int) -> dict[str, Any]:
    return {"in": nested(depth - 1)} if depth else {}


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("id", "", "'id' is empty"),
        ("id", "a:1\n", "'id'"),
        ("id", "x" * 501, "'id' has 501 characters"),
        ("title", " ", "'title' is empty"),
        ("title", "x" * 4_001, "'title' has 4,001 characters; at most 4,000"),
        ("title", None, "'title': expected a string"),
        ("text", "x" * 1_000_001, "'text' has 1,000,001 characters"),
        ("authors", "Ada", "'authors': expected a list"),
        ("authors", ("Ada",) * 20_001, "'authors' has 20,001 items"),
        ("keywords", ("x" * 501,), "'keywords' has 501 characters"),
        ("links", {"pdf": "x" * 4_001}, "'links' has 4,001 characters"),
        ("listed", "2026-01-01", "'listed': expected a date"),
        ("votes", 2**70, "'votes': a number of 71 bits"),
        ("extra", {"a": float("nan")}, "not a JSON value"),
        ("extra", {"a": {1, 2}}, "not a JSON value"),
        ("extra", {"a": "x" * 200_001}, "'extra' has over 200,000"),
        ("extra", nested(900), "over 20 levels"),
    ],
)
def test_what_cannot_be_kept_says_why(field: str, value: Any, reason: str) -> None:
    document = replace(Document(id="a:1", title="x"), **{field: value})
    with pytest.raises(ValueError, match=r"^") as caught:
        records.checked(document)
    assert reason in str(caught.value)


def test_a_result_says_all_of_its_match_in_json_values() -> None:
    result = Result(
        document=Document(id="x:1", title="Tides"), rank=1, score=0.5, strength="strong", passage="Tides rise.",
        matched=((0, 5),), parts={"lexical": Part(2.5, 1, 0.4)},
    )  # fmt: skip
    said = records.match_to_dict(result)
    assert json.loads(json.dumps(said)) == said == {
        "rank": 1, "score": 0.5, "strength": "strong", "pinned": "", "passage": "Tides rise.", "matched": [[0, 5]],
        "parts": {"lexical": {"score": 2.5, "rank": 1, "contribution": 0.4}},
        "relevance": None, "alike": [], "meanings": [], "same": [],
    }  # fmt: skip
