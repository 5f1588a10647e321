"""Topics are kept up with the Store: found in the Space, named from the texts, and each paper placed in one.

the Space is not there, or no topics yet and it is behind the Store: say so
no topics in vectors of this encoder, or twice as many papers (half as many) as they were found in, or wanted: refit
    fit -> what continues an old topic takes its number and name (``heirs``) -> name the others -> plant, all or nothing
place each paper that is new or has changed at the nearest centre, in short transactions
many more papers than were looked at, or many that fit nowhere: grow -> name the new topics -> plant -> place again
note how far this came, and make the map of topics where they changed: killed at any instant, the next run goes on
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError, NotFoundError, UsageError, on_disk
from broadsheet.core.protocols import Progress
from broadsheet.core.topic import Level, Topic
from broadsheet.core.vectors import Rows, Vectors, unit
from broadsheet.locks import attempted, held
from broadsheet.space import Snapshot
from broadsheet.store.topics import Placed, Planted
from broadsheet.topics import heirs
from broadsheet.topics import map as map_
from broadsheet.topics.clusters import LEAST, Tree, fit, grow, place
from broadsheet.topics.clusters import split as parted
from broadsheet.topics.heirs import Old
from broadsheet.topics.naming import Name, Paper, name_topics

FACT = "topics"
_BEHIND = "New papers are not encoded yet: run sync first, then topics follow."
_SAMPLE = 200_000  # papers that topics are found in
_BLOCK = 4_000  # papers that are placed, or read, at a time
_READ = 200  # papers that a topic is named from
_OTHERS = 25  # papers that are read of a topic that has its name, so that new names differ from it
_MORE = 0.05  # new papers, by those that were there at the last look, that make it worth looking again
_ADRIFT = 2 * LEAST  # papers more that fit nowhere, which make it worth it, too
_TURN = 2.0  # how many times as many papers as at the last fit, or as few, topics are fitted again for


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: papers ``placed`` in topics, papers that fit nowhere (``adrift``), topics ``new`` and ``ended``,
    whether all were found again (``refit``), and, where topics are not as they should be, the ``reason``."""

    placed: int = 0
    adrift: int = 0
    new: int = 0
    ended: int = 0
    refit: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far topics are: the ``change`` number of the Space, its manifest's key (``space``), how many papers there
    were at the last fit (``fitted``; None: unknown) and at the last look for new topics (``looked``), and how many of
    the latter fitted nowhere (``adrift``)."""

    change: int = 0
    space: str = ""
    fitted: int | None = None
    looked: int = 0
    adrift: int = 0

    @classmethod
    def read(cls, fact: Any) -> Reached:
        """Make one of what is stored; what is damaged counts as missing."""
        known = fact if isinstance(fact, dict) else {}
        counts = {name: known[name] for name in ("change", "fitted", "looked", "adrift") if _is_count(known.get(name))}
        return cls(space=str(known.get("space", "")), **counts)


def bring_up(collection: Collection, *, now: datetime, progress: Progress | None = None, rebuild: bool = False) -> Done:
    """Place new papers in topics; find topics first if there are not any, and find more, or all again, when they are
    outgrown.

    ``rebuild`` finds all again. What continues keeps its number and name. ``progress`` takes papers read and placed,
    and how many there are. CollectionError when the disk is full or not writable.
    """
    if collection.store.read_only:
        return Done(reason=f"Topics stay as they are: {collection.store.path} is read-only.")
    with on_disk(collection.path), attempted(_lock(collection)) as ours:
        if not ours:
            return Done(reason="Another process is finding topics.")
        try:
            space = collection.space.snapshot()
        except CollectionError as error:
            return Done(reason=f"Topics need vectors: {error}.")
        return _Run(collection, space, now, progress).go(rebuild=rebuild)


def is_behind(collection: Collection) -> bool:
    """Tell whether the Space is up to the Store, and topics are not up to the Space. Cheap."""
    store = collection.store
    reached = Reached.read(store.journal.fact(FACT))
    try:
        space = collection.space.snapshot()
    except CollectionError:
        return False
    ready = space.pointer.change == store.papers.last_change() > 0
    key = space.manifest.key
    return ready and ((space.pointer.change, key) != (reached.change, reached.space) or not map_.is_current(store, key))


def words(done: Done) -> str:
    """Describe in one line what was done."""
    counts = [f"{_counted(done.placed, 'paper')} placed"] if done.placed else []
    counts += [f"{_counted(done.adrift, 'paper')} in none"] if done.adrift else []
    counts += [_counted(done.new, "new topic")] if done.new else []
    counts += [f"{_counted(done.ended, 'topic')} ended"] if done.ended else []
    said = f"{', '.join(counts)}." if counts else "" if done.reason else "every paper is in its topic."
    return " ".join(filter(None, (said and f"Topics: {said}", done.reason)))


def split(collection: Collection, topic: int, *, now: datetime) -> int:
    """Split a living topic in two, and return the number of the new one, which gets the smaller part of its papers.

    What an editor named it stays with the larger part; a pinned topic keeps its centre and its own name, too.
    NotFoundError for an unknown number; UsageError for a field, for a topic that others were merged into, and where all
    papers are alike.
    """
    with on_disk(collection.path), held(_lock(collection), what="the topics"):
        return _Run(collection, collection.space.snapshot(), now, None).split(topic)


class _Run:
    """One run over a Collection, with its Space as it is at one moment."""

    def __init__(self, collection: Collection, space: Snapshot, now: datetime, progress: Progress | None) -> None:
        self._store, self._topics = collection.store, collection.store.topics
        self._space, self._key, self._now = space, space.manifest.key, now
        self._steps = _Steps(progress)
        self._old = self._known()

    def go(self, *, rebuild: bool) -> Done:
        """Fit where it must be, place what is pending, grow where it is worth it, note how far this came."""
        self._topics.drop_deleted()
        self._mend()
        reached, behind = self._reached(), self._space.pointer.change < self._store.papers.last_change()
        done = Done(reason=_BEHIND) if behind else Done()
        if not behind and (rebuild or self._outgrown(reached)):
            done, reached = self._refit(reached)
        if self._old.centres:
            placed, adrift = self._place()
            done = replace(done, placed=placed, adrift=adrift)
            if not behind and self._is_worth_a_look(reached):
                young, reached = self._grow()
                done = replace(done, new=done.new + young)
        if self._old.centres or not behind:
            self._note(reached)
        self._draw()
        return done

    def split(self, topic: int) -> int:
        """See ``split``."""
        home = self._topics.living(topic)
        if home is None:
            raise NotFoundError(f"no topic has the number {topic}: `broadsheet topics` lists them")
        if self._old.topics[home].level == "field":
            raise UsageError(f"{home} is a field, which holds topics: split one of its topics")
        if merged := self._topics.merged(home):
            names = ", ".join(f"{each} {name}" for each, name in merged)
            raise UsageError(
                f"topic {home} took in others ({names}): separate those, and split what is still too broad"
            )
        members = np.array(self._topics.members(home), dtype=np.int64)
        members = members[self._space.rows(members) >= 0]
        vectors = self._space.of(members)
        leaving = parted(vectors)
        if not leaving.any():
            raise UsageError(
                f"topic {home} cannot be split: it needs two papers with different vectors, and has {len(members)}"
            )
        self._part(home, members[leaving], members[~leaving])
        return max(self._old.centres)

    def _part(self, home: int, leaving: Rows, staying: Rows) -> None:
        """Make a topic of the papers that leave another one."""
        young, reached = self._topics.next_number(), self._reached()
        still = self._old.topics[home].pinned or home not in self._old.centres
        centres = {**self._old.centres, young: _middle(self._space.of(leaving))}
        if not still:
            centres[home] = _middle(self._space.of(staying))
        tree = self._tree(centres, {young: self._old.topics[home].parent or 0})
        numbers, _ = self._sample()
        topics = self._placed(numbers)
        topics[np.isin(numbers, leaving)] = young
        topics[np.isin(numbers, staying)] = home
        changed = {young} if still else {young, home}
        names = self._names(tree, _Papers(numbers, topics), changed)
        written = [self._topic(each, tree, names.get(each), young=True) for each in sorted(changed)]
        self._plant(tree, written, reached=reached, again=[*leaving.tolist(), *staying.tolist()])
        self._place()
        self._note(reached)
        self._draw()

    def _known(self) -> Old:
        topics, gone = self._topics.every()
        ids, centres = self._topics.centres(self._key)
        fits = centres.ndim == 2 and centres.shape[1] == self._space.manifest.dim
        return Old(topics, gone, dict(zip(ids.tolist(), centres, strict=True)) if fits else {})

    def _reached(self) -> Reached:
        """How far topics are. Where that is not known, as after a restore, it is what is there now."""
        reached = Reached.read(self._store.journal.fact(FACT))
        if reached.fitted is None and self._old.centres:
            count = self._space.count
            return replace(reached, fitted=count, looked=count, adrift=count)
        return reached

    def _note(self, reached: Reached) -> None:
        count = self._space.count  # it may have become smaller
        reached = replace(
            reached, change=self._space.pointer.change, space=self._key, looked=min(reached.looked, count)
        )
        self._store.journal.set_fact(FACT, asdict(reached))

    def _draw(self) -> None:
        """Make the map of topics if it is missing or of other topics."""
        if not map_.is_current(self._store, self._key):
            map_.renew(self._store, self._key)

    def _mend(self) -> None:
        """Give topics whose centre is damaged the middle of their papers for one."""
        lost = [topic for topic in self._topics.damaged(self._key) if topic not in self._old.centres]
        if not lost or not self._old.centres:
            return
        numbers, vectors = self._sample()
        middles = _middles(vectors, self._placed(numbers), lost)
        self._plant(self._tree({**self._old.centres, **middles}), reached=self._reached())

    def _outgrown(self, reached: Reached) -> bool:
        fitted, count = reached.fitted, self._space.count
        return not self._old.centres or (fitted is not None and not fitted / _TURN < count < fitted * _TURN)

    def _is_worth_a_look(self, reached: Reached) -> bool:
        more = self._space.count - reached.looked
        adrift = self._topics.adrift() - reached.adrift
        return more >= max(LEAST, _MORE * reached.looked) or adrift >= _ADRIFT

    def _refit(self, reached: Reached) -> tuple[Done, Reached]:
        """Find all topics again; what continues an old one takes its place."""
        numbers, vectors = self._sample()
        first = self._topics.next_number()
        tree = fit(vectors, first=first)
        if not len(tree):
            return Done(reason=_reason(vectors)), reached
        before = self._leaves(self._placed(numbers))
        pins = [each.id for each in self._old.topics.values() if each.pinned and each.id not in self._old.centres]
        old = replace(self._old, centres={**_middles(vectors, before, pins), **self._old.centres})
        tree = heirs.continued(tree, old, before=before, after=place(tree, vectors)[0], first=first)
        tree = heirs.pinned(tree, old, before=before, after=place(tree, vectors)[0])
        after, _ = place(tree, vectors)
        young = {*tree.fields, *tree.fields.values()} - old.topics.keys()
        ended = heirs.ended(tree, old, before=before, after=after)
        names = self._names(tree, _Papers(numbers, after), young)
        every = sorted({*tree.fields, *tree.fields.values()})
        topics = [self._topic(each, tree, names.get(each), young=each in young) for each in every]
        self._plant(tree, topics, ended=ended, reached=self._looked(after, fitted=self._space.count), again=None)
        new, gone = (sum(self._old.topics[each].level == "topic" for each in some) for some in (young, ended))
        return Done(new=new, ended=gone, refit=True), self._reached()

    def _grow(self) -> tuple[int, Reached]:
        """Add topics that new papers need; return how many."""
        numbers, vectors = self._sample()
        tree, fitted = self._tree(self._old.centres), self._reached().fitted or 0
        grown = grow(tree, vectors, self._placed(numbers), first=self._topics.next_number())
        after, _ = place(grown, vectors)
        reached, young = self._looked(after, fitted=fitted), len(grown) - len(tree)
        if young:
            new = {*grown.fields, *grown.fields.values()} - self._old.topics.keys()
            names = self._names(grown, _Papers(numbers, after), new)
            topics = [self._topic(each, grown, names.get(each), young=True) for each in sorted(new)]
            self._plant(grown, topics, reached=reached, again=None)
            self._place()
        return young, reached

    def _looked(self, topics: Rows, *, fitted: int) -> Reached:
        """What to note after a look at a sample of papers, of which these are the topics."""
        count = self._space.count
        adrift = round(count * np.count_nonzero(topics == 0) / max(1, len(topics)))
        return Reached(space=self._key, fitted=fitted, looked=count, adrift=adrift)

    def _sample(self) -> tuple[Rows, Vectors]:
        """The numbers (n,) of papers with vectors, all or a sample, ascending, and their vectors (n, dim)."""
        numbers = np.sort(self._space.numbers[self._space.live])
        numbers = numbers[:: max(1, -(-len(numbers) // _SAMPLE))]
        return numbers, self._space.of(numbers)

    def _placed(self, numbers: Rows) -> Rows:
        """The topic (n,) that each paper was placed in; 0 for none."""
        rows = self._topics.placed()
        there = np.array([row.number for row in rows], dtype=np.int64)
        known = np.zeros(1 + max(there.max(initial=0), numbers.max(initial=0)), dtype=np.int64)
        known[there] = [row.topic or 0 for row in rows]
        return np.asarray(known[numbers])

    def _leaves(self, topics: Rows) -> Rows:
        """The same topics (n,), but for one that has ended, whose papers a killed run did not place again, its heir."""
        if not self._old.centres:
            return topics
        homes = {each: each if each in self._old.centres else self._old.living(each) for each in set(topics.tolist())}
        return np.array([homes[each] for each in topics.tolist()], dtype=np.int64)

    def _tree(self, centres: Mapping[int, Vectors], homes: Mapping[int, int] | None = None) -> Tree:
        """The tree of these centres; new topics have their fields in ``homes``."""
        known = {topic: self._old.living(each.parent or 0) for topic, each in self._old.topics.items()}
        fields = {topic: (homes or {}).get(topic) or known[topic] for topic in centres}
        matrix = np.array(list(centres.values()), dtype=np.float32).reshape(len(centres), self._space.manifest.dim)
        return Tree(matrix, np.array(list(centres), dtype=np.int64), fields)

    def _place(self) -> tuple[int, int]:
        """Place all papers that are pending and have their vector; return how many fit, and how many fit nowhere."""
        tree, last, placed, adrift = self._tree(self._old.centres), 0, 0, 0
        while batch := self._topics.pending(after=last, limit=_BLOCK):
            last = batch[-1][0]
            ready = np.array([each for each in batch if each[1] <= self._space.pointer.change], dtype=np.int64)
            numbers, sequences = ready.reshape(-1, 2).T
            there = self._space.rows(numbers) >= 0
            topics, nearness = place(tree, self._space.of(numbers[there]))
            columns = (numbers[there], topics, nearness, sequences[there])
            rows = zip(*(column.tolist() for column in columns), strict=True)
            self._topics.place([Placed(number, topic or None, near, at) for number, topic, near, at in rows])
            placed, adrift = placed + int((topics > 0).sum()), adrift + int((topics == 0).sum())
            self._steps.add(len(topics))
        return placed, adrift

    def _plant(
        self,
        tree: Tree,
        topics: Sequence[Topic] = (),
        *,
        reached: Reached,
        ended: Mapping[int, int] | None = None,
        again: Sequence[int] | None = (),
    ) -> None:
        """Write all at once, with the note that papers have not been placed since."""
        planted = Planted(
            topics=topics, centres=dict(zip(tree.topics.tolist(), tree.centres, strict=True)), space=self._key,
            heirs=ended or {}, again=again, fact=asdict(replace(reached, change=0, space=self._key)),
        )  # fmt: skip
        self._topics.plant(planted, now=self._now)
        self._store.journal.set_fact(map_.FACT, None)  # a run that is killed now makes it next time
        self._old = self._known()

    def _names(self, tree: Tree, papers: _Papers, young: Set[int]) -> dict[int, Name]:
        """Names for the ``young`` topics and fields of a tree, and, where most are young, phrases for all."""
        every = {*tree.fields, *tree.fields.values()}
        taken = {each: self._old.topics[each].name for each in every - young}
        taken |= {-each: self._old.topics[each].name for each in young & self._old.topics.keys()}
        whole = 2 * len(young) > len(every)
        most = {topic: _READ if whole or young & {topic, field} else _OTHERS for topic, field in tree.fields.items()}
        names = name_topics(self._read(tree, _some(papers, most)), taken=taken) if young else {}
        return {each: name for each, name in names.items() if whole or each in young}

    def _topic(self, topic: int, tree: Tree, name: Name | None, *, young: bool) -> Topic:
        """A topic or field as it is written: with its new name if it is ``young``, or else the old one."""
        old, parent = self._old.topics.get(topic), tree.fields.get(topic)
        own = name.name if name and young else old.own_name if old else f"Topic {topic}"
        phrases = name.phrases if name else old.phrases if old else ()
        level: Level = "field" if parent is None else "topic"
        return Topic(id=topic, level=level, name=own, own_name=own, parent=parent, phrases=phrases)

    def _read(self, tree: Tree, papers: _Papers) -> Iterator[Paper]:
        """Papers as names are made of them."""
        self._steps.expect(len(papers.numbers) + self._space.count)
        for start in range(0, len(papers.numbers), _BLOCK):
            some = papers.numbers[start : start + _BLOCK].tolist()
            documents = self._store.papers.by_numbers(some)
            for number, topic in zip(some, papers.topics[start : start + _BLOCK].tolist(), strict=True):
                if paper := documents.get(number):
                    texts = (paper.shown_title, paper.shown_text, paper.keywords)
                    yield Paper(topic, tree.fields[topic], *texts)
            self._steps.add(len(some))


class _Papers(NamedTuple):
    """Papers by their ``numbers`` (n,), ascending, and their ``topics`` (n,), 0 for none."""

    numbers: Rows
    topics: Rows


class _Steps:
    """Adds up the papers that were read and placed, and reports them."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress, self._done, self._total = progress, 0, 0

    def expect(self, count: int) -> None:
        self._total = self._done + count
        self.add(0)

    def add(self, count: int) -> None:
        self._done += count
        if self._progress:
            self._progress(self._done, max(self._total, self._done))


