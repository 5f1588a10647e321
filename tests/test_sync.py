import json
import os
import shutil

import numpy as np
import pytest

import broadsheet as bs
from broadsheet.core.errors import BroadsheetError, CollectionError, ModelError, UsageError
from broadsheet.locks import held
from broadsheet.space import Space
from broadsheet.sync import Synced, sync
from broadsheet.upkeep import verify
from fakes import NOW, WordEncoder, paper


def papers(count: int) -> list[bs.Document]:
    return [paper(n, f"Paper {n} on topic{n % 7}", f"It tells of word{n} and word{n + 1}.") for n in range(count)]


@pytest.fixture
def collection(tmp_path):
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as made:
        yield made


def answers(collection) -> list[list[tuple[str, float]]]:
    queries = ("word3 topic2", "tells of topic5", "word11")
    return [[(r.document.id, round(r.score, 5)) for r in bs.search(collection, q, k=8)] for q in queries]


def test_only_what_is_new_is_encoded(collection):
    collection.store.papers.put(papers(600), now=NOW)
    told: list[tuple[int, int | None]] = []
    done = bs.sync(collection, progress=lambda n, of: told.append((n, of)))
    assert (done.indexed, done.encoded, done.cut) == (600, 600, 0)
    assert told[0] == (0, 1200)
    assert told[-1] == (1200, 1200)
    assert bs.sync(collection) == type(done)(cut=0)
    collection.encoder.encoded.clear()
    collection.store.papers.put(
        [paper(5, "Paper 5 on topic5", "It tells of word5 and word6.", votes=9), paper(601, "New")], now=NOW
    )
    done = bs.sync(collection)
    assert collection.encoder.encoded == ["New"]
    assert (done.encoded, done.kept) == (1, 1)


def test_long_texts_are_counted(collection):
    collection.store.papers.put([paper(1, "Long", "many words " * 40), paper(2, "Short")], now=NOW)
    assert bs.sync(collection).cut == 1


def test_derived_parts_can_be_deleted(collection):
    collection.store.papers.put(papers(40), now=NOW)
    bs.sync(collection)
    before = answers(collection)
    for name in ("lexicon", "spaces", "cache"):
        shutil.rmtree(collection.path / name)
    bs.sync(collection)
    assert answers(collection) == before


@pytest.mark.parametrize(
    "damage",
    [
        "lexicon/meta.json",
        "lexicon/state.json",
        "lexicon/*.idx",
        "lexicon/*.pos",
        "spaces/words/current.json",
        "spaces/words/g000001/vectors",
    ],
)
def test_damage_is_mended(collection, damage):
    collection.store.papers.put(papers(40), now=NOW)
    bs.sync(collection)
    before = answers(collection)
    for file in collection.path.glob(damage):
        replaced(file, b"{")
    with bs.open(collection.path, encoder=WordEncoder()) as again:
        bs.sync(again)
        assert answers(again) == before


def pointer(**changed):
    return lambda folder: rewritten(folder / "spaces/words/current.json", changed)


def manifest(**changed):
    return lambda folder: rewritten(folder / "spaces/words/g000001/manifest.json", changed)


def rewritten(path, changed):
    path.write_text(json.dumps(json.loads(path.read_text()) | changed).replace("Infinity", "1e400"))


def replaced(path, content):
    path.unlink()  # and not in place: an index that is open has mapped it
    path.write_bytes(content)


