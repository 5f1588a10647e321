"""Who can be one person, whom a reader's words find, and the parts of a name that has none."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from broadsheet.core.authors import Known, answers, body_like, guess, names_of, of_parts, readings, same_person, words
from broadsheet.core.types import Document, Name

ONE = [
    ("Roe, A.", "A. Roe"), ("Roe, A.", "Roe A"), ("Roe A", "Ada Roe"), ("A. Roe", "Ada Roe"), ("Roe A.", "ROE, ADA"),
    ("Poe, C M", "C. Poe"), ("Poe CM", "C. Poe"), ("Poe, C M", "Cy M. de Lure Poe"), ("Poe CM", "Cy-Min Poe"),
    ("Lin Hao", "Hao Lin"), ("Lin H", "Hao Lin"), ("H. Lin", "Lin Hao"), ("Hao LIN", "Hao Lin"), ("Li Li", "L. Li"),
    ("Jürg Brühl", "Juerg Bruehl"), ("Jürg Brühl", "Jurg Bruhl"), ("Åsa Sjöberg", "Asa Sjoberg"),
    ("Karl van den Tor", "K. Tor"), ("van den Tor K", "Karl van den Tor"), ("Doe Cyrus van", "Cyrus van Doe"),
    ("Minho Kim", "Min-Ho Kim"), ("Roe Vale A", "Ada Roe Vale"), ("A. Roe", "Ada Roe Jr."),
    ("Roe, Jr., Ada", "Ada Roe Jr"),
    ("Ada B. Roe", "Ada Roe"), ("J. Ada Roe", "Ada Roe"), ("A. B. Roe", "Ada Roe"), ("漢字", "漢字"), ("Sol", "Sol"),
]  # fmt: skip
TWO = [
    ("Bo Tau", "Cy Tau"), ("Ada Roe", "Anna Roe"), ("A. Roe", "B. Roe"), ("Ada Roe", "Ada R. Poe"), ("Ada Roe", "Roe"),
    ("Xue Lin", "Xu Lin"), ("Ada Roe Jr.", "Ada Roe Sr."), ("Ada Roe", "Anna A. Roe"), ("M Poe", "C M Poe"),
    ("Ada B. Roe", "Ada C. Roe"), ("Ada Tau", "Ada T. Poe"), ("van Tor", "den Tor"), ("", ""), ("?", "!"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), ONE)
def test_can_be_one_person(one: str, other: str) -> None:
    assert same_person(one, other), (readings(one), readings(other))


@pytest.mark.parametrize(("one", "other"), TWO)
def test_are_two_people(one: str, other: str) -> None:
    assert not same_person(one, other), (readings(one), readings(other))


word = st.from_regex(r"[A-ZÀ-ÖŠŽ][a-zà-öšž]{2,7}(?:-[A-Z][a-zà-ö]{2,5})?", fullmatch=True)
initials = st.from_regex(r"[A-Z]\.(?: [A-Z]\.)?", fullmatch=True)
family = st.tuples(st.sampled_from(["", "", "van ", "von der ", "De la "]), word).map("".join)
parts = st.tuples(st.lists(word | initials, min_size=1, max_size=3).map(" ".join), family)


@given(st.text(max_size=30), st.text(max_size=30))
def test_symmetric_for_any_text(one: str, other: str) -> None:
    assert same_person(one, other) == same_person(other, one)


@given(parts, parts)
def test_symmetric_for_names(one: tuple[str, str], other: tuple[str, str]) -> None:
    shown, near = " ".join(one), f"{one[0][0]}. {other[1]}"
    for each in (" ".join(other), near):
        assert same_person(shown, each) == same_person(each, shown)


@given(st.text(max_size=40))
def test_everyone_is_themselves(name: str) -> None:
    assert same_person(name, name) == bool(words(name))


@given(parts)
def test_accents_order_and_initials_do_not_part_a_person(name: tuple[str, str]) -> None:
    first, last = name
    shown = f"{first} {last}"
    bare = "".join(c for c in unicodedata.normalize("NFKD", shown) if not unicodedata.combining(c))
    assert same_person(shown, bare)
    assert same_person(shown, f"{last}, {first}")
    assert same_person(shown, f"{last.upper()}, {first.upper()}")
    assert same_person(shown, f"{first[0]}. {last}")
    assert same_person(f"{first[0]}. {last}", f"{last}, {first}")


@given(parts, word)
def test_another_given_name_is_another_person(name: tuple[str, str], other: str) -> None:
    first = name[0].split()[0]
    assume(len(first.strip(".")) > 1)
    assume(not words(other) & (words(first) | words(name[1])))
    assert not same_person(f"{first} {name[1]}", f"{other} {name[1]}")


def test_known_names_are_found_without_comparing_all() -> None:
    many = [f"Surname{n} First{n}" for n in range(3_200)] + ["Ada Roe", "A. Roe", "Anna Roe"]
    known = Known(many)
    assert list(known.like("Roe, Ada")) == ["Ada Roe", "A. Roe"]
    assert list(known.like("First7 Surname7")) == ["Surname7 First7"]
    assert list(known.like("Zoe Other")) == []


PIECES = ["Ada", "Anna", "A.", "B.", "Bo", "Roe", "Tau", "van", "AB", "Jürg", "Juerg", "Min-Ho"]


def test_a_name_answers_to_what_is_typed() -> None:
    for typed, name in [("Ada Roe", "A. Roe"), ("A. Roe", "Ada Roe"), ("Roe, A B", "A. Roe"), ("Roe", "Roe"),
                        ("Ada Roe", "Ada Mary Roe"), ("Roe AB", "Ada B. van Roe")]:  # fmt: skip
        assert answers(typed, name), (typed, name)
    for typed, name in [("Ada Mary Roe", "Ada Roe"), ("Ada Roe leaves", "Ada Roe"), ("Ada Roe a", "Ada Roe"),
                        ("Roe Ada leaves", "A. Roe"), ("Ada Roe", "Anna Roe"), ("Roe", "Ada Roe")]:  # fmt: skip
        assert not answers(typed, name), (typed, name)


small = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map(" ".join)


@given(st.lists(small, max_size=12), small)
def test_known_names_are_those_that_a_comparison_with_all_finds(names: list[str], name: str) -> None:
    assert set(Known(names).like(name)) == {each for each in names if same_person(name, each)}


def test_a_body_is_told_from_a_person() -> None:
    for name in ("The Sheep Collaboration", "ATLAS Team", "Wool and Yarn Working Group", "University of Wool"):
        assert body_like(name)
    for name in ("Ada Group", "Team", "Bo Lee", "ADA TEAM", ""):
        assert not body_like(name)


def test_particles_belong_to_the_family_name() -> None:
    assert of_parts("van den Tor", "Karl") == Name(given="Karl", family="Tor", particle="van den")
    assert of_parts("De la Tor", "Ana", "Jr.") == Name(given="Ana", family="Tor", particle="De la", suffix="Jr.")
    assert of_parts("Le Tor") == Name(family="Le Tor")
    assert guess("Ana De la Tor") == Name(given="Ana", family="Tor", particle="De la")
    assert guess("Omar bin Said") == Name(given="Omar", family="Said", particle="bin")
    assert guess("Omar al-Said III") == Name(given="Omar", family="al-Said", suffix="III")
    assert guess("Tor, Jr., Ana") == Name(given="Ana", family="Tor", suffix="Jr.")
    assert guess("Tor Collaboration") == Name(literal="Tor Collaboration")
    assert guess("") == Name()


def test_known_parts_come_before_a_guess() -> None:
    known = Name(given="Ana", family="Roe Tor")
    paper = Document(id="a:1", title="T", authors=("Ana Roe Tor", "Bo Lee"), names=(known, Name()))
    assert names_of(paper) == (known, Name(given="Bo", family="Lee"))


@given(st.text(max_size=60))
def test_a_guess_keeps_every_word(shown: str) -> None:
    made = guess(shown)
    assert sorted(made.shown.replace(",", " ").split()) == sorted(shown.replace(",", " ").split())
