"""Topics: the Collection's own subjects, their centres, and the papers in them.

A topic that was merged into another, or that a new fit did not continue, keeps its row and points to the living one
(``heir``), so that its number works for ever. Its papers and its centre stay its own: separated, it is as before.
"""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

import base64
import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import numpy as np

from broadsheet.core.text import plain
from broadsheet.core.topic import Counted, Named, Topic, topic_number
from broadsheet.core.types import Filters
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.store.database import AMONG, Part, listed
from broadsheet.store.people import moment

HOMES = (
    "SELECT leaf.topic AS leaf, home.topic AS topic, coalesce(field.heir, field.topic) AS field FROM topics AS leaf"
    " JOIN topics AS home ON home.topic = coalesce(leaf.heir, leaf.topic)"
    " LEFT JOIN topics AS field ON field.topic = home.parent WHERE leaf.level = 'topic'"
)
"""Each topic there ever was (``leaf``), the living topic that holds its papers, and the field of that."""
_LIVING = "SELECT topic, level, parent, name, given, phrases, pinned FROM topics WHERE heir IS NULL"
_NAME = "CASE home.given WHEN '' THEN home.name ELSE home.given END"
_AT_ONCE = 2_000  # papers placed in one transaction
_VOTES = "coalesce(documents.votes, 0) + (SELECT count(*) FROM votes AS here WHERE here.number = documents.number)"
_PUBLISHED = "CASE WHEN first = last THEN first END"  # where the day is known exactly


class Placed(NamedTuple):
    """A paper, its topic (None: it fits nowhere), the cosine to the centre, and the change number it was placed at."""

    number: int
    topic: int | None
    nearness: float
    sequence: int


class Home(NamedTuple):
    """A paper, the living topic that holds it, and the field of that (None: it has none)."""

    number: int
    topic: int
    field: int | None


class Member(NamedTuple):
    """A paper, the topic it was placed in, whatever that was merged into, and the cosine to its centre; the day it is
    known to be of (listed, else published) and the first it may be of, as ordinals (None: unknown); and its votes, at
    its source and here."""

    number: int
    topic: int
    nearness: float
    day: int | None
    first: int | None
    votes: int


class Count(NamedTuple):
    """How many papers of a day (an ordinal) are in a topic (None: in none), and their votes, at their sources and here.
    The topic is the one that they were placed in, whatever that was merged into."""

    topic: int | None
    day: int
    papers: int
    votes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """What is written at once: ``topics`` and fields that are new or have changed, the ``centres`` of all topics, and
    ``heirs``: which living one continues each that ends. ``again`` are papers to be placed again (None: all), ``fact``
    is how far topics are then: see the fact ``topics``."""

    topics: Sequence[Topic]
    centres: Mapping[int, Vectors]
    space: str
    heirs: Mapping[int, int]
    again: Sequence[int] | None = ()
    fact: Mapping[str, object] | None = None


