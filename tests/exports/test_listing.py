"""What every feed takes from a list: ids, days of change, and names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from broadsheet.core.types import Name, Status
from broadsheet.exports.atom import atom
from broadsheet.exports.jsonfeed import jsonfeed
from broadsheet.exports.listing import names_in, tag, titled
from broadsheet.exports.rss import rss
from papers import LEAF, entry, listing


def test_ids_and_updates_follow_content_and_nothing_else() -> None:
    other = replace(LEAF, votes=99, comments=4, listed=date(2026, 10, 5), source="hf:daily")
    one, two = entry(LEAF), entry(other)
    assert listing().id_of(one) == listing().id_of(two)
    assert one.updated == two.updated == date(2026, 9, 30)
    assert entry(replace(LEAF, updated=date(2026, 11, 1))).updated == date(2026, 11, 1)
    assert atom(listing(LEAF)) == atom(listing(other))


def test_every_feed_marks_a_retracted_paper_in_its_title() -> None:
    gone = replace(LEAF, title="Leaves", status=Status("retracted", "openalex"))
    slip = replace(LEAF, title="Leaves", status=Status("erratum", "acl"))
    for write in (atom, rss, jsonfeed):
        assert b"[Retracted] Leaves" in write(listing(gone))
        assert b"[Erratum]" not in write(listing(slip))
    assert b'"status":"retracted (OpenAlex)"' in jsonfeed(listing(gone))
    assert titled(replace(gone, title=" ")) == "[Retracted] Untitled"
    assert titled(replace(gone, title="RETRACTED: Leaves")) == "RETRACTED: Leaves"
    assert titled(replace(gone, title="WITHDRAWN: Leaves")) == "[Retracted] WITHDRAWN: Leaves"


def test_tags_hold_any_id() -> None:
    assert tag("a.org", "paper/hep-th/9901001") == "tag:a.org,2026:paper/hep-th/9901001"
    assert tag("a.org", "paper/10.1/a(b)?x#y z") == "tag:a.org,2026:paper/10.1/a(b)%3Fx%23y%20z"


@pytest.mark.parametrize(
    ("name", "last_first"),
    [
        ("Ada Blum", ("Blum", "Ada", "")),
        ("Ludwig van Beet", ("van Beet", "Ludwig", "")),
        ("John Q. Public Jr.", ("Public", "John Q.", "Jr.")),
        ("Blum, Ada", ("Blum", "Ada", "")),
        ("漢字", ("漢字", "", "")),
    ],
)
def test_names_without_parts_are_guessed(name: str, last_first: tuple[str, str, str]) -> None:
    (made,) = names_in(replace(LEAF, authors=(name,)))
    assert (made.surname, made.given, made.suffix) == last_first


def test_known_names_are_safe_and_in_one_line() -> None:
    known = (Name(family="Bl\x00um\n", given="Ada"), Name(), Name(literal="\u202e"))
    made = names_in(replace(LEAF, authors=("Ada Blum", "Cy Doe", "?"), names=known))
    assert made == [Name(family="Blum", given="Ada"), Name(family="Doe", given="Cy")]
    assert names_in(replace(LEAF, authors=("", "\x07"), names=())) == []
