"""Killed at every instant and started again: nobody gets two, nobody silently none, nothing changes in between."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from broadsheet.store import Store
from kill_kit import Nursery, order
from mail_sink import Sink, Taken
from people_of_a_day import MORNING, collection, likes, subscriber

pytestmark = pytest.mark.xdist_group("timed")

LATER = MORNING + timedelta(minutes=25)  # leases have ended
KILLED = -9
LISTS = "SELECT period, person, body FROM editions"


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Collection with two subscribers."""
    return prepared(tmp_path_factory.mktemp("few") / "c", 2)


def prepared(folder: Path, people: int) -> Path:
    with collection(folder) as made:
        for number in range(people):
            person = subscriber(made, f"reader{number}", contents=("both", "mine", "general")[number % 3], least="weak")
            likes(made, person, number % 4)
        made.store.people.secret()
    return folder


def frozen(folder: Path) -> dict[tuple[str, int], str]:
    with Store.open(folder / "store.db") as store:
        return {
            (period, person): body for period, person, body in store.rows("SELECT period, person, body FROM editions")
        }


def states(folder: Path) -> dict[str, str]:
    """Where each address stands; what is not as it should be has words."""
    with Store.open(folder / "store.db") as store:
        found = store.deliveries.in_states()
    assert all(each.reason for each in found if each.state in ("failed", "doubtful", "suppressed"))
    return {each.address: each.state for each in found}


def arrived(taken: list[Taken]) -> dict[str, bytes]:
    """What arrived, by recipient, none twice."""
    assert max(Counter(each.to for each in taken).values(), default=0) <= 1
    return {each.to: each.data for each in taken}


def test_killed_at_every_step(nursery: Nursery, few: Path, tmp_path: Path) -> None:
    """One step after another of a run that plans and sends; the next run ends it."""
    with Sink() as sink:
        port, trace = sink.relay().port, tmp_path / "trace"
        whole = Path(shutil.copytree(few, tmp_path / "whole"))
        assert nursery.run([order(whole, port, MORNING, trace=str(trace))]) == [0]
        names: list[str] = json.loads(trace.read_text())
        messages = arrived(sink.taken)
        assert len(messages) == 2
        assert {"within freeze", "after freeze", "within plan", "after plan", "after claim", "after getreply",
                "after send RCPT", "after send DATA", "after send BODY", "after handing_over", "after send .",
                "within settle", "after settle"} <= set(names)  # fmt: skip
        doubts = 0
        for at in range(1, len(names) + 1):
            sink.taken.clear()
            folder = Path(shutil.copytree(few, tmp_path / str(at)))
            assert nursery.run([order(folder, port, MORNING, at=at)]) == [KILLED], names[at - 1]
            before = frozen(folder)
            assert nursery.run([order(folder, port, LATER)]) == [0]
            assert before.items() <= frozen(folder).items()
            got, stand = arrived(sink.taken), states(folder)
            assert got.items() <= messages.items(), "a message differs"  # the same Message-ID, the same words
            assert set(stand) == set(messages)
            handed = names[:at].count("after handing_over")
            settled = names[:at].count("after settle")
            doubtful = [address for address, state in stand.items() if state == "doubtful"]
            assert len(doubtful) == handed - settled, names[at - 1]  # nothing else is a doubt
            assert all(state == "sent" for address, state in stand.items() if address not in doubtful)
            assert set(got) >= set(messages) - set(doubtful)
            if doubtful and names[:at].count("after send .") > settled:
                assert set(doubtful) <= set(got)  # the server had all of it
            doubts += len(doubtful)
            shutil.rmtree(folder)
        assert doubts


def test_killed_again_and_again(nursery: Nursery, tmp_path: Path) -> None:
    """Some dozens of subscribers, a run killed every so many steps or moments, until one ends."""
    folder, chance = prepared(tmp_path / "c", 36), random.Random(4)
    with Sink() as sink:
        kills, now, ended = 0, MORNING, False
        while not ended:
            how = {"after": chance.random() / 4} if kills % 4 == 3 else {"at": chance.randrange(20, 250)}
            ended = nursery.run([order(folder, sink.relay().port, now, **how)]) == [0]
            kills += not ended
            now += timedelta(minutes=21)
        assert nursery.run([order(folder, sink.relay().port, now)]) == [0]
        got, stand = arrived(sink.taken), states(folder)
    assert kills > 1
    assert len(stand) == 36
    counts = Counter(stand.values())
    assert counts["sent"] + counts["doubtful"] == 36
    assert counts["doubtful"] <= kills
    assert set(got) >= {address for address, state in stand.items() if state == "sent"}


def test_two_plan_and_send_at_once(nursery: Nursery, few: Path, tmp_path: Path) -> None:
    with Sink() as sink:
        for number in range(8):
            sink.taken.clear()
            folder = Path(shutil.copytree(few, tmp_path / str(number)))
            both = order(folder, sink.relay().port, MORNING)
            assert nursery.run([both, both]) == [0, 0]
            assert set(arrived(sink.taken)) == set(states(folder))
            assert set(states(folder).values()) == {"sent"}


def test_several_senders_share_the_work(nursery: Nursery, tmp_path: Path) -> None:
    folder = prepared(tmp_path / "c", 36)
    with Sink() as sink:
        each = order(folder, sink.relay().port, MORNING)
        assert nursery.run([each] * 3) == [0, 0, 0]
        assert len(arrived(sink.taken)) == 36
        assert sink.connections == 3
    assert set(states(folder).values()) == {"sent"}
