"""What a corpus holds and how corpora differ: corpus depth, corpus drift, corpus duplicates, corpus like,
corpus difficulty."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from broadsheet.cli.agreement import VECTORS
from broadsheet.cli.options import AsJson, Count, Data
from broadsheet.cli.terminal import bars, note, print_json, progress, table
from broadsheet.core.errors import UsageError
from broadsheet.core.protocols import Encoder as Encodes
from broadsheet.core.text import clipped
from broadsheet.core.vectors import Vectors
from broadsheet.lab.agreement.models import encode, sample
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.corpus import difficulty as hardness
from broadsheet.lab.corpus import drift as lab
from broadsheet.lab.corpus import duplicates as mining
from broadsheet.lab.corpus import likeness
from broadsheet.lab.corpus.depth import Shift, depths
from broadsheet.lab.corpus.judged_texts import judged_texts, sets_by_data
from broadsheet.lab.corpus.texts import ALL, Corpus, read_corpus
from broadsheet.lab.subject import Dense
from broadsheet.lab.tasks import tasks_of
from broadsheet.lab.tasks.retrieval import Retrieval
from broadsheet.wiring.collection import configured_encoder, open_configured

_HELP = f"A file (lines of text, .jsonl, .csv), conditions ('category:cs.CL since:2019'), or {ALL}: every paper."
One = Annotated[str, typer.Argument(metavar="TEXTS", help=_HELP)]
A = Annotated[str, typer.Argument(metavar="A", help=_HELP)]
B = Annotated[str, typer.Argument(metavar="B", help="The same: what A is compared with.")]
Field = Annotated[str, typer.Argument(metavar="SET", help="A judged retrieval set, for example scifact, or a folder.")]
Encoder = Annotated[str | None, typer.Option("--encoder", metavar="NAME", help="Default: the Collection's, or minilm.")]
Cache = Annotated[Path, typer.Option("--cache", metavar="DIR", help="Folder that keeps the vectors of the texts.")]
Topics = Annotated[int, typer.Option("--topics", metavar="N", min=2, max=100, help="Number of topics.")]
Margin = Annotated[
    float,
    typer.Option("--margin", metavar="X", min=1.0, help="How much nearer a pair must be than its other neighbours."),
]
Sets = Annotated[Path | None, typer.Option("--sets", metavar="DIR", help="Folder of the judged sets.")]

_WIDE = 120  # characters of a text
_SURE = 0.05  # chance below which a test is called significant


def depth(
    texts: One = ALL,
    k: Count = 10,
    encoder: Encoder = None,
    cache: Cache = VECTORS,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Rank the texts of a corpus by depth: central ones and outliers.

    Depth is 2 minus the mean cosine distance to all other texts, so it lies between 0 and 2. The outliers are the first
    place to look for papers that are in the wrong corpus.

    Example: broadsheet corpus depth abstracts.jsonl -k 5
    """
    [(corpus, vectors)] = _read([texts], encoder, cache, data)
    values = depths(vectors)
    order = np.argsort(-values, kind="stable")
    shown = {"central": order[:k].tolist(), "outliers": order[::-1][:k].tolist()}
    rows = {
        kind: [{"id": corpus.ids[row], "depth": float(values[row]), "text": corpus.texts[row]} for row in found]
        for kind, found in shown.items()
    }
    if as_json:
        print_json({"texts": len(corpus), "mean": float(values.mean()), **rows})
        return
    for title, found in (("Central", rows["central"]), ("Outliers", rows["outliers"])):
        table(["#depth", "=id", "text"], [[f"{each['depth']:.3f}", each["id"], clipped(each["text"], _WIDE)] for each in found], title=title)  # fmt: skip  # noqa: E501


