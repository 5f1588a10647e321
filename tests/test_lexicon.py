from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import CollectionError, UsageError
from broadsheet.core.types import Change, Document
from broadsheet.lexicon import Lexicon

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
