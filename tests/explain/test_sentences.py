from __future__ import annotations

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.explain.sentences import MOST, Aligned, aligned, alone, nearest, pieces

ONE, OTHER = ("Bees fly.", "Hives are warm.", "We thank all."), ("Warm are hives.", "Bees can fly.")
COSINES = np.array([[0.2, 0.9], [0.8, 0.1], [0.3, 0.4]], np.float32)


def test_sentences_that_are_each_others_nearest_are_aligned() -> None:
    assert aligned(ONE, OTHER, COSINES, 0.5) == (
        Aligned("Bees fly.", "Bees can fly.", float(COSINES[0, 1])),
        Aligned("Hives are warm.", "Warm are hives.", float(COSINES[1, 0])),
    )
    assert aligned(ONE, OTHER, COSINES, 0.85) == aligned(ONE, OTHER, COSINES, 0.5)[:1]
    assert aligned((), OTHER, np.zeros((0, 2), np.float32), 0.5) == ()


def test_sentences_without_a_counterpart() -> None:
    assert alone(ONE, COSINES, 0.5, 3) == ("We thank all.",)
    assert alone(ONE, COSINES, 0.95, 2) == ("We thank all.", "Hives are warm.")


def test_a_long_paper_is_read_in_part_and_one_without_a_text_by_its_title() -> None:
    long = Document(id="x", title="Title", text=" ".join(f"Sentence {place} ends here." for place in range(90)))
    assert (len(pieces(long)), pieces(long)[0]) == (MOST, "Title")
    assert pieces(Document(id="y", title="Title alone")) == ["Title alone"]


def test_the_nearest_sentence(collection: Collection) -> None:
    vector = collection.encoder.encode(["Bees fly."])[0]
    found = nearest(collection, vector, ONE)
    assert found is not None
    assert (found[0], round(found[1], 4)) == ("Bees fly.", 1.0)
    assert nearest(collection, vector, []) is None
