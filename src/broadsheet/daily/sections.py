"""The sections of a day: its cards under the fields of their topics, as a newspaper has them.

the editor's picks -> the first of the others alone, as the lead -> what is new since the reader was here, if that is a
part -> the fields with at least two cards, the one with the best card first -> what is left; the order of the cards
stays as it is within each
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from broadsheet.core.topic import Named
from broadsheet.daily.day import Card

MORE_THAN = 12
"""Cards of a list; a longer one has sections."""
_FEWEST = 2  # cards of one field that are a section

Kind = Literal["picks", "lead", "new", "field", "other"]


@dataclass(frozen=True, slots=True)
class Section:
    """Cards under one heading; ``field`` is theirs, None for the other kinds."""

    kind: Kind
    cards: tuple[Card, ...]
    field: Named | None = None


def sections(
    cards: Sequence[Card], fields: Mapping[str, Named], *, is_new: Callable[[Card], bool], lead: bool = True
) -> list[Section]:
    """Divide cards, best first, into sections; none is empty, and each card is in one.

    ``fields`` are those of the cards' papers by id. ``is_new`` tells what came after the reader's last visit. Without
    ``lead`` no card stands alone: a later part of a list has none.
    """
    picks = [card for card in cards if card.picked]
    others = [card for card in cards if not card.picked]
    first, rest = (others[:1], others[1:]) if lead else ([], others)
    new, old = [card for card in rest if is_new(card)], [card for card in rest if not is_new(card)]
    if not old:  # where all are new, the word says nothing
        new, old = [], rest
    made = [_section("picks", picks), _section("lead", first), _section("new", new), *_by_field(old, fields)]
    return [each for each in made if each.cards]


def _section(kind: Kind, cards: Sequence[Card], field: Named | None = None) -> Section:
    return Section(kind, tuple(cards), field)


def _by_field(cards: Sequence[Card], fields: Mapping[str, Named]) -> list[Section]:
    """The sections of fields, in the order of their best cards, and one of the rest."""
    of = {card.document.id: fields.get(card.document.id) for card in cards}
    counts = Counter(field for field in of.values() if field)
    large = [field for field in counts if counts[field] >= _FEWEST]  # in the order in which they come first
    made = [_section("field", [card for card in cards if of[card.document.id] == field], field) for field in large]
    rest = [card for card in cards if of[card.document.id] not in large]
    return [*made, _section("other", rest)]
