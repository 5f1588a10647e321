"""What suits one person: picks of the newest days, and an order for the papers of a day. Both are remembered as long as
nothing changes that they are made from.

what the person likes -> a profile -> picks, less copies of each other and of what is liked
                                   -> how much each paper of a list suits the interest that it suits best
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from math import inf
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from broadsheet.collection import Collection
from broadsheet.core.recent import Recent
from broadsheet.daily.copies import joined
from broadsheet.daily.day import Order, Work
from broadsheet.foryou.interests import scores
from broadsheet.foryou.likes import liked, mine, query_vectors
from broadsheet.foryou.picks import ForYou
from broadsheet.foryou.profile import Pick, Profile, pool, profile
from broadsheet.store.tastes import Taste

DAYS = 7  # the newest that have papers: what is picked from if nobody says otherwise
SPARE = 10  # picks more than are shown, in the place of copies
_MOST, _ROOM = 256, 32_000_000  # things that are remembered, and about their bytes
_NUMBER, _DOCUMENT = 160, 4_000  # bytes of a paper by its number, and of one with its text

_T = TypeVar("_T")


class _Memory(Recent[Hashable, tuple[Any, Any]]):
    """What was made last, each with what it was made from."""

    def __init__(self) -> None:
        super().__init__(_MOST, size=_ROOM)

    def made(self, key: Hashable, basis: Any, make: Callable[[], _T], *, size: Callable[[_T], int]) -> _T:
        """What was made under this key from this basis, else what is made now; ``size`` says its bytes."""
        known = self.get(key)
        if known and known[0] == basis:
            found: _T = known[1]
            return found
        found = make()
        self.keep(key, (basis, found), size=size(found))
        return found


_memories: WeakKeyDictionary[Collection, _Memory] = WeakKeyDictionary()


def picked(collection: Collection, person: int, *, last: date, days: int, k: int = 20) -> ForYou:
    """At most k papers for a person, of the newest ``days`` days up to ``last`` that have papers; of a work once, of
    none that the person likes or declined under another identifier, and of none that the editor has hidden."""
    taste, hidden = taste_of(collection, person), collection.store.hidden()

    def make() -> ForYou:
        candidates = [number for number, _ in collection.store.days_of_papers(last, days)]
        found = mine(collection, person, candidates=candidates, k=k + SPARE)
        return replace(found, picks=_once(collection, taste, hidden, found.picks)[:k])

    basis = (taste, *_state(collection), collection.store.last_change(), hidden)
    own = _NUMBER * (_likes(taste) + len(hidden))
    return _memory(collection).made(
        ("picks", person, last, days, k), basis, make, size=lambda found: own + _DOCUMENT * len(found.documents)
    )


def order(person: int) -> Order:
    """The order of a day's works that suits a person: what suits an interest best stands first, what was declined and
    what has no vector yet last."""

    def scored(collection: Collection, found: Sequence[Work], _now: datetime) -> Iterable[float]:
        suits = fitting(collection, person, [number for work in found for number in work.numbers])
        return [max((suits.get(number, -inf) for number in work.numbers), default=-inf) for work in found]

    return scored


def fitting(collection: Collection, person: int, numbers: Sequence[int]) -> dict[int, float]:
    """How much each of these papers suits the interest of a person that it suits best; those without a vector, and
    those declined, are left out. Empty when nothing is known of what the person likes."""
    taste = taste_of(collection, person)

    def make() -> dict[int, float]:
        made = _profile(collection, person, taste)
        papers = pool(collection.space.snapshot(), numbers) if made else None
        if made is None or papers is None or not len(papers.numbers):
            return {}
        suits = dict(
            zip(papers.numbers.tolist(), scores(made.interests, papers.rows).max(axis=1).tolist(), strict=True)
        )
        return {number: suit for number, suit in suits.items() if number not in taste.declined}

    basis = (taste, *_state(collection))
    size = _NUMBER * (_likes(taste) + len(numbers))
    return _memory(collection).made(("suits", person, tuple(map(int, numbers))), basis, make, size=lambda _: size)


def is_known(collection: Collection, person: int) -> bool:
    """Whether anything says what a person likes."""
    taste = taste_of(collection, person)
    return bool(taste.saved or taste.voted or taste.queries)


def taste_of(collection: Collection, person: int) -> Taste:
    """What a person likes, less what says nothing of it: which papers were read, which authors are followed."""
    return replace(collection.store.tastes([person])[person], read=[], authors=[])


def _profile(collection: Collection, person: int, taste: Taste) -> Profile | None:
    def make() -> Profile | None:
        likes = liked(taste, query_vectors(collection, taste.queries))
        return profile(collection.space.snapshot(), likes, declined=taste.declined) if likes else None

    if not collection.space.exists:
        return None
    basis, own = (taste, *_state(collection)), _NUMBER * _likes(taste)
    return _memory(collection).made(("profile", person), basis, make, size=lambda found: own + _vectors(found))


def _likes(taste: Taste) -> int:
    return len(taste.saved) + len(taste.voted) + len(taste.declined)


def _vectors(profile: Profile | None) -> int:
    """Bytes of the vectors that a profile holds."""
    if profile is None:
        return 0
    held = profile.vectors, profile.interests.liked, profile.interests.declined, profile.interests.centres
    return sum(each.nbytes for each in held)


def _once(collection: Collection, taste: Taste, hidden: Sequence[int], picks: Sequence[Pick]) -> tuple[Pick, ...]:
    """The picks, of each work one, and of no work that is liked, declined or hidden."""
    known = {*(number for number, _ in taste.saved), *taste.voted, *taste.declined, *hidden}
    kept: list[Pick] = []
    works = joined(collection, [each.number for each in picks])
    work = {number: place for place, group in enumerate(works) for number in group}
    seen = {place for place, group in enumerate(works) if not known.isdisjoint(group)}
    for each in picks:
        if work.get(each.number) not in seen:
            kept.append(each)
        seen.add(work.get(each.number, -1))
    return tuple(kept)


def _state(collection: Collection) -> tuple[Any, ...]:
    """Which vectors there are."""
    space = collection.space
    return (space.snapshot().pointer, space.snapshot().manifest.key) if space.exists else ()


def _memory(collection: Collection) -> _Memory:
    return _memories.setdefault(collection, _Memory())
