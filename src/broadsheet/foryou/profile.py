"""A reader's profile and what it picks: vectors only, nothing is read from the Store.

background: a sample of all papers -> what they have in common, and the scores that chance gives
profile (once per reader, can be kept): liked and declined papers, vectors -> interests, with bands for the strength
pool (once a day): new papers -> their vectors;  picks (each reader, each day): pool x profile -> the best k, and why
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.types import Strength
from broadsheet.core.vectors import Rows, Vectors, products, unit
from broadsheet.foryou.interests import WORTH, Interests, bands, centre, common, find_interests, pick, scores
from broadsheet.space import Snapshot

NEAR = 3  # liked papers named with a pick
_SAMPLE = 1_000


@dataclass(frozen=True, slots=True)
class Liked:
    """What a reader likes: a paper by its row ``number``, or else a unit ``vector`` (dim,), for example an alert's.

    ``weight`` above 0 says how much; items of one ``group`` (a list, an alert) are an interest of that name.
    """

    number: int | None = None
    vector: Vectors | None = None
    weight: float = 1.0
    group: str = ""


@dataclass(frozen=True, slots=True)
class Background:
    """What papers of a Space have in common, ``mean`` (dim,), and a ``sample`` (m, dim) of them, centred on it.
    ``space`` is the key of its manifest: vectors of different Spaces must not be mixed."""

    mean: Vectors
    sample: Vectors
    space: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A reader's interests. ``names``, one for each, are the reader's own, empty for clusters.

    ``numbers`` (n,) and ``vectors`` (n, dim) are what is liked, in the order of ``interests.liked``; a number is -1
    where a vector was given. ``bands`` (interests, 3): scores from which a pick is fair, good and strong. ``known``
    are the numbers of all papers liked or declined, which are not picked. ``missing`` counts liked papers without a
    vector.
    """

    interests: Interests
    names: tuple[str, ...]
    numbers: Rows
    vectors: Vectors
    bands: Vectors
    known: Rows
    space: str
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Pool:
    """Papers to pick from: row ``numbers`` (n,), their ``vectors`` (n, dim), and the same centred: ``rows``."""

    numbers: Rows
    vectors: Vectors
    rows: Vectors
    space: str


@dataclass(frozen=True, slots=True)
class Near:
    """A liked paper near a pick, by its row number, and their cosine."""

    number: int
    cosine: float


@dataclass(frozen=True, slots=True)
class Pick:
    """A paper picked, by its row number, for an interest, by its place in the profile: how much it suits the interest
    as a score and as a word, and the interest's liked papers nearest to it."""

    number: int
    interest: int
    score: float
    strength: Strength
    near: tuple[Near, ...]


