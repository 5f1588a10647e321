"""Switches behind the name of an encoder: ``minilm?layers=4&pooling=max``, ``bert:FOLDER?layers=1,12``.

a name -> what comes before its last ``?``, and the switches after it, by name
layers, pooling, long -> the Facts of a model that runs and pools so; UsageError names what is allowed

Layers are numbered from 1; 0 is the embeddings before the first. Several are averaged token by token: Huang et al.
2021, "WhiteningBERT" (first and last); Ma et al. 2019, "Universal Text Representation from BERT" (the last four).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import get_args

from broadsheet.core.errors import UsageError, nearest
from broadsheet.encoders.facts import Facts, Long
from broadsheet.encoders.modules import Pooling

POOLINGS: tuple[Pooling, ...] = get_args(Pooling)
LONG: tuple[Long, ...] = get_args(Long)
_LONGEST = 200  # characters of a value


def cut(name: str) -> tuple[str, str]:
    """Split a name, or what follows its scheme, at its last ``?``: what is named, and its switches as text."""
    where, mark, text = name.rpartition("?")
    return (where, text) if mark else (name, "")


def read(text: str, known: Collection[str]) -> dict[str, str]:
    """Read ``layers=4&pooling=max`` as values by name. UsageError for an unknown or repeated switch and for one without
    a value."""
    values: dict[str, str] = {}
    for part in text.split("&") if text else ():
        name, mark, value = part.partition("=")
        if name not in known:
            raise UsageError(f"The switch {name[:60]!r} is unknown. {nearest(name[:60], known)}")
        if not mark or not value or name in values or len(value) > _LONGEST:
            raise UsageError(f"The switch {part[:60]!r} is not understood; expected {name}=VALUE, once.")
        values[name] = value
    return values


def refuse(name: str, scheme: str) -> str:
    """Return a name without a change; UsageError if it has switches, which this kind of encoder does not."""
    if "?" in name:
        raise UsageError(f"The encoder {scheme} has no switches, but {name[:100]!r} names some; minilm and bert do.")
    return name


def switched(facts: Facts, text: str) -> tuple[Facts, str]:
    """Return the facts of a model that runs as its switches say, and the shortest switches that say it: none where all
    have the model's own values. UsageError for anything that the model does not have."""
    values = read(text, _SWITCHES)
    made = facts
    for name, value in values.items():
        made = _SWITCHES[name](made, value)
    runs = (made.shape.layers, made.mix) != (facts.shape.layers, ())
    layers = ",".join(map(str, made.mix or (made.shape.layers,))) if runs else ""
    pooling = made.pooling if made.pooling != facts.pooling else ""
    said = {"layers": layers, "pooling": pooling, "long": _checked_long(made) if made.long != facts.long else ""}
    return made, "&".join(f"{name}={value}" for name, value in said.items() if value)


def _layers(facts: Facts, value: str) -> Facts:
    """``4``, ``1,6`` or ``last4``, of the layers that the model has."""
    last = value.removeprefix("last")
    if last != value:
        numbers = range(facts.shape.layers - _number(last, facts, least=1) + 1, facts.shape.layers + 1)
        chosen = tuple(numbers)
    else:
        chosen = tuple(sorted({_number(each, facts, least=0) for each in value.split(",")}))
    shape = replace(facts.shape, layers=chosen[-1])
    return replace(facts, shape=shape, mix=chosen if len(chosen) > 1 else ())


def _number(text: str, facts: Facts, *, least: int) -> int:
    most = facts.shape.layers
    if not (text.isascii() and text.isdigit() and len(text) < 4 and least <= int(text) <= most):
        raise UsageError(
            f"layers names {text[:60]!r}; expected a layer from 0 to {most}, several (1,{most}) or last1 to last{most}."
        )
    return int(text)


def _pooling(facts: Facts, value: str) -> Facts:
    chosen = next((each for each in POOLINGS if each == value), None)
    if chosen is None:
        raise UsageError(f"pooling is {value[:60]!r}; expected one of {', '.join(POOLINGS)}.")
    return replace(facts, pooling=chosen)


def _long(facts: Facts, value: str) -> Facts:
    chosen = next((each for each in LONG if each == value), None)
    if chosen is None:
        raise UsageError(f"long is {value[:60]!r}; expected one of {', '.join(LONG)}.")
    return replace(facts, long=chosen)


def _checked_long(facts: Facts) -> str:
    """What becomes of long texts, where the model can do it."""
    if facts.long == "pool" and facts.pooling not in _OVER_ALL:
        raise UsageError(
            f"long=pool pools the states of all tokens, but pooling={facts.pooling} takes that of one. "
            f"Choose long=stretch, or one of pooling={', pooling='.join(_OVER_ALL)}."
        )
    if facts.way and not facts.family.stretches:
        raise UsageError(f"long={facts.long} is not offered for {facts.kind}. Choose long=pool or long=cut.")
    if facts.way and facts.reach <= facts.max_length:
        raise UsageError(f"long={facts.long} reads {facts.reach:,} tokens, as many as the model does. Leave it out.")
    return facts.long


_OVER_ALL = ("mean", "max", "weighted")  # poolings that look at every token
_SWITCHES: Mapping[str, Callable[[Facts, str], Facts]] = {"layers": _layers, "pooling": _pooling, "long": _long}
