"""Lists that are suggested for a paper: the right one, because of its papers; none where nothing says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from broadsheet.alerts.memory import query_vectors
from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.ingest import ingest
from broadsheet.labels import lists as module
from broadsheet.labels.lists import suggest
from broadsheet.people import lists as acts
from broadsheet.store.lists import SAVED
from fakes import NOW, paper
from foryou_kit import numbers
from lists_kit import BRIDGE, ELSEWHERE, OWL, SOUP, SUITED, id_of, kinds, with_lists
from site_kit import Given


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Collection]:
    with kinds(tmp_path / "c") as made:
        yield made


@pytest.fixture
def reader(made: Collection) -> int:
    return with_lists(made, made.store.people.add("a@example.org", "reader", now=NOW).number)


def document(made: Collection, place: int) -> Document:
    found = made.store.papers.get(id_of(place))
    assert found
    return found


def test_a_paper_goes_into_the_list_of_its_kind_because_of_papers_in_it(made: Collection, reader: int) -> None:
    for first, place, name in ((BRIDGE, SUITED, "Spans"), (SOUP, SOUP + 20, "Broths")):
        found = suggest(made, reader, document(made, place))
        assert found
        assert (found.list.name, found.confidence > 0.5, len(found.because)) == (name, True, 3)
        assert {each.id for each, _ in found.because} <= {id_of(first + nth) for nth in range(10)}
        cosines = [cosine for _, cosine in found.because]
        assert cosines == sorted(cosines, reverse=True)


def test_nothing_is_suggested_for_other_papers_and_other_readers(made: Collection, reader: int) -> None:
    other = made.store.people.add("b@example.org", "reader", now=NOW).number
    assert suggest(made, other, document(made, SUITED)) is None
    assert suggest(made, reader, document(made, OWL + 20)) is None
    assert suggest(made, reader, document(made, ELSEWHERE)) is None
    acts.put_numbers(made, other, numbers=numbers(made, BRIDGE), into=SAVED, now=NOW)
    assert suggest(made, other, document(made, SUITED)) is None


def test_a_paper_that_is_in_a_list_is_filed_already(made: Collection, reader: int) -> None:
    assert suggest(made, reader, document(made, BRIDGE)) is None
    suited = document(made, SUITED)
    for name, expected in (("Spans", None), ("Broths", None), (SAVED, "Spans")):
        acts.put(made, reader, papers=[suited], into=name, now=NOW)
        found = suggest(made, reader, suited)
        assert (found and found.list.name) == expected
        acts.take_out(made, reader, papers=[suited], out_of=name)
    assert suggest(made, reader, suited)


def test_what_is_known_of_the_lists_is_remembered_until_they_change(
    made: Collection, reader: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = suggest(made, reader, document(made, SUITED))
    with monkeypatch.context() as patched:
        patched.setattr(module, "_made", lambda *_, **__: pytest.fail("it was made again"))
        assert suggest(made, reader, document(made, SUITED)) == first
    acts.put_numbers(made, reader, numbers=numbers(made, BRIDGE + 12), into="Spans", now=NOW)
    again = suggest(made, reader, document(made, SUITED))
    assert first
    assert again
    assert (first.list.papers, again.list.papers) == (10, 11)
    assert again.confidence != first.confidence


def test_a_paper_that_was_taken_out_has_no_influence(made: Collection, reader: int) -> None:
    before = suggest(made, reader, document(made, SOUP + 20))
    odd = document(made, SOUP + 30)
    acts.put(made, reader, papers=[odd], into="Spans", now=NOW)
    between = suggest(made, reader, document(made, SOUP + 20))
    acts.take_out(made, reader, papers=[odd], out_of="Spans")
    assert suggest(made, reader, document(made, SOUP + 20)) == before != between


def test_a_list_without_papers_is_suggested_by_its_name_once_that_has_a_vector(made: Collection, reader: int) -> None:
    acts.make(made.store, reader, name="owl feather night", now=NOW)
    made._encoder, encoder = None, made._encoder  # as before the first search
    assert suggest(made, reader, document(made, OWL + 20)) is None
    made._encoder = encoder
    query_vectors(made, ["owl feather night"])
    found = suggest(made, reader, document(made, OWL + 20))
    assert found
    assert (found.list.name, found.because) == ("owl feather night", ())


def test_a_paper_must_be_nearer_than_most_of_the_collection(
    made: Collection, reader: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RARE", 9.0)
    assert suggest(made, reader, document(made, SUITED)) is None


def test_papers_without_a_whole_vector_do_not_count(made: Collection, reader: int) -> None:
    ingest(made, Given([paper(990, "bridges span rivers steel")]), now=NOW)
    late = document(made, 990)
    assert suggest(made, reader, late) is None
    acts.put(made, reader, papers=[late], into="Spans", now=NOW)
    assert suggest(made, reader, document(made, SUITED))
    damaged = made.space.snapshot()
    vectors = np.array(damaged.vectors)
    vectors[damaged.row_of[numbers(made, BRIDGE, BRIDGE + 21)]] = np.nan
    damaged._files["vectors"] = vectors
    made._memories.clear()
    assert suggest(made, reader, document(made, BRIDGE + 21)) is None
    found = suggest(made, reader, document(made, SUITED))
    assert found
    assert document(made, BRIDGE) not in [each for each, _ in found.because]


def test_only_the_largest_lists_and_their_newest_papers_are_looked_at(
    made: Collection, reader: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_PAPERS", 9)
    found = suggest(made, reader, document(made, SUITED))
    assert found
    assert document(made, BRIDGE) not in [each for each, _ in found.because]
    monkeypatch.setattr(module, "MOST_LISTS", 1)
    acts.put_numbers(made, reader, numbers=numbers(made, SOUP + 12), into="Broths", now=NOW)
    found = suggest(made, reader, document(made, SUITED))
    assert found is None or found.list.name == "Broths"
