"""Retrieval-based label prediction: do the nearest labelled texts have the label? Winata, Zhang and Adelani 2024,
"MINERS", which asks it across languages and of texts that mix them.

labelled texts are documents -> the k nearest of each text -> the label that most of them have
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence

from broadsheet.core.types import Document
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.labelled import Labelled

_AT_ONCE = 256
_NEIGHBOURS = (1, 5)


class LabelRetrieval(Labelled):
    """Texts and labelled texts may be of different languages. It works for all that ranks, without learning."""

    kind = "label-retrieval"
    figures: tuple[Figure, ...] = (
        Figure("accuracy@1"), Figure("accuracy@5"), Figure("macro F1@1", "macro_f1"),
    )  # fmt: skip
    needs: Ability = "corpus"

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


def _vote(labels: Sequence[int]) -> int:
    """The label that most have, of equals the one that is nearest; -1 of no labels."""
    return Counter(labels).most_common(1)[0][0] if labels else -1
