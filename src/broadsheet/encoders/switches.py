"""Switches behind the name of an encoder: ``minilm?layers=4&pooling=max``, ``minilm?long=stretch``,
``bert:FOLDER?dim=64&prompt=text:%20``.

a name -> what comes before its last ``?``, and the switches after it, by name
each switch, in the order of ``_SWITCHES`` -> the Facts of a model that runs so; UsageError names what is allowed

Layers are numbered from 1; 0 is the embeddings before the first. A layer's states are what transformers calls its
hidden states: those of ModernBERT are normalised once more only after its last layer. Several are averaged token by
token: Huang et al. 2021, "WhiteningBERT" (first and last); Ma et al. 2019, "Universal Text Representation from BERT"
(the last four). Vectors cut to their first axes: Kusupati et al. 2022, "Matryoshka Representation Learning".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import get_args
from urllib.parse import quote, unquote

from broadsheet.core.errors import ModelError, UsageError, nearest
from broadsheet.encoders.facts import Facts, Long
from broadsheet.encoders.heads.pooling import POOLINGS

LONG: tuple[Long, ...] = get_args(Long)
_LONGEST = 200  # characters of a value
_LONGEST_PROMPT = 500  # characters of a prompt in a name
_PROMPTS = ("prompt", "query_prompt", "document_prompt")  # whose values may be long, or empty: none
_PLAIN = ":;,./!()*'"  # what a prompt may hold as it is; all but letters, digits and these is percent-encoded
_LAST4 = "last4"


def cut(name: str) -> tuple[str, str]:
    """Split a name, or what follows its scheme, at its last ``?``: what is named, and its switches as text."""
    where, mark, text = name.rpartition("?")
    return (where, text) if mark else (name, "")


def cut_folder(name: str) -> tuple[str, str]:
    """Split what follows a scheme as ``cut`` does, unless all of it is the path of a folder that is there."""
    try:
        return (name, "") if Path(name).expanduser().is_dir() else cut(name)
    except (OSError, ValueError):  # longer than a path may be
        return cut(name)


def cut_named(rest: str, scheme: str) -> tuple[str, str]:
    """Split what follows a scheme as ``cut_folder`` does; UsageError where it names no model."""
    where, switches = cut_folder(rest)
    if not where.removeprefix("whole:"):
        raise UsageError(f"{scheme}: needs a folder or a hub name: {scheme}:/path/to/model or {scheme}:ORG/NAME.")
    return where, switches


def read(text: str, known: Collection[str]) -> dict[str, str]:
    """Read ``layers=4&pooling=max`` as values by name. UsageError for an unknown or repeated switch and for one without
    a value, which only a prompt may be: empty."""
    values: dict[str, str] = {}
    for part in text.split("&") if text else ():
        name, mark, value = part.partition("=")
        if name not in known:
            raise UsageError(f"The switch {name[:60]!r} is unknown. {nearest(name[:60], known)}")
        longest = _LONGEST_PROMPT * 12 if name in _PROMPTS else _LONGEST  # %F0%9F%93%84 is one character
        if not mark or not (value or name in _PROMPTS) or name in values or len(value) > longest:
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
    if values.get("pooling") == _LAST4:
        values |= _last_four(values.get("layers", str(facts.shape.layers)), facts)
    made = facts
    for name in _SWITCHES:
        if name in values:
            made = _SWITCHES[name](made, values[name])
    runs = (made.shape.layers, made.mix) != (facts.shape.layers, ())
    layers = ",".join(map(str, made.mix or (made.shape.layers,))) if runs else ""
    pooling = made.pooling if made.pooling != facts.pooling else ""
    dim = str(made.dim) if made.dim != replace(made, cut=facts.cut).dim else ""
    long = _checked_long(made) if made.long != facts.long else ""
    said = {"layers": layers, "pooling": pooling, "dim": dim, "long": long}
    return made, "&".join(
        [*(f"{name}={value}" for name, value in said.items() if value), *prompts(facts.prompts, made.prompts)]
    )


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


def _last_four(last: str, facts: Facts) -> dict[str, str]:
    """``pooling=last4``: the mean of the words' states in the last four of the layers that run, so that with
    ``layers=5`` they are 2 to 5."""
    most = facts.shape.layers
    if not (last.isascii() and last.isdigit() and len(last) < 4 and 4 <= int(last) <= most):
        raise UsageError(
            f"pooling is last4 and layers {last[:60]!r}; expected one layer from 4 to {most}, the last that runs."
        )
    return {"layers": ",".join(str(each) for each in range(int(last) - 3, int(last) + 1)), "pooling": "mean"}


def _number(text: str, facts: Facts, *, least: int) -> int:
    most = facts.shape.layers
    if not (text.isascii() and text.isdigit() and len(text) < 4 and least <= int(text) <= most):
        raise UsageError(
            f"layers names {text[:60]!r}; expected a layer from 0 to {most}, several (1,{most}) or last1 to last{most}."
        )
    return int(text)


def _pooling(facts: Facts, value: str) -> Facts:
    """One way, or several side by side: ``cls,mean``."""
    names = value.split(",")
    if not set(names) <= set(POOLINGS) or len(set(names)) < len(names):
        expected = f"expected {', '.join(POOLINGS)}, several of them ({POOLINGS[0]},{POOLINGS[1]}) or {_LAST4}"
        raise UsageError(f"pooling is {value[:60]!r}; {expected}.")
    made = replace(facts, pooling=value)
    try:
        made.width  # noqa: B018 - a step after it may not take so many axes
    except ModelError as error:
        raise UsageError(f"pooling={value} does not fit this model: {error}") from None
    return made


def _dim(facts: Facts, value: str) -> Facts:
    """The first axes, of all that the model has: also of those that its own file cuts off."""
    if not (value.isascii() and value.isdigit() and len(value) < 7 and 0 < int(value) <= facts.width):
        raise UsageError(f"dim is {value[:60]!r}; expected a number of axes from 1 to {facts.width}.")
    return replace(facts, cut=int(value) if int(value) < facts.width else 0)


def _long(facts: Facts, value: str) -> Facts:
    chosen = next((each for each in LONG if each == value), None)
    if chosen is None:
        raise UsageError(f"long is {value[:60]!r}; expected one of {', '.join(LONG)}.")
    return replace(facts, long=chosen)


def _checked_long(facts: Facts) -> str:
    """What becomes of long texts, where the model can do it."""
    if facts.long == "pool" and not set(facts.poolings) <= _OVER_ALL:
        raise UsageError(
            f"long=pool pools the states of all tokens alike, which pooling={facts.pooling} does not. "
            f"Choose long=stretch, or pooling=mean, max or weighted."
        )
    if facts.way and not facts.family.stretches:
        raise UsageError(f"long={facts.long} is not offered for {facts.kind}. Choose long=pool or long=cut.")
    if facts.way and facts.reach <= facts.max_length:
        raise UsageError(f"long={facts.long} reads {facts.reach:,} tokens, as many as the model does. Leave it out.")
    return facts.long


def _prompt(*roles: str) -> Callable[[Facts, str], Facts]:
    """The switch that puts a text before the texts of these roles, or nothing where it is empty."""

    def switch(facts: Facts, value: str) -> Facts:
        prompts = dict(facts.prompts) | dict.fromkeys(roles, prompt(value))
        return replace(facts, prompts={role: text for role, text in prompts.items() if text})

    return switch


def prompt(value: str) -> str:
    """Read the value of a switch as the text that it stands for; UsageError for one that is too long."""
    text = unquote(value, errors="replace").encode("utf-8", "replace").decode()  # an argument may hold any bytes
    if len(text) > _LONGEST_PROMPT or "\0" in text:
        raise UsageError(f"The prompt {text[:60]!r} is not understood; expected at most {_LONGEST_PROMPT} characters.")
    return text


def prompts(own: Mapping[str, str], made: Mapping[str, str]) -> list[str]:
    """Write the switches of prompts, by role, that differ from the model's own: one for both where they are equal."""
    before, after = ([each.get(role, "") for role in ("query", "document")] for each in (own, made))
    if after[0] == after[1] and before[0] != after[0] and before[1] != after[1]:
        return [f"prompt={quote(after[0], safe=_PLAIN)}"]
    roles = zip(("query_prompt", "document_prompt"), before, after, strict=True)
    return [f"{name}={quote(new, safe=_PLAIN)}" for name, old, new in roles if new != old]


_OVER_ALL = {"mean", "max", "weighted", "root"}  # poolings of the states of all tokens alone
_SWITCHES: Mapping[str, Callable[[Facts, str], Facts]] = {
    "layers": _layers,
    "pooling": _pooling,
    "dim": _dim,
    "long": _long,
    "prompt": _prompt("query", "document"),
    "query_prompt": _prompt("query"),
    "document_prompt": _prompt("document"),
}
