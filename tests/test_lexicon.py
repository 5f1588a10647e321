from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import CollectionError, UsageError
from broadsheet.core.types import Change, Document
from broadsheet.lexicon import Lexicon, unsound

TEXTS = {
    1: ("Nearest neighbours in high dimensions", "We search vectors by scanning their signs."),
    2: ("A grammar of birdsong", "Birds learn songs; singers vary them."),
    3: ("Searching songs", "Vectors of songs are searched, and searched again."),
}


def changes(**more: tuple[str, str]) -> list[Change]:
    return [
        Change(
            n,
            n,
            Document(
                id=f"d{n}", title=title, text=text, authors=("Ana María Lee",), venue="Ornithology", source="jsonl:x"
            ),
        )
        for n, (title, text) in TEXTS.items()
    ]


@pytest.fixture
def lexicon(tmp_path: Path) -> Lexicon:
    made = Lexicon(tmp_path / "lexicon")
    made.update(changes(), change=3)
    return made


def found(lexicon: Lexicon, text: str, k: int = 10, **more) -> list[int]:
    return lexicon.search(lexicon.terms(text), k, **more)[0].tolist()


def test_words_are_stemmed_and_stop_words_dropped(lexicon):
    assert lexicon.terms("The searching of Vectors, a b") == ["search", "vector"]
    assert found(lexicon, "song")[0] == 3
    assert set(found(lexicon, "search")) == {1, 3}
    assert found(lexicon, "the of") == []


def test_a_repeated_word_counts_each_time(lexicon):
    _, once = lexicon.search(["bird"], 1)
    _, twice = lexicon.search(["bird", "bird"], 1)
    assert twice[0] == pytest.approx(2 * once[0])


def test_update_and_delete(lexicon):
    lexicon.update([Change(4, 2, None), Change(5, 1, Document(id="d1", title="Whales", text="They sing."))], change=5)
    assert found(lexicon, "grammar bird") == []
    assert found(lexicon, "signs") == []
    assert found(lexicon, "whale") == [1]
    assert lexicon.change == 5
    assert lexicon.count == 2


def test_allowed_numbers_and_fields(lexicon):
    assert found(lexicon, "search", allowed=np.array([1, 2])) == [1]
    assert found(lexicon, "search", allowed=np.array([], dtype=np.int64)) == []
    assert found(lexicon, "search", fields={"title": lexicon.terms("songs")}) == [3]
    assert found(lexicon, "", fields={"author": ["lee"]}) == [1, 2, 3]
    with_field = lexicon.search(["search"], 10, fields={"author": ["lee"]})[1]
    assert np.allclose(with_field, lexicon.search(["search"], 10)[1])


def test_a_filter_of_many_numbers_still_finds_k(tmp_path):
    lexicon = Lexicon(tmp_path / "lexicon")
    many = [Change(n, n, Document(id=f"d{n}", title="same words here", text="all alike")) for n in range(1, 9_001)]
    lexicon.update(many, change=9_000)
    allowed = np.arange(5_001, 9_001)
    assert found(lexicon, "words", 40, allowed=allowed) == list(range(5_001, 5_041))
    assert found(lexicon, "words", 5) == [1, 2, 3, 4, 5]


def test_another_reader_sees_a_commit_at_once(lexicon):
    reader = Lexicon(lexicon.folder)
    assert found(reader, "whale") == []
    lexicon.update([Change(4, 4, Document(id="d4", title="Whales"))], change=4)
    assert found(reader, "whale") == [4]
    lexicon.clear()
    lexicon.update(changes(), change=3)
    assert found(reader, "whale") == []
    assert set(found(reader, "song")) == {2, 3}


def test_a_lexicon_that_is_being_made_anew_is_missing_not_empty(lexicon):
    reader = Lexicon(lexicon.folder)
    assert found(reader, "song")
    lexicon.clear()
    lexicon._open(create=True)
    with pytest.raises(CollectionError, match="run sync"):
        found(reader, "song")


def test_missing_and_damaged_say_what_to_do(tmp_path, lexicon):
    with pytest.raises(CollectionError, match="run sync"):
        Lexicon(tmp_path / "none").search(["x"], 1)
    (lexicon.folder / "meta.json").write_text("{")
    with pytest.raises(CollectionError, match="run sync"):
        Lexicon(lexicon.folder).search(["song"], 1)
    assert Lexicon(lexicon.folder, language="german").change == 0


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "(((", 'a" OR *:*', "\ud800x", "\u202e", "x" * 100_000, "word " * 50_000]
)
def test_any_text_can_be_searched(lexicon, text):
    assert isinstance(found(lexicon, text.encode("utf-8", "replace").decode()), list)


