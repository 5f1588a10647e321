"""The sources that an instance follows: add one, remove one."""

from __future__ import annotations

from datetime import datetime

from broadsheet import names
from broadsheet.core.errors import NotFoundError, UsageError, nearest
from broadsheet.sources.payload import looks_like_path
from broadsheet.store import Store


def follow(store: Store, name: str, *, now: datetime, afar: bool = False) -> bool:
    """Follow a source by its name (``arxiv:cs.IR``); False when it is followed already.

    ``afar``: the request comes from a page or a program, which must not reach files of this machine, so that only
    sources that read the network are followed. UsageError for an unknown kind of source, or one that would read a file.
    """
    if afar and _names_a_file(name):
        raise _refused(name)
    made = names.source(name)
    if afar and not getattr(made, "live", True):
        raise _refused(name)
    return store.journal.add_source(name, now=now)


def unfollow(store: Store, name: str) -> None:
    """Stop following a source; its papers stay. NotFoundError, with the nearest names, for one that is not followed."""
    if not store.journal.remove_source(name):
        known = [each.name for each in store.journal.sources()]
        raise NotFoundError(f"{name[:60]!r} is not followed. {nearest(name, known)}")


def _names_a_file(name: str) -> bool:
    """Tell whether what follows the kind is a path or the address of a file, before the kind's factory looks there."""
    rest = name.partition(":")[2].lower()
    return rest.startswith("file:") or (not rest.startswith(("https://", "http://")) and looks_like_path(rest))


def _refused(name: str) -> UsageError:
    return UsageError(
        f"{name[:60]!r} cannot be followed from here because it reads files of the server: expected a source that "
        "reads the network, for example arxiv:cs.IR"
    )
