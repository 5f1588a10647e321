"""The shelf's rows on kinds of task: what is measured on real data, next to counted words and a static model.

Rows are numbered as in the shelf; `shelf.py` has the table of all. What was measured once is in the file of results
(`shelf.sqlite` in the benchmarks' cache), vectors in that of `evaluate`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import belief
import numpy as np
from common import CACHE, need_data, verdict

from broadsheet import names
from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats, spearman
from broadsheet.lab.comparison import compare
from broadsheet.lab.intervals import Sample, estimate, sample
from broadsheet.lab.results import Results
from broadsheet.lab.runs import Run, Runs
from broadsheet.lab.sets import Set, known
from broadsheet.lab.suite import Choice, Encoders, Plan, measure
from broadsheet.lab.task import Figure, Task
from broadsheet.lab.tasks import task_of

E5 = CACHE.parent / "models" / "e5-small"
SPLADE = CACHE.parent / "models" / "splade-tiny"
WORDS = ("bow", "hash")
KINDS = (
    "stsb-en", "ws353", "ws353-rel", "mrpc", "cacm", "trecqa", "trec", "trec-described", "banking77-outliers",
    "xsim-tatoeba-deu", "tatoeba-deu", "stsb-en-hard",
)  # fmt: skip

Figures = Mapping[str, Sample]


def subjects(*more: str) -> list[str]:
    """Encoders from counted words to MiniLM, with others added."""
    belief.static(256)  # distilled where it is not there
    return [*WORDS, STATIC, "minilm", *more]


STATIC = f"static:{CACHE / 'belief' / 'static-256'}"


def multilingual() -> str:
    """The name of multilingual-e5-small, or an end that says where it comes from."""
    if not (E5 / "model.safetensors").is_file():
        sys.exit(f"multilingual-e5-small is not in {E5}: benchmarks/e5.py says how to make it.")
    return f"bert:{E5}"


def splade() -> str:
    """The name of a SPLADE of the size of BERT-tiny, or an end that says where it comes from."""
    if not (SPLADE / "model.safetensors").is_file():
        sys.exit(f"A SPLADE is not in {SPLADE}: benchmarks/splade.py says how to make it.")
    return f"splade:{SPLADE}"


def short(name: str) -> str:
    """A subject's name without folders."""
    return (
        name.replace(STATIC, "static-256").replace(f"bert:{E5}", "e5-small").replace(f"splade:{SPLADE}", "splade-tiny")
    )


def set_of(which: str, /, **changes: Any) -> Set:
    """A set of the table, with changes; options are added to its own, those that are None taken out."""
    own = known(need_data())[which]
    options = {**own.options, **changes.pop("options", {})}
    return replace(own, **changes, options={key: value for key, value in options.items() if value is not None})


def results(tasks: Sequence[str | Set], chosen: Sequence[str]) -> tuple[Runs, list[Run]]:
    """The file of results, and the runs of subjects on sets: measured now, unless they were before."""
    CACHE.mkdir(parents=True, exist_ok=True)
    plan = Plan([_choice(each) for each in tasks], chosen, controls=False)
    runs = Runs(CACHE / "shelf.sqlite")
    encoders = Encoders(lambda name: names.model(name, cache=CACHE / "models"), CACHE.parent / "evaluate")
    return runs, list(measure(plan, encoders, runs, clock=lambda: datetime.now(UTC), begin=_tell))


def _choice(which: str | Set) -> Choice:
    task: Task = task_of(set_of(which) if isinstance(which, str) else which)
    return Choice(task, task.name)


def _tell(step: str) -> Any:
    print(f"  {short(step)} ...", file=sys.stderr, flush=True)
    return lambda _done, _total: None


def figures(which: str | Set, subject: str) -> Figures:
    """The samples of all figures of a subject on a set, those of its first seed."""
    runs, done = results([which], [subject])
    with runs:
        rows = runs.rows(done[0])
    found: dict[str, Sample] = {}
    for figure in done[0].figures:
        with suppress(UsageError):  # no rows of it here
            found[figure.name] = sample(rows, figure, subject=short(subject), set=done[0].task)
    return found


def told(*samples: Sample) -> None:
    """Print values with their intervals, and how far the last one is above each other one, paired."""
    for each in samples:
        found = estimate(each)
        print(f"  {each.set:<22} {each.subject:<14} {each.figure.name} {found.value:.4f} "
              f"[{found.low:.4f}, {found.high:.4f}] of {found.items:,}"
              + "".join(f"  ! {warning}" for warning in found.warnings), flush=True)  # fmt: skip


