"""Exchange: rankings, judgements and values in the formats of others, in both directions.

TREC run: query Q0 document rank score tag;  TREC qrels: query 0 document grade
ir_measures: query measure value, separated by tabs;  mteb: a JSON object for each task, with ``scores`` by split

What comes from outside is bounded, and what is wrong with it is named with its line.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from broadsheet.core.errors import NotFoundError, SourceError, UsageError
from broadsheet.files import replacing, write
from broadsheet.lab.task import Figure

Ranking = Sequence[tuple[str, float]]  # documents with their scores, best first
Rankings = Mapping[str, Ranking]
Judgements = Mapping[str, Mapping[str, int]]
Values = Mapping[tuple[str, str], float]  # by figure and query

_MOST_LINES = 20_000_000
_LONGEST = 10_000  # characters of a line
_MOST_BYTES = 50_000_000  # of a JSON file
_SPACE = re.compile(r"\s")
_NOT_A_TAG = re.compile(r"[^A-Za-z0-9._+:=-]+")
_MTEB = {
    "nDCG": "ndcg", "R": "recall", "RR": "mrr", "AP": "map", "P": "precision", "Spearman": "cosine_spearman",
    "Pearson": "cosine_pearson", "V-measure": "v_measure", "accuracy": "accuracy", "F1": "f1",
}  # fmt: skip
"""Our figures, without a cutoff, by the names that mteb has for them."""


def tag_of(name: str) -> str:
    """Return the name of a subject or a task in the form of a file's name or a run's tag."""
    return _NOT_A_TAG.sub("-", name).strip("-.") or "run"


def write_run(path: Path, rankings: Rankings, tag: str) -> None:
    """Write rankings as a TREC run. Scores fall strictly, by the least step of float32 where they are equal, because
    other programs order equal scores by the names of the documents. UsageError for a name with white space."""
    _write(path, _run_lines(rankings, tag_of(tag)))


def _run_lines(rankings: Rankings, tag: str) -> Iterator[str]:
    for query, ranking in rankings.items():
        last = np.float32(np.inf)
        for rank, (document, score) in enumerate(ranking, 1):
            last = min(np.float32(score), np.nextafter(last, np.float32(-np.inf)))
            yield f"{_word(query)} Q0 {_word(document)} {rank} {float(last)!r} {tag}\n"


def write_qrels(path: Path, judged: Judgements) -> None:
    """Write judgements as TREC qrels. UsageError for a name with white space."""
    lines = (f"{_word(query)} 0 {_word(document)} {grade}\n" for query, own in judged.items()
             for document, grade in own.items())  # fmt: skip
    _write(path, lines)


def _word(name: str) -> str:
    if not name or _SPACE.search(name):
        raise UsageError(f"The name {name!r} is empty or has white space in it, which a TREC file cannot hold.")
    return name


def read_run(path: Path) -> tuple[dict[str, list[tuple[str, float]]], str]:
    """Read a TREC run: documents and scores of each query, highest score first, and the tag. SourceError names what is
    wrong; a document that comes twice for a query is wrong, too."""
    found: dict[str, dict[str, float]] = {}
    tag = ""
    for line, cells in _cells(path, 6, "query Q0 document rank score tag"):
        query, _, document, _, score, tag = cells
        own = found.setdefault(query, {})
        if document in own:
            _wrong(path, line, f"has the document {document!r} for the query {query!r} a second time")
        own[document] = _number(path, line, score, "score")
    if not found:
        _wrong(path, 0, "is empty")
    return {query: sorted(own.items(), key=lambda pair: -pair[1]) for query, own in found.items()}, tag


def write_values(path: Path, values: Values) -> None:
    """Write values of queries as ``ir_measures --by_query`` prints them, with all their places."""
    lines = (f"{_line(query)}\t{_line(figure)}\t{value!r}\n" for (figure, query), value in values.items())
    _write(path, lines)


def _write(path: Path, lines: Iterable[str]) -> None:
    with replacing(path) as file:
        file.writelines(line.encode() for line in lines)


def _line(name: str) -> str:
    if not name or any(mark in name for mark in "\t\r\n"):
        raise UsageError(f"The name {name!r} is empty or has a tab or a line's end in it.")
    return name


def read_values(path: Path) -> dict[tuple[str, str], float]:
    """Read what ``ir_measures --by_query`` prints, without its summaries (``all``). SourceError names what is wrong."""
    found: dict[tuple[str, str], float] = {}
    for line, (query, figure, value) in _cells(path, 3, "query, measure and value, separated by tabs", tabs=True):
        if query == "all":
            continue
        if (figure, query) in found:
            _wrong(path, line, f"has {figure} of the query {query!r} a second time")
        found[figure, query] = _number(path, line, value, "value")
    if not found:
        _wrong(path, 0, "has no values of queries: make it with --by_query")
    return found


def write_mteb(path: Path, task: str, values: Mapping[str, float], *, data: str, language: str = "und") -> None:
    """Write a task's values in mteb's layout; the first one is the main score. ``data``, a hash of the data, is the
    revision. Values with names that mteb does not have keep ours."""
    scores = {mteb_name(figure): value for figure, value in values.items()}
    body = {
        "task_name": task,
        "dataset_revision": data,
        "mteb_version": None,
        "scores": {"test": [{
            **scores, "main_score": next(iter(values.values())), "hf_subset": "default", "languages": [language],
        }]},
        "evaluation_time": None,
        "kg_co2_emissions": None,
    }  # fmt: skip
    write(path, json.dumps(body, indent=2) + "\n")


def mteb_name(figure: str) -> str:
    """Return the name that mteb has for a figure: ``nDCG@10`` is ``ndcg_at_10``."""
    name, _, cutoff = figure.partition("@")
    return _MTEB.get(name, name) + (f"_at_{cutoff}" if cutoff else "")


def read_mteb(path: Path) -> tuple[str, dict[str, float]]:
    """Read mteb's JSON of a task: its name, and all numbers of the split ``test``, or of the only one, by mteb's names;
    the mean over its subsets where it has several. SourceError names what is wrong."""
    if path.stat().st_size > _MOST_BYTES:
        _wrong(path, 0, f"has more than {_MOST_BYTES:,} bytes")
    try:
        body = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        _wrong(path, 0, f"is not JSON ({error})")
    scores = body.get("scores") if isinstance(body, dict) else None
    name = (body.get("task_name") or body.get("mteb_dataset_name")) if isinstance(body, dict) else None
    if not isinstance(scores, dict) or not scores or not isinstance(name, str):
        _wrong(path, 0, "has no `task_name` and no `scores` by split, as mteb writes them from version 1.11 on")
    split = "test" if "test" in scores else next(iter(scores))
    if split != "test" and len(scores) > 1:
        _wrong(path, 0, f"has the splits {', '.join(sorted(scores))}, expected test or one alone")
    subsets = scores[split]
    if not isinstance(subsets, list) or not subsets or not all(isinstance(each, dict) for each in subsets):
        _wrong(path, 0, f"has no list of subsets in `scores` under {split!r}")
    shared = set.intersection(*(set(each) for each in subsets))
    found = {key: [each[key] for each in subsets] for key in sorted(shared)}
    numbers = {key: _mean(own) for key, own in found.items() if all(map(_is_number, own))}
    if "main_score" not in numbers:
        _wrong(path, 0, "has no `main_score` that is a number")
    return name, numbers


def values_of_mteb(figures: Sequence[Figure], numbers: Mapping[str, float]) -> dict[str, float]:
    """Return the values of a task's figures among mteb's numbers; the main one is there if nothing else is."""
    found = {each.name: numbers[mteb_name(each.name)] for each in figures if mteb_name(each.name) in numbers}
    return {figures[0].name: numbers["main_score"], **found}


def kind_of(path: Path) -> str:
    """Return what a file is by its first line: ``mteb``, ``run`` or ``values``. NotFoundError when it is missing,
    SourceError when it is another."""
    if not path.is_file():
        raise NotFoundError(f"{path} is not there.")
    first = next((text for _, text in _lines(path)), "")
    forms = {"mteb": first.lstrip().startswith("{"), "values": first.count("\t") == 2, "run": len(first.split()) == 6}
    found = next((form for form, fits in forms.items() if fits), "")
    if not found:
        _wrong(path, 1, "is neither a TREC run (query Q0 document rank score tag), nor what ir_measures --by_query "
               "prints, nor mteb's JSON")  # fmt: skip
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _mean(values: Iterable[float]) -> float:
    own = list(values)
    return math.fsum(own) / len(own)


def _cells(path: Path, count: int, form: str, *, tabs: bool = False) -> Iterator[tuple[int, list[str]]]:
    split: Callable[[str], list[str]] = (lambda text: text.split("\t")) if tabs else str.split
    for line, text in _lines(path):
        cells = split(text)
        if len(cells) != count:
            _wrong(path, line, f"has {len(cells)} cells, expected {count}: {form}")
        yield line, cells


def _number(path: Path, line: int, text: str, what: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        _wrong(path, line, f"has the {what} {text[:40]!r}, expected a number")
    return number


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Line numbers and lines that are not blank, without their ends."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            for line in range(1, _MOST_LINES + 1):
                text = file.readline(_LONGEST + 1)
                if not text:
                    return
                if len(text) > _LONGEST:
                    _wrong(path, line, f"is longer than {_LONGEST:,} characters")
                if text.strip():
                    yield line, text.rstrip("\r\n")
    except FileNotFoundError:
        raise NotFoundError(f"{path} is not there.") from None
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise SourceError(f"{path} cannot be read to its end ({error}).") from error
    _wrong(path, None, f"has more than {_MOST_LINES:,} lines")


def _wrong(path: Path, line: int | None, what: str) -> NoReturn:
    raise SourceError(f"{path}{f', line {line},' if line else ''} {what}.")
