"""The sources that an instance follows: add one, remove one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from broadsheet import names
from broadsheet.core.errors import BroadsheetError, NotFoundError, UsageError, nearest
from broadsheet.core.identity import doi
from broadsheet.sources.files import STDIN
from broadsheet.sources.payload import is_file, looks_like_path, shown_names
from broadsheet.sources.recognise import full_name
from broadsheet.store import Store

_BARE_ADDRESS = re.compile(
    r"(?:[a-z0-9-]+\.)+[a-z]{2,24}(?::\d{1,5})?/\S*|(?:www|rss|feeds)\.(?:[a-z0-9-]+\.)+[a-z]{2,24}", re.IGNORECASE
)


def follow(store: Store, typed: str, *, now: datetime, afar: bool = False) -> str:
    """Follow the source that someone means (``arxiv:cs.IR``, ``cs.IR``, ``refs.bib``); return its name, or an empty
    text when it is followed already.

    A file is followed by its whole path, so that it is found from every folder. ``afar``: the request comes from a page
    or a program, which must not reach files of this machine: only sources that read the network are followed. An
    address may come without its ``https://``. UsageError for an unknown kind of source, for standard input, or one
    that would read a file.
    """
    name = _checked(typed, afar=afar)
    if name.partition(":")[2] == STDIN:
        raise UsageError(f"{name!r} cannot be followed: standard input is read once, with `ingest {name}`")
    whole = whole_name(name)
    if whole != name:
        store.journal.remove_source(name)  # as an older version kept a path: as it was typed
    return whole if store.journal.add_source(whole, now=now) else ""


def follow_all(store: Store, typed: Sequence[str], *, now: datetime) -> dict[str, str]:
    """Follow all these sources for a request from a page, or none if one of them cannot be: return what is wrong, by
    what was typed."""
    good, wrong = dict[str, str](), dict[str, str]()
    for each in typed:
        try:
            good[each] = _checked(each, afar=True)
        except BroadsheetError as error:
            wrong[each] = str(error)
    for name in () if wrong else good.values():
        store.journal.add_source(whole_name(name), now=now)
    return wrong


def _address(typed: str) -> str:
    """Return what looks like an address without its scheme as one, anything else as it is."""
    return f"https://{typed}" if _BARE_ADDRESS.fullmatch(typed) and not doi(typed) else typed


def _checked(typed: str, *, afar: bool) -> str:
    """Return the name of the source that someone means, once it is known that it can be read."""
    name = full_name(_address(typed) if afar else typed, files=not afar)
    if afar and _names_a_file(name):
        raise _refused(name)
    made = names.source(name)
    if afar and not getattr(made, "live", True):
        raise _refused(name)
    return name


def whole_name(name: str) -> str:
    """Return the name of a source with the whole path of its file; any other name as it is."""
    kind, _, rest = name.partition(":")
    return f"{kind}:{Path(rest).expanduser().absolute()}" if is_file(name) else name


def unfollow(store: Store, typed: str) -> None:
    """Stop following a source; its papers stay. NotFoundError, with the nearest names, for one that is not followed.

    A file may be named as it is followed, as it is typed in its folder, or as it is shown.
    """
    followed = [each.name for each in store.journal.sources()]
    shown = shown_names(followed)
    same = [name for name in followed if typed in (name, shown[name])] or [
        name for name in followed if name in (typed, *_meant(typed))
    ]
    if not same:
        raise NotFoundError(f"{typed[:60]!r} is not followed. {nearest(typed, shown.values())}")
    store.journal.remove_source(same[0])


def _meant(typed: str) -> tuple[str, ...]:
    """Return the names that a source may have that someone means; none when no source reads that."""
    try:
        name = full_name(typed)
    except BroadsheetError:
        return ()
    return name, whole_name(name)


def _names_a_file(name: str) -> bool:
    """Tell whether what follows the kind is a path or the address of a file, before the kind's factory looks there."""
    rest = name.partition(":")[2].lower()
    return rest.startswith("file:") or (
        rest != "" and not rest.startswith(("https://", "http://")) and looks_like_path(rest)
    )


def _refused(name: str) -> UsageError:
    return UsageError(
        f"{name[:60]!r} cannot be followed from here because it reads files of the server: expected a source that "
        "reads the network, for example arxiv:cs.IR"
    )
