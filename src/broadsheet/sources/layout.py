"""A layout: how one service writes its records. Which keys give it away, and which key or path fills which field.

a path is a key (``DOI``), keys one inside the other (``journalInfo.journal.title``), an item (``title[0]``), all items
(``authors[].name``) or the first that says something (``dates[dateType=Issued].date``); of a fact also two keys
(``BP--EP``). Keys are compared without case, spaces and punctuation
fill the fields, the best path first; give each identifier the prefix that it has everywhere
keep the facts that the layout names; without names, all other keys
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from broadsheet.core.imprint import KEYS
from broadsheet.core.kinds import kind_named
from broadsheet.core.types import Document
from broadsheet.sources.fields import CONVERT, document, plain_key, says_more
from broadsheet.sources.lists import string

Paths = tuple[str, ...]
_STEP = re.compile(r"([^.\[\]]+)|\[(\d*)\]|\[([^\]=]+)=([^\]]*)\]")
_MOST_ITEMS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How one service writes its records.

    ``signatures``: sets of plain keys; a record that has all keys of one of them is of this layout. ``fields`` fills
    the fields of ``fields.document``. ``ids`` gives the prefix of each of the service's identifiers, its form and its
    paths, the one that is to be the paper's id first. ``facts`` gives the fixed key of a fact and its paths; ``rest``
    tells whether all other keys are kept as facts as well. ``clean`` changes the raw value of a field. ``former`` is
    what an earlier version took as the record's own id, so that what it stored is found again. ``further`` gives the
    fields that follow from several keys together.
    """

    name: str
    signatures: tuple[frozenset[str], ...]
    fields: Mapping[str, Paths]
    ids: tuple[tuple[str, str, Paths], ...] = ()
    facts: Mapping[str, Paths] = field(default_factory=dict)
    clean: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    former: Paths = ()
    rest: bool = False
    further: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda _: {}

    def fits(self, keys: Iterable[str]) -> bool:
        """Return whether records with these plain keys are of this layout."""
        known = frozenset(keys)
        return any(signature <= known for signature in self.signatures)


def fitting(layouts: Iterable[Layout], keys: Iterable[str]) -> Layout | None:
    """Return the first layout that fits these keys, as a record has them."""
    plain = frozenset(map(plain_key, keys))
    return next((layout for layout in layouts if layout.fits(plain)), None)


def signature(*keys: str) -> frozenset[str]:
    """Return the keys in their plain form, as a Layout has them."""
    return frozenset(map(plain_key, keys))


def laid_out(record: Mapping[str, Any], layout: Layout, *, prefix: str) -> Document:
    """Make the Document of a record of this layout; ValueError says what is wrong.

    ``prefix`` goes before an own id that is not valid everywhere.
    """
    plain = {plain_key(str(key)): value for key, value in reversed(list(record.items()))}
    values: dict[str, Any] = {}
    spent: set[str] = set()
    for name, paths in layout.fields.items():
        convert: Callable[[Any], Any] = CONVERT.get(name, string)
        clean = layout.clean.get(name, _kind if name == "kind" else _unchanged)
        for path in paths:
            raw = _at(plain, path)
            if (value := convert(part := clean(raw))) is not None:
                values[name] = value
                if part is raw and not says_more(name, raw, value):
                    spent.add(path)
                break
    own, *also = [*_names(plain, layout), ""]
    former = next(filter(None, (string(_at(plain, path)) for path in layout.former)), "")
    values |= {"own": own or values.get("own", ""), "also": tuple(filter(None, also)), "own_before": former}
    facts = _facts(plain, layout, spent)
    for key in facts.keys() & set(KEYS):
        as_printed: Callable[[Any], Any] = CONVERT.get(key, string)
        values[key] = as_printed(facts.pop(key))
    if layout.rest:
        left = set(map(plain_key, spent))
        facts = {key: value for key, value in record.items() if plain_key(str(key)) not in left} | facts
    return document(values | dict(layout.further(record)), facts, prefix=prefix)


def _kind(value: Any) -> Any:
    """Return the kind of a work that a service's word means; of several words, the first that means one."""
    words = re.split(r"[;|]", value[:200]) if isinstance(value, str) else []
    return next(filter(None, map(kind_named, words)), None)


def _unchanged(value: Any) -> Any:
    return value


def _names(plain: Mapping[str, Any], layout: Layout) -> list[str]:
    """Return the identifiers of a record with their prefixes."""
    names = []
    for prefix, form, paths in layout.ids:
        texts = (string(_at(plain, path)) or "" for path in paths)
        if match := next(filter(None, (re.search(form, text[:1_000]) for text in texts)), None):
            name = match[match.lastindex or 0]
            names.append(f"{prefix}:{name}" if prefix else name.lower())
    return names


def _facts(plain: Mapping[str, Any], layout: Layout, spent: set[str]) -> dict[str, Any]:
    """Return the facts that the layout names, and add their paths to ``spent``."""
    facts = {}
    for key, paths in layout.facts.items():
        clean = layout.clean.get(key, _unchanged)
        for path in paths:
            parts = path.split("--")
            values = [value for part in parts if (value := clean(_at(plain, part))) not in (None, "", [], {})]
            if values:
                facts[key] = "--".join(map(str, values)) if len(parts) > 1 else values[0]
                spent.update(parts)
                break
    return facts


def value_at(record: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path of a record; None where the path leads nowhere."""
    return _walk(record, _steps(path))


def _at(plain: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path of a record by its plain keys. A table's column may have a path as its whole name."""
    value = plain.get(plain_key(path))
    if value is None and len(steps := _steps(path)) > 1:
        return _walk(plain.get(plain_key(steps[0][0])), steps[1:])
    return value


Step = tuple[str, str, str]


@lru_cache(maxsize=2048)
def _steps(path: str) -> tuple[Step, ...]:
    """Return the steps of a path: each a key, or an item's number (``*`` for all), or a condition's key and value."""
    steps = []
    for match in _STEP.finditer(path):
        key, number, name, answer = match.groups()
        steps.append((key or "", "", "") if key else ("", name, answer) if name else ("", number or "*", ""))
    return tuple(steps)


def _walk(value: Any, steps: tuple[Step, ...]) -> Any:
    for place, (key, item, answer) in enumerate(steps):
        if key:
            value = _inside(value, key)
        elif item.isdecimal() and not answer:
            value = value[int(item)] if isinstance(value, list) and int(item) < len(value) else None
        else:
            results = _of_items(value, item if answer else "", answer, steps[place + 1 :])
            return next(results, None) if answer else list(results) or None
        if value is None:
            return None
    return value


def _of_items(value: Any, name: str, answer: str, steps: tuple[Step, ...]) -> Iterator[Any]:
    """Yield what the other steps lead to in each item or, with a name, in each item that has this answer under it."""
    items = value if isinstance(value, list) else [value]
    for item in items[:_MOST_ITEMS]:
        if not name or str(_inside(item, name)).lower() == answer.lower():
            inner = _walk(item, steps)
            if inner is not None:
                yield inner


def _inside(value: Any, key: str) -> Any:
    """Return what a mapping has under a key, whose case, spaces and punctuation do not matter."""
    if not isinstance(value, Mapping):
        return None
    if key in value:
        return value[key]
    plain = plain_key(key)
    return next((each for name, each in value.items() if plain_key(str(name)) == plain), None)
