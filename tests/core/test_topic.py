"""The number and the address of a topic."""

from __future__ import annotations

import pytest

from broadsheet.core.topic import Topic, topic_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), (" 12 ", 12), ("12-word-embeddings", 12), ("12-", 12), ("7-词向量", 7), ("word embeddings", None),
     ("3d vision", None),
     ("3-d vision", None), ("", None), ("٣", None), ("1" * 16, None)],
)  # fmt: skip
def test_only_a_number_or_a_slug_is_a_number(text: str, number: int | None) -> None:
    assert topic_number(text) == number


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Word embeddings", "7-word-embeddings"),
        ("", "7"),
        ("C++ / Rust", "7-c-rust"),
        ("词向量", "7-词向量"),
        ("<b>", "7-b"),
    ],
)
def test_a_slug_begins_with_the_number(name: str, slug: str) -> None:
    topic = Topic(id=7, level="topic", name=name)
    assert topic.slug == slug
