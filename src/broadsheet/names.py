"""From a name to an object, through entry points only: built-ins are loaded in the same way as other plug-ins.

scheme, rest = the name cut at its first colon
factory = the entry point called `scheme`, or a UsageError naming the nearest
`NAME?map=M`, where any encoder takes the switch, is the entry point `mapped` over the encoder NAME
the object = factory(rest, ...)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2b
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from broadsheet.core.errors import UsageError, nearest
from broadsheet.core.protocols import Encoder, Scorer, Source
from broadsheet.core.types import Manifest

SOURCES = "broadsheet.sources"
ENCODERS = "broadsheet.encoders"
SCORERS = "broadsheet.scorers"
_MAPPED = "mapped"
_LONGEST, _BEGINNING = 255, 130  # bytes of a folder's name that file systems take; those left of a longer one
_MAP = re.compile(r"(?P<base>[^?|]+)\?(?:(?P<before>[^?|]*)&)?map=(?P<map>[^?|&]*)(?:&(?P<after>[^?|]*))?")


def known(group: str) -> list[str]:
    """Return the names registered in a group (SOURCES, ENCODERS or SCORERS), sorted."""
    return sorted({entry.name for entry in entry_points(group=group)})


def source(name: str, *, client: Any = None) -> Source:
    """Make the source ``scheme:rest``, for example ``page:saved.txt``; live sources use ``client`` for the network.

    Raises UsageError when the scheme is unknown, nothing follows the colon, or a required package is missing.
    """
    scheme, _, rest = name.partition(":")
    factory = _factory(SOURCES, scheme, name)
    if not rest.strip():
        raise UsageError(f"Source {name!r} names only a kind; expected {scheme}:WHICH, for example {scheme}:FILE.")
    made: Source = _made(factory, scheme, lambda call: call(rest, client=client))
    return made


def encoder(name: str, *, models: Path | None = None, cache: Path | None = None) -> Encoder:
    """Make the encoder ``name``, ``name:rest`` or, with switches, ``name?layers=4``.

    ``models`` holds weights, ``cache`` holds what can be made again.

    Raises UsageError when the name is unknown or a package is missing, ModelError when it cannot be loaded.
    """
    scheme, rest = split(name)
    factory = _factory(ENCODERS, scheme, name)
    made: Encoder = _made(factory, scheme, lambda call: call(rest, models=models, cache=cache))
    return made


def scorer(name: str, *, models: Path | None = None, cache: Path | None = None) -> Scorer:
    """Make the scorer ``scheme:FOLDER``: a model that tells how well texts answer a query, but has no one vector of a
    text. It is a SparseEncoder.

    Raises UsageError when the name is unknown or a package is missing, ModelError when it cannot be loaded.
    """
    scheme, _, rest = name.partition(":")
    factory = _factory(SCORERS, scheme, name)
    made: Scorer = _made(factory, scheme, lambda call: call(rest, models=models, cache=cache))
    return made


def model(name: str, *, models: Path | None = None, cache: Path | None = None) -> Encoder | Scorer:
    """Make an encoder or a scorer, whichever has the name's scheme."""
    make = scorer if name.partition(":")[0] in known(SCORERS) else encoder
    return make(name, models=models, cache=cache)


def manifest_of(encoder: Encoder | Scorer, name: str) -> Manifest:
    """Return an encoder's own manifest, or, for one without, a manifest of its name and dimension, which a scorer has
    not."""
    own = getattr(encoder, "manifest", None)
    if isinstance(own, Manifest):
        return own
    dim = encoder.encode(["dimension"], role="document").shape[1] if isinstance(encoder, Encoder) else 0
    return Manifest(encoder=name, version="", weights="", dim=dim)


def require_encoder(name: str) -> None:
    """Raise UsageError unless the encoder's kind is registered. Load nothing."""
    scheme, rest = split(name)
    _factory(ENCODERS, scheme, name)
    if scheme == _MAPPED:
        require_encoder(rest.partition("|")[2])


def split(name: str) -> tuple[str, str]:
    """Split the name of an encoder: its scheme, and what follows the colon. Switches (``?layers=4``) are part of that.

    The switch ``map``, which any encoder takes, names another one: ``minilm?map=M`` is ``mapped:M|minilm``.
    """
    scheme = re.split("[:?]", name, maxsplit=1)[0]
    switch = _MAP.fullmatch(name)
    if not switch or scheme == _MAPPED:
        return scheme, name[len(scheme) :].removeprefix(":")
    others = "&".join(filter(None, (switch["before"], switch["after"])))
    return _MAPPED, f"{switch['map']}|{switch['base']}{'?' * bool(others)}{others}"


def folder(name: str) -> str:
    """Return the name of a folder for what an encoder of this name made: its letters, digits, dots and dashes; of one
    that is longer than file systems take, the beginning and a digest."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")
    if len(plain) <= _LONGEST:
        return plain
    return f"{plain[:_BEGINNING]}-{blake2b(name.encode(), digest_size=8).hexdigest()}"


def _factory(group: str, scheme: str, name: str) -> EntryPoint:
    entries = {entry.name: entry for entry in entry_points(group=group)}
    if scheme in entries:
        return entries[scheme]
    if group == ENCODERS and scheme in known(SCORERS):
        raise UsageError(
            f"{name!r} scores texts for a query but has no vector of a text, so it cannot be the encoder here. Choose "
            "one of those that `broadsheet encoders` shows with dimensions; `broadsheet evaluate` measures both."
        )
    kind = group.rsplit(".", 1)[-1]
    form = "SCHEME:WHICH, for example page:saved.txt" if group == SOURCES else "NAME, for example minilm"
    form = "SCHEME:FOLDER, for example splade:FOLDER" if group == SCORERS else form
    more = "" if group == SOURCES else " See `broadsheet encoders`."
    raise UsageError(f"Unknown {kind.removesuffix('s')} {name!r}: expected {form}. {nearest(scheme, entries)}{more}")


def _made(entry: EntryPoint, scheme: str, make: Callable[[Callable[..., Any]], Any]) -> Any:
    """Return what the factory makes; turn a missing package into an error with the line that installs it."""
    try:
        return make(entry.load())
    except ModuleNotFoundError as error:
        raise UsageError(f"{scheme!r} needs the package {error.name!r}: {_remedy(entry, error.name or '')}") from error
    except AttributeError as error:
        if entry.value.rpartition(":")[2] not in str(error):
            raise
        raise UsageError(f"{scheme!r} is registered as {entry.value}, which does not exist; reinstall it.") from error


def _remedy(entry: EntryPoint, module: str) -> str:
    """Return the pip line that installs ``module``: the plug-in's extra that needs it, else the package."""
    if entry.dist is None or module.split(".")[0] == entry.module.split(".")[0]:
        return f"its registration {entry.value} is broken; reinstall it"
    package = module.split(".")[0].replace("_", "-")
    for requirement in entry.dist.requires or []:
        package_name = re.match(r"[A-Za-z0-9._-]+", requirement)
        extra = re.search(r"""extra\s*==\s*['"]([^'"]+)""", requirement)
        if package_name and extra and package_name[0].replace("_", "-").lower() == package.lower():
            return f"pip install '{entry.dist.name}[{extra[1]}]'"
    return f"pip install {package}"
