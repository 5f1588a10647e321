"""Evaluation: evaluate."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from broadsheet import names
from broadsheet.cli import choice, corpus, options
from broadsheet.cli import report as reports
from broadsheet.cli.lab import VECTORS, File, Seed
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.questions import answer_all
from broadsheet.cli.suite import Request, measure_all, print_tasks
from broadsheet.cli.terminal import bars, note, print_json, progress, table
from broadsheet.core.errors import UsageError
from broadsheet.core.protocols import Encoder as Encodes
from broadsheet.core.types import Document
from broadsheet.lab import evaluate as lab
from broadsheet.lab import readers
from broadsheet.lab.backtest import Backtest, backtest, of_collection
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.choice import Limits
from broadsheet.lab.evaluate import Row
from broadsheet.lab.setting import SETTINGS
from broadsheet.wiring.collection import configured_encoder, open_configured

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SET|KIND|DIR|trending|foryou]...", help="Sets, kinds of task, folders, or the name of a task."
    ),
]
Encoder = Annotated[
    list[str] | None,
    typer.Option("--encoder", metavar="NAME", help="Default: the Collection's, or minilm; may be repeated."),
]
Measures = Annotated[
    list[str] | None,
    typer.Option("--measure", metavar="NAME", help="For example nDCG@10 (the default) or R@100; may be repeated."),
]
Chosen = Annotated[
    list[str] | None,
    typer.Option("--setting", metavar="NAME", help="lexical, semantic, rrf or hybrid (default: all); may be repeated."),
]
Vectors = Annotated[
    Path | None,
    typer.Option("--cache", metavar="DIR", help="Folder that keeps the vectors of the texts for the next run."),
]

Suite = Annotated[
    str | None,
    typer.Option(
        "--suite", metavar="NAME", help="A list of sets: core (most kinds of task) or full (all sets at hand)."
    ),
]
MyOwn = Annotated[bool, typer.Option("--mine", help="Make tasks of what your Collection knows of its papers.")]
Reduce = Annotated[
    bool, typer.Option("--reduce", help="Measure on a fifth of the texts, chosen to keep the order of encoders.")
]
Like = Annotated[
    str | None,
    typer.Option("--like", metavar="TEXTS", help="Tell which judged sets resemble these texts, as `corpus like` does."),
]
Asked = Annotated[
    str | None,
    typer.Option("--question", metavar="NAME", help="Answer a question on which papers disagree; `list` shows them."),
]
Tasks = Annotated[bool, typer.Option("--tasks", help="List the kinds of task and their sets, and measure nothing.")]
Again = Annotated[
    bool, typer.Option("--again", help="Finish and show what is in the file of results; measure nothing a second time.")
]
Costs = Annotated[bool, typer.Option("--costs", help="Add to --json what it cost, which differs from run to run.")]

_TASKS = ("trending", "foryou")
_READERS = 200


def evaluate(
    sets: Names = None,
    encoder: Encoder = None,
    setting: Chosen = None,
    measure: Measures = None,
    suite: Suite = None,
    mine: MyOwn = False,
    question: Asked = None,
    reduce: Reduce = False,
    like: Like = None,
    tasks: Tasks = False,
    again: Again = False,
    results: File = None,
    seed: Seed = 0,
    costs: Costs = False,
    report: reports.File = None,
    papers: reports.Papers = None,
    choose: choice.Choose = False,
    within_ms: choice.WithinMs = None,
    within_mb: choice.WithinMb = None,
    queries_a_second: choice.Rate = None,
    cache: Vectors = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Measure encoders on judged sets, the search on your own, or trending.

    With sets, kinds of task or a suite, encoders are measured next to controls, item by item, into a file: run it
    again and it goes on where it was interrupted. `--tasks` lists the sets; their files are in the folder
    BROADSHEET_DATA. A folder with a task.toml is a set of your own. `--mine` makes tasks of your own papers: find the
    abstract of a title, the papers that share a keyword, a list, voters, and so on. `--question` measures what papers
    disagree on, for example whether whitening helps, and answers in one sentence.

    `--choose` says which encoder and setting to take for this Collection within `--within-ms`, `--within-mb` or
    `--queries-a-second`, from what was measured and from times and memory on this machine, and how sure that is.

    With folders that hold corpus.jsonl, queries.jsonl and qrels.tsv (also .gz), the settings of the search are
    measured. `broadsheet evaluate trending` ranks each day of the last three months before its votes exist; it reads
    the days of hf_daily in BROADSHEET_DATA if that is set, else those of the Collection. `broadsheet evaluate foryou`
    makes up readers who like two to four topics, and looks for the likes it held back; the topics come from
    papers_conf in that folder, else from the first categories of the Collection's papers. Intervals are 95 %.

    Example: broadsheet evaluate sts scifact --encoder minilm --encoder static
    """
    in_lab = bool(suite or mine or reduce or again or results or seed or costs or report or len(encoder or ()) > 1)
    request = Request(sets or [], encoder or [], suite or "", again, seed, mine, reduce)
    limits = Limits(ms=within_ms, megabytes=within_mb, queries_a_second=queries_a_second)
    if tasks:
        print_tasks(as_json=as_json)
    elif like:
        corpus.like(like, None, next(iter(encoder or []), None), cache or VECTORS, data, as_json)
    elif choose or limits != Limits():
        choice.print_choice(request, limits, results=results, cache=cache, data=data, as_json=as_json)
    elif question:
        answer_all(question, request, results=results, cache=cache, data=data, as_json=as_json)
    elif in_lab or not _of_search(sets or []):
        if setting or measure:
            raise UsageError("--setting and --measure are for folders of your own, one encoder and no suite.")
        target = reports.Target(report, papers)
        measure_all(request, results=results, cache=cache, data=data, as_json=as_json, costs=costs, target=target)
    else:
        _search(
            sets or [],
            encoder[0] if encoder else None,
            setting=setting,
            measure=measure,
            cache=cache,
            data=data,
            as_json=as_json,
        )


