"""Restore: bring a backup back into the folder of a Collection, and carry over what must not be forgotten.

hold the folder alone -> copy its Store aside -> copy the backup next to it and upgrade it
    -> carry over what was sent, who must not be written to and who has unsubscribed -> pause sending
    -> the finished Store replaces the old one, in one step of the file system
killed at any instant, the folder holds the old Store or the new one; Lexicon and Spaces follow at the next sync
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from broadsheet import files
from broadsheet.core.errors import CollectionError, NotFoundError, UsageError, on_disk
from broadsheet.lexicon import Lexicon
from broadsheet.locks import held
from broadsheet.space import Space
from broadsheet.store import Store
from broadsheet.store.carry import Carried, carry
from broadsheet.store.database import private, tenure
from broadsheet.store.faults import explained

_STORE, _SETTINGS, _MODELS = "store.db", "broadsheet.toml", "models"
_PART = "restore.part"
_ROOM = 3  # times the size of both Stores: copies, and what is written before a commit


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did: the number of ``papers``, what was ``carried`` over (None: nothing to carry it from; ``lost``
    says why if there was a Store), where the former Store is (``aside``), models that were ``added``, and models that
    ``differ`` from the backup's and were left as they are."""

    papers: int
    carried: Carried | None
    lost: str
    aside: Path | None
    added: tuple[str, ...]
    differ: tuple[str, ...]


def restore(backup: str | Path, folder: str | Path, *, now: datetime, timeout: float = 10.0) -> Restored:
    """Bring the backup (the folder that ``backup`` made, or a file ``store.db``) back into the Collection ``folder``.

    Sending is paused afterwards: the fact ``mail.paused`` says since when. NotFoundError when there is no backup,
    CollectionError while another process has the Collection open, when the disk is too full, or when the backup is not
    a Store or of a newer version.
    """
    source, folder = _source(Path(backup).expanduser()), Path(folder).expanduser()
    if source.resolve() == (folder / _STORE).resolve():
        raise UsageError(f"{source} is the Store of this Collection itself: give a backup of it")
    with on_disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        alone = tenure(folder / _STORE)
        if not alone.own(timeout=timeout):
            raise CollectionError(f"{folder} is open in another process, perhaps a server: stop it, then restore again")
        try:
            with held(folder / "store.db.lock", timeout=timeout, what=str(folder)):
                return _restore(source, folder, now)
        finally:
            alone.give_up()


def _restore(source: Path, folder: Path, now: datetime) -> Restored:
    part, present = folder / _PART, folder / _STORE
    _require_room(folder, source, present)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        aside, lost = _put_aside(present, part, now)
        copy(source, part / _STORE)
        papers, carried = _prepare(part / _STORE, None if lost else aside, now)
        stays = carried is not None and carried.same_line and not (aside and _is_outrun(aside, folder))
        if aside:
            aside = _move_aside(aside, folder)
        added, differ = _add_models(source.parent / _MODELS, folder / _MODELS, part)
        _add_settings(source.parent / _SETTINGS, folder / _SETTINGS, part)
        if not stays:
            _forget_derived(folder)
        _keep_access(part / _STORE, present)
        _switch(part / _STORE, present, damaged=bool(lost))
        _hand_over(folder, [present, *folder.glob(f"{_STORE}.*"), *(folder / _MODELS).rglob("*")])
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Restored(papers=papers, carried=carried, lost=lost, aside=aside, added=added, differ=differ)


def _source(given: Path) -> Path:
    path = given / _STORE if given.is_dir() else given
    if not path.is_file():
        raise NotFoundError(f"no backup in {given}: expected a folder that `broadsheet backup` made, or its store.db")
    return path


def _require_room(folder: Path, source: Path, present: Path) -> None:
    wanted = _ROOM * sum(path.stat().st_size for path in (source, present) if path.is_file())
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise CollectionError(
            f"restoring into {folder} needs {wanted / 1e9:.2f} GB, but {free / 1e9:.2f} GB are free: free some "
            "space and run the command again; nothing has been changed"
        )


def _put_aside(present: Path, part: Path, now: datetime) -> tuple[Path | None, str]:
    """A copy of the present Store, and why it cannot be read, if so. A damaged one is copied as it is."""
    if not present.is_file():
        return None, ""
    aside = part / f"{_STORE}.before-restore-{now.astimezone(UTC):%Y%m%dT%H%M%S}"
    try:
        copy(present, aside)
        with Store.open(aside):  # upgrades an older one: it is a copy
            return aside, ""
    except CollectionError as error:
        for name in ("", "-wal"):
            former, kept = (path.with_name(path.name + name) for path in (present, aside))
            if former.is_file():
                private(kept)
                shutil.copyfile(former, kept)
        return aside, str(error)


