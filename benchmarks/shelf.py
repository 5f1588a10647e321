"""The checks of the starter shelf's papers, on real data: what `broadsheet shelf` calls offered was measured.

    ./run.sh bench shelf                    (lists the rows, what is measured for each and about how long it takes)
    ./run.sh bench shelf S043 S193 ...      (measures these; `all` measures all)

A row is a function of the benchmark that is about its theme. S185 is measured by `bench search`; S279 by the tests of
sources, on the four saved pages. Minutes are those of a first run, which encodes; what was measured is not measured
again.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import agreement
import asking
import aspects
import belief
import concepts
import geometry
import label
import long
import near
import relevance
import shelf_explain
import shelf_lab
import shelf_models
import shelf_near
import shelf_scorers
import shelf_search
from common import head, need_data, versions


class Row(NamedTuple):
    """What measures a paper's row: ``check`` prints it; ``minutes`` of a first run on two cores; ``what`` where the
    function does not say so itself."""

    check: Callable[[], None]
    minutes: int
    what: str = ""


def _geometry(name: str) -> Callable[[], None]:
    """A row of `geometry.py`, which reads the vectors of all titles."""

    def check() -> None:
        geometry.prepare(need_data())
        geometry.ROWS[name](need_data())

    return check


ROWS: dict[str, Row] = {
    "S005": Row(concepts.ranking, 10),
    "S022": Row(long.stretched, 20),
    "S028": Row(shelf_near.pairs_too_near, 10),
    "S029": Row(agreement.models, 15, "how alike encoders are: CKA, RBO, Jaccard of all pairs, and their tree"),
    "S034": Row(agreement.like, 20, "which judged sets resemble a corpus, and how far the measures agree"),
    "S040": Row(shelf_lab.duplicates, 10),
    "S043": Row(relevance.one_threshold, 15),
    "S044": Row(shelf_explain.token_pairs, 3, "what parts of two texts add to their cosine, and that they sum to it"),
    "S050": Row(shelf_lab.many_kinds, 15),
    "S057": Row(aspects.tell_aspects_apart, 10),
    "S058": Row(shelf_lab.own_folder, 2),
    "S059": Row(shelf_models.five_tasks, 10),
    "S060": Row(shelf_models.leaderboard, 15),
    "S061": Row(shelf_models.poolings, 15),
    "S064": Row(shelf_search.drift, 30),
    "S071": Row(agreement.joins, 5, "where texts were joined, from the curve of similarity"),
    "S073": Row(shelf_lab.summaries, 10),
    "S077": Row(shelf_lab.words_first, 5),
    "S080": Row(_geometry("S080"), 20, "IsoScore of known clouds, and of titles shifted, scaled and turned"),
    "S086": Row(_geometry("S086"), 20, "outlier axes, clusters, ZCA on bitext of 20 languages"),
    "S089": Row(belief.grid, 5, "encoders by distances by data sets, and shares of variance"),
    "S095": Row(label.print_papers, 5, "several arXiv categories a paper by votes of neighbours, which are named"),
    "S097": Row(label.print_edits, 5, "labels that are new, examples that are removed: as if never there"),
    "S099": Row(relevance.conformal_end, 15),
    "S102": Row(shelf_models.ranks, 20),
    "S109": Row(shelf_lab.hard_bitext, 5),
    "S125": Row(shelf_explain.groups, 15),
    "S143": Row(belief.thresholds, 5, "thresholds and accuracy with intervals, with more and more pairs"),
    "S160": Row(aspects.match_sentences, 10),
    "S156": Row(near.best_pair, 2),
    "S161": Row(label.print_described, 5, "labels by descriptions alone against counts of their words and tf-idf"),
    "S162": Row(_geometry("S162"), 20, "cosine and dot of a linear model whose axes are scaled"),
    "S165": Row(shelf_lab.blend, 10),
    "S170": Row(shelf_explain.token_pairs, 3),
    "S173": Row(shelf_lab.mixed_languages, 10),
    "S175": Row(shelf_scorers.dense_and_sparse, 20),
    "S184": Row(shelf_models.layers, 20),
    "S192": Row(shelf_lab.senses, 10),
    "S193": Row(shelf_lab.margin, 5),
    "S208": Row(shelf_lab.relatedness, 1),
    "S209": Row(_geometry("S209"), 20, "hubs in bitext of 20 languages, and where there are few"),
    "S210": Row(asking.without_a_third, 15),
    "S218": Row(_geometry("S218"), 20, "layers mixed, then whitened, on STS-B"),
    "S220": Row(_geometry("S220"), 20, "alignment and uniformity of nine encoders"),
    "S222": Row(shelf_search.interests, 10),
    "S224": Row(shelf_lab.probes, 10),
    "S231": Row(shelf_search.disk, 30),
    "S244": Row(agreement.difficulty, 10, "general against domain sets, before and after matching on difficulty"),
    "S253": Row(shelf_near.described_labels, 5),
    "S256": Row(shelf_models.contextual, 10),
    "S258": Row(belief.seeds, 2, "five draws of the texts to learn from: the interval over seeds and items"),
    "S263": Row(shelf_near.away, 2),
    "S265": Row(shelf_search.whole_documents, 5),
    "S275": Row(label.print_models, 10, "encoders by accuracy, time and memory, zero-shot and by five examples"),
    "S280": Row(shelf_near.examples, 2),
    "S284": Row(agreement.depth, 15, "the rank-sum test by depth: its level, its power, and foreign texts"),
}  # fmt: skip


def main(wanted: Sequence[str]) -> None:
    """Run the checks of the rows named, or list them."""
    rows = list(ROWS) if "all" in wanted else list(wanted)
    if unknown := [row for row in rows if row not in ROWS]:
        sys.exit(f"The row {unknown[0]!r} has no check; these have one: {', '.join(ROWS)}.")
    if not rows:
        print(*(f"{row}  about {ROWS[row].minutes:>2} min  {_what(row)}" for row in ROWS), sep="\n")
        return
    head("the shelf's checks", f"versions: {versions('broadsheet', 'numpy', 'openvino', 'tantivy', 'scikit-learn')}")
    for row in rows:
        start = time.perf_counter()
        print(f"{row}: {_what(row)}", flush=True)
        ROWS[row].check()
        print(f"({time.perf_counter() - start:.0f} s)\n", flush=True)


def _what(row: str) -> str:
    own = ROWS[row].what or (ROWS[row].check.__doc__ or "")
    return own.partition("\n")[0].removeprefix(f"{row}: ")


if __name__ == "__main__":
    main(sys.argv[1:])
