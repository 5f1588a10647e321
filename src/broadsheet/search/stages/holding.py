"""What a Collection has of learned weights, and whether they are up to the Store."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError
from broadsheet.search.stages import chosen
from broadsheet.search.stages.model import model_of
from broadsheet.search.stages.weights import weights_of


@dataclass(frozen=True, slots=True)
class Holding:
    """Learned weights: the ``model`` named for them (empty: the stage was not chosen), ``papers`` that have them of
    ``total``, the ``size`` on the disk in bytes, changes that are ``pending``, and ``why`` they cannot be read."""

    model: str = ""
    papers: int = 0
    total: int = 0
    size: int = 0
    pending: int = 0
    why: str = ""

    @property
    def words(self) -> str:
        """What there is, in words."""
        if not self.model:
            return "no learned weights: the stage sparse was not chosen"
        if self.why:
            return self.why
        each = f", {self.size / self.papers / 1e3:.1f} kB a paper" if self.papers else ""
        return (
            f"learned weights of {self.papers:,} of {self.total:,} papers ({self.model}): {self.size / 1e6:,.1f} MB"
            f"{each}"
        )


def holding(collection: Collection) -> Holding:
    """Return what there is of learned weights; those of a stage that is not used any longer do not count."""
    papers = collection.store.papers
    total = papers.count()
    if "sparse" not in chosen(collection):
        return Holding(total=total)
    model = model_of(collection, "sparse")
    try:
        state = weights_of(collection).snapshot()
    except CollectionError as error:
        return Holding(model, total=total, pending=papers.pending(0), why=str(error))
    return Holding(model, state.count, total, sum(state.sizes.values()), papers.pending(state.pointer.change))


def reached(collection: Collection) -> int | None:
    """Return the Store's change number that the weights reached, 0 for weights that were not made or are damaged; None
    where the stage was not chosen."""
    return weights_of(collection).change if "sparse" in chosen(collection) else None
