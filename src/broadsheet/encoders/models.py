"""The models of a Collection: where a name leads, what was added from a hub, and whether it is still what was added.

    models/ORG/NAME/hub.json: the repository, the commit, and size and sha256 of every file next to it

find: a folder, a folder in ``models``, a model that was added, one in the cache of the hub's library; never the network
add: the hub's listing -> files into ``cache``, one by one -> checked there -> renamed into ``models`` when all is whole
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from broadsheet import files, locks
from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.protocols import Progress
from broadsheet.encoders.families import FAMILIES
from broadsheet.encoders.folder import Config, sha256
from broadsheet.encoders.hub import (
    COMMIT,
    RECORD,
    Hub,
    Listing,
    Reference,
    matches,
    model_files,
    read_reference,
    snapshot_of,
)

_SPARE = 64 << 20  # bytes that stay free on the disk


class AbsentError(ModelError):
    """A model has the name of one on a hub, and is not here: ``reference`` says which may be fetched."""

    def __init__(self, reference: Reference) -> None:
        revision = f" --revision {reference.revision}" if reference.revision else ""
        super().__init__(
            f"{reference} is not here yet. To fetch it from the hub: "
            f"broadsheet encoders add {reference.repository}{revision}"
        )
        self.reference = reference


class Location(NamedTuple):
    """The folder of a model, and the version that the manifest gives its vectors: the commit of one from a hub."""

    folder: Path
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What was added from a hub: ``files`` holds size and sha256 by name, ``revision`` what was asked for."""

    repository: str
    commit: str
    revision: str
    licence: str
    files: dict[str, tuple[int, str]]

    @property
    def size(self) -> int:
        """Return the bytes of all files."""
        return sum(size for size, _ in self.files.values())

    def has(self, revision: str) -> bool:
        """Return whether a revision, a commit or the beginning of one names what was added."""
        return revision in ("", self.revision) or (len(revision) >= 7 and self.commit.startswith(revision))


def find(where: str, models: Path | None) -> Location:
    """Return the folder that a name leads to: a folder, one in ``models``, ``ORG/NAME`` or ``ORG/NAME@REVISION``.

    ModelError if it is not here (AbsentError if a hub may have it), or is no longer what was added.
    """
    for folder in (Path(where).expanduser(), *([models / where] if models else [])):
        if folder.is_dir():
            return _checked(folder)
    reference = read_reference(where)
    if reference is None:
        raise ModelError(f"No model folder at {where}, and it is not a hub name (ORG/NAME).")
    home = models / reference.repository if models else None
    if home and home.is_dir():
        _required(home, reference)
        return _checked(home)
    if snapshot := snapshot_of(reference):
        return Location(snapshot, snapshot.name)
    raise AbsentError(reference)


def read_record(folder: Path) -> Record | None:
    """Return what was added into a folder; None for a folder that was made by hand. ModelError for a broken record."""
    if not (folder / RECORD).is_file():
        return None
    values = Config.read(folder / RECORD).values
    try:
        each = {str(name): (int(row["size"]), str(row["sha256"])) for name, row in values["files"].items()}
        texts = {name: str(values[name]) for name in ("repository", "commit", "revision", "licence")}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ModelError(f"{folder / RECORD} is not a record of what was added. {_AGAIN}") from None
    if not COMMIT.fullmatch(texts["commit"]) or set(model_files(each)) != set(each):
        raise ModelError(f"{folder / RECORD} is not a record of what was added. {_AGAIN}")
    return Record(files=each, **texts)


def list_models(models: Path) -> list[str]:
    """List the models that were added from a hub, as ORG/NAME."""
    return sorted(path.parent.relative_to(models).as_posix() for path in models.glob(f"*/*/{RECORD}"))


def add(
    reference: Reference, hub: Hub, check: Callable[[Path], object], *, models: Path, cache: Path,
    listed: Callable[[Listing], Progress],
) -> Record:  # fmt: skip
    """Fetch a model into ``models``, where it appears only when it is whole and ``check`` accepted its folder.

    ``listed`` is told what will be fetched before any of it is, and gives what is told of the bytes that came. A model
    that was added is not fetched again unless a file of it has changed; then it is fetched at its own commit. Raises
    UsageError for a folder that was made by hand and for another revision than the one that is here, ModelError if it
    cannot be fetched (what came is kept in ``cache``, and the next attempt goes on from there) or cannot be used.
    """
    with _writing(models, cache):
        home, before = models / reference.repository, None
        if home.exists():
            before = _required(home, reference)
            if _is_whole(home):
                return before
        listing = hub.listing(Reference(reference.repository, before.commit) if before else reference)
        part = _part(cache, listing.repository, listing.commit)
        _require_space(part, listing)
        _fetched(hub, listing, part, listed(listing))
        revision = before.revision if before else reference.revision
        return _settled(part, home, check, _recorded(part, listing, revision))


def adopt(reference: Reference, check: Callable[[Path], object], *, models: Path, cache: Path) -> Record | None:
    """Copy a model that is not in ``models`` from the cache of the hub's library, so that it stays at this commit.

    None if it is not there. Asks no network; raises ModelError if ``check`` does not accept it.
    """
    with _writing(models, cache):
        home, snapshot = models / reference.repository, snapshot_of(reference)
        if snapshot is None or home.exists():
            return None
        part = _part(cache, reference.repository, snapshot.name)
        for name in model_files(_names(snapshot)):
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(snapshot / name, part / name)
        listing = Listing(reference.repository, snapshot.name)
        return _settled(part, home, check, _recorded(part, listing, reference.revision))


