"""The stages of search: which there are, which a Collection uses, and how one runs after the other.

the fused head of a list -> each stage adds its part, and the list is sorted again -> the next stage
a stage that fails or takes too long adds nothing, and a note says so
"""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet.collection import Collection
from broadsheet.core.errors import BroadsheetError, UsageError, nearest
from broadsheet.core.vectors import Vectors
from broadsheet.search.ranking import Fused, Side
from broadsheet.search.stages.feedback import Feedback
from broadsheet.search.stages.model import KINDS, model_of
from broadsheet.search.stages.neighbours import Neighbours
from broadsheet.search.stages.pair import Pair
from broadsheet.search.stages.sparse import Sparse
from broadsheet.search.stages.stage import Candidates, Deadline, LateError, Stage
from broadsheet.search.stages.tokens import Tokens

STAGES: dict[str, Stage] = {each.name: each for each in (Tokens(), Sparse(), Feedback(), Neighbours(), Pair())}
"""All stages by name, in the order in which they run."""
SETTINGS: dict[str, tuple[str, ...]] = {"default": ("feedback", "neighbours"), "fast": ()}
"""Names for sets of stages: what is shipped, and none."""
LABELS: dict[str, tuple[str, str]] = {
    "lexical": ("words", "BM25"),
    "semantic": ("meaning", "cosine"),
    "neighbours": ("papers near it", "mean score"),
    "feedback": ("like the first papers", "cosine"),
    "tokens": ("words in context", "MaxSim"),
    "sparse": ("learned words", "score"),
    "pair": ("read together", "score"),
    "aspect": ("the aspect", "cosine"),
}
"""What readers see of each part of a score: what found the paper, and what its own score is."""
ABOUT: dict[str, str] = {
    "tokens": "looks for the word of each paper that answers each word of the query best, in its context",
    "sparse": "compares the words that a model named for it thinks a text is about",
    "feedback": "moves the query toward the first three papers",
    "neighbours": "pulls each score toward those of the nearest papers in the list",
    "pair": "lets a model named for it read the query together with each of the first papers",
}
"""What each stage does, in a few words."""
_FACT = "stages"  # what the owner of a Collection chose, in the Store


def stages_of(text: str) -> tuple[str, ...]:
    """Return the names of the stages that a setting asks for: ``default``, ``fast``, names with commas between them, or
    ``default`` and names. UsageError for a name that is unknown."""
    asked: set[str] = set()
    for each in filter(None, map(str.strip, text.split(","))):
        if each not in (*SETTINGS, *STAGES):
            raise UsageError(f"unknown stage {each[:40]!r}. {nearest(each, [*SETTINGS, *STAGES])}")
        asked.update(SETTINGS.get(each, (each,)))
    return tuple(name for name in STAGES if name in asked)


def chosen(collection: Collection) -> tuple[str, ...]:
    """Return the stages of a Collection: those that its owner chose, else the default ones."""
    return stages_of(str(collection.store.journal.fact(_FACT) or "default"))


def choose(collection: Collection, text: str) -> tuple[str, ...]:
    """Choose the stages of a Collection, and return their names. UsageError as ``stages_of``, and for a stage that
    needs a model, or token vectors, and has none."""
    stages = stages_of(text)
    for name in stages:
        if name in KINDS and not model_of(collection, name):
            raise UsageError(f"the stage {name} needs a model: add --model {KINDS[name][1]}")
    if "tokens" in stages and not collection.token_bits:
        raise UsageError("the stage tokens needs token vectors: run `broadsheet tokens build` first")
    collection.store.journal.set_fact(_FACT, text)
    return stages


def staged(
    collection: Collection, words: str, vector: Vectors, head: Fused, names: Sequence[str]
) -> tuple[Fused, list[str]]:
    """Return a fused head after these stages, and notes on those that could not be done."""
    notes = []
    for name in names:
        stage = STAGES[name]
        candidates = Candidates(words, vector, head.numbers, head.scores, head.sides)
        try:
            side = stage.look(collection, candidates, Deadline(stage.budget))
        except (BroadsheetError, LateError) as error:
            notes.append(f"Searched without {name}: {str(error).removesuffix('.')}.")
            continue
        if side is not None:
            head = with_side(head, name, side)
    return head, notes


def with_side(head: Fused, name: str, side: Side) -> Fused:
    """Return a head with a further side, sorted again."""
    return Fused.of(head.numbers, {**head.sides, name: side})