class Topics(Part):
    """Keep topics and fields, and which papers are in them."""

    def all(self) -> list[Topic]:
        """Return every living field and topic with the number of its papers, in the order of their numbers."""
        with self._db.reading() as db:
            db.execute("BEGIN")
            try:
                rows = db.execute(f"{_LIVING} ORDER BY topic").fetchall()
                homes = {leaf: (topic, field) for leaf, topic, field in db.execute(HOMES)}
                counts = db.execute(
                    "SELECT topic, count(*) FROM topic_papers WHERE topic IS NOT NULL GROUP BY topic"
                ).fetchall()
            finally:
                db.execute("ROLLBACK")
        papers: dict[int, int] = {}
        for leaf, count in counts:
            for each in homes.get(leaf, ()):
                if each is not None:
                    papers[each] = papers.get(each, 0) + count
        fields = dict(homes.values())
        return [
            Topic(
                id=id_, level=level, name=given or name, own_name=name, parent=fields.get(id_, parent),
                phrases=tuple(json.loads(phrases)), papers=papers.get(id_, 0), pinned=bool(pinned),
            )
            for id_, level, parent, name, given, phrases, pinned in rows
        ]  # fmt: skip

    def living(self, topic: int) -> int | None:
        """Return the living topic or field that a number stands for now; None for a number that was never given."""
        found = self._db.column("SELECT coalesce(heir, topic) FROM topics WHERE topic = ?", (topic,))
        return int(found[0]) if found else None

    def of(self, numbers: Sequence[int]) -> dict[int, int]:
        """Return the living topic of each of these papers that has one."""
        sql = f"SELECT number, homes.topic FROM topic_papers JOIN ({HOMES}) AS homes ON leaf = topic_papers.topic"
        return dict(self._db.rows(f"{sql} WHERE {AMONG}", (listed(numbers),)))

    def homes_of(self, numbers: Sequence[int]) -> list[Home]:
        """Return where each of these papers is that has a topic, the nearest to their centres first."""
        sql = (
            "SELECT number, homes.topic, homes.field FROM topic_papers"
            f" JOIN ({HOMES}) AS homes ON leaf = topic_papers.topic WHERE {AMONG} ORDER BY nearness DESC, number"
        )
        return [Home(*row) for row in self._db.rows(sql, (listed(numbers),))]

    def named(self, numbers: Sequence[int]) -> dict[int, Named]:
        """Return the living topic, with its name, of each of these papers that has one."""
        sql = (
            f"SELECT number, home.topic, {_NAME} FROM topic_papers JOIN topics AS leaf USING (topic)"
            f" JOIN topics AS home ON home.topic = coalesce(leaf.heir, leaf.topic) WHERE {AMONG}"
        )
        return {number: Named(*topic) for number, *topic in self._db.rows(sql, (listed(numbers),))}

    def fields(self, numbers: Sequence[int]) -> dict[int, Named]:
        """Return the living field, with its name, of each of these papers that has one."""
        sql = (
            f"SELECT number, home.topic, {_NAME} FROM topic_papers JOIN ({HOMES}) AS homes ON leaf = topic_papers.topic"
            f" JOIN topics AS home ON home.topic = homes.field WHERE {AMONG}"
        )
        return {number: Named(*field) for number, *field in self._db.rows(sql, (listed(numbers),))}

    def counted(self, numbers: Sequence[int]) -> tuple[Counted, ...]:
        """Return the living topics of these papers and how many are in each, the most frequent first."""
        papers = Counter(self.named(numbers).values())
        ordered = sorted(papers.items(), key=lambda each: (-each[1], each[0]))
        return tuple(Counted(*topic, count) for topic, count in ordered)

    def labels(self) -> list[tuple[int, str, str]]:
        """Return each living topic and field with its name and, as JSON, its phrases: sooner than ``all``, which
        counts papers."""
        sql = "SELECT topic, CASE given WHEN '' THEN name ELSE given END, phrases FROM topics WHERE heir IS NULL"
        return [(topic, name, phrases) for topic, name, phrases in self._db.rows(f"{sql} ORDER BY topic")]

    def size(self, topic: int) -> int:
        """Count the papers of a living topic or field."""
        sql = (
            "SELECT count(*) FROM topic_papers CROSS JOIN documents USING (number) WHERE topic_papers.topic IN"
            f" (SELECT leaf FROM ({HOMES}) WHERE ? IN (topic, field)) AND deleted = 0"
        )
        return int(self._db.column(sql, (topic,))[0])

    def unknown(self, filters: Filters) -> list[str]:
        """Return the topics in conditions that are no number, slug or name of any topic or field."""
        asked = [(each, _meant(each)) for each in (*filters.topics, *filters.without_topics)]
        return [each for each, (sql, values) in asked if not self._db.column(sql, values)]

    def within(self, topics: Sequence[int]) -> list[Home]:
        """Return the papers in any of these living topics and fields, in no order."""
        wanted = frozenset(topics)
        homes = {leaf: home for leaf, *home in self._db.rows(HOMES) if not wanted.isdisjoint(home)}
        sql = "SELECT number, topic FROM topic_papers WHERE topic IN (SELECT value FROM json_each(?))"
        return [Home(number, *homes[leaf]) for number, leaf in self._db.rows(sql, (listed(sorted(homes)),))]

    def members(self, topic: int) -> list[int]:
        """Return the papers of a living topic or field, the nearest to their centre first."""
        sql = (
            "SELECT number FROM topic_papers CROSS JOIN documents USING (number) WHERE topic_papers.topic IN"
            f" (SELECT leaf FROM ({HOMES}) WHERE ? IN (topic, field)) AND deleted = 0 ORDER BY nearness DESC, number"
        )
        return self._db.column(sql, (topic,))

    def shown(self, topic: int) -> list[Member]:
        """Return the papers of a living topic or field as its page needs them, the nearest first, without those that an
        editor has hidden."""
        leaves = self._db.column(f"SELECT leaf FROM ({HOMES}) WHERE ? IN (topic, field)", (topic,))
        sql = (
            f"SELECT number, topic, nearness, coalesce(day, {_PUBLISHED}), first, {_VOTES} FROM topic_papers"
            " JOIN documents USING (number) WHERE topic_papers.topic IN (SELECT value FROM json_each(?))"
            " AND deleted = 0 AND number NOT IN (SELECT number FROM desk WHERE act = 'hide')"
            " ORDER BY nearness DESC, number"
        )
        return [Member(*row) for row in self._db.rows(sql, (listed(leaves),))]

    def by_day(self, first: date, last: date) -> list[Count]:
        """Count the placed papers of each topic and day from ``first`` to ``last``, by the day that they are listed on,
        else the one on which they were published, where it is known exactly."""
        span = (first.toordinal(), last.toordinal())
        days = (
            "SELECT number, day AS at FROM documents WHERE day BETWEEN ? AND ? AND deleted = 0 UNION ALL"
            " SELECT number, first FROM documents WHERE first BETWEEN ? AND ? AND first = last AND day IS NULL"
            " AND deleted = 0"
        )
        sql = (
            f"SELECT topic, at, count(*), sum({_VOTES}) FROM ({days}) CROSS JOIN topic_papers USING (number)"
            " CROSS JOIN documents USING (number) GROUP BY topic, at"
        )
        return [Count(*row) for row in self._db.rows(sql, (*span, *span))]

    def state(self) -> tuple[object, ...]:
        """Return what is the same as long as papers, their topics and their votes are; cheaper than to count them."""
        sql = (
            "SELECT (SELECT max(sequence) FROM documents), count(*), total(nearness), total(topic * nearness),"
            " (SELECT count(*) || coalesce(max(at), '') FROM votes) FROM topic_papers"
        )
        return tuple(self._db.rows(sql)[0])

    def placed(self) -> list[Placed]:
        """Return every paper that was placed, under the topic it was placed in, whatever that was merged into."""
        return [Placed(*row) for row in self._db.rows("SELECT * FROM topic_papers ORDER BY number")]

    def pending(self, *, after: int, limit: int) -> list[tuple[int, int]]:
        """Return the papers with a number above ``after`` that changed since they were placed, or were not yet: each
        with its change number."""
        sql = (
            "SELECT documents.number, documents.sequence FROM documents LEFT JOIN topic_papers USING (number)"
            " WHERE documents.number > ? AND deleted = 0 AND topic_papers.sequence IS NOT documents.sequence"
            " ORDER BY documents.number LIMIT ?"
        )
        return [(number, sequence) for number, sequence in self._db.rows(sql, (after, limit))]

    def adrift(self) -> int:
        """Count the papers that were looked at and fit nowhere."""
        return int(self._db.column("SELECT count(*) FROM topic_papers WHERE topic IS NULL")[0])

    def every(self) -> tuple[dict[int, Topic], dict[int, int]]:
        """Return every field and topic there ever was, by number, each with the field that it was put in, and the heirs
        of the ones that are not living. Papers are not counted."""
        sql = "SELECT topic, level, parent, name, given, phrases, pinned, heir FROM topics ORDER BY topic"
        rows = self._db.rows(sql)
        topics = {
            id_: Topic(
                id=id_, level=level, name=given or name, own_name=name, parent=parent,
                phrases=tuple(json.loads(phrases)), pinned=bool(pinned),
            )
            for id_, level, parent, name, given, phrases, pinned, _ in rows
        }  # fmt: skip
        return topics, {row[0]: row[-1] for row in rows if row[-1] is not None}

    def homes(self) -> dict[int, int]:
        """Return for each topic there ever was the living one that holds its papers."""
        return {leaf: topic for leaf, topic, _ in self._db.rows(HOMES)}

    def centres(self, space: str) -> tuple[Rows, Vectors]:
        """Return the topics (n,) that have a centre under a Space's manifest key, and their centres (n, dim), without
        damaged ones: what cannot be read as a vector, or is of another length than most."""
        vectors = {topic: vector for topic, vector in self._vectors(space).items() if vector is not None}
        sizes = [len(vector) for vector in vectors.values()]
        size = max(set(sizes), key=sizes.count, default=0)
        sound = {topic: vector for topic, vector in vectors.items() if len(vector) == size}
        return np.array(list(sound), dtype=np.int64), np.array(list(sound.values()), dtype=np.float32)

    def centred(self, space: str) -> list[int]:
        """Return the topics that have a centre under a Space's manifest key, whatever state it is in."""
        return self._db.column("SELECT topic FROM topic_centres WHERE space = ? ORDER BY topic", (space,))

    def damaged(self, space: str) -> list[int]:
        """Return the topics whose centre under a Space's manifest key is damaged."""
        return sorted(self._vectors(space).keys() - set(self.centres(space)[0].tolist()))

    def _vectors(self, space: str) -> dict[int, Vectors | None]:
        rows = self._db.rows("SELECT topic, vector FROM topic_centres WHERE space = ? ORDER BY topic", (space,))
        return {topic: _vector(text) for topic, text in rows}

    def next_number(self) -> int:
        """Return the number that the next topic gets; none is given twice."""
        found = self._db.column("SELECT seq FROM sqlite_sequence WHERE name = 'topics'")
        return int(found[0]) + 1 if found else 1

    def plant(self, planted: Planted, *, now: datetime) -> None:
        """Write all or nothing: new topics, changed names and phrases of old ones, all centres.

        What an editor gave a topic stays. A topic whose own name changes keeps its number. Papers that must be placed
        again stay where they are until they are.
        """
        with self._db.writing() as db:
            for each in sorted(planted.topics, key=lambda topic: (topic.level != "field", topic.id)):
                db.execute(
                    "INSERT INTO topics (topic, level, parent, name, key, phrases, made) VALUES (?, ?, ?, ?, ?, ?, ?)"
                    " ON CONFLICT (topic) DO UPDATE SET parent = excluded.parent, name = excluded.name, phrases ="
                    " excluded.phrases, key = CASE given WHEN '' THEN excluded.key ELSE key END",
                    (
                        each.id, each.level, each.parent, each.own_name or each.name,
                        plain(each.own_name or each.name), json.dumps(each.phrases), moment(now),
                    ),
                )  # fmt: skip
            for topic, into in planted.heirs.items():
                living = "SELECT coalesce(heir, topic) FROM topics WHERE topic = ?"  # merged meanwhile, it may be
                (home,) = db.execute(living, (into,)).fetchone()
                if home != topic:
                    _join(db, topic, home)
            db.execute("DELETE FROM topic_centres")
            db.executemany(
                "INSERT INTO topic_centres (topic, space, vector) VALUES (?, ?, ?)",
                [(topic, planted.space, _text(vector)) for topic, vector in planted.centres.items()],
            )
            if planted.again is None:
                db.execute("UPDATE topic_papers SET sequence = 0")
            else:
                db.execute(f"UPDATE topic_papers SET sequence = 0 WHERE {AMONG}", (listed(planted.again),))
            if planted.fact is not None:
                db.execute("INSERT OR REPLACE INTO facts VALUES ('topics', ?)", (json.dumps(planted.fact),))

    def place(self, rows: Sequence[Placed]) -> None:
        """Place papers in topics, in short transactions."""
        sql = "INSERT OR REPLACE INTO topic_papers (number, topic, nearness, sequence) VALUES (?, ?, ?, ?)"
        for start in range(0, len(rows), _AT_ONCE):
            with self._db.writing() as db:
                db.executemany(sql, rows[start : start + _AT_ONCE])

    def place_again(self) -> None:
        """Let the next sync place every paper again; until then each stays where it is."""
        with self._db.writing() as db:
            db.execute("UPDATE topic_papers SET sequence = 0")
            db.execute("DELETE FROM facts WHERE key = 'topics' AND NOT json_valid(value)")
            db.execute("UPDATE facts SET value = json_set(value, '$.change', 0) WHERE key = 'topics'")

    def drop_deleted(self) -> int:
        """Take deleted papers out of their topics; return how many."""
        gone = "SELECT number FROM documents WHERE deleted = 1"
        return self._db.write(f"DELETE FROM topic_papers WHERE number IN ({gone})")

    def rename(self, topic: int, name: str) -> None:
        """Give a topic or field a name; an empty one takes it back, so that it has its own name again."""
        found = self._db.column("SELECT name FROM topics WHERE topic = ?", (topic,))
        key = plain(name or (found[0] if found else ""))
        self._db.write("UPDATE topics SET given = ?, key = ? WHERE topic = ?", (name, key, topic))

    def pin(self, topic: int, *, pinned: bool) -> None:
        """Pin a topic or field, or let it go."""
        self._db.write("UPDATE topics SET pinned = ? WHERE topic = ?", (int(pinned), topic))

    def join(self, topic: int, into: int) -> bool:
        """Merge a living topic or field into another living one of its level; return False, and change nothing, when
        one of the two is no longer living."""
        living = "SELECT count(*) FROM topics WHERE topic IN (?, ?) AND heir IS NULL"
        with self._db.writing() as db:
            both = bool(db.execute(living, (topic, into)).fetchone() == (2,))
            if both:
                _join(db, topic, into)
        return both

    def separate(self, topic: int) -> None:
        """Make a topic or field that was merged live again."""
        self._db.write("UPDATE topics SET heir = NULL WHERE topic = ?", (topic,))

    def merged(self, into: int) -> list[tuple[int, str]]:
        """Return the topics or fields that were merged into a living one and can be separated: number and name."""
        sql = (
            "SELECT topic, CASE given WHEN '' THEN name ELSE given END FROM topics WHERE heir = ?"
            " AND (level = 'field' OR topic IN (SELECT topic FROM topic_centres)) ORDER BY topic"
        )
        return [(topic, name) for topic, name in self._db.rows(sql, (into,))]


