"""The sections of a day: picks, the lead, news, fields with the best first, the rest; nothing twice, nothing lost."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.topic import Named
from broadsheet.daily.day import Card
from broadsheet.daily.sections import Section, sections
from daily_kit import MONDAY, made

FIELDS = [Named(number, f"Field {number}") for number in range(4)]


def card(name: str, *, picked: bool = False) -> Card:
    return Card(made(name), (), MONDAY, 1, picked=picked)


def never(_: Card) -> bool:
    return False


def names(section: Section) -> str:
    return "".join(each.document.id.removeprefix("made:") for each in section.cards)


def divided(
    letters: str, of: dict[str, int], *, picked: str = "", new: Callable[[Card], bool] = never, lead: bool = True
) -> list[tuple[str, str, str]]:
    cards = [card(letter, picked=letter in picked) for letter in letters]
    fields = {f"made:{letter}": FIELDS[number] for letter, number in of.items()}
    made_of = sections(cards, fields, is_new=new, lead=lead)
    return [(each.kind, each.field.name if each.field else "", names(each)) for each in made_of]


def test_fields_follow_picks_and_lead_in_the_order_of_their_best_cards() -> None:
    of = {"a": 1, "b": 2, "c": 1, "d": 3, "e": 1, "f": 2, "p": 2}
    assert divided("pabcdefg", of, picked="p") == [
        ("picks", "", "p"),
        ("lead", "", "a"),
        ("field", "Field 2", "bf"),
        ("field", "Field 1", "ce"),
        ("other", "", "dg"),
    ]


def test_a_later_part_of_a_list_has_no_lead() -> None:
    assert divided("abc", {"a": 1, "b": 1}, lead=False) == [("field", "Field 1", "ab"), ("other", "", "c")]


def test_news_come_before_the_fields_unless_all_are_new() -> None:
    of = dict.fromkeys("abcde", 1)
    late = {"made:c", "made:e"}
    assert divided("abcde", of, new=lambda each: each.document.id in late) == [
        ("lead", "", "a"),
        ("new", "", "ce"),
        ("field", "Field 1", "bd"),
    ]
    assert divided("abc", of, new=lambda _: True) == [("lead", "", "a"), ("field", "Field 1", "bc")]


def test_an_empty_list_has_no_sections() -> None:
    assert sections([], {}, is_new=never) == []


@given(
    fields=st.lists(st.one_of(st.none(), st.integers(0, 3)), max_size=26),
    picked=st.sets(st.integers(0, 25)),
    late=st.sets(st.integers(0, 25)),
    lead=st.booleans(),
)
def test_each_card_is_in_one_section_in_its_order(
    fields: list[int | None], picked: set[int], late: set[int], lead: bool
) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"[: len(fields)]
    cards = [card(letter, picked=place in picked) for place, letter in enumerate(letters)]
    of = {each.document.id: FIELDS[at] for each, at in zip(cards, fields, strict=True) if at is not None}
    place = {each.document.id: at for at, each in enumerate(cards)}
    divided = sections(cards, of, is_new=lambda each: place[each.document.id] in late, lead=lead)
    assert sorted(each.document.id for one in divided for each in one.cards) == [each.document.id for each in cards]
    for one in divided:
        places = [place[each.document.id] for each in one.cards]
        assert places == sorted(places)
        if one.kind == "field":
            assert {of[each.document.id] for each in one.cards} == {one.field}
            assert len(one.cards) > 1
