"""The health of vectors, and repairs (geometry)."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from broadsheet import config, files
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import bars, note, out, print_json, progress, table
from broadsheet.collection import DEFAULT_ENCODER, Collection
from broadsheet.core.errors import on_disk
from broadsheet.core.protocols import Encoder, Progress
from broadsheet.core.types import Document
from broadsheet.core.vectors import Rows as Places
from broadsheet.encoders.mapped import map_path
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.geometry.bias import script
from broadsheet.lab.geometry.files import lines, read_vectors
from broadsheet.lab.geometry.health import SAMPLE, Finding, Health, Words, health
from broadsheet.lab.geometry.pools import judged_pool, title_pool
from broadsheet.lab.geometry.rows import Rows
from broadsheet.lab.geometry.trial import Pool, Trial, fitted, try_repairs
from broadsheet.wiring.collection import configured_encoder, open_configured

if TYPE_CHECKING:
    from rich.console import RenderableType

Which = Annotated[
    str | None,
    typer.Argument(metavar="SPACE|FILE", help="An encoder's name or a .npy, .parquet or .jsonl file; default: the "
                   "Collection's Space."),
]  # fmt: skip
Texts = Annotated[
    Path | None, typer.Option("--texts", metavar="FILE", help="The texts of a FILE, one a line (or .jsonl), for bias.")
]
Pairs = Annotated[
    Path | None,
    typer.Option("--pairs", metavar="FILE", help="Vectors whose row i means the same as row i, for alignment."),
]
Sample = Annotated[
    int, typer.Option("--sample", metavar="N", min=100, help="Number of rows whose neighbours are looked at.")
]
Exact = Annotated[
    bool, typer.Option("--exact", help="Look at the neighbours of all rows; prints the time it takes first.")
]
Seed = Annotated[
    int, typer.Option("--seed", metavar="N", min=0, help="Seed of the sample, and of the halves of --try.")
]
Try = Annotated[bool, typer.Option("--try", help="Measure repairs on a task, and say whether one helps.")]
Task = Annotated[
    Path | None,
    typer.Option("--task", metavar="DIR", help="Judged set for --try; default: titles find their abstracts."),
]
Named = Annotated[
    str | None, typer.Option("--encoder", metavar="NAME", help="Encoder for --try; default: the Collection's.")
]
Most = Annotated[
    int, typer.Option("--count", metavar="N", min=40, help="At most this many papers in the default task.")
]
Keep = Annotated[
    str | None, typer.Option("--keep", metavar="NAME", help="With --try: store the map that helps under this name.")
]

_BATCH = 500  # papers read at a time
_VECTORS = Path("~/.cache/broadsheet/evaluate")
_COLOURS = {"fine": "green", "look": "yellow", "act": "bold red", "fact": "", "absent": "dim"}


def geometry(
    which: Which = None,
    texts: Texts = None,
    pairs: Pairs = None,
    sample: Sample = SAMPLE,
    exact: Exact = False,
    attempt: Try = False,
    task: Task = None,
    encoder: Named = None,
    count: Most = 2_000,
    keep: Keep = None,
    seed: Seed = 0,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Report on the health of a set of vectors, or try repairs on a task.

    The report reads the vectors twice and needs little memory: how evenly they use their space (IsoScore), hubs,
    duplicates, intrinsic dimension, dead axes, and whether length or source of a text decides where it lies. Each
    figure says what it means. `--try` measures centring, whitening and other repairs on one half of a task's queries,
    and recommends one only if the other half leaves no doubt; `--keep NAME` then stores it for `ENCODER?map=NAME`.

    Example: broadsheet geometry --try --task data/scifact
    """
    if attempt or task or keep:
        _print_trial(*_tried(task, encoder, (count, seed), data, keep), as_json)
        return
    with _opened(which, texts, data) as (rows, words), tempfile.TemporaryDirectory() as scratch, bars() as begin:
        others = read_vectors(pairs, Path(scratch)) if pairs else None
        if exact:
            _say_time(rows, seed)
        found = health(rows, sample=sample, exact=exact, seed=seed, words=words, pairs=others, progress=begin)
    if as_json:
        print_json(found.to_json())
    else:
        _print_health(found)


@contextmanager
def _opened(which: str | None, texts: Path | None, data: Path | None) -> Iterator[tuple[Rows, Words | None]]:
    """The vectors of a file or a Space, and what is known about their texts."""
    if which and Path(which).suffix in (".npy", ".parquet", ".jsonl", ".gz"):
        with tempfile.TemporaryDirectory() as scratch:
            yield read_vectors(Path(which), Path(scratch)), _words_of_file(texts)
        return
    with open_configured(data, create=False) as collection:
        space = collection.space_of(which) if which else collection.space
        snapshot = space.snapshot()
        numbers = snapshot.numbers[snapshot.live]
        name = f"the Space of {snapshot.manifest.encoder}"
        yield Rows(snapshot.vectors, name=name, living=snapshot.live), _words_of(collection, numbers)


def _words_of_file(texts: Path | None) -> Words | None:
    if texts is None:
        return None

    def some(places: Places) -> Sequence[str]:
        return lines(texts, places)

    return Words(texts=some, labels={"script": lambda places: [script(each) for each in some(places)]})


