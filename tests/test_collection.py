"""A Collection: opened where it is, made where it is missing, and what it remembers of its first opening."""

from __future__ import annotations

import gc
import os
import shutil
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from broadsheet.collection import DEFAULT_ENCODER, Collection, open_collection
from broadsheet.core.errors import CollectionError, ModelError, UsageError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.ingest import ingest
from broadsheet.search.hybrid import search
from broadsheet.sync import sync
from broadsheet.upkeep import verify
from fakes import NOW, WordEncoder, paper
from tinybert import write_tiny


def test_encoder_and_language_are_remembered_from_the_first_opening(tmp_path: Path) -> None:
    with open_collection(tmp_path / "c", encoder="hash", language="german") as made:
        assert isinstance(made.encoder, HashEncoder)
    with open_collection(tmp_path / "c") as again:
        assert (again.encoder_name, again.lexicon.language) == ("hash", "german")
    with open_collection(tmp_path / "c", encoder="static", language="english") as other:
        assert (other.encoder_name, other.lexicon.language) == ("static", "english")
    with open_collection(tmp_path / "c") as again:
        assert (again.encoder_name, again.lexicon.language) == ("hash", "german"), "the first counts"


def test_an_encoder_that_is_an_object_is_used_and_not_remembered(tmp_path: Path) -> None:
    encoder = WordEncoder()
    with open_collection(tmp_path / "c", encoder=encoder) as made:
        assert made.encoder is encoder
        assert made.space.folder == tmp_path / "c" / "spaces" / "words"
    with open_collection(tmp_path / "c") as again:
        assert again.encoder_name == DEFAULT_ENCODER


def test_an_encoder_with_switches_has_a_space_of_its_own(tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny")
    plain = f"bert:{tmp_path / 'tiny'}"
    cut = f"{plain}?layers=0,1&pooling=max"
    vectors = []
    for name in (plain, cut, plain):
        with open_collection(tmp_path / "c", encoder=name) as made:
            ingest(made, [paper(1, "graph paper"), paper(2, "one word after another")], now=NOW, name="made")
            sync(made)
            vectors.append(np.array(made.space.snapshot().vectors))
            assert made.space.snapshot().manifest.encoder == name
            assert search(made, "word", mode="semantic").items
    assert len(list((tmp_path / "c" / "spaces").iterdir())) == 2
    np.testing.assert_array_equal(vectors[0], vectors[2])
    assert np.vecdot(vectors[0], vectors[1]).max() < 0.999


def test_a_missing_collection_is_made_only_when_asked(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="broadsheet up"):
        open_collection(tmp_path / "c", create=False)
    assert not (tmp_path / "c").exists()
    open_collection(tmp_path / "deep" / "c").close()
    open_collection(tmp_path / "deep" / "c", create=False).close()


def test_what_cannot_be_opened_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CollectionError, match="file"):
        open_collection(tmp_path / "file")
    with pytest.raises(UsageError, match="minilm"):
        open_collection(tmp_path / "c", encoder="minilmm")
    assert not (tmp_path / "c").exists(), "an unknown encoder makes nothing"
    with pytest.raises(UsageError, match="english"):
        open_collection(tmp_path / "c", language="klingon")
    open_collection(tmp_path / "c").close()


def test_an_encoder_is_loaded_when_it_is_first_needed(tmp_path: Path) -> None:
    with open_collection(tmp_path / "c", encoder=f"bert:{tmp_path / 'absent'}") as made:
        made.store.papers.put([paper(1, "Kites")], now=NOW)
        with pytest.raises(ModelError, match="absent"):
            made.encoder.encode(["x"])  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "folder"),
    [("minilm", "minilm"), ("bert:../../etc", "bert-..-..-etc"), ("st:a/b c", "st-a-b-c")],
)
def test_a_space_is_in_a_folder_of_its_own(tmp_path: Path, name: str, folder: str) -> None:
    with open_collection(tmp_path / "c", encoder="hash") as made:
        space = made.space_of(name).folder
    assert space == tmp_path / "c" / "spaces" / folder
    assert (tmp_path / "c" / "spaces") in (space, *space.parents)


def test_stems_are_those_of_the_lexicon(tmp_path: Path) -> None:
    with open_collection(tmp_path / "c", encoder="hash") as made:
        assert made.stems is made.lexicon.stems


