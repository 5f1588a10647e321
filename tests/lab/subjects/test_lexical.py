"""The controls that know words alone: their numbers are those of a plain computation, and of scikit-learn."""

from __future__ import annotations

import re
from collections import Counter
from math import log
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.lab.sets import known
from broadsheet.lab.subjects.lexical import BagOfWords, Bm25
from broadsheet.lab.tasks import task_of
from task_kit import TOPICS, values

TEXTS = [text for texts in TOPICS.values() for text in texts]
DOCUMENTS = [Document(id=text, title=text) for text in TEXTS]
QUERIES = ["a rope and a knot", "soup soup broth", "night owls hunt"]
WORD = r"(?u)\b\w+\b"


def bm25(query: str, text: str, k1: float = 0.9, b: float = 0.4) -> float:
    """Robertson and Zaragoza 2009, with the idf of Lucene."""
    bags = [Counter(re.findall(r"\w+", each.lower())) for each in TEXTS]
    mean = sum(sum(bag.values()) for bag in bags) / len(bags)
    bag, total = Counter(re.findall(r"\w+", text.lower())), 0.0
    for word in re.findall(r"\w+", query.lower()):
        n = sum(word in each for each in bags)
        norm = k1 * (1 - b + b * sum(bag.values()) / mean)
        total += log(1 + (len(bags) - n + 0.5) / (n + 0.5)) * bag[word] * (k1 + 1) / (bag[word] + norm)
    return total


def test_bm25_is_the_formula() -> None:
    with Bm25().corpus(DOCUMENTS) as corpus:
        rows, scores = corpus.rank(QUERIES, 20)
    for query, found, given in zip(QUERIES, rows, scores, strict=True):
        plain = np.array([bm25(query, text) for text in TEXTS])
        some = int((plain > 0).sum())
        assert found[:some].tolist() == np.argsort(-plain, kind="stable")[:some].tolist()
        assert given[:some] == pytest.approx(np.sort(plain)[::-1][:some], rel=1e-5)
        assert (found[some:] == -1).all()
    assert Bm25.abilities == {"corpus"}
    with pytest.raises(UsageError, match="bm25 ranks documents"):
        Bm25().pairs(["a"], ["b"])


def test_bags_of_words_are_those_of_scikit_learn() -> None:
    counts = CountVectorizer(token_pattern=WORD).fit(TEXTS)
    left, right = (counts.transform(each).toarray().astype(float) for each in (TEXTS, TEXTS[::-1]))
    cosine = (left * right).sum(axis=1) / np.sqrt((left**2).sum(axis=1) * (right**2).sum(axis=1))
    assert BagOfWords().pairs(TEXTS, TEXTS[::-1]) == pytest.approx(cosine)
    weighed = TfidfVectorizer(token_pattern=WORD).fit(TEXTS)
    queries = ["rope rope knots soup", "owls hunt night mice"]  # of known words, whose length is theirs too
    similar = (weighed.transform(queries) @ weighed.transform(TEXTS).T).toarray()
    with BagOfWords().corpus(DOCUMENTS) as corpus:
        rows, scores = corpus.rank(queries, 4)
    assert scores == pytest.approx(-np.sort(-similar, axis=1)[:, :4], abs=1e-6)
    assert rows.tolist() == np.argsort(-similar, axis=1, kind="stable")[:, :4].tolist()


def test_texts_that_share_words_have_near_features() -> None:
    features = BagOfWords().features([TEXTS[0], TEXTS[0].upper(), TEXTS[7], ""])
    assert features[0] @ features[1] == pytest.approx(1)
    assert abs(float(features[0] @ features[2])) < 0.5
    assert np.linalg.norm(features, axis=1) == pytest.approx(np.ones(4))


def test_a_text_without_words_is_like_no_other() -> None:
    assert BagOfWords().pairs(["", "a"], ["a", "…"]).tolist() == [0, 0]
    with Bm25().corpus([]) as corpus:
        assert corpus.rank(["a"], 3)[0].shape == (1, 0)


@pytest.mark.data
def test_bm25_reaches_what_is_known_of_it_on_real_judgements(data_dir: Path) -> None:
    """0.660 is the figure of the set's own README for k1 0.9, b 0.4 and words without stems."""
    assert values(task_of(known(data_dir)["scifact"]), Bm25())["nDCG@10"] == pytest.approx(0.660, abs=0.002)