def nan(folder):
    path = folder / "spaces/words/g000001/vectors"
    rows = np.frombuffer(path.read_bytes(), "<f4").copy()
    rows[len(rows) // 2] = np.nan
    replaced(path, rows.tobytes())


def noise(pattern):
    def damage(folder):
        path = next(folder.glob(pattern))
        replaced(path, path.read_bytes()[:40] + os.urandom(path.stat().st_size))

    return damage


def file_instead(name):
    def damage(folder):
        shutil.rmtree(folder / name)
        (folder / name).write_text("x")

    return damage


@pytest.mark.parametrize(
    ("part", "damage"),
    [
        ("space", pointer(rows=-1)), ("space", pointer(change=float("inf"))), ("space", pointer(generation=[1])),
        ("space", pointer(rows=10**9)), ("space", manifest(dim=7)), ("space", manifest(prompts=["x"])),
        ("space", manifest(max_length="long")), ("space", nan), ("space", noise("spaces/words/g000001/vectors")),
        ("space", noise("spaces/words/g000001/numbers")), ("space", file_instead("spaces/words")),
        ("lexicon", noise("lexicon/*.idx")), ("lexicon", noise("lexicon/*.term")), ("lexicon", noise("lexicon/*.fast")),
        ("lexicon", file_instead("lexicon")),
        ("lexicon", lambda folder: rewritten(folder / "lexicon/state.json", {"change": float("inf")})),
    ],
)  # fmt: skip
def test_damage_stops_no_search_and_a_sync_mends_it(collection, part, damage):
    collection.store.papers.put(papers(40), now=NOW)
    bs.sync(collection)
    before = answers(collection)
    damage(collection.path)
    with bs.open(collection.path, encoder=WordEncoder()) as again:
        results = bs.search(again, "word3 topic2", k=40)
        assert len(results) >= 3
        assert ("Only the words" if part == "space" else "Only the meaning") in results.note
        assert "run sync" in results.note
        verdict = {"space": verify.space, "lexicon": verify.lexicon}[part](again)
        assert verdict.advice
        done = bs.sync(again)
        assert (done.encoded if part == "space" else done.indexed) == 40
        assert answers(again) == before
        assert not verify.space(again).advice
        assert not verify.lexicon(again).advice


@pytest.mark.parametrize("changed", [{"rows": 5}, {"change": 10**6}, {"change": 3}])
def test_a_pointer_that_lies_is_mended(collection, changed):
    collection.store.papers.put(papers(40), now=NOW)
    bs.sync(collection)
    before = answers(collection)
    pointer(**changed)(collection.path)
    with bs.open(collection.path, encoder=WordEncoder()) as again:
        bs.sync(again)
        assert answers(again) == before
        assert not verify.space(again, most=None).fault


def test_a_lexicon_alone_that_is_ahead_of_the_store_is_damaged(collection):
    collection.store.papers.put(papers(40), now=NOW)
    bs.sync(collection)
    rewritten(collection.path / "lexicon/state.json", {"change": 10**6})
    assert bs.sync(collection).indexed == 40


def test_interrupted_sync_goes_on(collection):
    collection.store.papers.put(papers(700), now=NOW)

    def stop(done: int, _: int | None) -> None:
        if done > 1_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bs.sync(collection, progress=stop)
    already = collection.space.snapshot().count
    assert 0 < already < 700
    assert len(bs.search(collection, "word3 topic2")) == 10
    collection.encoder.encoded.clear()
    bs.sync(collection)
    assert len(collection.encoder.encoded) == 700 - already


def test_deletes_and_compaction(collection):
    collection.store.papers.put(papers(60), now=NOW)
    bs.sync(collection)
    collection.store.papers.delete([f"made:{n:03d}" for n in range(50)], now=NOW)
    assert bs.sync(collection).removed == 50
    assert collection.space.snapshot().count == collection.lexicon.count == 10


def test_another_encoder_never_mixes(collection):
    collection.store.papers.put(papers(5), now=NOW)
    bs.sync(collection)
    collection.store.papers.put([paper(99, "New")], now=NOW)
    with bs.open(collection.path, encoder=WordEncoder(version="2")) as other:
        with pytest.raises(ModelError, match="--rebuild"):
            bs.sync(other)
        assert bs.sync(other, rebuild=True).encoded == 6


def test_an_encoder_that_breaks_its_promise_is_told(collection):
    collection.store.papers.put(papers(3), now=NOW)
    bs.sync(collection)
    collection.store.papers.put([paper(99, "New")], now=NOW)
    collection.encoder.encode = lambda texts, role="document": WordEncoder(dim=8).encode(texts)
    with pytest.raises(BroadsheetError, match="shape"):
        bs.sync(collection)
    assert collection.space.snapshot().count == 3


def test_one_sync_at_a_time(collection):
    with held(collection.lock), pytest.raises(CollectionError, match="another process"):
        bs.sync(collection, timeout=0.05)


def test_an_older_store_put_back_is_followed_on_request(collection, tmp_path):
    collection.store.papers.put(papers(5), now=NOW)
    collection.store.backup(tmp_path / "old.db")
    collection.store.papers.put([paper(99, "Newer")], now=NOW)
    bs.sync(collection)
    collection.close()
    for extra in collection.path.glob("store.db*"):
        extra.unlink()
    shutil.copy(tmp_path / "old.db", collection.path / "store.db")
    with bs.open(collection.path, encoder=WordEncoder()) as again:
        with pytest.raises(CollectionError, match="broadsheet restore BACKUP"):
            bs.sync(again)
        assert again.space.snapshot().count == again.lexicon.count == 6
        bs.sync(again, rebuild=True)
        assert again.space.snapshot().count == again.lexicon.count == 5


def test_settings_of_a_collection_are_kept(tmp_path):
    with bs.open(tmp_path / "c", encoder="hash:64", language="german") as made:
        made.store.papers.put([paper(1, "Häuser und Autos")], now=NOW)
    with bs.open(tmp_path / "c") as again:
        assert (again.encoder_name, again.lexicon.language) == ("hash:64", "german")
    assert isinstance(again.space, Space)


def test_a_language_that_cannot_be_is_not_kept(tmp_path):
    with pytest.raises(UsageError, match="klingon"):
        bs.open(tmp_path / "c", language="klingon")
    with bs.open(tmp_path / "c") as made:
        assert made.lexicon.language == "english"


def test_no_collection_there(tmp_path):
    with pytest.raises(CollectionError, match="broadsheet up"):
        bs.open(tmp_path / "none", create=False)
    (tmp_path / "file").write_text("x")
    with pytest.raises(CollectionError, match="file"):
        bs.open(tmp_path / "file")


def test_a_sync_of_nothing_is_all_zeros_and_says_so(collection):
    assert sync(collection) == Synced()
    collection.store.papers.put(papers(3), now=NOW)
    first = sync(collection)
    assert (first.indexed, first.encoded, first.kept, first.removed) == (3, 3, 0, 0)
    collection.store.papers.delete(["made:001"], now=NOW)
    assert sync(collection).removed == 1
