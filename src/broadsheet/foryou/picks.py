"""Picks for one reader from what is liked: each for one of the reader's interests, with the reader's own papers near
it. ``person`` decides for whom, and from which days.

liked and declined papers -> a profile -> candidates, the best few of many -> picks -> their documents
nothing liked, nothing synced, nothing new: say which
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document, Filters
from broadsheet.core.vectors import Rows
from broadsheet.foryou.interests import shortlist
from broadsheet.foryou.profile import Liked, Pick, Profile, background, picks, pool, profile
from broadsheet.foryou.words import frequencies, telling_words
from broadsheet.space import Snapshot

CENTRAL = 3  # papers that represent an interest
_TOLD = 20  # papers of an interest whose words are read
_OTHERS = 300  # papers whose words show what is common
_MANY = 5_000  # candidates that are all scored; of more, only the nearest to each interest
_CLOSELY = 500
_AT_ONCE = 8_192


@dataclass(frozen=True, slots=True)
class Interest:
    """An interest as it is shown: the reader's own ``name`` or none, a few ``words`` that set it apart from other
    papers, the row numbers of its most ``central`` papers, how many ``papers`` it has, and its ``share`` of the
    picks."""

    name: str
    words: tuple[str, ...]
    central: tuple[int, ...]
    papers: int
    share: float

    @property
    def title(self) -> str:
        """One line that names it."""
        return self.name or ", ".join(self.words) or "unnamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForYou:
    """Picks, best first, the interests they refer to by place, and the documents of all row numbers they mention.
    ``note`` says why there are no picks, or what was skipped."""

    picks: tuple[Pick, ...] = ()
    interests: tuple[Interest, ...] = ()
    documents: Mapping[int, Document]
    note: str = ""


def for_you(
    collection: Collection,
    liked: Sequence[Liked],
    *,
    declined: Sequence[int] = (),
    candidates: Sequence[int] | Rows | None = None,
    filters: Filters | None = None,
    k: int = 20,
) -> ForYou:
    """Pick at most k papers for a reader, by what is ``liked`` and away from what was ``declined`` (row numbers).

    ``candidates`` are the row numbers to pick from (None: all papers); only papers that meet the ``filters`` count. A
    liked or declined paper is never picked. UsageError for a k below 0 or an invalid item in ``liked``.
    """
    if k < 0:
        raise UsageError(f"k counts from 0; got k={k}")
    if not liked:
        return _nothing(
            "Nothing to go by yet: save or vote for a paper, follow an author or a topic, or create an alert."
        )
    if not collection.space.ready:
        return _nothing("No paper has a vector yet: run `broadsheet sync`.")
    snapshot = collection.space.snapshot()
    made = profile(snapshot, liked, declined=declined)
    if made is None:
        return _nothing(f"None of the {len(liked):,} papers that you like has a vector yet: run `broadsheet sync`.")
    numbers = _candidates(collection, snapshot, candidates, filters)
    chosen = picks(made, pool(snapshot, _nearest(snapshot, made, numbers)), k)
    interests = describe(collection, made)
    spoken = {each.number for each in chosen} | {near.number for each in chosen for near in each.near}
    spoken |= {number for each in interests for number in each.central}
    documents = collection.store.papers.by_numbers(sorted(spoken))
    return ForYou(
        picks=tuple(each for each in chosen if each.number in documents),
        interests=interests,
        documents=documents,
        note=_note(made) if chosen or not k else _why_none(snapshot, numbers, filters),
    )


def describe(collection: Collection, profile: Profile) -> tuple[Interest, ...]:
    """Describe the interests of a profile for a page: name, words, central papers, share."""
    central = [_central(profile, place) for place in range(len(profile.names))]
    papers = collection.store.papers.by_numbers([number for numbers in central for number in numbers])
    others, of = _common_words(collection, collection.space.snapshot())
    interests = []
    for place, (name, numbers) in enumerate(zip(profile.names, central, strict=True)):
        own = profile.interests.of(place)
        known = [number for number in numbers if number in papers]
        # titles count twice: they say more about a paper than what it mentions
        texts = [text for number in known for text in (papers[number].shown_title, papers[number].content)]
        words = telling_words(texts, others, of) if known else ()
        share = float(profile.interests.shares[place])
        interests.append(Interest(name, words, tuple(known[:CENTRAL]), own.stop - own.start, share))
    return tuple(interests)


def _nothing(note: str) -> ForYou:
    return ForYou(documents={}, note=note)


def _candidates(
    collection: Collection, snapshot: Snapshot, candidates: Sequence[int] | Rows | None, filters: Filters | None
) -> Rows:
    """Row numbers that may be picked, without papers deleted since the last sync."""
    if filters:
        among = None if candidates is None else [int(number) for number in candidates]
        numbers = collection.store.papers.numbers_where(filters, among=among)
    elif candidates is None:
        numbers = snapshot.numbers[snapshot.live]
    else:
        numbers = np.asarray(candidates, dtype=np.int64)
    gone = collection.store.papers.deleted_since(snapshot.pointer.change)
    return numbers[~np.isin(numbers, gone)] if gone else numbers


def _nearest(snapshot: Snapshot, profile: Profile, numbers: Rows) -> Rows:
    """The papers that are not liked or declined: all of a few, of many only the nearest to each interest."""
    rows = snapshot.rows(numbers)
    rows = rows[(rows >= 0) & ~np.isin(numbers, profile.known)]
    if len(rows) <= _MANY:
        return snapshot.numbers[rows]
    mean, centres = background(snapshot).mean, profile.interests.centres
    against = np.vstack([centres, mean]).T
    parts = (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))
    products = np.concatenate([snapshot.vectors[part] @ against for part in parts])
    # cosines with the centres after removing the mean, without making that many new vectors
    lengths = np.sqrt(np.maximum(1 - 2 * products[:, -1] + mean @ mean, 1e-12))
    cosines = (products[:, :-1] - centres @ mean) / lengths[:, None]
    return snapshot.numbers[rows[shortlist(cosines, _CLOSELY)]]


def _note(profile: Profile) -> str:
    if not profile.missing:
        return ""
    return (
        f"{profile.missing:,} of the papers that you like have no vector yet and do not count: run `broadsheet sync`."
    )


def _why_none(snapshot: Snapshot, numbers: Rows, filters: Filters | None) -> str:
    if not len(numbers):
        return "No new paper meets the filters." if filters else "There are no new papers to pick from."
    synced = numbers[snapshot.rows(numbers) >= 0]
    if not len(synced):
        return f"None of the {len(numbers):,} new papers has a vector yet: run `broadsheet sync`."
    return "You have liked or declined every one of these papers."


def _central(profile: Profile, place: int) -> list[int]:
    """The papers of an interest, the nearest to its centre first."""
    own = profile.interests.of(place)
    order = np.argsort(-(profile.interests.liked[own] @ profile.interests.centres[place]), kind="stable")
    return [int(number) for number in profile.numbers[own][order] if number >= 0][:_TOLD]


def _common_words(collection: Collection, snapshot: Snapshot) -> tuple[Mapping[str, int], int]:
    """Count the papers of a sample that use each word, and the sample; remembered with the snapshot."""

    def make() -> tuple[Mapping[str, int], int]:
        living = snapshot.numbers[snapshot.live]
        some = collection.store.papers.by_numbers(living[:: max(1, len(living) // _OTHERS)][:_OTHERS].tolist())
        return frequencies(each.content for each in some.values()), len(some)

    return snapshot.memory("foryou words", make)
