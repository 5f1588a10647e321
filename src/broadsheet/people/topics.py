"""What people do with topics: a reader follows them; an editor renames, pins, merges, separates and splits them.

A topic, or a field, is named by its number, by its slug or by its name. A number whose topic was merged stands for the
living one in every act but ``separate``, which undoes the merge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from broadsheet.collection import Collection
from broadsheet.core.errors import NotFoundError, UsageError, nearest
from broadsheet.core.text import plain, squeeze
from broadsheet.core.topic import Level, Topic, topic_number
from broadsheet.store import Store
from broadsheet.topics import tree

MOST = 100  # topics that one reader may follow
LONGEST_NAME = 80  # characters


def named(store: Store, topic: int | str, *, among: Sequence[Topic] | None = None) -> Topic:
    """Find the living topic or field that a number, a slug or a name stands for; ``among``: all living ones, for a
    caller that has read them.

    NotFoundError when nothing has it, UsageError when a topic and a field both have the name.
    """
    living = store.topics.all() if among is None else among
    number = _number(topic)
    if number is not None:
        home = store.topics.living(number)
        found = [each for each in living if each.id == home]
    else:
        key = plain(str(topic))
        found = [each for each in living if key and plain(each.name) == key]
    if not found:
        raise NotFoundError(_unknown(topic, living))
    if len(found) > 1:
        numbers = " and ".join(f"the {each.level} {each.id}" for each in found)
        raise UsageError(f"{str(topic)[:60]!r} is the name of {numbers}: use the number")
    return found[0]


def follow(collection: Collection, person: int, *, topic: int | str, now: datetime) -> Topic:
    """Follow a topic or a field and return it; following twice changes nothing.

    NotFoundError for an unknown one, UsageError for more than MOST.
    """
    store = collection.store
    found = named(store, topic)
    followed = store.follows.topics_of(person)
    if found.id not in followed:
        if len(followed) >= MOST:
            raise UsageError(f"you may follow at most {MOST} topics: unfollow one first")
        store.follows.add_topic(person, found.id, now=now)
    return found


def unfollow(collection: Collection, person: int, *, topic: int | str) -> Topic:
    """Stop following a topic or a field, under every number that stands for it, and return it; nothing changes for one
    that was not followed. NotFoundError for an unknown one."""
    found = named(collection.store, topic)
    collection.store.follows.remove_topic(person, found.id)
    return found


def followed(store: Store, person: int) -> list[Topic]:
    """Return the living topics and fields that a person follows, by name."""
    numbers = set(store.follows.topics_of(person))
    mine = [each for each in store.topics.all() if each.id in numbers] if numbers else []
    return sorted(mine, key=lambda each: (plain(each.name), each.id))


def rename(collection: Collection, *, topic: int | str, name: str = "", undo: bool = False) -> Topic:
    """Give a topic or field a name, or with ``undo`` the one that the program found, and return it as it is then.

    NotFoundError for an unknown topic; UsageError for a name that is empty, too long, a number, or in use by another
    topic of the level.
    """
    store = collection.store
    found = named(store, topic)
    given = "" if undo else _checked(name)
    _must_be_free(store, given or found.own_name, found.level, apart_from=[found.id])
    store.topics.rename(found.id, given)
    return named(store, found.id)


def pin(collection: Collection, *, topic: int | str, undo: bool = False) -> Topic:
    """Pin a topic or field, so that it keeps its centre and its name whatever papers come, or let it go; return it.
    NotFoundError for an unknown one."""
    found = named(collection.store, topic)
    collection.store.topics.pin(found.id, pinned=not undo)
    return named(collection.store, found.id)


def merge(collection: Collection, *, topic: int | str, into: int | str) -> Topic:
    """Merge a topic into another one, or a field into another field, and return the one that goes on.

    NotFoundError for an unknown one; UsageError for a topic and a field, or for one and the same.
    """
    store = collection.store
    found, home = named(store, topic), named(store, into)
    if found.id == home.id:
        raise UsageError(f"{_title(found)} cannot be merged into itself: name another {found.level}")
    if found.level != home.level:
        raise UsageError(
            f"{_title(found)} is a {found.level} and {_title(home)} a {home.level}: merge it into another {found.level}"
        )
    if not store.topics.join(found.id, home.id):
        raise UsageError(f"{_title(found)} or {_title(home)} was merged a moment ago: look again")
    return named(store, home.id)


def separate(collection: Collection, *, topic: int | str) -> Topic:
    """Undo the merge of a topic or field, by its own number or slug, and return it. What had been merged into it before
    stays where it is.

    NotFoundError for an unknown number; UsageError for one that was not merged, that has no papers of its own, or whose
    name is in use by now.
    """
    store, number = collection.store, _number(topic)
    if number is None:
        raise UsageError(f"{str(topic)[:60]!r} is not a number: separate a topic by the number that it had")
    home = named(store, number)
    if home.id == number:
        raise UsageError(f"{_title(home)} is not merged into another {home.level}, so it cannot be separated")
    names = dict(store.topics.merged(home.id))
    if number not in names:
        raise UsageError(
            f"the {home.level} {number} has no centre of its own: {_title(home)} took its place when topics were fitted"
        )
    _must_be_free(store, names[number], home.level)
    store.topics.separate(number)
    return named(store, number)


def split(collection: Collection, *, topic: int | str, now: datetime) -> Topic:
    """Split a topic in two and return the new one, which gets the smaller part of its papers; merging it into the first
    undoes that.

    NotFoundError for an unknown topic; UsageError for a field, for a topic that others were merged into, and where all
    papers are alike; CollectionError without a synced Space, or while another process is finding topics.
    """
    found = named(collection.store, topic)
    return named(collection.store, tree.split(collection, found.id, now=now))


def _number(topic: int | str) -> int | None:
    return topic_number(str(topic))


def _unknown(topic: int | str, living: Sequence[Topic]) -> str:
    if not living:
        return "this Collection has no topics yet: they come with the first sync of enough papers"
    if _number(topic) is not None:
        return f"no topic has the number {_number(topic)}"
    return f"no topic is called {str(topic)[:60]!r}. {nearest(str(topic), [each.name for each in living])}"


def _title(topic: Topic) -> str:
    """A topic in a message: its name and its number."""
    return f"“{topic.name}” ({topic.id})"


def _checked(typed: str) -> str:
    """Return a name as it is stored. UsageError for one that no topic can have."""
    name = squeeze(typed)
    if not plain(name):
        raise UsageError("a topic needs a name with letters: type one")
    if len(name) > LONGEST_NAME:
        raise UsageError(f"the name of a topic may have at most {LONGEST_NAME} characters; this one has {len(name):,}")
    if topic_number(name) is not None:
        raise UsageError(f"{name!r} would be read as the number of a topic: use words")
    return name


def _must_be_free(store: Store, name: str, level: Level, *, apart_from: Iterable[int] = ()) -> None:
    """Raise UsageError when a living topic of this level, other than those of ``apart_from``, has this name."""
    others = (each for each in store.topics.all() if each.level == level and each.id not in apart_from)
    other = next((each for each in others if plain(each.name) == plain(name)), None)
    if other is not None:
        raise UsageError(f"the {level} {other.id} is called {other.name!r} already: rename that one first")