def _words_of(collection: Collection, numbers: Places) -> Words:
    """The texts and sources of the papers with these numbers, read as they are needed."""

    def facts(take: Callable[[Document], str]) -> Callable[[Places], list[str]]:
        return lambda places: _of_papers(collection, numbers[places].tolist(), take)

    labels = {"source": facts(lambda paper: paper.source), "script": facts(lambda paper: script(paper.content))}
    return Words(texts=facts(lambda paper: paper.content), labels=labels)


def _of_papers(collection: Collection, numbers: Sequence[int], take: Callable[[Document], str]) -> list[str]:
    """What ``take`` gives of each paper, read in batches; empty for one that is gone."""
    found = []
    for start in range(0, len(numbers), _BATCH):
        part = numbers[start : start + _BATCH]
        papers = collection.store.papers.by_numbers(part)
        found += [take(papers[number]) if number in papers else "" for number in part]
    return found


def _say_time(rows: Rows, seed: int) -> None:
    """Measure a sample first, and say how long all rows take."""
    start = time.perf_counter()
    health(rows, sample=SAMPLE, seed=seed)
    seconds = (time.perf_counter() - start) * max(1, rows.count / SAMPLE)
    note(f"All {rows.count:,} rows take about {_duration(seconds)}.")


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} minutes" if seconds < 5400 else (
        f"{seconds / 3600:.1f} hours")  # fmt: skip


def _print_health(found: Health) -> None:
    from rich.text import Text

    rows: list[list[RenderableType]] = [
        [each.group, each.name, _number(each.value), _interval(each), Text(each.verdict, style=_COLOURS[each.verdict]),
         each.meaning]
        for each in found.findings
    ]  # fmt: skip
    table(["about", "figure", "#value", "#95 % interval", "", "what it means"], rows,
          title=f"{found.rows:,} vectors of {found.dim} numbers: {found.name}")  # fmt: skip
    whole = "all rows" if found.sample >= found.rows else f"a sample of {found.sample:,} rows (seed {found.seed})"
    calls = [each for each in found.findings if each.verdict in ("look", "act")]
    out().print(f"Worth a look: {', '.join(each.name for each in calls)}." if calls else "Nothing calls for a repair.")
    note(f"Neighbours were looked up for {whole} among all rows; the other figures count all rows.")


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if (value == int(value) and abs(value) >= 2) or value == 0 else f"{value:,.3f}"


def _interval(each: Finding) -> str:
    return "" if each.low is None or each.high is None else f"{each.low:,.3f} – {each.high:,.3f}"


def _tried(
    task: Path | None, encoder: str | None, drawn: tuple[int, int], data: Path | None, keep: str | None
) -> tuple[Trial, str]:
    """The trial, and the line that says what was stored (empty without ``keep``)."""
    count, seed = drawn
    folder = config.collection_folder(data)
    path = map_path(folder / "models", keep) if keep else None
    name = encoder or config.load(folder).encoder or DEFAULT_ENCODER
    made = CachedEncoder.under(configured_encoder(name, folder), _VECTORS)
    with progress("Encoding the task") as advance:
        pool = judged_pool(task, made, progress=advance) if task else _titles(made, count, seed, data, advance)
    with progress("Trying repairs") as advance:
        found = try_repairs(pool, seed=seed, progress=advance)
    return found, _stored(found, pool, path, (name, seed)) if path else ""


def _titles(encoder: Encoder, count: int, seed: int, data: Path | None, advance: Progress) -> Pool:
    with open_configured(data, create=False) as collection:
        papers = collection.store.papers.newest(collection.store.papers.count())
    return title_pool(papers, encoder, most=count, seed=seed, progress=advance)


def _stored(found: Trial, pool: Pool, path: Path, named: tuple[str, int]) -> str:
    """Store the map that was confirmed, fitted as it was tried; say what was done."""
    encoder, seed = named
    recipe = next((each.name for each in found.chosen if each.map and each.name in found.kept), None)
    if recipe is None:
        return f"Nothing was stored in {path}: no map was confirmed."
    with on_disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, fitted(pool, recipe, seed=seed).to_npz())
    switch = f"{encoder}{'&' if '?' in encoder else '?'}map={path.stem}"
    return f'Stored {recipe} in {path}. To use it: encoder = "{switch}" in broadsheet.toml, then `broadsheet sync`.'


def _print_trial(found: Trial, stored: str, as_json: bool) -> None:
    if as_json:
        print_json({**found.to_json(), "stored": stored})
        return
    rows = [
        [each.name, "map" if each.map else "scores", f"{each.first:.4f}", f"{each.value:.4f}",
         f"{each.above.mean:+.4f} ({each.above.low:+.4f} – {each.above.high:+.4f})", f"{each.hubness:.2f}",
         "chosen" if each in found.chosen else ""]
        for each in sorted(found.repairs, key=lambda each: -each.first)
    ]  # fmt: skip
    table(["repair", "of", "#first half", "#second half", "#above as it is", "#hubness", ""], rows,
          title=f"{found.task}: {found.queries:,} queries, {found.documents:,} documents, {found.measure}")  # fmt: skip
    out().print(found.sentence, markup=False)
    for line in (*found.skipped, stored):
        if line:
            note(line)
    note(f"As it is: {found.value:.4f} on the second half, hubness {found.hubness:.2f}, alignment "
         f"{found.alignment.value:.3f}, uniformity {found.uniformity.value:.3f}. The first half of the queries "
         "chooses the best map and the best correction of scores; only these two are tested on the second half "
         "(97.5 % intervals, so that both together err in 5 %).")  # fmt: skip