def gap(one: Sample, other: Sample) -> bool:
    """Print how far one sample is above another, paired, and return whether the interval is above zero."""
    found = compare(one, other)
    print(f"    {found.one} above {found.other}: {found.gain:+.4f} [{found.low:+.4f}, {found.high:+.4f}], "
          f"p {found.p:.4f}", flush=True)  # fmt: skip
    return found.low > 0


def table(which: str | Set, figure: str, chosen: Sequence[str]) -> list[Sample]:
    """Print one figure of all subjects on a set, and return the samples."""
    found = [figures(which, subject)[figure] for subject in chosen]
    told(*found)
    return found


def duplicates() -> None:
    """S040: which text of one list is in the other, in other words: recall at 1, by five encoders"""
    for name in ("mrpc-duplicates", "dblp-acm-duplicates"):
        found = table(name, "Success@1", subjects(multilingual()))
        table(name, "AP", subjects(multilingual()))
        best = max(found[1:], key=lambda each: each.value)
        gap(best, found[0])


def many_kinds() -> None:
    """S050: eleven kinds of task in one command, twice into files of their own: is the JSON the same to the byte?"""
    with tempfile.TemporaryDirectory() as folder:
        written = [evaluated([*KINDS, "--encoder", "minilm"], Path(folder) / str(place)) for place in range(2)]
    body = json.loads(written[0])
    kinds = {each["kind"] for each in body["values"]}
    print(f"  {len(kinds)} kinds: {', '.join(sorted(kinds))}; {len(written[0]):,} bytes, "
          f"{'the same' if written[0] == written[1] else 'DIFFERENT'} in both runs")  # fmt: skip
    for each in body["leaderboard"]:
        mean = "-" if each["mean"] is None else f"{each['mean']:.3f} [{each['low']:.3f}, {each['high']:.3f}]"
        print(f"    {each['subject']:<14} {mean}, first in {each['first']} of {each['tasks']}")
    verdict("kinds of task", len(kinds), 8, most=False)


def evaluated(arguments: Sequence[str], folder: Path) -> str:
    """What `broadsheet evaluate` prints as JSON, in a process of its own."""
    command = "import sys; from broadsheet.cli import main; main()"
    places = {"--results": f"{folder}.sqlite", "--cache": str(CACHE.parent / "evaluate"), "--data": str(folder)}
    given = [*arguments, *(word for pair in places.items() for word in pair), "--json"]
    own = {**os.environ, "BROADSHEET_DATA": str(need_data())}
    done = subprocess.run([sys.executable, "-c", command, "evaluate", *given], capture_output=True, text=True, env=own,
                          check=False)  # fmt: skip
    if done.returncode:
        sys.exit(f"evaluate ended with {done.returncode}: {done.stderr[-1_000:]}")
    return done.stdout