def _some(papers: _Papers, most: Mapping[int, int]) -> _Papers:
    """At most so many papers of each topic, spread evenly over their numbers."""
    order = np.argsort(papers.topics, kind="stable")
    topics, firsts, counts = np.unique(papers.topics[order], return_index=True, return_counts=True)
    chosen = [np.empty(0, dtype=np.int64)]
    for topic, first, count in zip(topics.tolist(), firsts.tolist(), counts.tolist(), strict=True):
        share = min(count, most.get(topic, 0))
        chosen.append(order[first + np.arange(share) * count // max(1, share)])
    rows = np.sort(np.concatenate(chosen))
    return _Papers(papers.numbers[rows], papers.topics[rows])


def _middles(vectors: Vectors, topics: Rows, wanted: Iterable[int]) -> dict[int, Vectors]:
    """The middle of the vectors (n, dim) of each topic that has any."""
    good = np.where(np.isfinite(vectors).all(axis=1), topics, 0)
    return {topic: _middle(vectors[good == topic]) for topic in wanted if (good == topic).any()}


def _middle(vectors: Vectors) -> Vectors:
    """The direction of the mean of the vectors (n, dim) that are finite."""
    middle: Vectors = unit(vectors[np.isfinite(vectors).all(axis=1)].mean(axis=0, keepdims=True))[0]
    return middle


def _reason(vectors: Vectors) -> str:
    """Why there are no topics in these vectors."""
    count = int((np.isfinite(vectors).all(axis=1) & vectors.any(axis=1)).sum())
    if count < LEAST:
        return f"Topics need at least {LEAST} papers with vectors; there {'is' if count == 1 else 'are'} {count}."
    return f"All {count:,} papers are alike: there is nothing to tell topics apart by."


def _lock(collection: Collection) -> Path:
    return collection.cache / "topics.lock"


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