def copy(source: Path, target: Path) -> None:
    """Copy a Store, as it is at one instant, into the new file ``target``; CollectionError when it is not a Store."""
    private(target)
    logged = source.with_name(source.name + "-wal").exists()
    mode = "mode=ro" if logged else "mode=ro&immutable=1"  # so that a read-only medium can be read
    with (
        explained(source),
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?{mode}", uri=True)) as there,
        closing(sqlite3.connect(target)) as here,
    ):
        there.backup(here)


def _prepare(restored: Path, former: Path | None, now: datetime) -> tuple[int, Carried | None]:
    """Turn the copy into the next Store: upgraded, completed from the former one, sending paused, in one file."""
    with Store.open(restored) as store:
        carried = carry(store, former, now=now) if former else None
        store.journal.set_fact("mail.paused", now.astimezone(UTC).isoformat())
        papers = store.papers.count()
    one_file(restored)
    return papers, carried


def _keep_access(fresh: Path, former: Path) -> None:
    """Give the new Store the file permissions of the former one."""
    if former.is_file():
        fresh.chmod(stat.S_IMODE(former.stat().st_mode))


def _hand_over(folder: Path, paths: Iterable[Path]) -> None:
    """Give files made by the superuser to the owner of the folder: a service must be able to write them."""
    if os.name == "nt" or os.geteuid() != 0:  # pragma: no cover
        return
    owner = folder.stat()
    for path in paths:
        os.chown(path, owner.st_uid, owner.st_gid)


def one_file(store: Path) -> None:
    """Merge the log next to a Store into it, and end the log; the next opening starts a new one."""
    with explained(store), closing(sqlite3.connect(store, isolation_level=None)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("PRAGMA journal_mode = DELETE")
    files.flush(store)


def _move_aside(aside: Path, folder: Path) -> Path:
    """The copy of the former Store under its final name, with its log."""
    for name in ("-wal", ""):
        with suppress(FileNotFoundError):
            file = aside.with_name(aside.name + name)
            files.settle(file, folder / file.name)
    return folder / aside.name


def _add_models(theirs: Path, ours: Path, part: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Add the backup's models that are missing; models that are there stay, and are named when they differ."""
    added, differ = [], []
    for model in sorted(theirs.iterdir()) if theirs.is_dir() else ():
        here = ours / model.name
        if here.exists():
            differ += [] if _same(model, here) else [model.name]
            continue
        ours.mkdir(exist_ok=True)
        fresh = part / "model"
        (shutil.copytree if model.is_dir() else shutil.copy2)(model, fresh)
        fresh.rename(here)
        added.append(model.name)
    return tuple(added), tuple(differ)


def _same(one: Path, other: Path) -> bool:
    """Whether two files, or all files of two folders, have the same bytes."""
    if one.is_file() or other.is_file():
        return one.is_file() and other.is_file() and one.read_bytes() == other.read_bytes()
    names = {path.relative_to(one) for path in one.rglob("*")}
    return names == {path.relative_to(other) for path in other.rglob("*")} and all(
        _same(one / name, other / name) for name in names if (one / name).is_file()
    )


def _add_settings(theirs: Path, ours: Path, part: Path) -> None:
    """Add the backup's settings unless this machine has its own."""
    if theirs.is_file() and not ours.exists():
        shutil.copy2(theirs, part / _SETTINGS)
        (part / _SETTINGS).rename(ours)


def _is_outrun(former: Path, folder: Path) -> bool:
    """Whether Lexicon or a Space knows changes that even the former Store did not have: it was lost or older."""
    with Store.open(former) as store:
        last = store.papers.last_change()
    spaces = [Space(each) for each in (folder / "spaces").glob("*")]
    return max(Lexicon(folder / "lexicon").reached, *(each.change for each in spaces), 0) > last


def _forget_derived(folder: Path) -> None:
    """Delete Lexicon and Spaces: those of another Store are wrong for this one."""
    for name in ("lexicon", "spaces"):
        shutil.rmtree(folder / name, ignore_errors=True)


def _switch(restored: Path, present: Path, *, damaged: bool) -> None:
    """Replace the present Store with the finished one; nothing may be left in a log next to the present one."""
    if damaged:
        for name in ("-wal", "-shm"):  # copied aside; they must never meet the new one
            present.with_name(present.name + name).unlink(missing_ok=True)
    elif present.is_file():
        one_file(present)
    files.settle(restored, present)
