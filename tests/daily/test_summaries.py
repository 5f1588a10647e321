"""Summaries: from the source, else from the abstract, with the encoder's word where a job asked it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.contribution import LONGEST, abstract
from broadsheet.core.types import Document
from broadsheet.daily import summaries as part
from broadsheet.daily.summaries import Summary, bring_up, is_behind, summaries
from broadsheet.sync import sync
from fakes import NOW, WordEncoder, paper

TEXT = "Hives are loud. We propose to count bees by their sound. Tests show that it works."
OPEN = (  # two sentences that are close by their text; the vector of the second is nearer to the paper's
    "Bees sing in hives. This work is about kites over reeds and ponds of the valley at dusk. "
    "This work is about drones over drones and drones of the drones at drones. Bees sing."
)


def made(number: int, text: str = TEXT, **extra: str) -> Document:
    return replace(paper(number, "Counting bees by sound"), text=text, extra=extra)


@pytest.fixture
def words(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(tmp_path, encoder=WordEncoder()) as opened:
        yield opened


def put(collection: Collection, *papers: Document) -> None:
    collection.store.papers.put(papers, now=NOW)


def test_the_source_speaks_first_and_is_named(words: Collection) -> None:
    given, own, bare = made(1, ai_summary="Bees are counted."), made(2), replace(made(3), text="")
    assert summaries(words, [given, own, bare]) == {
        given.id: Summary("Bees are counted.", "source"),
        own.id: Summary("We propose to count bees by their sound.", "abstract"),
        bare.id: Summary(),
    }
    assert summaries(words, []) == {}


def test_long_ones_are_cut_to_a_few_lines(words: Collection) -> None:
    given = made(1, ai_summary="We count bees, " * 40)
    own = made(2, "We propose " + "to count bees by their sound, " * 40 + ".")
    for each in summaries(words, [given, own]).values():
        assert len(each.text) <= LONGEST
        assert each.text.endswith("…")


def test_reading_encodes_nothing_and_remembers(words: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    put(words, made(1))
    sync(words)
    encoder = words.encoder
    assert isinstance(encoder, WordEncoder)
    before = len(encoder.encoded)
    first = summaries(words, [made(1)])
    monkeypatch.setattr(part, "abstract", lambda *_: pytest.fail("it was read before"))
    assert summaries(words, [made(1)]) == first
    assert len(encoder.encoded) == before


def choices(collection: Collection) -> int:
    """How many other choices the first run of the job makes."""
    assert is_behind(collection)
    count = bring_up(collection)
    assert not is_behind(collection)
    return count


def nearer(collection: Collection, document: Document) -> int:
    """The place of the close sentence that is best with nearness, by the definition."""
    own = abstract(document.shown_title, document.shown_text)
    vectors = collection.encoder.encode([*own.sentences, document.content], role="document")
    return own.chosen({place: float(vectors[place] @ vectors[-1]) for place in own.close})


def test_the_job_chooses_with_the_encoder_where_the_text_leaves_it_open(words: Collection) -> None:
    texts = [OPEN, OPEN.replace("kites over reeds", "kites over hives"), OPEN.replace("drones", "bees"), TEXT]
    papers = [made(number, text) for number, text in enumerate(texts, 1)]
    put(words, *papers)
    assert not is_behind(words), "the sync comes first"
    sync(words)
    expected = [nearer(words, each) for each in papers]
    alone = [abstract(each.shown_title, each.shown_text).chosen() for each in papers]
    assert choices(words) == sum(one != other for one, other in zip(expected, alone, strict=True)) > 0
    shown = summaries(words, papers)
    for each, place in zip(papers, expected, strict=True):
        assert shown[each.id].text == abstract(each.shown_title, each.shown_text).sentences[place]


def test_only_close_sentences_of_papers_without_a_summary_are_encoded(words: Collection) -> None:
    put(words, made(1, OPEN, ai_summary="Bees."), made(2, TEXT), made(3, OPEN))
    sync(words)
    encoder = words.encoder
    assert isinstance(encoder, WordEncoder)
    encoder.encoded.clear()
    bring_up(words)
    own = abstract("Counting bees by sound", OPEN)
    assert sorted(encoder.encoded) == sorted(own.sentences[place] for place in own.close)


def test_what_is_stored_can_be_deleted_and_a_new_text_is_read_again(words: Collection) -> None:
    put(words, made(1, OPEN))
    sync(words)
    assert choices(words) == 1
    with_job = summaries(words, [made(1, OPEN)])
    for file in (words.cache / "summaries").iterdir():
        file.unlink()
    assert summaries(words, [made(1, OPEN)]) != with_job
    assert choices(words) == 1
    assert summaries(words, [made(1, OPEN)]) == with_job
    put(words, made(1, TEXT))
    assert not is_behind(words), "the sync comes first"
    sync(words)
    assert choices(words) == 0
    assert summaries(words, [made(1, TEXT)])[made(1).id].text == "We propose to count bees by their sound."


def test_damage_means_to_choose_again(words: Collection) -> None:
    put(words, made(1, OPEN))
    sync(words)
    assert choices(words) == 1
    by_suffix = {each.suffix: each for each in (words.cache / "summaries").iterdir()}
    for text in ("", "x", "-1", str(10**9), "²", "\xff"):
        by_suffix[".reached"].write_text(text, "utf-8")
        assert is_behind(words)
    assert choices(words) == 1
    rows = np.fromfile(by_suffix[""], dtype=[("key", "V16"), ("vector", "<f4", (32,))])
    rows["vector"] = 0.5  # no choice at all
    rows.tofile(by_suffix[""])
    alone = abstract(made(1).title, OPEN)
    assert summaries(words, [made(1, OPEN)])[made(1).id].text == alone.sentences[alone.chosen()]


def test_only_the_newest_changes_are_looked_back_on(words: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part, "_NEWEST", 2)
    monkeypatch.setattr(part, "_BATCH", 1)
    put(words, *(made(number, OPEN) for number in range(1, 6)))
    sync(words)
    seen: list[tuple[int, int | None]] = []
    bring_up(words, progress=lambda done, todo: seen.append((done, todo)))
    assert seen == [(1, 2), (2, 2)]
    assert not is_behind(words)


def test_an_encoder_that_is_paid_for_is_not_asked(words: Collection) -> None:
    put(words, made(1, OPEN))
    sync(words)
    words.encoder.usage = object()  # type: ignore[attr-defined]
    assert choices(words) == 0


def test_it_waits_for_a_first_sync(tmp_path: Path) -> None:
    with open_collection(tmp_path, encoder="hash") as fresh:
        assert not is_behind(fresh)
        assert summaries(fresh, [made(1)])[made(1).id].by == "abstract"
