"""What a person's own list is made from: what they saved, voted for and declined, and their standing queries.

a paper in a list of theirs -> an interest of the list's name; in the usual list, or voted for -> among what is found
a standing query -> an interest of its name, by the vector of its words
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.query import ask
from broadsheet.core.types import Filters
from broadsheet.core.vectors import Vectors
from broadsheet.foryou.picks import ForYou, for_you
from broadsheet.foryou.profile import Liked
from broadsheet.store.lists import SavedQuery
from broadsheet.store.tastes import Taste

SAVED = "Saved"
"""The list that papers are saved to when none is named: it is no interest by itself."""
VOTE = 0.5
"""What a vote says of an interest, beside a saved paper."""


def mine(
    collection: Collection,
    person: int,
    *,
    candidates: Sequence[int],
    filters: Filters | None = None,
    k: int = 20,
) -> ForYou:
    """At most k papers for a person, of ``candidates`` (row numbers) that meet the filters, less what the editor has
    hidden. See for_you."""
    taste = collection.store.tastes([person])[person]
    likes = liked(taste, query_vectors(collection, taste.queries))
    hidden = set(collection.store.hidden())
    seen = [number for number in candidates if number not in hidden]
    return for_you(collection, likes, declined=taste.declined, candidates=seen, filters=filters, k=k)


def liked(taste: Taste, vectors: Mapping[str, Vectors]) -> list[Liked]:
    """The evidence of a taste; ``vectors`` are those of its queries, by their words: one without is left out."""
    saved = [Liked(number, group="" if name == SAVED else name) for number, name in taste.saved]
    voted = [Liked(number, weight=VOTE) for number in taste.voted]
    asked = [(query.name, words_of(query)) for query in taste.queries]
    return [*saved, *voted, *(Liked(vector=vectors[words], group=name) for name, words in asked if words in vectors)]


def query_vectors(collection: Collection, queries: Sequence[SavedQuery]) -> dict[str, Vectors]:
    """The unit vector (dim,) of the words of each query, by the words, in one call of the encoder."""
    words = list(dict.fromkeys(filter(None, map(words_of, queries))))
    return dict(zip(words, collection.encoder.encode(words, role="query"), strict=True)) if words else {}


def words_of(query: SavedQuery) -> str:
    """The words of a query, less its conditions."""
    return ask(query.text).words


def list_name(text: str, *, longest: int = 100) -> str:
    """A list's or query's name as it is kept; UsageError when nothing is left of it."""
    name = " ".join(text.split())[:longest].strip()
    if not name or not name.isprintable():
        raise UsageError("a list needs a name of letters that can be seen")
    return name
