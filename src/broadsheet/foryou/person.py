"""What suits a person: the one way to a reader's picks, for pages, programs, agents and the digest.

saved and followed papers, votes, alerts, papers by followed authors, and followed topics -> a profile
profile -> picks from the newest days, without copies of each other and of liked papers
        -> picks from the same papers for many people at once
        -> how much each paper of a list suits its best interest
A person's results are remembered as long as nothing changes that they are made from.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime
from math import inf
from typing import Any, TypeVar

from broadsheet.alerts.alert import ask_alert
from broadsheet.alerts.memory import query_vectors
from broadsheet.alerts.news import followed_papers
from broadsheet.collection import Collection
from broadsheet.core.recent import Recent
from broadsheet.core.status import FALLEN, WHOLE_WORK
from broadsheet.core.vectors import Vectors
from broadsheet.daily.copies import works_of
from broadsheet.daily.day import Order, Work
from broadsheet.foryou.interests import scores
from broadsheet.foryou.picks import ForYou, for_you
from broadsheet.foryou.profile import Liked, Pick, Profile, picks, pool, profile
from broadsheet.store.alerts import SavedQuery
from broadsheet.store.lists import SAVED
from broadsheet.store.reactions import Taste
from broadsheet.topics.about import centres as centres_of

DAYS = 7  # the newest days that have papers: picks come from these by default
VOTE = 0.5  # weight of a vote, where a saved paper has 1
AUTHOR = 1.0  # weight of a followed author, shared by their newest papers
NEWEST = 10  # papers of a followed author that count as liked
_SPARE = 10  # extra picks, to replace copies
_MOST, _ROOM = 256, 32_000_000  # results that are remembered, and roughly their bytes
_NUMBER, _DOCUMENT = 160, 4_000  # bytes of a paper by its number, and of one with its text

_T = TypeVar("_T")


class _Memory(Recent[Hashable, tuple[Any, Any]]):
    """The last results, each with the basis it was made from."""

    def __init__(self) -> None:
        super().__init__(_MOST, size=_ROOM)

    def made(self, key: Hashable, basis: Any, make: Callable[[], _T], *, size: Callable[[_T], int]) -> _T:
        """Return the result under this key if it has this basis, else make it now; ``size`` gives its bytes."""
        known = self.get(key)
        if known and known[0] == basis:
            result: _T = known[1]
            return result
        result = make()
        self.keep(key, (basis, result), size=size(result))
        return result


def for_person(collection: Collection, person: int, *, last: date, days: int = DAYS, k: int = 20) -> ForYou:
    """Pick at most k papers for a person, best first, of the newest ``days`` days up to ``last`` that have papers.

    One paper of each work, and no work that the person likes or declined under any identifier, or that the editor has
    hidden. A larger k only adds picks at the end.
    """
    taste, hidden = taste_of(collection, person), collection.store.desk.hidden()
    fallen, whole = (collection.store.papers.with_status(kinds) for kinds in (FALLEN, WHOLE_WORK))

    def make() -> ForYou:
        unwanted = whole.union(hidden)
        out = unwanted | fallen
        new = [number for number, _ in collection.store.days.newest(last, days) if number not in out]
        return _pick(collection, taste, new, unwanted, k)

    basis = (taste, *_state(collection, taste), collection.store.papers.last_change(), hidden)
    own = _NUMBER * (_size(taste) + len(hidden))
    return _memory(collection).made(
        ("picks", person, last, days, k), basis, make, size=lambda found: own + _DOCUMENT * len(found.documents)
    )


def for_people(
    collection: Collection,
    tastes: Mapping[int, Taste],
    among: Sequence[int],
    *,
    most: Mapping[int, int],
    vectors: Mapping[str, Vectors],
) -> dict[int, list[tuple[str, Pick]]]:
    """Pick from the same papers (row numbers) for many people at once; ``most`` gives the number of picks per person.

    Each pick, best first, comes with the name of its interest, empty for an interest that has none. ``vectors`` holds
    the vectors of the alerts' words: an alert without one is left out. The caller leaves out copies and what the editor
    has hidden.
    """
    result: dict[int, list[tuple[str, Pick]]] = {person: [] for person in tastes}
    if not collection.space.ready:
        return result
    snapshot = collection.space.snapshot()
    papers = pool(snapshot, among)
    if not len(papers.numbers):
        return result
    authors = dict.fromkeys(author for taste in tastes.values() for author in taste.authors)
    written = collection.store.papers.newest_by(authors, NEWEST)
    centres = _centres(collection, {topic for taste in tastes.values() for topic in taste.topics})
    followed = followed_papers(collection.store, (query for taste in tastes.values() for query in taste.queries))
    for person, taste in tastes.items():
        likes = _liked(taste, vectors, written) + _papers(taste, followed) + _topics(taste, centres)
        made = profile(snapshot, likes, declined=taste.declined) if likes else None
        if made:
            result[person] = [(made.names[each.interest], each) for each in picks(made, papers, most[person])]
    return result


def order(person: int) -> Order:
    """Make the order of a day's works that suits a person: works that suit an interest best come first, declined works
    and works without a vector last."""

    def scored(collection: Collection, found: Sequence[Work], _now: datetime) -> Iterable[float]:
        known = suits(collection, person, [number for work in found for number in work.numbers])
        return [max((known.get(number, -inf) for number in work.numbers), default=-inf) for work in found]

    return scored


def suits(collection: Collection, person: int, numbers: Sequence[int]) -> dict[int, float]:
    """Return how much each of these papers suits its best interest of a person; papers without a vector and declined
    papers are left out. Empty when nothing is known about what the person likes."""
    taste = taste_of(collection, person)

    def make() -> dict[int, float]:
        made = _profile(collection, person, taste)
        papers = pool(collection.space.snapshot(), numbers) if made else None
        if made is None or papers is None or not len(papers.numbers):
            return {}
        best = scores(made.interests, papers.rows).max(axis=1).tolist()
        known = dict(zip(papers.numbers.tolist(), best, strict=True))
        return {number: suit for number, suit in known.items() if number not in taste.declined}

    size = _NUMBER * (_size(taste) + len(numbers))
    return _memory(collection).made(
        ("suits", person, tuple(map(int, numbers))), _basis(collection, taste), make, size=lambda _: size
    )


def is_known(collection: Collection, person: int) -> bool:
    """Tell whether anything is known about what a person likes."""
    taste = taste_of(collection, person)
    if taste.saved or taste.voted or taste.queries or _centres(collection, taste.topics):
        return True
    return any(collection.store.papers.newest_by(taste.authors, 1).values())


def taste_of(collection: Collection, person: int) -> Taste:
    """Read what a person likes; which papers they have read says nothing about it and is left out."""
    return replace(collection.store.reactions.tastes([person])[person], read=[])


def _pick(collection: Collection, taste: Taste, new: Sequence[int], unwanted: AbstractSet[int], k: int) -> ForYou:
    """At most k picks, each of another work."""
    likes = _likes(collection, taste)
    known = {*(each.number for each in likes if each.number is not None), *taste.declined, *unwanted}
    most = k + _SPARE
    while True:
        result = for_you(collection, likes, declined=taste.declined, candidates=new, k=most)
        distinct = _once(collection, known, result.picks)[:k]
        if len(distinct) == k or len(result.picks) < most:
            return replace(result, picks=distinct)
        most *= 2


def _once(collection: Collection, known: AbstractSet[int], picks: Sequence[Pick]) -> tuple[Pick, ...]:
    """One pick of each work, leaving out works with a known paper."""
    chosen: list[Pick] = []
    works = works_of(collection, [each.number for each in picks])
    work = {number: place for place, group in enumerate(works) for number in group}
    seen = {place for place, group in enumerate(works) if not known.isdisjoint(group)}
    for each in picks:
        if work.get(each.number) not in seen:
            chosen.append(each)
        seen.add(work.get(each.number, -1))
    return tuple(chosen)


def _likes(collection: Collection, taste: Taste) -> list[Liked]:
    """All the evidence of a taste."""
    words = list(dict.fromkeys(filter(None, map(_words, taste.queries))))
    ready = words and collection.space.ready
    vectors = dict(zip(words, query_vectors(collection, words), strict=True)) if ready else {}
    written = collection.store.papers.newest_by(taste.authors, NEWEST)
    papers = _papers(taste, followed_papers(collection.store, taste.queries))
    return _liked(taste, vectors, written) + papers + _topics(taste, _centres(collection, taste.topics))


def _liked(taste: Taste, vectors: Mapping[str, Vectors], written: Mapping[str, Sequence[int]]) -> list[Liked]:
    """The evidence of a taste: the papers of a list are an interest of its name, an alert is one of its own, the rest
    is clustered. ``vectors`` are by the words of alerts, the papers ``written`` by author."""
    saved = [Liked(number, group="" if name == SAVED else name) for number, name in taste.saved]
    voted = [Liked(number, weight=VOTE) for number in taste.voted]
    refused = frozenset(taste.declined)
    by = [[number for number in written.get(author, ()) if number not in refused] for author in taste.authors]
    followed = [Liked(number, weight=AUTHOR / len(numbers)) for numbers in by for number in numbers]
    phrases = [(query.name, _words(query)) for query in taste.queries]
    queries = [Liked(vector=vectors[words], group=name) for name, words in phrases if words in vectors]
    return [*saved, *voted, *followed, *queries]


def _papers(taste: Taste, followed: Mapping[str, int]) -> list[Liked]:
    """The papers that a person follows: each counts like a saved one."""
    names = (name for query in taste.queries for name in ask_alert(query.text).like)
    return [Liked(followed[name]) for name in names if name in followed]


def _topics(taste: Taste, centres: Mapping[int, tuple[str, Vectors]]) -> list[Liked]:
    """The followed topics: each is an interest of its name, from its centre."""
    named = (centres[topic] for topic in taste.topics if topic in centres)
    return [Liked(vector=vector, group=name) for name, vector in named]


def _centres(collection: Collection, topics: Sequence[int] | AbstractSet[int]) -> dict[int, tuple[str, Vectors]]:
    """The name and the centre of each of these topics that has one under the present encoder, without fields."""
    if not topics:
        return {}
    store = collection.store
    known = {each.id: each for each in store.topics.all() if each.id in topics}
    found = centres_of(collection, known, store.topics.homes())
    return {topic: (known[topic].name, vector) for topic, vector in found.items()}


def _words(query: SavedQuery) -> str:
    """The words of an alert in words, without its conditions."""
    asked = ask_alert(query.text)
    return "" if asked.like else asked.words


def _profile(collection: Collection, person: int, taste: Taste) -> Profile | None:
    def make() -> Profile | None:
        likes = _likes(collection, taste)
        return profile(collection.space.snapshot(), likes, declined=taste.declined) if likes else None

    if not collection.space.ready:
        return None
    own = _NUMBER * _size(taste)
    return _memory(collection).made(
        ("profile", person), _basis(collection, taste), make, size=lambda found: own + _vectors(found)
    )


def _size(taste: Taste) -> int:
    """How many papers a taste names."""
    papers = len(taste.saved) + len(taste.voted) + len(taste.declined) + len(taste.authors) * NEWEST
    return papers + len(taste.topics) * NEWEST


def _vectors(profile: Profile | None) -> int:
    """Bytes of the vectors that a profile holds."""
    if profile is None:
        return 0
    held = profile.vectors, profile.interests.liked, profile.interests.declined, profile.interests.centres
    return sum(each.nbytes for each in held)


def _basis(collection: Collection, taste: Taste) -> tuple[Any, ...]:
    """What a profile is made from: the papers of followed authors may change with every change of the Store."""
    return taste, *_state(collection, taste), collection.store.papers.last_change() if taste.authors else 0


def _state(collection: Collection, taste: Taste) -> tuple[Any, ...]:
    """Which vectors there are, those of followed topics included."""
    space = collection.space
    if not space.ready:
        return ()
    centres = [(name, vector.tobytes()) for name, vector in _centres(collection, taste.topics).values()]
    return space.snapshot().pointer, space.snapshot().manifest.key, centres


def _memory(collection: Collection) -> _Memory:
    return collection.memory("foryou", _Memory)
