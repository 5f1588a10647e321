import json
from pathlib import Path

import numpy as np
import pytest
import tantivy

from broadsheet.core.errors import CollectionError, UsageError
from broadsheet.core.types import Change, Document
from broadsheet.lexicon.index import Lexicon
from broadsheet.lexicon.stems import analyzer

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
    assert lexicon.terms("The searching of Vectors, a b") == ["search", "vector", "b"]
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
    lexicon._begin()
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


def write_former(folder: Path, *, change: int) -> None:
    """Make a Lexicon as the format before had it: other words, and no places."""
    builder = tantivy.SchemaBuilder().add_integer_field("number", stored=False, indexed=True, fast=True)
    for name in ("all", "title", "abstract"):
        builder.add_text_field(name, tokenizer_name="words", index_option="freq")
    for name in ("author", "venue"):
        builder.add_text_field(name, tokenizer_name="default", index_option="basic")
    folder.mkdir()
    index = tantivy.Index(builder.build(), str(folder))
    index.register_tokenizer("words", analyzer("english", r"\w\w+"))
    writer = index.writer(64_000_000, 1)
    for number, (title, text) in TEXTS.items():
        document = tantivy.Document()
        document.add_integer("number", number)
        document.add_text("all", f"{title} {text}")
        document.add_text("title", title)
        document.add_text("abstract", text)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    (folder / "birth").write_bytes(b"former")
    (folder / "state.json").write_text(json.dumps({"format": 1, "language": "english", "change": change}))


def test_a_lexicon_of_the_format_before_answers_until_the_new_one_is_complete(tmp_path: Path) -> None:
    write_former(tmp_path / "lexicon", change=3)
    lexicon, reader = Lexicon(tmp_path / "lexicon"), Lexicon(tmp_path / "lexicon")
    assert (lexicon.change, lexicon.reached, lexicon.count, lexicon.newer) == (0, 3, 3, False)
    assert found(reader, "songs")[0] == 3
    assert found(reader, "", fields={"title": reader.terms("birdsong")}) == [2]
    assert reader.having(["vary them"]).tolist() == [2]
    for change in changes()[:2]:
        lexicon.update([change], change=change.sequence)
        assert lexicon.change == change.sequence
        assert set(found(reader, "song a")) == {2, 3}
    lexicon.update(changes()[2:], change=3)
    assert not (tmp_path / "lexicon" / "before").exists()
    assert found(reader, "maria") == [1, 2, 3]
    assert reader.terms("GPT-4") == ["gpt", "4", "gpt4"]


def test_a_rebuild_that_was_killed_begins_again_and_still_answers(tmp_path: Path) -> None:
    write_former(tmp_path / "lexicon", change=3)
    lexicon = Lexicon(tmp_path / "lexicon")
    lexicon._begin()
    assert found(lexicon, "songs")[0] == 3
    lexicon._begin()
    assert found(lexicon, "songs")[0] == 3
    lexicon.update(changes(), change=3)
    assert found(lexicon, "songs")[0] == 3
    assert lexicon.count == 3


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("Muller", 1), ("Gödel", 2), ("Poincare evenements", 3), ("BERT-2", 5), ("bert2", 5), ("C++", 6), ("R", 7),
        ("β-γ", 8), ("O(m^3)", 8), ("神经网络", 9), ("efficient NO2", 10), ("rejected figures", 11),
        ("Zürich venue", 12),
    ],
)  # fmt: skip
def test_words_are_found_however_they_are_written(tmp_path: Path, query: str, best: int) -> None:
    titles = [
        "The Müller cell", "On Godel", "Événements de Poincaré", "A BERT-1 test", "A BERT-2 test", "Speed in C++ code",
        "Speed in R code", "The β-γ filter in O(m^3)", "卷积神经网络研究", "E\ufb03cient NO₂ use", "Comets", "Meteors",
    ]  # fmt: skip
    facts = {11: {"extra": {"comment": "rejected twice, 3 figures"}}, 12: {"venue": "Zurich venue"}}
    documents = [Document(id=f"d{n}", title=title, **facts.get(n, {})) for n, title in enumerate(titles, 1)]
    lexicon = Lexicon(tmp_path / "lexicon")
    lexicon.update([Change(n, n, each) for n, each in enumerate(documents, 1)], change=12)
    assert found(lexicon, query)[0] == best


def test_a_word_in_a_comment_counts_less_than_one_in_the_title(tmp_path: Path) -> None:
    lexicon = Lexicon(tmp_path / "lexicon")
    documents = [
        Document(id="a", title="Whales", extra={"comment": "figures"}), Document(id="b", title="Whales in figures"),
        Document(id="c", title="Owls"),
    ]  # fmt: skip
    lexicon.update([Change(n, n, each) for n, each in enumerate(documents, 1)], change=3)
    assert found(lexicon, "figures") == [2, 1]


def test_a_phrase_knows_stop_words_letters_and_numbers(tmp_path: Path) -> None:
    lexicon = Lexicon(tmp_path / "lexicon")
    titles = ["State of the art", "State art", "Vitamin C", "Vitamin D", "GPT-4 on exams", "GPT-3 on exams"]
    lexicon.update([Change(n, n, Document(id=str(n), title=t)) for n, t in enumerate(titles, 1)], change=6)
    phrases = ["state of the art", "vitamin c", "GPT-4", "GPT-4 on exams", "c"]
    assert [lexicon.having([each]).tolist() for each in phrases] == [[1], [3], [5], [5], [3]]
    assert lexicon.frequencies(["c", "gpt4"]) == [1, 1]
