"""Frozen lists as JSON: what was frozen once is read and written back to the letter."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.edition import Edition, Entry, PersonalEdition, Rest

OLD = Path(__file__).parent.parent / "fixtures" / "collection-0.1" / "collection" / "store.db"
WORD = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LATER = st.dictionaries(WORD.map("later-{}".format), st.none() | st.integers() | WORD | st.lists(WORD), max_size=2)
ENTRIES = st.lists(st.builds(Entry, WORD, WORD, st.none() | WORD, LATER, WORD), max_size=3).map(tuple)
RESTS = st.lists(st.builds(Rest, st.integers(1), WORD, st.integers(1)), max_size=3).map(tuple)
WORDS = st.lists(WORD, max_size=3).map(tuple)
EDITIONS = st.builds(
    Edition, papers=ENTRIES, pool=WORDS, marks=WORDS, copies=st.dictionaries(WORD, WORDS, max_size=3), line=WORD,
    day=st.none() | st.dates(), unknown=LATER,
)  # fmt: skip
PERSONAL = st.builds(
    PersonalEdition, of=WORDS, papers=ENTRIES, general=ENTRIES, more=st.integers(0), cadence=WORD, quiet=WORD,
    rest=RESTS, unknown=LATER,
)  # fmt: skip


def frozen(condition: str) -> list[str]:
    """The bodies that version 0.1.0 froze."""
    with closing(sqlite3.connect(f"{OLD.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        return [body for (body,) in db.execute(f"SELECT body FROM editions WHERE {condition}")]


def test_what_version_0_1_0_froze_is_written_back_to_the_letter() -> None:
    general, own = frozen("person = 0"), frozen("person > 0")
    assert len(general) == 3
    assert len(own) == 10
    assert [Edition.from_json(body).to_json() for body in general] == general
    assert [PersonalEdition.from_json(body).to_json() for body in own] == own
    assert not any(Edition.from_json(body).unknown for body in general)
    assert not any(PersonalEdition.from_json(body).unknown for body in own)


def test_each_field_of_an_old_list_has_its_place() -> None:
    edition = Edition.from_json(frozen("person = 0 AND period = '2026-03-02'")[0])
    assert edition.papers[1] == Entry("2602.00102", "5 votes")
    assert edition.day == date(2026, 3, 2)
    assert edition.ids == ["2602.00101", "2602.00102", "2602.00103", "10.5555/herb.2026.7"]
    own = PersonalEdition.from_json(frozen("person = 1 AND period = '2026-03-02'")[0])
    assert own.papers[0] == Entry("2602.00101", "for your query “Leaves”", "fair")
    assert own.ids == ["2602.00101", "2602.00103", "2602.00102"]
    assert (own.of, own.more, own.cadence, own.quiet) == (("2026-03-02",), 0, "daily", "")


@given(EDITIONS)
def test_an_edition_comes_back_as_it_was(edition: Edition) -> None:
    assert Edition.from_json(edition.to_json()) == edition


@given(PERSONAL)
def test_a_personal_edition_comes_back_as_it_was(edition: PersonalEdition) -> None:
    assert PersonalEdition.from_json(edition.to_json()) == edition


def test_what_a_later_version_froze_survives() -> None:
    body = (
        '{"papers": [{"id": "1", "why": "", "room": [2]}], "pool": [], "marks": [], "copies": {}, "line": "", "x": 7}'
    )
    assert Edition.from_json(body).to_json() == body
    own = PersonalEdition.from_json('{"of": [], "tide": {"high": 3}}')
    assert own.papers == own.general == ()
    assert json.loads(own.to_json())["tide"] == {"high": 3}


@pytest.mark.parametrize("body", ["", "[]", '"x"', '{"papers": [{}]}', '{"papers": 3}', '{"papers": ["x"]}'])
def test_what_is_not_a_list_of_papers_is_named(body: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be read|Expecting"):
        Edition.from_json(body)
    with pytest.raises(ValueError, match=r"cannot be read|Expecting"):
        PersonalEdition.from_json(body)
