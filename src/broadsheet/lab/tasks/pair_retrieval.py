"""Retrieval from pairs: is the text that belongs to another one the nearest? Titles and their papers, for example, as
"summary retrieval" in Zinvandi et al. 2025, "FaMTEB".

pairs -> each second text is a document, each first text a query with its own document as the only answer
"""

from __future__ import annotations

from functools import cached_property

from broadsheet.core.types import Document
from broadsheet.lab.beir import RetrievalTask
from broadsheet.lab.tasks.judged import drawn
from broadsheet.lab.tasks.retrieval import Retrieval


class PairRetrieval(Retrieval):
    """Columns: ``one`` (the query) and ``other`` (its document). Equal texts are one query, or one document. ``most``
    is how many pairs count at most, drawn by a hash of their texts."""

    kind = "pair-retrieval"

    @cached_property
    def _pairs(self) -> list[tuple[str, str]]:
        pairs = [(str(row["one"]), str(row["other"])) for row in self._set.rows()]
        whole = [pair for pair in pairs if pair[0].strip() and pair[1].strip()]
        self._note(len(pairs) - len(whole), "pairs with an empty text are left out")
        most = int(self._set.options.get("most", len(whole)))
        return [whole[place] for place in drawn(["\t".join(pair) for pair in whole], most)]

    @cached_property
    def _task(self) -> RetrievalTask:
        self._some(self._pairs, "pairs")
        documents = {document.text: document.id for document in self.documents}
        queries = {text: str(number) for number, text in enumerate(dict.fromkeys(one for one, _ in self._pairs), 1)}
        judged: dict[str, dict[str, int]] = {}
        for one, other in self._pairs:
            judged.setdefault(queries[one], {})[documents[other]] = 1
        return RetrievalTask(self.name, self._set.folder, {name: text for text, name in queries.items()}, judged)

    @cached_property
    def documents(self) -> list[Document]:
        """Return the documents that are searched."""
        texts = dict.fromkeys(other for _, other in self._pairs)
        return [Document(id=str(number), title="", text=text) for number, text in enumerate(texts, 1)]