def remove(reference: Reference, *, models: Path) -> Record:
    """Delete a model that was added from a hub. UsageError if it was not."""
    home = models / reference.repository
    if not home.is_dir():
        raise UsageError(f"{reference} is not here. To see what is: broadsheet encoders")
    record = _required(home, reference)
    files.remove(home)
    if home.exists():
        raise ModelError(f"{home} cannot be deleted: who owns it?")
    if not any(home.parent.iterdir()):
        home.parent.rmdir()
    return record


_AGAIN = "Remove this folder and add the model again: broadsheet encoders add ORG/NAME"


def _checked(folder: Path) -> Location:
    """A folder that was added must still be what was added; one that was made by hand is taken as it is."""
    record = read_record(folder)
    if record is None:
        return Location(folder, folder.name)
    if more := sorted(set(model_files(_names(folder))) - set(record.files)):
        raise ModelError(f"{folder} has a file that was not added with it ({more[0]}). Remove that file.")
    for name, (size, digest) in record.files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size or sha256(path) != digest:
            raise ModelError(
                f"{path} is not the file that was added: its hash has changed. To fetch the model again at its commit: "
                f"broadsheet encoders add {record.repository}"
            )
    return Location(folder, record.commit)


def _is_whole(home: Path) -> bool:
    try:
        _checked(home)
    except ModelError:
        return False
    return True


def _required(home: Path, reference: Reference) -> Record:
    """The record of a model that was added at a revision; UsageError for a folder made by hand or another revision."""
    record = read_record(home)
    if record is None:
        raise UsageError(f"{home} was not added from a hub: it was made by hand, and stays. Move it away first.")
    if not record.has(reference.revision):
        raise UsageError(
            f"{record.repository} is here at commit {record.commit[:12]}, not at {reference.revision}. Its vectors "
            f"would change: to have the other one, first broadsheet encoders remove {record.repository}"
        )
    return record


@contextmanager
def _writing(models: Path, cache: Path) -> Iterator[None]:
    """Let one process at a time change models; ModelError where the system does not let it write."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with locks.held(cache / "models.lock", what="the models"):
            yield
    except OSError as error:
        where = error.filename or models
        raise ModelError(f"The model cannot be written: {where}: {error.strerror or error}.") from None


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _part(cache: Path, repository: str, commit: str) -> Path:
    """The folder in which a model is put together; what another commit of it left there goes."""
    name = repository.replace("/", "--")
    part = cache / "models" / f"{name}@{commit}"
    for other in (cache / "models").glob(f"{name}@*"):
        if other != part:
            files.remove(other)
    return _made(part)


def _require_space(part: Path, listing: Listing) -> None:
    free = shutil.disk_usage(part).free
    if free < listing.size + _SPARE:
        raise ModelError(f"{listing.repository} has {listing.size:,} bytes, and {part} has room for {free:,}.")


def _fetched(hub: Hub, listing: Listing, part: Path, progress: Progress) -> None:
    """Fetch the small files first, so that a model that is not understood is known before its weights are fetched."""
    done = 0
    for name, file in sorted(listing.files.items(), key=lambda each: each[1].size):
        if not matches(part / name, file):
            hub.fetch(listing, name, part, partial(_told, progress, done, listing.size))
        done += file.size
        progress(done, listing.size)
        if name == "config.json":
            _accepted(part, listing.repository, _require_family)


def _told(progress: Progress, before: int, total: int, held: int) -> None:
    progress(before + held, total)


def _require_family(part: Path) -> None:
    config = Config.read(part / "config.json")
    FAMILIES[config.choice("model_type", FAMILIES)].read(config)


def _recorded(part: Path, listing: Listing, revision: str) -> Record:
    each = {name: ((part / name).stat().st_size, sha256(part / name)) for name in model_files(_names(part))}
    return Record(
        repository=listing.repository, commit=listing.commit, revision=revision or "main", licence=listing.licence,
        files=each,
    )  # fmt: skip


def _names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.glob("**/*") if path.is_file()]


def _settled(part: Path, home: Path, check: Callable[[Path], object], record: Record) -> Record:
    """Give a whole model its place once it is accepted, in the place of a damaged one."""
    _accepted(part, record.repository, check)
    rows = {name: {"size": size, "sha256": digest} for name, (size, digest) in record.files.items()}
    files.write(part / RECORD, json.dumps(asdict(record) | {"files": rows}, indent=2))
    for name in record.files:
        files.flush(part / name)
    _made(home.parent)
    files.remove(home)
    try:
        part.rename(home)
    except OSError:  # the cache is on another disk
        copy = home.with_name(f".{home.name}")
        shutil.copytree(part, copy, dirs_exist_ok=True)
        copy.rename(home)
        files.remove(part)
    files.flush(home.parent)
    return record


def _accepted(part: Path, repository: str, check: Callable[[Path], object]) -> None:
    """Ask whether a model can be used; of one that cannot, or is of another kind (UsageError), nothing stays."""
    try:
        check(part)
    except UsageError as error:
        files.remove(part)
        raise UsageError(f"{repository} cannot be used here: {error}") from None
    except ModelError as error:
        files.remove(part)
        reason = str(error).replace(f"{part}/", "").replace(str(part), repository)
        way_out = "" if "st:" in reason else f" It may run as st:{repository} with the extra [torch]."
        raise ModelError(
            f"{repository} cannot be used here: {reason}{way_out}".replace("st:NAME", f"st:{repository}")
        ) from None
