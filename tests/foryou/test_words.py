"""Words that tell texts from others."""

from __future__ import annotations

from broadsheet.foryou.words import frequencies, telling_words


def test_telling_words() -> None:
    texts = ["Graph nets for graphs", "A graph of molecules", "On molecules"]
    others = frequencies(["a graph", "on a net", "on a sea", "a boat"])
    assert telling_words(texts, others, 4) == ("molecules", "graph")
    assert telling_words(["Owls"], {}, 0) == ("owls",)
    assert telling_words([], others, 4) == ()
    assert telling_words(["one two", "three four"], {}, 0) == ()
