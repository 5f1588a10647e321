"""Damage of the Lexicon's files is told and never a crash; a folder that cannot be written is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import CollectionError
from broadsheet.core.types import Change, Document
from broadsheet.lexicon import Lexicon
from broadsheet.lexicon.damage import unsound


@pytest.fixture
def lexicon(tmp_path: Path) -> Lexicon:
    made = Lexicon(tmp_path / "lexicon")
    texts = {1: "Nearest neighbours", 2: "A song of the sea", 3: "Songs at night"}
    made.update([Change(n, n, Document(id=f"d{n}", title=text, text=text)) for n, text in texts.items()], change=3)
    return made


def found(lexicon: Lexicon, words: str) -> list[int]:
    return lexicon.search(lexicon.terms(words), 20)[0].tolist()


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
            assert again.frequencies([word])[0] >= 0
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
    monkeypatch.setattr(lexicon, "_writable", lambda: type("Index", (), {"writer": panic})())
    with pytest.raises(CollectionError, match="damaged"):
        lexicon.update([], change=9)


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
    monkeypatch.setattr("broadsheet.lexicon.damage.os.access", lambda *_: False)
    reader = Lexicon(lexicon.folder)
    before = set(lexicon.folder.iterdir())
    assert set(found(reader, "song")) == {2, 3}
    assert set(lexicon.folder.iterdir()) == before
    monkeypatch.undo()
    lexicon.update([Change(4, 4, Document(id="d4", title="Whales"))], change=4)
    monkeypatch.setattr("broadsheet.lexicon.damage.os.access", lambda *_: False)
    assert found(reader, "whale") == [4], "a commit of someone who may write is seen"
    links = Path(reader._links._made.name)
    reader.close()
    assert not links.exists()
