"""Checks: one list of what can be well or ill, of which ``doctor`` shows all and ``status`` those of the Collection.

for each check: look -> ok, warn or fail, what was found, what to do about it, and the bare facts
a check that cannot be made is itself a finding
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from pathlib import Path
from typing import Any, Literal

from broadsheet import __version__, names
from broadsheet.collection import DEFAULT_ENCODER, Collection
from broadsheet.config import Settings
from broadsheet.errors import BroadsheetError
from broadsheet.space import Space
from broadsheet.sync import manifest_of
from broadsheet.wiring import opened

Level = Literal["ok", "warn", "fail"]
Area = Literal["installation", "machine", "collection"]
_SAFE_SQLITE = (3, 51, 3)
_LITTLE_SPACE, _NO_SPACE = 2 * 10**9, 2 * 10**8
_ABILITIES = {"avx2": "AVX2", "avx512f": "AVX-512", "avx512_bf16": "AVX-512 bf16", "amx_bf16": "AMX bf16"}
_MOST_BAD = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found: ``said`` in words, ``advice`` (what to do, empty when well), ``facts`` as JSON values."""

    said: str
    level: Level = "ok"
    advice: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """A finding with the name of its check and the area that it belongs to."""

    area: Area
    name: str
    finding: Finding


@dataclass
class Place:
    """What is looked at: an installation with the Collection in ``folder``, opened when first asked for."""

    folder: Path
    settings: Settings

    @cached_property
    def collection(self) -> Collection:
        """Raises CollectionError when there is none, or none that can be used."""
        return opened(self.folder, create=False, settings=self.settings)

    @property
    def encoder(self) -> str:
        """The name of the encoder that is used here."""
        try:
            return self.collection.encoder_name
        except BroadsheetError:
            return self.settings.encoder or DEFAULT_ENCODER


def examine(place: Place, *areas: Area) -> Iterator[Checked]:
    """What the checks of these areas (of all, when none is named) find, one after another."""
    for area, name, check in CHECKS:
        if not areas or area in areas:
            try:
                found = check(place)
            except (BroadsheetError, OSError) as error:
                found = Finding(said=str(error), level="fail")
            yield Checked(area, name, found)
            if name == "collection" and "papers" not in found.facts:
                return  # there is none, or none that can be opened: nothing more can be looked at


def _python(_place: Place) -> Finding:
    here = ".".join(map(str, sys.version_info[:3]))
    return Finding(said=f"Broadsheet {__version__} on Python {here}", facts={"broadsheet": __version__, "python": here})


def _packages(_place: Place) -> Finding:
    wanted = [line for line in requires("broadsheet") or [] if "extra ==" not in line]
    found: dict[str, str | None] = {}
    for line in wanted:
        name = line.split(";")[0].split(" ")[0].split(">")[0].split("<")[0].split("=")[0].strip()
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    missing = [name for name, there in found.items() if there is None]
    if missing:
        return Finding(
            level="fail",
            said=f"missing: {', '.join(missing)}",
            advice=f"pip install {' '.join(missing)}",
            facts=found,
        )
    return Finding(said=f"all {len(found)} that Broadsheet needs", facts=found)


def _plugins(_place: Place) -> Finding:
    registered = [entry for group in (names.SOURCES, names.ENCODERS) for entry in entry_points(group=group)]
    broken: dict[str, str] = {}
    for entry in registered:
        try:
            entry.load()
        except Exception as error:  # a stranger's code; whatever it raises is what there is to say
            broken[entry.name] = f"{type(error).__name__}: {error}"
    said = f"{len(registered)} kinds of sources and encoders"
    if broken:
        words = "; ".join(f"{name} ({why})" for name, why in broken.items())
        return Finding(level="warn", said=f"{said}; broken: {words}", advice="reinstall what brings them", facts=broken)
    return Finding(said=said)


def _sqlite(_place: Place) -> Finding:
    here = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= _SAFE_SQLITE:
        return Finding(said=f"SQLite {here}", facts={"sqlite": here})
    safe = ".".join(map(str, _SAFE_SQLITE))
    return Finding(
        level="warn",
        said=f"SQLite {here}: below {safe} a checkpoint that meets another process's write can lose it; "
        "Broadsheet's own processes take turns",
        advice="let no other program write to store.db, or use a Python with a newer SQLite",
        facts={"sqlite": here},
    )


def _encoder(place: Place) -> Finding:
    """Loads it, encodes a text, and holds its manifest against the vectors that are there."""
    encoder = names.encoder(place.encoder, models=place.folder / "models", cache=_cache(place))
    row = encoder.encode(["One text."], role="document")
    manifest = manifest_of(encoder, place.encoder)
    facts = {
        "encoder": manifest.encoder, "dim": manifest.dim, "max_length": manifest.max_length,
        "precision": manifest.precision, "weights": manifest.weights,
    }  # fmt: skip
    space = _space(place)
    if space is not None and space.exists:
        space.check(manifest)
    weights = f", weights {manifest.weights[:12]}…" if manifest.weights else ""
    return Finding(
        said=f"{place.encoder} works: {row.shape[1]} dimensions in {manifest.precision}{weights}", facts=facts
    )


def _cache(place: Place) -> Path | None:
    return place.folder / "cache" if place.folder.is_dir() else None


def _space(place: Place) -> Space | None:
    try:
        return place.collection.space
    except BroadsheetError:
        return None