def test_derived_folders_may_be_deleted(tmp_path: Path) -> None:
    import shutil

    with open_collection(tmp_path / "c", encoder=WordEncoder()) as made:
        ingest(made, [paper(n, f"Kites {n}") for n in range(3)], now=NOW, name="made")
        sync(made)
    for name in ("lexicon", "spaces", "cache"):
        shutil.rmtree(tmp_path / "c" / name, ignore_errors=True)
    with open_collection(tmp_path / "c", encoder=WordEncoder()) as again:
        done = sync(again)
        assert (done.indexed, done.encoded, again.space.snapshot().count) == (3, 3, 3)


def test_leaving_it_closes_the_store(tmp_path: Path) -> None:
    with open_collection(tmp_path / "c") as made:
        assert isinstance(made, Collection)
    with pytest.raises(CollectionError):
        made.store.papers.count()


def test_each_collection_has_memories_of_its_own(tmp_path: Path) -> None:
    with (
        open_collection(tmp_path / "a", encoder=WordEncoder()) as one,
        open_collection(tmp_path / "b", encoder=WordEncoder()) as other,
    ):
        one.memory("numbers", list[int]).append(1)
        assert one.memory("numbers", list[int]) == [1]
        assert other.memory("numbers", list[int]) == []


def test_a_closed_collection_remembers_nothing(tmp_path: Path) -> None:
    class Large:
        pass

    made = open_collection(tmp_path / "a", encoder=WordEncoder())
    gone = weakref.ref(made.memory("large", Large))
    gc.collect()
    assert gone() is not None
    made.close()
    gc.collect()
    assert gone() is None


@contextmanager
def a_stranger(folder: Path) -> Iterator[None]:
    """Run the block as someone who may read a folder and change nothing in it: permissions do not bind root."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    user = os.getuid()
    if user == 0:
        os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        if user == 0:
            os.setresuid(0, 0, 0)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.mark.skipif(os.name == "nt", reason="needs permissions as on Unix")
def test_a_read_only_folder_is_searched_by_words_and_meaning(caplog: pytest.LogCaptureFixture) -> None:
    with TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = Path(place) / "c"
        with open_collection(folder, encoder=WordEncoder()) as made:
            made.store.papers.put([paper(1, "On cars", "They drive."), paper(2, "On tea", "It steeps.")], now=NOW)
            sync(made)
        before = set(folder.rglob("*"))
        with a_stranger(folder), open_collection(folder, encoder=WordEncoder()) as opened:
            found = search(opened, "tea", k=2)
            assert (found.mode, found.note) == ("hybrid", "")
            assert found.items[0].document.id == "made:002"
            assert not verify.lexicon(opened).fault
            assert not verify.space(opened).fault
            with pytest.raises(CollectionError, match="may not be written: it is open for reading only"):
                opened.store.papers.put([paper(3, "On milk")], now=NOW)
            with pytest.raises(CollectionError, match="Permission denied"):
                sync(opened)
        assert set(folder.rglob("*")) == before
        assert [each.message for each in caplog.records if "read-only" in each.message] == [
            f"{folder} is read-only: you can search and read, but nothing can be changed"
        ]


@pytest.mark.parametrize("emptied", [True, False])
def test_an_empty_store_next_to_what_was_made_of_it_was_lost(tmp_path: Path, *, emptied: bool) -> None:
    with open_collection(tmp_path / "c", encoder=WordEncoder()) as made:
        made.store.papers.put([paper(1, "On cars"), paper(2, "On tea")], now=NOW)
        sync(made)
    for file in (tmp_path / "c").glob("store.db*"):
        file.unlink()
    if emptied:
        (tmp_path / "c" / "store.db").touch()
    for _ in range(2):
        with pytest.raises(CollectionError, match="broadsheet restore BACKUP"):
            open_collection(tmp_path / "c", encoder=WordEncoder())
    for part in ("lexicon", "spaces"):
        shutil.rmtree(tmp_path / "c" / part)
    with open_collection(tmp_path / "c", encoder=WordEncoder()) as anew:
        assert sync(anew).indexed == 0


def test_a_new_collection_and_one_without_derived_data_open(tmp_path: Path) -> None:
    with open_collection(tmp_path / "c", encoder=WordEncoder()) as made:
        made.require_store()
        made.store.papers.put([paper(1, "On cars")], now=NOW)
        made.require_store()
        sync(made)
    shutil.rmtree(tmp_path / "c" / "lexicon")
    with open_collection(tmp_path / "c", encoder=WordEncoder()) as again:
        again.require_store()
        assert sync(again).indexed == 1
