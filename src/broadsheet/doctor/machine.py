"""Checks of the installation and of the machine that it runs on."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from pathlib import Path

from broadsheet import __version__, names
from broadsheet.core.errors import BroadsheetError
from broadsheet.doctor.findings import Finding, Level, Place
from broadsheet.names import manifest_of
from broadsheet.space import Space

_SAFE_SQLITE = (3, 51, 3)
_LITTLE_SPACE, _NO_SPACE = 2 * 10**9, 2 * 10**8
_ABILITIES = {"avx2": "AVX2", "avx512f": "AVX-512", "avx512_bf16": "AVX-512 bf16", "amx_bf16": "AMX bf16"}


def python(_place: Place) -> Finding:
    """Report the version of this program and of Python."""
    here = ".".join(map(str, sys.version_info[:3]))
    return Finding(said=f"Broadsheet {__version__} on Python {here}", facts={"broadsheet": __version__, "python": here})


def packages(_place: Place) -> Finding:
    """Check that every package that is needed is there."""
    required = [line for line in requires("broadsheet") or [] if "extra ==" not in line]
    versions: dict[str, str | None] = {}
    for line in required:
        name = line.split(";")[0].split(" ")[0].split(">")[0].split("<")[0].split("=")[0].strip()
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = None
    missing = [name for name, there in versions.items() if there is None]
    if missing:
        return Finding(
            level="fail",
            said=f"missing: {', '.join(missing)}",
            advice=f"pip install {' '.join(missing)}",
            facts=versions,
        )
    return Finding(said=f"all {len(versions)} that Broadsheet needs", facts=versions)


_PLUGINS = (names.SOURCES, names.ENCODERS, names.SCORERS)


def plugins(_place: Place) -> Finding:
    """Check that everything registered can be loaded."""
    registered = [entry for group in _PLUGINS for entry in entry_points(group=group)]
    broken: dict[str, str] = {}
    for entry in registered:
        try:
            entry.load()
        except Exception as error:  # foreign code: whatever it raises is the finding
            broken[entry.name] = f"{type(error).__name__}: {error}"
    kinds = f"{len(registered)} kinds of sources, encoders and scorers"
    if broken:
        words = "; ".join(f"{name} ({why})" for name, why in broken.items())
        return Finding(level="warn", said=f"{kinds}; broken: {words}", advice="reinstall their packages", facts=broken)
    return Finding(said=kinds)


def sqlite(_place: Place) -> Finding:
    """Check that this SQLite has the repaired checkpoint."""
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


def encoder(place: Place) -> Finding:
    """Load the encoder, encode a text, and compare its manifest with that of the stored vectors."""
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


def processor(_place: Place) -> Finding:
    """Report what the processor can do for the encoder."""
    try:
        flags = set(Path("/proc/cpuinfo").read_text("utf-8").split())
    except OSError:
        return Finding(said=f"{os.cpu_count()} cores; this system does not tell their features")
    able = [shown for flag, shown in _ABILITIES.items() if flag in flags]
    half = {"amx_bf16", "avx512_bf16"} & flags
    reach = "bf16, the fast way" if half else "f32; a processor with AMX encodes several times faster"
    facts = {"cores": os.cpu_count(), "abilities": able}
    return Finding(
        said=f"{os.cpu_count()} cores, {', '.join(able) or 'no AVX2 and no AMX'}: minilm in {reach}", facts=facts
    )


def disk(place: Place) -> Finding:
    """Check that there is free space, and that the folder may be written."""
    there = next(each for each in (place.folder.absolute(), *place.folder.absolute().parents) if each.is_dir())
    free = shutil.disk_usage(there).free
    level: Level = "fail" if free < _NO_SPACE else "warn" if free < _LITTLE_SPACE else "ok"
    advice = "" if level == "ok" else "free some space, or put the Collection elsewhere with --data"
    if not os.access(there, os.W_OK):
        level, advice = "fail", f"make {there} writable, or put the Collection elsewhere with --data"
        return Finding(level=level, said=f"{there} is not writable", advice=advice)
    return Finding(level=level, said=f"{free / 1e9:.1f} GB free for {there}", advice=advice, facts={"free": free})
