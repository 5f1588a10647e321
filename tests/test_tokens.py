"""A Collection's token vectors: written with the vectors, built later, dropped; whole or not used."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import time
from pathlib import Path

import numpy as np
import pytest

import broadsheet as bs
from broadsheet.core.errors import CollectionError, ModelError, UsageError
from broadsheet.core.maxsim import of_words
from broadsheet.tokens import choose, drop, fits, holding, whole
from fakes import NOW, TokenWordEncoder, WordEncoder, paper

pytestmark = pytest.mark.xdist_group("timed")


def papers(count: int) -> list[bs.Document]:
    return [paper(n, f"Paper {n} on topic{n % 7}", f"It tells of word{n}, and of word{n + 1}.") for n in range(count)]


@pytest.fixture
def collection(tmp_path):
    """A Collection without papers for which token vectors were chosen."""
    with bs.open(tmp_path / "c", encoder=TokenWordEncoder()) as made:
        choose(made)
        yield made


@pytest.fixture
def older(tmp_path):
    """A Collection that was synced without token vectors."""
    with bs.open(tmp_path / "older", encoder=TokenWordEncoder()) as made:
        made.store.papers.put(papers(600), now=NOW)
        bs.sync(made)
        yield made


def assert_whole(collection: bs.Collection) -> None:
    """Each paper has the tokens of its text, and no other has any."""
    state, documents = whole(collection), collection.store.papers
    numbers = [number for number, _ in sorted(documents.by_numbers(range(1, documents.last_number() + 1)).items())]
    assert state.count == documents.count() == len(numbers)
    codes, starts = state.of(np.array(numbers, np.int64))
    for place, (number, document) in enumerate(sorted(documents.by_numbers(numbers).items())):
        tokens = of_words(collection.encoder.token_vectors([document.content])[0])
        assert starts[place + 1] - starts[place] == len(tokens.tokens), number
    assert len(codes) == state.tokens


def test_new_papers_have_them_from_the_pass_that_makes_their_vectors(collection):
    collection.store.papers.put(papers(600), now=NOW)
    bs.sync(collection)
    assert dict(collection.encoder.passes) == {"both": 600}
    assert (collection.token_bits, holding(collection).papers, holding(collection).why) == (1, 600, "")
    plain = WordEncoder().encode([each.content for each in papers(600)])
    numbers = collection.space.snapshot().numbers
    documents = collection.store.papers.by_numbers(numbers.tolist())
    place = {each.id: row for row, each in enumerate(papers(600))}
    rows = [place[documents[number].id] for number in numbers.tolist()]
    assert np.array_equal(np.asarray(collection.space.snapshot().vectors), plain[rows])
    assert_whole(collection)


def test_only_what_is_new_is_encoded_and_what_is_gone_is_removed(collection):
    collection.store.papers.put(papers(300), now=NOW)
    bs.sync(collection)
    collection.encoder.passes.clear()
    collection.store.papers.put([paper(5, "Paper 5 on topic5", "Another text."), paper(900, "New")], now=NOW)
    collection.store.papers.delete("made:007", now=NOW)
    bs.sync(collection)
    assert dict(collection.encoder.passes) == {"both": 2}
    assert_whole(collection)
    assert bs.sync(collection).encoded == 0


def test_an_older_collection_has_none_until_they_are_built(older):
    older.store.papers.put([paper(901, "New")], now=NOW)
    bs.sync(older)
    assert whole(older) is None
    assert "tokens build" in holding(older).why
    assert not older.tokens.folder.exists()
    before = np.asarray(older.space.snapshot().vectors).tobytes()
    older.encoder.encoded.clear()
    choose(older, 4)
    bs.sync(older)
    assert older.encoder.encoded == []
    assert older.tokens.snapshot().manifest.bits == 4
    assert np.asarray(older.space.snapshot().vectors).tobytes() == before
    assert_whole(older)
    choose(older)
    bs.sync(older)
    assert older.tokens.snapshot().manifest.bits == 1
    drop(older)
    assert not older.tokens.folder.exists()
    bs.sync(older)
    assert whole(older) is None


def test_until_they_are_whole_a_search_says_so_and_answers_without_them(older):
    plain = bs.search(older, "topic3 word10", stages=())
    choose(older)
    said = bs.search(older, "topic3 word10", stages=("tokens",))
    assert [each.document.id for each in said] == [each.document.id for each in plain]
    assert "Searched without tokens" in said.note
    assert "tokens build" in said.note
    bs.sync(older)
    after = bs.search(older, "topic3 word10", stages=("tokens",))
    assert after.note == ""
    assert "tokens" in after.items[0].parts


@pytest.mark.parametrize("name", ["codes", "numbers", "manifest.json"])
def test_damage_is_told_and_made_again_by_a_sync(collection, name):
    collection.store.papers.put(papers(40), now=NOW)
    bs.sync(collection)
    path = collection.tokens.folder / "g000001" / name
    path.write_bytes(path.read_bytes()[:-3])
    with bs.open(collection.path, encoder=TokenWordEncoder()) as again:
        assert "damaged" in bs.search(again, "topic3", stages=("tokens",)).note
        assert "damaged" in holding(again).why
        bs.sync(again)
        assert dict(again.encoder.passes) == {"tokens of document": 40}
        assert_whole(again)


def test_a_folder_that_was_deleted_or_lost_papers_is_made_again(collection):
    collection.store.papers.put(papers(40), now=NOW)
    bs.sync(collection)
    shutil.rmtree(collection.tokens.folder)
    bs.sync(collection)
    assert_whole(collection)
    collection.tokens.remove([3])
    collection.tokens.commit(collection.tokens.change)
    bs.sync(collection)
    assert_whole(collection)
    shutil.rmtree(collection.space.folder)
    bs.sync(collection)
    assert_whole(collection)


def test_an_encoder_without_them_says_so(tmp_path):
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as made:
        made.store.papers.put(papers(3), now=NOW)
        bs.sync(made)
        assert not fits(made.encoder)
        assert not made.token_bits
        with pytest.raises(ModelError, match="gives no token vectors"):
            choose(made)
        made.store.journal.set_fact("tokens", 1)  # chosen under another encoder
        assert "words gives no token vectors" in holding(made).why
        bs.sync(made)
        assert whole(made) is None
        note = bs.search(made, "topic1", stages=("tokens",)).note
        assert note.startswith("Searched without tokens: token vectors are not used, since the encoder words gives no")


def test_other_bits_and_another_model_are_refused(collection):
    collection.store.papers.put(papers(3), now=NOW)
    bs.sync(collection)
    with pytest.raises(UsageError, match="expected 1, 4 or 8"):
        choose(collection, 2)
    path = collection.tokens.folder / "g000001" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "key": "0" * 12}))
    with bs.open(collection.path, encoder=TokenWordEncoder()) as again:
        with pytest.raises(ModelError, match="contains token vectors of words"):
            whole(again)
        again.store.papers.put([paper(901, "New")], now=NOW)
        with pytest.raises(ModelError, match="tokens build"):
            bs.sync(again)
        choose(again)
        bs.sync(again)
        assert_whole(again)


def test_a_newer_format_is_refused(collection):
    collection.store.papers.put(papers(3), now=NOW)
    bs.sync(collection)
    path = collection.tokens.folder / "current.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))
    with pytest.raises(CollectionError, match="newer Broadsheet"):
        bs.sync(collection)
    assert "newer Broadsheet" in bs.search(collection, "topic1", stages=("tokens",)).note


def _build(folder: Path) -> None:
    encoder = TokenWordEncoder()
    made = encoder.token_vectors

    def slowly(texts, *, role="document"):
        time.sleep(0.02)
        return made(texts, role=role)

    encoder.token_vectors = slowly  # type: ignore[method-assign]
    with bs.open(folder, encoder=encoder) as collection:
        choose(collection)
        bs.sync(collection)


def test_killed_at_any_instant_a_build_goes_on_and_ends_whole(older, tmp_path):
    older.store.papers.put(papers(1_500), now=NOW)
    bs.sync(older)
    reached = [0]
    for round_ in range(3):
        process = multiprocessing.get_context("spawn").Process(target=_build, args=(older.path,))
        process.start()
        while older.tokens.change == reached[-1] and process.is_alive():
            time.sleep(0.002)
        time.sleep(0.006 * round_)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        reached.append(older.tokens.change)
        state = older.tokens.snapshot()
        assert state.count == len(older.store.papers.by_numbers(state.numbers[state.live].tolist()))
    assert reached == sorted(reached)
    assert reached[-1] > 0
    older.encoder.passes.clear()
    bs.sync(older)
    assert older.encoder.passes["tokens of document"] < 1_500
    assert_whole(older)