def test_unknown_language():
    with pytest.raises(UsageError, match="english"):
        Lexicon(Path("x"), language="englich")


def flipped(path: Path, count: int, seed: int) -> None:
    """Flip some bytes of a file before its footer, so that tantivy notices only where it reads them."""
    raw, chance = bytearray(path.read_bytes()), np.random.default_rng(seed)
    for at in chance.integers(0, max(1, len(raw) - 150), count):
        raw[at] ^= int(chance.integers(1, 256))
    path.unlink()  # and not in place: an index that is open elsewhere has mapped it
    path.write_bytes(bytes(raw))


@pytest.fixture
def large(tmp_path: Path) -> Lexicon:
    """A Lexicon of so many words that its files have bodies worth flipping."""
    words = [f"w{n % 977:03d}x{n % 31}" for n in range(40_000)]
    made = Lexicon(tmp_path / "large")
    texts = [" ".join(words[at : at + 60]) for at in range(0, 36_000, 60)]
    made.update([Change(n, n, Document(id=f"d{n}", title=t[:40], text=t)) for n, t in enumerate(texts, 1)], change=600)
    return made


@pytest.mark.parametrize("ending", ["idx", "term", "pos", "fast", "fieldnorm", "store"])
@pytest.mark.parametrize("seed", [1, 2])
def test_flipped_bytes_are_damage_and_never_a_crash(large, ending, seed):
    large.check()
    flipped(next(large.folder.glob(f"*.{ending}")), 200, seed)
    again = Lexicon(large.folder)
    for word in ("w001x1", "w500x4", "w976x30"):
        try:
            again.search([word], 20, fields={"title": [word]})
            again.search([word], 20)
            again.having([word, f"{word} w002x2"])
            again.near(word[:-1], 1, 20)
            assert again.frequency(word) >= 0
            assert again.count >= 0
        except CollectionError as error:
            assert "run sync" in str(error)  # noqa: PT017
            assert "\n" not in str(error)  # noqa: PT017
    with pytest.raises(CollectionError, match="is damaged"):
        again.check()


class PanicException(BaseException):
    """What a panic of tantivy looks like from here."""


def test_a_panic_of_the_library_is_damage(lexicon, monkeypatch):
    def panic(*_: object) -> None:
        raise PanicException("index out of bounds:\nthe len is 97")

    monkeypatch.setattr(lexicon, "_best", panic)
    with pytest.raises(CollectionError, match=r"damaged \(index out of bounds: the len is 97\): run sync"):
        found(lexicon, "song")
    monkeypatch.undo()
    assert found(lexicon, "song"), "it is opened again after a panic"
    writer = lexicon._open()
    monkeypatch.setattr(lexicon, "_open", lambda **_: type("Index", (), {"writer": panic})())
    with pytest.raises(CollectionError, match="damaged"):
        lexicon.update(changes(), change=9)
    assert writer


def test_an_interruption_is_no_damage(lexicon, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(lexicon, "_best", interrupted)
    with pytest.raises(KeyboardInterrupt):
        found(lexicon, "song")


def test_every_checksum_is_right_after_updates_deletes_and_merges(lexicon):
    for change in range(4, 30):
        lexicon.update([Change(change, change, Document(id=f"d{change}", title=f"Whale {change}"))], change=change)
    lexicon.update([Change(30, 5, None), Change(31, 1, None)], change=31)
    assert unsound(lexicon.folder) == ""
    assert any(lexicon.folder.glob("*.del"))
    (lexicon.folder / "meta.json").write_text("[]")
    assert unsound(lexicon.folder) == "meta.json"


@pytest.mark.parametrize("change", ["1e400", "-1", '"3"', "true", "null", "[3]", "9" * 400])
def test_a_state_that_cannot_be_means_that_nothing_is_reached(lexicon, change):
    (lexicon.folder / "state.json").write_text(f'{{"format": 1, "language": "english", "change": {change}}}')
    assert (lexicon.change, lexicon.reached, lexicon.newer) == (0, 0, False)


def test_a_folder_that_cannot_be_written_is_read_by_links(lexicon, monkeypatch):
    monkeypatch.setattr("broadsheet.lexicon.os.access", lambda *_: False)
    reader = Lexicon(lexicon.folder)
    before = set(lexicon.folder.iterdir())
    assert set(found(reader, "song")) == {2, 3}
    assert set(lexicon.folder.iterdir()) == before
    monkeypatch.undo()
    lexicon.update([Change(4, 4, Document(id="d4", title="Whales"))], change=4)
    monkeypatch.setattr("broadsheet.lexicon.os.access", lambda *_: False)
    assert found(reader, "whale") == [4], "a commit of someone who may write is seen"
    links = Path(reader._links.name)
    reader.close()
    assert not links.exists()
