"""Retrieval-based label prediction: do the nearest labelled texts have the label? Winata, Zhang and Adelani 2024,
"MINERS", which asks it across languages and of texts that mix them.

labelled texts are documents -> the k nearest of each text -> the label that most of them have
a dictionary to switch by -> every second word of a text that it has, in the other language, before it is asked
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from broadsheet.core.types import Document
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.labelled import Labelled, Text

_AT_ONCE = 256
_NEIGHBOURS = (1, 5)


class LabelRetrieval(Labelled):
    """Texts and labelled texts may be of different languages. It works for all that ranks, without learning.

    ``switch`` names a dictionary (a table with ``src`` and ``tgt``) by which the test texts become texts of mixed
    language, by rule (Qin et al. 2020, "CoSDA-ML"): made of real texts and real words, but not written by people.
    """

    kind = "label-retrieval"
    figures: tuple[Figure, ...] = (
        Figure("accuracy@1"), Figure("accuracy@5"), Figure("macro F1@1", "macro_f1"),
    )  # fmt: skip
    needs: Ability = "corpus"

    def read(self) -> list[Text]:
        """Return the test texts, in mixed language where there is a dictionary."""
        return self._asked

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield whether the label is predicted from 1 and from 5 neighbours, and (predicted from 1, true)."""
        wanted = [text for text in self.read() if text.item not in known]
        if not wanted:
            return
        labels = [text.label for text in self.train]
        documents = [Document(id=str(place), title="", text=text.text) for place, text in enumerate(self.train)]
        with subject.corpus(documents, role="document") as corpus:
            for start in range(0, len(wanted), _AT_ONCE):
                part = wanted[start : start + _AT_ONCE]
                rows, _ = corpus.rank([text.text for text in part], max(_NEIGHBOURS))
                for text, each in zip(part, rows.tolist(), strict=True):
                    near = [labels[row] for row in each if row >= 0]
                    first, most = (_vote(near[:k]) for k in _NEIGHBOURS)
                    yield Row("accuracy@1", text.item, (float(first == text.label),))
                    yield Row("accuracy@5", text.item, (float(most == text.label),))
                    yield Row("macro F1@1", text.item, (float(first), float(text.label)))

    @property
    def data(self) -> str:
        """Return a hash of all that is read."""
        return super().data if self._dictionary is None else f"{super().data}{self._dictionary.data}"

    @cached_property
    def _dictionary(self) -> Set | None:
        name = self._set.options.get("switch")
        columns = {"src": "src", "tgt": "tgt"}
        return replace(self._set, files=(name,), columns=columns, where={}) if name else None

    @cached_property
    def _asked(self) -> list[Text]:
        texts = super().read()
        if self._dictionary is None:
            return texts
        words: dict[str, str] = {}
        for row in self._dictionary.rows():
            words.setdefault(str(row["src"]).casefold(), str(row["tgt"]))
        made = [text._replace(text=switched(text.text, words)) for text in texts]
        same = sum(one.text == other.text for one, other in zip(made, texts, strict=True))
        self._note(same, "texts have no word that the dictionary has, and are as they were")
        return made


def switched(text: str, words: Mapping[str, str]) -> str:
    """Return a text in which every second of the words that ``words`` knows, the first included, is the other word."""
    known = 0

    def other(match: re.Match[str]) -> str:
        nonlocal known
        word = match[0]
        if word.casefold() not in words:
            return word
        known += 1
        return words[word.casefold()] if known % 2 else word

    return re.sub(r"[^\W\d_]+", other, text)


def _vote(labels: Sequence[int]) -> int:
    """The label that most have, of equals the one that is nearest; -1 of no labels."""
    return Counter(labels).most_common(1)[0][0] if labels else -1