def drift(
    a: A,
    b: B,
    topics: Topics = 12,
    encoder: Encoder = None,
    cache: Cache = VECTORS,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Test whether two corpora differ, and show what moved.

    The corpora may be two periods; what moved are topics and words.

    Three tests on at most 1,000 texts of each: depth (do the texts of B lie further outside A than A's own?), MMD (any
    difference of the vectors), and a classifier (how often it can tell to which corpus an unseen text belongs).

    Example: broadsheet corpus drift 'since:2018 until:2018-12' 'since:2019 until:2019-12'
    """
    one, other = _read([a, b], encoder, cache, data)
    found = lab.drift((one[0].texts, one[1]), (other[0].texts, other[1]), count=topics)
    if as_json:
        print_json({"a": one[0].name, "b": other[0].name, **found.to_json()})
    else:
        _print_drift(found)


def _print_drift(found: lab.Drift) -> None:
    shift: Shift = found.depth
    table(
        ["test", "#value", "when alike", "#p", "differ"],
        [
            [name, f"{value:.4f}", usual, f"{p:.3g}", "yes" if p < _SURE else "not shown"]
            for name, value, usual, p in (
                ("depth of B in A (Q)", shift.deeper, "0.5; lower: B lies outside", shift.p),
                ("MMD squared", found.mmd.value, "0", found.mmd.p),
                ("classifier, share right", found.classifier.value, "0.5", found.classifier.p),
            )
        ],
    )
    table(
        ["topic", "#A", "#B", "#change", "#95 % interval", "example"],
        [
            [" ".join(topic.words), f"{topic.one:.1%}", f"{topic.other:.1%}", f"{topic.change:+.1%}",
             f"{topic.low:+.1%} – {topic.high:+.1%}", clipped(topic.example, 60)]
            for topic in found.topics if topic.moved
        ],
        title="Topics that moved",
    )  # fmt: skip
    table(
        ["word", "#A", "#B", "#z"],
        [[word.word, f"{word.one:.1%}", f"{word.other:.1%}", f"{word.z:+.1f}"] for word in found.words],
        title="Words that moved most",
    )
    note(f"Tests on {found.one:,} and {found.other:,} texts. The intervals of topics hold for all of them at once.")


def duplicates(
    texts: One = ALL,
    margin: Margin = mining.MARGIN,
    encoder: Encoder = None,
    cache: Cache = VECTORS,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List copies, near-duplicates and paraphrases in a corpus.

    The texts of a pair are each other's nearest by a margin.

    A copy shares 0.8 of its words, a near-duplicate 0.3, a paraphrase fewer. The margin is the cosine of a pair over
    the mean cosine of both with their nearest texts: 1.2 means 20 % nearer than usual, whatever the encoder.

    Example: broadsheet corpus duplicates abstracts.jsonl
    """
    [(corpus, vectors)] = _read([texts], encoder, cache, data)
    pairs = mining.duplicates(corpus.texts, vectors, least=margin)
    if as_json:
        print_json([
            {**asdict(pair), "ids": [corpus.ids[pair.one], corpus.ids[pair.other]],
             "texts": [corpus.texts[pair.one], corpus.texts[pair.other]]}
            for pair in pairs
        ])  # fmt: skip
        return
    table(
        ["kind", "#margin", "#cosine", "#words", "=id", "text", "=id", "text"],
        [
            [pair.kind, f"{pair.margin:.2f}", f"{pair.cosine:.3f}", f"{pair.words:.2f}", corpus.ids[pair.one],
             clipped(corpus.texts[pair.one], 60), corpus.ids[pair.other], clipped(corpus.texts[pair.other], 60)]
            for pair in pairs
        ],
    )  # fmt: skip
    note(f"{len(pairs):,} pairs in {len(corpus):,} texts.")


def like(
    texts: One = ALL,
    sets: Sets = None,
    encoder: Encoder = None,
    cache: Cache = VECTORS,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Tell which judged sets resemble your texts.

    They are the sets whose figures to trust for your texts.

    The sets are the English ones whose files are in the folder BROADSHEET_DATA, by seven distances of their data: three
    of vectors, three of words, and the lengths. Where vectors and words order the sets differently, no set stands for
    your texts, and this is said.

    Example: broadsheet corpus like abstracts.jsonl --sets data
    """
    folder = sets or os.environ.get("BROADSHEET_DATA")
    if not folder:
        raise UsageError("the judged sets are not at hand: set BROADSHEET_DATA to their folder, or give --sets DIR")
    [mine] = _read([texts], encoder, cache, data)
    made = _encoder(encoder, cache, data)
    known = sets_by_data(Path(folder).expanduser())
    theirs = {name: sample(judged_texts(each), most=likeness.MOST)[0] for name, each in known.items()}
    with bars() as begin:
        judged = {name: (some, encode(some, made, progress=begin(name))) for name, some in theirs.items() if some}
    found = likeness.likeness((mine[0].texts, mine[1]), judged)
    if as_json:
        print_json(found.to_json())
        return
    table(*likeness.lines(found))
    table(
        ["measure", "measure", "#rank correlation"],
        [
            [each.one, each.other, f"{each.value:+.2f}"]
            for each in sorted(found.correlations, key=lambda each: each.value)
        ],
        title="Do the measures agree?",
    )
    note(found.sentence)
    if found.left_out:
        note("Too small to compare: " + "; ".join(f"{name} ({why})" for name, why in found.left_out.items()) + ".")


def difficulty(
    a: Field,
    b: Field,
    sets: Sets = None,
    encoder: Encoder = None,
    cache: Cache = VECTORS,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Compare two judged retrieval sets at equal difficulty.

    For example a general set with one of your field.

    The queries of both are matched on six measures of their texts: lengths, letters of words, repetition, words shared
    with the answer, and close negatives. What is left of the gap is the field's; the rest was difficulty. Scores are
    nDCG@10 of one encoder.

    Example: broadsheet corpus difficulty xquad-en scifact --sets data
    """
    folder = sets or os.environ.get("BROADSHEET_DATA") or "."
    made = _encoder(encoder, cache, data)
    sides = []
    for name in (a, b):
        tasks = [task for task in tasks_of(name, Path(folder).expanduser()) if isinstance(task, Retrieval)]
        if len(tasks) != 1:
            raise UsageError(f"{name!r} is not one retrieval set; expected a name such as scifact, or a folder.")
        judged, queries = hardness.judged_of(tasks[0])
        scores = {row.item: row.numbers[0] for row in tasks[0].rows(Dense(made, name)) if row.figure == "nDCG@10"}
        sides.append((hardness.difficulty(judged), [scores[query] for query in queries]))
    found = hardness.match(*sides)
    if as_json:
        print_json({"a": a, "b": b, **found.to_json()})
        return
    table(
        ["measure", f"#{a}", f"#{b}", "#apart before", "#after matching"],
        [
            [each.measure, f"{each.one:.2f}", f"{each.other:.2f}", f"{each.before:+.2f}", f"{each.after:+.2f}"]
            for each in found.balance
        ],
    )
    table(
        ["nDCG@10", "#all queries", f"#{found.pairs} matched pairs"],
        [
            [name, *(f"{each.value:.3f} ({each.low:.3f} – {each.high:.3f})" for each in pair)]
            for name, pair in ((a, found.one), (b, found.other), (f"{a} above {b}", found.gap))
        ],
    )
    if not found.balanced:
        note("Some measures are still over 0.25 standard deviations apart: the gap is not the field's alone.")


def _read(corpora: list[str], encoder: str | None, cache: Path, data: Path | None) -> list[tuple[Corpus, Vectors]]:
    """The corpora with their vectors."""
    made = _encoder(encoder, cache, data)
    if all(Path(each).expanduser().is_file() for each in corpora):
        read = [read_corpus(each) for each in corpora]
    else:
        with open_configured(data, create=False) as collection:
            read = [read_corpus(each, collection) for each in corpora]
    with progress("Encoding the texts") as advance:
        return [(corpus, encode(corpus.texts, made, progress=advance)) for corpus in read]


def _encoder(name: str | None, cache: Path, data: Path | None) -> Encodes:
    return CachedEncoder.under(configured_encoder(name, data), cache)
