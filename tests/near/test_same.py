"""Papers of the same work among others, each with the probability that it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from broadsheet.core import works
from broadsheet.core.confidence import SURE
from broadsheet.daily.copies import bring_together, keep_apart
from broadsheet.near.same import copies_of, groups, likely
from near_kit import COPY, OTHERS, RENAMED, WORK, akin, filled

IDS = [WORK.id, COPY.id, RENAMED.id]


def test_a_work_of_three_sources_is_one_group_whatever_leads_it(tmp_path: Path) -> None:
    with filled(tmp_path, WORK, COPY, RENAMED, akin(1, 1), *OTHERS) as collection:
        number = collection.store.papers.numbers([*IDS, "akin:1", OTHERS[0].id])
        for leads in (IDS, IDS[::-1]):
            every = [number[OTHERS[0].id], *(number[each] for each in leads), number["akin:1"]]
            ((first, *rest),) = groups(collection, every)
            assert first == (number[leads[0]], 1.0)
            assert [each for each, _ in rest] == [number[each] for each in leads[1:]]
            assert all(SURE <= sure <= 1 for _, sure in rest)


def test_what_readers_and_sources_keep_apart_stays_apart(tmp_path: Path) -> None:
    again = replace(WORK, id="2602.00009", title="Weighing Salt by Ear: A Second Look")
    with filled(tmp_path, WORK, COPY, again, *OTHERS) as collection:
        number = collection.store.papers.numbers([WORK.id, COPY.id, again.id])
        assert works.apart(WORK, again), "arXiv lists both"
        assert likely(WORK, again) is None
        assert [[n for n, _ in each] for each in groups(collection, [number[WORK.id], number[again.id]])] == []
        keep_apart(collection, WORK.id, COPY.id)
        assert groups(collection, [number[WORK.id], number[COPY.id]]) == []
        assert not any(copy.same for copy in copies_of(collection, WORK) if copy.document.id == COPY.id)


def test_what_readers_bring_together_is_one_with_certainty(tmp_path: Path) -> None:
    with filled(tmp_path, WORK, *OTHERS) as collection:
        bring_together(collection, WORK.id, OTHERS[3].id)
        number = collection.store.papers.numbers([WORK.id, OTHERS[3].id])
        (found,) = groups(collection, list(number.values()))
        assert [sure for _, sure in found] == [1.0, 1.0]
        assert [(copy.document.id, copy.confidence, copy.same) for copy in copies_of(collection, WORK)] == [
            (OTHERS[3].id, 1.0, True)
        ]


def test_copies_of_a_paper_are_found_without_vectors_too(tmp_path: Path) -> None:
    for synced in (True, False):
        with filled(tmp_path / str(synced), WORK, COPY, RENAMED, *OTHERS, synced=synced) as collection:
            assert {copy.document.id for copy in copies_of(collection, WORK)} == {COPY.id, RENAMED.id}
            assert all(copy.same for copy in copies_of(collection, WORK))
            assert copies_of(collection, replace(WORK, id="unknown")) == []


@pytest.mark.parametrize("synced", [True, False])
def test_nothing_and_one_paper(tmp_path: Path, synced: bool) -> None:
    with filled(tmp_path, WORK, synced=synced) as collection:
        assert groups(collection, []) == []
        assert groups(collection, [1]) == groups(collection, [1, 77]) == []
        assert copies_of(collection, WORK) == []


def test_papers_without_a_text_or_authors(tmp_path: Path) -> None:
    bare = replace(COPY, id="bib:salt", title=WORK.title, text="", authors=(), source="bibtex:a.bib")
    short = replace(COPY, id="bib:pans", title="Pans", text="", authors=(), source="bibtex:b.bib")
    with filled(tmp_path, WORK, bare, short, *OTHERS) as collection:
        assert [copy.document.id for copy in copies_of(collection, WORK) if copy.same] == ["bib:salt"]
