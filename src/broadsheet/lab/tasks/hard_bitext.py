"""Bitext mining among hard negatives: is a sentence's counterpart nearer than edits of it that say something else? Chen
et al. 2023, "xSIM++: An Improved Proxy to Bitext Mining Performance for Low-Resource Languages".

pairs of sentences, the second English -> the second ones, and their edits by rule -> the nearest of all to each first
-> error with and without the edits, and the share of sentences that an edit of each kind drew away
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from functools import cached_property

from broadsheet.core.errors import SourceError
from broadsheet.core.types import Document
from broadsheet.lab.negatives import KINDS, edits, names_in
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.judged import Judged

_ERROR, _PLAIN = Figure("xSIM++", higher=False), Figure("xSIM", higher=False)
_BY_KIND = {kind: Figure(f"drawn away by {kind}", higher=False) for kind in KINDS}
_AT_ONCE = 256


class HardBitext(Judged):
    """Columns: ``one`` and ``other``, its counterpart in English, or ``captions``, a list whose first two they are.
    With ``gold``, only pairs of this grade and above (the option ``least``) count. The nearest is by the subject's own
    score (cosine), without a margin."""

    kind = "xsim++"
    figures: tuple[Figure, ...] = (_ERROR, _PLAIN, *_BY_KIND.values())
    needs: Ability = "corpus"

    def __init__(self, data: Set) -> None:
        super().__init__(data)
        self._least = float(data.options.get("least", "-inf"))

    def read(self) -> list[str]:
        """Return the names of the pairs."""
        return list(self._pairs)

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield, for each sentence, whether the nearest is not its counterpart, and which kind of edit it is."""
        pairs = self._pairs
        targets = list(dict.fromkeys(other for _, other in pairs.values()))
        if len(targets) < 2:
            raise SourceError(f"{self.name} has {len(targets)} different counterparts; expected two at least.")
        negatives, places = _negatives(targets), {text: row for row, text in enumerate(targets)}
        kinds = [*("" for _ in targets), *(kind for kind, _ in negatives)]
        wanted = [item for item in pairs if item not in known]
        with (
            subject.corpus(_documents(targets), role="document") as plain,
            subject.corpus(_documents([*targets, *(text for _, text in negatives)]), role="document") as hard,
        ):
            for start in range(0, len(wanted), _AT_ONCE):
                part = wanted[start : start + _AT_ONCE]
                queries = [pairs[item][0] for item in part]
                firsts = (corpus.rank(queries, 1)[0][:, 0].tolist() for corpus in (plain, hard))
                for item, first, row in zip(part, *firsts, strict=True):
                    own, drawn = places[pairs[item][1]], kinds[row]
                    for kind, figure in _BY_KIND.items():
                        yield Row(figure.name, item, (float(drawn == kind),))
                    yield Row(_PLAIN.name, item, (float(first != own),))
                    yield Row(_ERROR.name, item, (float(row != own),))

    @cached_property
    def _pairs(self) -> dict[str, tuple[str, str]]:
        self._notes.append(f"{self.name}: the hard negatives are made by rule; a few may say what the sentence says.")
        pairs = {}
        for number, row in enumerate(self._set.rows(), 1):
            if float(row.get("gold", "inf")) >= self._least:
                one, other = row["captions"][:2] if "captions" in row else (row["one"], row["other"])
                pairs[str(row.get("item", number))] = str(one), str(other)
        return pairs


def _negatives(targets: Sequence[str]) -> list[tuple[str, str]]:
    """The edits of all targets as (kind, text), without those that are a target or another edit."""
    names, seen, made = names_in(targets), set(targets), []
    for text in targets:
        for kind, edit in edits(text, names):
            if edit not in seen:
                seen.add(edit)
                made.append((kind, edit))
    return made


def _documents(texts: Sequence[str]) -> list[Document]:
    return [Document(id=str(row), title="", text=text) for row, text in enumerate(texts)]
