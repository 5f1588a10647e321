"""Questions on the terminal: the list of them, and answers in one sentence each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from broadsheet import config, shelf
from broadsheet.cli import options
from broadsheet.cli.lab import data_folder, encoders_of, runs_of
from broadsheet.cli.suite import Request, chosen_tasks
from broadsheet.cli.terminal import bars, note, out, print_json, table
from broadsheet.collection import DEFAULT_ENCODER
from broadsheet.core.errors import UsageError, nearest
from broadsheet.lab.questions.answer import Answer, Bench, Question, ask
from broadsheet.lab.questions.table import QUESTIONS
from broadsheet.lab.sets import known
from broadsheet.lab.suite import Plan

ALL, LIST = "all", "list"


def answer_all(
    name: str, request: Request, *, results: Path | None, cache: Path | None, data: Path | None, as_json: bool
) -> None:
    """Answer a question, or all of them, on the sets of the request, else on its own; or list them."""
    if name == LIST:
        _print_list(as_json=as_json)
        return
    if name != ALL and name not in QUESTIONS:
        raise UsageError(f"Unknown question {name!r}. {nearest(name, [*QUESTIONS, ALL, LIST])}")
    if len(request.encoders) > 1:
        raise UsageError(f"A question is about one encoder; you named {len(request.encoders)}.")
    encoder = next(iter(request.encoders), "") or config.load(config.collection_folder(data)).encoder or DEFAULT_ENCODER
    encoders = encoders_of(data, cache)
    bench = Bench(encoder, lambda each: encoders.subject(each, now=options.now()), encoders.encoder)
    asked = list(QUESTIONS.values()) if name == ALL else [QUESTIONS[name]]
    answers = []
    with runs_of(results, data) as runs:
        for question in asked:
            chosen = chosen_tasks(_names(question, request), request, data)
            fair = [each for each in chosen if each.task.name not in question.unfair]
            plan = Plan(fair, [encoder], request.seed)
            with bars() as begin:
                answers.append(ask(question, bench, plan, runs, clock=options.now, begin=begin))
            if not as_json:
                _print_answer(answers[-1])
    if as_json:
        print_json([each.to_json() for each in answers])


def _names(question: Question, request: Request) -> Sequence[str]:
    """The sets that were named; else those of the question whose files are here, unless only --mine was."""
    if request.names or request.suite:
        return request.names
    data = data_folder()
    here = [name for name in question.sets if data and known(data)[name].present]
    if not here and not request.mine:
        raise UsageError(f"The sets of this question ({', '.join(question.sets)}) are not here. Add --mine, or set "
                         "BROADSHEET_DATA to the folder that holds them.")  # fmt: skip
    return here


def _print_list(*, as_json: bool) -> None:
    if as_json:
        print_json([{"name": each.name, "asks": each.asks, "sets": each.sets} for each in QUESTIONS.values()])
        return
    table(["question", "what it asks", "measured on"], [
        [each.name, each.asks, ", ".join(each.sets)] for each in QUESTIONS.values()
    ])  # fmt: skip
    note("Answer one: broadsheet evaluate --question NAME. Add --mine to ask your own papers, too.")


def _print_answer(answer: Answer) -> None:
    out().print(f"\n{answer.asks}\n{answer.sentence}", markup=False)
    sets = [each.set for each in answer.table[0].sets]
    marks = {"better": "+", "worse": "−", "equal": "=", "unclear": "?"}
    shown = [
        [each.one, f"{each.gain:+.3f}", f"{each.low:+.3f} – {each.high:+.3f}",
         *(f"{own.gain:+.3f} {marks[own.verdict]}" for own in each.sets)]
        for each in answer.table
    ]  # fmt: skip
    table([f"against {answer.base}", "#mean gain", "#95 % interval", *(f"#{name}" for name in sets)], shown)
    note("+ better, − worse, = equal, ? cannot be told: paired, corrected over the sets. "
         "The sentence takes the gain on items that did not choose the variant.")  # fmt: skip
    titles = {entry.id: entry.title for entry in shelf.entries()}
    for word, papers in (("For", answer.pro), ("Against", answer.contra)):
        for paper in papers:
            note(f"{word}: {titles[paper]} ({paper})")
    note(f"Limits: {answer.limits}")
