"""Zero-shot classification: is a text nearest to the description of its label? Yin, Hay and Roth 2019.

descriptions of the labels are documents -> the first for each text is its label -> accuracy and macro F1
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from broadsheet.core.errors import SourceError
from broadsheet.core.types import Document
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.labelled import Labelled

_AT_ONCE = 256


class ZeroShot(Labelled):
    """``descriptions`` of the set says what a label means; a label without one is read as its name, ``_`` as a space.
    A text for which nothing is ranked has no label, which is wrong."""

    kind = "zero-shot"
    figures: tuple[Figure, ...] = (Figure("accuracy"), Figure("macro F1", "macro_f1"))
    learns = False
    needs: Ability = "corpus"

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield whether each text's label is predicted, and (predicted, true)."""
        wanted = [text for text in self.read() if text.item not in known]
        documents = [Document(id=str(place), title="", text=text) for place, text in enumerate(self._descriptions())]
        if not wanted:
            return
        with subject.corpus(documents, role="document") as corpus:
            for start in range(0, len(wanted), _AT_ONCE):
                part = wanted[start : start + _AT_ONCE]
                rows, _ = corpus.rank([text.text for text in part], 1)
                for text, (guess,) in zip(part, rows.tolist(), strict=True):
                    yield Row("accuracy", text.item, (float(guess == text.label),))
                    yield Row("macro F1", text.item, (float(guess), float(text.label)))

    def _descriptions(self) -> list[str]:
        given = self._set.options.get("descriptions", {})
        if unknown := sorted(set(given) - set(self.labels)):
            raise SourceError(f"{self.name} describes the label {unknown[0]!r}, which no text has.")
        texts = [str(given.get(label, label.replace("_", " "))) for label in self.labels]
        if len(set(texts)) < len(texts):
            raise SourceError(f"{self.name}: two labels have the same description; nothing can tell them apart.")
        return texts
