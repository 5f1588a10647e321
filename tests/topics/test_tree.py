"""Topics are found once, papers are placed as they come, numbers and names last, and a kill costs nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.types import Document, Filters
from broadsheet.locks import held
from broadsheet.store import Store
from broadsheet.store.database import Database
from broadsheet.sync import sync
from broadsheet.topics.clusters import LEAST
from broadsheet.topics.tree import FACT, Done, Reached, bring_up, is_behind, split, words
from broadsheet.upkeep.archive import read as read_archive
from broadsheet.upkeep.archive import write as write_archive
from broadsheet.upkeep.backup import backup
from broadsheet.upkeep.restore import restore
from fakes import WordEncoder, paper
from topic_kit import LATE, NOW, SUBJECTS, filled, papers, put, state

EARLY = [subject for subject in SUBJECTS if subject != LATE]


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with filled(tmp_path / "c", papers(EARLY, 20)) as made:
        bring_up(made, now=NOW)
        yield made


def topics(collection: Collection, level: str = "topic") -> dict[int, str]:
    return {each.id: each.name for each in collection.store.topics.all() if each.level == level}


def subject_of(collection: Collection, topic: int) -> set[str]:
    documents = collection.store.papers.by_numbers(collection.store.topics.members(topic)).values()
    return {each.title.split()[0].lower() for each in documents}


class Where(NamedTuple):
    title: str
    id: int


def placed(collection: Collection) -> list[Where]:
    rows = [row for row in collection.store.topics.placed() if row.topic]
    documents = collection.store.papers.by_numbers([row.number for row in rows])
    return [Where(documents[row.number].id, row.topic or 0) for row in rows]


def elsewhere(code: str, collection: Collection) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, with the folder of the Collection as its argument."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", code, str(collection.path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def write(collection: Collection, sql: str, *values: object) -> None:
    with collection.store.writing() as db:
        db.execute(sql, values)


def test_topics_are_found_named_and_filled(collection: Collection) -> None:
    every = collection.store.topics.all()
    fields, fine = ([each for each in every if each.level == level] for level in ("field", "topic"))
    assert len(fine) == round(0.8 * np.sqrt(120))
    assert {each.parent for each in fine} == {each.id for each in fields}
    assert sum(each.papers for each in fine) == sum(each.papers for each in fields) >= 110
    assert len({each.name for each in every}) == len(every)
    assert all(each.phrases for each in every)
    pure = [topic for topic in topics(collection) if len(subject_of(collection, topic)) == 1]
    assert len(pure) >= len(fine) - 1
    known = {word for subject, words_ in SUBJECTS.items() for word in (subject, *words_.split())}
    assert all({word.casefold() for word in each.name.split()} <= known | {"and"} for each in fine)
    reached = Reached.read(collection.store.journal.fact(FACT))
    assert (reached.change, reached.fitted, reached.looked) == (collection.space.change, 120, 120)
    assert not is_behind(collection)


def test_the_same_collection_gives_the_same_topics(collection: Collection, tmp_path: Path) -> None:
    with filled(tmp_path / "other", papers(EARLY, 20)) as other:
        bring_up(other, now=NOW)
        assert state(other) == state(collection)


def test_nothing_new_is_nothing_to_do(collection: Collection) -> None:
    before = state(collection)
    done = bring_up(collection, now=NOW)
    assert done == Done()
    assert words(done) == "Topics: every paper is in its topic."
    assert state(collection) == before


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    with filled(tmp_path / "c", papers(EARLY, 20)) as made:
        done = bring_up(made, now=NOW, progress=lambda *steps: told.append(steps))
    assert done.placed + done.adrift == 120
    assert told[-1][0] == told[-1][1]
    assert [step for step, _ in told] == sorted(step for step, _ in told)
    assert words(done).startswith(f"Topics: {done.placed} papers placed")


@pytest.mark.parametrize("count", [0, 1, 3, LEAST - 1])
def test_too_few_papers_are_said(tmp_path: Path, count: int) -> None:
    with filled(tmp_path / "c", papers(EARLY[:1], count)) as made:
        done = bring_up(made, now=NOW)
        assert (
            done.reason
            == f"Topics need at least 30 papers with vectors; there {'is' if count == 1 else 'are'} {count}."
        )
        assert made.store.topics.all() == []
        assert not is_behind(made), "not tried again before something changes"


def test_papers_that_are_all_alike_are_said(tmp_path: Path) -> None:
    with filled(tmp_path / "c", [paper(n, "Tea and milk") for n in range(40)]) as made:
        done = bring_up(made, now=NOW)
        assert done.reason == "All 40 papers are alike: there is nothing to tell topics apart by."
        assert made.store.topics.all() == []


def test_no_vectors_and_vectors_that_are_behind_are_said(tmp_path: Path) -> None:
    with open_collection(tmp_path / "c", encoder=WordEncoder()) as made:
        made.store.papers.put(papers(EARLY, 10), now=NOW)
        assert "run sync" in bring_up(made, now=NOW).reason
        assert not is_behind(made), "it waits for the sync"
        sync(made)
        made.store.papers.put(papers([LATE], 3), now=NOW)
        assert "run sync first" in bring_up(made, now=NOW).reason
        assert made.store.topics.all() == []
        sync(made)
        assert is_behind(made)
        assert bring_up(made, now=NOW).new


def test_a_paper_without_its_vector_stays_pending(collection: Collection) -> None:
    collection.store.papers.put(papers(["bees"], 1, start=50), now=NOW)
    done = bring_up(collection, now=NOW)
    assert (done.placed, "run sync first" in done.reason) == (0, True)
    sync(collection)
    assert bring_up(collection, now=NOW).placed == 1


def test_a_read_only_store_and_another_process_are_said(collection: Collection) -> None:
    before = state(collection)
    with held(collection.cache / "topics.lock"):
        assert bring_up(collection, now=NOW).reason == "Another process is finding topics."
    collection.store.close()
    collection.store = Store.open(collection.path / "store.db", read_only=True)
    assert bring_up(collection, now=NOW, rebuild=True).reason.endswith("is read-only.")
    assert state(collection) == before


def test_new_papers_are_placed_where_their_like_are(collection: Collection) -> None:
    names = topics(collection)
    put(collection, papers(EARLY, 2, start=20))
    done = bring_up(collection, now=NOW)
    assert (done.placed + done.adrift, done.new, done.refit) == (12, 0, False)
    assert topics(collection) == names
    number = collection.store.papers.number("made:1020")
    assert number
    home = collection.store.topics.of([number])[number]
    assert "bees" in subject_of(collection, home)
    assert number in collection.store.papers.numbers_where(Filters(topics=(str(home),))).tolist()


def test_placing_loads_no_scikit_learn(collection: Collection) -> None:
    put(collection, papers(["bees"], 3, start=20))
    code = (
        "import sys; from datetime import datetime, UTC; import broadsheet as bs; from fakes import WordEncoder\n"
        "from broadsheet.topics.tree import bring_up\n"
        "with bs.open(sys.argv[1], encoder=WordEncoder()) as c:\n"
        "    done = bring_up(c, now=datetime.now(UTC)); bs.search(c, 'hive honey')\n"
        "print(done.placed, 'sklearn' in sys.modules, 'scipy' in sys.modules)"
    )
    ran = elsewhere(code, collection)
    assert ran.stdout.split() == ["3", "False", "False"]


def test_a_changed_paper_moves_and_a_deleted_one_leaves(collection: Collection) -> None:
    number = collection.store.papers.number("made:1000")
    assert number
    before = collection.store.papers.by_numbers([number])[number]
    changed = papers(["bridges"], 3, start=77)
    put(collection, [paper(1000, before.title, " ".join(each.text for each in changed))])
    assert bring_up(collection, now=NOW).placed == 1
    assert "bridges" in subject_of(collection, collection.store.topics.of([number])[number])
    collection.store.papers.delete(["made:1000"], now=NOW)
    sync(collection)
    bring_up(collection, now=NOW)
    assert number not in {row.number for row in collection.store.topics.placed()}


def test_a_subject_that_was_absent_gets_a_topic(collection: Collection) -> None:
    before = state(collection)
    names = topics(collection)
    put(collection, papers([LATE], 40))
    done = bring_up(collection, now=NOW)
    assert not done.refit
    assert done.new >= 1
    assert {topic: name for topic, name in topics(collection).items() if topic in names} == names
    young = topics(collection).keys() - names.keys()
    late = {collection.store.papers.number(f"made:{7000 + n}") for n in range(40)}
    held_ = {number for topic in young for number in collection.store.topics.members(topic)}
    assert len(held_ & late) >= 30
    old = {number for number, topic, _ in before[1] if topic}  # type: ignore[attr-defined]
    assert len(held_ & old) <= 0.05 * len(old)
    assert bring_up(collection, now=NOW) == Done()


def test_a_refit_keeps_numbers_names_pins_and_follows(collection: Collection) -> None:
    store = collection.store.topics
    names = topics(collection)
    named, stuck = list(names)[:2]
    store.rename(named, "My own words")
    store.pin(stuck, pinned=True)
    person = collection.store.people.add_sole(now=NOW).number
    for topic in names:
        collection.store.follows.add_topic(person, topic, now=NOW)
    centre = dict(zip(*store.centres(collection.space.snapshot().manifest.key), strict=True))[stuck]
    put(collection, papers(EARLY, 22, start=20))
    done = bring_up(collection, now=NOW)
    assert done.refit
    assert done.placed + done.adrift == 252
    after = topics(collection)
    kept = names.keys() & after.keys()
    assert len(kept) >= len(names) / 2
    assert {topic: after[topic] for topic in kept - {named}} == {topic: names[topic] for topic in kept - {named}}
    assert after.get(named, "My own words") == "My own words"
    assert after[stuck] == names[stuck]
    same = dict(zip(*store.centres(collection.space.snapshot().manifest.key), strict=True))[stuck]
    assert np.array_equal(same, centre)
    assert {store.living(topic) for topic in names} == set(collection.store.follows.topics_of(person)) <= after.keys()
    assert done.ended == len(names) - len(kept)


def test_a_rebuild_of_the_same_papers_changes_nothing(collection: Collection) -> None:
    before = state(collection)
    done = bring_up(collection, now=NOW, rebuild=True)
    assert (done.refit, done.new, done.ended) == (True, 0, 0)
    assert state(collection) == before


def test_a_merge_outlives_a_refit_and_can_be_undone(collection: Collection) -> None:
    store = collection.store.topics
    one, other = list(topics(collection))[:2]
    own = {number for number, topic, _ in state(collection)[1] if topic == other}  # type: ignore[attr-defined]
    store.join(other, one)
    assert own < set(store.members(one))
    bring_up(collection, now=NOW, rebuild=True)
    assert store.living(other) == one
    assert own < set(store.members(one))
    store.separate(other)
    assert set(store.members(other)) == own


def test_the_number_of_a_topic_whose_merged_one_goes_on_stays(collection: Collection) -> None:
    store = collection.store.topics
    one, other = list(topics(collection))[:2]
    store.join(other, one)
    mine = [
        f"made:{number}"
        for number in collection.store.papers.ids([row.number for row in store.placed() if row.topic == one]).values()
        for number in [number.removeprefix("made:")]
    ]
    collection.store.papers.delete(mine, now=NOW)
    sync(collection)
    bring_up(collection, now=NOW, rebuild=True)
    assert one in topics(collection)
    assert store.living(other) == one
    assert store.members(one)


def test_another_encoder_finds_topics_anew_and_keeps_their_numbers(collection: Collection) -> None:
    names = topics(collection)
    pinned = next(iter(names))
    collection.store.topics.pin(pinned, pinned=True)
    with open_collection(collection.path, encoder=WordEncoder(48, version="2")) as other:
        sync(other, rebuild=True)
        assert is_behind(other)
        done = bring_up(other, now=NOW)
        assert done.refit
        after = topics(other)
        kept = names.keys() & after.keys()
        assert pinned in kept
        assert len(kept) >= len(names) / 2
        assert all(after[topic] == names[topic] for topic in kept)
        assert not is_behind(other)


def test_papers_are_placed_again_from_the_centres(collection: Collection) -> None:
    before = state(collection)
    write(collection, "DELETE FROM topic_papers")
    collection.store.journal.set_fact(FACT, None)
    assert is_behind(collection)
    done = bring_up(collection, now=NOW)
    assert (done.refit, done.new, done.placed + done.adrift) == (False, 0, 120)
    assert state(collection) == before


def test_a_backup_and_an_archive_bring_topics_back(collection: Collection, tmp_path: Path) -> None:
    topic, names = next(iter(topics(collection))), topics(collection)
    collection.store.topics.rename(topic, "My own words")
    names[topic] = "My own words"
    where = {each.title: each.id for each in placed(collection)}
    backup(collection, tmp_path / "backup")
    with (tmp_path / "all.jsonl").open("w") as stream:
        write_archive(collection.store, stream, now=NOW)
    restore(tmp_path / "backup", tmp_path / "restored", now=NOW)
    with open_collection(tmp_path / "imported", encoder=WordEncoder()) as made:
        read_archive(made.store, tmp_path / "all.jsonl", now=NOW)
    for name in ("restored", "imported"):
        with open_collection(tmp_path / name, encoder=WordEncoder()) as again:
            sync(again)
            done = bring_up(again, now=NOW)
            assert (done.refit, done.new, done.ended) == (False, 0, 0)
            assert topics(again) == names
            assert {each.title: each.id for each in placed(again)} == where


@pytest.mark.parametrize("text", ["", "no base64!", "AAAA", "AAAAAAAA", "AADAfw=="])
def test_a_damaged_centre_is_mended_from_its_papers(collection: Collection, text: str) -> None:
    before = state(collection)
    topic = next(iter(topics(collection)))
    key = collection.space.snapshot().manifest.key
    centre = dict(zip(*collection.store.topics.centres(key), strict=True))[topic]
    write(collection, "UPDATE topic_centres SET vector = ? WHERE topic = ?", text, topic)
    assert collection.store.topics.damaged(key) == [topic]
    bring_up(collection, now=NOW)
    assert collection.store.topics.damaged(key) == []
    again = dict(zip(*collection.store.topics.centres(key), strict=True))[topic]
    assert again @ centre > 0.99
    assert state(collection) == before


@pytest.mark.parametrize("value", ["5", '"x"', "[]", '{"change": "x", "fitted": -1, "space": 3}', "null"])
def test_a_damaged_note_is_made_again(collection: Collection, value: str) -> None:
    before = state(collection)
    write(collection, "UPDATE facts SET value = ? WHERE key = 'topics'", value)
    assert bring_up(collection, now=NOW).refit is False
    assert state(collection) == before
    assert not is_behind(collection)


def test_vectors_that_are_not_numbers_fit_nowhere_and_spoil_nothing(tmp_path: Path) -> None:
    with filled(tmp_path / "c", papers(EARLY, 20)) as made:
        file = next(made.path.glob("spaces/*/g*/vectors"))
        rows = np.frombuffer(file.read_bytes(), "<f4").reshape(-1, 32).copy()
        rows[:5], rows[5:8] = np.nan, np.inf
        file.unlink()
        file.write_bytes(rows.tobytes())
        with open_collection(made.path, encoder=WordEncoder()) as again:
            done = bring_up(again, now=NOW)
            assert done.new > 3
            lost = [row for row in again.store.topics.placed() if row.number <= 8]
            assert {(row.topic, row.nearness) for row in lost} == {(None, 0.0)}
            centres = again.store.topics.centres(again.space.snapshot().manifest.key)[1]
            assert np.isfinite(centres).all()


def test_an_editor_splits_a_topic(collection: Collection) -> None:
    store = collection.store.topics
    broad = max((each for each in store.all() if each.level == "topic"), key=lambda each: each.papers)
    members, names = set(store.members(broad.id)), topics(collection)
    store.rename(broad.id, "By hand")
    new = split(collection, broad.id, now=NOW)
    larger, smaller = (set(store.members(topic)) for topic in (broad.id, new))
    assert len(larger) >= len(smaller) > 0
    assert not larger & smaller
    assert len((larger | smaller) & members) >= 0.8 * len(members)
    after = topics(collection)
    assert after.pop(broad.id) == "By hand"
    assert after.pop(new) not in after.values()
    assert after == {topic: name for topic, name in names.items() if topic != broad.id}
    assert {each.id: each.parent for each in store.all()}[new] == broad.parent
    assert bring_up(collection, now=NOW) == Done()


def test_a_pinned_topic_that_is_split_keeps_its_centre_and_name(collection: Collection) -> None:
    store, key = collection.store.topics, collection.space.snapshot().manifest.key
    broad = max((each for each in store.all() if each.level == "topic"), key=lambda each: each.papers)
    store.pin(broad.id, pinned=True)
    centre = dict(zip(*store.centres(key), strict=True))[broad.id]
    split(collection, broad.id, now=NOW)
    assert topics(collection)[broad.id] == broad.name
    assert np.array_equal(dict(zip(*store.centres(key), strict=True))[broad.id], centre)


def test_what_cannot_be_split_is_said(collection: Collection) -> None:
    before = state(collection)
    field = next(iter(topics(collection, "field")))
    with pytest.raises(NotFoundError, match="4711"):
        split(collection, 4711, now=NOW)
    with pytest.raises(UsageError, match="field"):
        split(collection, field, now=NOW)
    topic = next(iter(topics(collection)))
    write(collection, "UPDATE topic_papers SET topic = NULL WHERE topic = ?", topic)
    with pytest.raises(UsageError, match="has 0"):
        split(collection, topic, now=NOW)
    assert state(collection)[0] == before[0]
    one, other = list(topics(collection))[1:3]
    collection.store.topics.join(other, one)
    with pytest.raises(UsageError, match=f"{other} .*separate"):
        split(collection, one, now=NOW)


class _KilledError(BaseException):
    """As a kill: nobody catches it."""


@contextmanager
def killed_at(monkeypatch: pytest.MonkeyPatch, step: int) -> Iterator[list[int]]:
    """Let the transaction of a number (from 1; half before its commit, half after it) be the last one."""
    original, count = Database.writing, [0]

    @contextmanager
    def writing(self: Database) -> Iterator[Any]:
        count[0] += 1
        with original(self) as db:
            yield db
            if count[0] == step / 2:
                raise _KilledError
        if count[0] == (step + 1) / 2:
            raise _KilledError

    with monkeypatch.context() as patch:
        patch.setattr(Database, "writing", writing)
        yield count


def few(case: str) -> list[Document]:
    """What comes to 40 papers so that a case arises."""
    return {
        "first": [], "new": papers(EARLY[:4], 1, start=20), "grown": papers([LATE], 32),
        "refit": papers(EARLY[:4], 11, start=20),
    }[case]  # fmt: skip


@pytest.mark.parametrize("case", ["first", "new", "grown", "refit"])
def test_killed_at_any_step_the_next_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    with filled(tmp_path / "begun", papers(EARLY[:4], 10)) as made:
        if case != "first":
            bring_up(made, now=NOW)
            put(made, few(case))

    def begun(name: str) -> Collection:
        shutil.copytree(tmp_path / "begun", tmp_path / name)
        return open_collection(tmp_path / name, encoder=WordEncoder())

    with begun("whole") as whole, killed_at(monkeypatch, 0) as count:
        done = bring_up(whole, now=NOW)
        expected, steps = state(whole), 2 * count[0]
        assert (done.refit, bool(done.new)) == {"new": (False, False), "grown": (False, True)}.get(case, (True, True))
    for step in range(1, steps + 1):
        with begun(str(step)) as made:
            with killed_at(monkeypatch, step), pytest.raises(_KilledError):
                bring_up(made, now=NOW)
            assert is_behind(made) or state(made) == expected
            bring_up(made, now=NOW)
            assert state(made) == expected, step
            assert bring_up(made, now=NOW) == Done()


def test_a_process_that_is_killed_leaves_the_lock_and_a_store_that_goes_on(collection: Collection) -> None:
    put(collection, papers(EARLY, 22, start=20))
    code = (
        "import os, signal, sys; from datetime import datetime, UTC; import broadsheet as bs\n"
        "from fakes import WordEncoder; from broadsheet.store.topics import Topics\n"
        "from broadsheet.topics import tree\n"
        "Topics.place = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "with bs.open(sys.argv[1], encoder=WordEncoder()) as c: tree.bring_up(c, now=datetime.now(UTC))"
    )
    ran = elsewhere(code, collection)
    assert ran.returncode == -9
    with closing(sqlite3.connect(collection.path / "store.db")) as db:
        assert db.execute("SELECT count(*) FROM topic_papers WHERE sequence = 0").fetchone() == (120,)
    done = bring_up(collection, now=NOW)
    assert (done.refit, done.placed + done.adrift) == (False, 252)
    assert bring_up(collection, now=NOW) == Done()