def own_folder() -> None:
    """S058: a language that no set of the table has, as a folder with data and a manifest, and no code"""
    manifest = """kind = "bitext-mining"
files = ["pairs.jsonl"]
columns = { one = "src", other = "eng" }
language = "heb"
"""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "tatoeba-hebrew"
        folder.mkdir()
        rows = (row for row in belief.lines("tatoeba/tatoeba.jsonl.gz") if row["lang"] == "heb")
        (folder / "pairs.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
        (folder / "task.toml").write_text(manifest, "utf-8")
        body = json.loads(evaluated([str(folder), "--encoder", multilingual()], Path(parent) / "collection"))
    for each in body["values"]:
        if each["main"]:
            print(f"  {each['task']} ({each['kind']}): {short(each['subject'])} {each['figure']} {each['value']:.4f} "
                  f"[{each['low']:.4f}, {each['high']:.4f}]")  # fmt: skip


def summaries() -> None:
    """S073: which paper is this summary of? summaries of one sentence, and titles (there are no dialogues at hand)"""
    for name in ("papers-tldr", "csfcube-titles"):
        found = table(name, "nDCG@10", [*WORDS, "minilm"])
        gap(found[-1], found[0])


def words_first() -> None:
    """S077: counted words are in every report, and an encoder below them is flagged"""
    runs, done = results(["mrpc", "cacm", "xquad-en", "trecqa", "banking77-described"], subjects())
    with runs:
        values = [each for each in Results(runs, done).values() if each.main]
    flagged = [each for each in values if any("only counts words" in warning for warning in each.warnings)]
    for each in values:
        flag = next((warning for warning in each.warnings if "only counts words" in warning), "")
        print(f"  {each.task:<22} {short(each.subject):<12} {each.figure} {each.value:.4f} [{each.low:.4f}, "
              f"{each.high:.4f}] {short(flag)}")  # fmt: skip
    counted = {each.task: each.value for each in values if each.subject == "bow"}
    below = [each for each in values if each.subject != "bow" and each.value < counted[each.task]]
    unseen = [each for each in below if each not in flagged]
    print(f"  {len(below)} values are below bow, {len(flagged)} flagged, {len(unseen)} of those below are not")


def hard_bitext() -> None:
    """S109: edits by rule among the counterparts: how much more error, and by which kind of edit"""
    for name, chosen in (("stsb-en-hard", subjects(multilingual())), ("tatoeba-de-hard", [multilingual()])):
        for subject in chosen:
            found = figures(name, subject)
            told(found["xSIM"], found["xSIM++"])
            kinds = ", ".join(f"{figure.removeprefix('drawn away by ')} {each.value:.4f}"
                              for figure, each in found.items() if figure.startswith("drawn"))  # fmt: skip
            print(f"    drawn away by {kinds}")
            _raised(found["xSIM++"], found["xSIM"])


def _raised(hard: Sample, plain: Sample) -> None:
    """How much the edits add to the error: the same sentences, so paired."""
    error = Figure("error", higher=True)
    gap(replace(hard, subject="with edits", figure=error), replace(plain, subject="without", figure=error))


def mixed_languages() -> None:
    """S173: labels from the nearest labelled texts, the question in mixed English and German; and bitext"""
    chosen = ["bm25", "minilm", multilingual()]
    plain, mixed = (table(name, "accuracy@5", chosen) for name in ("banking77-near", "banking77-near-mixed"))
    for one, other in zip(plain, mixed, strict=True):
        gap(replace(one, set="banking77", subject=f"{one.subject}, English"),
            replace(other, set="banking77", subject=f"{other.subject}, mixed"))  # fmt: skip
    for name in ("tatoeba-deu", "xsim-tatoeba-deu"):
        table(name, "F1" if name == "tatoeba-deu" else "xsim", [multilingual()])


def senses() -> None:
    """S192: a word in two sentences of WordNet: one sense or two? Without context it is a guess"""
    found = table("wordnet-senses", "accuracy", subjects())
    gap(found[-1], found[-2])


def margin() -> None:
    """S193: mining bitext by margin over the neighbours against the best threshold of the cosine"""
    for language in ("deu", "fra", "cmn", "hin"):
        found = figures(f"tatoeba-{language}", multilingual())
        told(found["F1"], found["cosine F1"])
        names_alike = Figure("F1", found["F1"].figure.statistic)
        gap(replace(found["F1"], subject="margin", figure=names_alike),
            replace(found["cosine F1"], subject="cosine", figure=names_alike))  # fmt: skip


def relatedness() -> None:
    """S208: pairs with a judgement as a table with tabs: Spearman with its interval"""
    for name in ("ws353-rel", "rg65"):
        table(name, "Spearman", [*subjects(), "random"])


def probes() -> None:
    """S224: does a paragraph's vector know its own sentences? next to counted words (nothing is trained for it)"""
    for name in ("roles-probes", "papers-conf-probes"):
        for figure in ("cosine accuracy", "linear accuracy"):
            table(name, figure, subjects())


def blend() -> None:
    """S165: five measures of similarity in one, its weights from STS-B's train pairs, judged on its test pairs"""
    from sklearn.linear_model import LinearRegression

    parts = {split: _similarities(split) for split in ("train", "test")}
    names_of, gold = [short(name) for name in measures()], parts["test"][1]
    items = tuple(map(str, range(len(gold))))

    def judged(name: str, scores: Floats) -> Sample:
        rows = np.column_stack([scores, gold])
        return Sample(name, "stsb-en", Figure("Spearman", "spearman"), items, rows)

    single = [judged(name, parts["test"][0][:, place]) for place, name in enumerate(names_of)]
    told(*single)
    best = max(single, key=lambda each: spearman(*each.numbers.T))
    model = LinearRegression().fit(*parts["train"])
    whole = judged("weighted sum", model.predict(parts["test"][0]))
    told(whole)
    gap(whole, best)
    weights = model.coef_ * parts["train"][0].std(axis=0)
    print("    weights: " + ", ".join(f"{n} {w:+.3f}" for n, w in zip(names_of, weights, strict=True)))


def measures() -> list[str]:
    return ["bow", "zip", *subjects()[1:]]


@cache
def _similarities(split: str) -> tuple[Floats, Floats]:
    """The similarity of each pair of STS-B by each measure, (n, measures), and its judgement."""
    changed = set_of("stsb-en", name=f"stsb-en-{split}", where={"split": split})
    samples = [figures(changed, name)["Spearman"] for name in measures()]
    return np.column_stack([each.numbers[:, 0] for each in samples]), samples[0].numbers[:, 1]
