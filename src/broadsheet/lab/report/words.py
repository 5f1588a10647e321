"""What a report says in words: the result in short, ties as groups, and what each plot shows, for those who read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle

from broadsheet.lab.report import digits
from broadsheet.lab.report.content import LETTERS, Likeness, Mean, Report, Sight

_SHORT = {"sts": "STS", "evalrank": "EvalRank", "xsim": "xsim"}


def kind(name: str) -> str:
    """Return a kind of tasks as a heading."""
    plain = name.replace("-", " ").replace("_", " ")
    return _SHORT.get(name, plain[:1].upper() + plain[1:])


def listed(names: Sequence[str]) -> str:
    """Return names as a list in a sentence."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def short(report: Report) -> list[str]:
    """Return the result of each kind of tasks in a sentence or two."""
    return [line for name in report.kinds for line in _of_kind(report, name)]


def _of_kind(report: Report, name: str) -> Iterator[str]:
    means = report.means(name)
    if not means:
        yield f"{kind(name)}: no subject was measured on all sets, so there is no mean."
        return
    first = means[0]
    who = f"the control {first.subject}" if first.control else first.subject
    yield f"{kind(name)}: {who} leads, {_mean(first)}. {_alone(report, first)}".rstrip()


def _mean(mean: Mean) -> str:
    value = f"{digits.value(mean.value)} ({digits.interval(mean.low, mean.high)})"
    if len(mean.sets) == 1:
        return f"{mean.figure} {value} on {mean.sets[0]}"
    return f"mean {mean.figure} {value} over {len(mean.sets)} sets"


def _alone(report: Report, first: Mean) -> str:
    """On which sets the leader is alone, and with whom it shares the others."""
    shared = [name for name in first.sets if first.subject in report.best(name) and len(report.best(name)) > 1]
    alone = [name for name in first.sets if report.best(name) == {first.subject}]
    known = {each.set for each in report.ties}
    if not known.issuperset(first.sets):
        return "Ties were not looked for on all of them."
    parts = [f"It is alone in front on {listed(alone)}."] if alone else []
    if shared:
        parts.append(f"On {listed(shared)} it cannot be told from others.")
    behind = [name for name in first.sets if name not in {*shared, *alone}]
    if behind:
        parts.append(f"On {listed(behind)} others are ahead.")
    return " ".join(parts)


def groups(report: Report, name: str) -> str:
    """Return the ties of a set in a sentence, each group with its letter; empty if ties were not looked for."""
    found = [(letter, each) for letter, each in zip(cycle(LETTERS), report.groups(name), strict=False) if len(each) > 1]
    if not found:
        return "All of them can be told apart." if report.groups(name) else ""
    return f"Cannot be told apart: {'; '.join(f'({letter}) {listed(each)}' for letter, each in found)}."


def forest(report: Report, name: str) -> str:
    """Return what a forest plot shows."""
    ranked = report.ranked(name)
    return f"{ranked[0].figure} on {name} with 95 % intervals, best first: " + "; ".join(
        f"{each.subject} {digits.value(each.value)}" for each in ranked
    )


def front(name: str, names: Sequence[str]) -> str:
    """Return who is on the front."""
    if not names:
        return f"{kind(name)}: no speed is known."
    return f"On the front, fastest first: {listed(names)}. No other is both faster and better than one of these."


def sight(each: Sight) -> str:
    """Return the resolution of a set in words."""
    return (
        f"{each.set} sees a difference of {digits.value(each.value)} {each.figure} with {each.items:,} items "
        f"({digits.interval(each.low, each.high)})."
    )


def likeness(found: Likeness) -> str:
    """Return which subjects are nearest to one another."""
    pairs = sorted(
        (
            (found.rows[i][j], found.names[i], found.names[j])
            for i in range(len(found.names))
            for j in range(i + 1, len(found.names))
        ),
        reverse=True,
    )
    if not pairs:
        return ""
    near, far = pairs[0], pairs[-1]
    return (
        f"Most alike are {near[1]} and {near[2]} ({digits.value(near[0])}), least {far[1]} and {far[2]} "
        f"({digits.value(far[0])}), by {found.measure} on {found.texts:,} texts."
    )
