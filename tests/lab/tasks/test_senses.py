"""Senses in context: the word itself says nothing, so that an encoder without context scores 50 %."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.protocols import Role, TokenVectors, Vectors
from broadsheet.core.vectors import unit
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.subject import Dense
from broadsheet.lab.task import Task
from broadsheet.lab.tasks.senses import made
from broadsheet.lab.wordnet import FILES, Example, examples
from judged_kit import HASH, rows_of, value, written

WORDS = [f"word{number}" for number in range(24)]


class Neighbours:
    """An encoder whose token vectors are those of all words of a text: context and nothing else."""

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        return HashEncoder().encode(texts, role=role)

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        return [self._of(text) for text in texts]

    def _of(self, text: str) -> TokenVectors:
        words = text.split()
        ends = np.cumsum([len(word) + 1 for word in words])
        spans = np.array([(end - len(word) - 1, end - 1) for word, end in zip(words, ends, strict=True)], np.int64)
        return TokenVectors(unit(np.repeat(self.encode([text]), len(words), axis=0)), tuple(words), spans)


def synsets() -> str:
    """Two senses of each word: in one it stands by the water, in the other by the oven."""
    lines = []
    for number, word in enumerate(WORDS):
        for sense, place in enumerate(("lake river boat", "oven bread flour")):
            said = "; ".join(f'"the {word} {verb} by {place}"' for verb in ("is", "was", "stays"))
            lines.append(f"{number * 2 + sense:08d} 03 n 01 {word} 0 000 | a thing; {said}\n")
    return "".join(lines)


def task(where: Path) -> Task:
    for name in FILES:
        (where / name).write_text(synsets() if name == "data.noun" else "")
    return written(where, 'kind = "senses"\n', {})


def test_each_word_has_as_many_pairs_of_either_kind() -> None:
    found = [
        Example("bank", "noun", synset, text, 0, 4) for synset, text in (("1", "a"), ("1", "b"), ("2", "c"), ("2", "d"))
    ]
    pairs = made(iter(found))
    assert Counter(pair.same for pair in pairs) == {0: 2, 1: 2}
    assert len({pair.item for pair in pairs}) == 4
    assert made(iter(found[:3] + found[:1])) == made(iter(found[:3]))


def test_without_context_it_is_exactly_chance_and_with_it_better(tmp_path: Path) -> None:
    senses = task(tmp_path)
    assert value(senses, HASH, "accuracy") == 0.5
    assert value(senses, HASH, "AUC") == 0.5
    context = Dense(Neighbours(), "context")
    assert value(senses, context, "accuracy") > 0.9
    rows = rows_of(senses, context, "AUC")
    assert sum(row.numbers[1] for row in rows) == len(rows) / 2
    assert "made from WordNet" in senses.warnings[0]


def test_real_senses_are_balanced_where_wordnet_is_installed(tmp_path: Path) -> None:
    folder = Path("/usr/share/wordnet")
    if not (folder / FILES[0]).is_file():
        pytest.skip("WordNet's files are not in /usr/share/wordnet: apt-get install wordnet-base")
    for name in FILES:
        (tmp_path / name).write_text((folder / name).read_text("utf-8") if name == "data.verb" else "")
    pairs = made(examples(tmp_path))
    assert len(pairs) > 500
    assert Counter(pair.same for pair in pairs)[1] == len(pairs) // 2