def _processor(_place: Place) -> Finding:
    try:
        flags = set(Path("/proc/cpuinfo").read_text("utf-8").split())
    except OSError:
        return Finding(said=f"{os.cpu_count()} cores; its abilities are not told on this system")
    able = [shown for flag, shown in _ABILITIES.items() if flag in flags]
    half = {"amx_bf16", "avx512_bf16"} & flags
    reach = "bf16, the fast way" if half else "f32; a processor with AMX encodes several times faster"
    facts = {"cores": os.cpu_count(), "abilities": able}
    return Finding(
        said=f"{os.cpu_count()} cores, {', '.join(able) or 'no AVX2 and no AMX'}: minilm in {reach}", facts=facts
    )


def _disk(place: Place) -> Finding:
    there = next(each for each in (place.folder.absolute(), *place.folder.absolute().parents) if each.is_dir())
    free = shutil.disk_usage(there).free
    level: Level = "fail" if free < _NO_SPACE else "warn" if free < _LITTLE_SPACE else "ok"
    advice = "" if level == "ok" else "free some space, or put the Collection elsewhere with --data"
    if not os.access(there, os.W_OK):
        level, advice = "fail", f"make {there} writable, or put the Collection elsewhere with --data"
        return Finding(level=level, said=f"{there} may not be written", advice=advice)
    return Finding(level=level, said=f"{free / 1e9:.1f} GB free for {there}", advice=advice, facts={"free": free})


def _collection(place: Place) -> Finding:
    if not (place.folder / "store.db").is_file():
        return Finding(
            level="warn",
            said=f"none in {place.folder} yet",
            advice="broadsheet up",
            facts={"folder": str(place.folder)},
        )
    papers, size = place.collection.store.count(), _size(place.folder)
    facts = {
        "folder": str(place.folder), "papers": papers, "language": place.collection.lexicon.language,
        "bytes": {name: _size(place.folder / name) for name in _FOLDERS},
    }  # fmt: skip
    said = f"{papers:,} papers in {place.folder} ({size / 1e6:,.1f} MB)"
    if not papers:
        return Finding(
            level="warn", said=said, advice="broadsheet ingest SOURCE, or broadsheet shelf --add", facts=facts
        )
    return Finding(said=said, facts=facts)


_FOLDERS = ("store.db", "lexicon", "spaces", "models", "cache")


def _size(path: Path) -> int:
    files = [path] if path.is_file() else path.rglob("*") if path.is_dir() else []
    return sum(file.stat().st_size for file in files if file.is_file())


def _sources(place: Place) -> Finding:
    followed = place.collection.store.sources()
    failed = [each.name for each in followed if each.last_run and each.last_run.error]
    facts = {"followed": [each.name for each in followed], "failed": failed}
    if failed:
        said = f"{len(followed)} followed; the last run of {', '.join(failed)} failed"
        return Finding(level="warn", said=said, advice="see the runs in broadsheet status", facts=facts)
    return Finding(said=f"{len(followed)} followed" if followed else "none followed", facts=facts)


def _bad(place: Place) -> Finding:
    bad = len(place.collection.store.problems(_MOST_BAD))
    if bad:
        return Finding(
            level="warn", said=f"{bad:,} kept", advice="see their reasons in broadsheet status", facts={"bad": bad}
        )
    return Finding(said="none", facts={"bad": 0})


def _lexicon(place: Place) -> Finding:
    lexicon, store = place.collection.lexicon, place.collection.store
    pending = store.pending(lexicon.change)
    documents = lexicon.count if lexicon.change else 0
    return _followed(f"{documents:,} papers by their words", pending, {"documents": documents, "pending": pending})


def _spaces(place: Place) -> Finding:
    """The Space in use; others are named."""
    space, store = place.collection.space, place.collection.store
    if not space.exists:
        pending = store.pending(0)
        return _followed(f"none of {place.encoder} yet", pending, {"rows": 0, "pending": pending})
    state = space.snapshot()
    pending = store.pending(state.pointer.change)
    others = sorted(each.name for each in space.folder.parent.iterdir() if each != space.folder)
    facts = {
        "encoder": state.manifest.encoder, "dim": state.manifest.dim, "precision": state.manifest.precision,
        "rows": state.count, "pending": pending, "cut": state.cut, "others": others,
    }  # fmt: skip
    said = f"{state.count:,} papers by meaning ({state.manifest.encoder}, {state.manifest.dim} dimensions)"
    if state.cut:
        said += f"; {state.cut:,} texts are longer than the {state.manifest.max_length} tokens it reads"
    return _followed(said + (f"; also here: {', '.join(others)}" if others else ""), pending, facts)


def _followed(said: str, pending: int, facts: Mapping[str, Any]) -> Finding:
    if pending:
        return Finding(level="warn", said=f"{said}; {pending:,} changes to come", advice="broadsheet sync", facts=facts)
    return Finding(said=said, facts=facts)


CHECKS: tuple[tuple[Area, str, Callable[[Place], Finding]], ...] = (
    ("installation", "version", _python),
    ("installation", "packages", _packages),
    ("installation", "plug-ins", _plugins),
    ("installation", "sqlite", _sqlite),
    ("machine", "processor", _processor),
    ("machine", "disk", _disk),
    ("machine", "encoder", _encoder),
    ("collection", "collection", _collection),
    ("collection", "lexicon", _lexicon),
    ("collection", "space", _spaces),
    ("collection", "sources", _sources),
    ("collection", "bad records", _bad),
)
