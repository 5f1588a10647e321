"""Few-shot classification: are texts filed right by a few examples of each label, and is an error less sure? Snell,
Swersky and Zemel 2017; what files them is the memory of ``broadsheet label`` (core/memory.py).

a few texts of each label, drawn by a hash -> a memory -> the best label of each text, and how sure that is
"""

from __future__ import annotations

from collections.abc import Container, Iterator

import numpy as np

from broadsheet.core.errors import SourceError
from broadsheet.core.memory import Memory
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.labelled import Labelled


class FewShot(Labelled):
    """``each``, how many examples a label has at most, should be small: the sets of the table have 5."""

    kind = "few-shot"
    figures: tuple[Figure, ...] = (Figure("accuracy"), Figure("macro F1", "macro_f1"), Figure("AUC of sureness", "auc"))
    needs: Ability = "features"

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield whether each text's label is right, (given, true), and (how sure, whether right)."""
        wanted = [text for text in self.read() if text.item not in known]
        if not wanted:
            return
        of = np.array([text.label for text in self.train], dtype=np.int64)
        if missing := set(range(len(self.labels))) - set(of.tolist()):
            raise SourceError(f"{self.name} has no example of the label {self.labels[min(missing)]!r} to learn from.")
        examples = subject.features([text.text for text in self.train])
        memory = Memory(examples, of, np.zeros((len(self.labels), examples.shape[1]), dtype=np.float32))
        filed = memory.file(subject.features([text.text for text in wanted]), nearest=1)
        for text, each in zip(wanted, filed, strict=True):
            right = float(each.label == text.label)
            yield Row("accuracy", text.item, (right,))
            yield Row("macro F1", text.item, (float(each.label), float(text.label)))
            yield Row("AUC of sureness", text.item, (each.confidence, right))