def by_topic(topic: str) -> tuple[str, tuple[int | str, ...]]:
    """Return the condition on ``number`` that a paper is in a topic or field, by its number or slug, or by its name.

    The name of a topic that was merged stands for the living one, unless a living topic or field has it.
    """
    meant, values = _meant(topic)
    sql = (
        f"number IN (WITH meant AS ({meant}) SELECT number FROM topic_papers WHERE topic_papers.topic IN"
        f" (SELECT leaf FROM ({HOMES}) AS homes WHERE homes.topic IN meant OR homes.field IN meant))"
    )
    return sql, values


def _meant(topic: str) -> tuple[str, tuple[int | str, ...]]:
    """The statement that finds the living topics and fields that a text means: see ``by_topic``."""
    number = topic_number(topic)
    living = "SELECT 1 FROM topics WHERE key = ? AND heir IS NULL"
    named = f"key = ? AND key <> '' AND (heir IS NULL OR NOT EXISTS ({living}))"
    which = "topic = ?" if number is not None else named
    values = (number,) if number is not None else (plain(topic),) * 2
    return f"SELECT DISTINCT coalesce(heir, topic) AS meant FROM topics WHERE {which}", values


def _join(db: sqlite3.Connection, topic: int, into: int) -> None:
    """Let a topic point to the living one that another stands for, and with it all that point to it; nothing changes
    when that is the topic itself, which an editor may have made of it a moment ago."""
    found = db.execute("SELECT coalesce(heir, topic) FROM topics WHERE topic = ?", (into,)).fetchone()
    home = found[0] if found else into
    if home != topic:
        db.execute("UPDATE topics SET heir = ? WHERE topic = ? OR heir = ?", (home, topic, topic))


def _text(vector: Vectors) -> str:
    return base64.b64encode(np.asarray(vector, dtype="<f4").tobytes()).decode("ascii")


def _vector(text: str) -> Vectors | None:
    """The vector that a text holds; None where it holds none."""
    try:
        vector = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4")
    except (ValueError, TypeError):
        return None
    return vector if len(vector) and np.isfinite(vector).all() else None