def background(snapshot: Snapshot) -> Background:
    """Compute the background of a Space as it is now; remembered as long as the snapshot is."""

    def make() -> Background:
        living = np.flatnonzero(snapshot.live)
        some = np.asarray(snapshot.vectors[living[:: max(1, len(living) // _SAMPLE)][:_SAMPLE]])
        mean = common(some)
        return Background(mean, centre(some, mean), snapshot.manifest.key)

    return snapshot.memory("foryou background", make)


def profile(snapshot: Snapshot, liked: Sequence[Liked], *, declined: Sequence[int] = ()) -> Profile | None:
    """Find the interests in what is ``liked``, and note what was ``declined`` (row numbers); None without any vector.

    UsageError for an item that is neither a paper nor a vector of this Space, or whose weight is not above 0.
    """
    items = _distinct(liked)
    rows = snapshot.rows(np.array([-1 if each.number is None else each.number for each in items], dtype=np.int64))
    held = [place for place, each in enumerate(items) if each.number is None or rows[place] >= 0]
    if not held:
        return None
    usable = [items[place] for place in held]
    vectors = np.stack([_vector(snapshot, each, int(rows[place])) for place, each in zip(held, usable, strict=True)])
    refused = np.array(declined, dtype=np.int64)
    made = profile_of(background(snapshot), usable, vectors, declined=(refused, snapshot.of(refused)))
    return replace(made, missing=len(items) - len(usable))


def profile_of(
    against: Background, liked: Sequence[Liked], vectors: Vectors, *, declined: tuple[Rows, Vectors]
) -> Profile:
    """Find the interests in what is ``liked`` from its unit ``vectors`` (n, dim), with what was ``declined`` (row
    numbers (m,) and vectors (m, dim)), against the background of their Space."""
    refused, refused_vectors = declined
    interests, order = find_interests(
        centre(vectors, against.mean),
        weights=np.array([each.weight for each in liked]),
        groups=[each.group for each in liked],
        declined=centre(refused_vectors, against.mean),
    )
    numbers = np.array([-1 if each.number is None else each.number for each in liked], dtype=np.int64)[order]
    firsts = np.searchsorted(interests.member, np.arange(len(interests)))
    return Profile(
        interests=interests,
        names=tuple(liked[order[first]].group for first in firsts),
        numbers=numbers,
        vectors=vectors[order],
        bands=bands(interests, against.sample),
        known=np.unique(np.concatenate([numbers, refused])),
        space=against.space,
    )


def pool(snapshot: Snapshot, numbers: Sequence[int] | Rows) -> Pool:
    """Gather the papers that have a vector, each once, ready to be picked from."""
    against = background(snapshot)
    rows = np.unique(np.asarray(numbers, dtype=np.int64))
    rows = rows[snapshot.rows(rows) >= 0]
    vectors = snapshot.of(rows)
    return Pool(rows, vectors, centre(vectors, against.mean), against.space)


def picks(profile: Profile, pool: Pool, k: int) -> list[Pick]:
    """Pick the best k of the pool for a reader, best first. ModelError when the two are of different Spaces."""
    if profile.space != pool.space:
        raise ModelError(
            f"a profile made under {profile.space} cannot pick from vectors under {pool.space}: make it again"
        )
    new = np.flatnonzero(~np.isin(pool.numbers, profile.known))
    rows = pool.rows[new]
    suits = scores(profile.interests, rows)
    chosen, interests = pick(suits, profile.interests.shares, rows, k, least=profile.bands[:, WORTH])
    cosines = products(profile.vectors, pool.vectors[new[chosen]])  # (liked, picks)
    liked = [profile.interests.of(interest) for interest in range(len(profile.interests))]
    return [
        Pick(
            number=int(pool.numbers[new[row]]),
            interest=interest,
            score=float(suits[row, interest]),
            strength=Strength.of(suits[row, interest], profile.bands[interest]),
            near=_near(profile.numbers[liked[interest]], cosines[liked[interest], place]),
        )
        for place, (row, interest) in enumerate(zip(chosen.tolist(), interests.tolist(), strict=True))
    ]


def _near(numbers: Rows, cosines: Vectors) -> tuple[Near, ...]:
    """The nearest of liked papers, by their numbers and cosines."""
    order = [place for place in np.argsort(-cosines, kind="stable").tolist() if numbers[place] >= 0][:NEAR]
    return tuple(Near(int(numbers[place]), float(cosines[place])) for place in order)


def _distinct(liked: Sequence[Liked]) -> list[Liked]:
    """Each paper once per group with its weights added up; outside groups only if it is in none."""
    papers: dict[tuple[int, str], float] = {}
    others = []
    for each in liked:
        _check(each)
        if each.number is None:
            others.append(each)
        else:
            key = (each.number, each.group)
            papers[key] = papers.get(key, 0.0) + each.weight
    grouped = {number for number, group in papers if group}
    once = [Liked(number, None, weight, group) for (number, group), weight in papers.items()]
    return [each for each in once if each.group or each.number not in grouped] + others


def _check(each: Liked) -> None:
    if (each.number is None) == (each.vector is None):
        raise UsageError("a liked item is either a row number or a vector; got both or neither")
    if not 0 < each.weight < float("inf"):
        raise UsageError(f"the weight of a liked item must be a number above 0; got {each.weight}")


def _vector(snapshot: Snapshot, each: Liked, row: int) -> Vectors:
    if each.vector is None:
        return np.asarray(snapshot.vectors[row])
    if each.vector.shape != (snapshot.manifest.dim,) or not np.isfinite(each.vector).all():
        raise UsageError(
            f"a liked vector has shape {each.vector.shape}; expected ({snapshot.manifest.dim},) of finite numbers"
        )
    return np.asarray(unit(each.vector[None])[0])
