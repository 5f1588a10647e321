"""Texts under labels: by names, descriptions and examples; exact after an edit; papers by their stored vectors."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import CollectionError, ModelError, UsageError
from broadsheet.core.types import Document
from broadsheet.encoders.hash import HashEncoder
from broadsheet.labels.file import Contents, Example
from broadsheet.labels.text import Filed, LabelMemory
from broadsheet.sync import sync

NOW = datetime(2026, 1, 2, tzinfo=UTC)
EXAMPLES = (
    Example("bees", "how bees count the flowers of a meadow"),
    Example("bees", "the dance of bees shows where flowers are"),
    Example("rivers", "sand moves with the water of rivers"),
    Example("rivers", "a river carries sand to the sea"),
)


def contents(*examples: Example, **descriptions: str) -> Contents:
    labels = tuple(sorted({each.label for each in examples} | set(descriptions)))
    return Contents(tuple(sorted(examples)), descriptions, labels)


def filed(made: Contents, *texts: str) -> list[Filed]:
    return list(LabelMemory(made, HashEncoder()).file(texts))


def test_a_text_gets_its_label_and_the_examples_that_decided() -> None:
    [bee, river] = filed(contents(*EXAMPLES), "do bees count flowers", "the sand of a river")
    assert (bee.label, river.label) == ("bees", "rivers")
    assert [each.example.label for each in bee.because] == ["bees", "bees"]
    assert bee.because[0].cosine >= bee.because[1].cosine > 0
    assert bee.description == "bees"


def test_descriptions_alone_are_enough_and_a_name_is_one() -> None:
    described = contents(bees="insects that make honey from flowers", rivers="water that moves sand")
    assert [each.label for each in filed(described, "honey from flowers", "moves the sand")] == ["bees", "rivers"]
    assert filed(Contents((), {}, ("bees", "rivers")), "some bees")[0].label == "bees"


def test_it_is_unsure_of_a_foreign_text_and_names_the_nearest_labels() -> None:
    [foreign, empty] = filed(contents(*EXAMPLES), "quantum chromodynamics", " ")
    assert foreign.label is None
    assert {name for name, _ in foreign.nearest} == {"bees", "rivers"}
    assert (empty.label, empty.confidence, empty.nearest) == (None, 0.0, ())


def test_a_removed_example_has_no_influence() -> None:
    texts = ("do bees count flowers", "the sand of a river", "a dance in the water")
    with_one = contents(*EXAMPLES, Example("rivers", "bees count flowers"))
    removed = Contents(tuple(each for each in with_one.examples if each.text != "bees count flowers"),
                       with_one.descriptions, with_one.labels)  # fmt: skip
    assert filed(removed, *texts) == filed(contents(*EXAMPLES), *texts)
    assert filed(with_one, *texts) != filed(contents(*EXAMPLES), *texts)


def test_a_label_of_which_nothing_is_known_is_refused() -> None:
    with pytest.raises(UsageError, match="empty"):
        LabelMemory(Contents((), {}, ()), HashEncoder())
    with pytest.raises(UsageError, match="'12'"):
        LabelMemory(Contents((), {}, ("12", "bees")), HashEncoder())


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """A Collection of two papers that are synced and one that is not."""
    made = open_collection(tmp_path / "c", encoder="hash")
    papers = [
        Document(id="p:1", title="Bees that count flowers", text="Bees were trained to count the flowers."),
        Document(id="p:2", title="Rivers and their sand", text="Sand moves with the water of a river."),
    ]
    made.store.papers.put(papers, now=NOW)
    return made


def test_papers_are_filed_by_their_stored_vectors(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = LabelMemory(contents(*EXAMPLES), HashEncoder())
    papers = [paper for each in ("p:1", "p:2") if (paper := collection.store.papers.get(each))]
    with pytest.raises(CollectionError, match="sync"):
        memory.file_papers(collection, papers)
    sync(collection)
    collection.store.papers.put([Document(id="p:3", title="Late")], now=NOW)
    late = collection.store.papers.get("p:3")
    assert late
    monkeypatch.setattr(HashEncoder, "encode", lambda *_, **__: pytest.fail("a text was encoded"))
    labels = [each and each.label for each in memory.file_papers(collection, [*papers, late])]
    assert labels == ["bees", "rivers", None]
    assert memory.file_papers(collection, [late]) == [None]
    collection.close()


def test_vectors_of_another_encoder_are_refused(collection: Collection) -> None:
    sync(collection)
    with pytest.raises(ModelError, match="not hash:64"):
        LabelMemory(contents(*EXAMPLES), HashEncoder(64)).file_papers(collection, [])
    collection.close()


def test_a_text_may_get_several_labels_by_votes() -> None:
    both = Example("rivers", EXAMPLES[0].text)
    made = LabelMemory(contents(*EXAMPLES, both), HashEncoder())
    [one, empty, other] = made.vote([EXAMPLES[0].text, "", "sand sand sand of a river"])
    assert {name for name, _ in one.labels} == {"bees", "rivers"}
    assert one.voters[0][:2] == (EXAMPLES[0].text, ("bees", "rivers"))
    assert len({text for text, *_ in one.voters}) == len(one.voters) == 4
    assert (empty.labels, empty.voters) == ((), ())
    assert [name for name, _ in other.labels] == ["rivers"]