def _of_search(names: list[str]) -> bool:
    """Return whether names mean the search: its tasks, or folders that do not describe themselves."""
    folders = [Path(name).expanduser() for name in names]
    alone = any(name in _TASKS and not folder.is_dir() for name, folder in zip(names, folders, strict=True))
    return alone or (bool(names) and all(each.is_dir() and not (each / "task.toml").is_file() for each in folders))


def _search(
    folders: list[str],
    encoder: str | None,
    *,
    setting: list[str] | None,
    measure: list[str] | None,
    cache: Path | None,
    data: Path | None,
    as_json: bool,
) -> None:
    made = configured_encoder(encoder, data)
    task = next((name for name in _TASKS if name in folders and not Path(name).is_dir()), "")
    if cache or task:
        made = CachedEncoder.under(made, cache or VECTORS)
    if task:
        if len(folders) > 1 or setting or measure:
            raise UsageError(f"the task {task} runs alone and has its own measures: broadsheet evaluate {task}")
        (_backtest if task == "trending" else _readers)(made, data, as_json)
        return
    with bars() as begin:
        rows = lab.evaluate(
            folders, encoder=made, now=options.now(), settings=setting or SETTINGS,
            measures=measure or ["nDCG@10"], progress=begin,
        )  # fmt: skip
    if as_json:
        print_json(lab.to_json(rows))
    else:
        _print_rows(rows)


def _backtest(encoder: Encodes, data: Path | None, as_json: bool) -> None:
    with progress("Encoding the papers") as advance:
        found = backtest(_past(data), encoder, progress=advance)
    if as_json:
        print_json(found.to_json())
    else:
        _print_backtest(found)


def _past(data: Path | None) -> list[Document]:
    """Return the papers of past days: the test set's if there is one, else the Collection's."""
    if sets := os.environ.get("BROADSHEET_DATA"):
        source = names.source(f"jsonl:{Path(sets).expanduser() / 'hf_daily' / 'daily.jsonl.gz'}")
        return [record for record in source.fetch(None) if isinstance(record, Document)]
    with open_configured(data, create=False) as collection:
        return of_collection(collection)


def _readers(encoder: Encodes, data: Path | None, as_json: bool) -> None:
    with bars() as begin:
        papers = readers.papers_of(_labelled(data), encoder, begin("Encoding the papers"))
        average = readers.average(papers.vectors)
        methods: dict[str, readers.Method] = {readers.OURS: readers.ForYou(papers), readers.AVERAGE: average}
        made = readers.make_readers(papers, _READERS)
        found = readers.measure(papers, made, methods, progress=begin("Reading for them"))
    if as_json:
        print_json(found.to_json())
        return
    shown = [
        [row.pool, row.measure, row.method, f"{row.value:.3f}", f"{row.low:.3f} – {row.high:.3f}",
         f"{row.above.mean:+.3f} ({row.above.low:+.3f} – {row.above.high:+.3f})" if row.above else ""]
        for row in found.rows
    ]  # fmt: skip
    table(["pool", "measure", "ranked by", "#value", "#95 % interval", "#our lead"], shown)
    note(
        f"{found.readers} made-up readers of {found.topics} topics; {found.papers:,} papers with a topic. All papers "
        "of a reader's topics are relevant, except the few given. `./run.sh bench for_you` adds linear classifiers."
    )


def _labelled(data: Path | None) -> list[Document]:
    """Return the papers with a topic: the test set's if there is one, else the Collection's."""
    if sets := os.environ.get("BROADSHEET_DATA"):
        source = names.source(f"jsonl:{Path(sets).expanduser() / 'papers_conf' / 'papers.jsonl.gz'}")
        return [record for record in source.fetch(None) if isinstance(record, Document)]
    with open_configured(data, create=False) as collection:
        return collection.store.papers.newest(collection.store.papers.count())


def _print_backtest(found: Backtest) -> None:
    shown = [
        [row.method, row.measure, f"{row.value:.3f}", f"{row.low:.3f} – {row.high:.3f}",
         *(f"{gap.mean:+.3f} ({gap.low:+.3f} – {gap.high:+.3f})" for gap in row.above.values())]
        for row in found.rows
    ]  # fmt: skip
    above = [f"#above {name}" for name in next(row.above for row in found.rows if row.above)]
    table(["ranked by", "measure", "#value", "#95 % interval", *above], [row + [""] * (7 - len(row)) for row in shown])
    note(
        f"{found.days} days from {found.first} to {found.last} with {found.papers:,} papers; left out {found.left_out} "
        f"days with too few papers or identical votes. Learned from {found.learned} earlier days, again each month."
    )


def _print_rows(rows: list[Row]) -> None:
    shown = [
        [row.set, row.setting, row.measure, f"{row.value:.3f}", f"{row.low:.3f} – {row.high:.3f}", f"{row.queries:,}"]
        for row in rows
    ]
    table(["set", "setting", "measure", "#value", "#95 % interval", "#queries"], shown)
    note("Intervals come from a bootstrap over the queries; --json also says how far `hybrid` is above each setting.")
